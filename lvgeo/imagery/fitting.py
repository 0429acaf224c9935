"""Look at parts of scenes before the one pass: what a baseline is like, and how a scene lies and shines beside it."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.colours import are_reversed, refuse_grey
from lvgeo.imagery.far_look import far_off, moved_by, told_from_afar
from lvgeo.imagery.jobs import Scales
from lvgeo.imagery.laid_scenes import baseline_apart_m, lay, lay_baseline
from lvgeo.imagery.radiometry import Radiometry, fit_radiometry, identity_radiometry
from lvgeo.imagery.registered import beside
from lvgeo.imagery.registration import Registration, register
from lvgeo.imagery.sample import Sample, glanced, patches_of, sampled
from lvgeo.imagery.scale import scale_of
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.scene_window import seen
from lvgeo.imagery.sharpness import LEAST_SHARPNESS, sharpness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.flights import Flight
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.jobs import BaselineJob, Scene, SceneJob
    from lvgeo.imagery.model import Model
    from lvgeo.imagery.ordered import Each
    from lvgeo.imagery.scene import Role, SceneFile

__all__ = ["Fitted", "fit", "look_at_baseline"]

LOOK_STEP: Final = 3  # neighbours tell the same
LOOK_PX: Final = 500_000  # of a large scene so many are enough for a histogram
LOSS_STEP: Final = 7
COLOURS: Final = ("red", "green", "blue")


def look_at_baseline(job: BaselineJob, threads: int = 1) -> NDArray[np.float64]:
    """Shares of what the model counts on one baseline, summing to 1.

    Parameters
    ----------
    job
        Which.
    threads
        Windows in work at a time; changes nothing but the time.

    Raises
    ------
    InputRefusedError
        If a block cannot be read, or nothing was observed.
    """
    recipe, files = job.recipe, job.scene.files
    with ThreadPoolExecutor(threads) as pool:
        scale = scale_of(files, job.grid, recipe.roles)
        if len(files) > 1:
            # As it will be read: flights in several lights would give the street a light that none of them has.
            files = lay_baseline(job.files, Scales(scale, scale)).scene.files
            scale = scale_of(files, job.grid, recipe.roles)
        with _readers(files, job.grid, recipe.roles, scale, threads) as readers:
            samples = sampled(readers, files, pool)
        refuse_grey(job.scene.files, samples, (job.grid, recipe.roles, scale), job.village_code)
        step = max(LOOK_STEP, sum(sample.known_px for sample in samples) // LOOK_PX)
        counts = list(pool.map(lambda sample: recipe.look(sample.observed(step)), samples))
    total = np.sum(counts, axis=0)
    if not counts or not total.any():
        raise InputRefusedError(Refusal("raster_blank", file=files[0].path, feature=job.village_code))
    share: NDArray[np.float64] = total / total.sum()
    return share


@contextlib.contextmanager
def _readers(
    files: Sequence[SceneFile], grid: Grid, roles: Sequence[Role], scale: tuple[float, float], count: int
) -> Iterator[list[SceneReader]]:
    """As many readers as threads: none is shared."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(SceneReader(files, grid, roles, scale)) for _ in range(count)]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """How a scene is read.

    Parameters
    ----------
    scene
        Of several files, as they lie beside each other; of one, as it was handed over.
    registration, radiometry
        How it lies and shines beside its baseline.
    loss
        Share of pixels that its table reads otherwise than the model.
    flights
        How each file lies; none for a scene of one.
    reversed_colours
        Whether what is greener in the baseline is redder in it.
    sharpness
        As a ratio to the baseline's; below 1 where the scene is less sharp.
    """

    scene: Scene
    registration: Registration
    radiometry: Radiometry
    loss: float
    flights: tuple[Flight, ...] = ()
    reversed_colours: bool = False
    sharpness: float = 1.0


def fit(job: SceneJob, threads: int = 1) -> Fitted:
    """Find how a scene lies and shines, from sampled blocks; of the baseline itself little is looked at.

    Parameters
    ----------
    job
        Which.
    threads
        Windows in work at a time; changes nothing but the time.

    Raises
    ------
    InputRefusedError
        If a block cannot be read, the baseline shows nothing, the scene's colours are the reverse of its, or one of
        the two is much less sharp than the other.
    """
    files, roles = job.baseline.files, job.model.roles
    itself, scales = job.scene == job.baseline, _scales(job)
    count = 1 if itself else threads
    with ThreadPoolExecutor(threads) as pool:
        with _readers(files, job.grid, roles, scales.baseline, count) as readers:
            before = glanced(readers[0], files) if itself else sampled(readers, files, pool)
        if not before:
            raise InputRefusedError(Refusal("raster_blank", file=files[0].path, feature=job.village_code))
        if itself:
            return _itself(job, _loss(job.model, identity_radiometry(3), before), scales)
        found = near = _beside(job, before, scales, pool.map)
        off = far_off(job, near.registration, before, scales)
        if off is not None:
            found = _from_afar(job, before, near, off, pool.map)
    if not found.registration.refusal:  # beside other ground than its own any colours may look reversed
        _refuse_unlike(job, found)
    return found


def _refuse_unlike(job: SceneJob, found: Fitted) -> None:
    """Refuse a scene whose classes could not be compared with its baseline's."""
    file = found.scene.files[0].path
    if found.reversed_colours:
        raise InputRefusedError(Refusal("raster_colours", file=file, feature=job.village_code))
    if found.sharpness > 1:
        file = job.baseline.files[0].path
    ratio = min(found.sharpness, 1 / found.sharpness)
    if ratio < LEAST_SHARPNESS:
        value, limit = f"{ratio:.2f}", f"{LEAST_SHARPNESS}"
        raise InputRefusedError(
            Refusal("raster_blurred", file=file, feature=job.village_code, value=value, limit=limit)
        )


