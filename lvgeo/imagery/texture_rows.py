"""Features of the texture model, compiled: row by row as a scene comes, in no more memory than the rows around need.

Features look `REACH_PX` rows around, so a row is told of when so many more have been seen. Only these are held, each
over the one that is needed no more: what is reckoned on the way stays in the processor's caches.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numba
import numpy as np

__all__ = ["REACH_PX", "describe", "features", "new_rows", "see"]

REACH_PX: Final = 7  # how far the features look around a pixel: 3 for the mean, 4 for the mean of deviations

_RGB = numba.types.Array(numba.uint8, 3, "C", readonly=True)
_U3C = numba.types.Array(numba.uint8, 3, "C")
_MASK = numba.types.Array(numba.boolean, 2, "C", readonly=True)
_CURVES = numba.types.Array(numba.int16, 2, "C", readonly=True)
_I4 = np.int32
_U1 = np.uint8
_U2 = np.uint16
_FORTY_NINTH = 1338  # 2**16 / 49
_NINTH = 7282  # 2**16 / 9
_DEVIATION = 3236  # 4 · 2**16 / 81


class _Rows(NamedTuple):
    """Rows on their way, the i-th of each where i leads modulo their number; all as wide as what is seen."""

    green: Any  # (8, x) uint8: greenness of a pixel
    bright: Any  # (8, x) uint8: its brightness
    state: Any  # (16, x) uint8: 0 not observed, 1 observed, 3 pure black or white
    away: Any  # (16, x) uint8: how far brightness is off its 7 × 7 mean
    greenness: Any  # (8, x) uint8: mean of 7 × 7; from column 0 on
    three: Any  # (8, x) uint8: mean brightness of 3 × 3
    sums: Any  # (4, x) uint16: of columns of green, bright and away; one of 3 × 3
    light: Any  # (2, x) int16: sum of the bands, and green
    told: Any  # (3, x) uint8: deviation and dark minimum of the row that is told of, from column 0 on; one to work on


@numba.njit(nogil=True)
def new_rows(width):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Rows so wide, nothing seen."""
    eight, sixteen = (8, width), (16, width)
    return _Rows(
        np.zeros(eight, np.uint8), np.zeros(eight, np.uint8), np.zeros(sixteen, np.uint8),
        np.zeros(sixteen, np.uint8), np.zeros(eight, np.uint8), np.zeros(eight, np.uint8),
        np.zeros((4, width), np.uint16), np.zeros((2, width), np.int16), np.zeros((3, width), np.uint8),
    )  # fmt: skip


# The loops below run over one row each, in numbers no wider than they must be: they become vector instructions.


@numba.njit(nogil=True, boundscheck=False)
def _see(red, grn, blue, seen, curves, collars, light, green, bright, state):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Greenness and brightness in the model's light; state 0 not observed, 1 observed, 3 pure black or white."""
    c0, c1, c2 = curves[0], curves[1], curves[2]
    total, middle = light[0], light[1]
    for x in range(state.size):
        g = c1[grn[x]]
        middle[x] = g
        total[x] = c0[red[x]] + g + c2[blue[x]]
    for x in range(state.size):
        t = _I4(total[x])
        # 2**16 / t to the nearest whole number: a product with it costs less than a division of whole numbers.
        over = _I4(np.float32(65536) / np.float32(max(t, _I4(1))) + np.float32(0.5))
        e = _I4(64) + _I4((_I4(_I4(3) * _I4(middle[x]) - t) * over) >> _I4(7))
        green[x] = np.uint8(min(max(e, _I4(0)), _I4(255)))
    for x in range(state.size):
        bright[x] = np.uint8((_I4(total[x]) * _I4(5461)) >> _I4(16))  # t / (3 · 4)
    if collars:
        for x in range(state.size):
            some, every = np.uint8(red[x] | grn[x] | blue[x]), np.uint8(red[x] & grn[x] & blue[x])
            pure = (some <= np.uint8(1)) | (every >= np.uint8(254))
            state[x] = np.uint8(3) if pure else np.uint8(1)
        for x in range(state.size):
            state[x] = state[x] * seen[x]
    else:
        for x in range(state.size):
            state[x] = seen[x]
    for x in range(state.size):
        green[x] = green[x] if state[x] == 1 else np.uint8(64)
    for x in range(state.size):
        bright[x] = bright[x] if state[x] == 1 else np.uint8(128)


@numba.njit(nogil=True, boundscheck=False)
def _roll(column, new, old):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Move a window of rows down by one: sums of its columns."""
    for x in range(column.size):
        column[x] = _U2(column[x] + _U2(new[x]) - _U2(old[x]))


@numba.njit(nogil=True, boundscheck=False)
def _mean(column, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Mean over seven rows and columns, from sums of columns."""
    c = column
    for x in range(out.size):
        s = _I4(_U2(c[x] + c[x + 1] + c[x + 2] + c[x + 3] + c[x + 4] + c[x + 5] + c[x + 6]))
        out[x] = _U1(_I4(s * _I4(_FORTY_NINTH)) >> _I4(16))


