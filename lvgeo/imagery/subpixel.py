"""By which part of a pixel edges lie off, over whole patches and tile by tile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.ndimage import map_coordinates

from lvgeo.imagery.edges import RUNAWAY_PX, TILE_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.edges import Edges
    from lvgeo.imagery.ordered import Each

__all__ = ["sub_pixel", "tiles_of"]

STEPS: Final = 12
SETTLED_PX: Final = 0.005
MIN_TILE_PX: Final = TILE_PX // 2
MIN_PATCH_PX: Final = 16
MIN_PATCH_AREA_PX: Final = 32**2


def sub_pixel(edges: Sequence[Edges], whole: NDArray[np.float64], each: Each = map) -> NDArray[np.float64]:
    """Median of the patches' sub-pixel shifts; the whole one where none was found, or it ran away from the peak."""
    refined = np.array(list(each(lambda e: _refined(e, whole), edges)))
    known = refined[np.isfinite(refined).all(axis=1)]
    if not len(known):
        return whole
    found: NDArray[np.float64] = np.median(known, axis=0)
    return found if float(np.hypot(*(found - whole))) <= RUNAWAY_PX else whole


def tiles_of(
    edges: Sequence[Edges], estimate: NDArray[np.float64], each: Each = map
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles (n, 2) and shifts (n, 2) of tiles, those that cannot be followed left out."""
    found = [tile for tiles in each(lambda e: _tiles(e, estimate), edges) for tile in tiles]
    if not found:
        return np.zeros((1, 2)), estimate[None, :]
    places, shifts = zip(*found, strict=True)
    return np.array(places), np.array(shifts)


def _tiles(edges: Edges, estimate: NDArray[np.float64]) -> list[tuple[tuple[float, float], NDArray[np.float64]]]:
    """Middle and shift of each tile of a patch that can be followed."""
    found = []
    height, width = edges.before.shape
    side_y, side_x = (-(-n // max(1, round(n / TILE_PX))) for n in (height, width))
    for top in range(0, height, side_y):
        for left in range(0, width, side_x):
            part = (slice(top, min(top + side_y, height)), slice(left, min(left + side_x, width)))
            shift = _refined(edges, estimate.copy(), part)
            if np.isfinite(shift).all():
                found.append(((edges.row + top + side_y / 2, edges.col + left + side_x / 2), shift))
    return found


def _refined(edges: Edges, start: NDArray[np.float64], part: tuple[slice, slice] | None = None) -> NDArray[np.float64]:
    """Sub-pixel shift by Gauss–Newton steps with gain and offset, weighted against what changed (Geman–McClure)."""
    height, width = edges.root_before.shape
    margin = math.ceil(float(np.abs(start).max())) + 4
    rows, cols = part or (slice(0, height), slice(0, width))
    rows = slice(max(rows.start, margin), min(rows.stop, height - margin))
    cols = slice(max(cols.start, margin), min(cols.stop, width - margin))
    least, area = (MIN_PATCH_PX, MIN_PATCH_AREA_PX) if part is None else (MIN_TILE_PX, 0)
    tall, wide = max(0, rows.stop - rows.start), max(0, cols.stop - cols.start)
    if min(tall, wide) < least or tall * wide < area:
        return np.full(2, math.nan)
    usable = edges.usable[rows, cols].ravel()
    if part is not None and usable.mean() < 0.5:  # noqa: PLR2004 - half a tile
        return np.full(2, math.nan)
    target = edges.root_before[rows, cols].ravel()[usable]
    shift = start.copy()
    for _ in range(STEPS):
        moved = _moved(edges.root_after, rows, cols, shift)
        slopes = np.gradient(moved)
        design = np.stack(
            [slopes[0].ravel()[usable], slopes[1].ravel()[usable], moved.ravel()[usable], np.ones(target.size)]
        )
        step = _robust_step(design, target)
        shift += step
        if float(np.hypot(*step)) < SETTLED_PX:
            break
        if float(np.hypot(*(shift - start))) > margin - 2:
            return np.full(2, math.nan)
    return shift


def _moved(spline: NDArray[np.float32], rows: slice, cols: slice, shift: NDArray[np.float64]) -> NDArray[np.float64]:
    at = np.meshgrid(
        np.arange(rows.start, rows.stop) + shift[0], np.arange(cols.start, cols.stop) + shift[1], indexing="ij"
    )
    found: NDArray[np.float64] = map_coordinates(spline, at, order=3, prefilter=False, mode="nearest")
    return found


def _robust_step(design: NDArray[np.float64], target: NDArray[np.float32]) -> NDArray[np.float64]:
    weight: NDArray[np.floating[Any]] = np.ones(target.size)
    solved: NDArray[np.floating[Any]] = np.zeros(4)
    for _ in range(3):
        weighted = design * weight
        solved = np.linalg.lstsq(weighted @ design.T, weighted @ target, rcond=None)[0]
        left = target - solved @ design
        scale = 1.4826 * float(np.median(np.abs(left))) + 1e-9
        weight = 1.0 / (1.0 + (left / (2.0 * scale)) ** 2) ** 2
    step: NDArray[np.float64] = np.clip(solved[:2] / max(float(solved[2]), 0.2), -1.0, 1.0)
    return step
