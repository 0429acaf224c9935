"""Seedlings asked for and seedlings at hand, by species and village."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import count, day, degrees, species
from lvgeo.registers.kinds import Field, RegisterKind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["DEMAND", "SUPPLY", "SeedlingDemand", "SeedlingSupply"]

_SPECIES: Final = Field("species", ("树种", "苗木名称", "品种", "苗木种类"), species, required=True)


@dataclass(frozen=True, slots=True)
class SeedlingDemand:
    """What a village asks for.

    Parameters
    ----------
    village_code
        Who asks.
    species, seedlings
        What, and how many.
    needed_on
        By when; None where not written.
    secured_on
        Day on which its supply was settled; None while it is not.
    """

    village_code: str
    species: str
    seedlings: int
    needed_on: date | None = None
    secured_on: date | None = None


@dataclass(frozen=True, slots=True)
class SeedlingSupply:
    """What somebody has to give.

    Parameters
    ----------
    village_code
        Where it stands, if it is in a village of the street; empty for a nursery elsewhere.
    supplier
        Who has it; empty for the village itself.
    species, seedlings
        What, and how many.
    available_on
        From when; None where not written.
    lon, lat
        Where it is, degrees; NaN for the village's own place.
    """

    village_code: str
    species: str
    seedlings: int
    supplier: str = ""
    available_on: date | None = None
    lon: float = math.nan
    lat: float = math.nan


DEMAND: Final = RegisterKind(
    "demand",
    ("demand", "苗木需求", "需求"),
    (
        _SPECIES,
        Field("seedlings", ("需求数量", "需求量", "需求", "数量", "株数", "棵数"), count, required=True),
        Field("needed_on", ("需用日期", "需求日期", "需要时间", "使用日期"), day, None, when="planned"),
        Field("secured_on", ("落实日期", "落实时间", "保障日期"), day, None, when="done"),
    ),
    SeedlingDemand,
    key="species",
)
"""苗木需求清单, 二(四)."""

SUPPLY: Final = RegisterKind(
    "supply",
    ("supply", "苗木供应", "供应"),
    (
        _SPECIES,
        Field("seedlings", ("可供数量", "供应数量", "可供量", "供应量", "数量", "株数", "棵数"), count, required=True),
        Field("supplier", ("供应单位", "苗圃", "供应方", "单位")),
        Field("available_on", ("可供日期", "供应日期", "供应时间"), day, None, when="planned"),
        Field("lon", ("经度", "lng", "longitude"), degrees, math.nan),
        Field("lat", ("纬度", "latitude"), degrees, math.nan),
    ),
    SeedlingSupply,
    key="species",
    street=True,
)
"""苗木供应台账, 二(四)."""
