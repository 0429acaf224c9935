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
TILE_PX: Final = 512
CELLS: Final = 2**20
LIGHT_STEPS: Final = 4  # curves are kept in quarters of a digital number
GREY: Final = (64, 128)  # greenness and brightness that stand in where nothing was observed

_U1 = numba.types.Array(numba.uint8, 2, "A", readonly=True)
_RGB = numba.types.Array(numba.uint8, 3, "A", readonly=True)
_U1C = numba.types.Array(numba.uint8, 2, "C")
_U3C = numba.types.Array(numba.uint8, 3, "C")
_MASK = numba.types.Array(numba.boolean, 2, "A", readonly=True)
_CURVES = numba.types.Array(numba.int32, 2, "C", readonly=True)
_RECIPROCAL = numba.types.Array(numba.int32, 1, "C", readonly=True)
_CELLS = numba.types.Array(numba.uint8, 1, "C", readonly=True)
_I = numba.int64

# 2**16 / t for the sum t of three bands in quarters: an integer product instead of a division for each pixel.
_OVER: Final = np.round(2.0**16 / np.maximum(np.arange(3 * 255 * LIGHT_STEPS + 1), 1)).astype(np.int32)


@numba.njit(
    numba.void(_RGB, _MASK, _CURVES, _RECIPROCAL, numba.boolean, _U1C, _U1C, _U1C), nogil=True, cache=True,
    boundscheck=False
)  # fmt: skip
def _see(rgb, valid, curves, over, collars, green, bright, state):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Greenness and brightness in the model's light; state 0 not observed, 1 observed, 3 pure black or white."""
    height, width = state.shape
    total, middle = np.empty(width, np.int32), np.empty(width, np.int32)
    for y in range(height):
        red, grn, blue, seen = rgb[0, y], rgb[1, y], rgb[2, y], valid[y]
        for x in range(width):
            g = curves[1, grn[x]]
            middle[x] = 3 * g
            total[x] = curves[0, red[x]] + g + curves[2, blue[x]]
        for x in range(width):
            t = total[x]
            e = 64 + (((middle[x] - t) * over[t]) >> 7)
            green[y, x] = min(max(e, 0), 255)
            bright[y, x] = (t * 5461) >> 16  # t / (3 · 4)
        if collars:
            for x in range(width):
                p = red[x]
                pure = (p == grn[x]) & (p == blue[x]) & ((p == 0) | (p == 255))  # noqa: PLR2004
                state[y, x] = 3 * pure * seen[x] + (not pure) * seen[x]
        else:
            for x in range(width):
                state[y, x] = seen[x]
        for x in range(width):
            known = state[y, x] == 1
            green[y, x] = green[y, x] if known else np.uint8(64)
            bright[y, x] = bright[y, x] if known else np.uint8(128)


