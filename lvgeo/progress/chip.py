"""A piece of ground as one image shows it, and what of it is as small as young crowns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MIN_CHIP_PX", "Chip", "band_passed", "pooled"]

MIN_CHIP_PX: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Chip:
    """A piece of ground as one image shows it.

    Parameters
    ----------
    greenness
        (y, x) excess green on chromatic coordinates.
    brightness
        (y, x) mean of red, green and blue, 0 to 255.
    inside
        (y, x); True on the ground that is asked about, where it was observed.
    pixel_m
        Ground size of a pixel.
    marks
        (n, 2) registered trees, (row, col) in pixels from the corner of the first; empty where none is known.
    """

    greenness: NDArray[np.float32]
    brightness: NDArray[np.float32]
    inside: NDArray[np.bool_]
    pixel_m: float
    marks: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))


def band_passed(
    values: NDArray[np.float32], inside: NDArray[np.bool_], fine_px: float, coarse_px: float
) -> NDArray[np.float32]:
    """Difference of two Gaussians over the ground alone; single bushes and cars are held to three deviations."""
    weight = inside.astype(np.float32)
    whole = bool(inside.all())

    def smooth(sigma: float) -> NDArray[np.float32]:
        over: NDArray[np.float32] = gaussian_filter(values * weight, sigma)
        return over if whole else over / np.maximum(gaussian_filter(weight, sigma), np.float32(1e-3))

    passed = (smooth(fine_px) - smooth(max(coarse_px, 2 * fine_px))) * weight
    known = passed[inside]
    middle = float(np.median(known))
    limit = 3.0 * 1.4826 * float(np.median(np.abs(known - middle))) or float(np.abs(known).max())
    clipped: NDArray[np.float32] = (np.clip(passed - middle, -limit, limit) * weight).astype(np.float32)
    clipped -= weight * float(clipped[inside].mean())
    return clipped


def pooled(values: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """Means of n × n pixels; the last rows and columns are left out."""
    if n == 1:
        return values
    height, width = (side // n for side in values.shape)
    found: NDArray[np.float32] = values[: height * n, : width * n].reshape(height, n, width, n).mean((1, 3))
    return found
