"""Ground in a cloud's shadow at one of two dates: shadow makes it look like canopy, so it cannot be compared.

Found on the scenes in small. A cloud's shadow is wide, takes about as much from every band (a little less from blue:
the sky still lights it), and leaves the pattern of the ground as it was. New trees, dug or watered ground and buildings
change its colour or its pattern, and the shadows of trees and houses are narrow. What is darker at the first date is
looked for as well as what is darker at the second: a baseline in shadow would make canopy vanish later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.ndimage import binary_dilation, gaussian_filter1d, label, maximum_filter, minimum_filter, uniform_filter

from lvgeo.imagery.kernel import NOT_OBSERVED, shrink
from lvgeo.imagery.packing import TILE
from lvgeo.imagery.radiometry import Radiometry, fit_radiometry, identity_radiometry
from lvgeo.imagery.store import Preview, read_preview

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid, Window
    from lvgeo.imagery.jobs import SceneJob
    from lvgeo.imagery.pyramid import Pyramid

__all__ = ["Shade", "shade_of", "shaded"]

PIXEL_M: Final = 2.0  # finer scenes in small are averaged to at most that: a cloud is no finer
MOST_PX: Final = 384  # a side
OVER_M: Final = 8.0  # light is told over squares of this side: wider than a crown and its own shadow
BRIDGED_M: Final = 8.0  # what kept its light in a shadow (a new car, a tree felled) and is narrower does not part it
WIDE_M: Final = 20.0  # a square of this side fits anywhere in it: shadows of houses and rows of trees are narrower
LEAST_M2: Final = 1600.0
ROUNDS: Final = 2
RIM: Final = 0.6  # of what is gone inside: where less is, sunlit ground is mixed in
DARKER: Final = 0.18  # of the logarithm of light: a sixth of it is gone
UNEVEN: Final = 0.35  # of what is gone may it deviate from place to place: several changes side by side differ more
COLOUR: Final = 0.065  # by so much of a logarithm, at most, may green be taken otherwise than red
BLUER: Final = (0.0, 0.2)  # blue less than green
PATTERN: Final = 0.45  # correlation of the ground with itself; between two summers it is 0.5 to 0.9
PART_COLOUR: Final = 0.15  # the same of one square alone, where noise and small changes count for more
GLARE: Final = 250
CLEAR: Final = 0.3  # of a square, for its light to be told
ABOVE: Final = 3.0  # numbers added before a logarithm is taken, so that noise in the dark weighs little


@dataclass(frozen=True, slots=True, eq=False)
class _Light:
    """Logarithms of what remains of the light at one date beside another, and of the ground at both, (y, x)."""

    left: NDArray[np.float32]  # (band, y, x)
    sunlit: NDArray[np.float32]
    dark: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """Ground in shadow.

    Parameters
    ----------
    small
        (y, x); True where it is.
    factor
        Pixels of the village's grid along a pixel of it, a power of two.
    """

    small: NDArray[np.bool_]
    factor: int

    def within(self, window: Window) -> NDArray[np.bool_]:
        """Pixels of a window in shadow, (y, x)."""
        rows = (window.row + np.arange(window.height)) // self.factor
        cols = (window.col + np.arange(window.width)) // self.factor
        return self.small[np.ix_(rows, cols)]

    def leave_out(self, tiles: Pyramid, grid: Grid) -> int:
        """Turn it into ground that was not observed, in an open class raster; pixels turned.

        Parameters
        ----------
        tiles
            Every row was added.
        grid
            Of the class raster.
        """
        turned = 0
        for window in grid.strips(TILE):
            within = self.within(window)
            if within.any():
                classes = tiles.read(window)
                turned += int(np.count_nonzero(classes[within]))
                classes[within] = NOT_OBSERVED
                tiles.write(window, classes)
        return turned


def shade_of(job: SceneJob, small: Preview) -> Shade | None:
    """Where a scene or its baseline lay in shadow; None where nowhere, or where the job names no baseline in small.

    Parameters
    ----------
    job
        Of the scene.
    small
        The scene in small.

    Raises
    ------
    InputRefusedError
        If the baseline in small cannot be read.
    """
    if not job.baseline_preview:
        return None
    found = shaded(read_preview(Path(job.baseline_preview)), small)
    return Shade(found, round(small.grid.transform.a / job.grid.transform.a)) if found.any() else None


def shaded(before: Preview, after: Preview) -> NDArray[np.bool_]:
    """Where a cloud's shadow lay at one of two dates, (y, x) of the scenes in small.

    Parameters
    ----------
    before, after
        On one grid; the second as it was laid on the first.

    Returns
    -------
    NDArray[np.bool_]
        Nowhere, where too little was seen at both dates, or colour is unknown.
    """
    step = max(1, int(PIXEL_M / before.grid.ground_pixel_m), math.ceil(max(before.seen.shape) / MOST_PX))
    (first, one), (second, two) = (shrink(np.ascontiguousarray(np.moveaxis(p.rgb, -1, 0)), p.seen, step)
                                   for p in (before, after))  # fmt: skip
    seen = one & two
    clear = seen & (first.max(axis=0) < GLARE) & (second.max(axis=0) < GLARE)
    pixel_m = before.grid.ground_pixel_m * step
    fitted = _common_light(first, second, clear, _odd(OVER_M, pixel_m))
    found = np.zeros(seen.shape, np.bool_)
    if np.isfinite(fitted.residual_dn):
        there, here = fitted.apply(second), _undone(fitted.curves, first)
        # Each date in shadow is looked at in either light: a curve may bend the dark, or reach beyond white.
        for sunlit, dark in ((here, second), (first, there), (there, first), (second, here)):
            found |= _in_shadow(_light(sunlit, dark), clear, seen, pixel_m)
    height, width = before.seen.shape
    return np.repeat(np.repeat(found, step, axis=0), step, axis=1)[:height, :width]


def _common_light(
    first: NDArray[np.uint8], second: NDArray[np.uint8], clear: NDArray[np.bool_], side: int
) -> Radiometry:
    """Curves between the dates on ground that most of the scene has its light in common with.

    Where half of a scene lies in shadow, curves through all of it would be right for neither half.
    """
    fitted, near = identity_radiometry(3), clear
    for _ in range(ROUNDS):
        left = _over(_light(fitted.apply(second), first).left.mean(axis=0), clear, side)
        near = clear & (np.abs(left - _most_common(left[clear])) < DARKER)
        fitted = fit_radiometry([first], [second], [near])
    return fitted


def _most_common(left: NDArray[np.float32]) -> float:
    """Where most of the values lie close together."""
    counts, edges = np.histogram(np.clip(left, -2, 2), bins=200, range=(-2, 2))
    return float(edges[int(np.argmax(gaussian_filter1d(counts.astype(np.float64), 4)))] + 0.01)


def _undone(curves: NDArray[np.float32], values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Numbers from which curves make these, (band, y, x)."""
    levels = np.arange(256.0)
    rising = np.maximum.accumulate(curves, axis=1) + 1e-4 * levels  # a flat part has no single one
    tables = [np.interp(levels, curve, levels).astype(np.float32) for curve in rising]
    return np.stack([table[band] for table, band in zip(tables, values, strict=True)])


