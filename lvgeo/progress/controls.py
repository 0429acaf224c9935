"""Ask how much this measurement would have shown if nobody had planted.

Placebo villages: in every other village of the same month, sets of placebo plots are chosen by the real plots' own rule
(number, size, baseline bareness) and measured as the real ones are. Their weighted median, or a prediction from
covariates where that errs less with each village left out in turn, is the bias; a t interval on their spread is the
uncertainty (DESIGN §3). Exchangeability is not claimed: real plots are chosen for access and water.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.progress.lattice import Lattice, Windows

__all__ = ["Controls", "Placebo", "PlotRule", "bare_windows", "compare_with", "place_placebos", "placebo_blocks"]

SETS: Final = 12  # sets of placebo plots a village; more do not narrow the spread between villages
DRAWN: Final = 80  # candidate windows a set
MAX_WEIGHT: Final = 0.10  # of any one village
LEAST_HALF_WIDTH_PP: Final = 2.0
RIDGE: Final = 3.0  # villages' worth of shrinkage of each standardised coefficient
BLOCK_WIDTHS: Final = 3.0  # plot widths between blocks that stand in for villages
FALLBACK_WEIGHT: Final = 1e-3  # what an unlike village still weighs, so that few alike ones do not decide alone


@dataclass(frozen=True, slots=True)
class PlotRule:
    """How the real plots were chosen: what placebo plots imitate.

    Parameters
    ----------
    count
        Number of plots.
    side_m
        Side of a square of their mean area.
    covariates
        Their baseline canopy share, brightness and texture.
    """

    count: int
    side_m: float
    covariates: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Placebo:
    """What unplanted ground of one village, or of one block, showed.

    Parameters
    ----------
    village_code
        Where.
    change_pp
        Mean change of its placebo sets.
    covariates
        Their mean baseline canopy share, brightness and texture.
    """

    village_code: str
    change_pp: float
    covariates: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Controls:
    """What the controls say.

    Parameters
    ----------
    bias_pp
        Change to expect where nobody planted.
    half_width_pp
        Half of the interval around an adjusted change; infinite where there are too few controls.
    effective
        Effective number of control villages or blocks, 1 / Σw².
    largest_weight
        Of any one of them.
    method
        ``matched``, ``predicted``, or with blocks in villages' stead ``blocks``; ``too_few``.
    imbalance
        Largest standardised difference of a covariate between plots and weighted controls.
    spread_pp, freedom
        Standard error of prediction and its degrees of freedom.
    errors_pp
        Error of each control with itself left out.
    codes
        Villages of the controls, in the errors' order.
    """

    bias_pp: float
    half_width_pp: float
    effective: float
    largest_weight: float
    method: Literal["matched", "predicted", "blocks", "too_few"]
    imbalance: float
    spread_pp: float = math.inf
    freedom: float = 1.0
    errors_pp: tuple[float, ...] = ()
    codes: tuple[str, ...] = ()

    def half_width_at(self, level: float) -> float:
        """Reach below which a true value lies with so small a chance (one-sided)."""
        if not math.isfinite(self.half_width_pp):
            return math.inf
        quantile = float(student.ppf(1.0 - level, max(self.freedom, 1.0)))
        return max(LEAST_HALF_WIDTH_PP, quantile * self.spread_pp)

    def by_blocks(self) -> Controls:
        """Say that blocks stood in for villages."""
        return replace(self, method="blocks")


def place_placebos(lattice: Lattice, rule: PlotRule, windows: Windows, rng: np.random.Generator) -> Placebo | None:
    """Choose and measure sets of placebo plots in a village.

    Parameters
    ----------
    lattice
        The village.
    rule
        The real plots' own.
    windows
        Every window of the rule's size on its free ground.
    rng
        Draws the candidates.

    Returns
    -------
    Placebo | None
        None where no window fits.
    """
    if windows.row.size == 0:
        return None
    changes, covariates = [], []
    for _ in range(SETS):
        drawn = rng.choice(windows.row.size, min(DRAWN, windows.row.size), replace=False)
        unlike = np.abs(windows.covariates[drawn, 0] - rule.covariates[0])
        chosen = _apart(windows, drawn[np.argsort(unlike, kind="stable")], rule.count, windows.side)
        changes.append(float(windows.change_pp[chosen].mean()))
        covariates.append(windows.covariates[chosen].mean(axis=0))
    mean = np.mean(covariates, axis=0)
    return Placebo(lattice.village_code, float(np.mean(changes)), (float(mean[0]), float(mean[1]), float(mean[2])))


def placebo_blocks(
    lattice: Lattice, rule: PlotRule, windows: Windows, rng: np.random.Generator, limit: int = 64
) -> list[Placebo]:
    """Single windows at least 3 plot-widths apart, which stand in for villages where there are too few."""
    drawn = rng.permutation(windows.row.size)[:4000]
    unlike = np.abs(windows.covariates[drawn, 0] - rule.covariates[0])
    order = drawn[np.argsort(np.round(unlike, 2), kind="stable")]
    chosen = _apart(windows, order, limit, math.ceil((BLOCK_WIDTHS + 1.0) * windows.side))
    return [
        Placebo(lattice.village_code, float(windows.change_pp[k]), tuple(map(float, windows.covariates[k])))  # type: ignore[arg-type]
        for k in chosen
    ]


def bare_windows(windows: Windows, rule: PlotRule, count: int, rng: np.random.Generator) -> list[int]:
    """Windows as bare as the plots were, none over another: unplanted ground that one image can be judged by."""
    drawn = rng.permutation(windows.row.size)[:2000]
    unlike = np.abs(windows.covariates[drawn, 0] - rule.covariates[0])
    return _apart(windows, drawn[np.argsort(np.round(unlike, 2), kind="stable")], count, windows.side)


def _apart(windows: Windows, order: NDArray[np.int64], count: int, cells: int) -> list[int]:
    """First `count` windows in that order whose corners lie at least so many cells apart."""
    chosen: list[int] = []
    for k in order:
        if all(
            max(abs(windows.row[k] - windows.row[j]), abs(windows.col[k] - windows.col[j])) >= cells for j in chosen
        ):
            chosen.append(int(k))
            if len(chosen) == count:
                break
    return chosen


def compare_with(placebos: Sequence[Placebo], rule: PlotRule, confidence: float, least: int) -> Controls:
    """Turn placebos into a bias and an interval.

    Parameters
    ----------
    placebos
        Of other villages, or blocks.
    rule
        The real plots, whose covariates are matched.
    confidence
        Level of the two-sided interval.
    least
        Fewest effective controls; below it there is no interval.
    """
    if len(placebos) < max(least, 3):
        return Controls(math.nan, math.inf, float(len(placebos)), math.nan, "too_few", math.nan)
    found = _predicted_or_matched(placebos, rule, least)
    if found.method == "too_few":
        return found
    width = max(LEAST_HALF_WIDTH_PP, float(student.ppf(0.5 + confidence / 2.0, found.freedom)) * found.spread_pp)
    return replace(found, half_width_pp=width, codes=tuple(p.village_code for p in placebos))


def _predicted_or_matched(placebos: Sequence[Placebo], rule: PlotRule, least: int) -> Controls:
    """Predict from covariates or match on them, whichever errs less with each control left out; no width yet."""
    change = np.array([p.change_pp for p in placebos])
    scale = np.array([p.covariates for p in placebos]).std(axis=0) + 1e-6
    covariates = np.array([p.covariates for p in placebos]) / scale
    target = np.array(rule.covariates) / scale
    weights = _weights(covariates, target[None, :])[0]
    effective = float(1.0 / (weights**2).sum())
    if effective < least - 1e-9:  # 12 weights of 1/12 sum to 11.999…
        return Controls(math.nan, math.inf, effective, float(weights.max()), "too_few", math.nan)
    imbalance = float(np.abs(weights @ covariates - target).max())
    matched_error, predicted = _left_out_errors(change, covariates)
    if float((predicted.errors**2).mean()) < float((matched_error**2).mean()):
        n = float(len(change))
        spread = math.sqrt(float((predicted.errors**2).mean()) * (1.0 + 1.0 / n))
        freedom = max(n - 1.0 - covariates.shape[1], 1.0)
        errors = tuple(float(e) for e in predicted.errors)
        return Controls(predicted.at(target), 0.0, n, 1.0 / n, "predicted", imbalance, spread, freedom, errors)
    bias = _weighted_median(change, weights)
    variance = float((weights * (change - bias) ** 2).sum() / (1.0 - (weights**2).sum()))
    spread = math.sqrt(variance * (1.0 + 1.0 / effective))
    errors = tuple(float(e) for e in matched_error)
    largest, freedom = float(weights.max()), max(effective - 1.0, 1.0)
    return Controls(bias, 0.0, effective, largest, "matched", imbalance, spread, freedom, errors)


def _weights(covariates: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
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


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values, kind="stable")
    ordered, running = values[order], np.cumsum(weights[order])
    low = int(np.searchsorted(running, running[-1] / 2.0 * (1.0 - 1e-9)))
    high = int(np.searchsorted(running, running[-1] / 2.0 * (1.0 + 1e-9)))
    return float(ordered[low] + ordered[min(high, len(ordered) - 1)]) / 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Prediction:
    """A ridge regression of change on covariates, with its errors as each control is left out."""

    errors: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    centre: NDArray[np.float64]

    def at(self, target: NDArray[np.float64]) -> float:
        # Held to the controls' own range: beyond it a line says what nobody saw.
        away = np.clip(target - self.centre, -2.0, 2.0)
        return float(self.coefficients[0] + away @ self.coefficients[1:])


def _left_out_errors(
    change: NDArray[np.float64], covariates: NDArray[np.float64]
) -> tuple[NDArray[np.float64], _Prediction]:
    """Leave-one-out errors of matching, and of predicting."""
    weights = _weights(covariates, covariates)
    np.fill_diagonal(weights, 0.0)
    matched = np.array(
        [v - _weighted_median(change, _capped(w / w.sum())) for v, w in zip(change, weights, strict=True)]
    )
    centre = covariates.mean(axis=0)
    design = np.column_stack([np.ones(len(change)), covariates - centre])
    penalty = np.diag([0.0] + [RIDGE] * covariates.shape[1])
    inverse = np.linalg.inv(design.T @ design + penalty)
    coefficients = inverse @ design.T @ change
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    errors = (change - design @ coefficients) / np.maximum(1.0 - leverage, 1e-3)
    return matched, _Prediction(errors, coefficients, centre)
