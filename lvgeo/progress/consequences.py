"""How many consequences of a year would be wrong, had every village grown exactly what is required.

A village's error has a part that stays with it (its ground, its baseline) and a part of the month. Both are taken from
control villages followed over the months; years are drawn from them and put to the same notices and the same joint test
as real villages. Every notice is taken for upheld, which is the worst that can happen.

A notice on Work is wrong by the chance that Work allows itself. Months of one village are looked at on the same ground,
and how far their errors go together is not known: taken for all the same, a village whose planting does not show once
never shows, and that is what is expected; taken for independent, all months of a streak must err anew.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import t as student

from lvgeo.progress.budget import notice_level, persistent_share, shared_variance
from lvgeo.progress.controls import LEAST_HALF_WIDTH_PP
from lvgeo.progress.standing import LOOKS, latest_verdicts, placebo_errors
from lvgeo.progress.work import FALSE_NOT_SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lvgeo.campaign.settings import LaggingTable
    from lvgeo.progress.ledger import Record
    from lvgeo.units import Month

__all__ = ["JudgedMonth", "WrongConsequences", "draw_years", "expected_wrong_consequences"]

BOOTSTRAPS: Final = 200  # of the control villages
YEARS: Final = 2000  # village-years drawn for each


@dataclass(frozen=True, slots=True)
class JudgedMonth:
    """What a month's canopy was judged with.

    Parameters
    ----------
    spread_pp, freedom
        Standard error of prediction, and its degrees of freedom.
    level
        One-sided level of a notice.
    """

    spread_pp: float
    freedom: float
    level: float

    @property
    def reach_pp(self) -> float:
        """By how much canopy must fall short for a notice."""
        return max(LEAST_HALF_WIDTH_PP, float(student.ppf(1.0 - self.level, max(self.freedom, 1.0))) * self.spread_pp)


@dataclass(frozen=True, slots=True)
class WrongConsequences:
    """Expected number of wrong consequences in a year so far, of notices on canopy and on Work.

    Parameters
    ----------
    months, villages
        Months judged on canopy, and villages of the street.
    on_work
        Part of the expected ones that rests on Work.
    lasting
        Part of the error's variance that is taken to stay with a village.
    expected, low, high
        Wrong consequences, with a bootstrap interval (95 %) over control villages.
    allowed
        The campaign's budget.
    """

    months: int
    villages: int
    lasting: float
    expected: float
    low: float
    high: float
    allowed: float
    on_work: float = 0.0

    def facts(self) -> dict[str, float | int]:
        """Return the figures for run.json."""
        return {
            "months_on_canopy": self.months,
            "lasting_share": round(self.lasting, 3),
            "expected_wrong_consequences": round(self.expected, 4),
            "consequences_low": round(self.low, 4),
            "consequences_high": round(self.high, 4),
            "expected_on_work": round(self.on_work, 4),
            "max_expected_wrong_consequences": self.allowed,
        }


def expected_wrong_consequences(records: Sequence[Record], lagging: LaggingTable, seed: int) -> WrongConsequences:
    """Draw years from what control villages showed.

    Parameters
    ----------
    records
        The ledger, up to the month and the day that are asked about.
    lagging
        Budgets, confidence and months of a streak.
    seed
        Of the draws.
    """
    verdicts = latest_verdicts(records)
    errors = placebo_errors(verdicts)
    months = _judged_months(verdicts, lagging)
    villages = len({one.village_code for one in verdicts})
    lasting, allowed = persistent_share(errors), lagging.max_expected_wrong_consequences
    least, work = _by_work(verdicts, lagging.streak_months)
    if len(months) < lagging.streak_months or not villages:
        return WrongConsequences(len(months), villages, lasting, work, least, work, allowed, work)
    rng = np.random.default_rng(seed)
    codes = sorted({code for by_village in errors.values() for code in by_village})
    joint = allowed / villages / LOOKS
    rates = []
    for _ in range(BOOTSTRAPS):
        some = [codes[k] for k in rng.integers(0, len(codes), len(codes))] if codes else []
        drawn = {m: _picked(by_village, some) for m, by_village in errors.items()}
        share, _ = shared_variance(drawn)
        rates.append(draw_years(months, _spreads(drawn, months), (share, lasting), (lagging.streak_months, joint), rng))
    low, high = np.quantile(rates, (0.025, 0.975)) * villages
    expected, low, high = float(np.mean(rates)) * villages + work, float(low) + least, float(high) + work
    return WrongConsequences(len(months), villages, lasting, expected, low, high, allowed, work)


def _by_work(verdicts: Sequence[Record], streak_months: int) -> tuple[float, float]:
    """Wrong consequences of months that Work answered for: with errors independent, and all the same."""
    answered = Counter(
        one.village_code
        for one in verdicts
        if one.body.get("basis") == "work" and one.body.get("word") in {"on_track", "lagging"}
    )
    enough = [count for count in answered.values() if count >= streak_months]
    chance: float = FALSE_NOT_SEEN**streak_months
    independent = sum(min(FALSE_NOT_SEEN, (count - streak_months + 1) * chance) for count in enough)
    return independent, FALSE_NOT_SEEN * len(enough)


def draw_years(
    months: Sequence[JudgedMonth],
    spreads_pp: Sequence[float],
    shares: tuple[float, float],
    asked: tuple[int, float],
    rng: np.random.Generator,
    count: int = YEARS,
) -> float:
    """Share of villages that grew exactly what is required and would have a consequence proposed.

    Parameters
    ----------
    months
        What each was judged with.
    spreads_pp
        True standard error of each.
    shares
        Part of the variance that truly stays with a village, and the part that the joint test takes to stay.
    asked
        Months of a streak, and the joint test's one-sided level.
    rng
        Of the errors.
    count
        Villages drawn.
    """
    true, taken = shares
    streak_months, level = asked
    spread = np.asarray(spreads_pp)[:, None]
    lasting = rng.normal(0.0, math.sqrt(true), count)
    short = spread * (lasting + rng.normal(0.0, math.sqrt(1.0 - true), (len(months), count)))
    called = short > np.array([one.reach_pp for one in months])[:, None]
    wrong = np.zeros(count, dtype=bool)
    streak = np.zeros(count, dtype=int)
    for k in range(len(months)):
        streak += called[k]  # months between, which clear or hold, are not drawn: only more would be cleared
        proven = _proven(short[: k + 1], months[: k + 1], taken, level)
        wrong |= called[k] & (streak >= streak_months) & proven
    return float(wrong.mean())


def _proven(short: NDArray[np.float64], months: Sequence[JudgedMonth], share: float, level: float) -> NDArray[np.bool_]:
    """Put many villages to the joint test of `lvgeo.progress.budget` at once."""
    k = len(months)
    spread = math.sqrt(float(np.mean([one.spread_pp**2 for one in months])) * (share + (1.0 - share) / k))
    freedom = max(min(one.freedom for one in months), 1.0)
    found: NDArray[np.bool_] = short.mean(axis=0) > spread * float(student.ppf(1.0 - level, freedom))
    return found


def _judged_months(verdicts: Sequence[Record], lagging: LaggingTable) -> list[JudgedMonth]:
    by_month: dict[Month, list[tuple[float, float, float]]] = {}
    for one in verdicts:
        if one.body.get("basis") == "canopy" and "spread_pp" in one.body:
            figures = (one.body["spread_pp"], one.body["freedom"], one.body.get("level", math.nan))
            by_month.setdefault(one.month, []).append((float(figures[0]), float(figures[1]), float(figures[2])))
    found = []
    for _, some in sorted(by_month.items()):
        spread, freedom, applied = np.median(np.array(some), axis=0)
        # Months recorded before the level was written down: what the budget gave at least.
        level = notice_level(lagging.max_expected_wrong_notices, len(some), lagging.confidence)
        found.append(JudgedMonth(float(spread), float(freedom), float(applied) if math.isfinite(applied) else level))
    return found


def _picked(by_village: Mapping[str, float], codes: Sequence[str]) -> dict[str, float]:
    """Errors of villages drawn, some of them more than once."""
    return {f"{k}": by_village[code] for k, code in enumerate(codes) if code in by_village}


def _spreads(errors: Mapping[Month, Mapping[str, float]], months: Sequence[JudgedMonth]) -> list[float]:
    """Return the spread that the drawn villages show, against the one that months were judged with."""
    # Only what fell short gives wrong notices, and months were judged with the spread on that side.
    known = [2.0 * float(np.mean(np.square(np.minimum(list(one.values()), 0.0)))) for one in errors.values() if one]
    found = math.sqrt(float(np.mean(known))) if known else math.nan
    judged = math.sqrt(float(np.mean([one.spread_pp**2 for one in months])))
    return [one.spread_pp * (found / judged if math.isfinite(found) and found > 0 else 1.0) for one in months]
