"""Is a scene as sharp as its baseline? Out of focus, moved or blown up, crowns lose what tells them from grass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["LEAST_SHARPNESS", "sharpness"]

FINE_PX: Final = 2  # a lens blurs it; noise, which looks sharp, weighs less in it than from pixel to pixel
COARSE_PX: Final = 6  # what light, haze and growth do to contrast they do here too
ENOUGH_PX: Final = 1_000_000
LEAST_PX: Final = 5_000
# 249 pairs of real images have 0.73 to 1.22. Blurred by 1 px (one standard deviation) the same images have 0.54 to
# 0.66, and `trees` is off by 1.5 points; by 1.5 px 0.39 to 0.49; by 2 px it is off by 2.9. Moved by 5 px along one
# side they have 0.42 to 0.51, and it is off by 1.4.
LEAST_SHARPNESS: Final = 0.55


def sharpness(
    before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]], valid: Sequence[NDArray[np.bool_]]
) -> float:
    """Contrast over 2 pixels beside that over 6 pixels, of a scene as a ratio to its baseline.

    Of rows and columns those in which the two differ more: a camera that moved blurs along its way only.

    Parameters
    ----------
    before, after
        The same ground of the baseline and of the scene, each (band, y, x).
    valid
        Where both were observed, each (y, x).

    Returns
    -------
    float
        Over 0; below 1 where the scene is less sharp, above where the baseline is; 1 where too little can be told.

    Examples
    --------
    >>> lines = np.tile(np.where(np.arange(400) % 4 < 2, 90, 110), (3, 400, 1)).astype(np.uint8)
    >>> lines += np.swapaxes(lines, 1, 2)
    >>> sharpness([lines], [lines // 2], [np.ones((400, 400), bool)])
    1.0
    """
    every = 1 + sum(both.size for both in valid) // ENOUGH_PX
    contrasts, number_px = np.zeros((2, 2, 2)), np.zeros(2)  # (axis, date, distance), (axis,)
    for one, two, both in list(zip(before, after, valid, strict=True))[::every]:
        dates = [pixels.sum(axis=0, dtype=np.int32) for pixels in (one, two)]
        for axis, turned in enumerate((False, True)):
            first, second, known = (part.T if turned else part for part in (*dates, both))
            if known.shape[1] > 2 * COARSE_PX:
                whole = np.logical_and.reduce(
                    [_away(known, off) for off in (-COARSE_PX, -FINE_PX, 0, FINE_PX, COARSE_PX)]
                )
                number_px[axis] += np.count_nonzero(whole)
                contrasts[axis] += [_contrasts(first, whole), _contrasts(second, whole)]
    if number_px.min() < LEAST_PX or not contrasts.all():
        return 1.0
    fine = contrasts[..., 0] / contrasts[..., 1]
    ratios = np.sqrt(fine[:, 1] / fine[:, 0])
    return float(ratios[np.argmax(np.abs(np.log(ratios)))])


def _contrasts(light: NDArray[np.int32], whole: NDArray[np.bool_]) -> list[float]:
    """Sum squared second differences along rows over the fine and over the coarse distance."""
    found = [_away(light, -off) + _away(light, off) - 2 * _away(light, 0) for off in (FINE_PX, COARSE_PX)]
    return [float(np.square(one[whole], dtype=np.float64).sum()) for one in found]


def _away(values: NDArray[Any], off_px: int) -> NDArray[Any]:
    """Take what lies so far beside each pixel that has as many on either side as are looked at."""
    return values[:, COARSE_PX + off_px : values.shape[1] - COARSE_PX + off_px]
