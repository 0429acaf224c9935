"""Compiled loops over strips: look colours up, average pixels, gather cells. No arithmetic on light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from lvgeo.imagery.bits import HALVES, join_row, ones
from lvgeo.imagery.packing import blank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.imagery.canopy import LookUpTable

__all__ = [
    "CANOPY",
    "COLLAR",
    "NOT_OBSERVED",
    "OTHER",
    "look_at_cells",
    "look_up",
    "shrink",
    "tally",
]

NOT_OBSERVED, OTHER, CANOPY, COLLAR = 0, 1, 2, 3
DENSE_PX = 24  # of a square's 64: fewer would take more of clean edges, more would leave more of JPEG's fringe

_U1 = numba.types.Array(numba.uint8, 2, "A", readonly=True)
_OUT = numba.types.Array(numba.uint8, 2, "C")
_CELLS = numba.types.Array(numba.uint8, 1, "C", readonly=True)
_MASK = numba.types.Array(numba.boolean, 2, "A", readonly=True)
_I = numba.int64
_U1D3 = numba.types.Array(numba.uint8, 3, "A", readonly=True)
_U1A3 = numba.types.Array(numba.uint8, 3, "A")
_BOOLA2 = numba.types.Array(numba.boolean, 2, "A")
_BOOL2 = numba.types.Array(numba.boolean, 2, "C")


@numba.njit(
    numba.void(_U1, _U1, _U1, _MASK, _CELLS, _I, _I, _I, _I, _I, numba.boolean, _OUT), nogil=True, cache=True,
    boundscheck=False
)  # fmt: skip
def _classify(a, b, c, valid, cells, s0, s1, s2, k0, k1, collars, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    width = a.shape[1]
    index, found = np.empty(width, np.int32), np.zeros(4 * out.shape[1], np.uint8)
    i0, i1, i2, j0, j1 = np.int32(s0), np.int32(s1), np.int32(s2), np.int32(k0), np.int32(k1)
    for y in range(a.shape[0]):
        p, q, r, known = a[y], b[y], c[y], valid[y]
        # Where to look is reckoned for a row at a time, in vector registers.
        for x in range(width):
            index[x] = ((np.int32(p[x]) >> i0) << j0) | ((np.int32(q[x]) >> i1) << j1) | (np.int32(r[x]) >> i2)
        for x in range(width):
            found[x] = cells[index[x]]
        if collars:
            for x in range(width):
                some, every = np.uint8(p[x] | q[x] | r[x]), np.uint8(p[x] & q[x] & r[x])
                pure = (some <= np.uint8(1)) | (every >= np.uint8(254))
                found[x] = np.uint8(3) if pure else found[x]
        for x in range(width):
            found[x] = found[x] * known[x]
        join_row(found, out[y])


def look_up(
    values: NDArray[np.uint8], valid: NDArray[np.bool_], table: LookUpTable, *, collars: bool
) -> NDArray[np.uint8]:
    """Classify a window.

    Parameters
    ----------
    values
        (3, y, x) in the table's own order of bands.
    valid
        (y, x).
    table
        The model, radiometry folded in.
    collars
        Mark pure black and white as 3, to be settled once the whole scene is seen.

    Returns
    -------
    NDArray[np.uint8]
        (y, bytes), joined as `lvgeo.imagery.packing` does: 0 not observed, 1 other, 2 canopy, 3 pure.
    """
    out = blank(*valid.shape)
    (a, b, c), (s0, s1, s2), (k0, k1) = values, table.shifts, table.places
    _classify(a, b, c, valid, table.cells, s0, s1, s2, k0, k1, collars, out)
    return out


@numba.njit(nogil=True, boundscheck=False)
def _sums(column, n, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    for x in range(out.size):
        t = 0
        for u in range(x * n, x * n + n):
            t += column[u]
        out[x] = t


@numba.njit(numba.void(_U1D3, _MASK, _I, _U1A3, _BOOLA2), nogil=True, cache=True, boundscheck=False)
def _shrink(values, valid, n, out, seen):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    bands, height, width = out.shape
    across = valid.shape[1]
    total, count = np.zeros(width, np.int32), np.zeros(width, np.int32)
    column, known = np.zeros(width * n, np.int32), np.zeros(width * n, np.int32)
    for y in range(height):
        top, bottom = y * n, min((y + 1) * n, values.shape[1])
        known[:] = 0
        for v in range(top, bottom):
            seen_here = valid[v]
            for x in range(across):
                known[x] += seen_here[x]
        whole = True
        for x in range(across):
            whole &= known[x] == bottom - top
        # Columns are summed in vector registers, then each square's.
        _sums(known, n, count)
        for x in range(width):
            seen[y, x] = 2 * count[x] >= n * n
            count[x] = max(count[x], 1)
        for b in range(bands):
            column[:] = 0
            for v in range(top, bottom):
                source, seen_here = values[b, v], valid[v]
                if whole:
                    for x in range(across):
                        column[x] += source[x]
                else:
                    for x in range(across):
                        column[x] += source[x] * seen_here[x]
            _sums(column, n, total)
            for x in range(width):
                out[b, y, x] = (2 * total[x] + count[x]) // (2 * count[x])


@numba.njit(
    numba.void(numba.types.Array(numba.uint64, 2, "C", readonly=True), numba.types.Array(numba.int64, 1, "C")),
    nogil=True, cache=True
)  # fmt: skip
def _tally(words, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    some, canopy, pure = np.uint64(0), np.uint64(0), np.uint64(0)
    for y in range(words.shape[0]):
        for x in range(words.shape[1]):
            low, high = words[y, x] & HALVES, (words[y, x] >> np.uint64(1)) & HALVES
            some += ones(low | high)
            canopy += ones(high & ~low)
            pure += ones(high & low)
    out[1], out[2], out[3] = some - canopy - pure, canopy, pure


def tally(joined: NDArray[np.uint8], width: int) -> NDArray[np.int64]:
    """Pixels of each class in joined rows of so many pixels, (4,)."""
    out = np.zeros(4, np.int64)
    _tally(joined.view(np.uint64), out)
    out[0] = joined.shape[0] * width - out.sum()
    return out


def shrink(
    values: NDArray[np.uint8],
    valid: NDArray[np.bool_],
    factor: int,
    into: tuple[NDArray[np.uint8], NDArray[np.bool_]] | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Average observed pixels over squares, at least half of which must be observed.

    Parameters
    ----------
    values, valid
        (band, y, x) and (y, x); a last square may be cut short.
    factor
        Side of a square.
    into
        Where to put both, by default somewhere new.
    """
    if into is None:
        shape = (-(-valid.shape[0] // factor), -(-valid.shape[1] // factor))
        into = np.empty((values.shape[0], *shape), np.uint8), np.empty(shape, np.bool_)
    out, seen = into
    if factor == 1:
        out[:], seen[:] = values, valid
    else:
        _shrink(values, valid, factor, out, seen)
    return into


@numba.njit(
    numba.void(numba.types.Array(numba.uint64, 2, "C"), _I, _BOOL2, _BOOL2, _BOOL2), nogil=True, cache=True,
    boundscheck=False
)  # fmt: skip
def _look_at_cells(words, width, pure, dense, void):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    cell, one = np.uint64(0xFFFF), np.uint64(1)  # two bytes of a word: a cell is eight pixels wide
    across = pure.shape[1]
    every, some = np.empty(words.shape[1], np.uint64), np.empty(words.shape[1], np.uint64)
    count = np.empty(across, np.uint8)
    for top in range(0, words.shape[0], 8):
        bottom = min(top + 8, words.shape[0])
        every[:], some[:] = ~np.uint64(0), 0
        marked = np.uint64(0)
        for y in range(top, bottom):
            for x in range(words.shape[1]):
                word = words[y, x]
                every[x] &= word
                some[x] |= word
                marked |= word & (word >> one) & HALVES
        # What lies beyond the raster's end in its last cell keeps none from being pure.
        for x in range(width, across * 8):
            every[x // 32] |= np.uint64(3) << np.uint64(x % 32 // 4 * 8 + 6 - 2 * (x % 4))
        for k in range(across):
            place = np.uint64(k % 4 * 16)
            pure[top // 8, k] = (every[k // 4] >> place) & cell == cell
            void[top // 8, k] = (some[k // 4] >> place) & cell == 0
        if marked:
            count[:] = 0
            for y in range(top, bottom):
                for x in range(words.shape[1]):
                    wrong = words[y, x] & (words[y, x] >> one) & HALVES
                    if wrong:
                        for k in range(x * 4, min(x * 4 + 4, across)):
                            place = np.uint64(k % 4 * 16)
                            count[k] += ones((wrong >> place) & cell)
                            if pure[top // 8, k]:
                                wrong &= ~(cell << place)
                        words[y, x] ^= wrong << one
            for k in range(across):
                dense[top // 8, k] = count[k] >= DENSE_PX


def look_at_cells(
    joined: NDArray[np.uint8], width: int, into: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]
) -> None:
    """Say which squares of 8 × 8 pixels are wholly pure (3), which in good part, and which wholly unobserved (0).

    Parameters
    ----------
    joined
        (y, bytes); pure pixels of a square that is not wholly pure are made 1.
    width
        Pixels of a row.
    into
        (square rows, square columns) each, written: wholly pure, at least `DENSE_PX` pixels pure, wholly unobserved;
        squares at the end are cut short.
    """
    _look_at_cells(joined.view(np.uint64), width, *into)
