"""Ranks tie where villages tie, say how sure they are, and pass over what is inconclusive."""

from lvgeo.progress.ranking import Completion, rank_villages


def test_close_villages_share_each_others_places_and_far_ones_do_not():
    near = [Completion("a", 900, 60, 1000, "on_track"), Completion("b", 880, 60, 1000, "on_track")]
    first, second, last = rank_villages([*near, Completion("c", 300, 5, 1000, "lagging")], 7)
    assert (first.rank, first.low, first.high) == (1, 1, 2)
    assert (second.rank, second.low, second.high) == (2, 1, 2)
    assert (last.rank, last.low, last.high) == (3, 3, 3)


def test_nobody_is_ranked_on_what_is_not_known():
    words = ("inconclusive", "not_assessed", "on_track")
    ranks = rank_villages([Completion(w, 1000, 0, 1000, w) for w in words], 7)
    assert [(r.village_code, r.rank, r.reason) for r in ranks] == [
        ("on_track", 1, ""),
        ("inconclusive", 0, "inconclusive"),
        ("not_assessed", 0, "not_assessed"),
    ]


def test_the_same_seed_and_any_order_give_the_same():
    many = [Completion(str(k), 100 * k, 80, 1000, "on_track") for k in range(9)]
    assert rank_villages(many, 7) == rank_villages(many[::-1], 7)
