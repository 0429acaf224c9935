"""Reading a picture between its pixels, held against scipy's way for places of any kind."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates, spline_filter

from lvgeo.imagery.registration import Patch, register
from lvgeo.imagery.subpixel import _moved, _robust_step

GROUND = np.clip(gaussian_filter(np.random.default_rng(3).normal(size=(700, 700)), 1.5) * 150 + 120, 1, 254).astype(
    np.float32
)

PICTURE = np.random.default_rng(5).uniform(0, 16, (60, 90)).astype(np.float32)
SPLINE = spline_filter(PICTURE, order=3, output=np.float32)
ROWS, COLS = slice(12, 47), slice(14, 80)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.25, -0.75), (-3.999, 4.001), (7.5, 2.0), (-1.0, -6.125)])
def test_a_spline_is_read_at_one_shift_as_at_many_places(shift):
    at = np.mgrid[ROWS, COLS] + np.reshape(shift, (2, 1, 1))
    wanted = map_coordinates(SPLINE.astype(float), at, order=3, prefilter=False, mode="nearest")
    assert _moved(SPLINE, ROWS, COLS, np.array(shift)) == pytest.approx(wanted, abs=2e-5)


def test_unmoved_the_picture_itself_is_read():
    assert _moved(SPLINE, ROWS, COLS, np.zeros(2)) == pytest.approx(PICTURE[ROWS, COLS], abs=2e-5)


def test_beyond_the_picture_its_edge_is_repeated():
    """A step that runs away reaches there once; what it finds is refused, and must not break."""
    shift = (30.5, -40.25)
    at = np.mgrid[ROWS, COLS] + np.reshape(shift, (2, 1, 1))
    wanted = map_coordinates(SPLINE.astype(float), at, order=3, prefilter=False, mode="nearest")
    assert _moved(SPLINE, ROWS, COLS, np.array(shift)) == pytest.approx(wanted, abs=2e-5)


def test_what_changed_on_flat_ground_overflows_nothing():
    """Where more than half of the pixels are alike to the last digit, their scale is next to nothing."""
    moved = np.zeros(20000, np.float32)
    moved[:3000] = np.random.default_rng(0).uniform(0, 16, 3000)
    target = moved.copy()
    target[:200] += 15
    slope = np.gradient(moved)
    step = _robust_step(np.stack([slope, np.roll(slope, 1), moved, np.ones_like(moved)]).astype(np.float32), target)
    assert step == pytest.approx([0, 0], abs=0.002)


def two_pictures(side, off):
    return GROUND[100 : 100 + side, 100 : 100 + side], GROUND[100 - off : 100 - off + side, 100 : 100 + side]


@pytest.mark.parametrize("shape", ["L", "frame"])
def test_ground_along_the_edges_of_a_picture_alone_is_registered_to_whole_pixels(shape):
    """A shift of 60 px leaves none of it inside the picture at both dates: no part of a pixel can be told."""
    before, after = two_pictures(512, 60)
    seen = np.zeros(before.shape, bool)
    seen[:, :56] = seen[:56] = True
    if shape == "frame":
        seen[:, -56:] = seen[-56:] = True
    found = register([Patch(before, after, seen)], 0.1, 15.0)
    assert found.shift in {(60.0, 0.0), (0.0, 0.0)}
    assert found.refusal or found.residual_m >= 0.04


def test_what_was_not_observed_says_nothing_of_the_part_of_a_pixel():
    before, after = two_pictures(400, 2)
    moved = after.copy()
    moved[:130] = np.roll(before, (1, 1), (0, 1))[:130]  # something else stands where one date saw nothing
    seen = np.ones(before.shape, bool)
    seen[:130] = False
    found = register([Patch(before, moved, seen)], 0.5, 10.0)
    assert (found.row_estimate_px, found.col_estimate_px) == pytest.approx((2, 0), abs=0.01)
