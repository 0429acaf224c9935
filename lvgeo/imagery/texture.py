"""What a crown looks like beside colour: four quantised features of every pixel, in one compiled pass over small tiles.

Features, each 0 to 255, over square windows of the model's own pixels:

0. greenness: mean excess green of 7 × 7 px, stored as 64 + 512 ExG;
1. brightness: mean of 3 × 3 px;
2. deviation: mean over 9 × 9 px of |brightness − its mean of 7 × 7 px|, times 4;
3. dark minimum: least brightness (mean of 3 × 3) in 7 × 7 px, where crowns cast shadow on themselves.

Deviation rather than a standard deviation: it needs no squares, so sums fit in 16 bits and run in vector registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CELLS", "FEATURES", "HALO_PX", "cell_centres", "cell_of", "describe", "light_curves", "recognise"]

FEATURES: Final = ("greenness", "brightness", "deviation", "dark_minimum")
REACH_PX: Final = 7  # how far the features look around a pixel: 3 for the mean, 4 for the mean of deviations
MAX_SMOOTH_PX: Final = 9
HALO_PX: Final = REACH_PX + MAX_SMOOTH_PX // 2
TILE_PX: Final = 4096  # columns, and rows, worked on at a time: what is reckoned on the way stays in caches
TILE_ROWS: Final = 32
CELLS: Final = 2**20
LIGHT_STEPS: Final = 4  # curves are kept in quarters of a digital number
GREY: Final = (64, 128)  # greenness and brightness that stand in where nothing was observed

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

# The loops below run over one row each, in numbers no wider than they must be: so they become vector instructions.


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
def _see(rgb, valid, curves, collars, green, bright, state):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Greenness, brightness and state of a whole small image."""
    light = np.empty((2, state.shape[1]), np.int16)
    for y in range(state.shape[0]):
        _see_row(
            rgb[0, y], rgb[1, y], rgb[2, y], valid[y], curves, collars, light, green[y], bright[y], state[y]
        )  # fmt: skip


@numba.njit(numba.void(_U1C, _U1C, _I, _U1C, _U1C, _U3C), nogil=True, cache=True, boundscheck=False)
def _features(green, bright, rows, three, away, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0915
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
        index[x] = (
            (_I4(greenness[x] >> 2) << _I4(14))
            | (_I4(brightness[x] >> 3) << _I4(9))
            | (_I4(d >> 2) << _I4(4))
            | _I4(dark[x] >> 4)
        )
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
def _recognise(red, grn, blue, valid, curves, cells, smooth, threshold, collars, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Classify a strip tile by tile, so that what is reckoned on the way stays in the processor's caches."""
    height, width = out.shape
    halo = smooth // 2 + REACH_PX
    light, span = np.empty((2, 0), np.int16), 0
    for left in range(0, width, TILE_PX):
        if span != min(TILE_PX, width - left) + 2 * halo:
            span = min(TILE_PX, width - left) + 2 * halo
            light, four = np.empty((2, span), np.int16), np.empty((4, span), np.uint8)
            planes = np.empty((5, TILE_ROWS + 2 * halo, span), np.uint8)
            features = np.empty((4, TILE_ROWS + 2 * halo - 2 * REACH_PX, span - 2 * REACH_PX), np.uint8)
            part = np.empty((TILE_ROWS, span - 2 * halo), np.uint8)
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
            _features(green, bright, rows + 2 * halo - 2 * REACH_PX, three, away, features)
            _decide(features, state, cells, smooth, np.uint8(threshold), part[:rows])
            for y in range(rows):
                _take(part[y], 0, out[top + y, left : left + part.shape[1]])


def cell_of(features: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Cell of the table for each pixel of features (4, ...): 6, 5, 5 and 4 bits; deviation counts up to 127."""
    greenness, brightness, deviation, dark = (plane.astype(np.int32) for plane in features)
    found: NDArray[np.int32] = (
        (greenness >> 2) << 14 | (brightness >> 3) << 9 | (np.minimum(deviation, 127) >> 2) << 4 | dark >> 4
    )
    return found


def cell_centres() -> NDArray[np.float32]:
    """Middle values of the features of every cell, (2**20, 4)."""
    axes = [np.arange(64) * 4 + 1.5, np.arange(32) * 8 + 3.5, np.arange(32) * 4 + 1.5, np.arange(16) * 16 + 7.5]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 4).astype(np.float32)


def light_curves(curves: NDArray[np.float32]) -> NDArray[np.int32]:
    """Curves (3, 256) of digital numbers as quarters, (3, 256) int32, 0 to 1020."""
    return np.clip(np.round(curves * LIGHT_STEPS), 0, 255 * LIGHT_STEPS).astype(np.int32)


def _padded(
    values: NDArray[np.uint8], valid: NDArray[np.bool_], px: int
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Both with their edges repeated, so that the edge of an image is not an edge of light."""
    return np.pad(values, ((0, 0), (px, px), (px, px)), mode="edge"), np.pad(valid, px, mode="edge")


def describe(
    values: NDArray[np.uint8], valid: NDArray[np.bool_], curves: NDArray[np.int32], *, collars: bool = False
) -> NDArray[np.uint8]:
    """Features of a whole small image, for training and for tests.

    Parameters
    ----------
    values
        (3, y, x): red, green, blue.
    valid
        (y, x).
    curves
        From `light_curves`.
    collars
        Whether pure black and white count as unobserved.

    Returns
    -------
    NDArray[np.uint8]
        (4, y, x), in the order of `FEATURES`.
    """
    rgb, seen = _padded(values, valid, REACH_PX)
    green, bright, state = (np.empty(seen.shape, np.uint8) for _ in range(3))
    _see(rgb, seen, curves.astype(np.int16), collars, green, bright, state)
    out = np.empty((4, *valid.shape), np.uint8)
    _features(green, bright, valid.shape[0], np.empty_like(green), np.empty_like(green), out)
    return out


def recognise(
    values: NDArray[np.uint8],
    valid: NDArray[np.bool_],
    curves: NDArray[np.int32],
    cells: NDArray[np.uint8],
    decision: tuple[int, int],
    *,
    collars: bool,
) -> NDArray[np.uint8]:
    """Classify a strip that has its halo around it.

    Parameters
    ----------
    values, valid
        (3, y + 2 · 11, x) and (y + 2 · 11, x): the strip with `HALO_PX` rows above and below. Columns are padded here.
    curves
        From `light_curves`.
    cells
        (2**20,) likelihood of canopy, 0 to 255, of each combination of quantised features; see `cell_of`.
    decision
        Side of the window over which the likelihood is averaged, odd, at most 9; and the likelihood above which it is
        canopy.
    collars
        Mark pure black and white as 3, to be settled once the whole scene is seen.

    Returns
    -------
    NDArray[np.uint8]
        (y, x): 0 not observed, 1 other, 2 canopy, 3 pure.
    """
    out = np.empty((values.shape[1] - 2 * HALO_PX, values.shape[2]), np.uint8)
    red, grn, blue = (np.ascontiguousarray(plane) for plane in values)
    narrow = curves.astype(np.int16)
    _recognise(red, grn, blue, np.ascontiguousarray(valid), narrow, cells, decision[0], decision[1], collars, out)
    return out
