"""Laws of area and of its verdict, on two thousand polygons that nobody thought of."""

from __future__ import annotations

import math
from datetime import date
from functools import cache

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pyproj import Transformer

from lvgeo.land.area import area_uncertainty_m2, geodesic_area_m2, metres_per_degree
from lvgeo.land.checks import check_plots
from lvgeo.land.compliance import measure_villages
from lvgeo.land.location import locate

WEST = "441302001201"
LAWS = examples(max_examples=2000, deadline=None)
FEW = examples(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def rings(draw):
    """Star-shaped plots of 3 to 12 corners and 5 to 150 m, anywhere in the country, as (k, 2) degrees."""
    count = draw(st.integers(3, 12))
    reach = np.array(draw(st.lists(st.floats(5.0, 150.0), min_size=count, max_size=count)))
    turn = (np.arange(count) + draw(st.floats(0.0, 1.0))) * 2 * math.pi / count
    lon, lat = draw(st.floats(74.0, 134.0)), draw(st.floats(18.0, 53.0))
    metres = np.column_stack([reach * np.cos(turn), reach * np.sin(turn)])
    return metres / metres_per_degree(lat) + np.array([lon, lat])


@cache
def strip(zone):
    return Transformer.from_crs(4490, 4509 + zone, always_xy=True)


def area(shape):
    return float(geodesic_area_m2([shape])[0])


def edges_m(ring):
    return np.hypot(*((np.roll(ring, -1, axis=0) - ring) * metres_per_degree(ring[0, 1])).T)


def bow_m2(ring):
    """Ground between edges straight in degrees and geodesics, L³ tan φ / 12 R each.

    2e-7 of a plot of 2 mu, and more of a long thin one; a corner that is put on an edge gives or takes so much.
    """
    return float((edges_m(ring) ** 3).sum()) * math.tan(math.radians(ring[:, 1].max())) / (12 * 6.35e6)


@LAWS
@given(rings(), st.integers(0, 11))
def test_start_and_direction_change_nothing(ring, start):
    whole = area(shapely.Polygon(ring))
    assert area(shapely.Polygon(np.roll(ring, start, axis=0))) == pytest.approx(whole, rel=1e-9)
    assert area(shapely.Polygon(ring[::-1])) == pytest.approx(whole, rel=1e-9)


@LAWS
@given(rings(), st.integers(0, 11), st.integers(2, 9))
def test_a_plot_cut_from_corner_to_corner_is_the_sum_of_its_parts(ring, first, across):
    """Both parts have the cut as an edge, so it counts the same in each."""
    count = len(ring)
    turned = np.roll(ring, -first, axis=0)
    at = across % count
    if not 2 <= at <= count - 2:
        return
    left, right = shapely.Polygon(turned[: at + 1]), shapely.Polygon(np.vstack([turned[at:], turned[:1]]))
    whole = shapely.Polygon(ring)
    cut = shapely.LineString([turned[0], turned[at]])
    if not (left.is_valid and right.is_valid and shapely.covers(whole.buffer(1e-12), cut)):
        return
    assert area(left) + area(right) == pytest.approx(area(whole), rel=1e-9)


@LAWS
@given(rings(), st.integers(2, 6))
def test_points_drawn_along_its_edges_change_nothing(ring, times):
    after = np.roll(ring, -1, axis=0)
    dense = np.vstack([ring + (after - ring) * k / times for k in range(times)]).reshape(times, -1, 2)
    dense = dense.transpose(1, 0, 2).reshape(-1, 2)
    whole = area(shapely.Polygon(ring))
    assert area(shapely.Polygon(dense)) == pytest.approx(whole, rel=1e-6, abs=bow_m2(ring))
    if edges_m(ring).max() < 40 and whole > 400:  # as plots are
        assert area(shapely.Polygon(dense)) == pytest.approx(whole, rel=1e-6)


@LAWS
@given(rings())
def test_a_plane_and_back_changes_nothing(ring):
    there = strip(round(float(ring[:, 0].mean()) / 3))
    back = np.column_stack(there.transform(*there.transform(*ring.T), direction="INVERSE"))
    assert area(shapely.Polygon(back)) == pytest.approx(area(shapely.Polygon(ring)), rel=1e-6)


@LAWS
@given(rings(), st.floats(-0.0008, 0.0008), st.floats(-0.0008, 0.0008))
def test_a_union_is_at_most_the_sum_and_equal_apart(ring, east, north):
    one = shapely.Polygon(ring)
    other = shapely.Polygon(ring + np.array([east, north]))
    both, parts = area(shapely.union(one, other)), area(one) + area(other)
    # Where edges cross, the union has corners that the parts have not.
    assert both <= parts * (1 + 1e-9) + 2 * bow_m2(ring)
    if shapely.disjoint(one, other):
        assert both == pytest.approx(parts, rel=1e-12)


@FEW
@given(st.tuples(st.floats(10.0, 60.0), st.floats(0.01, 5.0), st.integers(0, 2**32 - 1)))
def test_a_verdict_flips_only_within_two_sigma(villages, settings, make_plots, box, drawn):
    """Draw the plot again within its accuracy: a verdict that was given stays, or becomes too close to call."""
    side, accuracy, seed = drawn
    shape = box(500, 500, 500 + side, 500 + side)
    rng = np.random.default_rng(seed)
    ring = shapely.get_coordinates(shape)[:-1]
    again = shapely.Polygon(ring + rng.normal(0, accuracy, ring.shape) / metres_per_degree(23.05))

    def status(shape):
        plots = make_plots(("P1", WEST, shape), accuracy_m=accuracy)
        issues = check_plots(plots, villages, settings.land, date(2024, 9, 30))
        found = measure_villages(villages, plots, issues, {}, settings, None)
        return next(one for one in found if one.village_code == WEST)

    if not again.is_valid:
        return
    first, second = status(shape), status(again)
    sigma = float(area_uncertainty_m2([shape], accuracy)[0])
    if {first.status, second.status} == {"meets", "short"}:
        # Four sigma between them, two on either side of the limit: then the drawing itself is that far off.
        assert abs(first.area_m2 - second.area_m2) > 2 * settings.land.borderline_sigmas * sigma * 0.8
    if first.status in {"meets", "short"}:
        assert abs(first.difference_m2) >= settings.land.borderline_sigmas * first.uncertainty_m2
    else:
        assert first.status == "no_plots" or abs(first.difference_m2) < 2 * first.uncertainty_m2


@FEW
@given(st.floats(1500.0, 1999.0), st.floats(1500.0, 1999.0), st.floats(20.0, 300.0))
def test_shares_of_a_straddling_plot_sum_to_the_whole(villages, box, x, y, side):
    shape = box(x, y, x + side, y + side)
    borders = np.array(villages.frame.geometry, dtype=object)
    shapes = np.array([shape], dtype=object)
    where = locate(shapes, geodesic_area_m2(shapes), borders)
    inside = sum(float(where.inside_m2(np.array([row]))[0]) for row in range(len(borders)))
    assert inside == pytest.approx(area(shape), rel=1e-6, abs=bow_m2(shapely.get_coordinates(shape)[:-1]))
