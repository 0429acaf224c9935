"""What is looked at before the one pass stays small, whatever the shape of the village."""

import numpy as np
import pytest
from affine import Affine
from pyproj import CRS

from lvgeo.imagery.grid import Grid
from lvgeo.imagery.sample import sample_windows
from lvgeo.imagery.scene import Bands, SceneFile


def windows(height, width):
    grid = Grid(CRS(4547), Affine(0.1, 0, 551000.0, 0, -0.1, 2550000.0), height, width)
    file = SceneFile("a.tif", grid, Bands(1, 2, 3), "uint8", None, masked=False, block_rows=512, block_cols=512)
    return sample_windows(grid, [file])


@pytest.mark.parametrize(("height", "width"), [(300, 200_000), (200_000, 300), (40, 200_000), (511, 9_000)])
def test_a_narrow_village_is_looked_at_in_pieces(height, width):
    """A river's village: pieces of no more than a few hundred thousand pixels, from one end to the other."""
    first, rest = windows(height, width)
    assert 1 < len(first) <= 16
    assert all(one.height * one.width <= 2 * 512**2 for one in first)
    along = [max(one.row + one.height, one.col + one.width) for one in (*first, *rest)]
    assert max(along) > 0.9 * max(height, width)
    spread = [max(one.row, one.col) for one in first]
    assert max(spread) > 0.8 * max(height, width)
    assert min(spread) == 0
    assert all(one.row >= 0 and one.row + one.height <= height for one in (*first, *rest))
    assert all(one.col >= 0 and one.col + one.width <= width for one in (*first, *rest))


def test_a_small_village_is_looked_at_whole():
    first, rest = windows(300, 3000)
    assert [(one.height, one.width) for one in first] == [(300, 3000)]
    assert rest == []


@pytest.mark.parametrize(("height", "width"), [(1430, 1430), (1500, 2100), (512, 9_000), (3000, 1025)])
def test_where_the_sampled_windows_show_too_little_all_other_ground_may_be_looked_at(height, width):
    first, rest = windows(height, width)
    times = np.zeros((height, width), np.int8)
    for one in (*first, *rest):
        times[one.row : one.row + one.height, one.col : one.col + one.width] += 1
    assert (times == 1).all()
