"""Read registers as offices keep them, CSV or Excel. Rows in = rows accepted + rows refused, each refused one named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.read_rows import read_sheets
from lvgeo.land.read_values import is_blank
from lvgeo.land.table_cells import plain
from lvgeo.registers.cells import CellError, text
from lvgeo.registers.headings import all_fields, find_headings, listed
from lvgeo.registers.kinds import Origin, Register, RowIssue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.land.read_rows import Row
    from lvgeo.registers.kinds import Field, RegisterKind
    from lvgeo.registers.villages import VillageNames

__all__ = ["Reading", "read_register", "register_files"]

T = TypeVar("T")
FORMATS: Final = (".csv", ".xlsx")
_TOTAL: Final = re.compile(r"(合|总|小)计|total")


@dataclass(frozen=True, slots=True)
class Reading:
    """What rows are read against.

    Parameters
    ----------
    names
        Codes and names of the villages.
    year
        The campaign's: no day lies before it.
    on
        Day after which nothing can have been done: of the check, or the year's last in a month's run, where a later
        row is not counted yet and no fault.
    columns
        Our column name → theirs.
    """

    names: VillageNames
    year: int
    on: date
    columns: Mapping[str, str] = field(default_factory=dict)


def register_files(places: Sequence[Path]) -> list[Path]:
    """Return files in folders, and files named themselves; those that a program keeps for itself are left out."""
    found: list[Path] = []
    for place in places:
        inside = sorted(place.iterdir()) if place.is_dir() else [place]
        found += [path for path in inside if not path.name.startswith((".", "~$"))]
    return found


def read_register(kind: RegisterKind[T], files: Sequence[Path], reading: Reading) -> Register[T]:
    """Read all files of a register.

    Parameters
    ----------
    kind
        Its fields.
    files
        .csv or .xlsx; every sheet of a workbook is read.
    reading
        What rows are held against.

    Returns
    -------
    Register
        Accepted rows in the order of their files; every file, sheet and row refused by name.
    """
    whole: Register[T] = Register(kind.name)
    for path in files:
        try:
            one = _file(kind, path, reading)
        except InputRefusedError as error:
            one = Register(kind.name, files=error.refusals, reported=True)
        whole = whole.and_also(one)
    return whole


def _file(kind: RegisterKind[T], path: Path, reading: Reading) -> Register[T]:
    if not path.is_file():
        raise InputRefusedError(Refusal("file_missing", value=str(path)))
    if path.suffix.lower() not in {*FORMATS, ".xls"}:
        shown = path.suffix or path.name
        raise InputRefusedError(Refusal("format_unknown", file=str(path), value=shown, limit=" ".join(FORMATS)))
    sheets = read_sheets(path)
    # Sheets that programs leave empty beside the first are no registers.
    filled = [one for one in sheets if any(plain(cell) for row in one.rows for cell in row)] or sheets[:1]
    whole: Register[T] = Register(kind.name, reported=True)
    for sheet in filled:
        name = str(path) if len(filled) == 1 else f"{path}[{sheet.remark.value}]"
        whole = whole.and_also(_sheet(kind, name, sheet.rows, reading))
    return whole


def _sheet(kind: RegisterKind[T], name: str, cells: Sequence[Row], reading: Reading) -> Register[T]:
    fields = all_fields(kind)
    start, at = find_headings(cells, fields, reading.columns)
    missing = _missing(fields, at, reading.columns, street=kind.street)
    if missing:
        return Register(kind.name, files=(Refusal("field_missing", name, value=missing, limit=listed(cells)),))
    reader = _Rows(kind, fields, at, reading, cells[start - 1] if start else ())
    rows: list[T] = []
    origins: list[Origin] = []
    issues: list[RowIssue] = []
    for number, row in enumerate(cells[start:], start=start + 1):
        if all(_blank(cell) for cell in row):
            continue
        origin = Origin(name, number)
        found = reader.row(row, origin)
        if isinstance(found, RowIssue):
            issues.append(found)
        else:
            rows.append(found)
            origins.append(origin)
    return Register(kind.name, tuple(rows), tuple(origins), tuple(issues), reported=True)


def _blank(cell: object) -> bool:
    return is_blank(cell) or not str(cell).strip()


def _missing(fields: Sequence[Field], at: Mapping[str, int], columns: Mapping[str, str], *, street: bool) -> str:
    """Name the first field that a register must have and that no heading gives."""
    for one in fields:
        if one.required and one.key not in at:
            return columns.get(one.key, one.key)
    return "" if street or "village_code" in at or "village" in at else columns.get("village_code", "village_code")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Reader of one sheet's rows."""

    kind: RegisterKind[Any]
    fields: tuple[Field, ...]
    at: Mapping[str, int]
    reading: Reading
    heads: Sequence[object] = ()

    def row(self, cells: Sequence[object], origin: Origin) -> Any:
        """Return the row, or why it is refused."""
        code, key = "", "village_code"
        try:
            _refuse_total(cells)
            village = self._read(self.fields[0], cells), self._read(self.fields[1], cells)
            code = self.reading.names.code(*village, street=self.kind.street)
            values: dict[str, Any] = {}
            for one in self.fields[2:]:
                key = one.key
                values[key] = self._read(one, cells)
            return self.kind.make(village_code=code, **values)
        except CellError as error:
            refusal = Refusal(error.code, origin.file, str(origin.row), error.value, self._heading(key))
            return RowIssue(self.kind.name, refusal, "error", code, self._id(cells))

    def _read(self, one: Field, cells: Sequence[object]) -> Any:
        at = self.at.get(one.key, -1)
        cell = cells[at] if 0 <= at < len(cells) else None
        if _blank(cell):
            if one.required:
                raise CellError("row_missing", self._heading(one.key))
            return one.default
        found = one.read(cell)
        if one.when:
            self._check_day(found, one.when)
        return found

    def _heading(self, key: str) -> str:
        """Say what the sheet calls a field, for whoever has to mend it; our name where the sheet has no such column."""
        at = self.at.get(key, -1)
        return (text(self.heads[at])[:40] if 0 <= at < len(self.heads) else "") or self.reading.columns.get(key, key)

    def _check_day(self, day: date, when: str) -> None:
        year = self.reading.year
        if day < date(year, 1, 1):
            raise CellError("row_before_year", day)
        if day > (self.reading.on if when == "done" else date(year + 1, 12, 31)):
            raise CellError("row_in_future", day)

    def _id(self, cells: Sequence[object]) -> str:
        at = self.at.get(self.kind.key, -1)
        return text(cells[at])[:80] if 0 <= at < len(cells) else ""


def _refuse_total(cells: Sequence[object]) -> None:
    if any(_TOTAL.fullmatch(plain(cell)) for cell in cells[:3]):
        raise CellError("row_total", "")
