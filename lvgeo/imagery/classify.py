"""One village and month: from image files to one small class raster, in one streamed pass.

Two kinds of job, both small, picklable and free of shared state: `BaselineJob` looks at a baseline scene and gives its
histogram of greenness (of all villages, the street's threshold is made); `SceneJob` registers a scene to its baseline,
brings it to its light, classifies it and writes it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.canopy import CanopyModel, index_histogram, spectrum_named, table_loss
from lvgeo.imagery.collar import CollarFinder
from lvgeo.imagery.kernel import CANOPY, OTHER, look_up
from lvgeo.imagery.preview import PreviewBuilder
from lvgeo.imagery.radiometry import Radiometry, fit_radiometry, identity_radiometry
from lvgeo.imagery.registration import Patch, Registration, register
from lvgeo.imagery.sample import brightness, sample_windows, seen
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.store import CanopyRaster, StripWriter, open_canopy, write_preview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.canopy import Spectrum
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import Role, SceneFile
    from lvgeo.imagery.scene_reader import Pixels

__all__ = ["BaselineJob", "ClassifiedScene", "Scene", "SceneJob", "classify", "look_at_baseline"]

METHOD: Final = 1  # raised whenever the same inputs would give other classes, so that stored rasters are made again
RGB: Final[tuple[Role, ...]] = ("red", "green", "blue")


@dataclass(frozen=True, slots=True)
class Scene:
    """A village's files of one month.

    Parameters
    ----------
    files
        In the order in which they give a pixel.
    digests
        SHA-256 of each file.
    """

    files: tuple[SceneFile, ...]
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BaselineJob:
    """Look at one baseline.

    Parameters
    ----------
    village_code
        Whose.
    scene, grid
        What is read, where.
    spectrum
        Name of the colour model.
    """

    village_code: str
    scene: Scene
    grid: Grid
    spectrum: str


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
        With the street's threshold.
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
    model: CanopyModel
    max_shift_m: float
    folder: str
    name: str

    def key(self) -> str:
        """Hash of all that decides the classes; equal inputs are not classified again."""
        decides = {
            "method": METHOD,
            "scene": self.scene.digests,
            "baseline": self.baseline.digests,
            "grid": [*self.grid.transform, self.grid.height, self.grid.width, self.grid.crs.to_wkt()],
            "model": [self.model.name, self.model.threshold],
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


def _scale(files: Sequence[SceneFile], grid: Grid, roles: Sequence[Role]) -> tuple[float, float]:
    """Digital numbers that a scene's 16 bits really use, the same for all bands so that colours stay."""
    if all(file.dtype == "uint8" for file in files):
        return 0.0, 255.0
    wide = (0.0, 65535.0)
    counts = np.zeros(256, dtype=np.int64)
    with SceneReader(files, grid, roles, wide) as reader:
        for window in sample_windows(grid, files):
            pixels = reader.read(window)
            counts += np.bincount(pixels.values[:, pixels.valid].ravel(), minlength=256)
    counts[0] = 0
    level = np.searchsorted(np.cumsum(counts), 0.998 * counts.sum())
    return 0.0, float((level + 1) * 257)


def look_at_baseline(job: BaselineJob) -> NDArray[np.float64]:
    """Histogram of greenness of one baseline, (400,), summing to 1.

    Raises
    ------
    InputRefusedError
        If a block cannot be read, or nothing was observed.
    """
    spectrum = spectrum_named(job.spectrum)
    total = np.zeros(400, dtype=np.int64)
    scale = _scale(job.scene.files, job.grid, spectrum.roles)
    with SceneReader(job.scene.files, job.grid, spectrum.roles, scale) as reader:
        for window in sample_windows(job.grid, job.scene.files):
            pixels = reader.read(window)
            total += index_histogram(spectrum, pixels.values[:, seen(pixels)])
    if not total.any():
        raise InputRefusedError(Refusal("raster_not_reaching", file=job.scene.files[0].path, feature=job.village_code))
    return np.asarray(total / total.sum(), dtype=np.float64)


def classify(job: SceneJob) -> ClassifiedScene:
    """Register, normalise, classify, write.

    Raises
    ------
    InputRefusedError
        If a block of either scene cannot be read.
    StorageError
        If the class raster cannot be written.
    """
    place = Path(job.folder) / f"{job.name}-{job.key()}.tif"
    small = place.with_name(place.stem + "-preview.tif")
    if place.is_file() and small.is_file():
        stored = open_canopy(place)
        return ClassifiedScene(job.village_code, stored, small, Registration(**stored.provenance["registration"]))
    registration, radiometry, loss = _fit(job)
    provenance = {
        "model": job.model.name,
        "threshold": job.model.threshold,
        "table_loss": round(loss, 6),
        "scene": list(job.scene.digests),
        "baseline": list(job.baseline.digests),
        "registration": asdict(registration),
        "radiometry_residual_dn": round(radiometry.residual_dn, 3),
    }
    canopy = _stream(job, place, small, registration, radiometry, provenance)
    return ClassifiedScene(job.village_code, canopy, small, registration)


