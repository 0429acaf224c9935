"""Ranks tie where villages tie, say how sure they are, and pass over what is inconclusive."""

import math

import pytest

from lvgeo.progress.ranking import Completion, Part, rank_villages


def village(code, share, sigma=0.0, verdict="on_track"):
    return Completion(code, (Part(share, sigma),), verdict)


def test_close_villages_share_each_others_places_and_far_ones_do_not():
    first, second, last = rank_villages(
        [village("a", 0.90, 0.06), village("b", 0.88, 0.06), village("c", 0.3, 0.005, "lagging")], 7
    )
    assert (first.rank, first.low, first.high) == (1, 1, 2)
    assert (second.rank, second.low, second.high) == (2, 1, 2)
    assert (last.rank, last.low, last.high) == (3, 3, 3)


def test_nobody_is_ranked_on_what_is_not_known():
    many = [village(w, 1.0, verdict=w) for w in ("inconclusive", "not_assessed", "on_track")]
    many += [village("silent", math.nan), Completion("unasked", (), "on_track")]
    assert [(r.village_code, r.rank, r.reason) for r in rank_villages(many, 7)] == [
        ("on_track", 1, ""),
        ("inconclusive", 0, "inconclusive"),
        ("not_assessed", 0, "not_assessed"),
        ("silent", 0, "not_reported"),
        ("unasked", 0, "nothing_required"),
    ]


def test_the_same_seed_and_any_order_give_the_same():
    many = [village(str(k), k / 10, 0.08) for k in range(9)]
    assert rank_villages(many, 7) == rank_villages(many[::-1], 7)


def test_completion_is_the_weighted_mean_and_more_than_asked_makes_up_for_nothing():
    (one,) = rank_villages([Completion("a", (Part(3.0, weight=1.0), Part(0.4, weight=3.0)), "on_track")], 7)
    assert one.completion == pytest.approx((1.0 + 3 * 0.4) / 4)
