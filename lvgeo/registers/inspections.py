"""Inspections of survival: stems planted, looked at and alive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import CellError, count, day
from lvgeo.registers.kinds import Field, RegisterKind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["INSPECTIONS", "Inspection"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection of a plot, or of a village.

    Parameters
    ----------
    village_code
        Where.
    inspected_on
        When.
    alive, checked
        Stems alive of stems looked at.
    planted
        Stems that were planted there; None where not written.
    plot_id
        Plot, empty for the whole village.
    """

    village_code: str
    inspected_on: date
    checked: int
    alive: int
    planted: int | None = None
    plot_id: str = ""


def _make(*, checked: int, alive: int, **values: object) -> Inspection:
    if alive > checked or checked == 0:
        raise CellError("row_alive_exceeds", f"{alive} / {checked}")
    return Inspection(checked=checked, alive=alive, **values)  # type: ignore[arg-type]


INSPECTIONS: Final = RegisterKind(
    "inspections",
    ("inspections", "成活率", "成活检查", "抽查"),
    (
        Field("inspected_on", ("检查日期", "抽查日期", "日期"), day, required=True, when="done"),
        Field("checked", ("检查株数", "抽查株数", "检查棵数", "抽查棵数"), count, required=True),
        Field("alive", ("成活株数", "成活棵数", "存活株数", "存活棵数"), count, required=True),
        Field("planted", ("种植株数", "种植棵数", "栽植株数"), count, None),
        Field("plot_id", ("地块编号", "地块号", "地块", "小班号")),
    ),
    _make,
)
"""成活率检查记录."""
