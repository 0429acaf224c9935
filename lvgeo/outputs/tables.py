"""CSV files for Excel, WPS and machines alike."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING, Any, Final

from lvgeo.outputs.columns import SHORTEST
from lvgeo.outputs.files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.labels import Language
    from lvgeo.outputs.columns import Column

__all__ = ["cell", "guarded", "is_missing", "number_text", "printable", "write_csv"]

_RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins so for a formula, or skips the sign and looks at what follows (OWASP)."""
_UNSEEN: Final = " \u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
"""Blanks, and signs without a shape: what follows them is what a person, and some programs, take for the beginning."""
_UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def write_csv(path: Path, columns: Sequence[Column], rows: Sequence[Mapping[str, object]], language: Language) -> None:
    r"""Write a table as CSV: UTF-8 with BOM, CRLF, one heading row.

    Codes (verdicts, issues, village codes) stay as they are in either language, so that a script reads both; only the
    headings change. Rows stay in the order given.

    Parameters
    ----------
    path
        The file.
    columns
        What to write, in order.
    rows
        One mapping a row, with exactly the columns' keys.
    language
        ``en`` heads the columns with their keys, ``zh`` with their labels.

    Raises
    ------
    KeyError
        If a row lacks a column or has one that is not in the table: a mistake in the program.
    StorageError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from lvgeo.outputs.columns import Column
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> write_csv(file, [Column("area_mu", "面积（亩）", "Area", "float", "mu", 3)], [{"area_mu": 2.0}], "en")
    >>> file.read_bytes()
    b'\xef\xbb\xbfarea_mu\r\n2.000\r\n'
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([column.heading(language) for column in columns])
    table.writerows(_cells(columns, row) for row in rows)
    write_text(path, "\ufeff" + text.getvalue())


def cell(column: Column, value: object) -> str:
    """Write one value as its column wants it.

    Parameters
    ----------
    column
        Says the kind of the value and its decimals.
    value
        None and NaN are an empty cell.

    Examples
    --------
    >>> from lvgeo.outputs.columns import Column
    >>> change = Column("net_change_pp", "净变化", "Net change", "float", "pp", 2)
    >>> cell(change, -0.001), cell(change, -1.25), cell(change, float("nan"))
    ('0.00', '-1.25', '')
    >>> cell(Column("village", "村", "Village"), "=1+2")
    "'=1+2"
    """
    if is_missing(value):
        return ""
    return _WRITERS[column.dtype](value, column.decimals)


def guarded(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run.

    Examples
    --------
    >>> guarded("=cmd|' /C calc'!A0"), guarded(" @SUM(A1)"), guarded("埔心村")
    ("'=cmd|' /C calc'!A0", "' @SUM(A1)", '埔心村')
    """
    return f"'{text}" if text.lstrip(_UNSEEN).startswith(_RUNS) else text


def printable(text: str) -> str:
    r"""Leave out what XML cannot hold: control characters and halves of characters would break a whole file.

    Examples
    --------
    >>> printable("a\x00b\ud800"), printable("埔心村\n")
    ('ab', '埔心村\n')
    """
    return _UNSPEAKABLE.sub("", text)


def number_text(column: Column, value: object) -> str:
    """Write a number that is there, by its column's decimals.

    Examples
    --------
    >>> from lvgeo.outputs.columns import Column
    >>> number_text(Column("area_m2", "面积", "Area", "float", "m²", 2), 1333.3333)
    '1333.33'
    """
    return _WRITERS[column.dtype](value, column.decimals)


def is_missing(value: object) -> bool:
    """Whether a value stands for nothing: None, NaN, or pandas' NA and NaT.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0), is_missing("")
    (True, True, False, False)
    """
    return value is None or repr(value) in {"<NA>", "NaT"} or bool(value != value)  # noqa: PLR0124 - only NaN does


def _cells(columns: Sequence[Column], row: Mapping[str, object]) -> list[str]:
    unknown = sorted(row.keys() - {column.key for column in columns})
    if unknown:
        message = f"no column is called {', '.join(unknown)}"
        raise KeyError(message)
    return [cell(column, row[column.key]) for column in columns]


def _text(value: Any, _decimals: int) -> str:
    return guarded(str(value))


def _whole(value: Any, _decimals: int) -> str:
    return str(int(value))


def _float(value: Any, decimals: int) -> str:
    number = float(value)
    if decimals == SHORTEST and number.is_integer():
        return str(int(number))
    if decimals < 0 or math.isinf(number):
        return repr(number + 0.0)  # adding zero turns -0.0 into 0.0
    written = f"{number:.{decimals}f}"
    return written.removeprefix("-") if not float(written) else written


def _truth(value: Any, _decimals: int) -> str:
    return "true" if value else "false"


_WRITERS: Final = {"text": _text, "int": _whole, "float": _float, "bool": _truth}
