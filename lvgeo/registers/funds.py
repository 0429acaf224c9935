"""Money raised, by source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import day, number, text
from lvgeo.registers.kinds import Field, RegisterKind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["FUNDS", "Fund"]


@dataclass(frozen=True, slots=True)
class Fund:
    """One sum.

    Parameters
    ----------
    village_code
        For whom; empty for the whole sub-district.
    source
        As written; `[funds]` names the five.
    amount_yuan
        How much.
    received_on
        When; None where unknown.
    """

    village_code: str
    source: str
    amount_yuan: float
    received_on: date | None = None


FUNDS: Final = RegisterKind(
    "funds",
    ("funds", "资金", "筹资"),
    (
        Field("source", ("资金来源", "来源", "类别"), text, required=True),
        Field("amount_yuan", ("金额(元)", "金额", "数额"), number, required=True),
        Field("received_on", ("到账日期", "日期", "筹资日期"), day, None, when="done"),
    ),
    Fund,
    key="source",
    street=True,
)
"""“五个一点”资金台账, 三(二)."""
