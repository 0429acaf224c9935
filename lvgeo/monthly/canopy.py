"""From scenes to class rasters: the street's threshold, then one job a village and date."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from affine import Affine
from pyproj import CRS

from lvgeo.engine import THREADS, threads_for
from lvgeo.errors import Refusal
from lvgeo.imagery.canopy import recipe_named
from lvgeo.imagery.classify import BaselineJob, ClassifiedScene, SceneJob, classify, laid, look_at_baseline
from lvgeo.imagery.grid import Grid, ring_bounds
from lvgeo.monthly.dated import Dated, dates_of_like_heights
from lvgeo.monthly.findings import Pair
from lvgeo.monthly.guarded import Told, guarded
from lvgeo.monthly.surface_models import like_heights
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import ImageryTable
    from lvgeo.imagery.classify import Scene
    from lvgeo.imagery.model import Model
    from lvgeo.land.plots import Villages
    from lvgeo.monthly.silent import Listener

__all__ = ["Classified", "classify_street"]

AROUND_M: Final = 30.0  # ground around a village that its grid takes in; DESIGN §1


@dataclass(frozen=True, slots=True)
class Classified:
    """What came of a street's scenes.

    Parameters
    ----------
    model
        Fitted to the street; None where no baseline could be read.
    befores
        Village code → its classified baseline.
    pairs
        Village code → its classified scenes of both dates.
    refused
        Scenes that could not be used.
    seconds
        Village code → how its second scene from before planting is classified, where there is one and a word to hold
        against it.
    """

    model: Model | None
    befores: Mapping[str, ClassifiedScene]
    pairs: Mapping[str, Pair]
    refused: tuple[Refusal, ...]
    seconds: Mapping[str, SceneJob] = field(default_factory=dict)

    def account(self) -> dict[str, dict[str, object]]:
        """Return where each village's class rasters lie and what they were made from, for run.json."""
        return {code: self._account_of(code) for code in sorted(self.befores)}

    def _account_of(self, code: str) -> dict[str, object]:
        before: dict[str, object] = {"before": f"{code}/{self.befores[code].canopy.path.name}"}
        pair = self.pairs.get(code)
        if pair is None:
            return before
        return {**before, "after": f"{code}/{pair.after.canopy.path.name}", **pair.after.canopy.told}


def classify_street(
    villages: Villages,
    dates: tuple[Mapping[str, Dated], Mapping[str, Dated]],
    imagery: ImageryTable,
    folder: Path,
    progress: Listener,
    engine: str = THREADS,
) -> Classified:
    """Classify the baseline and the month's scene of every village that has them.

    Parameters
    ----------
    villages
        Boundaries.
    dates
        Village code → scene, before and after.
    imagery
        Model and limits.
    folder
        Where class rasters go.
    progress
        Told the stage and how much of it is done.
    engine
        Where jobs run, from `checked_engine`.
    """
    refused: list[Refusal] = []
    befores, afters = dates_of_like_heights(*dates, refused)
    shapes = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    recipe = recipe_named(imagery.model)
    grids: dict[str, Grid] = {}
    for code, dated in befores.items():
        found = _village_grid(dated.scene, shapes[code], villages)
        if found is None:
            refused.append(Refusal("raster_not_reaching", file=dated.scene.files[0].path, feature=code))
        else:
            grids[code] = found.coarsened(recipe.factor(found.ground_pixel_m))
    looks = [BaselineJob(code, befores[code].scene, grid, recipe, imagery.max_shift_m) for code, grid in grids.items()]
    histograms = guarded(
        functools.partial(look_at_baseline, threads=threads_for(len(looks))),
        looks,
        Told(progress, "baseline", engine),
        refused,
    )
    if not histograms:
        return Classified(None, {}, {}, tuple(refused))
    model = recipe.fit(np.stack([histograms[code] for code in sorted(histograms)]))

    def job(code: str, dated: Dated, baseline: Scene, small: str = "") -> SceneJob:
        place = str(folder / code)
        limit_m = imagery.max_shift_m
        return SceneJob(code, dated.scene, baseline, grids[code], model, limit_m, place, dated.label, small)

    first = guarded(
        functools.partial(classify, threads=threads_for(len(histograms))),
        [job(c, befores[c], befores[c].scene) for c in histograms],
        Told(progress, "classify_before", engine),
        refused,
    )
    baselines = {code: laid(befores[code].scene, one.canopy.provenance) for code, one in first.items()}
    usable = [code for code in first if _usable(code, (befores, afters), grids[code], refused)]
    second = guarded(
        functools.partial(classify, threads=threads_for(len(usable))),
        [job(c, afters[c], baselines[c], str(first[c].preview)) for c in usable],
        Told(progress, "classify", engine),
        refused,
    )
    pairs = {
        code: Pair(
            first[code],
            after,
            befores[code].label,
            afters[code].scene.flown_on,
            laid(afters[code].scene, after.canopy.provenance),
            baselines[code],
        )
        for code, after in second.items()
        if like_heights((first[code], after), (befores[code], afters[code]), (shapes[code], villages.crs), refused)
    }
    return Classified(model, first, pairs, tuple(refused))


