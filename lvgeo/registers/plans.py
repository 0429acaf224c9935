"""Greening plans as villages file them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import count, day, number, words
from lvgeo.registers.kinds import Field, RegisterKind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["PLANS", "VillagePlan"]


@dataclass(frozen=True, slots=True)
class VillagePlan:
    """What a village means to plant.

    Parameters
    ----------
    village_code
        Whose.
    filed_on
        Day on which it reached the agriculture and forestry centre; None while it has not.
    claims_filed_on
        The same, of the list of claims; None while it has not.
    plant_from
        When planting is to begin; None where not written.
    area_mu, trees
        How much; NaN and None where not written.
    places
        Kinds of place that are to be greened.
    households, members
        How many households and party members the village has, with a claim or without; None where not written.
    """

    village_code: str
    filed_on: date | None = None
    claims_filed_on: date | None = None
    plant_from: date | None = None
    area_mu: float = math.nan
    trees: int | None = None
    places: tuple[str, ...] = ()
    households: int | None = None
    members: int | None = None


PLANS: Final = RegisterKind(
    "plans",
    ("plans", "绿化计划", "计划"),
    (
        Field("filed_on", ("备案日期", "报备日期", "计划备案日期", "上报日期"), day, None, when="done"),
        Field("claims_filed_on", ("认领安排备案日期", "植树安排表日期", "认领备案日期"), day, None, when="done"),
        Field("plant_from", ("计划种植日期", "种植时间", "计划种植时间"), day, None, when="planned"),
        Field("area_mu", ("计划面积(亩)", "计划面积", "面积(亩)"), number, math.nan),
        Field("trees", ("计划棵数", "计划株数", "计划数量", "棵数"), count, None),
        Field("households", ("总户数", "户数", "农户数", "常住户数"), count, None),
        Field("members", ("党员干部数", "党员干部人数", "党员数", "党员人数"), count, None),
        Field("places", ("种植地点", "种植区域", "区域", "地点类型"), words, ()),
    ),
    VillagePlan,
)
"""绿化美化计划, 二(二)."""
