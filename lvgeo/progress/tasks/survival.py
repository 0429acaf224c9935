"""Survival by class, with the interval of a sample and the stems it was counted on.

Below 85 % the law orders the planting to be completed (《森林法实施条例》); below 41 % it is to be established again.
A sample's interval is Wilson's (1927); where it holds a limit of a class, the class cannot be told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.stats import norm

from lvgeo.progress.tasks.task import Note, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.campaign.settings import SurvivalTable
    from lvgeo.progress.tasks.task import Asked, State
    from lvgeo.registers.inspections import Inspection

__all__ = ["Survival", "survival_tasks", "wilson"]


@dataclass(frozen=True, slots=True)
class Survival:
    """Stems counted.

    Parameters
    ----------
    alive, checked
        Stems alive of stems looked at.
    planted
        Stems planted; None where not known. All of them looked at is a count, not a sample.
    """

    alive: int
    checked: int
    planted: int | None = None

    @property
    def share(self) -> float:
        """Alive of those looked at, 0 to 1."""
        return self.alive / self.checked


def wilson(alive: int, checked: int, confidence: float) -> tuple[float, float]:
    """Interval of a share from a sample (Wilson 1927).

    Examples
    --------
    >>> [round(end, 3) for end in wilson(85, 100, 0.95)]
    [0.767, 0.907]
    """
    z = float(norm.ppf((1 + confidence) / 2))
    share, spread = alive / checked, z * z / checked
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) / checked * z * z + spread * spread / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def survival_tasks(asked: Asked) -> tuple[Task, ...]:
    """Return a row a village: the newest inspection of each plot, else the trees that somebody went to see."""
    return tuple(_task(asked, place.village_code) for place in asked.places)


def _task(asked: Asked, code: str) -> Task:
    table = asked.settings.survival
    counted = _inspected(asked, code) or _seen(asked, code)
    if counted is None:
        return Task(code, "survival", "not_reported", required=table.qualified, notes=(Note("no_inspection"),))
    found, source = counted
    low, high = _interval(found, table)
    names = {"alive": found.alive, "checked": found.checked, "planted": "—" if found.planted is None else found.planted}
    return Task(code, "survival", _class(low, found.share, high, table), value=found.share, required=table.qualified,
                low=low, high=high, notes=(Note(source, names),))  # fmt: skip


def _inspected(asked: Asked, code: str) -> tuple[Survival, str] | None:
    rows = [one for one in asked.registers.inspections.rows
            if one.village_code == code and asked.past(one.inspected_on)]  # fmt: skip
    newest: dict[str, Inspection] = {}
    for one in sorted(rows, key=lambda row: row.inspected_on):
        newest[one.plot_id] = one
    plots = [one for plot, one in newest.items() if plot]
    # Plots' own inspections tell more than one of the whole village, unless that came after all of them.
    whole = newest.get("")
    if whole is not None and all(one.inspected_on <= whole.inspected_on for one in plots):
        plots = [whole]
    if not plots:
        return None
    planted = [one.planted for one in plots]
    total = sum(n for n in planted if n is not None) if all(n is not None for n in planted) else None
    return _sum(plots, total), "inspected"


def _sum(rows: Sequence[Inspection], planted: int | None) -> Survival:
    return Survival(sum(one.alive for one in rows), sum(one.checked for one in rows), planted)


def _seen(asked: Asked, code: str) -> tuple[Survival, str] | None:
    """From the register of trees: those that somebody looked at, by the day."""
    mine = [one for one in asked.registers.trees.rows if one.village_code == code and asked.past(one.planted_on)]
    seen = [one for one in mine if one.checked_on is not None and asked.past(one.checked_on)]
    if not seen:
        return None
    return Survival(sum(one.alive for one in seen), len(seen), len(mine)), "seen"


def _interval(found: Survival, table: SurvivalTable) -> tuple[float, float]:
    if found.planted is not None and found.checked >= found.planted:
        return found.share, found.share  # every stem was looked at
    return wilson(found.alive, found.checked, table.confidence)


def _class(low: float, share: float, high: float, table: SurvivalTable) -> State:
    if any(low < limit <= high for limit in (table.qualified, table.replant)):
        return "borderline"
    if share >= table.qualified:
        return "met"
    return "replant" if share >= table.replant else "reestablish"
