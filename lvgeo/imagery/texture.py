"""What a crown looks like beside colour: four quantised features of every pixel, in one compiled pass, row by row.

Features, each 0 to 255, over square windows of the model's own pixels:

0. greenness: mean excess green of 7 × 7 px, stored as 64 + 512 ExG;
1. brightness: mean of 3 × 3 px;
2. deviation: mean over 9 × 9 px of |brightness − its mean of 7 × 7 px|, times 4;
3. dark minimum: least brightness (mean of 3 × 3) in 7 × 7 px, where crowns cast shadow on themselves.

Deviation rather than a standard deviation: it needs no squares, so sums fit in 16 bits and run in vector registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.packing import blank
from lvgeo.imagery.texture_kernel import HALO_PX, classify
from lvgeo.imagery.texture_rows import REACH_PX
from lvgeo.imagery.texture_rows import describe as describe_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CELLS", "FEATURES", "HALO_PX", "cell_centres", "cell_of", "describe", "light_curves", "recognise"]

FEATURES: Final = ("greenness", "brightness", "deviation", "dark_minimum")
CELLS: Final = 2**20
LIGHT_STEPS: Final = 4  # curves are kept in quarters of a digital number
GREY: Final = (64, 128)  # greenness and brightness that stand in where nothing was observed


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
    out = np.empty((4, *valid.shape), np.uint8)
    describe_rows(rgb, seen, curves.astype(np.int16), collars, out)
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
        (y, bytes), joined as `lvgeo.imagery.packing` does: 0 not observed, 1 other, 2 canopy, 3 pure.
    """
    out = blank(values.shape[1] - 2 * HALO_PX, values.shape[2])
    red, grn, blue = (np.ascontiguousarray(plane) for plane in values)
    narrow = curves.astype(np.int16)
    classify(red, grn, blue, np.ascontiguousarray(valid), narrow, cells, decision[0], decision[1], collars, out)
    return out
