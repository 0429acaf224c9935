"""Crowns drawn into unplanted ground cover what their diameters say, however many are drawn at a time."""

import math

import numpy as np
import pytest

from lvgeo.progress import saplings as module
from lvgeo.progress.saplings import Saplings, draw_cover


@pytest.mark.parametrize(("crown_m", "pixel_m"), [(3.0, 0.1), (1.0, 0.1), (0.3, 0.6), (0.8, 0.6), (2.0, 1.5)])
def test_crowns_cover_their_area(crown_m, pixel_m):
    """The few at the rim are cut; their share falls with the size of the ground."""
    wide = Saplings(crown_m, 1.0, (6.0, 6.0), 0.0)
    side = round(240 / pixel_m)
    cover = draw_cover((side, side), pixel_m, wide, np.random.default_rng(3))
    assert cover.mean() == pytest.approx(math.pi / 4 * crown_m**2 / 36.0, rel=0.05)
    assert cover.min() >= 0.0
    assert cover.max() <= 1.0


def test_half_of_them_living_cover_half():
    full, half = (
        draw_cover((500, 500), 0.3, Saplings(1.5, survival, (3.0, 3.0), 0.0), np.random.default_rng(5)).mean()
        for survival in (1.0, 0.5)
    )
    assert half / full == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("shape", [(40, 70), (5, 90), (1, 1)])
def test_how_many_are_drawn_at_a_time_changes_nothing(monkeypatch, shape):
    found = []
    for batch in (1, 2**18):
        monkeypatch.setattr(module, "BATCH_PX", batch)
        found.append(draw_cover(shape, 0.2, Saplings(1.3, 0.8, (1.5, 2.0), 0.0), np.random.default_rng(7)))
    assert (found[0] == found[1]).all()
    assert found[0].shape == shape
