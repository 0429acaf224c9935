"""Who claims trees: a person or household, a role, how many, and which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import code, codes, count, day, text
from lvgeo.registers.kinds import Field, RegisterKind
from lvgeo.registers.roles import ROLE

if TYPE_CHECKING:
    from datetime import date

__all__ = ["CLAIMS", "Claim"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a person or household took on.

    Parameters
    ----------
    village_code
        Where; empty for the sub-district's leaders.
    person, role
        Who, and as what.
    claimed
        How many trees.
    planted
        How many stand; None where the register does not say.
    tree_ids
        Which, where they are numbered.
    claimed_on
        When; None where unknown.
    age
        Years; None where unknown.
    activities
        How often the person took part in planting this year; None where unknown.
    claim_id
        Number of the claim, empty where there is none.
    """

    village_code: str
    person: str
    role: str
    claimed: int
    planted: int | None = None
    tree_ids: tuple[str, ...] = ()
    claimed_on: date | None = None
    age: int | None = None
    activities: int | None = None
    claim_id: str = ""


CLAIMS: Final = RegisterKind(
    "claims",
    ("claims", "认领", "植树安排"),
    (
        Field("person", ("姓名", "认领人", "户主", "户主姓名", "种植人"), text, required=True),
        Field("role", ("身份", "人员类别", "类别", "职务"), ROLE, required=True),
        Field("claimed", ("认领棵数", "认领数量", "认领株数", "棵数", "数量"), count, required=True),
        Field("planted", ("已种棵数", "已种数量", "已种株数", "实种棵数", "完成棵数"), count, None),
        Field("tree_ids", ("树木编号", "树号", "认领树号"), codes, ()),
        Field("claimed_on", ("认领日期", "认领时间"), day, None, when="done"),
        Field("age", ("年龄", "周岁"), count, None),
        Field("activities", ("参加义务植树次数", "义务植树次数", "参加次数", "活动次数"), count, None),
        Field("claim_id", ("认领编号", "编号"), code),
    ),
    Claim,
    key="person",
    street=True,
)
"""植树认领安排表, 二(一)(二)."""
