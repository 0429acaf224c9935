"""Count crowns on communities' planted ground in the month's image, to stand beside their registers of trees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.engine import THREADS, run
from lvgeo.errors import InputRefusedError
from lvgeo.imagery.crown_model import load_crowns
from lvgeo.imagery.crown_scene import CrownGround, own_pixel_m, read_crown_image
from lvgeo.imagery.crowns import MIN_CROWN_PX, crown_pixels, find_crowns, find_spots
from lvgeo.imagery.shipped import shipped_model
from lvgeo.monthly.scenes import tells_of_image
from lvgeo.progress.expected import Group, Stand, expected_crown_m, growth_group
from lvgeo.progress.tree_count import Tally, TreeCount, count_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.imagery.crown_scene import CrownImage
    from lvgeo.land.plots import Plots
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.findings import Pair
    from lvgeo.monthly.inputs import CampaignInputs
    from lvgeo.registers.trees import Tree

__all__ = ["count_trees"]

REACH_M: Final = 3.0  # ground around a registered place: a crown, and how far off its coordinates may lie
DEGREE_M: Final = 111_000.0
CONFIDENCE: Final = 0.9


@dataclass(frozen=True, slots=True)
class _Asked:
    """Ground to count on, and the least share of it that must be observed."""

    ground: CrownGround
    min_observed: float


def count_trees(
    inputs: CampaignInputs,
    accepted: Plots,
    classified: Classified,
    settings: CampaignSettings,
    asked_on: date,
    engine: str = THREADS,
) -> dict[str, TreeCount]:
    """Count crowns for every community with a register of trees; elsewhere nothing is to be confirmed.

    The ground is the community's accepted plots, else what lies around its registered trees' own coordinates. All trees
    that stand there are counted, also those from before.

    Parameters
    ----------
    inputs
        Boundaries and registers.
    accepted
        Accepted plots.
    classified
        The month's scenes.
    settings
        How crowns grow, and how much must be observed.
    asked_on
        As of which day trees are counted, and the image's where its files do not say.
    engine
        Where jobs run.

    Returns
    -------
    dict[str, TreeCount]
        By code, with the reason where it cannot be said: ``no_image``, ``no_place`` (neither plots nor coordinates),
        ``unreadable`` (an image was refused), ``lost`` (its job was given up), ``coarse``, ``not_observed``,
        ``out_of_domain``, ``not_calibrated``.
    """
    trees: dict[str, list[Tree]] = {}
    for tree in inputs.registers.trees.rows:
        if tree.alive and (tree.planted_on is None or tree.planted_on <= asked_on):
            trees.setdefault(tree.village_code, []).append(tree)
    frame = inputs.villages.frame
    found: dict[str, TreeCount] = {}
    jobs: list[_Asked] = []
    for code in sorted(set(frame["village_code"][frame["kind"] == "community"]) & set(trees)):
        pair = classified.pairs.get(code)
        shape = _ground(code, accepted, trees[code])
        if pair is None or shape is None:
            unread = any(tells_of_image(one, code) for one in classified.refused)
            found[code] = TreeCount(reason="no_place" if pair is not None else "unreadable" if unread else "no_image")
            continue
        crown_m = _crown_m(trees[code], pair, settings, asked_on)
        ground = CrownGround(
            code, pair.scene, pair.after.canopy.grid, pair.after.registration, shape,
            inputs.villages.crs.to_wkt(), crown_m,
        )  # fmt: skip
        jobs.append(_Asked(ground, settings.imagery.min_observed_share))
    counts = run(_counted, jobs, engine=engine, lost=lambda _job: TreeCount(reason="lost"))
    found |= {job.ground.village_code: count for job, count in zip(jobs, counts, strict=True)}
    return dict(sorted(found.items()))


def _ground(code: str, accepted: Plots, trees: Sequence[Tree]) -> BaseGeometry | None:
    """Return plots, else what lies around registered places; None where a tree has neither."""
    frame = accepted.frame
    plots = frame.geometry[frame["village_code"] == code]
    if len(plots):
        return shapely.union_all(list(plots))
    places = np.array([(one.lon, one.lat) for one in trees])
    placed = places[np.isfinite(places).all(axis=1)]
    if len(placed) < len(trees):
        return None  # a part of the trees would be held against all of them
    narrow = math.cos(math.radians(float(placed[:, 1].mean())))
    plane = shapely.points(placed * [narrow, 1.0])
    around = shapely.union_all(shapely.buffer(plane, REACH_M / DEGREE_M))
    return shapely.transform(around, lambda xy: xy / [narrow, 1.0])


def _crown_m(trees: Sequence[Tree], pair: Pair, settings: CampaignSettings, asked_on: date) -> float:
    """Crown that the smaller half of the register is bound to have: as wide as when planted, and grown since."""
    flown = date.fromisoformat(pair.flown_on) if pair.flown_on else asked_on
    known: dict[tuple[Group, date], tuple[float, float]] = {}
    crowns = []
    for one in trees:
        planted = one.planted_on or settings.milestones.planted
        key = growth_group(one.species, settings.species), planted
        if key not in known:
            known[key] = _grown_m(key[0], planted, flown, settings)
        start, now = known[key]
        crowns.append(max(now, one.crown_m + now - start) if math.isfinite(one.crown_m) else now)
    return float(np.median(crowns))


def _grown_m(group: Group, planted: date, flown: date, settings: CampaignSettings) -> tuple[float, float]:
    """Crown that a stand is bound to have when planted, and when flown."""
    start, now = (
        expected_crown_m(Stand(group, planted, day, 1.0), settings.growth, settings.campaign.seed)
        for day in (planted, max(planted, flown))
    )
    return start, now


def _counted(asked: _Asked) -> TreeCount:
    """Count on one ground; a broken raster is an answer, not an end."""
    ground = asked.ground
    if crown_pixels(ground.crown_m, own_pixel_m(ground)) < MIN_CROWN_PX:
        return TreeCount(reason="coarse")
    try:
        image = read_crown_image(ground)
    except InputRefusedError:
        return TreeCount(reason="unreadable")
    if image is None or image.observed_share < asked.min_observed:
        return TreeCount(reason="not_observed")
    model, crown_px = load_crowns(shipped_model("crowns")), ground.crown_m / image.pixel_m
    crowns = find_crowns(image.rgb, image.valid, crown_px, model)
    if not model.domain.knows(crowns.spread):
        return TreeCount(_within(image, find_spots(image.rgb, image.valid, crown_px)), reason="out_of_domain")
    found = _within(image, crowns.above(model.threshold).places)
    return count_interval(found, [Tally(*row) for row in model.card["tallies_place_found_matched_true"]], CONFIDENCE)


def _within(image: CrownImage, places: NDArray[np.int64]) -> int:
    return int(image.inside[places[:, 0], places[:, 1]].sum())
