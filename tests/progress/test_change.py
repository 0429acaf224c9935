"""Canopy on rasters of 3 × 3 pixels of 1 m, summed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS, Transformer

from lvgeo.imagery.grid import Grid
from lvgeo.imagery.packing import join
from lvgeo.imagery.store import StripWriter
from lvgeo.progress.change import CanopyChange, combine, measure

GEOGRAPHIC = CRS(4490)
WEST, NORTH = 551000.0, 2550000.0
GRID = Grid(CRS(4547), Affine(1, 0, WEST, 0, -1, NORTH), 3, 3)
TO_DEGREES = Transformer.from_crs(GRID.crs, GEOGRAPHIC, always_xy=True)

# 0 not observed, 1 other, 2 canopy
BEFORE = [[1, 1, 2],
          [1, 2, 2],
          [0, 1, 1]]  # fmt: skip
AFTER = [[2, 1, 2],
         [1, 1, 2],
         [2, 2, 0]]  # fmt: skip


def pixels(left, top, right, bottom):
    """A rectangle by columns and rows from the north-west corner, in degrees."""
    box = shapely.box(WEST + left, NORTH - bottom, WEST + right, NORTH - top)
    return shapely.transform(box, TO_DEGREES.transform, interleaved=False)


@pytest.fixture
def rasters(tmp_path):
    def store(name, classes):
        writer = StripWriter(tmp_path / f"{name}.tif", GRID)
        with writer.open() as tiles:
            tiles.add(join(np.array(classes, dtype=np.uint8)))
            return writer.finish(tiles, {})

    return store("before", BEFORE), store("after", AFTER)


def measured(rasters, *geometries):
    return measure(*rasters, geometries, GEOGRAPHIC)


def shares(one):
    return one.observed_share, one.before_share, one.after_share, one.gain_share, one.loss_share


def test_the_whole_raster(rasters):
    """Seven pixels were seen at both dates: 3 canopy before, 4 after, 2 gained, 1 lost."""
    (one,) = measured(rasters, pixels(0, 0, 3, 3))
    assert shares(one) == pytest.approx((7 / 9, 3 / 7, 4 / 7, 2 / 7, 1 / 7))
    assert one.net_pp == pytest.approx(100 / 7)


def test_a_half_covered_pixel_counts_half(rasters):
    """The western column and half of the middle one, 4.5 pixels.

    Column 1 whole: gained, other, not seen. Column 2 by half: other, lost, gained. Seen 2 + 1.5 = 3.5; canopy before
    0.5, after 1.5; gained 1.5, lost 0.5.
    """
    (one,) = measured(rasters, pixels(0, 0, 1.5, 3))
    assert shares(one) == pytest.approx((3.5 / 4.5, 0.5 / 3.5, 1.5 / 3.5, 1.5 / 3.5, 0.5 / 3.5), abs=1e-6)


def test_a_quarter_of_one_pixel(rasters):
    """Inside the north-western pixel, which became canopy."""
    (one,) = measured(rasters, pixels(0.25, 0.25, 0.75, 0.75))
    assert shares(one) == pytest.approx((1.0, 0.0, 1.0, 1.0, 0.0))


def test_areas_are_ellipsoidal_square_metres(rasters):
    """Nine plane metres are about nine on the ground; 51 km from the meridian the scale is off by 3e-5."""
    (one,) = measured(rasters, pixels(0, 0, 3, 3))
    assert one.area_m2 == pytest.approx(9.0, rel=1e-3)
    assert one.observed_m2 == pytest.approx(7.0, rel=1e-3)
    assert (one.before_m2, one.after_m2, one.gain_m2, one.loss_m2) == pytest.approx((3.0, 4.0, 2.0, 1.0), rel=1e-3)


def test_swapping_the_dates_negates_net_change(rasters):
    before, after = rasters
    (one,) = measured(rasters, pixels(0, 0, 1.5, 3))
    (other,) = measured((after, before), pixels(0, 0, 1.5, 3))
    assert other.net_pp == -one.net_pp
    assert (other.gain_share, other.loss_share) == (one.loss_share, one.gain_share)
    assert other.observed_share == one.observed_share


def test_ground_beyond_the_raster_was_not_observed(rasters):
    """Six columns wide, of which three have pixels: 7 of 18 seen."""
    half, outside = measured(rasters, pixels(0, 0, 6, 3), pixels(10, 0, 11, 1))
    assert half.observed_share == pytest.approx(7 / 18)
    assert half.after_share == pytest.approx(4 / 7)
    assert outside.observed_share == 0.0
    assert math.isnan(outside.net_pp)


def test_ground_that_no_date_saw_has_no_shares(rasters):
    """South-west was not seen before, south-east not after."""
    for one in measured(rasters, pixels(0.1, 2.1, 0.9, 2.9), pixels(2.1, 2.1, 2.9, 2.9)):
        assert one.observed_share == 0.0
        assert math.isnan(one.before_share)
        assert math.isnan(one.net_pp)


def test_an_empty_geometry_is_no_ground(rasters):
    (one,) = measured(rasters, shapely.Polygon())
    assert (one.area_m2, one.observed_share) == (0.0, 0.0)


def test_a_hole_does_not_count(rasters):
    """Without the middle pixel, which lost its canopy: six seen, 2 before, 4 after."""
    (one,) = measured(rasters, pixels(0, 0, 3, 3).difference(pixels(1, 1, 2, 2)))
    assert shares(one) == pytest.approx((6 / 8, 2 / 6, 4 / 6, 2 / 6, 0.0), abs=1e-6)


def test_pieces_together_are_the_whole(rasters):
    parts = measured(rasters, pixels(0, 0, 1.5, 3), pixels(1.5, 0, 3, 3))
    (whole,) = measured(rasters, pixels(0, 0, 3, 3))
    assert shares(combine(parts)) == pytest.approx(shares(whole), abs=1e-6)
    assert combine(parts).area_m2 == pytest.approx(whole.area_m2)


def test_pieces_weigh_by_what_was_observed():
    """100 m² whole, 300 m² by a third: 200 of 400 seen, half of it each, so the mean of 20 and 40 %."""
    one = CanopyChange(100.0, 1.0, 0.0, 0.2, 0.2, 0.0)
    two = CanopyChange(300.0, 1 / 3, 0.0, 0.4, 0.4, 0.0)
    together = combine([one, two])
    assert (together.area_m2, together.observed_share) == pytest.approx((400.0, 0.5))
    assert together.after_share == pytest.approx(0.3)


def test_a_piece_that_nobody_saw_only_lowers_the_observed_share():
    nan = math.nan
    together = combine([CanopyChange(100.0, 1.0, 0.0, 0.2, 0.2, 0.0), CanopyChange(100.0, 0.0, nan, nan, nan, nan)])
    assert shares(together) == pytest.approx((0.5, 0.0, 0.2, 0.2, 0.0))


@pytest.mark.parametrize("parts", [[], [CanopyChange(50.0, 0.0, *[math.nan] * 4)]])
def test_nothing_seen_combines_to_nothing_seen(parts):
    together = combine(parts)
    assert together.area_m2 == sum(part.area_m2 for part in parts)
    assert together.observed_share == 0.0
    assert math.isnan(together.net_pp)
