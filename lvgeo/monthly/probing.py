"""Ask of each village whose growth is judged: what would this model see of young crowns, and does the word hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import shapely
from pyproj import CRS

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.classify import classify
from lvgeo.imagery.probe import canopy_shares, read_probes, stored_radiometry, with_crowns
from lvgeo.monthly.work import MIN_CELLS, canopy_colours
from lvgeo.progress.change import combine, measure
from lvgeo.progress.saplings import Saplings, draw_cover
from lvgeo.progress.stress import placed_otherwise
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.classify import Scene, SceneJob
    from lvgeo.imagery.model import Model
    from lvgeo.imagery.probe import Probe
    from lvgeo.monthly.bench import Bench
    from lvgeo.monthly.findings import Pair

__all__ = ["ProbeJob", "Probed", "probe_job", "probe_village"]

CROWNS_M: Final = (0.3, 0.6, 1.0, 1.5, 2.0, 3.0)  # drawn in, to learn what share of them the model recovers
PIECES: Final = 6  # pieces of unplanted ground that crowns are drawn into
MIN_COVER: Final = 1e-3
MIN_OBSERVED: Final = 0.95  # of the plots, for a second scene from before planting to say anything


@dataclass(frozen=True, slots=True)
class ProbeJob:
    """One village's images, seen again in pieces.

    Parameters
    ----------
    village_code
        Whose.
    pair, model
        Scenes of both dates with their class rasters, and the model that made these.
    plots, controls
        Plots in `crs`, and unplanted squares in the grid's CRS.
    crs
        WKT of the plots' reference system.
    spacing_m
        Rows and plants at the legal minimum.
    colour
        Red, green and blue of this month's grown canopy; empty where there is none to go by.
    seed
        Of the crowns drawn.
    second, max_residual_px
        Another scene from before planting, and the limit of registration's residual.
    """

    village_code: str
    pair: Pair
    model: Model
    plots: tuple[BaseGeometry, ...]
    controls: tuple[BaseGeometry, ...]
    crs: str
    spacing_m: tuple[float, float]
    colour: tuple[float, ...]
    seed: int
    second: SceneJob | None = None
    max_residual_px: float = 0.0

    @property
    def scene(self) -> Scene:
        """The month's."""
        return self.pair.scene


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of it.

    Parameters
    ----------
    low_pp, high_pp
        By how much the adjusted change may lie lower (at most 0) and higher (at least 0).
    crowns_m, recovered
        Crown diameters, and the share of their area that the model calls canopy, 0 to 1; empty where not measured.
    second, second_pp
        Name of the other scene from before planting, empty where none could be used, and by how much the adjusted
        change would be higher, judged from it.
    """

    low_pp: float
    high_pp: float
    crowns_m: tuple[float, ...] = ()
    recovered: tuple[float, ...] = ()
    second: str = ""
    second_pp: float = 0.0


def probe_village(job: ProbeJob) -> Probed:
    """Measure both.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    crs, pair = CRS.from_wkt(job.crs), job.pair
    pixel_m = pair.after.canopy.grid.ground_pixel_m
    residual = pair.after.registration.residual_m / pixel_m
    low, high = placed_otherwise(pair.before.canopy, pair.after.canopy, job.plots, crs, residual)
    lower, higher = _read_otherwise(job, crs)
    found = _recovered(job) if job.colour else ()
    crowns = CROWNS_M if found else ()
    return Probed(min(low, lower), max(high, higher), crowns, found, *_from_second(job, crs))


def _from_second(job: ProbeJob, crs: CRS) -> tuple[str, float]:
    """By how much plots less controls would have gained more since the second scene: what they gained in between."""
    if job.second is None:
        return "", 0.0
    try:
        second = classify(job.second)
    except InputRefusedError:
        return "", 0.0  # a scene that cannot be read puts nothing to the test
    first = job.pair.before.canopy
    limit_m = job.max_residual_px * first.grid.ground_pixel_m
    if second.registration.refusal or not second.registration.residual_m <= limit_m:
        return "", 0.0
    plots = combine(measure(second.canopy, first, job.plots, crs))
    to_plots = between(first.grid.crs, crs).transform
    controls = [shapely.transform(one, to_plots, interleaved=False) for one in job.controls]
    beside = combine(measure(second.canopy, first, controls, crs)).net_pp
    if not plots.observed_share >= MIN_OBSERVED or not math.isfinite(plots.net_pp):
        return "", 0.0
    return job.second.name, plots.net_pp - (beside if math.isfinite(beside) else 0.0)


