"""Ask how much this measurement would have shown if nobody had planted.

Placebo villages: in every other village of the same month, sets of placebo plots are chosen by the real plots' own rule
(number, size, baseline bareness) and measured as the real ones are. Their weighted median, or a prediction from
covariates where that errs less with each village left out in turn, is the bias; a t interval on their spread is the
uncertainty (DESIGN §3). The spread is taken above and below apart (a two-piece distribution, Fernández & Steel 1998):
bare ground has little canopy to lose and much to gain, so that a field that turned green elsewhere must not make it
harder to see that a village lags. Exchangeability is not claimed: real plots are chosen for access and water.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.stats import t as student

from lvgeo.progress.matching import left_out_errors, likeness, weighted_median
from lvgeo.progress.placebos import Placebo, PlotRule, bare_windows, place_placebos, placebo_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Controls", "Placebo", "PlotRule", "bare_windows", "compare_with", "place_placebos", "placebo_blocks"]

LEAST_HALF_WIDTH_PP: Final = 2.0
# Each side rests on half of the controls. Under a bell curve 12 to 40 of them then cover 95 % at nominal 95; with the
# whole freedom 93.5 to 94.8 (tests/progress/test_controls.py).
SIDE_FREEDOM: Final = 2 / 3


@dataclass(frozen=True, slots=True)
class Controls:
    """What the controls say.

    Parameters
    ----------
    bias_pp
        Change to expect where nobody planted.
    half_width_pp
        Half of the interval's length; infinite where there are too few controls.
    effective
        Effective number of control villages or blocks, 1 / Σw².
    largest_weight
        Of any one of them.
    method
        ``matched``, ``predicted``, or with blocks in villages' stead ``blocks``; ``too_few``.
    imbalance
        Largest standardised difference of a covariate between plots and weighted controls.
    spread_pp, freedom
        Standard error of prediction, from what lies below the bias, and its degrees of freedom.
    errors_pp
        Error of each control with itself left out.
    codes
        Villages of the controls, in the errors' order.
    skew_pp
        By how much what nobody planted reaches farther above the bias than half of the interval; below 0 where it
        reaches farther below.
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
    skew_pp: float = 0.0

    @property
    def below_pp(self) -> float:
        """How far below the bias unplanted ground may lie: the interval's reach above an adjusted change."""
        return self.half_width_pp - self.skew_pp

    @property
    def above_pp(self) -> float:
        """How far above the bias unplanted ground may lie: the interval's reach below an adjusted change."""
        return self.half_width_pp + self.skew_pp

    def half_width_at(self, level: float) -> float:
        """Reach below which a true value lies with so small a chance (one-sided)."""
        if not math.isfinite(self.half_width_pp):
            return math.inf
        quantile = float(student.ppf(1.0 - level, max(self.freedom, 1.0)))
        return max(LEAST_HALF_WIDTH_PP, quantile * self.spread_pp)

    def by_blocks(self) -> Controls:
        """Say that blocks stood in for villages."""
        return replace(self, method="blocks")


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
    found, above = _predicted_or_matched(placebos, rule, least)
    if found.method == "too_few":
        return found
    quantile = float(student.ppf(0.5 + confidence / 2.0, found.freedom))
    low, high = (max(LEAST_HALF_WIDTH_PP, quantile * spread) for spread in (found.spread_pp, above))
    codes = tuple(p.village_code for p in placebos)
    return replace(found, half_width_pp=(low + high) / 2.0, skew_pp=(high - low) / 2.0, codes=codes)


def _predicted_or_matched(placebos: Sequence[Placebo], rule: PlotRule, least: int) -> tuple[Controls, float]:
    """Predict from covariates or match on them, whichever errs less with each control left out.

    Returns
    -------
    tuple[Controls, float]
        Without a width yet, and the spread above the bias.
    """
    change = np.array([p.change_pp for p in placebos])
    scale = np.array([p.covariates for p in placebos]).std(axis=0) + 1e-6
    covariates = np.array([p.covariates for p in placebos]) / scale
    target = np.array(rule.covariates) / scale
    weights = likeness(covariates, target[None, :])[0]
    effective = float(1.0 / (weights**2).sum())
    if effective < least - 1e-9:  # 12 weights of 1/12 sum to 11.999…
        return Controls(math.nan, math.inf, effective, float(weights.max()), "too_few", math.nan), math.inf
    imbalance = float(np.abs(weights @ covariates - target).max())
    matched_error, predicted = left_out_errors(change, covariates)
    # By what they err, not by its square: one field that turned green would choose for all.
    if float(np.abs(predicted.errors).mean()) < float(np.abs(matched_error).mean()):
        n = float(len(change))
        below, above = _sides(predicted.errors, np.full(len(change), 1.0 / n), 1.0 + 1.0 / n)
        freedom = max(SIDE_FREEDOM * (n - 1.0 - covariates.shape[1]), 1.0)
        errors = tuple(float(e) for e in predicted.errors)
        bias = predicted.at(target)
        return Controls(bias, 0.0, n, 1.0 / n, "predicted", imbalance, below, freedom, errors), above
    bias = weighted_median(change, weights)
    below, above = _sides(change - bias, weights, (1.0 + 1.0 / effective) / (1.0 - float((weights**2).sum())))
    errors = tuple(float(e) for e in matched_error)
    largest, freedom = float(weights.max()), max(SIDE_FREEDOM * (effective - 1.0), 1.0)
    return Controls(bias, 0.0, effective, largest, "matched", imbalance, below, freedom, errors), above


def _sides(errors: NDArray[np.float64], weights: NDArray[np.float64], inflation: float) -> tuple[float, float]:
    """Return the standard error of prediction from what lies below, and from what lies above."""
    below, above = (2.0 * float(weights @ np.square(np.maximum(side, 0.0))) for side in (-errors, errors))
    return math.sqrt(below * inflation), math.sqrt(above * inflation)
