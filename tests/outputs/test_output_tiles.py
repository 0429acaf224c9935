"""Tiles: where they lie, that levels agree, that nothing unseen is painted."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rasterio.errors
from rasterio.crs import CRS

from lvgeo.outputs.tiles import SIDE, TileGrid, cut_tiles, tile_grid

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
