"""One village and month: from image files to one small class raster, in one streamed pass.

Two kinds of job, both small, picklable and free of shared state: `BaselineJob` looks at a baseline scene and gives its
histogram of greenness (of all villages, the street's threshold is made); `SceneJob` registers a scene to its baseline,
brings it to its light, classifies it and writes it.
"""

from __future__ import annotations

import hashlib
import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.radiometry import Radiometry, fit_radiometry, identity_radiometry
from lvgeo.imagery.registration import Patch, Registration, register
from lvgeo.imagery.sample import brightness, overlapping, sample_windows, sampled, seen
from lvgeo.imagery.scene_height import keep_standing
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.store import CanopyRaster, StripWriter, open_canopy, write_preview
from lvgeo.imagery.streaming import Stream, classify_strips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.canopy import Model, Recipe
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import Role, SceneFile
    from lvgeo.imagery.scene_reader import Pixels
    from lvgeo.imagery.streaming import Seen

__all__ = [
    "BaselineJob",
    "ClassifiedScene",
    "Scene",
    "SceneJob",
    "classify",
    "look_at_baseline",
    "scale_of",
    "stored_registration",
]

LOOK_STEP: Final = 3  # neighbours tell the same
SCALE_STEP: Final = 7  # every so many numbers are enough for a quantile
SCALE_PX: Final = 500_000
METHOD: Final = 3  # raised whenever the same inputs would give other classes, so that stored rasters are made again


