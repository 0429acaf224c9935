"""Tiles of a scene lie where its chips lie, also where it bends; what an earlier run left is removed."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest
from factories import ground, write_tif
from pyproj import CRS
from scipy.ndimage import map_coordinates

from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.registration import Registration
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.monthly import draw_map
from lvgeo.monthly.tiling import Placed
from lvgeo.outputs.tiles import tile_grid

RGB = ("red", "green", "blue")
BEND_PX = 8.0  # rows by which the scene lies off at its east edge; none at its west


@pytest.fixture
def pair(tmp_path):
    """A picture, and the same whose columns slide down the more the farther east they lie."""
    before = ground(240, 7)
    rows, cols = np.mgrid[:240, :240].astype(float)
    off = BEND_PX * cols / 240
    after = np.stack([map_coordinates(band, [rows - off, cols], order=1, mode="nearest") for band in before])
    return write_tif(tmp_path / "a.tif", before), write_tif(tmp_path / "b.tif", after)


def tile(path, registration):
    file = inspect_file(path)
    web = tile_grid(file.grid.bounds, file.grid.crs, file.grid.ground_pixel_m)
    grid = Grid(CRS.from_epsg(3857), web.transform, web.height, web.width)
    with SceneReader([file], grid, RGB, (0.0, 255.0)) as reader:
        return Placed(registration, file.grid, grid).read(reader, Window(110, 110, 230, 230))


def likeness(one, other):
    seen = one.valid & other.valid
    assert seen.mean() > 0.5  # of the window
    return float(np.corrcoef(one.values[:, seen].ravel(), other.values[:, seen].ravel())[0, 1])


def test_tiles_of_a_bent_scene_lie_on_the_baselines(pair):
    before, after = pair
    straight = Registration(row_shift_px=round(BEND_PX / 2), row_estimate_px=BEND_PX / 2)
    bent = dataclasses.replace(straight, bend=((-BEND_PX / 2, BEND_PX, 0.0), (0.0, 0.0, 0.0)))
    wanted = tile(before, Registration())
    assert likeness(tile(after, bent), wanted) > 0.98  # whole pixels and smoothing leave the rest
    assert likeness(tile(after, straight), wanted) < 0.95  # the test can fail


@pytest.mark.slow
def test_what_an_earlier_map_left_is_removed(demo, tmp_path):
    street = shutil.copytree(demo.folder, tmp_path / "street")
    place = street / "out" / "2024-09" / "map"
    stale = [place / "tiles" / "441399001202" / "2023-01" / "15" / "1" / "1.webp", place / "data" / "441399009999.js"]
    for file in stale:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"stale")
    drawn = draw_map(street, "2024-09", as_folder=True)
    assert [file for file in stale if file.exists()] == []
    assert not (place / "tiles" / "441399001202" / "2023-01").exists()
    assert drawn.left_out == ()
    assert len(list((place / "data").glob("*.js"))) == 23
    assert len(list((place / "tiles").iterdir())) == 23
