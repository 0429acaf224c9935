"""Bring a scene to the light of its baseline, with one monotone curve a band.

The curve matches the quantiles of the two dates on ground that did not change, which is found by iterating: ground that
the curve leaves farthest apart is put aside and the curve fitted again. Quantiles, not regression: noise and a shift of
half a pixel would flatten a regression's slope, and quantiles do not feel them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.ordered import Each

__all__ = ["Radiometry", "fit_radiometry", "identity_radiometry"]

QUANTILES: Final = np.linspace(0.005, 0.995, 100)
KEPT_SHARES: Final = (0.85, 0.75)  # of the ground, each time; what changed is rarely more than a third
MIN_SAMPLE: Final = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Radiometry:
    """Per-band curves to the baseline's light.

    Parameters
    ----------
    curves
        (band, 256) float32: digital number of the scene → digital number in the baseline's light.
    residual_dn
        Mean absolute difference left on ground held unchanged; how well the curves fit. nan where none could be fitted.
    """

    curves: NDArray[np.float32]
    residual_dn: float

    def apply(self, values: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Bring pixels (band, ...) to the baseline's light."""
        return np.stack([curve[band] for curve, band in zip(self.curves, values, strict=True)])


def identity_radiometry(bands: int) -> Radiometry:
    """Return curves that change nothing, for the baseline itself."""
    return Radiometry(np.tile(np.arange(256, dtype=np.float32), (bands, 1)), 0.0)


def fit_radiometry(
    before: Sequence[NDArray[np.uint8]],
    after: Sequence[NDArray[np.uint8]],
    valid: Sequence[NDArray[np.bool_]],
    each: Each = map,
) -> Radiometry:
    """Fit curves on registered patches of both dates.

    Parameters
    ----------
    before, after
        Patches, each (band, y, x).
    valid
        Patches, each (y, x); True where both were observed.
    each
        Goes through the patches; a pool's does it in threads.

    Returns
    -------
    Radiometry
        The identity, its residual nan, where fewer than 2000 pixels were observed at both dates.
    """
    if sum(int(v.sum()) for v in valid) < MIN_SAMPLE:
        return replace(identity_radiometry(before[0].shape[0]), residual_dn=math.nan)
    curves = _curves(before, after, valid, each)
    keep, apart = valid, _apart(before, after, curves, each)
    for share in KEPT_SHARES:
        keep = _unchanged(apart, valid, share, each)
        curves = _curves(before, after, keep, each)
        apart = _apart(before, after, curves, each)
    left = np.concatenate([d[k] for d, k in zip(apart, keep, strict=True)])
    return Radiometry(curves, float(left.mean()))


def _curves(
    before: Sequence[NDArray[np.uint8]],
    after: Sequence[NDArray[np.uint8]],
    keep: Sequence[NDArray[np.bool_]],
    each: Each,
) -> NDArray[np.float32]:
    """Curve of each band through the quantiles of kept ground, (band, 256)."""
    first, second = (
        np.sum(list(each(_counts, zip(patches, keep, strict=True))), axis=0) for patches in (before, after)
    )
    return np.stack([_curve(one, two) for one, two in zip(first, second, strict=True)])


def _counts(patch: tuple[NDArray[np.uint8], NDArray[np.bool_]]) -> NDArray[np.int64]:
    """How many kept pixels of a patch have each number, (band, 256)."""
    values, keep = patch
    return np.stack([np.bincount(band[keep], minlength=256) for band in values])


def _apart(
    before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]], curves: NDArray[np.float32], each: Each
) -> list[NDArray[np.float32]]:
    """Mean distance over bands that curves leave at each pixel, (y, x) of each patch."""
    light = Radiometry(curves, 0.0)
    return list(each(lambda pair: np.abs(light.apply(pair[1]) - pair[0]).mean(axis=0), zip(before, after, strict=True)))


def _curve(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.float32]:
    """Monotone curve through matching quantiles, extended at its ends by the slope of its middle.

    Both are how often each number occurs, (256,).
    """
    at, to = _quantiles(after), np.maximum.accumulate(_quantiles(before))
    slope = max(float(np.ptp(to)) / max(float(np.ptp(at)), 1.0), 0.1)
    levels = np.arange(256, dtype=np.float64)
    curve = np.interp(levels, at, to)
    curve = np.where(levels < at[0], to[0] - slope * (at[0] - levels), curve)
    curve = np.where(levels > at[-1], to[-1] + slope * (levels - at[-1]), curve)
    return np.clip(curve, 0.0, 255.0).astype(np.float32)


def _quantiles(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Quantiles of whole numbers, each spread evenly over its own unit, so that a curve has no steps."""
    share = np.append(0.0, np.cumsum(counts)) / counts.sum()
    edges = np.arange(257) - 0.5
    kept = np.append(True, np.diff(share) > 0)  # a level that never occurs has no quantile
    kept[:-1] |= np.diff(share) > 0
    found: NDArray[np.float64] = np.interp(QUANTILES, share[kept], edges[kept])
    return found


def _unchanged(
    apart: Sequence[NDArray[np.float32]], valid: Sequence[NDArray[np.bool_]], share: float, each: Each
) -> list[NDArray[np.bool_]]:
    """Ground that the curves leave closest together, smoothed so that noise alone excludes nothing."""
    smooth = list(
        each(lambda pair: gaussian_filter(np.where(pair[1], pair[0], 0.0), 1.0), zip(apart, valid, strict=True))
    )
    limit = np.percentile(np.concatenate([s[v] for s, v in zip(smooth, valid, strict=True)]), 100 * share)
    return [v & (s <= limit) for s, v in zip(smooth, valid, strict=True)]
