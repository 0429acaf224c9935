"""What rows say against each other and against the year: each fault is named where it stands, none is invented."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from lvgeo.campaign.settings import RegistersTable
from lvgeo.land.datum import wgs84_to_bd09, wgs84_to_gcj02
from lvgeo.land.plots import Villages
from lvgeo.registers.book import read_registers
from lvgeo.registers.read import Reading
from lvgeo.registers.villages import VillageNames

CODE, OTHER = "441302001201", "441302001001"
ON = date(2024, 9, 30)
METRE = 1 / 110_574.0  # degrees of latitude


def street():
    boxes = [shapely.box(114.5, 23.0, 114.51, 23.01), shapely.box(114.51, 23.0, 114.52, 23.01)]
    rows = {"village_code": [OTHER, CODE], "village": ["城南社区", "西村"], "kind": ["community", "village"]}
    frame = gpd.GeoDataFrame({**rows, "file": "v", "feature": ["1", "2"]}, geometry=boxes, crs=4490)
    return Villages(frame, CRS(4490))


@pytest.fixture
def read(tmp_path):
    """Read a register from its rows: accepted ones, and (line, code) of the refused."""

    def read(name, head, *rows):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join([head, *rows]) + "\n", "utf-8-sig")
        villages = street()
        reading = Reading(VillageNames.of_villages(villages), 2024, ON)
        found = getattr(read_registers(((), [path]), villages, reading, RegistersTable()), name)
        assert not found.files
        return found.rows, [(int(one.refusal.feature), one.refusal.code) for one in found.refused]

    return read


TREES = "tree_id,village_code,species,role,planted_on,lon,lat,crown_m,checked_on"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"T1,{CODE},香樟,,,,,,", "row_duplicate"),
        (f"T2,{CODE},不详,,,,,,", "row_species_unknown"),
        (f"T2,{CODE},123,,,,,,", "row_species_unknown"),
        (f"T2,{CODE},,镇长,,,,,", "row_role_unknown"),
        (f"T2,{CODE},,,2023-12-31,,,,", "row_before_year"),
        (f"T2,{CODE},,,2026-01-01,,,,", "row_in_future"),
        (f"T2,{CODE},,,2024-02-30,,,,", "row_unreadable"),
        (f"T2,{CODE},,,,,,,2024-10-01", "row_in_future"),
        (f"T2,{CODE},,,,,,-3,", "row_unreadable"),
        (f"T2,{CODE},,,,214.5,23,,", "row_unreadable"),
        ("T2,441302001999,,,,,,,", "village_code_unknown"),
        (f"T2,{CODE},,,,114.505,23.005,,", "row_outside"),
        ("4.41E+11,441302001201,,,,,,,", "row_scientific"),
        ("合计,,,,,,,,", "row_total"),
    ],
)
def test_a_faulty_tree_is_refused_by_its_line_and_the_sound_one_stays(read, row, code):
    rows, refused = read("trees", TREES, f"T1,{CODE},香樟,党员,2024-02-05,114.515,23.005,1.2,2024-09-01", row)
    assert [one.tree_id for one in rows] == ["T1"]
    assert refused == [(3, code)]


@pytest.mark.parametrize(("apart_m", "same"), [(0.0, True), (0.29, True), (0.31, False), (2.0, False)])
def test_two_stems_nearer_than_0_3_m_are_one_tree(read, apart_m, same):
    places = [23.005, 23.005 + apart_m * METRE]
    rows, refused = read("trees", TREES, *(f"T{n},{CODE},,,,114.515,{lat:.9f},," for n, lat in enumerate(places)))
    assert len(rows) == (1 if same else 2)
    assert refused == ([(3, "row_too_close")] if same else [])


@pytest.mark.parametrize(("outside_m", "refused"), [(0.0, False), (14.0, False), (16.0, True)])
def test_a_phone_may_be_so_far_off_and_no_farther(read, outside_m, refused):
    assert RegistersTable().tolerance_m == 15.0
    _, found = read("trees", TREES, f"T1,{CODE},,,,114.515,{23.01 + outside_m * METRE:.9f},,")
    assert found == ([(2, "row_outside")] if refused else [])


def shifted_rows(shift, count):
    rng = np.random.default_rng(7)
    lon, lat = shift(rng.uniform(114.501, 114.509, count), rng.uniform(23.001, 23.009, count))
    return [f"T{n},{OTHER},,,,{x:.7f},{y:.7f},," for n, (x, y) in enumerate(zip(lon, lat, strict=True))]


@pytest.mark.parametrize("shift", [wgs84_to_gcj02, wgs84_to_bd09])
def test_a_register_in_a_phone_maps_coordinates_is_told_so(read, shift):
    rows, refused = read("trees", TREES, *shifted_rows(shift, 60))
    assert len(rows) + len(refused) == 60
    assert len(refused) >= 30
    assert {code for _, code in refused} == {"row_outside_shifted"}


def test_trees_somewhere_else_are_not_said_to_be_shifted(read):
    """Outside by as much, the other way; and a few outside a register that is at home."""
    west = shifted_rows(lambda lon, lat: (lon - 0.02, lat), 60)
    assert {code for _, code in read("trees", TREES, *west)[1]} == {"row_outside"}
    few = shifted_rows(lambda lon, lat: (np.where(lon < 114.502, lon + 0.0095, lon), lat), 60)
    refused = read("trees", TREES, *few)[1]
    assert 1 <= len(refused) < 30
    assert {code for _, code in refused} == {"row_outside"}


CLAIMS = "claim_id,village_code,person,role,claimed,planted,tree_ids,claimed_on,age"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"C2,{CODE},李四,户,1,1,T2,,", "row_claimed_twice"),
        (f"C1,{CODE},李四,户,1,1,T9,,", "row_duplicate"),
        (f"C2,{CODE},李四,镇长,1,1,,,", "row_role_unknown"),
        (f"C2,{CODE},李四,,1,1,,,", "row_missing"),
        (f"C2,{CODE},,户,1,1,,,", "row_missing"),
        (f"C2,{CODE},李四,户,1.5,1,,,", "row_unreadable"),
        (f"C2,{CODE},李四,户,1,1,,2024-10-02,", "row_in_future"),
        (f"C2,{CODE},李四,户,1,1,,,六十", "row_unreadable"),
    ],
)
def test_a_faulty_claim_is_refused(read, row, code):
    rows, refused = read("claims", CLAIMS, f"C1,{CODE},张三,党员,2,1,T1、T2,2024-02-01,40", row)
    assert [(one.person, one.role, one.claimed, one.tree_ids) for one in rows] == [("张三", "member", 2, ("T1", "T2"))]
    assert refused == [(3, code)]


def test_people_without_a_claims_number_are_not_one_person(read):
    rows, refused = read("claims", CLAIMS, *(f",{CODE},张三,户,1,1,,," for _ in range(3)))
    assert (len(rows), refused) == (3, [])


@pytest.mark.parametrize(
    ("name", "head", "sound", "faults"),
    [
        (
            "events", "village_code,event,held_on,held_from,people,trees", f"{CODE},挖穴,2024-02-20,2024-02-10,30,",
            [(f"{CODE},跳舞,2024-02-20,,,", "row_event_unknown"), (f"{CODE},挖穴,,,,", "row_missing"),
             (f"{CODE},挖穴,2024-11-01,,,", "row_in_future"), (f"{CODE},挖穴,2024-02-20,,三十,", "row_unreadable")],
        ),
        (
            "visits", "village_code,visited_on,visitor", f"{CODE},2024-03-04,林工",
            [(",2024-03-04,林工", "row_missing"), (f"{CODE},2023-03-04,林工", "row_before_year"),
             (f"{CODE},,林工", "row_missing")],
        ),
        (
            "inspections", "village_code,inspected_on,checked,alive,planted", f"{CODE},2024-09-01,100,86,150",
            [(f"{CODE},2024-09-01,100,101,150", "row_alive_exceeds"), (f"{CODE},2024-09-01,0,0,", "row_alive_exceeds"),
             (f"{CODE},2024-09-01,,86,", "row_missing")],
        ),
        (
            "checklist", "village_code,item,done,done_on,lon,lat", f"{CODE},绿美村口,是,2024-02-20,114.515,23.005",
            [(f"{CODE},,是,,,", "row_missing"), (f"{CODE},公园,也许,,,", "row_unreadable"),
             (f"{CODE},公园,是,2025-01-01,,", "row_in_future")],
        ),
        (
            "funds", "village_code,source,amount_yuan,received_on", ',财政拨一点,"1,200元",2024-02-20',
            [(",,100,", "row_missing"), (",捐,-5,", "row_unreadable"), (",捐,很多,", "row_unreadable"),
             ("441302001999,捐,5,", "village_code_unknown")],
        ),
        (
            "plans", "village_code,filed_on,plant_from,area_mu,trees,places",
            f"{CODE},2024-01-30,2024-12-01,2.5,200,公园",
            [(f"{CODE},2024-12-01,,,,", "row_in_future"), (f"{CODE},,2026-02-01,,,", "row_in_future"),
             (f"{CODE},,,两亩,,", "row_unreadable"), (",2024-01-30,,,,", "row_missing")],
        ),
        (
            "demand", "village_code,species,seedlings,needed_on", f"{CODE},香樟,１２０棵,2024-12-01",
            [(f"{CODE},,5,", "row_missing"), (f"{CODE},待定,5,", "row_species_unknown"),
             (f"{CODE},香樟,5.5,", "row_unreadable")],
        ),
        (
            "supply", "village_code,species,seedlings,supplier,lon,lat", ",香樟,500,东江苗圃,114.42,23.11",
            [(",香樟,,东江苗圃,,", "row_missing"), (",香樟,5,东江苗圃,abc,", "row_unreadable"),
             ("西村,香樟,5,,,", "village_code_unknown")],
        ),
    ],
)  # fmt: skip
def test_faulty_rows_of_the_other_registers(read, name, head, sound, faults):
    rows, refused = read(name, head, sound, *(row for row, _ in faults))
    assert len(rows) == 1
    assert refused == [(number, code) for number, (_, code) in enumerate(faults, start=3)]


def test_an_event_belongs_to_a_village_or_to_the_whole_street(read):
    rows, refused = read("events", "村（社区）,事项,完成日期", ",动员会,2024-01-20", "西村村委会,挖穴,2024-02-20")
    assert refused == []
    assert [(one.village_code, one.event) for one in rows] == [("", "mobilisation"), (CODE, "pits")]
