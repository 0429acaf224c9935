"""Compiled loops of the texture model: light, features, look-up and average, tile by tile."""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from lvgeo.imagery.bits import join_row

__all__ = ["HALO_PX", "MAX_SMOOTH_PX", "REACH_PX", "classify", "look_around", "see"]

REACH_PX: Final = 7  # how far the features look around a pixel: 3 for the mean, 4 for the mean of deviations
MAX_SMOOTH_PX: Final = 9
HALO_PX: Final = REACH_PX + MAX_SMOOTH_PX // 2
TILE_PX: Final = 4096  # columns, and rows, worked on at a time: what is reckoned on the way stays in caches
TILE_ROWS: Final = 32

_RGB = numba.types.Array(numba.uint8, 3, "C", readonly=True)
_PLANE = numba.types.Array(numba.uint8, 2, "C", readonly=True)
_U1C = numba.types.Array(numba.uint8, 2, "C")
_U3C = numba.types.Array(numba.uint8, 3, "C")
_MASK = numba.types.Array(numba.boolean, 2, "C", readonly=True)
_CURVES = numba.types.Array(numba.int16, 2, "C", readonly=True)
_CELLS = numba.types.Array(numba.uint8, 1, "C", readonly=True)
_I = numba.int64
_I4 = np.int32
_U2 = np.uint16

# The loops below run over one row each, in numbers no wider than they must be: they become vector instructions.


@numba.njit(nogil=True, boundscheck=False)
def _see_row(red, grn, blue, seen, curves, collars, light, green, bright, state):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
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
            p = red[x]
            pure = (p == grn[x]) & (p == blue[x]) & ((p == 0) | (p == 255))  # noqa: PLR2004
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


@numba.njit(numba.void(_RGB, _MASK, _CURVES, numba.boolean, _U1C, _U1C, _U1C), nogil=True, cache=True)
def see(rgb, valid, curves, collars, green, bright, state):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, PLR0913, PLR0917
    """Greenness, brightness and state of a whole small image."""
    light = np.empty((2, state.shape[1]), np.int16)
    for y in range(state.shape[0]):
        red, grn, blue = rgb[0, y], rgb[1, y], rgb[2, y]
        _see_row(red, grn, blue, valid[y], curves, collars, light, green[y], bright[y], state[y])


