"""Packed classes come back as they were, and stored rasters are laid out for reading in parts."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import CRS
from rio_cogeo.cogeo import cog_validate

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.kernel import tally
from lvgeo.imagery.packing import join, pack, part, unpack
from lvgeo.imagery.store import StripWriter, open_canopy


@pytest.mark.parametrize("speckle", [0.0, 0.001, 0.1, 1.0])
def test_what_was_packed_is_unpacked_and_smaller(speckle):
    rng = np.random.default_rng(3)
    classes = np.full((512, 512), 2, np.uint8)
    mixed = rng.random(classes.shape) < speckle
    classes[mixed] = rng.integers(0, 4, int(mixed.sum()))
    packed = pack(classes)
    assert (unpack(packed) == classes).all()
    assert len(packed) < classes.size / 3


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 511, 512, 513, 1030])
def test_classes_are_joined_and_taken_apart_whatever_the_width(width):
    classes = np.random.default_rng(width).integers(0, 4, (7, width)).astype(np.uint8)
    joined = join(classes)
    assert joined.shape == (7, -(-width // 512) * 128)
    assert (part(joined, width) == classes).all()
    assert (part(joined, joined.shape[1] * 4)[:, width:] == 0).all()  # what fills a tile up was not observed
    assert tally(joined, width).tolist() == np.bincount(classes.ravel(), minlength=4).tolist()


def stored(tmp_path, height, width, again=()):
    grid = Grid(CRS(4547), Affine(0.2, 0.01, 551000, 0.01, -0.2, 2550000), height, width)
    classes = np.random.default_rng(1).integers(0, 3, (height, width)).astype(np.uint8)
    writer = StripWriter(tmp_path / "a.tif", grid)
    with writer.open() as tiles:
        tiles.add(join(classes))
        tiles.settled()
        for row, rows in again:
            classes[row : row + rows] = 1
            tiles.write(Window(row, 0, rows, width), classes[row : row + rows])
            assert (tiles.read(Window(row, 0, rows, width)) == 1).all()
        writer.finish(tiles, {"model": "树"})
    return grid, classes


def test_rows_that_are_written_again_reach_every_overview(tmp_path):
    _, classes = stored(tmp_path, 1500, 2100, again=((500, 30), (1400, 100)))
    for level in range(3):
        with rasterio.open(tmp_path / "a.tif", overview_level=level) as opened:
            assert (opened.read(1) == classes[:: 2 ** (level + 1), :: 2 ** (level + 1)]).all()


def test_a_stored_raster_is_a_cloud_optimised_geotiff(tmp_path):
    grid, classes = stored(tmp_path, 1500, 2100)
    assert open_canopy(tmp_path / "a.tif").grid == grid
    assert open_canopy(tmp_path / "a.tif").provenance == {"model": "树"}
    with rasterio.open(tmp_path / "a.tif") as opened:
        assert (opened.read(1) == classes).all()
        assert opened.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    valid, errors, warnings = cog_validate(tmp_path / "a.tif", strict=True, quiet=True)
    assert (valid, errors, warnings) == (True, [], [])


@pytest.mark.parametrize("window", [Window(0, 0, 1500, 2100), Window(500, 509, 30, 1031), Window(1499, 2099, 1, 1)])
def test_any_window_is_read_as_it_was_written(tmp_path, window):
    _, classes = stored(tmp_path, 1500, 2100)
    wanted = classes[window.row : window.row + window.height, window.col : window.col + window.width]
    assert (open_canopy(tmp_path / "a.tif").read(window) == wanted).all()


@pytest.mark.parametrize("cut", [0, 8, 40, 400, -400])
def test_a_raster_cut_short_is_refused_by_name(tmp_path, cut):
    stored(tmp_path, 1500, 2100)
    whole = open_canopy(tmp_path / "a.tif")
    whole.path.write_bytes(whole.path.read_bytes()[:cut])
    with pytest.raises(InputRefusedError, match=r"a\.tif: the file is damaged"):
        whole.read(Window(0, 0, 1500, 2100))


def test_a_raster_of_bytes_is_refused_by_name(tmp_path):
    stored(tmp_path, 600, 600)
    whole = open_canopy(tmp_path / "a.tif")
    profile = {"driver": "GTiff", "width": 600, "height": 600, "count": 1, "dtype": "uint8", "crs": 4547}
    with rasterio.open(whole.path, "w", **profile, transform=Affine(1, 0, 551000, 0, -1, 2550000)) as opened:
        opened.write(np.ones((1, 600, 600), np.uint8))
    with pytest.raises(InputRefusedError, match=r"a\.tif: the file is damaged"):
        whole.read(Window(0, 0, 600, 600))
