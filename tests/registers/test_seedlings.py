"""Seedlings asked for and at hand, as offices write them in their workbooks."""

from __future__ import annotations

from datetime import date

import openpyxl

from lvgeo.registers.read import Reading, read_register
from lvgeo.registers.seedlings import DEMAND, SUPPLY, SeedlingDemand
from lvgeo.registers.villages import VillageNames

VILLAGES = VillageNames.of({"441302001201": "埔心村", "441302001202": "西湖村"})
READING = Reading(VILLAGES, 2024, date(2024, 3, 31))


def test_a_workbook_with_title_merged_headings_and_a_merged_village_is_read(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["某街道2024年苗木需求清单", None, None, None],
        ["村（社区）", "需求", None, "落实日期"],
        [None, "树种", "数量（棵）", None],
        ["埔心村委会", "香樟", "１２０棵", 45321],
        [None, "木棉", 30, "2024年1月31日"],
        ["西湖村", "桂花", 20.5, None],
        ["合计", None, 170, None],
    ):
        sheet.append(row)
    for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5"):
        sheet.merge_cells(cells)
    path = tmp_path / "苗木需求.xlsx"
    book.save(path)
    found = read_register(DEMAND, [path], READING)
    assert found.rows == (
        SeedlingDemand("441302001201", "香樟", 120, None, date(2024, 1, 30)),
        SeedlingDemand("441302001201", "木棉", 30, None, date(2024, 1, 31)),
    )
    assert [(one.refusal.code, one.refusal.feature, one.refusal.value) for one in found.refused] == [
        ("row_unreadable", "6", "20.5"),
        ("row_total", "7", ""),
    ]


def test_a_nursery_outside_the_street_has_a_place_and_no_village(tmp_path):
    path = tmp_path / "supply.csv"
    path.write_text("供应单位,树种,可供数量,经度,纬度\n东江苗圃,香樟,500,114.42,23.11\n", "gb18030")
    (row,) = read_register(SUPPLY, [path], READING).rows
    assert (row.village_code, row.supplier, row.seedlings, row.lon) == ("", "东江苗圃", 500, 114.42)
