"""Find the headings of a register: under title rows, in one row or in two with merged cells, in their words or ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lvgeo.land.table_cells import plain
from lvgeo.registers.kinds import VILLAGE, VILLAGE_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.registers.kinds import Field, RegisterKind

__all__ = ["all_fields", "find_headings", "listed"]

_ROWS: Final = 10
_NOTE: Final = re.compile(r"[(\[【*].*$")  # a unit or a note after the heading


def all_fields(kind: RegisterKind[Any]) -> tuple[Field, ...]:
    """Return a register's fields, its village's two before them."""
    return (VILLAGE_CODE, VILLAGE, *kind.fields)


def find_headings(
    rows: Sequence[Sequence[object]], fields: Sequence[Field], columns: Mapping[str, str]
) -> tuple[int, dict[str, int]]:
    """Return the first row under the headings, and where each field stands; row 0 and nothing where none is known.

    Parameters
    ----------
    rows
        The table's first rows, merged cells filled.
    fields
        To look for.
    columns
        Our key → their heading; such a heading goes before the known ones.
    """
    named = {
        one.key: tuple(plain(name) for name in (columns.get(one.key, one.key), one.key, *one.headings))
        for one in fields
    }
    best: tuple[int, dict[str, int]] = (0, {})
    for number in range(min(_ROWS, len(rows))):
        for deep in (1, 2):
            found = _places(_joined(rows[number : number + deep]), named)
            if len(found) > len(best[1]):
                best = (number + deep, found)
    return best


def listed(rows: Sequence[Sequence[object]]) -> str:
    """Return the fullest of the first rows as text, to say what headings there are."""
    fullest = max(rows[:_ROWS], key=lambda row: sum(bool(plain(cell)) for cell in row), default=())
    return ", ".join(str(cell).strip() for cell in fullest if plain(cell))[:200] or "—"


def _joined(rows: Sequence[Sequence[object]]) -> list[str]:
    """Headings of one row, or of two: the lower one where it has one."""
    width = max((len(row) for row in rows), default=0)
    cells = [[plain(row[at]) if at < len(row) else "" for row in rows] for at in range(width)]
    return [next((one for one in reversed(column) if one), "") for column in cells]


def _places(cells: Sequence[str], named: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each field stands; no column stands for two fields."""
    bare = [_NOTE.sub("", cell) for cell in cells]
    found: dict[str, int] = {}
    for key, names in named.items():
        places = (where.index(name) for name in names for where in (list(cells), bare) if name in where)
        at = next((place for place in places if place not in found.values()), None)
        if at is not None:
            found[key] = at
    return found
