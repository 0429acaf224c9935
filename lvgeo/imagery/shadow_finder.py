"""Ground in a cloud's shadow at one of two dates: shadow makes it look like canopy, so it cannot be compared.

Found on the scenes in small. A cloud's shadow is wide, takes about as much from every band (a little less from blue:
the sky still lights it), and leaves the pattern of the ground as it was. New trees, dug or watered ground and buildings
change its colour or its pattern, and the shadows of trees and houses are narrow. What is darker at the first date is
looked for as well as what is darker at the second: a baseline in shadow would make canopy vanish later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.ndimage import binary_dilation, gaussian_filter1d, label, maximum_filter, minimum_filter, uniform_filter

from lvgeo.imagery.kernel import shrink
from lvgeo.imagery.radiometry import Radiometry, fit_radiometry, identity_radiometry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.imagery.store import Preview

__all__ = ["shaded"]

PIXEL_M: Final = 2.0  # finer scenes in small are averaged to at most that: a cloud is no finer
ENOUGH_PX: Final = 7000  # a small village is looked at in finer pixels, so that its light can be told
MOST_PX: Final = 768  # a side
LEAST_PX: Final = 100  # of a shadow: fewer correlate by chance
OVER_M: Final = 8.0  # light is told over squares of this side: wider than a crown and its own shadow
BRIDGED_M: Final = 8.0  # what kept its light in a shadow (a new car, a tree felled) and is narrower does not part it
WIDE_M: Final = 20.0  # a square of this side fits anywhere in it: shadows of houses and rows of trees are narrower
WIDE_PX: Final = 9  # at least: in wide pixels a car park looks like a shadow
LEAST_M2: Final = 1600.0
ROUNDS: Final = 2
RIM: Final = 0.6  # of what is gone inside: where less is, sunlit ground is mixed in
DARKER_LOG: Final = 0.18  # of the logarithm of light: a sixth of it is gone
UNEVEN: Final = 0.35  # of what is gone may it deviate from place to place: several changes side by side differ more
COLOUR_LOG: Final = 0.065  # at most may green be taken otherwise than red
BLUER_LOG: Final = (0.0, 0.2)  # blue less than green
PART_LOG: Final = 0.085  # more of both in one square alone, where noise and small changes count for more
PATTERN: Final = 0.45  # correlation of the ground with itself; between two summers it is 0.5 to 0.9
GLARE_DN: Final = 250
CLEAR: Final = 0.3  # of a square, for its light to be told
ABOVE_DN: Final = 3.0  # added before a logarithm is taken, so that noise in the dark weighs little


@dataclass(frozen=True, slots=True, eq=False)
class _Light:
    """Logarithms of what remains of the light at one date beside another, and of the ground at both, (y, x)."""

    left: NDArray[np.float32]  # (band, y, x)
    sunlit: NDArray[np.float32]
    dark: NDArray[np.float32]
    blue: bool  # whether there is a blue band


def shaded(before: Preview, after: Preview) -> NDArray[np.bool_]:
    """Where a cloud's shadow lay at one of two dates, (y, x) of the scenes in small.

    Where most of the scene lies in shadow, that is the light they have in common, and the rest is what is found.

    Parameters
    ----------
    before, after
        On one grid; the second as it was laid on the first. Without a blue band blue is red again.

    Returns
    -------
    NDArray[np.bool_]
        Nowhere, where too little was seen at both dates.
    """
    own_m, shape = before.grid.ground_pixel_m, before.seen.shape
    least = max(1, math.isqrt(math.prod(shape) // ENOUGH_PX))
    step = max(1, min(int(PIXEL_M / own_m), least), math.ceil(max(shape) / MOST_PX))
    (first, one), (second, two) = (shrink(np.ascontiguousarray(np.moveaxis(p.rgb, -1, 0)), p.seen, step)
                                   for p in (before, after))  # fmt: skip
    seen = one & two
    clear = seen & (first.max(axis=0) < GLARE_DN) & (second.max(axis=0) < GLARE_DN)
    pixel_m = own_m * step
    fitted = _common_light(first, second, clear, _odd(OVER_M, pixel_m))
    found = np.zeros(seen.shape, np.bool_)
    if np.isfinite(fitted.residual_dn):
        blue = not any((date[2] == date[0]).all() for date in (first, second))
        there, here = fitted.apply(second), _undone(fitted.curves, first)
        # Each date in shadow is looked at in either light: a curve may bend the dark, or reach beyond white.
        for sunlit, dark in ((here, second), (first, there), (there, first), (second, here)):
            found |= _in_shadow(_light(sunlit, dark, blue=blue), clear, seen, pixel_m)
    return np.repeat(np.repeat(found, step, axis=0), step, axis=1)[: shape[0], : shape[1]]


def _common_light(
    first: NDArray[np.uint8], second: NDArray[np.uint8], clear: NDArray[np.bool_], side: int
) -> Radiometry:
    """Curves between the dates on ground that most of the scene has its light in common with.

    Where half of a scene lies in shadow, curves through all of it would be right for neither half.
    """
    fitted = identity_radiometry(3)
    thin = 2 if clear.size > 4 * ENOUGH_PX else 1  # neighbours tell the same
    first, second, clear = first[:, ::thin, ::thin], second[:, ::thin, ::thin], clear[::thin, ::thin]
    for _ in range(ROUNDS):
        light = _light(fitted.apply(second), first, blue=True)
        left = _over(light.left.mean(axis=0), clear, max(3, side // thin | 1))
        near = clear & (np.abs(left - _most_common(left[clear])) < DARKER_LOG)
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


def _light(sunlit: NDArray[Any], dark: NDArray[Any], *, blue: bool) -> _Light:
    one, two = (np.log(values.astype(np.float32) + np.float32(ABOVE_DN)) for values in (sunlit, dark))
    return _Light(two - one, one.mean(axis=0), two.mean(axis=0), blue)


def _in_shadow(light: _Light, clear: NDArray[np.bool_], seen: NDArray[np.bool_], pixel_m: float) -> NDArray[np.bool_]:
    side, bridged, wide = _odd(OVER_M, pixel_m), _odd(BRIDGED_M, pixel_m), max(WIDE_PX, _odd(WIDE_M, pixel_m))
    left = _over(light.left.mean(axis=0), clear, side)
    found = np.zeros(seen.shape, np.bool_)
    if not _wide(left < -DARKER_LOG, seen, bridged, wide).any():
        return found
    red, green, blue = (_over(band, clear, side) for band in light.left)
    dark = (left < -DARKER_LOG) & (np.abs(green - red) < COLOUR_LOG + PART_LOG)
    if light.blue:
        low, high = BLUER_LOG
        dark &= (blue - green > low - PART_LOG) & (blue - green < high + PART_LOG)
    parts, count = label(_wide(dark, seen, bridged, wide))
    for k in range(1, count + 1):
        part = parts == k
        told = part & clear & dark
        told &= left < RIM * np.median(left[part])
        part_px, told_px = int(part.sum()), int(told.sum())
        if part_px * pixel_m**2 < LEAST_M2 or told_px < max(LEAST_PX, part_px / 2):
            continue
        if left[told].std() <= UNEVEN * -np.median(left[told]) and _is_shadow(light, told):
            found |= part
    if not found.any():
        return found
    # Its soft rim: squares there hold sunlit ground too.
    rim: NDArray[np.bool_] = binary_dilation(found, iterations=side // 2, mask=(left < -DARKER_LOG / 2) | found)
    return rim & seen


def _wide(dark: NDArray[np.bool_], seen: NDArray[np.bool_], bridged: int, wide: int) -> NDArray[np.bool_]:
    """Dark ground in which a square fits anywhere; it goes on beyond the image, and under what was not seen."""
    closed = minimum_filter(maximum_filter(dark | ~seen, bridged), bridged)
    opened: NDArray[np.bool_] = maximum_filter(minimum_filter(closed, wide), wide) & seen
    return opened


def _is_shadow(light: _Light, part: NDArray[np.bool_]) -> bool:
    """Whether the ground kept its colour and its pattern."""
    red, green, blue = (float(np.median(band[part])) for band in light.left)
    if abs(green - red) > COLOUR_LOG or (light.blue and not BLUER_LOG[0] <= blue - green <= BLUER_LOG[1]):
        return False
    with np.errstate(invalid="ignore"):  # even ground has no pattern: nan, and is no shadow
        return bool(np.corrcoef(light.sunlit[part], light.dark[part])[0, 1] >= PATTERN)


def _over(values: NDArray[np.float32], clear: NDArray[np.bool_], side: int) -> NDArray[np.float32]:
    """Mean over squares of what is clear, (y, x); 0 where too little is."""
    known = uniform_filter(clear.astype(np.float32), side)
    total = uniform_filter(np.where(clear, values, np.float32(0)), side)
    return np.where(known > CLEAR, total / np.maximum(known, np.float32(CLEAR)), np.float32(0))


def _odd(length_m: float, pixel_m: float) -> int:
    """Pixels along a length, odd, at least 3."""
    return max(3, round(length_m / pixel_m) | 1)
