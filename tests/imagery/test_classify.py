"""From files to a class raster: the same inputs are not done again, and give the same bytes."""

import hashlib

import numpy as np
import pytest
import rasterio
from factories import ground, write_tif

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.spectrum import SPECTRA
from lvgeo.imagery.store import open_canopy, read_preview


def scene(path):
    return Scene((inspect_file(path),), (digest_file(path),))


def job(tmp_path, shift=(0, 0), folder="canopy"):
    before = scene(write_tif(tmp_path / "before.tif", ground(size=300)))
    after = scene(write_tif(tmp_path / "after.tif", ground(size=300, shift=shift, gain=0.85)))
    grid = before.files[0].grid
    model = CanopyModel(SPECTRA["index"], 0.1)
    return before, SceneJob("441399001201", after, before, grid, model, 10.0, str(tmp_path / folder), "2024-09")


def test_shifted_and_dimmed_scene_gives_the_baselines_classes(tmp_path):
    before, wanted = job(tmp_path, shift=(4, -3))
    found = classify(wanted)
    itself = classify(
        SceneJob("441399001201", before, before, wanted.grid, wanted.model, 10.0, wanted.folder, "2024-01")
    )
    a, b = (one.canopy.read(wanted.grid.whole) for one in (itself, found))
    both = (a > 0) & (b > 0)
    assert found.registration.shift == (4, -3)
    assert both.mean() > 0.95
    # Noise of 2 DN and rounding change a few border pixels of crowns.
    assert (a != b)[both].mean() < 0.02


def test_the_same_job_is_not_done_again_and_gives_the_same_bytes(tmp_path):
    _, wanted = job(tmp_path)
    first = classify(wanted)
    stamp = first.canopy.path.stat().st_mtime_ns
    assert classify(wanted).canopy.path.stat().st_mtime_ns == stamp
    _, again = job(tmp_path, folder="other")
    digests = [hashlib.sha256(classify(j).canopy.path.read_bytes()).hexdigest() for j in (wanted, again)]
    assert digests[0] == digests[1]


def test_how_a_file_is_read_decides_too(tmp_path):
    """Bands that the campaign declares, a mask beside the file and what GDAL keeps in a file beside it."""
    path = write_tif(tmp_path / "m3m.tif", ground()[[0, 1, 2, 0]], colours="none", photometric="MINISBLACK")
    digest = digest_file(path)
    grid = inspect_file(path, ("red", "green", "blue", "nir")).grid

    def key(*bands):
        one = Scene((inspect_file(path, bands),), (digest,))
        model = CanopyModel(SPECTRA["index"], 0.1)
        return SceneJob("441399001201", one, one, grid, model, 10.0, str(tmp_path), "2024-01").key()

    order = ("red", "green", "blue", "nir")
    keys = [key(*order), key("green", "red", "blue", "nir")]
    aux = path.with_name("m3m.tif.aux.xml")
    aux.write_text("<PAMDataset>" + "".join(
        f'<PAMRasterBand band="{k}"><NoDataValue>7</NoDataValue></PAMRasterBand>' for k in range(1, 5)
    ) + "</PAMDataset>")  # fmt: skip
    keys.append(key(*order))
    aux.unlink()
    for seen in (0, 255):
        mask = write_tif(tmp_path / "mask.tif", np.full((1, 160, 160), seen, np.uint8))
        with rasterio.open(mask, "r+") as opened:
            opened.update_tags(INTERNAL_MASK_FLAGS_1="2")
        mask.replace(path.with_name("m3m.tif.msk"))
        keys.append(key(*order))
    assert len(set(keys)) == len(keys)
    path.with_name("m3m.tif.msk").unlink()
    assert key(*order) == keys[0]
    assert digest_file(path) == digest


def test_a_stored_raster_or_preview_that_breaks_is_refused_by_name(tmp_path):
    _, wanted = job(tmp_path)
    made = classify(wanted)
    for path in (made.canopy.path, made.preview):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for read in (lambda: made.canopy.thumbnail(100), lambda: read_preview(made.preview)):
        with pytest.raises(InputRefusedError, match="damaged"):
            read()


