"""Windows on a lattice, summed by hand, and a lattice laid over rasters of 1 m pixels."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS, Transformer

from lvgeo.imagery.grid import Grid
from lvgeo.imagery.packing import join
from lvgeo.imagery.store import Preview, StripWriter
from lvgeo.progress.lattice import NO_TREES, Lattice, lay_lattice

GEOGRAPHIC = CRS(4490)
SIDE, WEST, NORTH = 48, 551000.0, 2550000.0
GRID = Grid(CRS(4547), Affine(1, 0, WEST, 0, -1, NORTH), SIDE, SIDE)
TO_DEGREES = Transformer.from_crs(GRID.crs, GEOGRAPHIC, always_xy=True)


def lattice(**known):
    """Three by three cells of 1 m."""
    ones = np.ones((3, 3))
    parts = {"observed": ones, "before": 0 * ones, "after": 0 * ones, "brightness": 0.5 * ones, "square": 0.25 * ones}
    parts |= {"free": ones > 0, "plots": ones > 1} | known
    return Lattice("441302001201", 1.0, **parts, transform=Affine.identity())


def pixels(left, top, right, bottom):
    box = shapely.box(WEST + left, NORTH - bottom, WEST + right, NORTH - top)
    return shapely.transform(box, TO_DEGREES.transform, interleaved=False)


def test_windows_of_two_cells_by_hand():
    """Four windows of 2 × 2; the middle cell, which became canopy, is a quarter of each."""
    after = np.zeros((3, 3))
    after[1, 1] = 1.0
    found = lattice(after=after).windows(2.0, 0.95)
    assert list(zip(found.row, found.col, strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert found.change_pp == pytest.approx([25.0] * 4)
    assert found.side == 2


def test_change_is_a_share_of_what_was_observed():
    """One cell of four was not seen; of the other three one was lost: −33.3 points."""
    observed, before = np.ones((3, 3)), np.zeros((3, 3))
    observed[0, 0], before[1, 1] = 0.0, 1.0
    found = lattice(observed=observed, before=before).windows(2.0, 0.7)
    assert found.change_pp == pytest.approx([-100 / 3, -25.0, -25.0, -25.0])
    assert found.covariates[:, 0] == pytest.approx([1 / 3, 0.25, 0.25, 0.25])


def test_windows_hardly_seen_or_not_free_are_left_out():
    observed, free = np.ones((3, 3)), np.ones((3, 3), dtype=bool)
    observed[0, 0], free[2, 2] = 0.0, False
    found = lattice(observed=observed, free=free).windows(2.0, 0.95)
    assert list(zip(found.row, found.col, strict=True)) == [(0, 1), (1, 0)]


def test_a_window_larger_than_the_village_does_not_fit():
    found = lattice().windows(4.0, 0.95)
    assert found.row.size == found.change_pp.size == 0
    assert found.covariates.shape == (0, 3)


def test_texture_is_the_spread_of_light():
    """Half dark, half light: mean 0.5, mean square 0.5, spread √(0.5 − 0.25)."""
    light = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    found = lattice(brightness=light, square=light**2).windows(2.0, 0.95)
    assert found.covariates[:, 1:] == pytest.approx(np.full((4, 2), 0.5))


def test_covariates_of_the_plots_themselves():
    """Two cells of plot, one canopy before, one never seen: of what was seen, all."""
    plots, observed, before = np.zeros((3, 3), dtype=bool), np.ones((3, 3)), np.zeros((3, 3))
    plots[0, :2], observed[0, 1], before[0, 0] = True, 0.0, 1.0
    found = lattice(plots=plots, observed=observed, before=before).plot_covariates()
    assert found == pytest.approx([1.0, 0.5, 0.0])
    assert np.isnan(lattice().plot_covariates()).all()


@pytest.fixture
def laid(tmp_path):
    """48 × 48 pixels; the northern half was not seen after, the rest became canopy; a plot of 8 m in the south."""
    before, after = np.ones((SIDE, SIDE), np.uint8), np.full((SIDE, SIDE), 2, np.uint8)
    after[: SIDE // 2] = 0
    rasters = []
    for name, classes in (("before", before), ("after", after)):
        writer = StripWriter(tmp_path / f"{name}.tif", GRID)
        with writer.open() as tiles:
            tiles.add(join(classes))
            rasters.append(writer.finish(tiles, {}))
    preview = Preview(np.full((SIDE, SIDE, 3), 51, np.uint8), np.ones((SIDE, SIDE), bool), GRID)

    def lay(side_m, buffer_m, trees=NO_TREES):
        ground = (pixels(0, 0, SIDE, SIDE), [pixels(20.1, 30.1, 27.9, 37.9)], GEOGRAPHIC)
        return lay_lattice("441302001201", (rasters[0], rasters[1]), preview, ground, (side_m, buffer_m), trees)

    return lay


def test_a_lattice_of_single_pixels(laid):
    found = laid(8.0, 0.0)
    assert found.cell_m == pytest.approx(1.0, rel=1e-3)
    assert found.observed.shape == (SIDE, SIDE)
    assert found.observed[:24].sum() == 0.0
    assert found.observed[24:].all()
    assert found.after[24:].all()
    assert not found.before.any()
    assert found.brightness == pytest.approx(0.2)  # 51 / 255


def test_a_lattice_of_coarser_cells_has_the_same_means(laid):
    """Plots of 97 m: a 24th of that is 4.04 m, and so 4 whole pixels."""
    fine, coarse = laid(8.0, 0.0), laid(97.0, 0.0)
    assert coarse.observed.shape == (12, 12)
    assert coarse.observed.mean() == fine.observed.mean() == 0.5
    assert coarse.after.mean() == fine.after.mean() == 0.5


def test_plots_and_their_buffer_are_not_free(laid):
    """The plot takes columns 20–27 of rows 30–37; with 3 m around it, nothing within 3 m is free."""
    found = laid(8.0, 3.0)
    assert found.plots.sum() == 64
    assert found.plots[30:38, 20:28].all()
    assert not found.free[27:41, 17:31][[0, 6, -1], [6, 0, 6]].any()
    assert found.free[34, 32]
    assert found.free[34, 15]
    assert not (found.free & found.plots).any()


def test_registered_trees_beside_the_plots_are_not_free_and_are_no_plots(laid):
    """A tree in the middle of column 5, row 40: with 3 m around it nothing within 3 m is free."""
    tree = shapely.MultiPoint([TO_DEGREES.transform(WEST + 5.5, NORTH - 40.5)])
    found, bare = laid(8.0, 3.0, tree), laid(8.0, 3.0)
    assert not found.free[38:43, 3:8].any()
    assert found.free[40, 10]
    assert (bare.free & ~found.free).sum() == bare.free[36:45, 1:10].sum() - found.free[36:45, 1:10].sum()
    assert (found.plots == bare.plots).all()
