"""What is wrong with a drawing, each at its place, and what an office's own layers say of the ground."""

from __future__ import annotations

import math
from datetime import date

import pytest
import shapely

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.land.checks import check_plots
from lvgeo.land.no_plant import NoPlantArea, corridor_m, kind_of
from lvgeo.land.read_no_plant import read_no_plant

DAY = date(2024, 9, 30)
WEST, EAST = "441302001201", "441302001202"
LON, LAT, EAST_M, NORTH_M = 114.5, 23.05, 102_477.8, 110_755.9


def ring(*metres):
    return shapely.Polygon([(LON + x / EAST_M, LAT + y / NORTH_M) for x, y in metres])


@pytest.fixture
def found(villages, settings, make_plots):
    def of(shape, **known):
        plots = make_plots(("P1", WEST, shape), **known)
        return {one.issue: one for one in check_plots(plots, villages, settings.land, DAY)}

    return of


def test_a_spike_that_fits_a_small_plot(found):
    shape = ring((100, 100), (136, 100), (136, 117.8), (166, 118), (136, 118.2), (136, 136), (100, 136))
    issue = found(shape)["spike"]
    assert issue.value < 10
    assert issue.lon == pytest.approx(LON + 166 / EAST_M, abs=1e-9)


def test_a_sound_square_corner_is_no_spike(found):
    assert not found(ring((100, 100), (136, 100), (136, 136), (100, 136)))


def test_repeated_vertices_are_counted(found):
    issue = found(ring((100, 100), (136, 100), (136, 100), (136, 136), (100, 136), (100, 136)))["duplicate_vertex"]
    assert issue.value == 2


def test_an_open_ring_is_said_with_its_gap(found):
    issue = found(ring((100, 100), (136, 100), (136, 136), (100, 136)), unclosed=True)["unclosed"]
    assert issue.value == pytest.approx(36, abs=0.1)


def test_a_strip_along_a_border_is_a_sliver(found):
    issue = found(ring((100, 100), (200, 100), (200, 100.5), (100, 100.5)))["sliver"]
    assert issue.value == pytest.approx(0.5, abs=0.01)


def test_parts_and_holes_are_said_with_their_area(found):
    one, other = ring((100, 100), (136, 100), (136, 136), (100, 136)), ring((200, 100), (236, 100), (236, 136))
    assert found(shapely.MultiPolygon([one, other]))["multipart"].value == 2
    hole = ring((110, 110), (110, 120), (120, 120), (120, 110))
    holed = shapely.Polygon(one.exterior, [hole.exterior])
    assert found(holed)["hole"].area_m2 == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(("side", "kind", "issue"), [
    (4, "", "too_small"), (500, "", "too_large"), (20, "片林", "too_small"),
])  # fmt: skip
def test_size_by_kind(found, side, kind, issue):
    assert found(ring((100, 100), (100 + side, 100), (100 + side, 100 + side), (100, 100 + side)), kind=kind)[issue]


def test_a_day_is_asked_for_and_must_not_come_before_bare_ground(villages, settings, make_plots, box):
    def issues(**known):
        plots = make_plots(("P1", WEST, box(100, 100, 140, 140)), **known)
        found = check_plots(plots, villages, settings.land, DAY, bare_from=date(2024, 1, 1))
        return {one.issue for one in found}

    assert issues(planted_on=None) == {"no_planting_date"}
    assert issues(planted_on=date(2023, 11, 2)) == {"planted_before_baseline"}
    assert issues(planted_on=date(2024, 10, 1)) == {"planted_in_future"}
    assert issues(planted_on=date(2024, 2, 20)) == set()


def test_villages_that_overlap_or_leave_a_gap_are_said(villages, settings, make_plots, box):
    from dataclasses import replace

    frame = villages.frame.copy()
    row = frame.index[frame["village_code"] == WEST][0]
    frame.loc[[row], "geometry"] = [box(0, 0, 2010, 2000).difference(box(500, 500, 520, 520))]
    found = {one.issue: one for one in check_plots(make_plots(), replace(villages, frame=frame), settings.land, DAY)}
    assert found["boundary_overlap"].area_m2 == pytest.approx(20_000, rel=1e-3)
    assert found["boundary_gap"].area_m2 == pytest.approx(400, rel=1e-3)


# -- ground that is barred -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "kind"), [
    ("永久基本农田2023.shp", "farmland_permanent"), ("耕地", "farmland"), ("10kV高压线", "power_line"),
    ("水域", "water"), ("生态保护红线", "redline"), ("道路", None),
])  # fmt: skip
def test_kinds_by_what_layers_are_called(text, kind):
    assert kind_of(text) == kind


@pytest.mark.parametrize(("kv", "metres"), [(10, 5), (35, 10), (110, 10), (220, 15), (500, 20), (0.4, None)])
def test_corridors_by_voltage(kv, metres):
    assert corridor_m(kv, CampaignSettings().land.power_line_m) == metres


@pytest.mark.parametrize(("kind", "severity"), [("farmland_permanent", "warning"), ("redline", "info")])
def test_a_plot_on_barred_ground_is_named_with_its_share(villages, settings, make_plots, box, kind, severity):
    area = NoPlantArea(kind, "a.shp 1", box(120, 100, 200, 140))
    plots = make_plots(("P1", WEST, box(100, 100, 140, 140)))
    [issue] = check_plots(plots, villages, settings.land, DAY, no_plant=(area,))
    assert (issue.issue, issue.severity, issue.other_id) == (f"no_plant_{kind}", severity, "a.shp 1")
    assert issue.value == pytest.approx(0.5, abs=1e-3)
    assert issue.area_m2 == pytest.approx(800, rel=1e-3)


def test_a_power_line_is_widened_by_its_voltage(villages, settings, write_geojson):
    line = shapely.LineString([(LON + 0.001, LAT + 0.001), (LON + 0.005, LAT + 0.001)])
    path = write_geojson("no_plant/高压线.geojson", ({"voltage_kv": 110}, line), ({}, line))
    areas, refused = read_no_plant([path], villages, settings.land, {})
    assert [one.kind for one in areas] == ["power_line"]
    west, south, east, north = areas[0].shape.bounds
    assert (north - south) * NORTH_M == pytest.approx(20, abs=0.1)
    assert (east - west) * EAST_M == pytest.approx(0.004 * EAST_M + 20, abs=0.1)
    assert [one.code for one in refused] == ["voltage_missing"]
    assert math.isfinite(areas[0].shape.area)
