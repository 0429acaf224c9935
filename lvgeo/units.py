"""Months and mu: the two units that every part of lvgeo shares."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

__all__ = ["MU_M2", "Month", "m2_to_mu", "mu_to_m2"]

MU_M2: Final = 2000.0 / 3.0
"""Square metres in one mu, exactly 2000/3 (never 666.67: FIELD knows plots that the rounding would fail)."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def mu_to_m2(area_mu: float) -> float:
    """Convert mu to square metres.

    Examples
    --------
    >>> round(mu_to_m2(2.0), 4)
    1333.3333
    """
    return area_mu * MU_M2


def m2_to_mu(area_m2: float) -> float:
    """Convert square metres to mu.

    Examples
    --------
    >>> m2_to_mu(2000.0)
    3.0
    """
    return area_m2 / MU_M2


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; ordered, hashable, written ``YYYY-MM``.

    Parameters
    ----------
    year, number
        Calendar year, and month 1 to 12.

    Examples
    --------
    >>> Month.parse("2024-03") < Month.parse("2024-08")
    True
    >>> str(Month(2024, 3).following())
    '2024-04'
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``YYYY-MM``.

        Raises
        ------
        ValueError
            If the text is anything else.
        """
        found = _MONTH.fullmatch(text.strip())
        if not found:
            message = f"{text!r} is not a month; write it as YYYY-MM, for example 2024-03"
            raise ValueError(message)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that a day lies in."""
        return cls(day.year, day.month)

    def following(self) -> Month:
        """Return the next calendar month."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def first_day(self) -> date:
        """First day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """Last day of the month."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
