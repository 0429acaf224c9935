"""Rows of the tables as a person reads them on a card: a heading, a figure with its unit, a code in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lvgeo.labels import CATALOGUE, named
from lvgeo.outputs.columns import AREA_COMPLIANCE, CANOPY_CHANGE, PLOT_CHANGE, PLOT_ISSUES, Column
from lvgeo.outputs.tables import is_missing, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lvgeo.labels import Language

__all__ = ["Fact", "facts", "figure", "signed", "worded"]

Fact = tuple[str, str]
"""Heading and value."""

_COLUMNS: Final[Mapping[str, Column]] = {
    column.key: column for table in (PLOT_ISSUES, PLOT_CHANGE, CANOPY_CHANGE, AREA_COMPLIANCE) for column in table
}


def facts(row: Mapping[str, object], keys: Iterable[str], language: Language) -> list[Fact]:
    """Choose figures of a row and put them into words.

    Parameters
    ----------
    row
        Key to value; a key that is no column is shown as its own heading.
    keys
        What to show, in order; what the row lacks, or holds empty, is left out.

    Examples
    --------
    >>> facts({"status": "meets", "area_m2": 1500.0, "trees": None}, ["status", "area_m2", "trees"], "en")
    [('Status', 'meets'), ('Area, m²', '1500.00')]
    >>> facts({"net_change_pp": 3.0, "observed_share": 0.985}, ["net_change_pp", "observed_share"], "zh")
    [('净变化（百分点）', '+3.00'), ('可见比例', '98.5%')]
    """
    shown = ((key, figure(key, row.get(key), language)) for key in keys)
    return [(_heading(key, language), text) for key, text in shown if text]


def figure(key: str, value: object, language: Language) -> str:
    """Write one value for people; empty where there is none.

    Examples
    --------
    >>> figure("verdict", "lagging", "zh"), figure("verdict", None, "zh"), figure("area_mu", 2, "zh")
    ('进度滞后', '', '2.000')
    """
    if is_missing(value):
        return ""
    column = _COLUMNS.get(key)
    if column is None:
        return str(value)
    if column.dtype in {"text", "bool"}:
        return worded(column, str(value), language)
    return _number(column, value)


def signed(text: str) -> str:
    """Give a change its sign, and minus its own character.

    Examples
    --------
    >>> signed("3.00"), signed("-3.00"), signed("-0.00")
    ('+3.00', '−3.00', '0.00')
    """
    size = text.removeprefix("-")
    if not float(text):
        return size
    return f"\N{MINUS SIGN}{size}" if text.startswith("-") else f"+{size}"


def _number(column: Column, value: object) -> str:
    if column.key.endswith("_share"):
        return f"{float(str(value)) * 100:.1f}%"
    text = number_text(column, value)
    changes = column.unit == "pp" or column.key in {"difference_m2", "net_change_m2"}
    return signed(text) if changes else text


def worded(column: Column, value: str, language: Language) -> str:
    """Put a code into words, or several codes with their counts; other text stays as it is.

    Examples
    --------
    >>> worded(_COLUMNS["issues"], "spike×2; prior_canopy×1", "zh")
    '边界有尖刺×2; 种植前已有较多林木冠层×1'
    >>> worded(_COLUMNS["verdict"], "lagging", "en"), worded(_COLUMNS["village"], "龙岗村", "en")
    ('lagging', '龙岗村')
    """
    if not column.words:
        return value
    if column.key != "issues":
        return _name(column, value, language)
    counted = (part.rpartition("×") for part in value.split("; "))
    return "; ".join(f"{_name(column, code, language)}×{count}" if code else count for code, _, count in counted)


def _name(column: Column, value: str, language: Language) -> str:
    code = f"{column.words}_{value}"
    return named(code, language) if code in CATALOGUE else value


def _heading(key: str, language: Language) -> str:
    column = _COLUMNS.get(key)
    if column is None:
        return key
    if language == "zh":
        return column.zh
    # The Chinese labels hold their unit already.
    named = column.unit and not key.endswith("_share")
    return f"{column.en}, {column.unit}" if named else column.en
