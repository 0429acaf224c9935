"""One village and month: from image files to one small class raster, in one streamed pass.

Two kinds of job, both small, picklable and free of shared state: `BaselineJob` looks at a baseline scene and gives its
histogram of greenness (of all villages, the street's threshold is made); `SceneJob` registers a scene to its baseline,
brings it to its light, classifies it and writes it.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.fitting import fit, look_at_baseline
from lvgeo.imagery.flights import laid, places_of, with_worst
from lvgeo.imagery.grid import Window
from lvgeo.imagery.jobs import BaselineJob, ClassifiedScene, Scene, SceneJob
from lvgeo.imagery.registration import Registration
from lvgeo.imagery.scale import scale_of
from lvgeo.imagery.scene_height import keep_standing
from lvgeo.imagery.shade import shade_of
from lvgeo.imagery.store import CanopyRaster, StripWriter, open_canopy, preview_path, read_preview, write_preview
from lvgeo.imagery.streaming import Stream, classify_strips
from lvgeo.imagery.sunlit import fit_sunlit

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.imagery.fitting import Fitted
    from lvgeo.imagery.pyramid import Pyramid
    from lvgeo.imagery.radiometry import Radiometry
    from lvgeo.imagery.shade import Shade
    from lvgeo.imagery.streaming import Seen

__all__ = [
    "BaselineJob",
    "ClassifiedScene",
    "Scene",
    "SceneJob",
    "classify",
    "laid",
    "look_at_baseline",
    "scale_of",
    "stored_registration",
]


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
    place = job.place
    small = preview_path(place)
    stored = _stored(place, small)
    if stored is not None:
        return ClassifiedScene(job.village_code, stored, small, stored_registration(stored))
    writer = StripWriter(place, job.grid)
    with ThreadPoolExecutor(threads) as pool:
        fitted = fit(job, threads)
        with writer.open(pool.submit) as tiles:
            found = _streamed(job, fitted, tiles, (pool, threads))
            shade = shade_of(job, found.preview)
            if shade is None:
                return _finished(job, fitted, _Open(writer, tiles, pool), found, None)
        # The scene's light was told from ground in shadow too: once more, without it.
        fitted = fit_sunlit(job, fitted, shade, threads)
        with writer.open(pool.submit) as tiles:
            found = _streamed(job, fitted, tiles, (pool, threads))
            return _finished(job, fitted, _Open(writer, tiles, pool), found, shade)


def _streamed(job: SceneJob, fitted: Fitted, tiles: Pyramid, work: tuple[ThreadPoolExecutor, int]) -> Seen:
    files, roles = fitted.scene.files, job.model.roles
    stream = Stream(files, job.grid, roles, scale_of(files, job.grid, roles), fitted.registration)
    return classify_strips(stream, job.model.reader(fitted.radiometry), tiles, *work)


class _Open(NamedTuple):
    """A class raster that is being written."""

    writer: StripWriter
    tiles: Pyramid
    pool: ThreadPoolExecutor


def _finished(job: SceneJob, fitted: Fitted, raster: _Open, found: Seen, shade: Shade | None) -> ClassifiedScene:
    """Leave out shaded ground, apply heights, and store an open class raster with its preview."""
    writer, tiles, pool = raster
    heights = fitted.scene.heights
    shaded_px = shade.leave_out(tiles, job.grid) if shade else 0
    standing = keep_standing(tiles, job.grid, heights, fitted.registration, job.village_code) if heights else None
    small = preview_path(writer.path)
    # The disk makes the preview durable while the raster is laid out.
    written = pool.submit(write_preview, small, found.preview)
    registration = fitted.registration
    if job.scene != job.baseline:
        registration = with_worst(registration, fitted.flights, found.givers.shares())
    measured = standing.turned_px if standing else 0, shaded_px, fitted.loss
    said = _provenance(job, found, registration, measured, fitted.radiometry)
    if shade:
        said["shaded_ground"] = shapely.to_wkt(shade.ground(job.grid), rounding_precision=2)
    if standing:
        said["heights_ground"] = shapely.to_wkt(standing.ground, rounding_precision=2)
    if len(fitted.scene.files) > 1:
        said |= {"flights": [one.facts() for one in fitted.flights], "places": places_of(fitted.scene)}
    stored = writer.finish(tiles, said)
    written.result()
    return ClassifiedScene(job.village_code, stored, small, registration)


def _stored(place: Path, small: Path) -> CanopyRaster | None:
    """Return what was stored before, None where it is missing, cut short or damaged: then it is made again."""
    if not (place.is_file() and small.is_file()):
        return None
    try:
        stored = open_canopy(place)
        # The last tile ends the file: where it can be read, nothing was cut off.
        stored.read(Window(stored.grid.height - 1, stored.grid.width - 1, 1, 1))
        stored.thumbnail(1)
        stored_registration(stored)
        read_preview(small)
    except (InputRefusedError, LookupError, TypeError):
        return None
    return stored


def _provenance(
    job: SceneJob, found: Seen, registration: Registration, measured: tuple[int, int, float], radiometry: Radiometry
) -> dict[str, Any]:
    """Say of a class raster what it was made from; `measured` are pixels that lie flat and in shadow, and the loss."""
    flat_px, shaded_px, loss = measured
    whole = job.grid.height * job.grid.width
    return {
        "model": job.model.facts(),
        "table_loss": round(loss, 6) if math.isfinite(loss) else None,
        "observed_share": round(found.observed_share, 6),
        "acquired": job.scene.flown_on,
        "heights": list(job.scene.height_digests),
        "flat_share": round(flat_px / whole, 6),
        "shaded_share": round(shaded_px / max(found.observed_share * whole, 1.0), 6),  # of what was observed
        "given_share": [round(share, 6) for share in found.givers.shares()],
        # In the raster's CRS, to a centimetre; where two of them meet is a seam.
        "given_ground": [shapely.to_wkt(ground, rounding_precision=2) for ground in found.givers.grounds()],
        "pixel_m": round(job.grid.ground_pixel_m, 4),  # of the class raster, in which shifts are told
        "gsd_m": [round(f.grid.ground_pixel_m, 4) for f in job.scene.files],
        "scene": list(job.scene.digests),
        "baseline": list(job.baseline.digests),
        "registration": asdict(registration),
        # None where too little was seen at both dates: the scene then keeps its own light.
        "radiometry_residual_dn": round(radiometry.residual_dn, 3) if math.isfinite(radiometry.residual_dn) else None,
        # To a hundredth, so that a piece can be classified again as the whole was.
        "curves": [[round(float(v), 2) for v in curve] for curve in radiometry.curves],
    }


def stored_registration(stored: CanopyRaster) -> Registration:
    """Return how a stored class raster's scene lay against its baseline."""
    said = dict(stored.provenance["registration"])
    return Registration(**said | {"bend": tuple(tuple(axis) for axis in said["bend"])})
