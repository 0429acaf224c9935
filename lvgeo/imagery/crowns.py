"""Find tree crowns one by one: local maxima of how much a place looks like the middle of a crown.

Greenness, brightness and colour are band-passed at five scales set by the expected crown (differences of Gaussians,
Lindeberg 1998), with roughness beside them; a small network of one hidden layer, whose weights are plain numbers, makes
one map of them, and its maxima that stand a crown's radius apart are crowns. A finer image is first brought to
`CROWN_PX` pixels a crown, so that what was measured at one pixel size holds at another. Below `MIN_CROWN_PX` pixels a
crown counting fails (doi:10.1080/17538947.2023.2257636): ask `crown_pixels` before. Where the image is of a kind that
the network never saw, `find_spots` sees crowns that are greener than what lies around them; what it misses is unknown.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter

from lvgeo.imagery.crown_model import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.imagery.crown_model import CrownModel

__all__ = [
    "CROWN_PX",
    "MIN_CROWN_PX",
    "Crowns",
    "crown_factor",
    "crown_pixels",
    "describe_crowns",
    "find_crowns",
    "find_spots",
]

MIN_CROWN_PX: Final = 25.0  # pixels of a crown's disc
CROWN_PX: Final = 20 / 3  # pixels across a crown to which a finer image is brought: 4 m at 0.6 m
SCALES: Final = (0.105, 0.21, 0.42, 0.84, 1.35)  # σ of the Gaussians, in crowns
ROUGH: Final = (0.3, 0.6)
SOFTEN: Final = 0.15  # σ over the map before its maxima are taken, in crowns
APART: Final = 0.6  # least distance of two crowns' middles, in crowns
REACH: Final = 3.0  # σ at which Gaussians are cut off
GAIN: Final = 8.0  # brings colour's shares to the size of the logarithm of brightness
TILE_PX: Final = 512
MIN_SCORE: Final = 0.05
SPOT: Final = 1.0  # standard deviations of the band-passed greenness over which a spot is one; fitted to nothing
LEAST: Final = 1e-3  # spread of a picture of one colour


@dataclass(frozen=True, slots=True, eq=False)
class Crowns:
    """Crowns found in one image.

    Parameters
    ----------
    places
        (n, 2) row and column of each, in the image's pixels, from the middle of the first.
    likeness
        (n,).
    spread
        (17,) logarithm of each feature's standard deviation over what was observed; nan where nothing was.
    """

    places: NDArray[np.int64]
    likeness: NDArray[np.float32]
    spread: NDArray[np.float64]

    def above(self, threshold: float) -> Crowns:
        """Those that look more like a crown than that."""
        kept = self.likeness > threshold
        return Crowns(self.places[kept], self.likeness[kept], self.spread)


def crown_pixels(crown_m: float, pixel_m: float) -> float:
    """Pixels of a crown's disc.

    Examples
    --------
    >>> round(crown_pixels(4.0, 0.6))
    35
    >>> crown_pixels(0.5, 0.6) < MIN_CROWN_PX
    True
    """
    return math.pi / 4 * (crown_m / pixel_m) ** 2


def crown_factor(crown_m: float, pixel_m: float) -> int:
    """How many of an image's pixels make one that crowns are looked for at, along a side.

    Examples
    --------
    >>> crown_factor(4.0, 0.1), crown_factor(4.0, 0.6)
    (6, 1)
    """
    return max(1, math.floor(crown_m / CROWN_PX / pixel_m + 1e-6))


def find_crowns(
    rgb: NDArray[np.uint8], valid: NDArray[np.bool_], crown_px: float, model: CrownModel, floor: float = MIN_SCORE
) -> Crowns:
    """Find the crowns of one image, tile by tile, the tiles' edges unseen.

    Parameters
    ----------
    rgb
        (3, y, x) red, green, blue, in the image's own light: its median brightness and tint are taken off.
    valid
        (y, x); True where observed.
    crown_px
        Pixels across the expected crown.
    model
        What a crown looks like.
    floor
        Least likeness that is returned; the model's threshold is left to the caller.

    Raises
    ------
    ValueError
        If the crown has fewer than `MIN_CROWN_PX` pixels.
    """
    if crown_pixels(crown_px, 1.0) < MIN_CROWN_PX:
        message = f"a crown of {crown_px:.2f} px is too small to be counted: ask crown_pixels before"
        raise ValueError(message)
    middle = _medians(rgb, valid)
    halo = math.ceil(REACH * crown_px * (SCALES[-1] + SOFTEN) + crown_px * APART) + 1
    spread = _Spread()
    places, likeness = [np.zeros((0, 2), np.int64)], [np.zeros(0, np.float32)]
    for top, left in itertools.product(range(0, valid.shape[0], TILE_PX), range(0, valid.shape[1], TILE_PX)):
        rows = slice(max(0, top - halo), top + TILE_PX + halo)
        cols = slice(max(0, left - halo), left + TILE_PX + halo)
        seen = valid[rows, cols]
        if not seen.any():
            continue
        features = describe_crowns(rgb[:, rows, cols], seen, crown_px, middle)
        inner = np.s_[top - rows.start : top - rows.start + TILE_PX, left - cols.start : left - cols.start + TILE_PX]
        spread.add(features[inner][seen[inner]])
        at, strength = _maxima(model.likeness(features), seen, crown_px, floor)
        at = at + np.array([rows.start, cols.start])
        own = (at >= (top, left)).all(axis=1) & (at < (top + TILE_PX, left + TILE_PX)).all(axis=1)
        places.append(at[own])
        likeness.append(strength[own])
    return Crowns(np.concatenate(places), np.concatenate(likeness), spread.logarithm)


class _Spread:
    """Variation of each feature, gathered tile by tile."""

    def __init__(self) -> None:
        self._count = 0
        self._sums = np.zeros((2, FEATURES))

    def add(self, features: NDArray[np.float32]) -> None:
        """Add pixels, (n, 17)."""
        values = features.astype(np.float64)
        self._count += len(values)
        self._sums += values.sum(axis=0), (values**2).sum(axis=0)

    @property
    def logarithm(self) -> NDArray[np.float64]:
        """Logarithm of the standard deviations, (17,)."""
        if not self._count:
            return np.full(FEATURES, math.nan)
        mean, square = self._sums / self._count
        found: NDArray[np.float64] = np.log(np.sqrt(np.maximum(square - mean**2, 0.0)) + LEAST)
        return found


def find_spots(rgb: NDArray[np.uint8], valid: NDArray[np.bool_], crown_px: float) -> NDArray[np.int64]:
    """Find spots of a crown's size that are greener than their surroundings, learnt from no image.

    Returns
    -------
    NDArray[np.int64]
        (n, 2) row and column of each.
    """
    green = np.where(valid, _colours(rgb)[0], 0.0).astype(np.float32)
    banded = _smooth(green, SCALES[1] * crown_px) - _smooth(green, APART * crown_px)
    if not valid.any():
        return np.zeros((0, 2), np.int64)
    return _peaks(banded, valid, crown_px, SPOT * float(banded[valid].std()))


def describe_crowns(
    rgb: NDArray[np.uint8],
    valid: NDArray[np.bool_],
    crown_px: float,
    middle: tuple[float, float] | None = None,
) -> NDArray[np.float32]:
    """Features of every pixel, (y, x, 17).

    Parameters
    ----------
    rgb, valid, crown_px
        As for `find_crowns`.
    middle
        Medians of log brightness and tint over the whole image; by default of this piece.
    """
    light, tint = middle if middle is not None else _medians(rgb, valid)
    green, bright, warm = _colours(rgb)
    planes = [np.where(valid, green, 0.0), np.where(valid, bright - light, 0.0), np.where(valid, warm - tint, 0.0)]
    found: list[NDArray[np.float32]] = []
    for plane in planes:
        smooth = [_smooth(plane, scale * crown_px) for scale in SCALES]
        found += [fine - coarse for fine, coarse in itertools.pairwise(smooth)] + [smooth[-1]]
    for scale in ROUGH:
        mean = _smooth(planes[1], scale * crown_px)
        found.append(np.sqrt(np.maximum(_smooth(planes[1] ** 2, scale * crown_px) - mean**2, 0.0)))
    return np.stack(found, axis=-1).astype(np.float32)


def _colours(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Excess green, log brightness, and red over blue."""
    values = rgb.astype(np.float32)
    total = values.sum(axis=0) + 3.0
    return GAIN * (3 * values[1] / total - 1), np.log(total / 3), GAIN * (values[0] - values[2]) / total


