"""Everything that the plan asks besides canopy, of everybody, in one order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lvgeo.progress.tasks.built import built_tasks
from lvgeo.progress.tasks.funds import fund_tasks
from lvgeo.progress.tasks.ground import Doubts, ground_tasks, planted_by
from lvgeo.progress.tasks.milestones import milestone_tasks
from lvgeo.progress.tasks.quotas import quota_tasks
from lvgeo.progress.tasks.service import felling_tasks, flight_tasks, visit_tasks
from lvgeo.progress.tasks.species import species_tasks
from lvgeo.progress.tasks.survival import survival_tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from lvgeo.land.compliance import VillageArea
    from lvgeo.progress.tasks.task import Asked, Task
    from lvgeo.progress.tree_count import TreeCount

__all__ = ["Evidence", "all_tasks"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known besides the registers.

    Parameters
    ----------
    areas
        Each village's area and each community's trees, as measured.
    plots
        Each accepted plot's village, day of planting and area, m².
    plot_trees
        Village code → species → trees that its accepted plots declare.
    doubts
        What may excuse a lack.
    counts
        Community's code → trees that the month's image supports.
    flown
        Village code → whether the month's image came; empty where nobody asked for images.
    lost_m2
        Village code → patches of canopy lost since the baseline, m².
    """

    areas: Sequence[VillageArea]
    plots: Sequence[tuple[str, date | None, float]] = ()
    plot_trees: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    doubts: Doubts = field(default_factory=Doubts)
    counts: Mapping[str, TreeCount] = field(default_factory=dict)
    flown: Mapping[str, bool] = field(default_factory=dict)
    lost_m2: Mapping[str, Sequence[float]] = field(default_factory=dict)


def all_tasks(asked: Asked, known: Evidence) -> tuple[Task, ...]:
    """Hold everything against the registers and the ground.

    Parameters
    ----------
    asked
        Rules, registers, places, day.
    known
        Areas, images.

    Returns
    -------
    tuple[Task, ...]
        The sub-district's first, then each village's, each in the plan's order.
    """
    planted = planted_by(asked, known.areas, known.plots, known.doubts)
    tasks = (
        *ground_tasks(asked, known.areas, known.counts, known.doubts),
        *milestone_tasks(asked, planted),
        *built_tasks(asked),
        *quota_tasks(asked),
        *visit_tasks(asked),
        *survival_tasks(asked),
        *species_tasks(asked, known.plot_trees),
        *flight_tasks(asked, known.flown),
        *felling_tasks(asked, known.lost_m2),
        *fund_tasks(asked),
    )
    order = {"": -1} | {place.village_code: number for number, place in enumerate(asked.places)}
    return tuple(sorted(tasks, key=lambda one: order[one.village_code]))
