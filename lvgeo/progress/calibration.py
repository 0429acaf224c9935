"""How often intervals hold and verdicts would be wrong, measured on ground where nobody planted.

Each village in turn is taken for planted: placebo plots are chosen on its free ground by the real plots' own rule and
held against placebo plots of the others, as a real village is. What is found should be nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.progress.budget import notice_level
from lvgeo.progress.controls import PlotRule, bare_windows, compare_with, place_placebos

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.progress.lattice import Lattice, Windows

__all__ = ["Calibration", "Trial", "summarise", "target_of", "try_street"]

BOOTSTRAPS: Final = 2000


@dataclass(frozen=True, slots=True)
class Trial:
    """One village taken for planted where nobody planted.

    Parameters
    ----------
    village_code
        Which.
    error_pp
        Adjusted change; nothing would be right.
    half_width_pp, notice_pp
        Half of the interval, and its reach at the budget's level.
    skew_pp
        By how much the error may lie farther above nothing than half of the interval, and less far below.
    """

    village_code: str
    error_pp: float
    half_width_pp: float
    notice_pp: float
    skew_pp: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What trials came to.

    Parameters
    ----------
    trials, villages
        How many, in how many villages.
    coverage, coverage_low, coverage_high
        Share of intervals that hold nothing, with a bootstrap over villages (95 %).
    half_width_pp
        Median.
    interval_score_pp
        Mean interval score (Gneiting & Raftery 2007, eq. 43): width, and 2 / α for each point that it misses by.
    called
        Share called gain or loss.
    false_lagging
        Share that would be called lagging had they gained exactly what is required.
    """

    trials: int
    villages: int
    coverage: float
    coverage_low: float
    coverage_high: float
    half_width_pp: float
    interval_score_pp: float
    called: float
    false_lagging: float


def try_street(
    lattices: Mapping[str, Lattice],
    rule: PlotRule,
    settings: tuple[float, int, float, float],
    seed: int,
    gated: frozenset[str] = frozenset(),
) -> list[Trial]:
    """Take each village for planted once.

    Parameters
    ----------
    lattices
        Village code → its ground at both dates.
    rule
        The real plots' own: number, size, and the bareness that is looked for.
    settings
        Confidence, fewest controls, least observed share, and the month's budget of wrong notices.
    seed
        Of the places chosen.
    gated
        Villages whose images are not judged; they serve as controls all the same.
    """
    confidence, least, observed, budget = settings
    windows = {code: lattice.windows(rule.side_m, observed) for code, lattice in sorted(lattices.items())}
    level = notice_level(budget, len(windows), confidence)
    found = []
    for code, mine in windows.items():
        rng = np.random.default_rng([seed, int(code)])
        own = target_of(mine, rule, rng)
        if own is None or code in gated:
            continue
        change, target = own
        placebos = [
            one
            for other, theirs in windows.items()
            if other != code and (one := place_placebos(lattices[other], target, theirs, rng)) is not None
        ]
        controls = compare_with(placebos, target, confidence, least)
        if math.isfinite(controls.half_width_pp):
            error = change - controls.bias_pp
            found.append(Trial(code, error, controls.half_width_pp, controls.half_width_at(level), controls.skew_pp))
    return found


def target_of(windows: Windows, rule: PlotRule, rng: np.random.Generator) -> tuple[float, PlotRule] | None:
    """Choose placebo plots in a village that plays the planted one: their change, and what they are like."""
    if windows.row.size == 0:
        return None
    some = rng.permutation(windows.row.size)[: max(200, windows.row.size // 20)]
    part = windows.picked(some)
    chosen = bare_windows(part, rule, rule.count, rng)
    if len(chosen) < rule.count:
        return None
    like = part.covariates[chosen].mean(axis=0)
    target = PlotRule(rule.count, rule.side_m, (float(like[0]), float(like[1]), float(like[2])))
    return float(part.change_pp[chosen].mean()), target


def summarise(trials: Sequence[Trial], confidence: float, min_change_pp: float, seed: int) -> Calibration:
    """Put trials together.

    Parameters
    ----------
    trials
        Of one pair of dates, or of many.
    confidence
        Nominal coverage.
    min_change_pp
        By how much an interval must clear nothing to be called a change.
    seed
        Of the bootstrap.
    """
    if not trials:
        return Calibration(0, 0, *([math.nan] * 7))
    error = np.array([one.error_pp for one in trials])
    half = np.array([one.half_width_pp for one in trials])
    beyond = np.abs(error - np.array([one.skew_pp for one in trials])) - half
    inside = beyond <= 0
    score = 2 * half + 2 / (1 - confidence) * np.maximum(beyond, 0.0)
    codes = np.array([one.village_code for one in trials])
    names = np.unique(codes)
    by_village = [inside[codes == name] for name in names]
    rng = np.random.default_rng(seed)
    drawn = [
        float(np.concatenate([by_village[k] for k in rng.integers(0, len(names), len(names))]).mean())
        for _ in range(BOOTSTRAPS)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Calibration(
        len(trials), len(names), float(inside.mean()), float(low), float(high), float(np.median(half)),
        float(score.mean()), float((beyond >= min_change_pp).mean()),
        float((error < -np.array([one.notice_pp for one in trials])).mean()),
    )  # fmt: skip
