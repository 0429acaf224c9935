"""Formats of phones, rods, CAD and office tables, each as its program writes it, and each as an attacker might."""

from __future__ import annotations

import zipfile

import ezdxf
import openpyxl
import pytest
import shapely

from lvgeo.errors import InputRefusedError
from lvgeo.land.read_layers import read_file

RING = "114.5,23.05,0 114.5004,23.05,0 114.5004,23.0504,0 114.5,23.0504,0 114.5,23.05,0"
HOLE = "114.5001,23.0501 114.5002,23.0501 114.5002,23.0502 114.5001,23.0502 114.5001,23.0501"
KML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
)
POLYGON = (
    f"<Placemark><name>北坡</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing>"
    f"</outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>{HOLE}</coordinates></LinearRing></innerBoundaryIs>"
    "</Polygon></Placemark>"
)
PATH = f"<Placemark><name>走</name><LineString><coordinates>{RING[:-14]}</coordinates></LineString></Placemark>"
POINT = "<Placemark><name>树</name><Point><coordinates>114.5,23.05</coordinates></Point></Placemark>"
SIDE = shapely.box(114.5, 23.05, 114.5004, 23.0504)


def read(path, columns=None):
    refused = []
    return read_file(path, refused, columns or {}), [one.code for one in refused]


def codes(path):
    with pytest.raises(InputRefusedError) as caught:
        read(path)
    return [one.code for one in caught.value.refusals]


# -- KML ---------------------------------------------------------------------------------------------------------


def test_kml_polygons_paths_and_points(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text(KML.format(POLYGON + PATH + POINT), "utf-8")
    [layer], refused = read(path)
    assert refused == ["geometry_not_polygon"]
    assert layer.crs.to_epsg() == 4326
    assert len(layer.geometry[0].interiors) == 1
    assert layer.geometry[1].equals(SIDE)
    assert list(layer.unclosed) == [False, True]
    assert layer.datum == ""


@pytest.mark.parametrize("suffix", ["ovkml", "ovkmz"])
def test_ovital_is_known_to_be_gcj02(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    text = KML.format(POLYGON)
    if suffix == "ovkmz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", text)
    else:
        path.write_text(text, "utf-8")
    [layer], _ = read(path)
    assert layer.datum == "gcj02"


def test_ovobj_is_refused_with_advice(tmp_path):
    path = tmp_path / "a.ovobj"
    path.write_bytes(b"\x00\x01\x02")
    assert codes(path) == ["ovobj_binary"]


def test_entities_are_never_expanded(tmp_path):
    path = tmp_path / "a.kml"
    bomb = '<!DOCTYPE k [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    path.write_text(KML.format(POLYGON).replace("<kml", bomb + "<kml", 1).replace("北坡", "&b;"), "utf-8")
    assert len(codes(path)) == 1


def test_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path):
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("doc.kml", "w") as opened:
        for _ in range(300):
            opened.write(b" " * 2**20)
    assert codes(path) == ["file_too_large"]


# -- GPX ---------------------------------------------------------------------------------------------------------


def test_a_walk_around_a_plot_is_closed(tmp_path):
    corners = [pair.split(",")[:2] for pair in RING.split()[:4]]
    points = "".join(f'<trkpt lat="{lat}" lon="{lon}"/>' for lon, lat in corners)
    path = tmp_path / "a.gpx"
    path.write_text(
        f'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>北坡</name><trkseg>{points}</trkseg>'
        "<trkseg><trkpt lat='23' lon='114'/></trkseg></trk></gpx>",
        "utf-8",
    )
    [layer], refused = read(path)
    assert layer.geometry[0].equals(SIDE)
    assert layer.unclosed[0]
    assert refused == ["ring_too_short"]


# -- DXF ---------------------------------------------------------------------------------------------------------


