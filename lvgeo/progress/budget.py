"""How often verdicts would be wrong, and how sure a notice and a consequence must be so that it stays within bounds.

Wrong notices of a month are bounded by their sum: each assessed village is tested at an equal part of the budget, which
holds under any correlation between villages. What came of it is measured on placebo villages raised to exactly the
required gain. Over the year a village's error has a part that stays (its ground, its baseline) and a part of the month;
both are estimated from control villages followed over months, and a consequence on canopy needs all months together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.progress.controls import Controls
    from lvgeo.units import Month

__all__ = [
    "Shortfall",
    "WrongNotices",
    "expected_wrong_notices",
    "joint_test",
    "notice_level",
    "persistent_share",
    "shared_variance",
]

BOOTSTRAPS: Final = 2000
MIN_FOLLOWED: Final = 8  # control villages seen in two months, below which all of an error counts as lasting


@dataclass(frozen=True, slots=True)
class WrongNotices:
    """Expected number of wrong notices in a month.

    Parameters
    ----------
    assessed
        Villages whose canopy or work was judged.
    level
        One-sided level of each.
    expected, low, high
        Wrong notices if every assessed village had grown exactly what is required, with a bootstrap interval (95 %).
    allowed
        The campaign's budget.
    """

    assessed: int
    level: float
    expected: float
    low: float
    high: float
    allowed: float

    def facts(self) -> dict[str, float | int]:
        """Return the figures for run.json."""
        return {
            "assessed": self.assessed,
            "level": round(self.level, 5),
            "expected_wrong_notices": round(self.expected, 3),
            "interval_low": round(self.low, 3),
            "interval_high": round(self.high, 3),
            "max_expected_wrong_notices": self.allowed,
        }


@dataclass(frozen=True, slots=True)
class Shortfall:
    """By how much one month's canopy fell short.

    Parameters
    ----------
    short_pp
        Required less adjusted; positive where it fell short.
    spread_pp
        Standard error of prediction.
    freedom
        Degrees of freedom of that.
    """

    short_pp: float
    spread_pp: float
    freedom: float


def notice_level(budget: float, assessed: int, confidence: float) -> float:
    """One-sided level at which each of so many villages is tested.

    Examples
    --------
    >>> round(notice_level(0.5, 23, 0.95), 4), round(notice_level(0.5, 4, 0.95), 4)
    (0.0217, 0.025)
    """
    return min((1.0 - confidence) / 2.0, budget / max(assessed, 1))


def expected_wrong_notices(
    controls: Sequence[Controls], level: float, others: float, allowed: float, seed: int
) -> WrongNotices:
    """Raise placebo villages to exactly what is required and count which would be called lagging.

    Parameters
    ----------
    controls
        Of each village whose growth was judged: errors with each control village left out.
    level
        From `notice_level`.
    others
        Expected wrong notices from elsewhere (Work's).
    allowed
        The budget.
    seed
        Of the bootstrap over control villages.
    """
    judged = [one for one in controls if one.errors_pp]
    if not judged:
        return WrongNotices(len(controls), level, others, others, others, allowed)
    wrong = [np.array([error < -one.half_width_at(level) for error in one.errors_pp]) for one in judged]
    expected = others + float(sum(one.mean() for one in wrong))
    rng = np.random.default_rng(seed)
    # One draw of villages serves all: their errors are the same ground, seen from each target.
    longest = max(one.size for one in wrong)
    drawn = []
    for _ in range(BOOTSTRAPS):
        picked = rng.integers(0, longest, longest)
        drawn.append(others + sum(float(one[picked[picked < one.size]].mean()) for one in wrong if one.size))
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return WrongNotices(len(controls), level, expected, float(low), float(high), allowed)


def persistent_share(errors: Mapping[Month, Mapping[str, float]]) -> float:
    """Part of the error's variance that stays with a village from month to month, 0 to 1.

    Parameters
    ----------
    errors
        Month → village code → what its unplanted ground showed beyond what the others foretold, points.

    Returns
    -------
    float
        1 where too few villages were followed: then a second month says nothing new.

    Examples
    --------
    >>> from lvgeo.units import Month
    >>> same = {str(k): float(k) for k in range(10)}
    >>> persistent_share({Month(2024, 7): same, Month(2024, 8): same})
    1.0
    """
    share, n = shared_variance(errors)
    if not n:
        return 1.0
    # Upwards by its own uncertainty: a share taken for too small makes a consequence too easy.
    return float(min(1.0, share + math.sqrt(max(1.0 - share**2, 0.0) / n)))


def shared_variance(errors: Mapping[Month, Mapping[str, float]]) -> tuple[float, float]:
    """Part of the error's variance that two months share, 0 to 1, and in how many villages; (1, 0) where unknown.

    Parameters
    ----------
    errors
        As in `persistent_share`.
    """
    months = sorted(errors)
    covariances, variances, weights = [], [], []
    for i, first in enumerate(months):
        for second in months[i + 1 :]:
            both = sorted(set(errors[first]) & set(errors[second]))
            if len(both) < MIN_FOLLOWED:
                continue
            a, b = (np.array([errors[m][code] for code in both]) for m in (first, second))
            # Around nothing, not around their mean: an error that all share stays too.
            covariances.append(float((a * b).mean()))
            variances.append(float((a**2 + b**2).mean()) / 2.0)
            weights.append(len(both))
    if not weights or sum(variances) <= 0:
        return 1.0, 0.0
    share = float(np.average(covariances, weights=weights) / np.average(variances, weights=weights))
    return min(1.0, max(0.0, share)), sum(weights) / len(weights)


def joint_test(months: Sequence[Shortfall], share: float, level: float) -> bool:
    """Whether a village's months together prove that its canopy lags.

    Parameters
    ----------
    months
        Its lagging months.
    share
        Part of the error that stays, from `persistent_share`.
    level
        One-sided: the year's budget over the villages.

    Examples
    --------
    >>> joint_test([Shortfall(8.0, 2.0, 20.0)] * 2, 1.0, 0.1 / 23)
    True
    >>> joint_test([Shortfall(5.0, 2.0, 20.0)] * 2, 1.0, 0.1 / 23)
    False
    """
    known = [one for one in months if math.isfinite(one.short_pp) and one.spread_pp > 0]
    if len(known) < len(months) or not known:
        return False
    k = len(known)
    spread = math.sqrt(float(np.mean([one.spread_pp**2 for one in known])) * (share + (1.0 - share) / k))
    freedom = min(one.freedom for one in known)
    return float(np.mean([one.short_pp for one in known])) > spread * float(student.ppf(1.0 - level, max(freedom, 1.0)))
