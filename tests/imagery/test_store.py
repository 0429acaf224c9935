"""Class rasters on disk: whole, with overviews that were written beside the strips."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import CRS

from lvgeo.imagery.grid import Grid
from lvgeo.imagery.packing import join
from lvgeo.imagery.store import StripWriter


@pytest.mark.parametrize(("height", "width"), [(1301, 1999), (512, 512), (1, 700)])
@pytest.mark.parametrize("rows", [512, 333])
def test_overviews_are_every_second_pixel_however_the_strips_are_cut(tmp_path, height, width, rows):
    grid = Grid(CRS(4547), Affine(0.2, 0, 551000, 0, -0.2, 2550000), height, width)
    classes = np.random.default_rng(1).integers(0, 3, (height, width)).astype(np.uint8)
    writer = StripWriter(tmp_path / "2024-01-x.tif", grid)
    with writer.open() as tiles:
        for strip in grid.strips(rows):
            tiles.add(join(classes[strip.row : strip.row + strip.height]))
        writer.finish(tiles, {})
    with rasterio.open(tmp_path / "2024-01-x.tif") as opened:
        assert (opened.read(1) == classes).all()
        factors = opened.overviews(1)
    assert bool(factors) == (max(height, width) > 512)
    for level in range(len(factors)):
        with rasterio.open(tmp_path / "2024-01-x.tif", overview_level=level) as opened:
            assert (opened.read(1) == classes[:: 2 ** (level + 1), :: 2 ** (level + 1)]).all()
    assert [path.name for path in tmp_path.iterdir()] == ["2024-01-x.tif"]


def test_a_scene_that_breaks_leaves_nothing_behind(tmp_path):
    grid = Grid(CRS(4547), Affine(0.2, 0, 551000, 0, -0.2, 2550000), 1301, 1999)
    writer = StripWriter(tmp_path / "2024-01-x.tif", grid)
    with pytest.raises(RuntimeError, match="broken"), writer.open():
        raise RuntimeError("broken")
    assert list(tmp_path.iterdir()) == []
