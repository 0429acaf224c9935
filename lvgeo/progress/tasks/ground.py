"""Area of villages and trees of communities, what an image says beside the register, and when they were reached."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lvgeo.progress.paper import doubt_of, short_without_doubt
from lvgeo.progress.tasks.milestones import Planted
from lvgeo.progress.tasks.task import Note, Task, unreported
from lvgeo.progress.tree_count import support_register
from lvgeo.units import m2_to_mu, mu_to_m2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from lvgeo.land.compliance import VillageArea
    from lvgeo.progress.tasks.task import Asked, State
    from lvgeo.progress.tree_count import TreeCount

__all__ = ["Doubts", "ground_tasks", "planted_by"]


@dataclass(frozen=True, slots=True)
class Doubts:
    """What may excuse a lack of area or trees.

    Parameters
    ----------
    unread
        Kinds and codes of villages of which plots or trees could not be read: none is short of them.
    refused
        Villages some of whose plots were refused, which their rows say.
    accuses
        Whether the month's canopy model may accuse: else nobody is short by its word on what stood there before.
    """

    unread: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    accuses: bool = False


def ground_tasks(
    asked: Asked, areas: Iterable[VillageArea], counts: Mapping[str, TreeCount], doubts: Doubts
) -> tuple[Task, ...]:
    """Return a row a village on its area, a row a community on its trees.

    What a month's verdict would hold against a village on paper is short here, and nothing else is.

    Parameters
    ----------
    asked
        Rules, registers, places, day.
    areas
        As measured.
    counts
        Community's code → trees that the month's image supports; they confirm the register, they never replace it.
    doubts
        What may excuse a lack.
    """
    return tuple(
        _area(asked, one, doubts)
        if one.kind != "community"
        else _trees(asked, one, counts.get(one.village_code), doubts)
        for one in areas
    )


def _area(asked: Asked, area: VillageArea, doubts: Doubts) -> Task:
    land, due = asked.settings.land, asked.settings.milestones.planted
    reach = land.borderline_sigmas * area.uncertainty_m2
    ends = [m2_to_mu(max(0.0, area.area_m2 + side * reach)) for side in (-1, 1)]
    state = _state(asked, area, due, doubts)
    notes = [Note("plots", {"plots": area.plots})]
    if state != "met" and doubt_of(area):
        notes.append(Note("plots_in_doubt"))
    elif state != "met" and area.village_code in doubts.refused:
        notes.append(Note("plots_refused"))
    elif state == "not_reported":
        notes.append(Note("plots_unread"))
    if state == "review":
        notes.append(Note("prior_canopy", {"area": f"{area.prior_canopy_m2:.0f}"}))
    return Task(area.village_code, "area", state, land.clause("village_min_area_mu"),
                value=area.area_mu, required=land.village_min_area_mu, low=ends[0], high=ends[1], due=due,
                notes=tuple(notes), on=asked.on)  # fmt: skip


def _trees(asked: Asked, area: VillageArea, count: TreeCount | None, doubts: Doubts) -> Task:
    land, due = asked.settings.land, asked.settings.milestones.planted
    low, high = math.nan, math.nan
    notes: tuple[Note, ...] = ()
    if count is not None:
        says = support_register(area.trees or 0, count)
        known = says != "cannot_tell"
        low, high = (count.low, count.high) if known else (math.nan, math.nan)
        notes = (Note(f"image_{says if known else count.reason}", {"low": low, "high": high, "found": count.found}),)
    return Task(area.village_code, "trees", _state(asked, area, due, doubts), land.clause("community_min_trees"),
                value=math.nan if area.trees is None else area.trees, required=land.community_min_trees, low=low,
                high=high, due=due, notes=notes, on=asked.on)  # fmt: skip


def _state(asked: Asked, area: VillageArea, due: date, doubts: Doubts) -> State:
    if area.status == "meets":
        return "met"
    if area.status == "borderline":
        return "borderline"
    if doubts.unread & {area.village_code, area.kind} or doubt_of(area):
        return unreported(due, asked.on)
    former = area.status == "short" and area.required_mu is not None and not doubts.accuses
    if former and not short_without_doubt(area, asked.settings):
        return "review"  # by the word of an image of what stood there before: for a person to see
    return "ahead" if asked.on <= due else "short"


def planted_by(asked: Asked, areas: Iterable[VillageArea], plots: Sequence[tuple[str, date | None, float]],
               doubts: Doubts) -> Planted:  # fmt: skip
    """Say when each village came to what is asked, from its plots' and trees' own days.

    Parameters
    ----------
    asked
        Rules, registers, places, day.
    areas
        As measured: only who has what is asked has a day.
    plots
        Each accepted plot's village, day of planting and area, m².
    doubts
        What may excuse a lack.
    """
    days: dict[str, date] = {}
    met: set[str] = set()
    unknown: set[str] = set()
    trees = _tree_days(asked)
    grown = _plot_days(plots)
    for area in areas:
        code = area.village_code
        if area.status != "meets":
            if _state(asked, area, asked.settings.milestones.planted, doubts) not in {"ahead", "short"}:
                unknown.add(code)
            continue
        met.add(code)
        of_trees = area.kind == "community"
        need = float(area.required_trees or 0) if of_trees else mu_to_m2(area.required_mu or 0.0)
        day = _reached_on(trees.get(code, ()) if of_trees else grown.get(code, ()), need)
        if day is not None:
            days[code] = day
    return Planted(days, frozenset(met), frozenset(unknown))


def _tree_days(asked: Asked) -> dict[str, list[tuple[date | None, float]]]:
    found: dict[str, list[tuple[date | None, float]]] = defaultdict(list)
    for one in asked.registers.trees.rows:
        if one.alive and asked.past(one.planted_on):
            found[one.village_code].append((one.planted_on, 1.0))
    return found


def _plot_days(plots: Iterable[tuple[str, date | None, float]]) -> dict[str, list[tuple[date | None, float]]]:
    found: dict[str, list[tuple[date | None, float]]] = defaultdict(list)
    for code, day, area_m2 in plots:
        found[code].append((day, area_m2))
    return found


def _reached_on(parts: Sequence[tuple[date | None, float]], need: float) -> date | None:
    """First day on which the parts came to what is needed; None where parts without a day are needed for it."""
    had = 0.0
    for day, part in sorted((one for one in parts if one[0] is not None), key=lambda one: one[0]):  # type: ignore[arg-type,return-value]
        had += part
        if had >= need:
            return day
    return None
