"""Rows of ranking.csv: completion of what the plan asks, by the weights of campaign.toml."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lvgeo.progress.ranking import Completion, Part, rank_villages
from lvgeo.progress.tasks.milestones import MILESTONES
from lvgeo.units import mu_to_m2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.land.compliance import VillageArea
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.tasks.task import Task

__all__ = ["ranking_rows"]

_SIGMAS: Final = 1.96  # half of a survival's interval
_OWN: Final = frozenset(one.key for one in MILESTONES if one.scope == "each")
_KNOWN: Final = frozenset({"kept", "late", "overdue"})


def ranking_rows(
    areas: Sequence[VillageArea], tasks: Iterable[Task], verdicts: Mapping[str, str], settings: CampaignSettings
) -> Rows:
    """Rank every village by the month's word and what it has done.

    Parameters
    ----------
    areas
        Area of villages, trees of communities, against what is required.
    tasks
        What the plan asks besides.
    verdicts
        Village code → the month's word.
    settings
        Weights, and the seed of the draws.
    """
    mine: dict[str, list[Task]] = {}
    for task in tasks:
        mine.setdefault(task.village_code, []).append(task)
    weights = settings.villages.ranking_weights.model_dump()
    parts = {one.village_code: _parts(one, mine.get(one.village_code, ()), settings) for one in areas}
    counted = [
        Completion(one.village_code, _weighed(parts[one.village_code], weights), verdicts[one.village_code])
        for one in areas
    ]
    names = {one.village_code: (one.village, one.kind) for one in areas}
    return tuple(
        {
            "rank": rank.rank or None, "rank_low": rank.low or None, "rank_high": rank.high or None,
            "village_code": rank.village_code, "village": names[rank.village_code][0],
            "kind": names[rank.village_code][1], "completion": _figure(rank.completion),
            **{f"{key}_share": _figure(part.share) for key, part in parts[rank.village_code].items()},
            "verdict": verdicts[rank.village_code], "unranked": rank.reason,
        }
        for rank in rank_villages(counted, settings.campaign.seed)
    )  # fmt: skip


def _weighed(parts: Mapping[str, Part], weights: Mapping[str, float]) -> tuple[Part, ...]:
    """Parts that count; none where the ground asks for nothing, whatever else is asked."""
    if math.isinf(parts["ground"].share):
        return ()
    return tuple(Part(part.share, part.sigma, weights[key]) for key, part in parts.items() if weights.get(key, 0) > 0)


def _parts(area: VillageArea, tasks: Iterable[Task], settings: CampaignSettings) -> dict[str, Part]:
    by_name = {task.task: task for task in tasks}
    due = [task.state for task in by_name.values() if task.task in _OWN and task.state in _KNOWN]
    kept = due.count("kept") / len(due) if due else math.nan
    survival = by_name.get("survival")
    return {"ground": _ground(area), "survival": _survival(survival, settings), "milestones": Part(kept)}


def _ground(area: VillageArea) -> Part:
    """Trees of a community, area of a village; infinite where nothing is required."""
    if area.kind == "community":
        asked = float(area.required_trees or 0)
        return Part(math.inf if not asked else math.nan if area.trees is None else area.trees / asked)
    asked = mu_to_m2(area.required_mu or 0.0)
    return Part(area.area_m2 / asked, area.uncertainty_m2 / asked) if asked else Part(math.inf)


def _survival(task: Task | None, settings: CampaignSettings) -> Part:
    if task is None or math.isnan(task.value) or not settings.survival.qualified:
        return Part(math.nan)
    limit = settings.survival.qualified
    return Part(task.value / limit, (task.high - task.low) / 2 / _SIGMAS / limit)


def _figure(share: float) -> float | None:
    return round(share, 4) if math.isfinite(share) else None