@numba.njit(numba.void(_U1C, _U1C, _U3C), nogil=True, cache=True, boundscheck=False)
def _features(green, bright, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0915
    """Four features of a tile; planes (h + 14, w + 14) → (4, h, w)."""
    height, width = green.shape
    w = width - 14
    three = np.zeros((height, width), np.uint8)
    away = np.zeros((height, width), np.uint8)
    column = np.zeros(width, np.int32)
    two, four = np.zeros(width, np.int32), np.zeros(width, np.int32)
    # Greenness, 7 × 7, and brightness' distance from its 7 × 7 mean.
    for plane in range(2):
        source = green if plane == 0 else bright
        column[:] = 0
        for y in range(6):
            for x in range(width):
                column[x] += source[y, x]
        for y in range(3, height - 3):
            for x in range(width):
                column[x] += source[y + 3, x]
            for x in range(width - 1):
                two[x] = column[x] + column[x + 1]
            for x in range(width - 3):
                four[x] = two[x] + two[x + 2]
            if plane == 0:
                if 7 <= y < height - 7:  # noqa: PLR2004
                    for x in range(w):
                        s = four[x + 4] + two[x + 8] + column[x + 10]
                        out[0, y - 7, x] = (s * 1338) >> 16
            else:
                for x in range(width - 6):
                    s = four[x] + two[x + 4] + column[x + 6]
                    away[y, x + 3] = abs(source[y, x + 3] - ((s * 1338) >> 16))
            for x in range(width):
                column[x] -= source[y - 3, x]
    # Mean of the distance, 9 × 9.
    column[:] = 0
    for y in range(3, 11):
        for x in range(width):
            column[x] += away[y, x]
    for y in range(7, height - 7):
        for x in range(width):
            column[x] += away[y + 4, x]
        for x in range(width - 1):
            two[x] = column[x] + column[x + 1]
        for x in range(width - 3):
            four[x] = two[x] + two[x + 2]
        for x in range(w):
            s = four[x + 3] + four[x + 7] + column[x + 11]
            out[2, y - 7, x] = min((s * 3236) >> 16, 255)  # 4 / 81
        for x in range(width):
            column[x] -= away[y - 4, x]
    # Brightness, 3 × 3, and its least value in 7 × 7.
    for y in range(1, height - 1):
        for x in range(width):
            column[x] = source[y - 1, x] + source[y, x] + source[y + 1, x]
        for x in range(width - 2):
            three[y, x + 1] = ((column[x] + column[x + 1] + column[x + 2]) * 7282) >> 16
    low, pair, quad = np.zeros(width, np.uint8), np.zeros(width, np.uint8), np.zeros(width, np.uint8)
    for y in range(7, height - 7):
        for x in range(width):
            m = min(three[y - 3, x], three[y - 2, x], three[y - 1, x], three[y, x])
            low[x] = min(m, three[y + 1, x], three[y + 2, x], three[y + 3, x])
        for x in range(width - 1):
            pair[x] = min(low[x], low[x + 1])
        for x in range(width - 3):
            quad[x] = min(pair[x], pair[x + 2])
        for x in range(w):
            out[1, y - 7, x] = three[y, x + 7]
            out[3, y - 7, x] = min(quad[x + 4], quad[x + 7])


@numba.njit(numba.void(_U3C, _U1C, _CELLS, _I, _I, _I, _U1C), nogil=True, cache=True, boundscheck=False)
def _decide(features, state, cells, smooth, threshold, margin, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Look up how likely canopy is, average it, and compare; `margin` rows and columns of the features are halo."""
    height, width = features.shape[1], features.shape[2]
    likely = np.empty((height, width), np.uint8)
    index = np.empty(width, np.int32)
    for y in range(height):
        for x in range(width):
            d = min(features[2, y, x], np.uint8(127))
            index[x] = (
                (np.int32(features[0, y, x] >> 2) << 14)
                | (np.int32(features[1, y, x] >> 3) << 9)
                | (np.int32(d >> 2) << 4)
                | np.int32(features[3, y, x] >> 4)
            )
        for x in range(width):
            likely[y, x] = cells[index[x]]
    r = smooth // 2
    limit = np.int32(threshold * smooth * smooth)
    column, total = np.zeros(width, np.int32), np.zeros(width, np.int32)
    for y in range(margin - r, margin + r):
        for x in range(width):
            column[x] += likely[y, x]
    for y in range(out.shape[0]):
        for x in range(width):
            column[x] += likely[y + margin + r, x]
        total[:] = 0
        for k in range(margin - r, margin + r + 1):
            for x in range(out.shape[1]):
                total[x] += column[x + k]
        for x in range(out.shape[1]):
            seen = state[y, x]
            found = np.uint8(2) if total[x] > limit else np.uint8(1)
            out[y, x] = found if seen == 1 else seen
        for x in range(width):
            column[x] -= likely[y + margin - r, x]


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
    _see(rgb, seen, curves, _OVER, collars, green, bright, state)
    out = np.empty((4, *valid.shape), np.uint8)
    _features(green, bright, out)
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
    height, width = values.shape[1] - 2 * HALO_PX, values.shape[2]
    out = np.empty((height, width), np.uint8)
    for left in range(0, width, TILE_PX):
        right = min(left + TILE_PX, width)
        rgb, seen = _columns(values, valid, left - HALO_PX, right + HALO_PX)
        green, bright, state = (np.empty(seen.shape, np.uint8) for _ in range(3))
        _see(rgb, seen, curves, _OVER, collars, green, bright, state)
        features = np.empty((4, seen.shape[0] - 2 * REACH_PX, seen.shape[1] - 2 * REACH_PX), np.uint8)
        _features(green, bright, features)
        inner = np.ascontiguousarray(state[HALO_PX : HALO_PX + height, HALO_PX : HALO_PX + right - left])
        part = np.empty((height, right - left), np.uint8)
        _decide(features, inner, cells, decision[0], decision[1], HALO_PX - REACH_PX, part)
        out[:, left:right] = part
    return out


def _columns(
    values: NDArray[np.uint8], valid: NDArray[np.bool_], left: int, right: int
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Columns from left to right, those beyond the image repeating its edge."""
    width = values.shape[2]
    if left >= 0 and right <= width:
        return values[:, :, left:right], valid[:, left:right]
    at = np.clip(np.arange(left, right), 0, width - 1)
    return values[:, :, at], valid[:, at]