def _from_afar(job: SceneJob, before: Sequence[Sample], near: Fitted, off: tuple[float, float], each: Each) -> Fitted:
    """Find how a scene lies that lies off by about so many rows and columns, if that is so."""
    moved = replace(job, scene=moved_by(job.scene, job.grid, off))
    there = _beside(moved, before, _scales(moved), each)
    limit_px = job.max_shift_m / job.grid.ground_pixel_m
    registration = told_from_afar(near.registration, there.registration, off, limit_px)
    if registration is None:
        return near
    return replace(there, scene=moved_by(there.scene, job.grid, (-off[0], -off[1])), registration=registration)


def _beside(job: SceneJob, before: Sequence[Sample], scales: Scales, each: Each) -> Fitted:
    """Find how a scene lies and shines beside sampled windows of its baseline."""
    after = _read(job.scene, job, before, scales.scene)
    refuse_grey(job.scene.files, after, (job.grid, job.model.roles, scales.scene), job.village_code)
    registration, scene = _registered(job, before, after, each), job.scene
    flights: tuple[Flight, ...] = ()
    if len(scene.files) > 1:
        laid = lay(job.files, registration, scales)
        if laid.scene != scene:
            scene = laid.scene
            after = _read(scene, job, before, scale_of(scene.files, job.grid, job.model.roles))
            registration = _registered(job, before, after, each)
        flights = laid.flights(registration, job.grid)
    if len(job.baseline.files) > 1:
        apart_m = baseline_apart_m(job.files, scene, registration, scales)
        registration = replace(registration, residual_m=max(registration.residual_m, apart_m))
    extent = job.grid.height, job.grid.width
    cut = [beside(b, a, registration, extent) for b, a in zip(before, after, strict=True)]
    earlier, later, both = [b.values for b, _ in cut], [a.values for _, a in cut], [seen(b) & seen(a) for b, a in cut]
    radiometry = fit_radiometry(earlier, later, both, each)
    return Fitted(
        scene, registration, radiometry, _loss(job.model, radiometry, after), flights,
        reversed_colours=job.model.roles == COLOURS and are_reversed(earlier, later, both, radiometry),
        sharpness=sharpness(earlier, later, both),
    )  # fmt: skip


def _itself(job: SceneJob, loss: float, scales: Scales) -> Fitted:
    """Return how a baseline is read: as it is; of several files, each beside the first one."""
    if len(job.scene.files) == 1:
        return Fitted(job.scene, Registration(), identity_radiometry(3), loss)
    laid = lay_baseline(job.files, scales)
    flights = laid.flights(Registration(), job.grid)
    return Fitted(laid.scene, Registration(), identity_radiometry(3), loss, flights)


def _scales(job: SceneJob) -> Scales:
    """Digital numbers that become 0 and 255, in the scene and in its baseline."""
    baseline = scale_of(job.baseline.files, job.grid, job.model.roles)
    if job.scene == job.baseline:
        return Scales(baseline, baseline)
    return Scales(scale_of(job.scene.files, job.grid, job.model.roles), baseline)


def _read(scene: Scene, job: SceneJob, before: Sequence[Sample], scale: tuple[float, float]) -> list[Sample]:
    with SceneReader(scene.files, job.grid, job.model.roles, scale) as reader:
        return [Sample.of(one.window, reader.read(one.window)) for one in before]


def _registered(job: SceneJob, before: Sequence[Sample], after: Sequence[Sample], each: Each) -> Registration:
    nested = job.grid.nested_in(job.scene.files[0].grid)
    return register(
        patches_of(before, after),
        job.grid.ground_pixel_m,
        job.max_shift_m,
        extent=(job.grid.height, job.grid.width),
        parts=nested[0] if nested is not None else 1,
        each=each,
    )


def _loss(model: Model, radiometry: Radiometry, samples: Sequence[Sample]) -> float:
    """Share of sampled pixels that the table reads otherwise than the model."""
    return model.loss(radiometry, np.concatenate([sample.observed(LOSS_STEP) for sample in samples], axis=1))
