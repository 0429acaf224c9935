"""Under which whole shift two scenes are most alike: peaks of their correlation are tried, plain and of phases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.fft import irfftn, rfftn
from scipy.ndimage import gaussian_filter, maximum_filter

from lvgeo.imagery.edges import similarity
from lvgeo.imagery.repeats import Shift, Whole, chosen, whitened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.edges import Edges
    from lvgeo.imagery.ordered import Each

__all__ = ["whole_shift"]

BLUR_PX: Final = 1.5
CLEARLY: Final = 0.05  # by how much a shift beyond the limit must be better to be believed
REACH: Final = 4  # a shift of more than this part of a patch leaves too little in common to be believed
PEAKS: Final = 8  # of the whole scene's plain correlation that are tried
PEAK_PX: Final = 5  # side of what a peak rises above


class _Looked(NamedTuple):
    """Shifts at which a patch's edges may be most alike, and its correlation, plain and of phases, no shift mid."""

    shifts: set[Shift]
    plain: NDArray[np.float32]
    phase: NDArray[np.float32]


def whole_shift(edges: Sequence[Edges], limit_px: float, each: Each = map) -> Whole:
    """Whole shift under which edges are most alike: beyond the limit only where clearly better.

    Parameters
    ----------
    edges
        Of patches of both scenes.
    limit_px
        Largest shift that is applied.
    each
        Goes through the patches.

    Returns
    -------
    Whole
        Not sure where another within the limit does nearly as well.
    """
    looked = list(each(lambda e: _looked(e, limit_px), edges))
    plain, phase = _mean([one.plain for one in looked]), _mean([one.phase for one in looked])
    candidates = {(0, 0)}.union(*(one.shifts for one in looked), _tops(plain, limit_px))
    scored = {c: similarity(edges, c) for c in sorted(candidates)}
    near = {c: s for c, s in scored.items() if math.hypot(*c) <= limit_px}
    best = max(scored, key=scored.__getitem__)
    if best not in near and scored[best] >= max(near.values()) + CLEARLY:
        return Whole(best, scored[best], sure=True)
    found = chosen(edges, near, phase)
    believed_px = max(min(e.before.shape) for e in edges) / REACH
    if max(map(abs, found.shift)) <= believed_px:
        return found
    nearer = max((c for c in near if max(map(abs, c)) <= believed_px), key=near.__getitem__)
    return Whole(nearer, near[nearer], sure=False)


def _looked(edges: Edges, limit_px: float) -> _Looked:
    shape, shifts, kept = edges.before.shape, set[Shift](), []
    for blur in (0.0, BLUR_PX):
        sides = (gaussian_filter(side, blur) if blur else side for side in (edges.before, edges.after))
        before, after = (rfftn(side) for side in sides)
        both = np.conj(before) * after
        for product in (both, whitened(both)):
            surface = irfftn(product, shape)
            top = np.unravel_index(int(np.abs(surface).argmax()), shape)
            row, col = (int(n) if n <= side // 2 else int(n) - side for n, side in zip(top, shape, strict=True))
            if max(abs(row), abs(col)) <= min(shape) / REACH:
                shifts.add((row, col))
            kept.append(surface)
    energy = math.sqrt(float((edges.before**2).sum()) * float((edges.after**2).sum()))
    reach = [min((side - 1) // 2, math.ceil(limit_px) + 1) for side in shape]
    return _Looked(shifts, _cut(kept[0], reach) / np.float32(energy), _cut(kept[-1], reach) / kept[-1].std())


def _cut(surface: NDArray[np.float32], reach: Sequence[int]) -> NDArray[np.float32]:
    """So many rows and columns either way of no shift."""
    rows, cols = (np.arange(-n, n + 1) for n in reach)
    return surface[rows[:, None], cols]


def _mean(surfaces: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Mean of surfaces with the same middle, each as far as it reaches."""
    tall, wide = (max(s.shape[axis] for s in surfaces) for axis in (0, 1))
    total, count = np.zeros((tall, wide), np.float32), np.zeros((tall, wide), np.float32)
    for s in surfaces:
        top, left = (tall - s.shape[0]) // 2, (wide - s.shape[1]) // 2
        part = np.s_[top : top + s.shape[0], left : left + s.shape[1]]
        total[part] += s
        count[part] += 1
    return np.divide(total, np.maximum(count, 1), dtype=np.float32)


def _tops(surface: NDArray[np.float32], limit_px: float) -> list[Shift]:
    """Shifts within the limit at which a surface is highest and higher than around."""
    middle = np.array(surface.shape) // 2
    peaks = np.argwhere(maximum_filter(surface, PEAK_PX) == surface) - middle
    near = peaks[np.hypot(*peaks.T) <= limit_px]
    order = np.argsort(-surface[tuple((near + middle).T)], kind="stable")
    return [(int(row), int(col)) for row, col in near[order[:PEAKS]]]
