"""By which part of a pixel edges lie off, over whole patches and tile by tile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

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
FAR: Final = np.float32(1e4)  # times the scale of what is left: single precision holds its fourth power
SCALE_PX: Final = 2**16  # about, of a patch: more do not move the scale of what is left


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
    usable = edges.usable[rows, cols]
    # Half of a tile; of a patch as much as one needs: the ground that it shows may lie along its edges alone.
    if np.count_nonzero(usable) < (MIN_PATCH_AREA_PX if part is None else usable.size / 2):
        return np.full(2, math.nan)
    known: NDArray[np.bool_] | slice = slice(None) if usable.all() else usable.ravel()
    target = edges.root_before[rows, cols].ravel()[known]
    shift = start.copy()
    for _ in range(STEPS):
        moved = _moved(edges.root_after, rows, cols, shift)
        sides = (*np.gradient(moved), moved, np.ones_like(moved))
        step = _robust_step(np.stack([side.ravel()[known] for side in sides]), target)
        shift += step
        if float(np.hypot(*step)) < SETTLED_PX:
            break
        if float(np.hypot(*(shift - start))) > margin - 2:
            return np.full(2, math.nan)
    return shift


def _moved(spline: NDArray[np.float32], rows: slice, cols: slice, shift: NDArray[np.float64]) -> NDArray[np.float32]:
    """Read a cubic spline at pixels moved by one shift: everywhere the same four weights down, then along."""
    whole = np.floor(shift).astype(int)
    down, along = (_weights(part) for part in shift - whole)
    # One row and column before, two after; beyond the picture its edge is repeated.
    near = spline[
        np.clip(np.arange(rows.start - 1, rows.stop + 2) + whole[0], 0, spline.shape[0] - 1)[:, None],
        np.clip(np.arange(cols.start - 1, cols.stop + 2) + whole[1], 0, spline.shape[1] - 1),
    ]
    tall, wide = rows.stop - rows.start, cols.stop - cols.start
    column = sum((down[k] * near[k : k + tall] for k in range(1, 4)), down[0] * near[:tall])
    found: NDArray[np.float32] = sum(
        (along[k] * column[:, k : k + wide] for k in range(1, 4)), along[0] * column[:, :wide]
    )
    return found


def _weights(t: float) -> NDArray[np.float32]:
    """Of the four pixels around a place at t, 0 to 1, between the middle two: the cubic B-spline (Unser 1999)."""
    return np.array(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], np.float32
    ) / np.float32(6)


def _robust_step(design: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    weight, solved = np.ones_like(target), np.zeros(4)
    for _ in range(3):
        weighted = design * weight
        solved = np.linalg.lstsq((weighted @ design.T).astype(float), (weighted @ target).astype(float), rcond=None)[0]
        left = np.abs(target - solved.astype(np.float32) @ design)
        some = left[:: max(1, left.size // SCALE_PX)]
        scale = np.float32(1.4826) * np.partition(some, some.size // 2)[some.size // 2] + np.float32(1e-9)
        # Over flat ground next to nothing is left: what changed lies billions of times as far off, and counts nothing.
        weight = 1 / (1 + np.minimum(left / (2 * scale), FAR) ** 2) ** 2
    step: NDArray[np.float64] = np.clip(solved[:2] / max(float(solved[2]), 0.2), -1.0, 1.0)
    return step
