"""Rows of office tables, CSV or Excel, as they stand: merged cells filled, nothing understood yet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.archives import BROKEN, fault_of
from lvgeo.land.layer import Remark, check_size
from lvgeo.land.read_text import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Row", "Sheet", "read_sheets"]

Row = list[Any]
_MAX_ROWS: Final = 2_000_000
_MAX_UNPACKED: Final = 2**29
_MAX_MERGED: Final = 100_000
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, or a whole CSV.

    Parameters
    ----------
    remark
        Which sheet it is, or in which encoding it was read.
    rows
        Cells as stored; a merged cell's value stands in every cell it covers.
    """

    remark: Remark
    rows: Sequence[Row]


def read_sheets(path: Path) -> list[Sheet]:
    """Read every sheet of a table.

    Parameters
    ----------
    path
        A .csv (UTF-8, UTF-16 with its mark, or GB 18030) or a .xlsx.

    Raises
    ------
    InputRefusedError
        If it is an old .xls, is broken, or declares more than the limits.
    """
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise InputRefusedError(Refusal("xls_old", file=str(path)))
    return _book(path) if suffix == ".xlsx" else [_csv(path)]


def _csv(path: Path) -> Sheet:
    text, encoding = read_text(path)
    head = text[:4096]
    delimiter = max(",;\t，", key=head.count)
    try:
        rows: list[Row] = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputRefusedError(Refusal("file_broken", str(path), value=str(error)[:80])) from error
    return Sheet(Remark("remark_encoding", encoding), rows)


def _book(path: Path) -> list[Sheet]:
    import openpyxl

    check_size(path)
    try:
        # openpyxl leaves a file that it cannot read open; one that it was handed is closed here.
        with path.open("rb") as held, zipfile.ZipFile(held) as archive:
            size = sum(one.file_size for one in archive.infolist())
            if size > _MAX_UNPACKED:
                value, limit = f"{size >> 20} MB", f"{_MAX_UNPACKED >> 20} MB"
                raise InputRefusedError(Refusal("file_too_large", file=str(path), value=value, limit=limit))
            book = openpyxl.load_workbook(held, read_only=True, data_only=True)
            sheets = [_sheet(archive, sheet) for sheet in book.worksheets]
            book.close()
    # What is no XML raises SyntaxError, by whichever parser openpyxl took; other faults raise what they meet first.
    except (*BROKEN, SyntaxError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=fault_of(error))) from error
    if not sheets:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value="0 sheets"))
    return sheets


def _sheet(archive: zipfile.ZipFile, sheet: Any) -> Sheet:
    rows: list[Row] = [list(row) for row in sheet.iter_rows(values_only=True, max_row=_MAX_ROWS)]
    _fill(rows, _merged(archive.read(sheet._worksheet_path)))
    return Sheet(Remark("remark_sheet", sheet.title), rows)


def _merged(xml: bytes) -> Iterator[tuple[range, range]]:
    """Rows and columns, from 0, of each merged cell."""
    for number, found in enumerate(_MERGED.finditer(xml)):
        if number >= _MAX_MERGED:
            return
        left, top, right, bottom = found.groups()
        yield range(int(top) - 1, int(bottom)), range(_column(left), _column(right) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _fill(rows: list[Row], merged: Iterator[tuple[range, range]]) -> None:
    """Write each merged cell's value into all that it covers and that the sheet has."""
    for down, across in merged:
        if down.start >= len(rows) or across.start >= len(rows[down.start]):
            continue
        value = rows[down.start][across.start]
        for row in rows[down.start : down.stop]:
            row[across.start : across.stop] = [value] * len(row[across.start : across.stop])
