"""Which scene is each village's baseline: the ground before its planting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lvgeo.monthly.canopy import Dated
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lvgeo.campaign.settings import ImageryTable
    from lvgeo.land.plots import Plots, Villages
    from lvgeo.monthly.scenes import MonthScenes

__all__ = ["baseline_scenes"]


def baseline_scenes(
    scenes: Mapping[Month, MonthScenes], villages: Villages, plots: Plots, imagery: ImageryTable
) -> dict[str, Dated]:
    """Village code → its baseline.

    The campaign's month, or the village's own; for a village without a scene then, its newest scene from before its
    first planting. Later months are not looked at, so that a month is judged only from itself and earlier ones.

    Parameters
    ----------
    scenes
        Month → its scenes, up to the month that is judged.
    villages, plots
        Boundaries, and accepted plots with their planting days.
    imagery
        Baseline months.
    """
    found: dict[str, Dated] = {}
    for code in villages.frame["village_code"]:
        named = Month.parse(imagery.baseline_by_village.get(code, imagery.baseline))
        if named in scenes and code in scenes[named].by_village:
            found[code] = Dated(str(named), scenes[named].by_village[code])
            continue
        planted = _first_planting(plots, code)
        earlier = [m for m in scenes if planted is not None and code in scenes[m].by_village and m < Month.of(planted)]
        if earlier:
            found[code] = Dated(str(max(earlier)), scenes[max(earlier)].by_village[code])
    return found


def _first_planting(plots: Plots, code: str) -> date | None:
    mine = plots.frame[plots.frame["village_code"] == code]
    days = [day for day in mine["planted_on"] if day is not None and day == day]  # noqa: PLR0124 - not NaT
    return min(days, default=None)
