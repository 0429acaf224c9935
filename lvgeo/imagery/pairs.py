"""Count which classes stand at two dates inside an outline, 32 pixels at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numba
import numpy as np

from lvgeo.imagery.bits import HALVES, ones
from lvgeo.imagery.outline import ROUNDING
from lvgeo.imagery.packing import TILE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.imagery.outline import Outline

__all__ = ["count_pairs"]

_WORD_PX: Final = 32
_BYTES = numba.types.Array(numba.uint8, 3, "C", readonly=True)
_WORDS = numba.types.Array(numba.uint64, 3, "C", readonly=True)
_I = numba.int64
_INTS = numba.types.Array(numba.int64, 1, "C", readonly=True)
_FLOATS = numba.types.Array(numba.float64, 1, "C", readonly=True)
_OUT = numba.types.Array(numba.float64, 1, "C")
_ONE = np.uint64(1)


def _masks() -> NDArray[np.uint64]:
    """Lower bits of the first k pixels of a word, (33,): in a byte the first pixel is highest, in memory first."""
    rows = np.zeros((_WORD_PX + 1, _WORD_PX // 4), np.uint8)
    for k in range(_WORD_PX + 1):
        for pixel in range(k):
            rows[k, pixel // 4] |= 1 << (6 - 2 * (pixel % 4))
    return rows.view(np.uint64)[:, 0]


_FIRST = _masks()


@numba.njit(nogil=True, boundscheck=False)
def _row(before, after, seen):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Add up a tile's whole row: of so many words, known beforehand, vector registers count several at once."""
    observed, one, two, kept = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    for x in range(TILE // _WORD_PX):
        f, s = before[x], after[x]
        high_f, high_s = (f >> _ONE) & HALVES, (s >> _ONE) & HALVES
        both = ((f & HALVES) | high_f) & ((s & HALVES) | high_s)
        observed += ones(both)
        one += ones(both & high_f)
        two += ones(both & high_s)
        kept += ones(both & high_f & high_s)
    seen[0] += observed
    seen[1] += one
    seen[2] += two
    seen[3] += kept


@numba.njit(nogil=True, boundscheck=False)
def _span(before, after, begin, end, seen):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Add up a row's pixels that were observed at both dates, and of these the canopy before, after and at both."""
    if end - begin == TILE:
        _row(before, after, seen)
        return
    for x in range(begin // _WORD_PX, (end - 1) // _WORD_PX + 1):
        mask = _FIRST[min(end - x * _WORD_PX, _WORD_PX)] & ~_FIRST[max(begin - x * _WORD_PX, 0)]
        f, s = before[x], after[x]
        high_f, high_s = (f >> _ONE) & HALVES, (s >> _ONE) & HALVES
        both = ((f & HALVES) | high_f) & ((s & HALVES) | high_s) & mask
        seen[0] += ones(both)
        seen[1] += ones(both & high_f)
        seen[2] += ones(both & high_s)
        seen[3] += ones(both & high_f & high_s)


@numba.njit(nogil=True, boundscheck=False)
def _tile(before, after, first, second, starts, cols, heights, parts, top, left, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    whole, some = np.zeros(4, np.uint64), np.zeros(4, np.uint64)
    for y in range(max(-top, 0), min(TILE, starts.size - 1 - top)):
        within, at = 0.0, 0
        for k in range(starts[top + y], starts[top + y + 1]):
            col = cols[k] - left
            until = min(col, TILE)
            if until > at and abs(within) > ROUNDING:
                if abs(within - 1.0) < ROUNDING:
                    _span(before[y], after[y], at, until, whole)
                else:
                    some[:] = 0
                    _span(before[y], after[y], at, until, some)
                    for i in range(4):
                        out[i] += within * some[i]
            if col >= TILE:
                break
            if col >= 0:
                one = (first[y, col >> 2] >> (6 - 2 * (col & 3))) & 3
                two = (second[y, col >> 2] >> (6 - 2 * (col & 3))) & 3
                if one > 0 and two > 0:
                    share = min(max(within + parts[k], 0.0), 1.0)
                    out[0] += share
                    out[1] += share * (one >> 1)
                    out[2] += share * (two >> 1)
                    out[3] += share * (one >> 1) * (two >> 1)
                at = col + 1
            within += heights[k]
    for i in range(4):
        out[i] += whole[i]


@numba.njit(
    numba.void(_WORDS, _WORDS, _BYTES, _BYTES, _INTS, _INTS, _FLOATS, _FLOATS, _I, _I, _OUT), nogil=True, cache=True,
    boundscheck=False
)  # fmt: skip
def _count(before, after, first, second, starts, cols, heights, parts, top, left, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    for k in range(before.shape[0]):
        at = left + k * TILE
        _tile(before[k], after[k], first[k], second[k], starts, cols, heights, parts, top, at, out)


def count_pairs(
    before: NDArray[np.uint8], after: NDArray[np.uint8], outline: Outline, place: tuple[int, int]
) -> NDArray[np.float64]:
    """How often each pair of classes occurs inside an outline where both dates were observed, (2, 2): before, after.

    Parameters
    ----------
    before, after
        Classes of tiles beside each other, (tiles, 512, 128), four a byte: 0 not observed, 1 other, 2 canopy.
    place
        Row and column of the first, counted in tiles.

    Returns
    -------
    NDArray[np.float64]
        Other first, then canopy; a pixel counts by the part of it inside.
    """
    found = np.zeros(4)
    first, second = np.ascontiguousarray(before), np.ascontiguousarray(after)
    edge = outline.starts, outline.cols, outline.heights, outline.parts
    words = first.view(np.uint64), second.view(np.uint64)
    _count(*words, first, second, *edge, place[0] * TILE - outline.top, place[1] * TILE, found)
    seen, one, two, kept = found
    return np.array([[seen + kept - one - two, two - kept], [one - kept, kept]])
