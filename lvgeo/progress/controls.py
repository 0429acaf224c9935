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

from lvgeo.progress.matching import left_out_errors, likeness, weighted_median
from lvgeo.progress.placebos import Placebo, PlotRule, bare_windows, place_placebos, placebo_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Controls", "Placebo", "PlotRule", "bare_windows", "compare_with", "place_placebos", "placebo_blocks"]

LEAST_HALF_WIDTH_PP: Final = 2.0


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
    weights = likeness(covariates, target[None, :])[0]
    effective = float(1.0 / (weights**2).sum())
    if effective < least - 1e-9:  # 12 weights of 1/12 sum to 11.999…
        return Controls(math.nan, math.inf, effective, float(weights.max()), "too_few", math.nan)
    imbalance = float(np.abs(weights @ covariates - target).max())
    matched_error, predicted = left_out_errors(change, covariates)
    if float((predicted.errors**2).mean()) < float((matched_error**2).mean()):
        n = float(len(change))
        spread = math.sqrt(float((predicted.errors**2).mean()) * (1.0 + 1.0 / n))
        freedom = max(n - 1.0 - covariates.shape[1], 1.0)
        errors = tuple(float(e) for e in predicted.errors)
        return Controls(predicted.at(target), 0.0, n, 1.0 / n, "predicted", imbalance, spread, freedom, errors)
    bias = weighted_median(change, weights)
    variance = float((weights * (change - bias) ** 2).sum() / (1.0 - (weights**2).sum()))
    spread = math.sqrt(variance * (1.0 + 1.0 / effective))
    errors = tuple(float(e) for e in matched_error)
    largest, freedom = float(weights.max()), max(effective - 1.0, 1.0)
    return Controls(bias, 0.0, effective, largest, "matched", imbalance, spread, freedom, errors)
