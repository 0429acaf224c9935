"""Transfers meet what can be met at the least distance; the rest is named."""

import itertools
import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lvgeo.progress.seedlings import SeedlingNeed, plan_transfers

PLACES = {"a": (114.00, 23.0), "b": (114.01, 23.0), "c": (114.05, 23.0)}
needs = st.lists(
    st.builds(SeedlingNeed, st.sampled_from("abc"), st.sampled_from(["香樟", "秋枫"]), st.integers(0, 9)), max_size=6
)


@given(needs, needs)
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_or_made(demand, supply):
    moved, short = plan_transfers(demand, supply, PLACES)
    for species in ("香樟", "秋枫"):
        asked = sum(n.seedlings for n in demand if n.species == species)
        held = sum(n.seedlings for n in supply if n.species == species)
        sent = sum(t.seedlings for t in moved if t.species == species)
        assert sent == min(asked, held)
        assert sent + sum(s.seedlings for s in short if s.species == species) == asked


def test_the_least_distance_by_trying_every_way():
    demand = [SeedlingNeed("a", "x", 2), SeedlingNeed("c", "x", 1)]
    supply = [SeedlingNeed("b", "x", 2), SeedlingNeed("c", "x", 2)]
    moved, short = plan_transfers(demand, supply, PLACES)
    assert not short
    apart = {("b", "a"): 1025.1, ("c", "a"): 5125.5, ("b", "c"): 4100.4, ("c", "c"): 0.0}
    ways = [
        x * apart["b", "a"] + (2 - x) * apart["c", "a"] + y * apart["b", "c"] + (1 - y) * apart["c", "c"]
        for x, y in itertools.product(range(3), range(2))
        if x + y <= 2 and (2 - x) + (1 - y) <= 2
    ]
    assert sum(t.seedlings * t.distance_m for t in moved) == pytest.approx(min(ways), rel=0.01)


def test_the_order_of_rows_changes_nothing():
    demand = [SeedlingNeed("a", "x", 5), SeedlingNeed("b", "x", 5)]
    supply = [SeedlingNeed("c", "x", 6), SeedlingNeed("b", "x", 2)]
    assert plan_transfers(demand, supply, PLACES) == plan_transfers(demand[::-1], supply[::-1], PLACES)


def test_what_comes_too_late_meets_no_demand():
    early, late = date(2024, 2, 1), date(2024, 3, 1)
    demand = [SeedlingNeed("a", "x", 3, early), SeedlingNeed("a", "x", 4, late)]
    moved, short = plan_transfers(demand, [SeedlingNeed("b", "x", 9, date(2024, 2, 15))], PLACES)
    assert [(one.taker, one.seedlings) for one in moved] == [("a", 4)]
    assert [(one.place, one.seedlings) for one in short] == [("a", 3)]


def test_a_giver_of_unknown_place_comes_last_and_has_no_distance():
    supply = [SeedlingNeed("nobody knows where", "x", 9), SeedlingNeed("c", "x", 3)]
    moved, short = plan_transfers([SeedlingNeed("a", "x", 5)], supply, PLACES)
    assert not short
    assert {one.giver: one.seedlings for one in moved} == {"c": 3, "nobody knows where": 2}
    assert [math.isnan(one.distance_m) for one in moved] == [False, True]
