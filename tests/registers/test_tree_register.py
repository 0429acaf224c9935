"""Registers as offices keep them: rows in are trees plus refusals, each refusal with its line."""

from __future__ import annotations

import math
from datetime import date

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from lvgeo.campaign.settings import RegistersTable
from lvgeo.land.plots import Villages
from lvgeo.registers.book import read_registers
from lvgeo.registers.cells import CellError, day, number, yes
from lvgeo.registers.read import Reading
from lvgeo.registers.trees import count_by_village
from lvgeo.registers.villages import VillageNames

CODE, OTHER = "441302001201", "441302001001"
ON = date(2024, 12, 31)
HEAD = "tree_id,village_code,species,planted_on,lon,lat,alive\n"


def read_trees(paths, villages, columns):
    reading = Reading(VillageNames.of_villages(villages), 2024, ON, columns)
    found = read_registers((paths, ()), villages, reading, RegistersTable()).trees
    return found, found.left_out()


@pytest.fixture
def villages():
    boxes = [shapely.box(114.5, 23.0, 114.51, 23.01), shapely.box(114.51, 23.0, 114.52, 23.01)]
    rows = {"village_code": [OTHER, CODE], "village": ["城南社区", "西村"], "kind": ["community", "village"]}
    frame = gpd.GeoDataFrame({**rows, "file": "v", "feature": ["1", "2"]}, geometry=boxes, crs=4490)
    return Villages(frame, CRS(4490))


@pytest.fixture
def register(tmp_path):
    def write(text, encoding="utf-8-sig", name="trees.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_trees_are_read_in_either_encoding(villages, register, encoding):
    path = register(HEAD + f"T1,{CODE},香樟,2024-02-05,114.515,23.005,是\nT2,{OTHER},木棉,2024/3/1,,,\n", encoding)
    trees, refused = read_trees([path], villages, {})
    assert refused == ()
    one, two = trees.rows
    assert (one.species, one.planted_on, one.lon, one.lat, one.alive) == (
        "香樟",
        date(2024, 2, 5),
        114.515,
        23.005,
        True,
    )
    assert (two.planted_on, two.alive, math.isnan(two.lon)) == (date(2024, 3, 1), True, True)


def test_only_the_living_are_counted(villages, register):
    states = ["1", "0", "活", "死亡", "", "No", "成活"]
    rows = "".join(f"T{n},{CODE},,,,,{state}\n" for n, state in enumerate(states))
    trees, refused = read_trees([register(HEAD + rows + f"X,{OTHER},,,,,1\n")], villages, {})
    assert refused == ()
    assert count_by_village(trees.rows, ON) == {OTHER: 1, CODE: 4}


def test_every_refused_row_is_named_by_its_line_and_none_is_lost(villages, register):
    rows = [
        f"T1,{CODE},,,,,1",  # line 2
        f"T1,{CODE},,,,,1",  # the same id again
        ",441302001201,,,,,1",  # no id
        "T3,999999999999,,,,,1",  # no such village
        "T4,,,,,,1",
        f"T5,{CODE},,5 Feb,,,1",
        f"T6,{CODE},,2024-13-01,,,1",
        f"T7,{CODE},,,x,23,1",
        f"T8,{CODE},,,114.5,123,1",
        f"T9,{CODE},,,,,perhaps",
        "T10",
        f"T11,{CODE},,,,,1",  # line 13
    ]
    path = register(HEAD + "\n".join(rows) + "\n")
    trees, refused = read_trees([path], villages, {})
    assert [tree.tree_id for tree in trees.rows] == ["T1", "T11"]
    assert [int(one.feature) for one in refused] == list(range(3, 13))
    assert {one.file for one in refused} == {str(path)}
    assert len(trees.rows) + len(refused) == len(rows)


def test_an_id_that_stands_in_two_files_counts_once(villages, register, tmp_path):
    register(HEAD + f"T1,{CODE},,,,,1\n", name="a.csv")
    register(HEAD + f"T1,{CODE},,,,,1\n", name="b.csv")
    trees, refused = read_trees([tmp_path], villages, {})
    assert count_by_village(trees.rows, ON) == {CODE: 1}
    assert [one.file for one in refused] == [str(tmp_path / "b.csv")]


def test_foreign_headings_are_mapped(villages, register):
    path = register(f"树号, 行政代码\nT1,{CODE}\n", "gb18030")
    trees, refused = read_trees([path], villages, {"tree_id": "树号", "village_code": "行政代码"})
    assert (refused, count_by_village(trees.rows, ON)) == ((), {CODE: 1})


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "field_missing"), ("tree_id,species\nT1,x\n", "field_missing"), ('tree_id,"' + "x" * 200_000, "file_broken")],
)
def test_a_file_that_is_no_register_is_refused(villages, register, text, code):
    trees, refused = read_trees([register(text, "utf-8")], villages, {})
    assert (trees.rows, [one.code for one in refused]) == ((), [code])


def test_a_missing_file_and_an_unknown_format_are_refused(villages, register, tmp_path):
    register("x", name="trees.doc")
    trees, refused = read_trees([tmp_path, tmp_path / "absent.csv", tmp_path / "absent"], villages, {})
    assert count_by_village(trees.rows, ON) == {}
    assert [one.code for one in refused] == ["format_unknown", "file_missing", "file_missing"]


def test_a_tree_to_be_planted_later_is_no_fault_and_does_not_count_yet(villages, register):
    path = register(HEAD + f"T1,{CODE},,2024-02-05,,,1\nT2,{CODE},,2024-12-01,,,1\nT3,{CODE},,,,,1\n")
    trees, refused = read_trees([path], villages, {})
    assert refused == ()
    assert count_by_village(trees.rows, date(2024, 3, 31)) == {CODE: 2}
    assert count_by_village(trees.rows, date(2024, 12, 1)) == {CODE: 3}


def test_trees_given_one_place_may_each_be_a_tree_and_rows_written_twice_not(villages, register):
    """A community whose trees all bear its office's coordinates must not be accused by what that refuses."""
    rows = [f"T{number},{OTHER},,2024-02-05,114.505,23.005,1" for number in range(5)]
    path = register(HEAD + "\n".join([*rows, rows[0]]) + "\n")
    reading = Reading(VillageNames.of_villages(villages), 2024, ON, {})
    registers = read_registers(([path], ()), villages, reading, RegistersTable())
    assert len(registers.trees.rows) == 1
    assert sorted(one.refusal.code for one in registers.trees.refused) == ["row_duplicate"] + 4 * ["row_too_close"]
    assert registers.tree_rows_refused() == {OTHER: 4}


def test_a_comma_groups_thousands_and_is_no_point():
    assert [number(one) for one in ("1,200", "１，２３４，５６７.5元", "12")] == [1200.0, 1234567.5, 12.0]
    for wrong in ("114,5", "1,20", "1,,200", ",200"):
        with pytest.raises(CellError):
            number(wrong)


def test_days_and_words_as_offices_write_them():
    assert {str(day(one)) for one in ("2024年2月5号", "2024年2月5日", "2024．2．5", "２０２４0205")} == {"2024-02-05"}
    assert [yes(one) for one in ("已成活", "未成活")] == [True, False]