def test_closed_polylines_of_a_drawing(tmp_path):
    drawing = ezdxf.new()
    space = drawing.modelspace()
    corners = [(551000, 2550000), (551040, 2550000), (551040, 2550040), (551000, 2550040)]
    space.add_lwpolyline(corners, close=True, dxfattribs={"layer": "绿化"})
    space.add_polyline2d([(x + 100, y) for x, y in corners], close=True)
    space.add_circle((551000, 2550000), 5)
    path = tmp_path / "a.dxf"
    drawing.saveas(path)
    layers, _ = read(path)
    areas = sorted(shape.area for layer in layers for shape in layer.geometry if shape.geom_type == "Polygon")
    assert areas[-2:] == pytest.approx([1600.0, 1600.0])
    assert all(layer.crs is None for layer in layers)


# -- tables ------------------------------------------------------------------------------------------------------

DEGREES = [
    "地块编号,点号,经度,纬度",
    *(f"P1,{n},{c.split(',')[0]},{c.split(',')[1]}" for n, c in enumerate(RING.split()[:4])),
]
DMS = ["地块编号,点号,经度,纬度", "P1,1,114°30′00″,23°03′00″", "P1,2,114°30′01.44″,23°03′00″",
       "P1,3,114°30′01.44″,23°03′01.44″", "P1,4,114°30′00″,23°03′01.44″"]  # fmt: skip
SURVEY = ["编号,点号,X,Y", *(f"P1,{n},{x},{y}" for n, (x, y) in enumerate(
    [(2550000, 551000), (2550000, 551040), (2550040, 551040), (2550040, 551000)]))]  # fmt: skip
SWAPPED = ["编号,点号,X,Y", *(f"P1,{n},{x},{y}" for n, (x, y) in enumerate(
    [(551000, 2550000), (551040, 2550000), (551040, 2550040), (551000, 2550040)]))]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize(("rows", "wanted"), [(DEGREES, SIDE), (DMS, SIDE)])
def test_degrees_and_their_spellings(tmp_path, rows, wanted, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(rows).encode(encoding, "replace").replace(b"?", b"'"))
    [layer], refused = read(path)
    assert not refused
    assert layer.geometry[0].equals_exact(wanted, 1e-9) or layer.geometry[0].symmetric_difference(wanted).area < 1e-12
    assert layer.values["plot_id"][0] == "P1"


@pytest.mark.parametrize("rows", [SURVEY, SWAPPED])
def test_survey_columns_by_their_size(tmp_path, rows):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows), "utf-8")
    [layer], _ = read(path)
    assert layer.geometry[0].bounds == (551000, 2550000, 551040, 2550040)


def test_foreign_headings_by_the_mapping(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "\n".join(DEGREES).replace("地块编号", "tu_ban").replace("经度", "jd").replace("纬度", "wd"), "utf-8"
    )
    assert codes(path) == ["table_no_vertices"]
    [layer], _ = read(path, {"plot_id": "tu_ban", "lon": "jd", "lat": "wd"})
    assert layer.geometry[0].equals(SIDE)


def test_a_spreadsheet_under_a_title(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["界址点成果表"])
    for row in SURVEY:
        sheet.append([float(cell) if cell[:2] in {"25", "55"} else cell for cell in row.split(",")])
    path = tmp_path / "a.xlsx"
    book.save(path)
    [layer], refused = read(path)
    assert not refused
    assert layer.geometry[0].area == 1600.0


def test_a_point_that_cannot_be_read_loses_its_plot_only(tmp_path):
    path = tmp_path / "a.csv"
    bad = [row.replace("P1", "P2") for row in DEGREES[1:]]
    bad[2] = "P2,2,东边,23.05"
    path.write_text("\n".join([*DEGREES, *bad]), "utf-8")
    [layer], refused = read(path)
    assert len(layer) == 1
    assert refused == ["points_unreadable"]


# -- GeoJSON -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    '{"type":"Feature","properties":{"plot_id":"A"},"geometry":%s}', "%s",
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":null,"geometry":%s}]}',
])  # fmt: skip
def test_a_text_is_a_collection_a_feature_or_a_geometry(tmp_path, text):
    path = tmp_path / "a.geojson"
    path.write_text(text % shapely.to_geojson(SIDE), "utf-8")
    [layer], refused = read(path)
    assert not refused
    assert layer.geometry[0].equals(SIDE)
