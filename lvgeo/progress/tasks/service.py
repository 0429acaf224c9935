"""What comes to a village month by month: technical visits and flights; and what is lost there: felling."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lvgeo.progress.tasks.task import Note, Task
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.progress.tasks.task import Asked, State

__all__ = ["felling_tasks", "flight_tasks", "visit_tasks"]


def visit_tasks(asked: Asked) -> tuple[Task, ...]:
    """Return a row a village: months with a visit of the months that have ended; the missing ones are named."""
    table = asked.settings.villages
    months = _ended(asked)
    if not table.monthly_visits or not months:
        return ()
    seen = Counter((one.village_code, Month.of(one.visited_on)) for one in asked.registers.visits.rows
                   if asked.past(one.visited_on))  # fmt: skip
    tasks = []
    for place in asked.places:
        missing = [str(month) for month in months if seen[place.village_code, month] < table.monthly_visits]
        value = len(months) - len(missing)
        lacking: State = "short" if asked.registers.visits.reported else "not_reported"
        state: State = lacking if missing else "met"
        notes = (Note("months_missing", {"months": "、".join(missing)}),) if missing else ()
        tasks.append(Task(place.village_code, "visits", state, table.clause("monthly_visits"), value=value,
                          required=len(months), notes=notes))  # fmt: skip
    return tuple(tasks)


def _ended(asked: Asked) -> list[Month]:
    """Months of the campaign's year, from the first of service, that have ended by the day."""
    year, first = asked.settings.campaign.year, asked.settings.villages.visits_from_month
    months = [Month(year, number) for number in range(first, 13)]
    return [one for one in months if one.last_day <= asked.on]


def flight_tasks(asked: Asked, flown: Mapping[str, bool]) -> tuple[Task, ...]:
    """Return a row a village: whether this month's image came. A missing one is the office's debt, not the village's.

    Parameters
    ----------
    asked
        Rules, registers, places, day.
    flown
        Village code → whether an image of the month covers it; empty where nobody asked for images.
    """
    table = asked.settings.villages
    if not flown or not table.monthly_flights:
        return ()
    return tuple(
        Task(place.village_code, "flights", "met" if flown.get(place.village_code) else "short",
             table.clause("monthly_flights"), value=int(flown.get(place.village_code, False)),
             required=table.monthly_flights)
        for place in asked.places
    )  # fmt: skip


def felling_tasks(asked: Asked, lost_m2: Mapping[str, Sequence[float]]) -> tuple[Task, ...]:
    """Return a row for each village with felling in the diary or lost canopy in the image: for review, on the ground.

    Parameters
    ----------
    asked
        Rules, registers, places, day.
    lost_m2
        Village code → each patch of canopy lost since the baseline, m².
    """
    told: dict[str, list[int | None]] = {}
    for event in asked.registers.events.rows:
        if event.event == "felling" and asked.past(event.held_on):
            told.setdefault(event.village_code, []).append(event.trees)
    tasks = []
    for code in ("", *(one.village_code for one in asked.places)):
        notes = []
        if code in told:
            trees = sum(n or 0 for n in told[code])
            notes.append(Note("felling", {"times": len(told[code]), "trees": trees}))
        if lost_m2.get(code):
            notes.append(Note("lost", {"patches": len(lost_m2[code]), "area": f"{sum(lost_m2[code]):.0f}"}))
        if notes:
            count = sum(n or 0 for n in told.get(code, ())) or float("nan")
            tasks.append(Task(code, "felling", "review", FELLING, value=count, required=0, notes=tuple(notes)))
    return tuple(tasks)


FELLING = "三(三)"
