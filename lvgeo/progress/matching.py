"""Matching on what ground was like before, and predicting from it: which of both errs less is asked of the controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Prediction", "left_out_errors", "likeness", "weighted_median"]

MAX_WEIGHT: Final = 0.10  # of any one village
RIDGE: Final = 3.0  # villages' worth of shrinkage of each standardised coefficient
FALLBACK_WEIGHT: Final = 1e-3  # what an unlike village still weighs, so that few alike ones do not decide alone


def likeness(covariates: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Likeness of each control to each target, rows summing to 1, none above a tenth (or above 1/n).

    Covariates are standardised; the kernel is Gaussian with a width of one standard deviation a covariate.
    """
    squared = ((targets[:, None, :] - covariates[None, :, :]) ** 2).mean(axis=2)
    weights = np.exp(-squared / 2.0) + FALLBACK_WEIGHT
    return np.stack([_capped(row / row.sum()) for row in weights])


def _capped(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move what stands above the cap to the others, in proportion."""
    cap = max(MAX_WEIGHT, 1.0 / max(int(np.count_nonzero(weights)), 1))
    for _ in range(weights.size):
        over = weights > cap + 1e-12
        if not over.any():
            break
        spare = float((weights[over] - cap).sum())
        weights = np.where(over, cap, weights)
        open_ = weights < cap - 1e-12
        if not open_.any():
            break
        weights[open_] += spare * weights[open_] / weights[open_].sum()
    capped: NDArray[np.float64] = weights / weights.sum()
    return capped


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Middle of the values by weight; between two where half the weight lies on each side."""
    order = np.argsort(values, kind="stable")
    ordered, running = values[order], np.cumsum(weights[order])
    low = int(np.searchsorted(running, running[-1] / 2.0 * (1.0 - 1e-9)))
    high = int(np.searchsorted(running, running[-1] / 2.0 * (1.0 + 1e-9)))
    return float(ordered[low] + ordered[min(high, len(ordered) - 1)]) / 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """A ridge regression of change on covariates, with its errors as each control is left out."""

    errors: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    centre: NDArray[np.float64]

    def at(self, target: NDArray[np.float64]) -> float:
        """Change foretold for ground like that, covariates scaled as those it was fitted to."""
        # Held to the controls' own range: beyond it a line says what nobody saw.
        away = np.clip(target - self.centre, -2.0, 2.0)
        return float(self.coefficients[0] + away @ self.coefficients[1:])


def left_out_errors(
    change: NDArray[np.float64], covariates: NDArray[np.float64]
) -> tuple[NDArray[np.float64], Prediction]:
    """Leave-one-out errors of matching, and of predicting."""
    weights = likeness(covariates, covariates)
    np.fill_diagonal(weights, 0.0)
    matched = np.array(
        [v - weighted_median(change, _capped(w / w.sum())) for v, w in zip(change, weights, strict=True)]
    )
    centre = covariates.mean(axis=0)
    design = np.column_stack([np.ones(len(change)), covariates - centre])
    penalty = np.diag([0.0] + [RIDGE] * covariates.shape[1])
    inverse = np.linalg.inv(design.T @ design + penalty)
    coefficients = inverse @ design.T @ change
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    errors = (change - design @ coefficients) / np.maximum(1.0 - leverage, 1e-3)
    return matched, Prediction(errors, coefficients, centre)
