"""What each village has built: demonstration spots and the five "one"s."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import day, degrees, text, yes
from lvgeo.registers.kinds import Field, RegisterKind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["CHECKLIST", "SPOT", "BuiltItem"]

SPOT: Final = "绿美示范点"
"""What a demonstration spot is called in the column of items; the five others stand in ``villages.five_ones``."""


@dataclass(frozen=True, slots=True)
class BuiltItem:
    """One item.

    Parameters
    ----------
    village_code
        Where.
    item
        One of the five, or a demonstration spot.
    done
        Whether it is finished.
    done_on
        When; None where unknown.
    name
        What it is called.
    lon, lat
        Where it is, degrees; NaN where unknown.
    """

    village_code: str
    item: str
    done: bool = True
    done_on: date | None = None
    name: str = ""
    lon: float = math.nan
    lat: float = math.nan


CHECKLIST: Final = RegisterKind(
    "checklist",
    ("checklist", "五个一", "示范点", "清单"),
    (
        Field("item", ("项目", "建设项目", "建设内容", "类型"), text, required=True),
        Field("done", ("是否完成", "完成情况", "是否建成", "完成"), yes, default=True),
        Field("done_on", ("完成日期", "建成日期"), day, None, when="done"),
        Field("name", ("名称", "点位名称")),
        Field("lon", ("经度", "lng", "longitude"), degrees, math.nan),
        Field("lat", ("纬度", "latitude"), degrees, math.nan),
    ),
    BuiltItem,
    key="item",
)
"""“五个一”与绿美示范点清单, 二(二), 附件4."""