def _light(sunlit: NDArray[Any], dark: NDArray[Any]) -> _Light:
    one, two = (np.log(values.astype(np.float32) + np.float32(ABOVE)) for values in (sunlit, dark))
    return _Light(two - one, one.mean(axis=0), two.mean(axis=0))


def _in_shadow(light: _Light, clear: NDArray[np.bool_], seen: NDArray[np.bool_], pixel_m: float) -> NDArray[np.bool_]:
    side = _odd(OVER_M, pixel_m)
    red, green, blue = (_over(band, clear, side) for band in light.left)
    left = (red + green + blue) / 3
    low, high = BLUER
    slack = PART_COLOUR - COLOUR
    dark = (left < -DARKER) & (np.abs(green - red) < PART_COLOUR)
    dark &= (blue - green > low - slack) & (blue - green < high + slack)
    bridged, wide = _odd(BRIDGED_M, pixel_m), _odd(WIDE_M, pixel_m)
    # A shadow goes on beyond the image, and under what was not seen.
    closed = minimum_filter(maximum_filter(dark | ~seen, bridged), bridged)
    core = maximum_filter(minimum_filter(closed, wide), wide) & seen
    parts, count = label(core)
    found = np.zeros(seen.shape, np.bool_)
    for k in range(1, count + 1):
        part = parts == k
        told = part & clear & dark
        told &= left < RIM * np.median(left[part])
        if part.sum() * pixel_m**2 < LEAST_M2 or 2 * told.sum() < part.sum():
            continue
        if left[told].std() <= UNEVEN * -np.median(left[told]) and _is_shadow(light, told):
            found |= part
    if not found.any():
        return found
    # Its soft rim: squares there hold sunlit ground too.
    rim: NDArray[np.bool_] = binary_dilation(found, iterations=side // 2, mask=(left < -DARKER / 2) | found)
    return rim & seen


def _is_shadow(light: _Light, part: NDArray[np.bool_]) -> bool:
    """Whether the ground kept its colour and its pattern."""
    red, green, blue = (float(np.median(band[part])) for band in light.left)
    sunlit, dark = light.sunlit[part], light.dark[part]
    if abs(green - red) > COLOUR or not BLUER[0] <= blue - green <= BLUER[1]:
        return False
    with np.errstate(invalid="ignore"):  # even ground has no pattern: nan, and is no shadow
        return bool(np.corrcoef(sunlit, dark)[0, 1] >= PATTERN)


def _over(values: NDArray[np.float32], clear: NDArray[np.bool_], side: int) -> NDArray[np.float32]:
    """Mean over squares of what is clear, (y, x); 0 where too little is."""
    known = uniform_filter(clear.astype(np.float32), side)
    total = uniform_filter(np.where(clear, values, np.float32(0)), side)
    return np.where(known > CLEAR, total / np.maximum(known, np.float32(CLEAR)), np.float32(0))


def _odd(length_m: float, pixel_m: float) -> int:
    """Pixels along a length, odd, at least 3."""
    return max(3, round(length_m / pixel_m) | 1)
