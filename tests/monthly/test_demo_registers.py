"""The simulated street's registers: every fault that was put there is found, and none is invented."""

import json
import re
from collections import Counter
from datetime import date

import geopandas as gpd
import pytest
from openpyxl import load_workbook

import lvgeo
from lvgeo.labels import say

SETTLED = {"met", "kept", "ahead", "undated"}


@pytest.fixture(scope="module")
def truth(demo):
    return json.loads((demo.folder / "truth.json").read_text("utf-8"))["registers"]


def test_every_fault_of_the_tasks_is_found_and_none_invented(demo, truth):
    rows = demo.last.rows["compliance"]
    found = sorted([row["village_code"], row["task"], row["item"], row["state"]] for row in rows
                   if row["state"] not in SETTLED)  # fmt: skip
    assert found == truth["tasks"]


def test_every_row_at_fault_is_refused_by_name_and_no_other(demo, truth):
    refused = Counter(one.code for one in demo.last.left_out if one.file)
    assert dict(sorted(refused.items())) == truth["refused"]
    assert all(one.feature.isdigit() for one in demo.last.left_out if one.file)


def test_a_refused_row_names_the_sheets_own_heading(demo):
    """Whoever mends it looks for 服务日期, not for our visited_on."""
    (one,) = [one for one in demo.last.left_out if one.code == "row_unreadable"]
    assert (one.value, one.limit) == ("2024年2月30日", "服务日期")


def test_days_late_are_counted(demo):
    table = demo.last.compliance.set_index(["task", "village"])["days_late"]
    assert table.loc[("plan_filed", "水口村")] == 5
    assert table.loc[("mobilisation_annex", "（全街道）")] == 20
    overdue = demo.last.compliance.query("task == 'planted' and village == '榕树村'").iloc[0]
    assert (overdue["state"], overdue["days_late"]) == ("overdue", 214)  # 29 February to 30 September


def test_who_is_short_is_named(demo):
    rows = demo.last.compliance.query("task == 'quota' and state == 'short'")
    assert "班子1 2/3" in rows[rows["item"] == "deputy"]["note"].item()
    notes = rows[rows["item"] == "household"].set_index("village")["note"]
    assert notes["石塘村"].endswith("未种足：户主1 0/1")
    # Eight households in its plan, six of them in the register of claims.
    assert notes["埔心村"] == "8 人（户）中 6 人（户）种足 1 棵；2 人（户）没有认领记录"


def test_where_nobody_said_how_many_there_are_the_row_says_so(demo):
    rows = demo.last.compliance.query("task == 'quota' and item == 'household'").set_index("village")
    unknown = rows["note"].str.contains("总数未报")
    assert set(rows.index[unknown & (rows["kind"] == "village")]) == {"东坑村"}  # which filed no plan
    assert unknown[rows["kind"] == "community"].all()


def test_seedlings_that_are_open_are_moved_and_what_nobody_has_is_raised(demo, truth):
    table = demo.last.seedling_transfers
    by_proposal = table.groupby("proposal")["seedlings"].sum()
    assert by_proposal["raise"] == truth["seedlings"]["short"] == 40
    assert by_proposal.sum() == truth["seedlings"]["open"]
    moved = table[table["proposal"] == "transfer"]
    assert moved["giver"].nunique() > 1
    assert (moved["distance_m"] > 0).all()
    layer = gpd.read_file(demo.last.folder / "results.gpkg", layer="seedling_transfers")
    assert len(layer) == len(table)
    lines = layer.geometry[layer["proposal"] == "transfer"]
    assert set(lines.geom_type) == {"LineString"}
    ends = [(line.coords[0], line.coords[-1]) for line in lines]
    asked = zip(moved["giver_lon"], moved["giver_lat"], moved["lon"], moved["lat"], strict=True)
    assert ends == [((a, b), (c, d)) for a, b, c, d in asked]


def test_crowns_are_counted_where_they_can_be_and_why_not_is_said(demo, truth):
    """Two communities have placed trees: of one crowns are too small, of the other large enough to be seen."""
    rows = demo.last.compliance.query("task == 'trees'").set_index("village_code")
    assert sorted(one["placed"] for one in truth["crowns"].values()) == [False] * 3 + [True] * 2
    for code, one in truth["crowns"].items():
        row = rows.loc[code]
        if not one["placed"]:
            assert say("task_note_image_no_place", "zh") in row["note"]
        elif one["pixels"] < 25:
            assert say("task_note_image_coarse", "zh") in row["note"]
        else:  # a simulated image is none of those that counting was tried on
            (found,) = re.findall(r"约见 (\d+) 个树冠", row["note"])
            assert int(found) == pytest.approx(one["standing"], rel=0.1)


def test_survival_names_its_denominators(demo):
    row = demo.last.compliance.query("task == 'survival' and state == 'reestablish'").iloc[0]
    assert (row["value"], row["low"], row["high"]) == (
        0.2,
        pytest.approx(0.118, abs=1e-3),
        pytest.approx(0.318, abs=1e-3),
    )
    assert row["note"] == "检查 60 株，活 12 株；种植 300 株"


def test_an_early_month_looks_at_nothing_later(demo):
    march = demo.months["2024-03"].compliance
    assert (march.query("task == 'selection'")["state"] == "ahead").all()
    assert (march.query("task == 'survival'")["state"] == "not_reported").all()
    assert march.query("task == 'season' and state == 'review'").empty
    refused = Counter(one.code for one in demo.months["2024-03"].left_out)
    assert "row_in_future" not in refused


def test_what_is_due_is_the_table_as_of_that_day(demo):
    found = lvgeo.due(demo.folder, on=date(2024, 2, 20))
    groups = found.table.set_index(["task", "village"])["group"]
    assert groups.loc[("plan_filed", "水口村")] == "late"
    assert groups.loc[("plan_filed", "东坑村")] == "overdue"
    assert groups.loc[("pits", "榕树村")] == "soon"
    assert groups.loc[("summary", "（全街道）")] == "ahead"
    lines = found.lines()
    assert lines[0] == say("due_head", "zh", on="2024-02-20")
    assert not any("总结表彰" in line for line in lines)


def test_what_is_done_is_told_a_line_a_task_and_nothing_twice(demo):
    lines = lvgeo.due(demo.folder, on=date(2024, 10, 5)).lines()
    head = next(n for n, line in enumerate(lines) if line.startswith("已完成"))
    done = [line.split(" · ")[0] for line in lines[head + 1 :]]
    assert len(done) == len(set(done)) < 40
    (planted,) = [line for line in lines[head:] if line.startswith("  完成种植 ")]
    assert "2024-02-03 – 2024-02-28 完成" in planted
    assert planted.endswith("(15)")


def test_the_bulletin_names_open_tasks_and_dates(demo):
    page = (demo.last.folder / "bulletin.html").read_text("utf-8")
    assert say("bulletin_tasks", "zh") in page
    assert "党组织书记" in page
    assert "2024-02-24" in page
    assert say("bulletin_deadlines", "zh") in page


def test_the_workbook_has_a_sheet_of_tasks_in_words(demo):
    book = load_workbook(demo.last.folder / "results.xlsx")
    sheet = book[say("sheet_compliance", "zh")]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"植树认领", "党组织书记", "逾期未完成", "重造", "二(二)、附件8"} <= cells


def test_the_account_holds_no_path_of_this_machine(demo):
    assert str(demo.folder) not in (demo.last.folder / "run.json").read_text("utf-8")
