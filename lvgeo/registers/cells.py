"""Cells of registers: text, codes, counts, days and words, however an office wrote them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from lvgeo.land.read_values import cell_text, is_blank
from lvgeo.land.table_cells import plain, to_degrees

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CellError", "code", "codes", "count", "day", "degrees", "number", "species", "text", "word", "words",
           "yes"]  # fmt: skip

_SCIENTIFIC: Final = re.compile(r"\d(\.\d+)?e\+?\d{1,3}")
_EXACT: Final = 2**53  # beyond it a spreadsheet's number no longer holds every digit of a code
_UNIT: Final = re.compile(r"(棵|株|亩|元|人|次|户|米|m|岁|周岁|个)$")
_GROUPED: Final = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")  # 1,200; in 114,5 somebody's comma is a point
_APART: Final = re.compile(r"[;；,，、\s/]+")
_SEPARATED: Final = re.compile(r"(\d{4})[年./\-](\d{1,2})[月./\-](\d{1,2})[日号]?(?:[t ]?\d{1,2}:\d{2}.*)?")
_TOGETHER: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH: Final = date(1899, 12, 30)  # day 0 of a spreadsheet's serial dates
_SERIALS: Final = range(30_000, 80_000)  # 1982 to 2119
_NAMELESS: Final = frozenset({"未知", "待定", "不详", "不明", "无", "其他", "杂树", "unknown", "other", "n/a"})
_NO: Final = frozenset(
    {"0", "no", "false", "n", "否", "死", "死亡", "已死亡", "未成活", "无", "未", "未完成", "×", "x", "枯死"}
)
_YES: Final = frozenset(
    {"1", "yes", "true", "y", "是", "活", "成活", "已成活", "有", "已", "完成", "已完成", "√", "存活"}
)


class CellError(ValueError):
    """A cell that cannot be used.

    Parameters
    ----------
    code
        Of the refusal.
    value
        As it stands.
    """

    def __init__(self, code: str, value: object) -> None:
        super().__init__(code)
        self.code = code
        self.value = str(value)[:80]


def text(value: Any) -> str:
    """Text without blanks at its ends, full-width letters and digits made plain.

    Examples
    --------
    >>> text(" Ｔ１ "), text(3.0), text(None)
    ('T1', '3', '')
    """
    return "" if is_blank(value) else unicodedata.normalize("NFKC", cell_text(value)).strip()


def code(value: Any) -> str:
    """Read a code or an id; one that a spreadsheet turned into 4.41E+11 has lost digits and is refused.

    Examples
    --------
    >>> code(441302001201.0), code("'４４１３０２００１２０１")
    ('441302001201', '441302001201')
    """
    found = text(value).lstrip("'`’")
    if _SCIENTIFIC.fullmatch(found.lower()) or (isinstance(value, (int, float)) and abs(value) >= _EXACT):
        raise CellError("row_scientific", found)
    return found


def codes(value: Any) -> tuple[str, ...]:
    """Several codes in one cell, as offices list them.

    Examples
    --------
    >>> codes("T1、T2；T3")
    ('T1', 'T2', 'T3')
    """
    return tuple(code(part) for part in _APART.split(text(value)) if part)


def words(value: Any) -> tuple[str, ...]:
    """Several words in one cell.

    Examples
    --------
    >>> words("公园、学校")
    ('公园', '学校')
    """
    return tuple(part for part in _APART.split(text(value)) if part)


def number(value: Any) -> float:
    """Read a number from 0 up, its unit written or not.

    Examples
    --------
    >>> number("１，２００元"), number("2.5 亩")
    (1200.0, 2.5)
    """
    shown = plain(value)
    bare = _UNIT.sub("", shown)
    try:
        found = float(bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare)
    except ValueError:
        raise CellError("row_unreadable", shown) from None
    if not 0 <= found < float("inf"):
        raise CellError("row_unreadable", shown)
    return found


def count(value: Any) -> int:
    """Read a whole number from 0 up.

    Examples
    --------
    >>> count("１５０棵"), count(3.0)
    (150, 3)
    """
    found = number(value)
    if not found.is_integer():
        raise CellError("row_unreadable", plain(value))
    return int(found)


def degrees(value: Any) -> float:
    """Read a longitude or latitude, decimal or in minutes and seconds."""
    try:
        found = to_degrees(value)
    except ValueError:
        raise CellError("row_unreadable", plain(value)) from None
    if not abs(found) <= 180:  # noqa: PLR2004 - degrees
        raise CellError("row_unreadable", plain(value))
    return found


def day(value: Any) -> date:
    """Read a day: a date, a spreadsheet's serial number, or text with the year first.

    Examples
    --------
    >>> [str(day(one)) for one in ("2024年3月1日", "2024.3.1", "20240301", 45352, "２０２４－３－１")]
    ['2024-03-01', '2024-03-01', '2024-03-01', '2024-03-01', '2024-03-01']
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    shown = plain(value).removesuffix(".0")
    if _SERIAL.fullmatch(shown) and int(float(shown)) in _SERIALS:
        return _EPOCH + timedelta(int(float(shown)))
    found = _TOGETHER.fullmatch(shown) or _SEPARATED.fullmatch(shown)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise CellError("row_unreadable", shown)


def species(value: Any) -> str:
    """Read a species' name; a mark or a word for not knowing is none.

    Examples
    --------
    >>> species(" 香樟 ")
    '香樟'
    """
    found = text(value)
    if plain(value) in _NAMELESS or not any(letter.isalpha() for letter in found):
        raise CellError("row_species_unknown", found)
    return found


def yes(value: Any) -> bool:
    """Read yes or no.

    Examples
    --------
    >>> yes("是"), yes("死亡")
    (True, False)
    """
    shown = plain(value)
    if shown in _YES:
        return True
    if shown in _NO:
        return False
    raise CellError("row_unreadable", shown)


def word(known: Mapping[str, tuple[str, ...]], refusal: str) -> Callable[[Any], str]:
    """Make a reader of a word that must be one of a list: our key, or any of an office's words for it.

    Parameters
    ----------
    known
        Our key → their words.
    refusal
        Code by which any other word is refused.
    """
    by_word = {plain(one): key for key, words in known.items() for one in (key, *words)}

    def read(value: Any) -> str:
        found = by_word.get(plain(value))
        if found is None:
            raise CellError(refusal, text(value))
        return found

    return read
