"""What each village builds and where: demonstration spots, the five "one"s, kinds of place (附件4, 附件9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lvgeo.progress.tasks.task import Note, Task, reached, unreported
from lvgeo.registers.checklist import SPOT

if TYPE_CHECKING:
    from lvgeo.progress.tasks.task import Asked, Place, State
    from lvgeo.registers.checklist import BuiltItem

__all__ = ["built_tasks"]


def built_tasks(asked: Asked) -> tuple[Task, ...]:
    """Rows on spots and on each of the five, then on places; the sub-district's own rows first."""
    tasks = list(_street(asked))
    for place in asked.places:
        code = place.village_code
        if place.kind == "village":
            mine = [one for one in asked.registers.checklist.rows if one.village_code == code]
            tasks += _items(asked, code, mine)
        tasks.append(_places(asked, place))
    return tuple(tasks)


def _street(asked: Asked) -> list[Task]:
    """As many villages as the plan names, the demonstration village among them."""
    table = asked.settings.villages
    known = {one.name for one in asked.places} | {one.village_code for one in asked.places}
    unknown = [name for name in table.demonstration if name not in known]
    notes = (Note("village_unknown", {"villages": "、".join(unknown)}),) if unknown else ()
    named, wanted = len(table.demonstration) - len(unknown), table.demonstration_villages
    demonstration = Task("", "demonstration_villages", "met" if named >= wanted else "short",
                         table.clause("demonstration_villages"), value=named, required=wanted, notes=notes)  # fmt: skip
    if not table.expected:
        return [demonstration]
    number = len(asked.places)
    state: State = "met" if number == table.expected else "review"
    return [
        demonstration,
        Task("", "villages", state, table.clause("expected"), value=number, required=table.expected),
    ]


def _items(asked: Asked, code: str, rows: list[BuiltItem]) -> list[Task]:
    """Done by the end of the year: the plan names no earlier day for them."""
    table, due = asked.settings.villages, asked.settings.milestones.summary
    reported = asked.registers.checklist.reported
    wanted = [("demonstration_spot", SPOT, table.demonstration_spots, table.clause("demonstration_spots"))]
    wanted += [("five_ones", item, 1, table.clause("five_ones")) for item in table.five_ones]
    tasks = []
    for task, item, required, clause in wanted:
        done = [one for one in rows if one.item == item and one.done and asked.past(one.done_on)]
        days = [one.done_on for one in done if one.done_on is not None]
        state: State = reached(len(done), required, due, asked.on) if reported else unreported(due, asked.on)
        names = "、".join(one.name for one in done if one.name)
        notes = (Note("built", {"names": names}),) if names else ()
        last = max(days, default=None) if state == "met" else None
        tasks.append(Task(code, task, state, clause, item, len(done), required, due=due, done_on=last, notes=notes,
                          on=asked.on))  # fmt: skip
    return tasks


def _places(asked: Asked, place: Place) -> Task:
    """Hold the kinds of place that it names against the list for towns or for villages; others are for review."""
    table = asked.settings.villages
    town = place.kind == "community"
    key = "town_places" if town else "village_places"
    known = {*getattr(table, key)}
    plans = [one for one in asked.registers.plans.rows if one.village_code == place.village_code]
    named = list(dict.fromkeys(word for one in plans for word in one.places))
    if not named:
        return Task(place.village_code, "places", "not_reported", table.clause(key), notes=(Note("no_places"),))
    strange = [word for word in named if not any(word in one or one in word for one in known)]
    notes = [Note("places", {"places": "、".join(named)})]
    if strange:
        notes.append(Note("places_strange", {"places": "、".join(strange)}))
    return Task(place.village_code, "places", "review" if strange else "met", table.clause(key),
                value=len(named) - len(strange), required=1, notes=tuple(notes))  # fmt: skip
