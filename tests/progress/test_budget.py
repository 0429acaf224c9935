"""Wrong notices and consequences: drawn, counted, and held against the budget."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lvgeo.campaign.settings import LaggingTable
from lvgeo.progress.budget import (
    Shortfall,
    expected_wrong_notices,
    joint_test,
    notice_level,
    persistent_share,
    shared_variance,
)
from lvgeo.progress.consequences import JudgedMonth, draw_years, expected_wrong_consequences
from lvgeo.progress.controls import Controls
from lvgeo.progress.ledger import Record
from lvgeo.progress.standing import LOOKS
from lvgeo.units import Month

VILLAGES, MONTHS = 23, 6
LAGGING = LaggingTable()
JOINT = LAGGING.max_expected_wrong_consequences / VILLAGES / LOOKS


def errors(share, seed=1, villages=400, months=2):
    rng = np.random.default_rng(seed)
    lasting = rng.normal(0, np.sqrt(share), villages)
    return {
        Month(2024, 7 + m): {
            str(v): float(e) for v, e in enumerate(lasting + rng.normal(0, np.sqrt(1 - share), villages))
        }
        for m in range(months)
    }


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_the_part_that_lasts_is_found(share):
    """Of 400 villages: the correlation wavers by 1/√400 = 0.05; three of them."""
    found, villages = shared_variance(errors(share))
    assert (found, villages) == (pytest.approx(share, abs=0.15), 400)
    assert persistent_share(errors(share)) > found  # what the test takes to last errs on the safe side


def test_without_villages_followed_everything_lasts():
    assert shared_variance({Month(2024, 7): {"1": 1.0}}) == (1.0, 0.0)
    assert persistent_share({}) == 1.0


def test_wrong_notices_are_counted_on_placebo_villages():
    """40 control villages of which two erred by −10 where the reach is about 4: 5 % of 3 villages judged."""
    ground = tuple([-10.0] * 2 + [0.5, -0.5] * 19)
    controls = Controls(0.0, 4.0, 40.0, 0.025, "matched", 0.0, 2.0, 39.0, ground, tuple(map(str, range(40))))
    found = expected_wrong_notices([controls] * 3, notice_level(0.5, 3, 0.95), 0.0, 0.5, 1)
    assert found.expected == pytest.approx(3 * 2 / 40)
    assert 0.0 <= found.low < found.expected < found.high <= 3 * 8 / 40


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_wrong_consequences_stay_within_the_years_budget(share):
    """Six months, 23 villages that grew exactly what is required, every notice upheld: under 0.1 a year.

    200 000 villages drawn: a rate of 0.1 / 23 wavers by 0.00015, three of which over 23 villages are 0.01.
    """
    months = [JudgedMonth(2.0, 18.0, notice_level(0.5, VILLAGES, 0.95))] * MONTHS
    taken = min(1.0, share + 0.15)
    rate = draw_years(months, [2.0] * MONTHS, (share, taken), (2, JOINT), np.random.default_rng(3), count=200_000)
    assert VILLAGES * rate <= 0.1 + 0.01


def test_without_the_joint_test_the_budget_would_break():
    """Two notices at a level of 0.0217 whose errors mostly last: some 0.3 wrong consequences a year."""
    months = [JudgedMonth(2.0, 18.0, notice_level(0.5, VILLAGES, 0.95))] * MONTHS
    rate = draw_years(months, [2.0] * MONTHS, (0.9, 0.9), (2, 0.5), np.random.default_rng(3), count=50_000)
    assert VILLAGES * rate > 0.2


def test_many_villages_at_once_are_put_to_the_same_joint_test():
    """One village certain to fall short by 5.5 or 4.5 points in each of two months."""
    for short, proven in ((8.0, True), (4.0, False)):
        assert joint_test([Shortfall(short, 2.0, 18.0)] * 2, 0.5, JOINT) is proven


def year_of(spread_pp, months=3):
    """A ledger of months on canopy, with control villages whose errors spread so."""
    rng = np.random.default_rng(5)
    lasting = rng.normal(0, spread_pp, VILLAGES)
    found = []
    for m in range(months):
        month = Month(2024, 7 + m)
        for v in range(VILLAGES):
            error = (lasting[v] + rng.normal(0, spread_pp)) / np.sqrt(2)
            body = {"word": "inconclusive", "basis": "canopy", "evidence_on": str(month.last_day), "spread_pp": 2.0,
                    "freedom": 18.0, "placebo_error_pp": float(error)}  # fmt: skip
            found.append(Record(0, "verdict", month, f"{v:012d}", date(2024, 12, 1), 1, "", body, "", ""))
    return found


def test_a_years_wrong_consequences_come_with_an_interval():
    found = expected_wrong_consequences(year_of(2.0), LAGGING, seed=1)
    assert (found.months, found.villages) == (3, VILLAGES)
    assert found.low <= found.expected <= found.high
    assert found.expected <= LAGGING.max_expected_wrong_consequences
    assert found == expected_wrong_consequences(year_of(2.0), LAGGING, seed=1)
    assert found.facts()["expected_wrong_consequences"] == round(found.expected, 4)


def worked(words):
    """Months of one village each, answered by Work so."""
    return [
        Record(0, "verdict", Month(2024, 3 + m), f"{v:012d}", date(2024, 12, 1), 1, "",
               {"word": word, "basis": "work", "evidence_on": "2024-12-01"}, "", "")
        for v, of_village in enumerate(words)
        for m, word in enumerate(of_village)
    ]  # fmt: skip


def test_notices_on_work_count_among_the_years_wrong_consequences():
    """Two villages that Work answered for twice, one once, one never: one chance in a hundred for each of the two.

    Were errors of months independent, both months of a streak would have to err: one in ten thousand each.
    """
    words = [("on_track", "on_track"), ("lagging", "on_track"), ("lagging",), ("inconclusive", "inconclusive")]
    found = expected_wrong_consequences(worked(words), LAGGING, seed=1)
    assert (found.months, found.expected, found.on_work) == (0, pytest.approx(0.02), pytest.approx(0.02))
    assert (found.low, found.high) == (pytest.approx(0.0002), pytest.approx(0.02))
    both = expected_wrong_consequences([*year_of(2.0), *worked(words)], LAGGING, seed=1)
    alone = expected_wrong_consequences(year_of(2.0), LAGGING, seed=1)
    assert both.expected == pytest.approx(alone.expected + 0.02)
    assert both.facts()["expected_on_work"] == 0.02


def test_ground_that_errs_more_than_it_was_taken_to_is_seen():
    """Controls erred by 6 points where 2 were reckoned with: the budget is broken, and the figure says so."""
    assert expected_wrong_consequences(year_of(6.0), LAGGING, seed=1).expected > LAGGING.max_expected_wrong_consequences


def test_one_month_on_canopy_has_no_consequences():
    found = expected_wrong_consequences(year_of(2.0, months=1), LAGGING, seed=1)
    assert (found.months, found.expected, found.high) == (1, 0.0, 0.0)
