"""results.xlsx: the month's tables for people, with words, colour and frozen headings; no cell is a formula."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from lvgeo.labels import CATALOGUE, say
from lvgeo.outputs.files import writing
from lvgeo.outputs.palette import FAMILIES, MARKS
from lvgeo.outputs.tables import is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.labels import Language
    from lvgeo.outputs.columns import Column

__all__ = ["MAX_ROWS", "Sheet", "write_workbook"]

MAX_ROWS: Final = 50_000
"""Rows of a sheet; the rest is named on the sheet of notes, and stands in the CSV."""

Sheet = tuple[str, "Sequence[Column]", "Sequence[Mapping[str, object]]"]
"""Name, columns and rows."""

_CREATED: Final = datetime(2024, 1, 1)
_MAX_WIDTH: Final = 60
_MAX_TEXT: Final = 32_000  # a cell holds 32 767 characters


def write_workbook(path: Path, sheets: Sequence[Sheet], notes: Sequence[str], language: Language) -> None:
    """Write a workbook; the same tables give the same bytes.

    Codes are text, figures are numbers with their decimals, a state's word bears its colour, and headings stay in view.

    Parameters
    ----------
    path
        The file.
    sheets
        In order.
    notes
        Lines of the last sheet, before what had to be left to the CSV.
    language
        ``zh`` or ``en``.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with writing(path) as aside:
        book = xlsxwriter.Workbook(str(aside), options)
        book.set_properties({"created": _CREATED})
        styles = _Styles(book)
        said = list(notes)
        for name, columns, rows in sheets:
            _fill(book.add_worksheet(name), styles, columns, rows, language)
            if len(rows) > MAX_ROWS:
                said.append(say("workbook_cut", language, sheet=name, shown=MAX_ROWS, rows=len(rows)))
        page = book.add_worksheet(say("sheet_notes", language))
        page.set_column(0, 0, 110, styles.wrapped)
        for row, line in enumerate(said):
            page.write_string(row, 0, line[:_MAX_TEXT], styles.wrapped)
        book.close()


class _Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8ECEF", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})

    def number(self, decimals: int) -> Any:
        """Format of a figure with so many decimals; -1 shows what there is."""
        shown = "General" if decimals < 0 else "0" if decimals == 0 else "0." + "0" * decimals
        return self._of(("number", shown), {"num_format": shown, "valign": "top"})

    def state(self, code: str) -> Any:
        """Format of a state's word: its colour, and its ink."""
        mark = MARKS[code]
        look = {"bg_color": mark.colour, "font_color": mark.ink, "bold": True, "num_format": "@", "valign": "top"}
        return self._of(("state", code), look)

    def _of(self, key: tuple[Any, ...], look: Mapping[str, object]) -> Any:
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(look))
        return self._made[key]


def _fill(
    page: Any, styles: _Styles, columns: Sequence[Column], rows: Sequence[Mapping[str, object]], language: Language
) -> None:
    widths = []
    for place, column in enumerate(columns):
        heading = column.zh if language == "zh" else f"{column.en}, {column.unit}" if column.unit else column.en
        page.write_string(0, place, heading, styles.head)
        widths.append(len(heading) * (1.9 if language == "zh" else 1.1))
    for number, row in enumerate(rows[:MAX_ROWS], start=1):
        for place, column in enumerate(columns):
            shown = _write(page, (number, place), column, row.get(column.key), (styles, language))
            widths[place] = max(widths[place], shown)
    for place, width in enumerate(widths):
        page.set_column(place, place, min(_MAX_WIDTH, width + 2))
    page.freeze_panes(1, 2)
    if rows:
        page.autofilter(0, 0, min(len(rows), MAX_ROWS), len(columns) - 1)


def _write(page: Any, at: tuple[int, int], column: Column, value: object, how: tuple[_Styles, Language]) -> float:
    """Write one cell, and return how wide it is."""
    styles, language = how
    if is_missing(value):
        page.write_blank(*at, None, styles.text)
        return 0.0
    if column.dtype in {"int", "float"}:
        page.write_number(*at, float(str(value)), styles.number(0 if column.dtype == "int" else column.decimals))
        return 10.0
    code = f"{column.words}_{value}"
    # Words that have places for values (of an issue) stand in their own column; here the code says it.
    known = bool(column.words) and "{" not in CATALOGUE.get(code, ("{", ""))[0]
    text = say(code, language) if known else str(value)
    coloured = known and column.words in FAMILIES and code in MARKS
    # Always a string, whatever it begins with: XlsxWriter's own guess would make formulas and links of some.
    page.write_string(*at, text[:_MAX_TEXT], styles.state(code) if coloured else styles.text)
    return sum(1.9 if ord(letter) > 0x2E80 else 1.0 for letter in text[:200])  # noqa: PLR2004 - where CJK begins
