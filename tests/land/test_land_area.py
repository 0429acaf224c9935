"""Areas against the official series, against real survey papers, and against chance."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from lvgeo.land.area import area_uncertainty_m2, geodesic_area_m2, plane_area_m2

SURVEYS = Path(__file__).parents[3] / "shared/data/vectors/txt_kancedingjie_zhaoqing"
LON, LAT = 114.5, 23.05
EAST_M, NORTH_M = 102_477.8, 110_755.9
SIDE_M = math.sqrt(4000 / 3)
CGCS2000, CM114 = CRS.from_epsg(4490), CRS.from_epsg(4547)


def square(side_m: float = SIDE_M, east_m: float = 0.0) -> shapely.Polygon:
    west = LON + east_m / EAST_M
    return shapely.box(west, LAT, west + side_m / EAST_M, LAT + side_m / NORTH_M)


def official_area_m2(polygon: shapely.Polygon) -> float:
    """The trapezoid series of the national land survey (国土调查办发〔2008〕32号), summed over edges."""
    a, f = 6378137.0, 1 / 298.257222101
    b = a * (1 - f)
    e2 = (a * a - b * b) / (a * a)
    e4, e6, e8 = e2**2, e2**3, e2**4
    terms = (
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    )
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in zip(polygon.exterior.coords, polygon.exterior.coords[1:], strict=False):
        reach = math.radians((lon1 + lon2) / 2 - LON)
        step, middle = math.radians(lat2 - lat1), math.radians((lat1 + lat2) / 2)
        series = sum(
            sign * term * math.sin(k / 2 * step) * math.cos(k * middle)
            for sign, term, k in zip((1, -1, 1, -1, 1), terms, (1, 3, 5, 7, 9), strict=True)
        )
        total += 2 * b * b * reach * series
    return abs(total)


@pytest.mark.parametrize(
    ("plot", "tolerance_m2"),
    [
        (square(), 1e-4),
        (shapely.affinity.rotate(square(), 31), 1e-4),
        # The series takes an edge straight in latitude and longitude, a geodesic bows off it: tan(lat) L³ / 12 R on an
        # edge of 51 m from west to east, which a square's two such edges cancel.
        (shapely.Polygon([(LON, LAT), (LON + 5e-4, LAT), (LON + 2e-4, LAT + 4e-4)]), 2e-3),
    ],
    ids=["square", "turned", "triangle"],
)
def test_area_equals_the_official_series(plot, tolerance_m2):
    assert geodesic_area_m2([plot])[0] == pytest.approx(official_area_m2(plot), abs=tolerance_m2)


def test_longitude_comes_first_at_the_known_point():
    # (114.5, 23.05) is E 551242.822, N 2550162.341 in EPSG:4547; flipped axes give infinity or another continent.
    east, north = Transformer.from_crs(CGCS2000, CM114, always_xy=True).transform(LON, LAT)
    assert (east, north) == pytest.approx((551242.822, 2550162.341), abs=1e-3)
    assert plane_area_m2([square()], CGCS2000, CM114)[0] == pytest.approx(4000 / 3, abs=0.2)


def test_holes_are_taken_off_whichever_way_rings_run():
    outer, inner = square(40), square(10, east_m=10)
    hole = shapely.Polygon(outer.exterior.coords, [inner.exterior.coords[::-1]])
    same_way = shapely.Polygon(outer.exterior.coords[::-1], [inner.exterior.coords[::-1]])
    expected = geodesic_area_m2([outer])[0] - geodesic_area_m2([inner])[0]
    assert geodesic_area_m2([hole, same_way]) == pytest.approx([expected, expected], abs=1e-6)


def test_nothing_has_no_area():
    assert geodesic_area_m2([shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)])]).tolist() == [0.0, 0.0]
    assert geodesic_area_m2([]).shape == (0,)


def test_a_zone_that_does_not_reach_gives_no_plane_area():
    california = shapely.box(-118.2, 33.77, -118.1995, 33.7705)
    assert math.isnan(plane_area_m2([california], CRS.from_epsg(4269), CM114)[0])


@pytest.mark.parametrize(("accuracy_m", "sigma_m2"), [(0.03, 1.5), (1.0, 52.0), (3.0, 155.0)])
def test_two_mu_square_has_the_uncertainty_of_the_field_notes(accuracy_m, sigma_m2):
    # √2 · 36.515 m · σ: 1.55, 51.6 and 154.9 m²
    assert area_uncertainty_m2([square()], accuracy_m)[0] == pytest.approx(sigma_m2, rel=0.035)


def test_uncertainty_agrees_with_moving_the_corners_by_chance():
    plot = shapely.Polygon([(0, 0), (60, 0), (60, 20), (25, 45), (0, 30)])
    degrees = shapely.transform(plot, lambda xy: xy / [EAST_M, NORTH_M] + [LON, LAT])
    random = np.random.default_rng(2024)
    corners = np.asarray(plot.exterior.coords)[:-1]
    moved = corners + random.normal(0.0, 1.0, (20_000, len(corners), 2))
    x, y = moved[..., 0], moved[..., 1]
    areas = 0.5 * np.abs((x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1))
    # 20 000 draws know a standard deviation to 0.5 %; the second-order term of area adds under 1 %.
    assert area_uncertainty_m2([degrees], 1.0)[0] == pytest.approx(areas.std(), rel=0.02)


@pytest.mark.parametrize("start", [0, 1, 37, 75, 149])
def test_vertices_drawn_along_an_edge_do_not_make_an_area_surer(start):
    dense = shapely.segmentize(square(), SIDE_M / 75 / EAST_M)
    ring = np.asarray(dense.exterior.coords)[:-1]
    turned = shapely.Polygon(np.roll(ring, start, axis=0))
    assert len(ring) >= 290
    assert area_uncertainty_m2([turned], 3.0)[0] == pytest.approx(area_uncertainty_m2([square()], 3.0)[0], rel=0.01)


def test_a_triangle_is_never_surer_than_a_square():
    sliver = shapely.Polygon([(LON, LAT), (LON + 36 / EAST_M, LAT), (LON, LAT + 36 / NORTH_M)])
    area = geodesic_area_m2([sliver])[0]
    assert area_uncertainty_m2([sliver], 1.0)[0] >= math.sqrt(2 * area) - 1e-6
    assert area_uncertainty_m2([shapely.Polygon()], 1.0) == 0.0


@given(start=st.integers(0, 6), back=st.booleans(), radius=st.lists(st.floats(5, 60), min_size=7, max_size=7))
def test_area_knows_neither_where_a_ring_starts_nor_which_way_it_runs(start, back, radius):
    turns = np.linspace(0, 2 * np.pi, 8)[:-1]
    ring = np.column_stack([np.cos(turns) * radius / EAST_M + LON, np.sin(turns) * radius / NORTH_M + LAT])
    again = np.roll(ring, start, axis=0)[:: -1 if back else 1]
    one, other = geodesic_area_m2([shapely.Polygon(ring), shapely.Polygon(again)])
    assert one == pytest.approx(other, abs=1e-5)


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(1, 60)), min_size=1, max_size=5))
def test_a_union_never_exceeds_the_sum(placed):
    parts = [square(side, east) for east, side in placed]
    assert geodesic_area_m2([shapely.union_all(parts)])[0] <= geodesic_area_m2(parts).sum() + 1e-6