def _usable(
    code: str, dates: tuple[Mapping[str, Dated], Mapping[str, Dated]], grid: Grid, refused: list[Refusal]
) -> bool:
    """Whether the month's scene can be compared with the baseline; if not, say why."""
    befores, afters = dates
    if code not in afters:
        return False
    scene = afters[code].scene
    reaching = any(_reaches(file.grid, grid) for file in scene.files)
    if not reaching:
        refused.append(Refusal("images_apart", scene.files[0].path, code, befores[code].label))
    return reaching


def _reaches(file: Grid, grid: Grid) -> bool:
    bounds = between(file.crs, grid.crs).transform_bounds(*file.bounds)
    return grid.cut(bounds) is not None


def _village_grid(scene: Scene, shape: BaseGeometry, villages: Villages) -> Grid | None:
    """Baseline's own CRS and pixels, cut to the village plus 30 m; None where it lies elsewhere."""
    whole = _spanning([file.grid for file in scene.files])
    return whole.cut(ring_bounds(shape, villages.crs, whole, AROUND_M))


def _spanning(grids: list[Grid]) -> Grid:
    """Return the first file's pixels, north up, reaching over all files."""
    first = grids[0] if grids[0].crs.is_projected else _projected(grids[0])
    boxes = [between(g.crs, first.crs).transform_bounds(*g.bounds) for g in grids]
    if len(grids) == 1 and first.north_up and first is grids[0]:
        return first
    width, height = _pixel(first)
    origin_x, origin_y = (first.transform.c, first.transform.f) if first.north_up else (boxes[0][0], boxes[0][3])
    left = int(np.floor((min(b[0] for b in boxes) - origin_x) / width))
    top = int(np.floor((origin_y - max(b[3] for b in boxes)) / height))
    right = int(np.ceil((max(b[2] for b in boxes) - origin_x) / width))
    bottom = int(np.ceil((origin_y - min(b[1] for b in boxes)) / height))
    transform = Affine(width, 0.0, origin_x + left * width, 0.0, -height, origin_y - top * height)
    return Grid(first.crs, transform, bottom - top, right - left)


def _projected(grid: Grid) -> Grid:
    """Turn a grid of degrees into square pixels of the same size on the ground: UTM on CGCS2000's ellipsoid."""
    west, south, east, north = grid.bounds
    to_degrees = between(grid.crs, grid.crs.geodetic_crs or grid.crs)
    lon, lat = to_degrees.transform((west + east) / 2, (south + north) / 2)
    zone = int((lon + 180.0) // 6.0) + 1
    crs = CRS.from_proj4(f"+proj=utm +zone={zone} {'+south ' if lat < 0 else ''}+ellps=GRS80 +units=m +no_defs")
    side = grid.ground_pixel_m
    left, bottom, right, top = between(grid.crs, crs).transform_bounds(*grid.bounds)
    shape = (int(np.ceil((top - bottom) / side)), int(np.ceil((right - left) / side)))
    return Grid(crs, Affine(side, 0.0, left, 0.0, -side, top), *shape)


def _pixel(grid: Grid) -> tuple[float, float]:
    t = grid.transform
    return float(np.hypot(t.a, t.d)), float(np.hypot(t.b, t.e))
