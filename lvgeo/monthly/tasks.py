"""What the plan asks besides canopy: rows of compliance.csv, lines of a card, and what is due."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import CATALOGUE, say
from lvgeo.land.accepted import accepted_plots
from lvgeo.land.area import geodesic_area_m2
from lvgeo.progress.tasks.ground import Doubts
from lvgeo.progress.tasks.rulebook import Evidence, all_tasks
from lvgeo.progress.tasks.task import STANDINGS, Asked, Note, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.land.compliance import VillageArea
    from lvgeo.land.plots import Plots
    from lvgeo.monthly.inputs import CampaignInputs
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.loss import LossPatch
    from lvgeo.progress.tasks.task import Task
    from lvgeo.progress.tree_count import TreeCount

__all__ = [
    "Seen", "compliance_rows", "figures_of", "joined", "layer_rows", "said_again", "task_facts", "tasks_of", "title_of",
]  # fmt: skip

_DECIMALS: Final = 4
_SETTLED: Final = ("met", "kept")
_ORDER: Final = tuple(STANDINGS)
_APART: Final = re.compile(r"[;；,，、\s/]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a month's images add.

    Parameters
    ----------
    flown
        Village code → whether the month's image came.
    losses
        Patches of canopy lost.
    counts
        Community's code → trees that the image supports.
    accuses
        Whether the canopy model may accuse.
    """

    flown: Mapping[str, bool] = field(default_factory=dict)
    losses: Sequence[LossPatch] = ()
    counts: Mapping[str, TreeCount] = field(default_factory=dict)
    accuses: bool = False


def tasks_of(
    inputs: CampaignInputs,
    areas: Sequence[VillageArea],
    settings: CampaignSettings,
    on: date,
    seen: Seen | None = None,
) -> tuple[Task, ...]:
    """Hold all that the plan asks against what was handed in.

    Parameters
    ----------
    inputs
        Boundaries, plots, registers.
    areas
        As measured.
    settings
        The year's rules.
    on
        As of which day.
    seen
        What images add; None where nobody looked at any.
    """
    seen = seen or Seen()
    accepted = accepted_plots(inputs.plots, inputs.villages, inputs.issues)
    lost: dict[str, list[float]] = defaultdict(list)
    for patch in seen.losses:
        lost[patch.village_code].append(patch.area_m2)
    doubts = Doubts(inputs.unread, _refused(inputs.plots, accepted), seen.accuses)
    known = Evidence(
        areas, _plots(accepted), _plot_trees(accepted), doubts, seen.counts, seen.flown, lost,
    )  # fmt: skip
    places = tuple(Place(one.village_code, one.village, one.kind) for one in areas)
    return all_tasks(Asked(settings, inputs.registers, places, on), known)


def _refused(plots: Plots, accepted: Plots) -> frozenset[str]:
    """Villages with a plot that was handed in and does not count."""
    counted = set(accepted.ids)
    return frozenset(code for plot, code in zip(plots.ids, plots.codes, strict=True) if plot not in counted and code)


def _plots(accepted: Plots) -> list[tuple[str, date | None, float]]:
    frame = accepted.frame
    areas = geodesic_area_m2(list(frame.geometry)) if len(frame) else ()
    return [(code, day, float(m2)) for code, day, m2 in zip(accepted.codes, frame["planted_on"], areas, strict=True)]


