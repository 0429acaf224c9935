"""A planted gain, offset and gamma is undone."""

import math

import numpy as np
from factories import ground

from lvgeo.imagery.radiometry import fit_radiometry, identity_radiometry


def test_gain_and_gamma_are_undone_within_two_levels():
    before = ground(size=200)
    after = np.clip(255 * (before * 0.8 / 255.0) ** 1.15 + 12, 0, 255).astype(np.uint8)
    fitted = fit_radiometry([before], [after], [np.ones(before.shape[1:], bool)])
    # Two levels: rounding to bytes costs half a level at each end of a curve of slope 1.5.
    assert np.abs(fitted.apply(after) - before).mean() < 2.0


def test_changed_ground_does_not_bend_the_curve():
    before = ground(size=200)
    after = before.copy()
    after[:, :60, :60] = 250  # a new roof on nine per cent
    fitted = fit_radiometry([before], [after], [np.ones(before.shape[1:], bool)])
    kept = np.s_[:, 80:, 80:]
    assert np.abs(fitted.apply(after)[kept] - before[kept]).mean() < 3.0


def test_too_few_pixels_leave_the_scene_as_it_is():
    tiny = ground(size=20)
    fitted = fit_radiometry([tiny], [tiny // 2], [np.ones((20, 20), bool)])
    assert np.array_equal(fitted.curves, identity_radiometry(3).curves)
    assert math.isnan(fitted.residual_dn)  # nothing was fitted: not a fit without error
