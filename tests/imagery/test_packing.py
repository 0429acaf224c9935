"""Packed classes are unpacked by zlib, and stored rasters are laid out for reading in parts."""

import struct
import zlib

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import CRS

from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.packing import pack
from lvgeo.imagery.store import StripWriter, open_canopy


def unpacked(classes):
    return np.frombuffer(zlib.decompress(pack(classes)), np.uint8).reshape(classes.shape)


@pytest.mark.parametrize("speckle", [0.0, 0.001, 0.1, 1.0])
def test_zlib_unpacks_what_was_packed(speckle):
    rng = np.random.default_rng(3)
    for shape in ((512, 512), (1, 8), (16, 40)):
        classes = np.full(shape, 2, np.uint8)
        mixed = rng.random(shape) < speckle
        classes[mixed] = rng.integers(0, 4, int(mixed.sum()))
        assert (unpacked(classes) == classes).all()


def test_runs_of_every_length_and_class_are_packed():
    for value in range(4):
        for length in range(1, 800):
            classes = np.full((1, 1024), (value + 1) % 4, np.uint8)
            classes[0, :length] = value
            assert (unpacked(classes) == classes).all()


def stored(tmp_path, height, width, again=()):
    grid = Grid(CRS(4547), Affine(0.2, 0.01, 551000, 0.01, -0.2, 2550000), height, width)
    classes = np.random.default_rng(1).integers(0, 3, (height, width)).astype(np.uint8)
    writer = StripWriter(tmp_path / "a.tif", grid)
    with writer.open() as tiles:
        tiles.add(classes)
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


def test_heads_stand_before_the_tiles_and_overviews_before_the_raster(tmp_path):
    grid, classes = stored(tmp_path, 1500, 2100)
    assert open_canopy(tmp_path / "a.tif").grid == grid
    assert open_canopy(tmp_path / "a.tif").provenance == {"model": "树"}
    with rasterio.open(tmp_path / "a.tif") as opened:
        assert (opened.read(1) == classes).all()
        assert opened.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    raw = (tmp_path / "a.tif").read_bytes()
    starts, at = [], struct.unpack_from("<I", raw, 4)[0]
    while at:
        count = struct.unpack_from("<H", raw, at)[0]
        tags = {struct.unpack_from("<H", raw, at + 2 + 12 * k)[0]: at + 2 + 12 * k for k in range(count)}
        offset = struct.unpack_from("<I", raw, tags[324] + 8)[0]
        single = struct.unpack_from("<I", raw, tags[324] + 4)[0] == 1
        starts.append((at, offset if single else struct.unpack_from("<I", raw, offset)[0]))
        at = struct.unpack_from("<I", raw, at + 2 + 12 * count)[0]
    assert len(starts) == 4
    assert max(head for head, _ in starts) < min(tile for _, tile in starts)
    assert [tile for _, tile in starts] == sorted((tile for _, tile in starts), reverse=True)