def _plot_trees(accepted: Plots) -> dict[str, Counter[str]]:
    """Village code → species → trees; a plot of several species shares its trees out evenly."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    frame = accepted.frame
    for code, written, trees in zip(accepted.codes, frame["species"], frame["trees"], strict=True):
        names = [name for name in _APART.split(str(written or "")) if name]
        each = 0.0 if math.isnan(trees) or not names else trees / len(names)
        for name in names:
            found[code][name] += max(1, round(each))
    return found


def compliance_rows(tasks: Iterable[Task], areas: Iterable[VillageArea], language: Language) -> Rows:
    """Rows of compliance.csv.

    Parameters
    ----------
    tasks
        As held.
    areas
        Of every village, for names and kinds.
    language
        Of the notes; codes stay as they are.
    """
    street = say("task_street", language), ""
    places = {one.village_code: (one.village, one.kind) for one in areas}
    return tuple(_row(one, places.get(one.village_code, street), language) for one in tasks)


def _row(task: Task, place: tuple[str, str], language: Language) -> dict[str, object]:
    name, kind = place
    return {
        "village_code": task.village_code, "village": name, "kind": kind, "task": task.task, "item": task.item,
        "clause": task.clause, "state": task.state, "value": _figure(task.value), "required": _figure(task.required),
        "low": _figure(task.low), "high": _figure(task.high), "due": str(task.due or ""),
        "done_on": str(task.done_on or ""), "days_late": task.days_late,
        "note": joined((one.sentence(language) for one in task.notes), language),
    }  # fmt: skip


def layer_rows(tasks: Iterable[Task], rows: Rows) -> list[dict[str, object]]:
    """Rows as a layer keeps them: the notes by their codes too, so that a map can say them in either language."""
    return [
        {**row, "note_codes": json.dumps([[one.code, dict(one.values)] for one in task.notes], ensure_ascii=False)}
        for task, row in zip(tasks, rows, strict=True)
    ]


def said_again(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return a layer's row with its note in that language."""
    notes = (Note(code, values).sentence(language) for code, values in json.loads(str(row["note_codes"])))
    return {**row, "note": joined(notes, language)}


def _figure(value: float) -> float | None:
    return round(value, _DECIMALS) if math.isfinite(value) else None


def joined(parts: Iterable[str], language: Language) -> str:
    """Put parts into one line, as the language does it."""
    return ("；" if language == "zh" else "; ").join(parts)


def title_of(row: Mapping[str, Any], language: Language) -> str:
    """Name a row's task, and which of several.

    Examples
    --------
    >>> title_of({"task": "quota", "item": "member"}, "en"), title_of({"task": "pits", "item": ""}, "en")
    ('trees by role: party members and cadres', 'pits dug')
    """
    title, item = say(f"task_{row['task']}", language), str(row.get("item") or "")
    if not item:
        return title
    named = say(f"role_{item}", language) if f"role_{item}" in CATALOGUE else item
    if named == title:
        return title
    return f"{title}{'：' if language == 'zh' else ': '}{named}"


def figures_of(row: Mapping[str, Any], language: Language) -> str:
    """Say a row's count against what is asked, its interval, and its day.

    Examples
    --------
    >>> figures_of({"task": "trees", "value": 131.0, "required": 150.0, "due": "2024-02-29"}, "en")
    '131 of 150; due 2024-02-29'
    >>> figures_of({"task": "survival", "value": 0.9, "required": 0.85, "low": 0.86, "high": 0.94}, "zh")
    '90.0% / 85.0%（86.0%–94.0%）'
    """
    share = row["task"] in {"survival", "colourful"}
    value, required, low, high = (_shown(row.get(key), share=share) for key in ("value", "required", "low", "high"))
    parts = []
    if value:
        counted = say("task_of", language, value=value, required=required) if required else value
        ranged = bool(low and high) and (low, high) != (value, value)
        parts.append(counted + (say("task_range", language, low=low, high=high) if ranged else ""))
    late = row.get("days_late")
    if row.get("due"):
        parts.append(say("task_due", language, due=row["due"]))
    if row.get("done_on"):
        parts.append(say("task_done", language, on=row["done_on"]))
    if late is not None:
        parts.append(say("task_late", language, days=int(late)))
    return joined(parts, language)


def _shown(value: Any, *, share: bool) -> str:
    if value is None or value != value:  # noqa: PLR0124 - only nan differs from itself
        return ""
    return f"{value:.1%}" if share else f"{value:.3f}".rstrip("0").rstrip(".")


def task_facts(rows: Iterable[Mapping[str, Any]], language: Language) -> tuple[tuple[str, str], ...]:
    """Lines of a village's card: what wants doing first, what is settled counted in one line.

    Parameters
    ----------
    rows
        Its rows of compliance.csv.
    language
        Of the words.
    """
    ordered = sorted(rows, key=lambda row: _ORDER.index(row["state"]))
    open_ones = [row for row in ordered if row["state"] not in _SETTLED]
    facts = [(title_of(row, language), _line(row, language)) for row in open_ones]
    settled = len(ordered) - len(open_ones)
    return (*facts, (say("task_settled", language), str(settled))) if ordered else ()


def _line(row: Mapping[str, Any], language: Language) -> str:
    parts = (say(f"progress_{row['state']}", language), figures_of(row, language), str(row.get("note") or ""))
    return joined((part for part in parts if part), language)
