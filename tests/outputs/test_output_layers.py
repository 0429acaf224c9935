"""The GeoPackage: same bytes, right rows, a style that QGIS finds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest
import shapely

from lvgeo.errors import StorageError
from lvgeo.outputs.layers import write_gpkg
from lvgeo.outputs.palette import FAMILIES, MARKS


@pytest.fixture
def layers():
    villages = gpd.GeoDataFrame(
        {"village_code": ["441302001201", "441302001202"], "verdict": ["lagging", "on_track"], "area_mu": [1.5, None]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.MultiPolygon([shapely.box(1, 0, 2, 1), shapely.box(3, 0, 4, 1)])],
        crs="EPSG:4490",
    )
    plots = gpd.GeoDataFrame(
        {"plot_id": ["p"], "change": ["gain"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4490"
    )
    issues = gpd.GeoDataFrame({"severity": ["error"]}, geometry=[shapely.Point(0.5, 0.5)], crs="EPSG:4490")
    return {"villages": villages, "plots": plots, "issues": issues}


def test_two_runs_give_the_same_bytes(tmp_path, layers):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_gpkg(tmp_path / name / "results.gpkg", layers)
    assert (tmp_path / "a/results.gpkg").read_bytes() == (tmp_path / "b/results.gpkg").read_bytes()
    write_gpkg(tmp_path / "a/results.gpkg", layers)  # over an older one
    assert (tmp_path / "a/results.gpkg").read_bytes() == (tmp_path / "b/results.gpkg").read_bytes()


def test_the_date_is_given_back(tmp_path, layers):
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    write_gpkg(tmp_path / "a.gpkg", layers)
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before


def test_rows_come_back(tmp_path, layers):
    write_gpkg(tmp_path / "a.gpkg", layers)
    assert [name for name, _ in pyogrio.list_layers(tmp_path / "a.gpkg")][:3] == ["villages", "plots", "issues"]
    back = gpd.read_file(tmp_path / "a.gpkg", layer="villages")
    assert list(back.village_code) == ["441302001201", "441302001202"]
    assert back.crs.to_epsg() == 4490
    assert list(shapely.area(back.geometry.to_numpy())) == [1.0, 2.0]


def test_each_layer_has_a_style_in_the_maps_colours(tmp_path, layers):
    write_gpkg(tmp_path / "a.gpkg", layers)
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        rows = database.execute("SELECT f_table_name, styleName, styleQML, useAsDefault FROM layer_styles").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [row[:2] for row in rows] == [("villages", "verdict"), ("plots", "change"), ("issues", "severity")]
    assert all(row[3] == 1 for row in rows)
    renderer = ET.fromstring(rows[0][2]).find("renderer-v2")
    assert [one.get("value") for one in renderer.iter("category")] == list(FAMILIES["verdict"])
    red, green, blue = bytes.fromhex(MARKS["verdict_lagging"].colour[1:])
    options = {one.get("name"): one.get("value") for one in renderer.find("symbols/symbol/layer/Option")}
    assert options["outline_color"] == f"{red},{green},{blue},255"


def test_a_layer_without_a_state_has_no_style_and_an_empty_one_is_written(tmp_path, layers):
    plain = {"villages": layers["villages"].drop(columns="verdict"), "issues": layers["issues"].iloc[:0]}
    write_gpkg(tmp_path / "a.gpkg", plain)
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        assert database.execute("SELECT count(*) FROM layer_styles").fetchone() == (0,)
    assert pyogrio.read_info(tmp_path / "a.gpkg", layer="issues")["geometry_type"] == "Point"


def test_a_place_that_cannot_be_written_is_said(tmp_path, layers):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StorageError):
        write_gpkg(tmp_path / "out" / "a.gpkg", layers)


def test_transfers_are_lines_as_wide_as_their_number_and_rows_without_a_line_stay(tmp_path):
    line = shapely.LineString([(0, 0), (1, 1)])
    frame = gpd.GeoDataFrame({"seedlings": [40, 7]}, geometry=[line, None], crs="EPSG:4490")
    write_gpkg(tmp_path / "a.gpkg", {"seedling_transfers": frame})
    back = gpd.read_file(tmp_path / "a.gpkg", layer="seedling_transfers")
    assert list(back["seedlings"]) == [40, 7]
    assert list(back.geometry.isna()) == [False, True]
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        (style,) = database.execute("SELECT styleQML FROM layer_styles").fetchone()
    symbol = ET.fromstring(style.partition("\n")[2]).find(".//symbol")
    assert symbol.get("type") == "line"
    assert "seedlings" in symbol.find(".//Option[@name='expression']").get("value")
