"""What a file says of itself, what is refused, and windows read in their true place."""

import datetime
import math
import warnings

import numpy as np
import pytest
import rasterio
from affine import Affine
from factories import ground, write_tif
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.scene import Bands, inspect_file
from lvgeo.imagery.scene_height import inspect_height
from lvgeo.imagery.scene_reader import SceneReader

USUAL = Affine(0.5, 0, 551000, 0, -0.5, 2550000)
READ_ALL = """
import pathlib, sys
from lvgeo.errors import InputRefusedError
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.scene_reader import SceneReader
read = 0
for path in sorted(p for p in pathlib.Path(sys.argv[1]).rglob("*") if p.is_file()):
    try:
        file = inspect_file(path)
        with SceneReader([file], file.grid, file.roles_seen(), (0.0, 65535.0)) as reader:
            reader.read(file.grid.whole)
        read += 1
    except InputRefusedError:
        pass
# Not ru_maxrss, which a process takes over from the one that started it.
status = pathlib.Path("/proc/self/status").read_text()
print(read, int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""


def refusal(path):
    with pytest.raises(InputRefusedError) as caught:
        inspect_file(path)
    one = caught.value.refusals[0]
    assert one.remedy("zh") and one.remedy("en")
    return one.code


def test_roles_come_from_colour_interpretation_or_names(tmp_path):
    assert inspect_file(write_tif(tmp_path / "a.tif", ground())).bands.of(("blue", "red")) == [3, 1]
    path = write_tif(tmp_path / "b.tif", ground()[[2, 1, 0]], colours="none")
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = ("NIR", "Green", "Red")
    assert inspect_file(path).bands.of(("red", "nir")) == [3, 1]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: write_tif(p, ground(), crs=None), "crs_unnamed"),
        (lambda p: write_tif(p, ground()[:1]), "raster_bands"),
        (lambda p: write_tif(p, ground()[:2]), "raster_bands"),
        (lambda p: write_tif(p, ground(), colours="none", photometric="MINISBLACK"), "raster_band_roles"),
        (lambda p: write_tif(p, ground().astype(np.int32)), "raster_dtype"),
        (lambda p: p.write_text("<VRTDataset rasterXSize='1' rasterYSize='1'/>") and p, "driver_refused"),
        (lambda p: p.write_bytes(b"") or p, "driver_refused"),
    ],
)
def test_each_unusable_file_is_refused_by_name(tmp_path, make, code):
    assert refusal(make(tmp_path / "x.tif")) == code


@pytest.mark.parametrize(
    ("transform", "crs", "code"),
    [
        (Affine(0, 0, 551000, 0, 0, 2550000), "EPSG:4547", "raster_unplaced"),
        (Affine(math.nan, 0, 551000, 0, -0.5, 2550000), "EPSG:4547", "raster_unplaced"),
        (Affine.identity(), "EPSG:4547", "raster_unplaced"),
        (USUAL, 'LOCAL_CS["unnamed",UNIT["metre",1]]', "crs_unreadable"),
        (USUAL, "EPSG:4978", "crs_unreadable"),
        (Affine(5e-6, 0, 551000, 0, -5e-6, 2550000), "EPSG:4490", "geometry_out_of_range"),
        (Affine(0.5, 0, 38551000000, 0, -0.5, 2550000), "EPSG:4547", "geometry_out_of_range"),
    ],
)
def test_a_file_without_a_place_on_the_ground_is_refused_by_name(tmp_path, transform, crs, code):
    path = tmp_path / "x.tif"
    pixels = ground()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", dtype="uint8", count=3, height=160, width=160, crs=crs, transform=transform,
            photometric="RGB",
        ) as opened:  # fmt: skip
            opened.write(pixels)
    assert refusal(path) == code
    with pytest.raises(InputRefusedError) as caught:
        inspect_height(path)
    assert caught.value.refusals[0].code == code


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526"])
def test_a_name_goes_before_a_colour_that_gdal_gives_by_position(tmp_path, crs):
    """Four unnamed bands are red, green, blue and alpha to GDAL; named, they are what their names say."""
    pixels = ground(size=200)
    nir = pixels[:1].copy()
    nir[:, 60:120, 60:120] = 0  # dark in near infrared, as water is: observed all the same
    path = write_tif(tmp_path / "m3m.tif", np.concatenate([pixels[[1, 0, 2]], nir]))
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = ("Green", "Red", "RedEdge", "NIR")
    file = inspect_file(path)
    assert file.bands == Bands(red=2, green=1, nir=4)
    assert not file.masked
    west = 551000.0 if crs == "EPSG:4547" else 38551000.0
    grid = inspect_file(write_tif(tmp_path / "grid.tif", pixels, crs=crs, west=west)).grid
    with SceneReader([file], grid, ("red", "nir")) as reader:
        found = reader.read(Window(20, 20, 160, 160))
    assert found.valid.all()
    assert np.abs(found.values.astype(int) - np.stack([pixels[0], nir[0]])[:, 20:180, 20:180]).mean() < 1.0


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526"])
def test_a_mask_beside_a_file_whose_alpha_is_a_colour_says_what_was_observed(tmp_path, crs):
    pixels = ground(size=200)
    path = write_tif(tmp_path / "m3m.tif", np.concatenate([pixels, pixels[:1] // 2]))
    mask = np.full((1, 200, 200), 255, np.uint8)
    mask[:, :, :70] = 0
    with rasterio.open(write_tif(tmp_path / "mask.tif", mask), "r+") as opened:
        opened.update_tags(INTERNAL_MASK_FLAGS_1="2")
    (tmp_path / "mask.tif").rename(tmp_path / "m3m.tif.msk")
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = ("Green", "Red", "RedEdge", "NIR")
    file = inspect_file(path)
    assert file.masked
    west = 551000.0 if crs == "EPSG:4547" else 38551000.0
    grid = inspect_file(write_tif(tmp_path / "grid.tif", pixels, crs=crs, west=west)).grid
    with SceneReader([file], grid, ("red", "nir")) as reader:
        valid = reader.read(grid.whole).valid
    assert not valid[:, :69].any()
    assert valid[:, 71:].all()


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526"])
@pytest.mark.parametrize("alpha", [False, True])
def test_of_four_colours_what_lies_outside_or_under_alpha_is_not_observed(tmp_path, crs, alpha):
    """GDAL takes alpha for a mask only where it is the second or fourth band; here it is the fifth."""
    pixels = ground(size=200)
    seen = np.full((1, 200, 200), 255, np.uint8)
    seen[:, :, :70] = 0
    bands = [pixels, pixels[:1] // 2 + 1, *([seen] if alpha else [])]
    path = write_tif(tmp_path / "rgbn.tif", np.concatenate(bands), colours="none", photometric="MINISBLACK")
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = ("Red", "Green", "Blue", "NIR", "")[: opened.count]
        if alpha:
            opened.colorinterp = [ColorInterp.gray, *[ColorInterp.undefined] * 3, ColorInterp.alpha]
    file = inspect_file(path)
    assert file.masked == alpha
    west = 551000.0 if crs == "EPSG:4547" else 38551000.0
    grid = inspect_file(write_tif(tmp_path / "grid.tif", pixels, crs=crs, west=west)).grid
    with SceneReader([file], grid, ("red", "nir")) as reader:
        valid = reader.read(Window(-20, -20, 240, 240)).valid
    left = 20 + (70 if alpha else 0)
    assert not valid[:19].any() and not valid[221:].any() and not valid[:, : left - 1].any()
    assert valid[21:219, left + 1 : 219].all()


def test_a_sparse_bomb_is_refused_before_it_is_decoded(shared):
    assert refusal(shared / "odd-rasters" / "node-gdal-async" / "huge-sparse.tiff") in {
        "file_too_large", "raster_bands", "crs_unnamed",
    }  # fmt: skip


def test_a_file_cut_short_opens_and_is_refused_on_reading(tmp_path):
    path = write_tif(
        tmp_path / "cut.tif", ground(size=200), compress="DEFLATE", tiled=True, blockxsize=64, blockysize=64
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    file = inspect_file(path)
    with pytest.raises(InputRefusedError, match="damaged"), SceneReader([file], file.grid, ("red",)) as reader:
        reader.read(file.grid.whole)


def test_a_window_beyond_the_file_is_not_observed_and_a_shift_moves_it(tmp_path):
    pixels = ground()
    file = inspect_file(write_tif(tmp_path / "a.tif", pixels))
    with SceneReader([file], file.grid, ("red", "green", "blue")) as reader:
        found = reader.read(Window(-2, -3, 10, 10))
        assert not found.valid[:2].any() and not found.valid[:, :3].any()
        assert np.array_equal(found.values[:, 2:, 3:], pixels[:, :8, :7])
        moved = reader.read(Window(0, 0, 10, 10), shift=(4, 6))
        assert np.array_equal(moved.values, pixels[:, 4:14, 6:16])


def test_alpha_says_what_was_observed(tmp_path):
    alpha = np.full((1, 160, 160), 255, np.uint8)
    alpha[0, :, :50] = 0
    file = inspect_file(write_tif(tmp_path / "a.tif", np.concatenate([ground(), alpha])))
    assert file.masked
    with SceneReader([file], file.grid, ("red",)) as reader:
        assert reader.read(file.grid.whole).valid.sum() == 160 * 110


def test_another_reference_system_is_warped_onto_the_grid(tmp_path):
    pixels = ground(size=200)
    near = inspect_file(write_tif(tmp_path / "a.tif", pixels))
    far = inspect_file(write_tif(tmp_path / "b.tif", pixels, crs="EPSG:4526", west=38551000.0))
    grid = Grid(near.grid.crs, near.grid.transform, 200, 200)
    with SceneReader([far], grid, ("red", "green", "blue")) as reader:
        found = reader.read(Window(20, 20, 100, 100))
    # EPSG:4526 is the same plane with the zone's prefix: warping must give the same pixels back.
    assert found.valid.all()
    assert np.abs(found.values.astype(int) - pixels[:, 20:120, 20:120]).mean() < 1.0


def test_the_date_tag_is_read(tmp_path):
    path = write_tif(tmp_path / "a.tif", ground())
    with rasterio.open(path, "r+") as opened:
        opened.update_tags(TIFFTAG_DATETIME="2024:03:20 10:30:00")
    assert inspect_file(path).acquired == datetime.date(2024, 3, 20)


def test_a_file_that_says_nothing_is_read_by_the_campaigns_order_and_only_then(tmp_path):
    silent = write_tif(tmp_path / "m3m.tif", ground()[[0, 1, 2, 0]], colours="none", photometric="MINISBLACK")
    assert refusal(silent) == "raster_band_roles"
    order = ("green", "red", "red edge", "nir")
    assert inspect_file(silent, order).bands.of(("red", "nir")) == [2, 4]
    told = write_tif(tmp_path / "rgb.tif", ground())
    assert inspect_file(told, ("nir", "red", "green")).bands.of(("red", "blue")) == [1, 3]


def test_every_odd_raster_is_read_with_its_valid_share_or_refused_by_name(shared):
    """The share is what GDAL's own mask says; every refusal has a remedy; neither takes two seconds."""
    import time

    read = refused = 0
    for path in sorted(p for p in (shared / "odd-rasters").rglob("*") if p.is_file()):
        started = time.perf_counter()
        try:
            file = inspect_file(path)
            roles = tuple(r for r in ("red", "green", "blue", "nir") if getattr(file.bands, r))
            with SceneReader([file], file.grid, roles, (0.0, 65535.0)) as reader:
                share = float(reader.read(file.grid.whole).valid.mean())
            with rasterio.open(path) as opened:
                assert share == pytest.approx(float((opened.dataset_mask() > 0).mean()), abs=1e-9), path.name
            read += 1
        except InputRefusedError as error:
            assert error.refusals[0].file and error.refusals[0].remedy("en"), path.name
            refused += 1
        assert time.perf_counter() - started < 2.0, path.name
    assert read >= 15
    assert refused >= 30


