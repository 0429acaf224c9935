"""What cannot be trained on, or stored, is said before a minute of work is lost; nothing is passed over in silence."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from factories import ground, write_tif
from shapely import Point, box
from typer.testing import CliRunner

import lvgeo
from lvgeo.cli import app
from lvgeo.errors import InputRefusedError, StorageError, UsageError
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.shipped import shipped_model
from lvgeo.imagery.trees_folder import load_trees, save_trees
from lvgeo.land.read_samples import read_samples
from lvgeo.monthly.image_folder import unread_below
from lvgeo.monthly.training import _gsds, labeller_of

WEST, NORTH, SIDE = 551000.0, 2550000.0, 160


@pytest.fixture
def images(tmp_path):
    """Two images, a kilometre apart."""
    for k in range(2):
        write_tif(tmp_path / "images" / f"44139900120{k}.tif", ground(SIDE, k), west=WEST + 1000 * k)
    return tmp_path / "images"


@pytest.fixture
def samples(tmp_path):
    """A crown and a lawn on the first image."""
    shapes = [box(WEST + 10, NORTH - 20, WEST + 20, NORTH - 10), box(WEST + 40, NORTH - 60, WEST + 60, NORTH - 40)]
    gpd.GeoDataFrame({"class": ["canopy", "other"]}, geometry=shapes, crs=4547).to_file(tmp_path / "samples.gpkg")
    return tmp_path / "samples.gpkg"


def opened(path):
    file = inspect_file(path)
    return path, file, file.grid


@pytest.mark.parametrize(
    ("option", "value"), [("gsd_m", float("nan")), ("gsd_m", -1.0), ("gsd_m", 50.0), ("gsd_m", 0.001), ("seed", -1)]
)
def test_an_option_out_of_its_range_is_said_at_once(images, samples, tmp_path, option, value):
    with pytest.raises(UsageError) as told:
        lvgeo.train(images, samples, out=tmp_path / "model", **{option: value})
    assert [one.code for one in told.value.refusals] == ["option_wrong"]


@pytest.mark.parametrize("inside", ["", "/deeper"])
def test_a_model_has_no_place_where_a_file_stands(images, samples, tmp_path, inside):
    (tmp_path / "taken").write_text("x")
    answer = CliRunner().invoke(app, ["train", str(images), str(samples), "-o", f"{tmp_path}/taken{inside}"])
    assert answer.exit_code == 5
    assert "taken: Not a directory" in answer.stderr
    assert isinstance(answer.exception, SystemExit)


def test_a_model_is_stored_whole_or_stays_as_it_was(tmp_path):
    model = load_trees(shipped_model("trees"))
    save_trees(model, tmp_path / "model")
    before = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}
    assert sorted(before) == ["likelihood.npy", "model.json"]
    (tmp_path / "blocked" / "likelihood.npy").mkdir(parents=True)
    with pytest.raises(StorageError):
        save_trees(model, tmp_path / "blocked")
    (tmp_path / "model" / ".model.json.part").mkdir()  # the card cannot be written
    with pytest.raises(StorageError):
        save_trees(model, tmp_path / "model")
    assert {name: (tmp_path / "model" / name).read_bytes() for name in before} == before


def test_a_pipe_is_no_table_of_a_model(tmp_path):
    os = pytest.importorskip("os")
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes on this system")
    save_trees(load_trees(shipped_model("trees")), tmp_path)
    (tmp_path / "likelihood.npy").unlink()
    os.mkfifo(tmp_path / "likelihood.npy")
    with pytest.raises(InputRefusedError):
        load_trees(tmp_path)


def test_images_of_other_formats_are_named_wherever_they_lie(images, samples, tmp_path):
    for name in ("2024-01/a.jp2", "2024-01/deep/b.zip", "c.PNG", "notes.txt", "masks/a.png", ".hidden.jp2"):
        (images / name).parent.mkdir(parents=True, exist_ok=True)
        (images / name).write_bytes(b"x")
    told = {(one.code, one.file.removeprefix(f"{images}/")) for one in unread_below(images, images / "masks")}
    assert told == {
        ("image_unread", "2024-01/a.jp2"),
        ("image_packed", "2024-01/deep/b.zip"),
        ("image_unread", "c.PNG"),
    }
    for path in images.glob("*.tif"):
        path.unlink()
    with pytest.raises(InputRefusedError) as refused:
        lvgeo.train(images, samples, out=tmp_path / "model")
    assert {one.code for one in refused.value.refusals} == {"folder_empty", "image_unread", "image_packed"}


def test_a_satellite_image_among_aerial_ones_does_not_make_the_model_coarse(images):
    coarse = write_tif(images / "z.tif", ground(SIDE), pixel_m=20.0)
    assert _gsds([*sorted(images.glob("4*.tif")), coarse], ()) == pytest.approx([0.5, 0.5], abs=0.01)


def test_points_of_every_tree_say_nothing_of_an_image_on_which_none_lies(images, tmp_path):
    """Marked on the first image alone: on the other nobody looked, and its trees are not other ground."""
    places = [Point(WEST + 10, NORTH - 10), Point(WEST + 30, NORTH - 40), Point(WEST - 9000, NORTH)]
    gpd.GeoDataFrame(geometry=places, crs=4547).to_file(tmp_path / "trees.gpkg")
    first, second = sorted(images.iterdir())
    found = labeller_of(tmp_path / "trees.gpkg", [first, second])
    assert found.labels(*opened(second)) is None
    assert set(np.unique(found.labels(*opened(first)).labels)) == {-1, 0, 1}
    (told,) = found.left_out()
    assert (told.code, told.value) == ("sample_outside", "1")
    assert "1" in told.sentence("zh")


def test_points_in_another_reference_system_are_not_told_as_one_class(images, tmp_path):
    places = [Point(WEST + 10, NORTH - 10), Point(WEST + 30, NORTH - 40)]
    gpd.GeoDataFrame(geometry=places, crs=32649).to_file(tmp_path / "trees.gpkg")
    with pytest.raises(InputRefusedError) as refused:
        lvgeo.train(images, tmp_path / "trees.gpkg", out=tmp_path / "model")
    assert [(one.code, one.value) for one in refused.value.refusals] == [("sample_outside", "2")]


def test_samples_without_a_reference_system_are_told_so(tmp_path):
    frame = gpd.GeoDataFrame({"class": ["canopy"]}, geometry=[Point(1, 2)])
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(InputRefusedError) as refused:
        read_samples(tmp_path / "a.gpkg")
    assert [one.code for one in refused.value.refusals] == ["crs_unnamed"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_a_table_of_samples_from_excel_in_chinese_is_read(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes("x,y,类别\n551010,2549990,树\n".encode(encoding))
    assert list(read_samples(tmp_path / "a.csv")["类别"]) == ["树"]


def test_samples_in_another_format_are_not_told_as_damaged(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(InputRefusedError) as refused:
        read_samples(tmp_path / "a.xlsx")
    assert [one.code for one in refused.value.refusals] == ["format_unknown"]


MASK = np.zeros((SIDE, SIDE), np.uint8)
MASK[:40] = 1


def masked(folder, pixels, *, colours=None, **options):
    """Labels of an image by its mask."""
    image = write_tif(folder / "images" / "a.tif", ground(SIDE))
    path = write_tif(folder / "masks" / "a.tif", np.atleast_3d(pixels.T).T, colours=colours, **options)
    if colours is not None:
        with rasterio.open(path, "r+") as raster:
            raster.colorinterp = colours
    found = labeller_of(folder / "masks", [image]).labels(*opened(image))
    return found.labels


@pytest.mark.parametrize(
    "pixels", [MASK, MASK * 255, MASK.astype(np.float32) * 0.7, np.stack([MASK * 0, MASK * 200, MASK * 0])]
)
def test_all_that_is_not_0_is_canopy(tmp_path, pixels):
    assert (masked(tmp_path, pixels) == MASK).all()


@pytest.mark.parametrize("empty", [255, np.nan])
def test_nodata_of_a_mask_is_unknown_and_no_canopy(tmp_path, empty):
    pixels = MASK.astype(np.float32 if np.isnan(empty) else np.uint8)
    pixels[100:] = empty
    found = masked(tmp_path, pixels, nodata=empty)
    assert (found[100:] == -1).all()
    assert (found[:100] == MASK[:100]).all()


@pytest.mark.parametrize("pixels", [MASK + 1, np.indices((SIDE, SIDE)).sum(axis=0).astype(np.uint8) % 7])
def test_a_map_of_classes_is_no_mask(tmp_path, pixels):
    with pytest.raises(InputRefusedError) as refused:
        masked(tmp_path, pixels.astype(np.uint8))
    assert [one.code for one in refused.value.refusals] == ["mask_numbers"]


def test_single_crowns_by_number_are_canopy(tmp_path):
    crowns = np.zeros((SIDE, SIDE), np.uint16)
    crowns[::4, ::4] = np.arange(1, (SIDE // 4) ** 2 + 1).reshape(SIDE // 4, -1)
    assert (masked(tmp_path, crowns) == (crowns > 0)).all()


@pytest.mark.parametrize("place", [{"west": WEST + 300}, {"pixel_m": 0.3}])
def test_a_mask_that_lies_elsewhere_is_another_images(tmp_path, place):
    with pytest.raises(InputRefusedError) as refused:
        masked(tmp_path, MASK, **place)
    assert [one.code for one in refused.value.refusals] == ["mask_elsewhere"]


def test_a_mask_that_lost_its_place_is_its_images_by_name(tmp_path):
    assert (masked(tmp_path, MASK, crs=None) == MASK).all()
