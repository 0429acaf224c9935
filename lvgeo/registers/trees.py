"""A register of trees: one value a tree, counted by village."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import code, day, degrees, number, species, yes
from lvgeo.registers.kinds import Field, RegisterKind
from lvgeo.registers.roles import ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

__all__ = ["TREES", "Tree", "count_by_village", "places_by_village"]


@dataclass(frozen=True, slots=True)
class Tree:
    """One registered tree.

    Parameters
    ----------
    village_code
        Where it stands.
    tree_id
        Unique in the campaign.
    species
        As written, empty where unknown.
    planted_on
        None where unknown.
    alive
        False only where the register says so.
    lon, lat
        Where it stands, degrees; NaN where unknown.
    planter, role
        Who planted it, and as what; empty where unknown.
    plot_id
        Plot in which it stands, where no coordinates are kept.
    crown_m
        Crown diameter at planting, m; NaN where unknown.
    checked_on
        Day on which somebody last looked whether it lives.
    """

    village_code: str
    tree_id: str
    species: str = ""
    planted_on: date | None = None
    alive: bool = True
    lon: float = math.nan
    lat: float = math.nan
    planter: str = ""
    role: str = ""
    plot_id: str = ""
    crown_m: float = math.nan
    checked_on: date | None = None


TREES: Final = RegisterKind(
    "trees",
    ("trees", "树木", "植树登记", "种植登记"),
    (
        Field("tree_id", ("树木编号", "树号", "编号", "树木编码", "挂牌号"), code, required=True),
        Field("species", ("树种", "树木名称", "品种"), species),
        # A day to come is no fault of a row: an early month is judged beside the whole year's register.
        Field("planted_on", ("种植日期", "栽植日期", "种植时间"), day, None, when="planned"),
        Field("alive", ("是否成活", "成活", "存活", "成活情况", "状态"), yes, default=True),
        Field("lon", ("经度", "东经", "lng", "longitude"), degrees, math.nan),
        Field("lat", ("纬度", "北纬", "latitude"), degrees, math.nan),
        Field("planter", ("种植人", "植树人", "责任人", "认领人")),
        Field("role", ("身份", "种植人身份", "类别", "人员类别"), ROLE),
        Field("plot_id", ("地块编号", "地块号", "地块")),
        Field("crown_m", ("种植时冠幅", "冠幅", "冠幅(米)"), number, math.nan),
        Field("checked_on", ("核查日期", "检查日期", "核查时间"), day, None, when="done"),
    ),
    Tree,
    key="tree_id",
)
"""植树登记表, 二(二)."""


def count_by_village(trees: Iterable[Tree], on: date) -> dict[str, int]:
    """Count living trees by village code.

    Parameters
    ----------
    trees
        Accepted rows.
    on
        A tree whose day of planting comes after it is not planted yet; one without a day counts.

    Examples
    --------
    >>> from datetime import date
    >>> count_by_village([Tree("441399001001", "1"), Tree("441399001001", "2", alive=False)], date(2024, 3, 31))
    {'441399001001': 1}
    """
    return dict(sorted(Counter(one.village_code for one in _standing(trees, on)).items()))


def places_by_village(trees: Iterable[Tree], on: date) -> dict[str, list[tuple[float, float]]]:
    """Where living trees stand, by village code: (longitude, latitude), of those whose place is written down.

    Examples
    --------
    >>> from datetime import date
    >>> trees = [Tree("441399001001", "1", lon=114.5, lat=23.0), Tree("441399001001", "2")]
    >>> places_by_village(trees, date(2024, 3, 31))
    {'441399001001': [(114.5, 23.0)]}
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for one in _standing(trees, on):
        if math.isfinite(one.lon) and math.isfinite(one.lat):
            found.setdefault(one.village_code, []).append((one.lon, one.lat))
    return found


def _standing(trees: Iterable[Tree], on: date) -> Iterator[Tree]:
    return (one for one in trees if one.alive and (one.planted_on is None or one.planted_on <= on))
