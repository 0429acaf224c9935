"""What a cell of a vector file says, however a map program stored it."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

__all__ = ["cell_date", "cell_text", "is_blank"]

_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")


def is_blank(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT or no text."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value)) or str(value) == "NaT"


def cell_text(value: Any) -> str:
    """Text of a field; a whole number keeps no point, so that a code read as a number is still a code."""
    if is_blank(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def cell_date(value: Any) -> date | None:
    """Read a day, year first; None where there is none to be read."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DATE.match(str(value).strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
