"""The plan's dates: kept, late by how many days, overdue, or not reported; per village where each village has its own.

A day comes from the office's diary of tasks, from villages' plans, from the register of trees, or from the plots; which
of them speaks for a milestone stands in `MILESTONES`. Where none of the registers that could tell was handed in, the
milestone is `not_reported`: nobody is late for want of a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from lvgeo.progress.tasks.task import Note, Task, unreported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from lvgeo.progress.tasks.task import Asked, Place, State

__all__ = ["MILESTONES", "Milestone", "Planted", "milestone_tasks"]

Scope = Literal["street", "each", "demonstration"]


@dataclass(frozen=True, slots=True)
class Milestone:
    """One date.

    Parameters
    ----------
    key
        Key of [milestones].
    scope
        Whose it is: the sub-district's, each village's, or the demonstration village's.
    event
        What the diary calls it.
    """

    key: str
    scope: Scope
    event: str = ""

    @property
    def diary(self) -> str:
        """Event's key in the diary of tasks."""
        return self.event or self.key


# Every date of [milestones] but those that bound the season, which trees are held against.
MILESTONES: Final = (
    Milestone("technical_group", "street"),
    Milestone("guidance", "demonstration"),
    Milestone("training", "street"),
    Milestone("mobilisation", "street"),
    Milestone("mobilisation_annex", "street", "mobilisation"),
    Milestone("plan_filed", "each"),
    Milestone("seedlings_secured", "street"),
    Milestone("demonstration_pits", "demonstration", "pits"),
    Milestone("demonstration_planted", "demonstration", "planted"),
    Milestone("claims_arranged", "each"),
    Milestone("outreach", "each"),
    Milestone("survey_of_sites", "each"),
    Milestone("forum", "each"),
    Milestone("pits", "each"),
    Milestone("planted", "each"),
    Milestone("seedlings_supplied", "street"),
    Milestone("greening", "each"),
    Milestone("selection", "street"),
    Milestone("commendation", "street"),
    Milestone("summary", "street"),
)


@dataclass(frozen=True, slots=True)
class Planted:
    """When villages had planted what is asked, from plots and trees themselves.

    Parameters
    ----------
    days
        Village code → day on which its area or its trees came to what is asked.
    met
        Villages that have what is asked, its day known or not.
    unknown
        Villages of which plots or trees cannot tell: nothing readable was handed in.
    """

    days: Mapping[str, date] = field(default_factory=dict)
    met: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of one milestone in one place."""

    done: bool = False
    done_on: date | None = None
    reported: bool = False
    note: Note | None = None


def milestone_tasks(asked: Asked, planted: Planted) -> tuple[Task, ...]:
    """Hold every date against the registers.

    Parameters
    ----------
    asked
        Rules, registers, places, day.
    planted
        What plots and trees say of planting.

    Returns
    -------
    tuple[Task, ...]
        In the order of `MILESTONES`, places in theirs.
    """
    diary = _diary(asked)
    return tuple(
        _task(asked, milestone, code, _found(asked, milestone, code, (diary, planted)))
        for milestone in MILESTONES
        for code in _codes(asked, milestone.scope)
    )


def _codes(asked: Asked, scope: Scope) -> Iterable[str]:
    if scope == "street":
        return ("",)
    demonstration = {*asked.settings.villages.demonstration}
    return [one.village_code for one in asked.places if scope == "each" or _is_named(one, demonstration)]


def _is_named(place: Place, names: set[str]) -> bool:
    return place.name in names or place.village_code in names


def _diary(asked: Asked) -> dict[tuple[str, str], tuple[date, int]]:
    """(village or "", event) → first day on which it was done, and how long it took."""
    found: dict[tuple[str, str], tuple[date, int]] = {}
    for event in asked.registers.events.rows:
        key = event.village_code, event.event
        if asked.past(event.held_on) and (key not in found or event.held_on < found[key][0]):
            found[key] = event.held_on, event.days
    return found


def _found(
    asked: Asked,
    milestone: Milestone,
    code: str,
    known: tuple[Mapping[tuple[str, str], tuple[date, int]], Planted],
) -> _Found:
    diary, planted = known
    # What the sub-district did as a whole it did for every village.
    held = diary.get((code, milestone.diary)) or diary.get(("", milestone.diary))
    if held is not None:
        return _of_event(asked, milestone, *held)
    for look in _ELSEWHERE.get(milestone.key, ()):
        seen: _Found = look(asked, code, planted)
        # Where plots and trees cannot tell, the diary's silence says nothing of planting.
        if seen.done or seen.reported or look is _of_ground:
            return seen
    return _Found(reported=asked.registers.events.reported)


def _of_event(asked: Asked, milestone: Milestone, day: date, days: int) -> _Found:
    """Done on its day; guidance only if it lasted as long as it must."""
    least = asked.settings.villages.guidance_days
    if milestone.key != "guidance" or days >= least:
        return _Found(done=True, done_on=day, reported=True)
    return _Found(reported=True, note=Note("guidance_days", {"days": days, "required": least}))


def _of_plan(asked: Asked, code: str, _planted: Planted) -> _Found:
    return _filed(asked, code, "filed_on")


def _of_claims(asked: Asked, code: str, _planted: Planted) -> _Found:
    return _filed(asked, code, "claims_filed_on")


def _filed(asked: Asked, code: str, key: str) -> _Found:
    """From the village's plan, as the centre filed it."""
    plans = asked.registers.plans
    days = [day for one in plans.rows if one.village_code == code and (day := getattr(one, key)) and asked.past(day)]
    return _Found(bool(days), min(days, default=None), plans.reported)


def _of_seedlings(asked: Asked, _code: str, _planted: Planted) -> _Found:
    """Settled when the last village's demand was."""
    demand = asked.registers.demand
    days = [one.secured_on for one in demand.rows]
    settled = [day for day in days if day is not None and asked.past(day)]
    done = bool(days) and len(settled) == len(days)
    note = Note("seedlings_open", {"open": len(days) - len(settled), "rows": len(days)}) if days and not done else None
    return _Found(done, max(settled) if done else None, demand.reported, note)


def _of_ground(_asked: Asked, code: str, planted: Planted) -> _Found:
    """From plots and trees: planted when they came to what is asked."""
    return _Found(code in planted.met, planted.days.get(code), code not in planted.unknown)


def _of_holes(_asked: Asked, code: str, planted: Planted) -> _Found:
    """Where trees stand, holes were dug; on which day only the diary knows."""
    return _Found(done=code in planted.met)


_ELSEWHERE: Final = {
    "plan_filed": (_of_plan,),
    "claims_arranged": (_of_claims,),
    "seedlings_secured": (_of_seedlings,),
    "demonstration_planted": (_of_ground,),
    "planted": (_of_ground,),
    "demonstration_pits": (_of_holes,),
    "pits": (_of_holes,),
}


def _task(asked: Asked, milestone: Milestone, code: str, found: _Found) -> Task:
    table = asked.settings.milestones
    due = getattr(table, milestone.key)
    notes = (found.note,) if found.note else ()
    return Task(code, milestone.key, _state(found, due, asked.on), table.clause(milestone.key), due=due,
                done_on=found.done_on, notes=notes, on=asked.on)  # fmt: skip


def _state(found: _Found, due: date, on: date) -> State:
    if found.done:
        if found.done_on is None:
            return "undated"
        return "kept" if found.done_on <= due else "late"
    if found.reported:
        return "ahead" if on <= due else "overdue"
    return unreported(due, on)
