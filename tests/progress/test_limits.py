"""Limits from few scores, against tails that are known."""

from __future__ import annotations

import numpy as np
import pytest

from lvgeo.progress.limits import least_of, reach_of

TAILS = {
    "bell": lambda rng, shape: rng.normal(size=shape),
    "best of sixty": lambda rng, shape: rng.normal(size=(*shape, 60)).max(-1),
    "Gumbel": lambda rng, shape: rng.gumbel(size=shape),
}


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("n", [12, 20, 240])
def test_no_more_lie_beyond_than_stated(tail, n):
    """800 limits each with 20 further scores; the rate's standard error is about 0.001 (a t gives .03 for Gumbel's)."""
    rng = np.random.default_rng(n)
    known, more = TAILS[tail](rng, (800, n)), TAILS[tail](rng, (800, 20))
    beyond = [(one > reach_of(scores, 0.0125)).mean() for scores, one in zip(known, more, strict=True)]
    assert np.mean(beyond) <= 0.0125 + 3 * 0.0011


def test_a_limit_from_many_is_no_higher_than_needed():
    rng = np.random.default_rng(1)
    limits = [reach_of(rng.normal(size=240), 0.0125) for _ in range(200)]
    assert 2.24 < np.mean(limits) < 2.6  # 1.25 % of a bell curve lie above 2.24


def test_the_lower_limit_is_the_upper_one_mirrored():
    scores = np.random.default_rng(2).gumbel(size=30)
    assert least_of(list(scores), 0.01) == pytest.approx(-reach_of(list(-scores), 0.01))