@numba.njit(nogil=True, boundscheck=False)
def _off(column, middle, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """How far a row lies off that mean."""
    c = column
    for x in range(out.size):
        s = _I4(_U2(c[x] + c[x + 1] + c[x + 2] + c[x + 3] + c[x + 4] + c[x + 5] + c[x + 6]))
        out[x] = _U1(abs(_I4(middle[x]) - _I4(_I4(s * _I4(_FORTY_NINTH)) >> _I4(16))))


@numba.njit(nogil=True, boundscheck=False)
def _deviation(column, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Mean over nine rows and columns, times four."""
    c = column
    for x in range(out.size):
        s = _U2(c[x] + c[x + 1] + c[x + 2] + c[x + 3] + c[x + 4] + c[x + 5] + c[x + 6] + c[x + 7] + c[x + 8])
        out[x] = _U1(min(_I4(_I4(_I4(s) * _I4(_DEVIATION)) >> _I4(16)), _I4(255)))


@numba.njit(nogil=True, boundscheck=False)
def _three(above, middle, below, column, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Mean over three rows and columns."""
    for x in range(column.size):
        column[x] = _U2(above[x]) + _U2(middle[x]) + _U2(below[x])
    for x in range(out.size):
        s = _I4(_U2(column[x] + column[x + 1] + column[x + 2]))
        out[x] = _U1(_I4(s * _I4(_NINTH)) >> _I4(16))


@numba.njit(nogil=True, boundscheck=False)
def _least(rows, f, low, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Least of seven rows and columns around the f-th row."""
    a, b, c, d = rows[(f - 3) & 7], rows[(f - 2) & 7], rows[(f - 1) & 7], rows[f & 7]
    e, g, h = rows[(f + 1) & 7], rows[(f + 2) & 7], rows[(f + 3) & 7]
    for x in range(low.size):
        m = min(a[x], b[x], c[x], d[x])
        low[x] = min(m, e[x], g[x], h[x])
    r = low[REACH_PX - 3 :]
    for x in range(out.size):
        m = min(r[x], r[x + 1], r[x + 2], r[x + 3])
        out[x] = min(m, r[x + 4], r[x + 5], r[x + 6])


@numba.njit(nogil=True, boundscheck=False)
def _tell(i, rows):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Take in the i-th row, which was just seen; from i = 14 on features of row i - 7 are told."""
    green, bright, away, three, sums = rows.green, rows.bright, rows.away, rows.three, rows.sums
    width = green.shape[1]
    inner = width - 2 * REACH_PX
    _roll(sums[0], green[i & 7], green[(i - 7) & 7])
    _roll(sums[1], bright[i & 7], bright[(i - 7) & 7])
    if i < 6:  # noqa: PLR2004 - the seven rows of the first mean
        return
    _mean(sums[0, 4:], rows.greenness[(i - 3) & 7, :inner])
    _off(sums[1], bright[(i - 3) & 7, 3:], away[(i - 3) & 15, 3 : width - 3])
    _roll(sums[2], away[(i - 3) & 15], away[(i - 12) & 15])
    _three(bright[(i - 5) & 7], bright[(i - 4) & 7], bright[(i - 3) & 7], sums[3], three[(i - 4) & 7, 1 : width - 1])
    if i >= 2 * REACH_PX:
        _deviation(sums[2, 3:], rows.told[0, :inner])
        _least(three, i - REACH_PX, rows.told[2], rows.told[1, :inner])


@numba.njit(nogil=True, boundscheck=False)
def see(i, rows, rgb, seen, curves, collars):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Take in the i-th row: three bands (x,), and where they were observed."""
    green, bright, state = rows.green[i & 7], rows.bright[i & 7], rows.state[i & 15]
    _see(rgb[0], rgb[1], rgb[2], seen, curves, collars, rows.light, green, bright, state)
    _tell(i, rows)


@numba.njit(nogil=True, boundscheck=False)
def features(i, rows):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Four features of row i - 7, once row i was seen, from i = 14 on; each (x - 14,)."""
    f, inner = i - REACH_PX, rows.green.shape[1] - 2 * REACH_PX
    brightness = rows.three[f & 7, REACH_PX : REACH_PX + inner]
    return rows.greenness[f & 7, :inner], brightness, rows.told[0, :inner], rows.told[1, :inner]


@numba.njit(numba.void(_RGB, _MASK, _CURVES, numba.boolean, _U3C), nogil=True, cache=True, boundscheck=False)
def describe(rgb, valid, curves, collars, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Four features of a small image with `REACH_PX` around it: (3, y + 14, x + 14) → (4, y, x)."""
    rows = new_rows(valid.shape[1])
    for i in range(valid.shape[0]):
        see(i, rows, (rgb[0, i], rgb[1, i], rgb[2, i]), valid[i], curves, collars)
        if i >= 2 * REACH_PX:
            found = features(i, rows)
            for k in range(4):
                out[k, i - 2 * REACH_PX] = found[k]