@numba.njit(numba.void(_U1C, _U1C, _I, _U1C, _U1C, _U3C), nogil=True, cache=True, boundscheck=False)
def look_around(green, bright, rows, three, away, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, PLR0915
    """Four features of the first rows of a tile; planes (h + 14, w + 14) → (4, h, w). Two more planes to work on."""
    height, width = rows + 14, green.shape[1]
    w = width - 14
    three[:], away[:] = 0, 0
    column = np.zeros(width, np.uint16)
    two, four = np.zeros(width, np.uint16), np.zeros(width, np.uint16)
    # Greenness, 7 × 7, and brightness' distance from its 7 × 7 mean.
    for plane in range(2):
        source = green if plane == 0 else bright
        column[:] = 0
        for y in range(6):
            for x in range(width):
                column[x] += source[y, x]
        for y in range(3, height - 3):
            new, middle, old = source[y + 3], source[y], source[y - 3]
            for x in range(width):
                column[x] += new[x]
            for x in range(width - 1):
                two[x] = column[x] + column[x + 1]
            for x in range(width - 3):
                four[x] = two[x] + two[x + 2]
            if plane == 0:
                if 7 <= y < height - 7:  # noqa: PLR2004
                    found = out[0, y - 7]
                    for x in range(w):
                        s = _I4(_U2(four[x + 4] + two[x + 8] + column[x + 10]))
                        found[x] = np.uint8(_I4(s * _I4(1338)) >> _I4(16))
            else:
                found = away[y]
                for x in range(width - 6):
                    s = _I4(_U2(four[x] + two[x + 4] + column[x + 6]))
                    found[x + 3] = np.uint8(abs(_I4(middle[x + 3]) - _I4(_I4(s * _I4(1338)) >> _I4(16))))
            for x in range(width):
                column[x] -= old[x]
    # Mean of the distance, 9 × 9.
    column[:] = 0
    for y in range(3, 11):
        for x in range(width):
            column[x] += away[y, x]
    for y in range(7, height - 7):
        new, old, found = away[y + 4], away[y - 4], out[2, y - 7]
        for x in range(width):
            column[x] += new[x]
        for x in range(width - 1):
            two[x] = column[x] + column[x + 1]
        for x in range(width - 3):
            four[x] = two[x] + two[x + 2]
        for x in range(w):
            s = _I4(_U2(four[x + 3] + four[x + 7] + column[x + 11]))
            found[x] = np.uint8(min(_I4(_I4(s * _I4(3236)) >> _I4(16)), _I4(255)))  # 4 / 81
        for x in range(width):
            column[x] -= old[x]
    # Brightness, 3 × 3, and its least value in 7 × 7.
    for y in range(1, height - 1):
        above, middle, below, found = bright[y - 1], bright[y], bright[y + 1], three[y]
        for x in range(width):
            column[x] = _U2(above[x]) + _U2(middle[x]) + _U2(below[x])
        for x in range(width - 2):
            s = _I4(_U2(column[x] + column[x + 1] + column[x + 2]))
            found[x + 1] = np.uint8(_I4(s * _I4(7282)) >> _I4(16))
    low, pair, quad = np.zeros(width, np.uint8), np.zeros(width, np.uint8), np.zeros(width, np.uint8)
    for y in range(7, height - 7):
        for x in range(width):
            m = min(three[y - 3, x], three[y - 2, x], three[y - 1, x], three[y, x])
            low[x] = min(m, three[y + 1, x], three[y + 2, x], three[y + 3, x])
        for x in range(width - 1):
            pair[x] = min(low[x], low[x + 1])
        for x in range(width - 3):
            quad[x] = min(pair[x], pair[x + 2])
        middle, found = three[y], out[1, y - 7]
        for x in range(w):
            found[x] = middle[x + 7]
        found = out[3, y - 7]
        for x in range(w):
            found[x] = min(quad[x + 4], quad[x + 7])


@numba.njit(nogil=True, boundscheck=False)
def _likely(features, y, cells, index, likely):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """How likely canopy is along a row of features."""
    greenness, brightness, deviation, dark = features[0, y], features[1, y], features[2, y], features[3, y]
    for x in range(likely.size):
        d = min(deviation[x], np.uint8(127))
        high = (_I4(greenness[x] >> 2) << _I4(14)) | (_I4(brightness[x] >> 3) << _I4(9))
        index[x] = high | (_I4(d >> 2) << _I4(4)) | _I4(dark[x] >> 4)
    for x in range(likely.size):
        likely[x] = cells[index[x]]


@numba.njit(nogil=True, boundscheck=False)
def _decide(features, state, cells, smooth, threshold, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Look up how likely canopy is, average it, and compare.

    `features` reach half the window of the average beyond `out` on every side, `state` as far as the features look too.
    """
    height, width = out.shape
    r = smooth // 2
    halo = r + REACH_PX
    limit = _I4(threshold * smooth * smooth)
    span = width + 2 * r
    index, total = np.empty(span, np.int32), np.zeros(width, np.int32)
    column = np.zeros(span, np.int32)
    rows = np.zeros((smooth, span), np.uint8)
    for y in range(-r, height + r):
        row = rows[(y + r) % smooth]
        for x in range(span):
            column[x] -= row[x]
        _likely(features, y + r, cells, index, row)
        for x in range(span):
            column[x] += row[x]
        if y < r:
            continue
        found, known = out[y - r], state[y - r + halo, halo : halo + width]
        if smooth == 1:
            for x in range(width):
                found[x] = np.uint8(2) if row[x] > threshold else np.uint8(1)
        else:
            total[:] = 0
            for k in range(smooth):
                part = column[k : k + width]
                for x in range(width):
                    total[x] += part[x]
            for x in range(width):
                found[x] = np.uint8(2) if total[x] > limit else np.uint8(1)
        for x in range(width):
            found[x] = found[x] if known[x] == 1 else known[x]


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
    """Classify a strip tile by tile, so that what is reckoned on the way stays in the processor's caches; joined."""
    height, width = out.shape[0], red.shape[1]
    halo = smooth // 2 + REACH_PX
    light, span, line = np.empty((2, 0), np.int16), 0, np.zeros(TILE_PX, np.uint8)
    for left in range(0, width, TILE_PX):
        if span != min(TILE_PX, width - left) + 2 * halo:
            span = min(TILE_PX, width - left) + 2 * halo
            light, four = np.empty((2, span), np.int16), np.empty((4, span), np.uint8)
            planes = np.empty((5, TILE_ROWS + 2 * halo, span), np.uint8)
            features = np.empty((4, TILE_ROWS + 2 * halo - 2 * REACH_PX, span - 2 * REACH_PX), np.uint8)
            part = np.empty((TILE_ROWS, span - 2 * halo), np.uint8)
            line[:] = 0
        green, bright, state, three, away = planes[0], planes[1], planes[2], planes[3], planes[4]
        for top in range(0, height, TILE_ROWS):
            rows = min(TILE_ROWS, height - top)
            # The last rows of the tile above are the first of this one.
            begin = 2 * halo if top else 0
            for k in range(3 if top else 0):
                for y in range(begin):
                    planes[k, y] = planes[k, TILE_ROWS + y]
            for y in range(begin, rows + 2 * halo):
                at = top + y + HALO_PX - halo
                _take(red[at], left - halo, four[0])
                _take(grn[at], left - halo, four[1])
                _take(blue[at], left - halo, four[2])
                _take(valid[at], left - halo, four[3])
                _see_row(four[0], four[1], four[2], four[3], curves, collars, light, green[y], bright[y], state[y])
            look_around(green, bright, rows + 2 * halo - 2 * REACH_PX, three, away, features)
            _decide(features, state, cells, smooth, np.uint8(threshold), part[:rows])
            for y in range(rows):
                line[: part.shape[1]] = part[y]
                join_row(line[: -(-part.shape[1] // 4) * 4], out[top + y, left // 4 :])
