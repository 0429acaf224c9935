"""Survey-boundary TXT: the variants that exporters write, and real files against the hectares that they state."""

from __future__ import annotations

import pytest
import shapely

from lvgeo.errors import InputRefusedError
from lvgeo.land.read_layers import read_file

HEAD = (
    "[属性描述]\n格式版本号=1.01版本\n坐标系=2000国家大地坐标系\n几度分带=3\n投影类型=高斯克吕格\n计量单位=米\n"
    "带号={zone}\n[地块坐标]\n"
)
SQUARE = ((2550000.0, 38551000.0), (2550000.0, 38551040.0), (2550040.0, 38551040.0), (2550040.0, 38551000.0))
HOLE = ((2550010.0, 38551010.0), (2550010.0, 38551020.0), (2550020.0, 38551020.0), (2550020.0, 38551010.0))
APART = tuple((north + 100.0, east) for north, east in SQUARE)


def points(ring, number=1, *, close=True, swap=False, short=False):
    rows = [*ring, ring[0]] if close else list(ring)
    out = []
    for k, (north, east) in enumerate(rows, start=1):
        easting = east - 38_000_000.0 if short else east
        x, y = (easting, north) if swap else (north, easting)
        out.append(f"J{k},{number},{x:.4f},{y:.4f}")
    return "\n".join(out)


@pytest.fixture
def read(tmp_path):
    def of(*blocks, area=0.16, zone=38, encoding="gbk", head=HEAD):
        path = tmp_path / "勘测.txt"
        count = sum(block.count("J") for block in blocks)
        text = head.format(zone=zone) + f"{count},{area},A1,北坡,面,,林地,,@\n" + "\n".join(blocks) + "\n"
        path.write_bytes(text.encode(encoding))
        refused = []
        return read_file(path, refused, {}), refused

    return of


def only(found):
    layers, refused = found
    assert not refused, [one.sentence("en") for one in refused]
    return layers[0], layers[0].geometry[0]


@pytest.mark.parametrize("name", [
    "44120000072", "44120000105", "44120000120", "44120000326", "44120000669_44120001725_44120002171", "44120001111",
    "44120002411",
])  # fmt: skip
def test_stated_hectares_are_the_plane_area_to_four_decimals(shared, name):
    refused = []
    layers = read_file(shared / "vectors/txt_kancedingjie_zhaoqing" / f"{name}.txt", refused, {})
    assert not refused
    for layer in layers:
        assert layer.crs is not None
        assert layer.crs.to_epsg() == 4526
        for shape, stated, unit in zip(
            layer.geometry, layer.values["stated_area"], layer.values["stated_unit"], strict=True
        ):
            assert unit == "公顷"
            assert round(shape.area / 1e4, 4) == pytest.approx(stated, abs=1e-9)


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_axes_and_zone_digits_are_told_by_their_size(read, swap, short, encoding):
    layer, shape = only(read(points(SQUARE, swap=swap, short=short), encoding=encoding))
    assert shape.area == pytest.approx(1600.0)
    assert layer.crs.to_epsg() == (4547 if short else 4526)
    assert shape.bounds[1] == 2550000.0


@pytest.mark.parametrize(("area", "unit", "mu"), [
    (0.16, "公顷", 2.4), (2.4, "亩", 2.4), (1600.0, "㎡", 2.4),
])  # fmt: skip
def test_unit_of_the_stated_area_is_the_one_that_agrees(read, area, unit, mu):
    layer, _ = only(read(points(SQUARE), area=area))
    assert layer.values["stated_unit"][0] == unit
    assert layer.values["declared_mu"][0] == pytest.approx(mu)


def test_a_ring_inside_is_a_hole_and_one_beside_a_part(read):
    _, holed = only(read(points(SQUARE), points(HOLE, 2)))
    assert holed.area == pytest.approx(1500.0)
    assert len(holed.interiors) == 1
    _, parts = only(read(points(SQUARE), points(APART, 2)))
    assert parts.geom_type == "MultiPolygon"
    assert parts.area == pytest.approx(3200.0)


def test_a_second_part_under_the_same_ring_number_starts_where_the_first_closed(read):
    _, parts = only(read(points(SQUARE), points(APART)))
    assert shapely.get_num_geometries(parts) == 2


def test_an_open_ring_is_closed_and_said(read):
    layer, shape = only(read(points(SQUARE, close=False)))
    assert shape.area == pytest.approx(1600.0)
    assert layer.unclosed[0]


def test_a_bad_point_loses_its_plot_by_line(read):
    _, refused = read(points(SQUARE).replace("2550040.0000", "二五五", 1))
    assert [one.code for one in refused if one.code == "points_unreadable"]
    assert any("二五五" in one.value for one in refused)


@pytest.mark.parametrize(("text", "code"), [
    ("hello, world: 1\n", "txt_other"),
    ("J1,1,2550000.0,551000.0\n", "txt_no_plots"),
    ("坐标系=2000\n", "txt_no_plots"),
])  # fmt: skip
def test_another_text_is_refused(tmp_path, text, code):
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(InputRefusedError) as caught:
        read_file(path, [], {})
    assert caught.value.refusals[0].code == code