@pytest.mark.parametrize("which", ["canopy", "preview"])
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.97])
def test_a_stored_file_that_is_cut_short_is_made_again(tmp_path, which, kept):
    _, wanted = job(tmp_path)
    made = classify(wanted)
    path = made.canopy.path if which == "canopy" else made.preview
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    again = classify(wanted)
    assert path.read_bytes() == whole
    assert again.registration == made.registration


def test_a_stored_file_of_other_bytes_is_made_again(tmp_path):
    _, wanted = job(tmp_path)
    made = classify(wanted)
    for path in (made.canopy.path, made.preview):
        whole = path.read_bytes()
        write_tif(path, ground(), crs=None)
        classify(wanted)
        assert path.read_bytes() == whole


def test_what_is_stored_can_be_opened_with_its_provenance(tmp_path):
    _, wanted = job(tmp_path)
    made = classify(wanted)
    stored = open_canopy(made.canopy.path)
    assert stored.provenance["model"]["name"] == "index"
    assert stored.provenance["table_loss"] < 0.02
    assert read_preview(made.preview).rgb.shape == (300, 300, 3)
    assert not list(made.canopy.path.parent.glob("*.cog.tif"))


def test_a_black_collar_is_not_observed(tmp_path):
    pixels = ground(size=300)
    pixels[:, :, :40] = 0
    path = write_tif(tmp_path / "collar.tif", pixels)
    one = scene(path)
    wanted = SceneJob("441399001201", one, one, one.files[0].grid, CanopyModel(SPECTRA["index"], 0.1), 10.0,
                      str(tmp_path), "2024-01")  # fmt: skip
    classes = classify(wanted).canopy.read(wanted.grid.whole)
    assert (classes[:, :43] == 0).all()
    assert (classes[:, 43:] > 0).all()
    assert np.isin(classes, (0, 1, 2)).all()


@pytest.mark.parametrize("named", [("Red", "Red edge", "NIR"), ("Red", "NIR")])
def test_near_infrared_needs_no_green(tmp_path, named):
    """Red and near infrared tell NDVI; a black collar is seen on them alone."""
    pixels = ground(size=300)
    bands = {"Red": pixels[0], "NIR": 255 - pixels[0], "Red edge": pixels[1]}
    picture = np.stack([bands[name] for name in named])
    picture[:, :40] = 0
    path = write_tif(tmp_path / "named.tif", picture, colours="", photometric="MINISBLACK")
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = named
    one = scene(path)
    grid = one.files[0].grid
    model = CanopyModel(SPECTRA["nir"], 0.3)
    found = classify(SceneJob("441399001201", one, one, grid, model, 10.0, str(tmp_path / "canopy"), "2024-01"))
    classes = found.canopy.read(grid.whole)
    assert not classes[:40].any()
    red = pixels[0].astype(float)[50:]
    canopy = (255.0 - 2.0 * red) / 255.0 >= 0.3
    assert (classes[50:] == np.where(canopy, 2, 1)).mean() > 0.99


def test_a_scene_whose_light_could_not_be_fitted_says_so(tmp_path):
    """Of the later image a strip of 36 × 36 px is seen: no residual is made up, and the JSON holds none."""
    before, wanted = job(tmp_path)
    pixels = ground(size=300)
    pixels[:, 40:] = pixels[:, :, 40:] = 0
    after = scene(write_tif(tmp_path / "strip.tif", pixels))
    dark = SceneJob("441399001201", after, before, wanted.grid, wanted.model, 10.0, wanted.folder, "2024-10")
    found = classify(dark)
    assert found.registration.refusal == "flat"
    assert found.canopy.provenance["radiometry_residual_dn"] is None
    assert classify(wanted).canopy.provenance["radiometry_residual_dn"] >= 0.0
