"""Tiles: where they lie, that levels agree, that nothing unseen is painted."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rasterio.errors
from affine import Affine
from pyproj import Transformer
from rasterio.crs import CRS

from lvgeo.outputs.tiles import SIDE, TileGrid, cut_tiles, framed, tile_grid

WORLD_M = 2 * np.pi * 6378137.0


def colours(path):
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning), rasterio.open(path) as opened:
        return opened.read()


def test_the_grid_covers_the_place_at_its_own_pixels():
    bounds = (12746000.0, 2641000.0, 12746500.0, 2641400.0)
    grid = tile_grid(bounds, CRS.from_epsg(3857), 0.14)
    west, north = grid.transform.c, grid.transform.f
    assert west <= bounds[0]
    assert north >= bounds[3]
    assert west + grid.width * grid.transform.a >= bounds[2]
    assert north + grid.height * grid.transform.e <= bounds[1]
    ground_m = grid.transform.a * np.cos(np.radians(23.0))
    assert 0.7 < ground_m / 0.14 < 1.42  # within half a level
    # Tiles are counted from the north-west corner of the world (OGC two-dimensional tile matrix set).
    assert west == pytest.approx(grid.left * WORLD_M / 2**grid.last - WORLD_M / 2)


def test_levels_agree_and_unseen_ground_is_see_through(tmp_path):
    grid = TileGrid(first=10, last=11, left=4, top=6, columns=2, rows=1)

    def read(_top, left, side):
        seen = np.zeros((side, side), dtype=bool)
        seen[:, : side // 2] = True
        return np.full((3, side, side), 200 if left else 100, dtype=np.uint8), seen

    written = cut_tiles(tmp_path, grid, read)
    ending = written[0].suffix[1:]
    assert set(written) == {file for file in tmp_path.rglob("*") if file.is_file()}
    files = sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob(f"*.{ending}"))
    assert files == [f"10/2/3.{ending}", f"11/4/6.{ending}", f"11/5/6.{ending}"]
    fine = colours(tmp_path / "11" / "4" / f"6.{ending}")
    assert fine.shape[1:] == (SIDE, SIDE)
    assert fine[3, :, :127].min() == 255
    assert fine[3, :, 129:].max() == 0
    coarse = colours(tmp_path / "10" / "2" / f"3.{ending}")
    assert abs(int(coarse[0, 60, 30]) - 100) < 8  # WebP is lossy
    assert abs(int(coarse[0, 60, 160]) - 200) < 8
    assert coarse[3, 60, 100] == 0
    assert coarse[3, 200].max() == 0  # the row below is not there


def test_what_the_small_picture_leaves_out_is_see_through():
    """A scene's black frame, which the small picture knows by its own pixels of half a metre."""
    grid = tile_grid((550000, 2550000, 550060, 2550060), CRS.from_epsg(4547), 0.15)
    shown = np.ones((120, 120), dtype=bool)
    shown[:, 90:] = False  # a quarter in the east
    small = (Affine(0.5, 0.0, 550000.0, 0.0, -0.5, 2550060.0), CRS.from_epsg(4547))

    def read(_top, _left, side):
        return np.full((3, side, side), 200, dtype=np.uint8), np.ones((side, side), dtype=bool)

    only = framed(read, grid, shown, small)
    to_place = Transformer.from_crs(3857, 4547, always_xy=True)
    seen = np.concatenate([
        np.concatenate([only(row * SIDE, column * SIDE, SIDE)[1] for column in range(grid.columns)], axis=1)
        for row in range(grid.rows)
    ])  # fmt: skip
    rows, columns = np.nonzero(seen)
    a, _, c, _, e, f = grid.transform[:6]
    x, y = to_place.transform(c + (columns + 0.5) * a, f + (rows + 0.5) * e)
    assert x.min() == pytest.approx(550000, abs=0.3)
    assert x.max() == pytest.approx(550044.5, abs=0.3)  # 90 pixels of 0.5 m, less the one along the frame
    assert (y.min(), y.max()) == pytest.approx((2550000, 2550060), abs=0.3)
