"""What holds whatever the input: laws, tried on inputs that nobody thought of."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import CRS, Transformer

from lvgeo.campaign.settings import CampaignSettings, LaggingTable
from lvgeo.imagery.grid import Grid
from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.compliance import measure_villages
from lvgeo.land.plots import Plots, Villages
from lvgeo.progress.change import combine, measure
from lvgeo.progress.ledger import Ledger, Record
from lvgeo.progress.standing import derive_standings
from lvgeo.units import Month, m2_to_mu, mu_to_m2

LAWS = settings(deadline=None, max_examples=60)
GEOGRAPHIC = CRS(4490)
CODE = "441302001201"
LON, LAT = 114.5, 23.05

# -- area ------------------------------------------------------------------------------------------------------

METRE = 1e-5  # degrees, about
corners = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=3, max_size=8, unique=True
).filter(lambda points: shapely.MultiPoint(points).convex_hull.area > 1)  # fmt: skip


def hull(points):
    ring = shapely.MultiPoint(points).convex_hull.exterior.coords[:-1]
    return [(LON + x * METRE, LAT + y * METRE) for x, y in ring]


@LAWS
@given(corners, st.integers(0, 7))
def test_area_ignores_where_a_ring_starts_and_which_way_it_runs(points, start):
    ring = hull(points)
    start %= len(ring)
    turned = shapely.Polygon(ring[start:] + ring[:start])
    area, again, back = geodesic_area_m2([shapely.Polygon(ring), turned, shapely.Polygon(ring[::-1])])
    assert again == pytest.approx(area, rel=1e-9, abs=1e-6)
    assert back == pytest.approx(area, rel=1e-9, abs=1e-6)


@LAWS
@given(corners, st.integers(1, 199))
def test_area_ignores_splitting(points, at):
    """Cut along a meridian, which is a geodesic: the pieces together are the whole.

    Tolerance: the cut lies on edges straight in degrees, and a geodesic of 280 m bows from those by
    280² × tan 23° / 8 R = 0.7 mm, which is 0.12 m² an edge; two edges are cut.
    """
    whole = shapely.Polygon(hull(points))
    west = shapely.box(LON - 1, LAT - 1, LON + at * METRE, LAT + 1)
    pieces = geodesic_area_m2([whole.intersection(west), whole.difference(west)])
    assert pieces.sum() == pytest.approx(geodesic_area_m2([whole])[0], abs=0.25)


@LAWS
@given(st.floats(0, 1e9))
def test_mu_and_square_metres_are_one_measure(area_m2):
    assert mu_to_m2(m2_to_mu(area_m2)) == pytest.approx(area_m2)


# -- union -----------------------------------------------------------------------------------------------------

VILLAGES = Villages(
    gpd.GeoDataFrame(
        [{"village_code": CODE, "village": "西村", "kind": "village", "file": "v", "feature": "1",
          "geometry": shapely.box(LON, LAT, LON + 300 * METRE, LAT + 300 * METRE)}],
        crs=GEOGRAPHIC,
    ),
    GEOGRAPHIC,
)  # fmt: skip


def rectangle(west, south, wide, high):
    east, north = west + wide, south + high
    return shapely.box(LON + west * METRE, LAT + south * METRE, LON + east * METRE, LAT + north * METRE)


rectangles = st.builds(
    rectangle, st.integers(-50, 320), st.integers(-50, 320), st.integers(1, 120), st.integers(1, 120)
)


def village_area(shapes):
    blank = {"village_code": CODE, "declared_mu": math.nan, "trees": math.nan, "species": "", "planted_on": None}
    rows = [
        {"plot_id": f"P{n}", **blank, "accuracy_m": 1.0, "file": "p", "feature": str(n), "geometry": shape}
        for n, shape in enumerate(shapes)
    ]
    plots = Plots(gpd.GeoDataFrame(rows, geometry="geometry", crs=GEOGRAPHIC))
    (found,) = measure_villages(VILLAGES, plots, (), {}, CampaignSettings())
    return found.area_m2


@settings(LAWS, max_examples=25)
@given(st.lists(rectangles, min_size=1, max_size=5))
def test_the_union_never_exceeds_the_sum_nor_the_village(shapes):
    together, each = village_area(shapes), [village_area([shape]) for shape in shapes]
    assert max(each) - 1e-3 <= together <= sum(each) + 1e-3
    assert together <= geodesic_area_m2(VILLAGES.frame.geometry)[0] + 1e-3


@settings(LAWS, max_examples=15)
@given(st.lists(rectangles, min_size=1, max_size=4))
def test_handing_plots_in_twice_or_in_another_order_adds_no_ground(shapes):
    once = village_area(shapes)
    assert village_area([*shapes, *shapes]) == pytest.approx(once, rel=1e-9, abs=1e-6)
    assert village_area(shapes[::-1]) == pytest.approx(once, rel=1e-9, abs=1e-6)


# -- change ----------------------------------------------------------------------------------------------------

SIDE = 6
GRID = Grid(CRS(4547), Affine(1, 0, 551000, 0, -1, 2550000), SIDE, SIDE)
TO_DEGREES = Transformer.from_crs(GRID.crs, GEOGRAPHIC, always_xy=True)


@dataclass(frozen=True)
class Held:
    """A class raster in memory."""

    classes: np.ndarray
    grid: Grid = GRID

    def read(self, window):
        return self.classes[window.row : window.row + window.height, window.col : window.col + window.width]


classes = arrays(np.uint8, (SIDE, SIDE), elements=st.integers(0, 2))
edges = st.tuples(st.floats(0, SIDE - 0.5), st.floats(0, SIDE - 0.5), st.floats(0.5, SIDE), st.floats(0.5, SIDE))


def ground(edge):
    left, top, wide, high = edge
    box = shapely.box(551000 + left, 2550000 - top - high, 551000 + left + wide, 2550000 - top)
    return shapely.transform(box, TO_DEGREES.transform, interleaved=False)


@LAWS
@given(classes, classes, edges)
def test_swapping_the_dates_negates_net_change(before, after, edge):
    there, back = (
        measure(Held(one), Held(other), [ground(edge)], GEOGRAPHIC)[0]
        for one, other in ((before, after), (after, before))
    )
    assert back.observed_share == pytest.approx(there.observed_share)
    assert back.net_pp == pytest.approx(-there.net_pp, nan_ok=True)
    assert back.gain_share == pytest.approx(there.loss_share, nan_ok=True)


@LAWS
@given(classes, classes, edges)
def test_gain_less_loss_is_what_lies_between_the_dates(before, after, edge):
    (one,) = measure(Held(before), Held(after), [ground(edge)], GEOGRAPHIC)
    assert 0.0 <= one.observed_share <= 1.0
    if one.observed_share > 0:
        assert one.after_share - one.before_share == pytest.approx(one.gain_share - one.loss_share, abs=1e-9)
        assert all(-1e-9 <= share <= 1 + 1e-9 for share in (one.before_share, one.after_share, one.gain_share))


@LAWS
@given(classes, classes, st.floats(0.1, SIDE - 0.1))
def test_pieces_together_are_the_whole(before, after, cut):
    whole, west, east = measure(
        Held(before), Held(after),
        [ground((0, 0, SIDE, SIDE)), ground((0, 0, cut, SIDE)), ground((cut, 0, SIDE - cut, SIDE))], GEOGRAPHIC,
    )  # fmt: skip
    together = combine([west, east])
    assert together.observed_share == pytest.approx(whole.observed_share, abs=1e-5)
    assert together.gain_m2 == pytest.approx(whole.gain_m2, abs=1e-3, nan_ok=True)


# -- ledger ----------------------------------------------------------------------------------------------------

months = st.builds(Month, st.just(2024), st.integers(1, 12))
words = st.sampled_from(["on_track", "lagging", "inconclusive", "not_assessed"])
LAST = Month(2024, 12)


@settings(LAWS, max_examples=20)
@given(st.lists(st.tuples(months, st.sampled_from("ab"), words), min_size=1, max_size=6))
def test_recording_is_idempotent(runs):
    """Each run a second time at once: nothing is added, and the chain holds."""
    with tempfile.TemporaryDirectory() as folder, Ledger("sqlite:///ledger.sqlite", Path(folder)) as ledger:
        for month, inputs, word in runs:
            first = ledger.record_month(month, inputs * 64, LAST.last_day, {CODE: {"word": word}})
            before = ledger.records()
            again = ledger.record_month(month, inputs * 64, date(2025, 1, 9), {CODE: {"word": word}})
            assert (again.revision, again.recorded_on, again.added) == (first.revision, first.recorded_on, 0)
            assert ledger.records() == before
        assert ledger.altered() is None


def verdict(month, word):
    body = {"word": word, "basis": "register", "evidence_on": str(month.last_day)}
    return Record(0, "verdict", month, CODE, LAST.last_day, 1, "", body, "", "")


@settings(LAWS, max_examples=200)
@given(st.dictionaries(months, words, min_size=1), st.randoms(use_true_random=False))
def test_a_streak_equals_a_naive_recount(said, random):
    """Months may be missing and recorded in any order; no two are closer than 28 days."""
    records = [verdict(month, word) for month, word in said.items()]
    random.shuffle(records)
    streak = 0
    for month in sorted(said):
        streak = {"on_track": 0, "lagging": streak + 1}.get(said[month], streak)
    found = derive_standings(records, LAST, date(2025, 12, 31), LaggingTable())[CODE]
    assert (found.notices, found.streak, found.consequence) == (streak, streak, streak >= 2)
