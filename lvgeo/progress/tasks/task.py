"""One thing that the plan asks of a village, a community or the street, and how far it is done."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from lvgeo.labels import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.registers.book import Registers

__all__ = ["STANDINGS", "Asked", "Note", "Place", "Standing", "State", "Task", "reached", "unreported"]

State = Literal[
    "overdue", "short", "reestablish", "late", "borderline", "replant", "review", "not_reported", "undated", "kept",
    "met", "ahead",
]  # fmt: skip
Standing = Literal["open", "look", "silent", "done", "ahead"]
STANDINGS: Final[Mapping[State, Standing]] = {
    "overdue": "open", "short": "open", "reestablish": "open", "late": "done", "borderline": "look", "replant": "open",
    "review": "look", "not_reported": "silent", "undated": "done", "kept": "done", "met": "done", "ahead": "ahead",
}  # fmt: skip
"""What each state comes to: to do, to look at on the ground, not known, done, not due; in the order of what presses."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence by its code, with what it is about."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Put it into words."""
        return say(f"task_note_{self.code}", language, **self.values)


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked, and how far it is done.

    Parameters
    ----------
    village_code
        Of whom; empty for the sub-district.
    task, item
        What (its words are ``task_…``), and which of several: a role, one of the five, a source.
    clause
        Section and item of the plan; empty where the plan gives no figure.
    state
        How far it is.
    value, required
        What was counted, and what is asked; nan where nothing is counted.
    low, high
        Interval of `value` where it is uncertain; nan elsewhere.
    due, done_on
        Last day on which it is kept, and the day on which it was done; None where there is none, or it is not known.
    notes
        Who is short, what stands outside a list, of how many.
    """

    village_code: str
    task: str
    state: State
    clause: str = ""
    item: str = ""
    value: float = math.nan
    required: float = math.nan
    low: float = math.nan
    high: float = math.nan
    due: date | None = None
    done_on: date | None = None
    notes: tuple[Note, ...] = ()
    on: date | None = None

    @property
    def days_late(self) -> int | None:
        """Days after `due`: of what was done late, or is not done yet; None where nothing is late."""
        if self.due is None or self.state not in {"late", "overdue"}:
            return None
        until = self.done_on if self.state == "late" else self.on
        return None if until is None else (until - self.due).days


@dataclass(frozen=True, slots=True)
class Place:
    """A village or community; the sub-district itself has no code."""

    village_code: str
    name: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What tasks are held against.

    Parameters
    ----------
    settings
        The year's rules.
    registers
        Every register.
    places
        Every village and community.
    on
        As of which day: what was done later is not looked at.
    """

    settings: CampaignSettings
    registers: Registers
    places: tuple[Place, ...]
    on: date

    def past(self, day: date | None) -> bool:
        """Whether something of that day had happened; what has no day had.

        Examples
        --------
        >>> from datetime import date
        >>> Asked(None, None, (), date(2024, 3, 1)).past(date(2024, 3, 2))
        False
        """
        return day is None or day <= self.on


def reached(value: float, required: float, due: date | None, on: date) -> State:
    """Say how far a count is: what falls short before its day is not short yet.

    Examples
    --------
    >>> from datetime import date
    >>> day = date(2024, 3, 12)
    >>> reached(3, 3, day, day), reached(2, 3, day, day), reached(2, 3, day, date(2024, 3, 13))
    ('met', 'ahead', 'short')
    """
    if value >= required:
        return "met"
    return "ahead" if due is not None and on <= due else "short"


def unreported(due: date | None, on: date) -> State:
    """Say how far something is of which nothing was handed in: before its day that is no matter.

    Examples
    --------
    >>> from datetime import date
    >>> unreported(date(2024, 3, 12), date(2024, 3, 1)), unreported(date(2024, 3, 12), date(2024, 4, 1))
    ('ahead', 'not_reported')
    """
    return "ahead" if due is not None and on <= due else "not_reported"