def _medians(rgb: NDArray[np.uint8], valid: NDArray[np.bool_]) -> tuple[float, float]:
    step = max(1, round(math.sqrt(valid.size / 2**20)))
    _, bright, warm = _colours(rgb[:, ::step, ::step])
    known = valid[::step, ::step]
    if not known.any():
        return 0.0, 0.0
    return float(np.median(bright[known])), float(np.median(warm[known]))


def _smooth(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    found: NDArray[np.float32] = gaussian_filter(plane, sigma, truncate=REACH, mode="nearest")
    return found


def _maxima(
    map_: NDArray[np.float32], valid: NDArray[np.bool_], crown_px: float, floor: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    soft = _smooth(map_, SOFTEN * crown_px)
    at = _peaks(soft, valid, crown_px, floor)
    return at, soft[at[:, 0], at[:, 1]]


def _peaks(plane: NDArray[np.float32], valid: NDArray[np.bool_], crown_px: float, floor: float) -> NDArray[np.int64]:
    """Maxima over a floor, no two nearer than crowns stand, (n, 2)."""
    radius = APART * crown_px
    reach = math.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    highest = maximum_filter(plane, footprint=y**2 + x**2 <= radius**2, mode="nearest")
    return np.argwhere((plane == highest) & (plane > floor) & valid)