@dataclass(frozen=True, slots=True)
class Scene:
    """A village's files of one month.

    Parameters
    ----------
    files
        In the order in which they give a pixel.
    digests
        SHA-256 of each file.
    heights, height_digests
        The same of surface models (DSM) of the flight.
    """

    files: tuple[SceneFile, ...]
    digests: tuple[str, ...]
    heights: tuple[SceneFile, ...] = ()
    height_digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineJob:
    """Look at one baseline.

    Parameters
    ----------
    village_code
        Whose.
    scene, grid
        What is read, where.
    recipe
        The model before it is fitted to the street.
    """

    village_code: str
    scene: Scene
    grid: Grid
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class SceneJob:
    """Classify one scene.

    Parameters
    ----------
    village_code
        Whose.
    scene, baseline
        The month's scene and the village's baseline; the same value where the baseline itself is classified.
    grid
        The village's grid.
    model
        Fitted to the street.
    max_shift_m
        Limit of registration.
    folder
        Where class rasters of this village and month go.
    name
        Month, as the beginning of the file's name.
    """

    village_code: str
    scene: Scene
    baseline: Scene
    grid: Grid
    model: Model
    max_shift_m: float
    folder: str
    name: str

    def key(self) -> str:
        """Hash of all that decides the classes; equal inputs are not classified again."""
        decides = {
            "method": METHOD,
            "scene": self.scene.digests,
            "heights": self.scene.height_digests,
            "baseline": self.baseline.digests,
            "grid": [*self.grid.transform, self.grid.height, self.grid.width, self.grid.crs.to_wkt()],
            "model": self.model.facts(),
            "max_shift_m": self.max_shift_m,
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ClassifiedScene:
    """What came of a scene.

    Parameters
    ----------
    village_code
        Whose.
    canopy
        The class raster.
    preview
        File of the scene in small.
    registration
        How it lay against its baseline.
    """

    village_code: str
    canopy: CanopyRaster
    preview: Path
    registration: Registration


def scale_of(files: Sequence[SceneFile], grid: Grid, roles: Sequence[Role]) -> tuple[float, float]:
    """Digital numbers that become 0 and 255: those a scene really uses, the same for all bands so that colours stay."""
    if all(file.dtype == "uint8" for file in files):
        return 0.0, 255.0
    first, rest = sample_windows(grid, files)
    numbers: list[NDArray[np.float64]] = []
    with SceneReader(files, grid, roles, (0.0, 1.0)) as reader:
        for window in (*first, *rest):
            numbers.append(reader.observed(window)[::SCALE_STEP])
            if sum(n.size for n in numbers) >= SCALE_PX and window is not first[0]:
                break
    used = np.concatenate(numbers)
    used = used[used != 0]
    if not used.size:
        return 0.0, 255.0
    low, high = np.quantile(used, (0.002, 0.998))
    # Reflectance and counts begin at nothing; only data that go below it do not.
    return min(0.0, float(low)), float(high) if high > 0 else 1.0


def look_at_baseline(job: BaselineJob) -> NDArray[np.float64]:
    """Shares of what the model counts on one baseline, summing to 1.

    Raises
    ------
    InputRefusedError
        If a block cannot be read, or nothing was observed.
    """
    recipe = job.recipe
    scale = scale_of(job.scene.files, job.grid, recipe.roles)
    with SceneReader(job.scene.files, job.grid, recipe.roles, scale) as reader:
        counts = [
            recipe.look(pixels.values[:, seen(pixels)][:, ::LOOK_STEP])
            for _, pixels in sampled(reader, job.scene.files)
        ]
    total = np.sum(counts, axis=0)
    if not counts or not total.any():
        raise InputRefusedError(Refusal("raster_not_reaching", file=job.scene.files[0].path, feature=job.village_code))
    share: NDArray[np.float64] = total / total.sum()
    return share


def classify(job: SceneJob, threads: int = 1) -> ClassifiedScene:
    """Classify a scene, unless the same was done before.

    Parameters
    ----------
    job
        All that decides the classes.
    threads
        Strips in work at a time; changes nothing but the time.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    StorageError
        If the class raster cannot be written.
    """
    place = Path(job.folder) / f"{job.name}-{job.key()}.tif"
    small = place.with_name(place.stem + "-preview.tif")
    if place.is_file() and small.is_file():
        stored = open_canopy(place)
        return ClassifiedScene(job.village_code, stored, small, stored_registration(stored))
    registration, radiometry, loss = _fit(job)
    stream = Stream(
        job.scene.files,
        job.grid,
        job.model.roles,
        scale_of(job.scene.files, job.grid, job.model.roles),
        registration,
    )
    writer = StripWriter(place, job.grid)
    with ThreadPoolExecutor(threads) as pool, writer.open(pool.submit) as tiles:
        found = classify_strips(stream, job.model.reader(radiometry), tiles, pool, threads)
        flat_px = keep_standing(tiles, job.grid, job.scene.heights, registration.shift) if job.scene.heights else 0
        write_preview(small, found.preview)
        said = _provenance(job, found, registration, (flat_px, loss), radiometry)
        return ClassifiedScene(job.village_code, writer.finish(tiles, said), small, registration)


def _provenance(
    job: SceneJob, found: Seen, registration: Registration, measured: tuple[int, float], radiometry: Radiometry
) -> dict[str, Any]:
    """Say of a class raster what it was made from; `measured` are pixels that lie flat, and the table's loss."""
    flat_px, loss = measured
    return {
        "model": job.model.facts(),
        "table_loss": round(loss, 6) if math.isfinite(loss) else None,
        "observed_share": round(found.observed_share, 6),
        "acquired": max((str(f.acquired) for f in job.scene.files if f.acquired is not None), default=""),
        "heights": list(job.scene.height_digests),
        "flat_share": round(flat_px / (job.grid.height * job.grid.width), 6),
        "given_share": [round(share, 6) for share in found.given_share],
        "pixel_m": round(job.grid.ground_pixel_m, 4),  # of the class raster, in which shifts are told
        "gsd_m": [round(f.grid.ground_pixel_m, 4) for f in job.scene.files],
        "scene": list(job.scene.digests),
        "baseline": list(job.baseline.digests),
        "registration": asdict(registration),
        "radiometry_residual_dn": round(radiometry.residual_dn, 3),
        # To a hundredth, so that a piece can be classified again as the whole was.
        "curves": [[round(float(v), 2) for v in curve] for curve in radiometry.curves],
    }


def stored_registration(stored: CanopyRaster) -> Registration:
    """Return how a stored class raster's scene lay against its baseline."""
    said = dict(stored.provenance["registration"])
    return Registration(**said | {"bend": tuple(tuple(axis) for axis in said["bend"])})


def _fit(job: SceneJob) -> tuple[Registration, Radiometry, float]:
    """Registration and radiometry from sampled blocks; the identity for the baseline itself."""
    scale = scale_of(job.baseline.files, job.grid, job.model.roles)
    with SceneReader(job.baseline.files, job.grid, job.model.roles, scale) as reader:
        looked = sampled(reader, job.baseline.files)
    before = [pixels for _, pixels in looked]
    if not before:
        raise InputRefusedError(Refusal("raster_not_reaching", file=job.scene.files[0].path, feature=job.village_code))
    if job.scene == job.baseline:
        radiometry = identity_radiometry(3)
        return Registration(), radiometry, _loss(job.model, radiometry, before)
    scale = scale_of(job.scene.files, job.grid, job.model.roles)
    with SceneReader(job.scene.files, job.grid, job.model.roles, scale) as reader:
        after = [reader.read(window) for window, _ in looked]
    pairs = list(zip(before, after, strict=True))
    patches = [
        Patch(brightness(b.values), brightness(a.values), seen(b) & seen(a), window.row, window.col)
        for (b, a), (window, _) in zip(pairs, looked, strict=True)
    ]
    nested = job.grid.nested_in(job.scene.files[0].grid)
    registration = register(
        patches,
        job.grid.ground_pixel_m,
        job.max_shift_m,
        extent=(job.grid.height, job.grid.width),
        parts=nested[0] if nested is not None else 1,
    )
    # Sampled windows overlap once moved: nothing is read again.
    cut = [overlapping(b, a, registration.shift) for b, a in pairs]
    radiometry = fit_radiometry(
        [b.values for b, _ in cut], [a.values for _, a in cut], [seen(b) & seen(a) for b, a in cut]
    )
    return registration, radiometry, _loss(job.model, radiometry, after)


def _loss(model: Model, radiometry: Radiometry, samples: Sequence[Pixels]) -> float:
    """Share of sampled pixels that the table reads otherwise than the model."""
    return model.loss(radiometry, np.concatenate([s.values[:, seen(s)] for s in samples], axis=1))