def _read_otherwise(job: ProbeJob, crs: CRS) -> tuple[float, float]:
    """By how much plots less controls would have changed otherwise, with the threshold at either end."""
    halo = job.model.reader(stored_radiometry(job.pair.before, len(job.model.roles))).halo_px
    sides = []
    for scene, classified in ((job.pair.baseline_scene, job.pair.before), (job.pair.scene, job.pair.after)):
        plots = read_probes(scene, classified, job.model.roles, job.plots, crs, halo)
        controls = read_probes(scene, classified, job.model.roles, job.controls, classified.canopy.grid.crs, halo)
        sides.append((plots, controls, stored_radiometry(classified, len(job.model.roles))))
    changes = []
    for model in (job.model, *job.model.variants()):
        (before, before_controls), (after, after_controls) = (
            [_mean(canopy_shares(probes, model.reader(light)), probes) for probes in (plots, controls)]
            for plots, controls, light in sides
        )
        changes.append(100.0 * ((after - before) - (after_controls - before_controls)))
    apart = [one - changes[0] for one in changes[1:] if np.isfinite(one - changes[0])]
    return min([0.0, *apart]), max([0.0, *apart])


def _mean(shares: NDArray[np.float64], probes: Sequence[Probe]) -> float:
    """Mean over pieces of ground, each by its observed size; nothing to compare with changes nothing."""
    sizes = np.array([float(probe.inside.sum()) for probe in probes])
    known = np.isfinite(shares)
    return float((shares[known] * sizes[known]).sum() / sizes[known].sum()) if known.any() else 0.0


def _share_under(cover: NDArray[np.float32], probe: Probe) -> float:
    return float(cover[probe.inside].mean()) if probe.inside.any() else 0.0


def _recovered(job: ProbeJob) -> tuple[float, ...]:
    """Share of drawn crowns' area that shows as canopy, beyond what showed before."""
    light = stored_radiometry(job.pair.after, len(job.model.roles))
    reader = job.model.reader(light)
    place = job.pair.after.canopy.grid.crs
    probes = read_probes(
        job.pair.scene, job.pair.after, job.model.roles, job.controls[:PIECES], place, reader.halo_px
    )  # fmt: skip
    if not probes:
        return ()
    bare = canopy_shares(probes, reader)
    rng = np.random.default_rng([job.seed, int(job.village_code), 3])
    found: list[float] = []
    for crown_m in CROWNS_M:
        wide = max(job.spacing_m[0], 1.2 * crown_m), max(job.spacing_m[1], 1.2 * crown_m)
        covers = [draw_cover(one.inside.shape, one.pixel_m, Saplings(crown_m, 1.0, wide, 0.0), rng) for one in probes]
        drawn = [with_crowns(one, cover, job.colour) for one, cover in zip(probes, covers, strict=True)]
        true = np.array([_share_under(cover, one) for cover, one in zip(covers, probes, strict=True)])
        gained = np.maximum(canopy_shares(drawn, reader) - bare, 0.0)
        known = np.isfinite(gained) & (true > MIN_COVER)
        found.append(min(1.0, float(gained[known].sum() / true[known].sum())) if known.any() else 0.0)
    return tuple(found)


def probe_job(bench: Bench, code: str) -> ProbeJob:
    """Which pieces of both images are seen again."""
    pair, lattice = bench.classified.pairs[code], bench.lattices[code]
    model = bench.classified.model
    frame = bench.ground.measured.frame
    colours = canopy_colours(pair, lattice)
    plain = model is not None and model.roles == ("red", "green", "blue") and colours.shape[1] >= MIN_CELLS
    colour = tuple(float(v) for v in np.median(colours, axis=1)) if plain else ()
    return ProbeJob(
        code, pair, cast("Model", model), tuple(frame.geometry[frame["village_code"] == code]),
        tuple(lattice.places(*bench.bare(code))), bench.ground.villages.crs.to_wkt(),
        bench.settings.growth.spacing_m, colour, bench.settings.campaign.seed,
        bench.classified.seconds.get(code), bench.settings.imagery.max_residual_px,
    )  # fmt: skip
