"""Which scene is each village's baseline: the ground before its planting."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lvgeo.errors import Refusal
from lvgeo.imagery.classify import SceneJob
from lvgeo.monthly.dated import Dated
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from lvgeo.campaign.settings import ImageryTable
    from lvgeo.imagery.classify import Scene
    from lvgeo.land.plots import Plots, Villages
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.scenes import MonthScenes

__all__ = ["baseline_scenes", "second_scenes", "with_seconds"]


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


def second_scenes(scenes: Mapping[Month, MonthScenes], chosen: Mapping[str, Dated], plots: Plots) -> dict[str, Dated]:
    """Village code → another scene from before its planting, the newest, where there is one.

    Before its first planting day as the register says; where that is not known, before its baseline.

    Parameters
    ----------
    scenes
        Month → its scenes, up to the month that is judged.
    chosen
        Its baseline.
    plots
        Accepted plots with their planting days.
    """
    found: dict[str, Dated] = {}
    for code, baseline in chosen.items():
        planted = _first_planting(plots, code)
        end = Month.of(planted) if planted is not None else Month.parse(baseline.label)
        others = [m for m in scenes if m < end and code in scenes[m].by_village and str(m) != baseline.label]
        if others:
            found[code] = Dated(str(max(others)), scenes[max(others)].by_village[code])
    return found


def with_seconds(
    classified: Classified, scenes: Mapping[str, Dated], imagery: ImageryTable, folder: Path
) -> Classified:
    """Make ready to judge from these scenes too, each placed on its village's baseline and brought to its light.

    One without a surface model is left out, and named, where the pair was read with them; heights of one are laid aside
    where not.
    """
    usable: dict[str, Dated] = {}
    refused: list[Refusal] = []
    for code in sorted(scenes.keys() & classified.pairs.keys()):
        pair, dated = classified.pairs[code], scenes[code]
        if dated.scene.heights or not pair.baseline_scene.heights:
            usable[code] = dated
        else:
            refused.append(
                Refusal("second_without_heights", dated.scene.files[0].path, code, dated.label, pair.baseline)
            )
    jobs = {
        code: SceneJob(
            code, _like_the_pair(dated, classified, code), classified.pairs[code].baseline_scene,
            classified.pairs[code].before.canopy.grid, classified.model, imagery.max_shift_m, str(folder / code),
            dated.label, str(classified.pairs[code].before.preview),
        )
        for code, dated in usable.items()
        if classified.model is not None
    }  # fmt: skip
    return replace(classified, seconds=jobs, refused=(*classified.refused, *refused))


def _like_the_pair(dated: Dated, classified: Classified, code: str) -> Scene:
    return dated.scene if classified.pairs[code].baseline_scene.heights else dated.without_heights().scene


def _first_planting(plots: Plots, code: str) -> date | None:
    mine = plots.frame[plots.frame["village_code"] == code]
    days = [day for day in mine["planted_on"] if day is not None and day == day]  # noqa: PLR0124 - not NaT
    return min(days, default=None)
