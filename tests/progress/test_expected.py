"""What a stand at the legal minimum would have gained, where nothing is left to chance and where it is."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from lvgeo.campaign.settings import GrowthTable, SpeciesTable
from lvgeo.progress.expected import ExpectedGain, Stand, expected_gain, growth_group, recovered_share

GROWTH = GrowthTable()
PLANTED = date(2024, 2, 29)


def certain(**known):
    """Crowns of exactly 2 m that neither grow nor vary, at 2 × 2 m, all alive, nothing cleared."""
    exact = {
        "establishment_months": (0, 0),
        "clearing_loss_pp": 0.0,
        "spacing_m": (2.0, 2.0),
        "survival": 1.0,
        "medium": {"crown_m": (2.0, 2.0), "growth_m": (0.0, 0.0)},
    }
    return GrowthTable.model_validate(exact | known)


def gain(flown_on, growth=GROWTH, pixel_m=0.2, group="medium"):
    return expected_gain(Stand(group, PLANTED, flown_on, pixel_m), growth, 2024)


def test_crowns_of_two_metres_at_two_metres():
    """π / 4 × 2² of every 4 m² are crown: 78.5 %; at 0.1 m a crown is 20 pixels wide and all of it shows."""
    found = gain(date(2024, 9, 1), certain(), pixel_m=0.1)
    assert found.expected_pp == pytest.approx(100 * math.pi / 4, rel=0.01)
    assert found.required_pp == found.expected_pp  # nothing varies


def test_survival_and_clearing_take_their_part():
    """0.85 of them live, and clearing took 3 points."""
    whole = gain(date(2024, 9, 1), certain(), pixel_m=0.1).expected_pp
    less = gain(date(2024, 9, 1), certain(survival=0.85, clearing_loss_pp=3.0), pixel_m=0.1).expected_pp
    assert less == pytest.approx(0.85 * whole - 3.0)


def test_a_year_adds_a_year_of_growth():
    """From 1 m to 2 m in a year: four times the cover."""
    growing = certain(medium={"crown_m": (1.0, 1.0), "growth_m": (1.0, 1.0)})
    start = gain(PLANTED + timedelta(1), growing, pixel_m=0.05).expected_pp
    year = gain(date(2025, 2, 28), growing, pixel_m=0.05).expected_pp
    # A year's weights are spread over months of 30.4 days each, so the sum over 365 days is 1 within 1 %.
    assert year / start == pytest.approx(4.0, rel=0.02)


def test_stands_close_but_never_beyond_the_ground():
    crowded = certain(medium={"crown_m": (9.0, 9.0), "growth_m": (0.0, 0.0)})
    assert gain(date(2024, 9, 1), crowded).expected_pp == pytest.approx(100.0, rel=0.01)


@pytest.mark.parametrize("days", [0, -1, -400])
def test_nothing_is_due_before_planting(days):
    assert gain(PLANTED + timedelta(days)) == ExpectedGain(0.0, 0.0)


@pytest.mark.parametrize("group", ["fast", "medium", "slow"])
@pytest.mark.parametrize("pixel_m", [0.1, 0.2, 0.6])
def test_more_is_due_as_time_goes_by(group, pixel_m):
    found = [gain(PLANTED + timedelta(days), pixel_m=pixel_m, group=group) for days in range(1, 1100, 60)]
    required = [one.required_pp for one in found]
    assert required == sorted(required)
    assert all(0.0 <= one.required_pp <= one.expected_pp for one in found)
    assert found[-1].expected_pp > found[0].expected_pp


def test_fast_trees_owe_more_than_slow_ones():
    fast, medium, slow = (gain(date(2025, 9, 1), group=group).required_pp for group in ("fast", "medium", "slow"))
    assert fast > medium > slow


def test_clearing_never_makes_the_requirement_negative():
    assert gain(PLANTED + timedelta(1), GROWTH.model_copy(update={"clearing_loss_pp": 50.0})) == ExpectedGain(0, 0)


def test_coarse_pixels_show_less():
    by_pixel = [gain(date(2024, 12, 1), pixel_m=size).expected_pp for size in (0.1, 0.3, 1.0)]
    assert by_pixel == sorted(by_pixel, reverse=True)
    assert by_pixel[0] > by_pixel[2]


def test_the_same_seed_gives_the_same_requirement():
    stand = Stand("medium", PLANTED, date(2024, 9, 1), 0.2)
    assert expected_gain(stand, GROWTH, 1) == expected_gain(stand, GROWTH, 1)
    # 4000 draws: the lower quantile wavers by about 0.05 points.
    assert expected_gain(stand, GROWTH, 1).required_pp == pytest.approx(
        expected_gain(stand, GROWTH, 2).required_pp, abs=0.25
    )


def test_crowns_far_under_a_pixel_do_not_show_and_large_ones_do():
    """A disc under 0.79 pixels wide covers less than half of one: nothing shows. A disc of 8 shows whole."""
    shares = recovered_share(np.array([0.0, 0.5, 0.75, 8.0, 100.0]))
    assert shares[:3] == pytest.approx(0.0)
    assert shares[3:] == pytest.approx(1.0, abs=0.03)
    assert ((recovered_share(np.linspace(0, 20, 200)) >= 0) & (recovered_share(np.linspace(0, 20, 200)) <= 1)).all()


def test_species_that_the_campaign_does_not_name_are_medium():
    table = SpeciesTable()
    found = [growth_group(name, table) for name in ("木棉", "桂花", "香樟", "")]
    assert found == ["fast", "slow", "medium", "medium"]
