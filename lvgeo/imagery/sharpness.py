"""Is a scene as sharp as its baseline? Out of focus, moved or blown up, crowns lose what tells them from grass."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["LEAST_SHARPNESS", "sharpness"]

FINE_PX: Final = 2  # a lens blurs it; noise, which looks sharp, weighs less in it than from pixel to pixel
COARSE_PX: Final = 6  # what light, haze and growth do to contrast they do here too
ENOUGH_PX: Final = 1_000_000
LEAST_PX: Final = 10_000
# 249 pairs of real images have 0.76 to 1.21. Blurred by 1 px (one standard deviation) the same images have 0.56 to
# 0.64, and `trees` is off by 1.5 points; by 1.5 px 0.41 to 0.48; by 2 px it is off by 2.9.
LEAST_SHARPNESS: Final = 0.55


def sharpness(
    before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]], valid: Sequence[NDArray[np.bool_]]
) -> float:
    """Contrast over 2 pixels beside that over 6 pixels, of a scene as a ratio to its baseline.

    Parameters
    ----------
    before, after
        The same ground of the baseline and of the scene, each (band, y, x).
    valid
        Where both were observed, each (y, x).

    Returns
    -------
    float
        Below 1 where the scene is less sharp, above where the baseline is; 1 where too little can be told.

    Examples
    --------
    >>> lines = np.tile(np.where(np.arange(400) % 4 < 2, 90, 110), (3, 200, 1)).astype(np.uint8)
    >>> sharpness([lines], [lines // 2], [np.ones((200, 400), bool)])
    1.0
    """
    first, second, number, looked = np.zeros(2), np.zeros(2), 0, 0
    for one, two, both in zip(before, after, valid, strict=True):
        for turned in (False, True):  # along rows, then along columns
            known = _centre(both, turned=turned) & _aside(both, COARSE_PX, turned=turned).all(axis=0)
            known &= _aside(both, FINE_PX, turned=turned).all(axis=0)
            number += int(np.count_nonzero(known))
            first += _contrasts(one, known, turned=turned)
            second += _contrasts(two, known, turned=turned)
        looked += both.size
        if looked >= ENOUGH_PX:
            break
    if number < LEAST_PX or not (first.all() and second.all()):
        return 1.0
    return round(math.sqrt(second[0] / second[1] * first[1] / first[0]), 3)


def _contrasts(pixels: NDArray[np.uint8], known: NDArray[np.bool_], *, turned: bool) -> NDArray[np.float64]:
    """Sum squared second differences over the fine and over the coarse distance, (2,)."""
    light = pixels.sum(axis=0, dtype=np.int32)
    middle = 2 * _centre(light, turned=turned)
    found = [_aside(light, away, turned=turned).sum(axis=0, dtype=np.int32) - middle for away in (FINE_PX, COARSE_PX)]
    return np.array([float(np.square(one[known], dtype=np.float64).sum()) for one in found])


def _centre(values: NDArray[Any], *, turned: bool) -> NDArray[Any]:
    part = values.T if turned else values
    return part[:, COARSE_PX:-COARSE_PX]


def _aside(values: NDArray[Any], away_px: int, *, turned: bool) -> NDArray[Any]:
    """Take what lies so far to either side of the centre, (2, y, x)."""
    part, last = values.T if turned else values, (values.shape[0] if turned else values.shape[1]) - COARSE_PX
    return np.stack([part[:, COARSE_PX + off : last + off] for off in (-away_px, away_px)])
