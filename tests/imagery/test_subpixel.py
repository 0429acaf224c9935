"""Reading a picture between its pixels, held against scipy's way for places of any kind."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates, spline_filter

from lvgeo.imagery.subpixel import _moved, _robust_step

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
    assert np.isfinite(_moved(SPLINE, ROWS, COLS, np.array([30.5, -40.25]))).all()


def test_what_changed_on_flat_ground_overflows_nothing():
    """Where more than half of the pixels are alike to the last digit, their scale is next to nothing."""
    moved = np.zeros(20000, np.float32)
    moved[:3000] = np.random.default_rng(0).uniform(0, 16, 3000)
    target = moved.copy()
    target[:200] += 15
    slope = np.gradient(moved)
    step = _robust_step(np.stack([slope, np.roll(slope, 1), moved, np.ones_like(moved)]).astype(np.float32), target)
    assert step == pytest.approx([0, 0], abs=0.002)
