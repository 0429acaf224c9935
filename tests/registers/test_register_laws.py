"""Rows in are rows accepted and rows refused, whatever stands in the cells, in each of the ten kinds, CSV and Excel."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from datetime import time as clock

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pyproj import CRS

from lvgeo.campaign.settings import RegistersTable
from lvgeo.land.plots import Villages
from lvgeo.registers.book import KINDS, read_registers
from lvgeo.registers.headings import all_fields
from lvgeo.registers.read import Reading
from lvgeo.registers.villages import VillageNames

CODE, OTHER = "441302001201", "441302001001"
ON = date(2024, 9, 30)
SOUND = {
    "village_code": [CODE, OTHER, f"'{CODE}", "４４１３０２００１２０１", int(CODE), float(OTHER)],
    "village": ["西村", "城南社区", "西村村委会", "城南", ""],
    "tree_id": [f"T{n}" for n in range(40)], "claim_id": ["", "R1", "R2", "R3"], "plot_id": ["", "P1"],
    "tree_ids": ["", "T1、T2", "T3；T4", "T5"], "person": ["张三", "李四", "王五户"],
    "species": ["香樟", "木棉", ""], "role": ["党员", "群众", "书记", "leader", ""],
    "event": ["培训会", "挖穴", "planted", "砍伐"], "item": ["绿美村口", "绿美示范点", "公园"],
    "source": ["财政拨一点", "乡贤捐一点"], "alive": ["是", "死", "1", ""], "done": ["是", "否", ""],
    "lon": [114.505, 114.515, "114°30′36″", ""], "lat": [23.005, "23.005", "23°0′18″", ""],
    "checked": [100, "１００株"], "amount_yuan": ["1,200元", 500.5, "２０００"], "places": ["公园、学校", ""],
}  # fmt: skip
DAYS = [
    "2024-02-05",
    "2024年3月1日",
    "20240301",
    45352,
    "２０２４．３．１",
    date(2024, 2, 1),
    datetime(2024, 3, 1, 8),
    "",
]
COUNTS = [0, 3, 12.0, "１２０棵", "30", ""]
HOSTILE = [
    "=HYPERLINK(\"http://x\")", "+1", "@SUM(A1)", "合计", "小 计", "Total", "4.41E+11", 4.41e15, 1e300, -5, 0.5, True,
    "nan", "inf", "1e999", "1_000", "2024-02-30", "2023-05-01", "2031-01-01", "32.13.2024", datetime(1999, 1, 1),
    clock(8, 30), "　", " ", "\n", "\"", "a,b", "村;社区\t", "不详", "999999999999", "无", "💧", "x" * 5000, "²", "٣",
    "<script>", "#N/A", "-", "树种", 180.5, "91°99′", -0.0, 99999, "99999", "0000-00-00",
]  # fmt: skip


def village_boundaries():
    boxes = [shapely.box(114.5, 23.0, 114.51, 23.01), shapely.box(114.51, 23.0, 114.52, 23.01)]
    rows = {"village_code": [OTHER, CODE], "village": ["城南社区", "西村"], "kind": ["community", "village"]}
    frame = gpd.GeoDataFrame({**rows, "file": "v", "feature": ["1", "2"]}, geometry=boxes, crs=4490)
    return Villages(frame, CRS(4490))


VILLAGES = village_boundaries()
READING = Reading(VillageNames.of_villages(VILLAGES), 2024, ON)


def cells_of(field):
    sound = SOUND.get(field.key) or (DAYS if field.when else COUNTS)
    return st.sampled_from([*sound * (1 + 2 * len(HOSTILE) // len(sound)), *HOSTILE])  # one in three hostile


@st.composite
def tables(draw, kind):
    """Headings in our words or theirs, in any order, under a title or none; rows, some of them blank."""
    fields = draw(st.permutations(all_fields(kind)))
    heads = [draw(st.sampled_from((one.key, *one.headings[:1]))) for one in fields]
    blank = st.builds(lambda: [""] * len(fields))
    row = st.tuples(*(cells_of(one) for one in fields)).map(list)
    body = draw(st.lists(st.one_of(row, row, row, row, blank), min_size=1, max_size=6))
    title = [["某街道2024年登记表", *[""] * (len(fields) - 1)]] if draw(st.booleans()) else []
    return [*title, heads], body


def filled(row):
    """Whether a person sees anything in it."""
    return any(str(cell).strip() for cell in row)


def expected(top, body):
    return {str(number) for number, row in enumerate(body, start=len(top) + 1) if filled(row)}


def accounted(found, name):
    """Lines accepted and lines refused; none twice."""
    register = getattr(found, name)
    assert not register.files
    assert len(register.rows) == len(register.origins)
    accepted = [str(origin.row) for origin in register.origins]
    refused = [one.refusal.feature for one in register.refused]
    assert len({*accepted, *refused}) == len(accepted) + len(refused)
    assert all(one.refusal.code and one.refusal.file for one in register.refused)
    assert len(found.left_out()) == len(refused)
    return {*accepted, *refused}


def read(path):
    return read_registers(((), [path]), VILLAGES, READING, RegistersTable())


def fill(sheet, rows):
    for number, row in enumerate(rows, start=1):
        for across, cell in enumerate(row, start=1):
            if cell != "":
                sheet.cell(number, across).value = cell
                if isinstance(cell, str):
                    sheet.cell(number, across).data_type = "s"  # a formula as text, as an import leaves it


QUICK = examples(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEWER = examples(QUICK, max_examples=12)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_row_of_a_csv_is_lost(kind, tmp_path):
    @QUICK
    @given(tables(kind), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    def law(table, encoding):
        top, body = table
        out = io.StringIO(newline="")
        csv.writer(out).writerows([*top, *body])
        path = tmp_path / f"{kind.name}.csv"
        path.write_bytes(out.getvalue().encode(encoding))
        assert accounted(read(path), kind.name) == expected(top, body)

    law()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_row_of_a_workbook_is_lost(kind, tmp_path):
    @FEWER
    @given(tables(kind), st.integers(0, 3))
    def law(table, merged):
        top, body = table
        book = openpyxl.Workbook()
        sheet = book.active
        fill(sheet, [*top, *body])
        down = min(merged, len(body) - 1)
        if down > 0:
            # As offices write the village once for several rows: the merged cell's value stands in each of them.
            first = len(top) + 1
            sheet.merge_cells(start_row=first, end_row=first + down, start_column=1, end_column=1)
            for row in body[1 : down + 1]:
                row[0] = body[0][0]
        path = tmp_path / f"{kind.name}.xlsx"
        book.save(path)
        assert accounted(read(path), kind.name) == expected(top, body)

    law()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_sound_row_is_accepted(kind, tmp_path):
    """The laws above would hold of a reader that refuses everything."""
    values = {one.key: (SOUND.get(one.key) or (DAYS if one.when else COUNTS[1:]))[0] for one in all_fields(kind)}
    path = tmp_path / f"{kind.stems[1]}.csv"
    values |= {"lon": 114.515, "village": "西村"} | ({"alive": 3} if kind.name == "inspections" else {})
    heads, row = zip(*((one.headings[0], values[one.key]) for one in all_fields(kind)), strict=True)
    path.write_text(",".join(heads) + "\n" + ",".join(f'"{cell}"' for cell in row) + "\n", "utf-8")
    found = read(path)
    assert found.left_out() == ()
    (one,) = getattr(found, kind.name).rows
    assert one.village_code == CODE
