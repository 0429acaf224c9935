"""results.xlsx: the month's tables for people, with words, colour and frozen headings; no cell is a formula."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from lvgeo.labels import CATALOGUE, say
from lvgeo.outputs.facts import worded
from lvgeo.outputs.files import writing
from lvgeo.outputs.palette import MARKS
from lvgeo.outputs.tables import is_missing, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from lvgeo.labels import Language
    from lvgeo.outputs.columns import Column

__all__ = ["MAX_ROWS", "Sheet", "WorkbookHead", "write_workbook"]

MAX_ROWS: Final = 50_000
"""Rows of a sheet; the rest is named on the sheet of notes, and stands in the CSV."""

Sheet = tuple[str, "Sequence[Column]", "Sequence[Mapping[str, object]]"]
"""Name, columns and rows."""

_CREATED: Final = datetime(2024, 1, 1)
_WIDTHS: Final = (7.0, 60.0)  # narrowest and widest column, letters
_MAX_TEXT: Final = 32_000  # a cell holds 32 767 characters
_MAX_HEAD: Final = 100  # a printed head holds 255
_A4: Final = 9
_PAGE_LETTERS: Final = 170  # over a page across
_LINE_PT: Final = 15


@dataclass(frozen=True, slots=True)
class WorkbookHead:
    """What a workbook says of itself.

    Parameters
    ----------
    title, secrecy
        On the sheet of notes, and printed on every page.
    notes
        How it is to be read.
    language
        ``zh`` or ``en``.
    """

    title: str
    secrecy: str
    notes: tuple[str, ...]
    language: Language


def write_workbook(path: Path, sheets: Sequence[Sheet], head: WorkbookHead) -> None:
    """Write a workbook; the same tables give the same bytes.

    Codes are text, figures are numbers with their decimals, a state's word bears its colour, and headings stay in view.
    The last sheet says how to read the others, what each column means, and what had to be left to the CSV.

    Parameters
    ----------
    path
        The file.
    sheets
        In order.
    head
        Title and notes.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with writing(path) as aside:
        book = xlsxwriter.Workbook(str(aside), options)
        book.set_properties({"created": _CREATED, "title": printable(head.title)[:_MAX_HEAD]})
        styles = _Styles(book)
        cut = []
        for name, columns, rows in sheets:
            page = book.add_worksheet(name)
            _set_print(page, head)
            page.repeat_rows(0)
            _fill(page, styles, columns, rows, head.language)
            if len(rows) > MAX_ROWS:
                cut.append(say("workbook_cut", head.language, sheet=name, shown=MAX_ROWS, rows=len(rows)))
        notes = book.add_worksheet(say("sheet_notes", head.language))
        _set_print(notes, head)
        _note(notes, styles, (head.title, head.secrecy, *cut, *head.notes), _dictionary(sheets, head.language))
        book.close()


class _Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8ECEF", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.text = self._of(("text",), {"num_format": "@", "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 13, "num_format": "@"})

    def number(self, decimals: int) -> Any:
        """Format of a figure with so many decimals; -1 shows what there is."""
        shown = "General" if decimals < 0 else "0" if decimals == 0 else "0." + "0" * decimals
        return self._of(("number", shown), {"num_format": shown})

    def state(self, code: str) -> Any:
        """Format of a state's word: its colour, and its ink."""
        mark = MARKS[code]
        return self._of(("state", code), {"bg_color": mark.colour, "font_color": mark.ink, "bold": True,
                                          "num_format": "@"})  # fmt: skip

    def _of(self, key: tuple[Any, ...], look: Mapping[str, object]) -> Any:
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", "border": 1, "border_color": "#C9CED4", **look})
        return self._made[key]


def _set_print(page: Any, head: WorkbookHead) -> None:
    """Print on A4, across, every column on one page's width, the headings again on each page."""
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    title, secrecy = (printable(text)[:_MAX_HEAD].replace("&", "&&") for text in (head.title, head.secrecy))
    page.set_header(f"&L{title}&R{secrecy}")
    page.set_footer("&C&P / &N")


def _fill(
    page: Any, styles: _Styles, columns: Sequence[Column], rows: Sequence[Mapping[str, object]], language: Language
) -> None:
    widths = []
    for place, column in enumerate(columns):
        heading = _heading(column, language)
        page.write_string(0, place, heading, styles.head)
        widths.append(_breadth(heading) / 2 + 2)  # a heading may take two lines
    longest = []
    for number, row in enumerate(rows[:MAX_ROWS], start=1):
        shown = [_write(page, (number, place), column, row.get(column.key), (styles, language))
                 for place, column in enumerate(columns)]  # fmt: skip
        widths = [max(pair) for pair in zip(widths, shown, strict=True)]
        longest.append(max(shown))
    for place, width in enumerate(widths):
        page.set_column(place, place, min(_WIDTHS[1], max(_WIDTHS[0], width + 1)))
    _set_heights(page, longest)
    # Wide tables go over several pages across, with code and name again on each.
    page.fit_to_pages(max(1, round(sum(min(_WIDTHS[1], width) for width in widths) / _PAGE_LETTERS)), 0)
    page.repeat_columns(0, 1)
    page.freeze_panes(1, 2)
    if rows:
        page.autofilter(0, 0, min(len(rows), MAX_ROWS), len(columns) - 1)


def _set_heights(page: Any, longest: Sequence[float]) -> None:
    """Give rows with long text more lines: not every program does so by itself."""
    page.set_row(0, 2 * _LINE_PT + 2)
    for number, breadth in enumerate(longest, start=1):
        lines = math.ceil(breadth / (_WIDTHS[1] - 2))
        if lines > 1:
            page.set_row(number, min(lines, 12) * _LINE_PT)


def _note(page: Any, styles: _Styles, lines: Iterable[str], meanings: Sequence[tuple[str, str, str]]) -> None:
    """Fill the last sheet: lines, then a table of what each column means."""
    for place, width in enumerate((16, 30, 90)):
        page.set_column(place, place, width)
    row = 0
    for line in lines:
        if line:
            page.write_string(row, 0, printable(line)[:_MAX_TEXT], styles.title if row == 0 else None)
            row += 1
    for cells in meanings:
        row += 1
        for place, text in enumerate(cells):
            page.write_string(row, place, text, styles.head if cells is meanings[0] else styles.text)


def _dictionary(sheets: Sequence[Sheet], language: Language) -> list[tuple[str, str, str]]:
    """Sheet, column and meaning, for every column whose meaning is more than its heading."""
    heads = (say("workbook_sheet", language), say("dossier_what", language), say("dossier_meaning", language))
    return [heads, *((name, _heading(column, language), say(f"meaning_{column.key}", language))
                     for name, columns, _ in sheets for column in columns
                     if f"meaning_{column.key}" in CATALOGUE)]  # fmt: skip


def _heading(column: Column, language: Language) -> str:
    if language == "zh":
        return column.zh
    return f"{column.en}, {column.unit}" if column.unit else column.en


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
    text = printable(worded(column, str(value), language))
    coloured = bool(column.words) and code in MARKS
    # Always a string, whatever it begins with: XlsxWriter's own guess would make formulas and links of some.
    page.write_string(*at, text[:_MAX_TEXT], styles.state(code) if coloured else styles.text)
    return _breadth(text[:1000])


def _breadth(text: str) -> float:
    """Width in letters: a Chinese character takes about two."""
    return sum(1.9 if ord(letter) > 0x2E80 else 1.0 for letter in text)  # noqa: PLR2004 - where CJK begins
