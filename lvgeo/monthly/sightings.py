"""The month's scenes and their baselines as class rasters, and why a village has none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lvgeo.errors import Refusal
from lvgeo.monthly.baselines import baseline_scenes, second_scenes, with_seconds
from lvgeo.monthly.canopy import classify_street
from lvgeo.monthly.catalogue import write_catalogue
from lvgeo.monthly.dated import Dated
from lvgeo.monthly.inputs import imagery_of
from lvgeo.monthly.month_folders import outside_months
from lvgeo.monthly.recycled import recycled_images
from lvgeo.monthly.run import months_up_to
from lvgeo.monthly.scenes import MonthScenes, find_scenes, tells_of_image
from lvgeo.progress.change import measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.land.plots import Plots
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.inputs import CampaignInputs
    from lvgeo.monthly.run import Run
    from lvgeo.monthly.silent import Listener

__all__ = ["classify_month", "prior_canopy"]


def classify_month(
    run: Run, inputs: CampaignInputs, accepted: Plots, progress: Listener
) -> tuple[Classified, dict[str, str], list[Refusal]]:
    """Class rasters of the month and its baselines, why a village has none, and what was refused."""
    imagery, layout = imagery_of(run.layout, run.settings), run.layout
    months = months_up_to(layout, run.month)
    scenes = {m: find_scenes(str(m), layout.imagery(m), inputs.villages, imagery) for m in months}
    befores = baseline_scenes(scenes, inputs.villages, accepted, imagery)
    itself = {code for code, dated in befores.items() if dated.label == str(run.month)}
    mine = scenes.get(run.month, MonthScenes(str(run.month), {}, ()))
    recycled = recycled_images({str(m): found.by_village for m, found in scenes.items()}, str(run.month), run.engine)
    afters = {
        code: Dated(str(run.month), scene)
        for code, scene in mine.by_village.items()
        if code not in itself and code not in recycled
    }
    classified = classify_street(inputs.villages, (befores, afters), imagery, layout.canopy, progress, run.engine)
    write_catalogue(layout.canopy, classified, str(run.month), run.settings.campaign.name)
    classified = with_seconds(classified, second_scenes(scenes, befores, accepted), imagery, layout.canopy)
    # What was refused at sight is an image of the month too.
    classified = replace(classified, refused=(*mine.refused, *classified.refused))
    used = {dated.label for dated in befores.values()}
    refused = [r for m, found in scenes.items() if m != run.month and str(m) in used for r in found.refused]
    refused += classified.refused
    every = inputs.villages.frame["village_code"]
    at_sight = {code for code in every if any(tells_of_image(one, code) for one in mine.refused)}
    missing, absent = _missing(run, inputs, classified, _Absent(itself, recycled, {*afters, *at_sight}))
    return classified, missing, [*refused, *absent, *outside_months(layout)]


@dataclass(frozen=True, slots=True)
class _Absent:
    """Villages whose baseline is this month's, whose image is an earlier one, and who handed in an image at all."""

    itself: set[str]
    recycled: Mapping[str, Refusal]
    flown: set[str]


def _missing(
    run: Run, inputs: CampaignInputs, classified: Classified, absent: _Absent
) -> tuple[dict[str, str], list[Refusal]]:
    """Village code → why it has no pair of scenes, and what is said of it."""
    missing: dict[str, str] = {}
    refused: list[Refusal] = []
    for code, name in inputs.villages.frame[["village_code", "village"]].itertuples(index=False):
        if code in absent.itself or str(run.month) <= _baseline_of(code, run):
            missing[code] = "baseline_month"
        elif code not in classified.befores:
            missing[code] = "no_baseline"
            refused.append(Refusal("baseline_missing", feature=f"{code} {name}", value=_baseline_of(code, run)))
        elif code in absent.recycled:
            missing[code] = "recycled"
            refused.append(absent.recycled[code])
        elif code not in classified.pairs:
            missing[code] = "no_image"
            if code not in absent.flown:
                refused.append(Refusal("scene_missing", feature=f"{code} {name}", value=str(run.month)))
    return missing, refused


def _baseline_of(code: str, run: Run) -> str:
    return run.settings.imagery.baseline_by_village.get(code, run.settings.imagery.baseline)


def prior_canopy(accepted: Plots, classified: Classified, inputs: CampaignInputs) -> dict[str, float]:
    """Plot id → share of it under canopy at the baseline, where a baseline saw enough of it.

    Ground that lay in a cloud's shadow at the baseline or in the month's image says nothing.
    """
    found: dict[str, float] = {}
    frame = accepted.frame
    for code, scene in classified.befores.items():
        mine = frame[frame["village_code"] == code]
        pair = classified.pairs.get(code)
        other = pair.after.canopy if pair and pair.after.canopy.provenance["shaded_share"] else scene.canopy
        changes = measure(scene.canopy, other, list(mine.geometry), inputs.villages.crs)
        for plot_id, change in zip(mine["plot_id"], changes, strict=True):
            if change.observed_share > 0:
                found[plot_id] = change.before_share
    return found
