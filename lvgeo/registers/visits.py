"""Technical visits: who came down to which village, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import day
from lvgeo.registers.kinds import Field, RegisterKind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["VISITS", "Visit"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit.

    Parameters
    ----------
    village_code
        Where.
    visited_on
        When.
    visitor
        Who came.
    """

    village_code: str
    visited_on: date
    visitor: str = ""


VISITS: Final = RegisterKind(
    "visits",
    ("visits", "技术服务", "下沉服务", "技术指导"),
    (
        Field("visited_on", ("服务日期", "下沉日期", "日期", "指导日期"), day, required=True, when="done"),
        Field("visitor", ("技术人员", "服务人员", "专家", "人员")),
    ),
    Visit,
)
"""技术下沉服务记录, 二(七)."""