def test_no_odd_raster_takes_much_memory(shared):
    """Every one read or refused in one process of its own, which must stay under 500 MB."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(shared / "odd-rasters")], check=True, capture_output=True, text=True
    )
    read, peak_mb = done.stdout.split()
    assert int(read) >= 15
    assert float(peak_mb) < 500.0


def test_float_and_16_bit_bands_are_brought_to_8_bits_by_what_they_use(tmp_path):
    from lvgeo.imagery.classify import scale_of

    pixels = ground()
    for name, scaled in (("float", (pixels / 255.0 * 0.4).astype(np.float32)), ("deep", pixels.astype(np.uint16) * 16)):
        file = inspect_file(write_tif(tmp_path / f"{name}.tif", scaled))
        roles = ("red", "green", "blue")
        with SceneReader([file], file.grid, roles, scale_of([file], file.grid, roles)) as reader:
            found = reader.read(file.grid.whole)
        # Brought back up to one factor: the brightest 0.2 % are cut.
        ratio = found.values[pixels > 50] / pixels[pixels > 50]
        assert np.std(ratio) / np.mean(ratio) < 0.03


@pytest.mark.parametrize("white", [0, 65535])
def test_an_unmarked_collar_of_a_16_bit_file_does_not_squeeze_its_colours(tmp_path, white):
    from lvgeo.imagery.classify import scale_of

    deep = ground().astype(np.uint16) * 16
    roles = ("red", "green", "blue")
    plain = inspect_file(write_tif(tmp_path / "plain.tif", deep[:, 30:130, 30:130]))
    framed = deep.copy()
    framed[:, 130:], framed[:, :30], framed[:, :, 130:], framed[:, :, :30] = (np.uint16(white),) * 4
    collared = inspect_file(write_tif(tmp_path / "collared.tif", framed))
    assert not collared.masked
    low, high = scale_of([collared], collared.grid, roles)
    assert low == 0.0
    assert high == pytest.approx(scale_of([plain], plain.grid, roles)[1], rel=0.01)


@pytest.mark.parametrize(
    ("said", "bands"),
    [
        (("Red", "Green", "Blue", "near-infrared"), Bands(1, 2, 3, 4)),
        (("Green (560 nm)", "Red-650", "RedEdge-730", "NIR-1"), Bands(red=2, green=1, nir=4)),
        (("绿光波段", "红光波段", "红边", "近红外波段"), Bands(red=2, green=1, nir=4)),
        (("红色", "绿色", "蓝色", "Band 4 - NIR"), Bands(1, 2, 3, 4)),
        (("Band_1_Red", "Band_2_Near_Infrared", "热红外", "B4"), Bands(red=1, nir=2)),
    ],
)
def test_names_are_known_however_they_are_written(tmp_path, said, bands):
    """A number is no name: B4 is not blue, and neither a red edge nor a thermal band is red or near infrared."""
    path = write_tif(tmp_path / "named.tif", np.concatenate([ground(), ground()[:1]]))
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = said
    assert inspect_file(path).bands == bands


def test_a_colour_that_a_file_does_not_have_is_refused_by_name(tmp_path):
    path = write_tif(tmp_path / "m3m.tif", ground(), colours="")
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = ("Green", "Red", "NIR")
    file = inspect_file(path)
    with pytest.raises(InputRefusedError) as caught, SceneReader([file], file.grid, ("red", "green", "blue")):
        pass
    (refused,) = caught.value.refusals
    assert (refused.code, refused.file, refused.limit) == ("raster_band_roles", str(path), "blue")
