"""Intervals on trees cover what they say, on places like those that they rest on."""

import math

import numpy as np

from lvgeo.imagery.crown_model import load_crowns
from lvgeo.imagery.shipped import shipped_model
from lvgeo.progress.tree_count import Tally, TreeCount, count_interval, match_trees, support_register


def test_pairs_are_one_to_one():
    found = np.array([[0.0, 0.0], [0.0, 1.0], [9.0, 9.0]])
    true = np.array([[0.0, 0.2], [0.0, 0.9], [5.0, 5.0]])
    assert match_trees(found, true, 2.0) == 2
    assert match_trees(np.zeros((0, 2)), true, 2.0) == 0


def test_a_place_exactly_like_others_needs_no_interval():
    tallies = [Tally(str(k), 100, 60, 100) for k in range(10)]
    assert count_interval(100, tallies, 0.9) == TreeCount(100, 100, 100, 100)


def test_too_few_labelled_places_cannot_tell():
    count = count_interval(100, [Tally("a", 100, 60, 100)] * 20, 0.9)
    assert count.reason == "not_calibrated"
    assert math.isnan(count.low)
    assert support_register(5, count) == "cannot_tell"


def test_an_image_without_a_single_crown_does_not_speak_against_a_register():
    count = count_interval(0, [Tally(str(k), 50, 30, 50) for k in range(10)], 0.9)
    assert support_register(150, count) == "cannot_tell"


def test_intervals_cover_new_places_at_their_level():
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(300):
        true = rng.integers(30, 120, 13)
        found = np.round(true * np.exp(rng.normal(0, 0.3, 13))).astype(int)
        tallies = [Tally(str(k), int(f), 0, int(t)) for k, (f, t) in enumerate(zip(found, true, strict=True))]
        count = count_interval(tallies[0].found, tallies[1:], 0.9)
        covered += count.low <= true[0] <= count.high
    assert 0.86 <= covered / 300 <= 0.97  # 0.9 ± 2 standard errors of 300, and whole trees round outward


def test_places_left_out_one_by_one_are_covered():
    rows = load_crowns(shipped_model("crowns")).card["tallies_place_found_matched_true"]
    tallies = [Tally(*row) for row in rows]
    within = []
    for one in tallies:
        count = count_interval(one.found, [t for t in tallies if t.place != one.place], 0.9)
        within.append(count.low <= one.true <= count.high)
    assert np.mean(within) >= 0.8
