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

__all__ = ["Radiometry", "fit_radiometry", "identity_radiometry"]

QUANTILES: Final = np.linspace(0.005, 0.995, 100)
KEPT_SHARES: Final = (0.85, 0.75, 0.70)  # of the ground, each time; what changed is rarely more than a third
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
    before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]], valid: Sequence[NDArray[np.bool_]]
) -> Radiometry:
    """Fit curves on registered patches of both dates.

    Parameters
    ----------
    before, after
        Patches, each (band, y, x).
    valid
        Patches, each (y, x); True where both were observed.

    Returns
    -------
    Radiometry
        The identity, its residual nan, where fewer than 2000 pixels were observed at both dates.
    """
    bands = before[0].shape[0]
    if sum(int(v.sum()) for v in valid) < MIN_SAMPLE:
        return replace(identity_radiometry(bands), residual_dn=math.nan)
    keep = [v.copy() for v in valid]
    fitted = identity_radiometry(bands)
    for share in KEPT_SHARES:
        curves = np.stack([_curve(_pick(before, keep, k), _pick(after, keep, k)) for k in range(bands)])
        apart = [np.abs(Radiometry(curves, 0.0).apply(a) - b).mean(axis=0) for b, a in zip(before, after, strict=True)]
        fitted = Radiometry(curves, float(np.concatenate([d[k] for d, k in zip(apart, keep, strict=True)]).mean()))
        keep = _unchanged(apart, valid, share)
    return fitted


def _pick(patches: Sequence[NDArray[np.uint8]], keep: Sequence[NDArray[np.bool_]], band: int) -> NDArray[np.uint8]:
    return np.concatenate([patch[band][mask] for patch, mask in zip(patches, keep, strict=True)])


def _curve(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Monotone curve through matching quantiles, extended at its ends by the slope of its middle."""
    at, to = _quantiles(after), np.maximum.accumulate(_quantiles(before))
    slope = max(float(np.ptp(to)) / max(float(np.ptp(at)), 1.0), 0.1)
    levels = np.arange(256, dtype=np.float64)
    curve = np.interp(levels, at, to)
    curve = np.where(levels < at[0], to[0] - slope * (at[0] - levels), curve)
    curve = np.where(levels > at[-1], to[-1] + slope * (levels - at[-1]), curve)
    return np.clip(curve, 0.0, 255.0).astype(np.float32)


def _quantiles(values: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Quantiles of whole numbers, each spread evenly over its own unit, so that a curve has no steps."""
    share = np.append(0.0, np.cumsum(np.bincount(values, minlength=256))) / values.size
    edges = np.arange(257) - 0.5
    kept = np.append(True, np.diff(share) > 0)  # a level that never occurs has no quantile
    kept[:-1] |= np.diff(share) > 0
    found: NDArray[np.float64] = np.interp(QUANTILES, share[kept], edges[kept])
    return found


def _unchanged(
    apart: Sequence[NDArray[np.float32]], valid: Sequence[NDArray[np.bool_]], share: float
) -> list[NDArray[np.bool_]]:
    """Ground that the curves leave closest together, smoothed so that noise alone excludes nothing."""
    smooth = [gaussian_filter(np.where(v, d, 0.0), 1.0) for d, v in zip(apart, valid, strict=True)]
    limit = np.percentile(np.concatenate([s[v] for s, v in zip(smooth, valid, strict=True)]), 100 * share)
    return [v & (s <= limit) for s, v in zip(smooth, valid, strict=True)]