def _fit(job: SceneJob) -> tuple[Registration, Radiometry, float]:
    """Registration and radiometry from sampled blocks; the identity for the baseline itself."""
    spectrum = job.model.spectrum
    itself = job.scene == job.baseline
    before, after = (
        _samples(job.baseline, job.grid, spectrum),
        None if itself else _samples(job.scene, job.grid, spectrum),
    )
    if after is None:
        radiometry = identity_radiometry(3)
        return Registration(), radiometry, _loss(job.model, radiometry, before)
    patches = [
        Patch(brightness(b.values), brightness(a.values), seen(b) & seen(a)) for b, a in zip(before, after, strict=True)
    ]
    registration = register(patches, job.grid.ground_pixel_m, job.max_shift_m)
    moved = _samples(job.scene, job.grid, spectrum, registration.shift)
    radiometry = fit_radiometry(
        [b.values for b in before],
        [m.values for m in moved],
        [seen(b) & seen(m) for b, m in zip(before, moved, strict=True)],
    )
    return registration, radiometry, _loss(job.model, radiometry, moved)


def _samples(scene: Scene, grid: Grid, spectrum: Spectrum, shift: tuple[int, int] = (0, 0)) -> list[Pixels]:
    scale = _scale(scene.files, grid, spectrum.roles)
    with SceneReader(scene.files, grid, spectrum.roles, scale) as reader:
        return [reader.read(window, shift) for window in sample_windows(grid, scene.files)]


def _loss(model: CanopyModel, radiometry: Radiometry, samples: Sequence[Pixels]) -> float:
    """Share of sampled pixels that the table reads otherwise than the model; every 7th is enough."""
    pixels = np.concatenate([s.values[:, seen(s)][:, ::7] for s in samples], axis=1)
    return table_loss(model, model.table(radiometry), radiometry, pixels)


def _stream(
    job: SceneJob,
    place: Path,
    small: Path,
    registration: Registration,
    radiometry: Radiometry,
    provenance: dict[str, Any],
) -> CanopyRaster:
    """Decode once, look up, write; then settle the collar on the written classes."""
    grid, roles = job.grid, job.model.spectrum.roles
    extra = tuple(role for role in RGB if role not in roles)
    readable = tuple(role for role in extra if all(getattr(f.bands, role) for f in job.scene.files))
    table, finder, builder = job.model.table(radiometry), CollarFinder(grid.height, grid.width), PreviewBuilder(grid)
    collars = not all(file.masked for file in job.scene.files)
    scale = _scale(job.scene.files, grid, roles)
    writer = StripWriter(place, grid)
    with writer.raw() as raw, SceneReader(job.scene.files, grid, (*roles, *readable), scale) as reader:
        for window in grid.strips(_strip_rows(builder.factor, grid.width)):
            pixels = reader.read(window, registration.shift)
            classes = look_up(pixels.values[:3], pixels.valid, table, collars=collars)
            finder.add(window.row, classes)
            builder.add(
                window.row, _visible(pixels.values, (*roles, *readable)), (classes == OTHER) | (classes == CANOPY)
            )
            raw.write(classes, 1, window=_rio(window))
        _settle(raw, grid, finder, _strip_rows(builder.factor, grid.width))
    write_preview(small, builder.preview())
    return writer.finish(provenance)


def _settle(raw: Any, grid: Grid, finder: CollarFinder, rows: int) -> None:
    collar = finder.collar()
    for window in grid.strips(rows):
        classes = raw.read(1, window=_rio(window))
        settled = collar.settle(window.row, classes)
        if not np.array_equal(settled, classes):
            raw.write(settled, 1, window=_rio(window))


def _strip_rows(factor: int, width: int) -> int:
    """Rows read at a time: multiples of the preview's and the collar's cells, about 8 million pixels."""
    unit = factor * 8
    return unit * max(1, min(512, 8_000_000 // max(width, 1)) // unit)


def _visible(values: NDArray[np.uint8], roles: Sequence[Role]) -> NDArray[np.uint8]:
    """Red, green and blue for the preview; a missing band borrows the first."""
    order = [roles.index(role) if role in roles else 0 for role in RGB]
    return values[order]


def _rio(window: Any) -> Any:
    from rasterio.windows import Window as RioWindow

    return RioWindow(window.col, window.row, window.width, window.height)
