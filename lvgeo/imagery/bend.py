"""Fit the smooth field by which a scene bends, where held-out tiles say that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RMS_OF_MEDIAN", "fit_field"]

BEND_TILES: Final = 12  # tiles from which a field may be fitted
BEND_GAIN: Final = (0.75, 0.1)  # a field must bring held-out tiles to this share of their distance, and by so many px
RMS_OF_MEDIAN: Final = 1.2011  # √(2 / (2 ln 2)): median distance to RMS of a circular normal scatter


def fit_field(
    places: NDArray[np.float64], off: NDArray[np.float64], extent: tuple[int, ...]
) -> tuple[tuple[tuple[float, ...], ...], float]:
    """Coefficients of the smoothest field that earns its keep on held-out tiles, and the RMS left on those, px."""
    plain = _median_distance(off)
    if len(off) < BEND_TILES:
        return (), plain * RMS_OF_MEDIAN
    v, u = places[:, 0] / extent[0], places[:, 1] / extent[1]
    terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1)
    best: tuple[tuple[tuple[float, ...], ...], float] = ((), plain)
    for count in (3, 6):
        if len(off) < 4 * count:
            continue
        held = np.empty_like(off)
        for fold in range(4):
            out = np.arange(len(off)) % 4 == fold
            held[out] = off[out] - terms[out, :count] @ _smooth_fit(terms[~out, :count], off[~out])
        error = _median_distance(held)
        if error < BEND_GAIN[0] * best[1] and error < best[1] - BEND_GAIN[1]:
            solved = _smooth_fit(terms[:, :count], off)
            best = (tuple(tuple(round(float(c), 4) for c in solved[:, axis]) for axis in range(2)), error)
    return best[0], best[1] * RMS_OF_MEDIAN


def _median_distance(off: NDArray[np.float64]) -> float:
    """Median length: a tile on moving water or on a new roof does not decide."""
    return float(np.median(np.hypot(off[:, 0], off[:, 1])))


def _smooth_fit(terms: NDArray[np.float64], off: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares (terms, 2) with tiles far off weighted down, outliers to nothing."""
    weight: NDArray[np.floating[Any]] = np.ones(len(off))
    solved: NDArray[np.floating[Any]] = np.zeros((terms.shape[1], 2))
    for _ in range(8):
        root = np.sqrt(weight)[:, None]
        solved = np.linalg.lstsq(terms * root, off * root, rcond=None)[0]
        left = np.hypot(*(off - terms @ solved).T)
        scale = 1.4826 * float(np.median(left)) + 1e-6
        weight = np.clip(1.0 - (left / (4.0 * scale)) ** 2, 0.0, 1.0) ** 2
    return solved.astype(np.float64)
