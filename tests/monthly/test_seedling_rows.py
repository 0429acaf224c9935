"""Proposals of seedlings: near ones first, own ones told apart, and what stays short for the upper level."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import shapely

from lvgeo.campaign.rulebook import SpeciesTable
from lvgeo.monthly.seedlings import transfer_rows
from lvgeo.registers.book import Registers
from lvgeo.registers.kinds import Register
from lvgeo.registers.seedlings import SeedlingDemand, SeedlingSupply

WEST, EAST = "441302001201", "441302001202"
ON = date(2024, 2, 1)


def rows(demand, supply):
    boxes = [shapely.box(114.50, 23.0, 114.51, 23.01), shapely.box(114.51, 23.0, 114.52, 23.01)]
    frame = gpd.GeoDataFrame({"village_code": [WEST, EAST], "village": ["西村", "东村"]}, geometry=boxes, crs=4490)
    registers = Registers(demand=Register("demand", tuple(demand)), supply=Register("supply", tuple(supply)))
    return transfer_rows(registers, SimpleNamespace(frame=frame), SpeciesTable(), ON)


def shown(found):
    return [(r["proposal"], r["giver"], r["taker"], r["seedlings"]) for r in found]


def test_own_seedlings_then_the_neighbours_then_a_nursery_and_the_rest_is_raised():
    demand = [SeedlingDemand(WEST, "香樟", 100)]
    supply = [
        SeedlingSupply(WEST, "香樟", 20), SeedlingSupply(EAST, "樟树", 30),
        SeedlingSupply("", "香樟", 40, "东江苗圃", lon=114.6, lat=23.0), SeedlingSupply(EAST, "木棉", 500),
    ]  # fmt: skip
    found = rows(demand, supply)
    assert sorted(shown(found)) == [
        ("own", "西村", "西村", 20), ("raise", "", "西村", 10), ("transfer", "东村", "西村", 30),
        ("transfer", "东江苗圃", "西村", 40),
    ]  # fmt: skip
    by_giver = {one["giver"]: one for one in found}
    assert 900 < by_giver["东村"]["distance_m"] < 1200
    assert (by_giver["东江苗圃"]["giver_lon"], by_giver["东江苗圃"]["giver_lat"]) == (114.6, 23.0)
    assert by_giver[""]["distance_m"] is None


def test_settled_demand_asks_for_nothing():
    settled = SeedlingDemand(WEST, "香樟", 5, secured_on=date(2024, 1, 31))
    later = SeedlingDemand(WEST, "香樟", 7, secured_on=date(2024, 2, 2))
    assert shown(rows([settled, later], [])) == [("raise", "", "西村", 7)]
    assert rows([], [SeedlingSupply(WEST, "香樟", 20)]) == ()


def test_nurseries_of_one_name_in_two_places_are_two():
    supply = [SeedlingSupply("", "香樟", 5, "苗圃", lon=114.6, lat=23.0),
              SeedlingSupply("", "香樟", 5, "苗圃", lon=114.7, lat=23.0)]  # fmt: skip
    found = rows([SeedlingDemand(EAST, "香樟", 10)], supply)
    assert sorted(one["giver_lon"] for one in found) == [114.6, 114.7]
