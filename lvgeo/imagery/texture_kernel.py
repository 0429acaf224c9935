"""Compiled loop of the texture model: a strip's features, how likely each is canopy, its average, and the decision."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba
import numpy as np

from lvgeo.imagery.bits import join_row
from lvgeo.imagery.texture_rows import REACH_PX, features, new_rows, see

__all__ = ["HALO_PX", "MAX_SMOOTH_PX", "TILE_PX", "classify"]

MAX_SMOOTH_PX: Final = 9
HALO_PX: Final = REACH_PX + MAX_SMOOTH_PX // 2
TILE_PX: Final = 16384  # columns worked on at a time: what is held of each row fits the caches

_PLANE = numba.types.Array(numba.uint8, 2, "C", readonly=True)
_U1C = numba.types.Array(numba.uint8, 2, "C")
_MASK = numba.types.Array(numba.boolean, 2, "C", readonly=True)
_CURVES = numba.types.Array(numba.int16, 2, "C", readonly=True)
_CELLS = numba.types.Array(numba.uint8, 1, "C", readonly=True)
_I = numba.int64
_I4 = np.int32


class _Work(NamedTuple):
    """What a row is decided with."""

    held: Any  # (side of the average, x) uint8: likelihood of the last rows
    column: Any  # (x,) int32: sums of their columns
    total: Any  # (x,) int32: sums over squares
    index: Any  # (x,) int32: cells of the table


@numba.njit(nogil=True)
def _work(wide, smooth):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    span = wide + smooth - 1
    index = np.empty(span, np.int32)
    return _Work(np.zeros((smooth, span), np.uint8), np.zeros(span, np.int32), np.empty(wide, np.int32), index)


@numba.njit(nogil=True, boundscheck=False)
def _likely(told, cells, index, likely):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """How likely canopy is along a row, from its features."""
    greenness, brightness, deviation, dark = told
    for x in range(index.size):
        d = min(deviation[x], np.uint8(127))
        high = (_I4(greenness[x] >> 2) << _I4(14)) | (_I4(brightness[x] >> 3) << _I4(9))
        index[x] = high | (_I4(d >> 2) << _I4(4)) | _I4(dark[x] >> 4)
    for x in range(index.size):
        likely[x] = cells[index[x]]


@numba.njit(nogil=True, boundscheck=False)
def _average(i, told, cells, work):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Move the square down to the i-th row, and add up how likely canopy is in it."""
    smooth, column, total = work.held.shape[0], work.column, work.total
    row = work.held[i % smooth]
    for x in range(column.size):
        column[x] -= row[x]
    _likely(told, cells, work.index, row)
    for x in range(column.size):
        column[x] += row[x]
    total[:] = 0
    for k in range(smooth):
        part = column[k:]
        for x in range(total.size):
            total[x] += part[x]


@numba.njit(nogil=True, boundscheck=False)
def _decide(likely, limit, known, found):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Canopy where it is likelier than a limit; what was not observed, or is pure, stays so."""
    for x in range(known.size):
        canopy = np.uint8(2) if likely[x] > limit else np.uint8(1)
        found[x] = canopy if known[x] == 1 else known[x]


@numba.njit(nogil=True, boundscheck=False)
def _take(row, first, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Copy a row from a column on; beyond the image its edge is repeated."""
    start, stop = max(0, -first), min(out.size, row.size - first)
    inner, source = out[start:stop], row[first + start : first + stop]
    for x in range(inner.size):
        inner[x] = source[x]
    for x in range(start):
        out[x] = row[0]
    for x in range(stop, out.size):
        out[x] = row[-1]


@numba.njit(
    numba.void(_PLANE, _PLANE, _PLANE, _MASK, _CURVES, _CELLS, _I, _I, numba.boolean, _U1C), nogil=True, cache=True,
    boundscheck=False
)  # fmt: skip
def classify(red, grn, blue, valid, curves, cells, smooth, threshold, collars, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, PLR0913, PLR0917
    """Classify a strip with `HALO_PX` rows around it, a tile of columns at a time, into joined rows."""
    height, width = out.shape[0], red.shape[1]
    halo = smooth // 2 + REACH_PX
    for left in range(0, width, TILE_PX):
        wide = min(TILE_PX, width - left)
        rows, work, line = new_rows(wide + 2 * halo), _work(wide, smooth), np.zeros(-(-wide // 4) * 4, np.uint8)
        rgb, seen = np.empty((3, wide + 2 * halo), np.uint8), np.empty(wide + 2 * halo, np.bool_)
        for i in range(height + 2 * halo):
            at, first = i + HALO_PX - halo, left - halo
            _take(red[at], first, rgb[0])
            _take(grn[at], first, rgb[1])
            _take(blue[at], first, rgb[2])
            _take(valid[at], first, seen)
            see(i, rows, rgb, seen, curves, collars)
            if i < 2 * REACH_PX:
                continue
            known = rows.state[(i - halo) & 15, halo : halo + wide]
            if smooth == 1:
                _likely(features(i, rows), cells, work.index, work.held[0])
                _decide(work.held[0], np.uint8(threshold), known, line)
            else:
                _average(i, features(i, rows), cells, work)
                _decide(work.total, _I4(threshold * smooth * smooth), known, line)
            if i >= 2 * halo:
                join_row(line, out[i - 2 * halo, left // 4 :])
