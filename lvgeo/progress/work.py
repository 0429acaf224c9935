"""Has this ground been planted? What shows on a village's plots, held against what chance shows on unplanted ground.

Where a register of trees says where they stand, greenness at these places is asked first; then the lattice that fits
best, then pits. Greenness at registered trees confirms; a lack of it accuses nobody, for a register may be written down
metres off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from lvgeo.progress.limits import least_of, reach_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.progress.look import WorkLook

__all__ = ["FALSE_NOT_SEEN", "FALSE_SEEN", "Work", "judge_work"]

FALSE_SEEN: Final = 0.025  # share of unplanted ground that may pass, in whatever way it is looked at
FALSE_NOT_SEEN: Final = 0.01  # share of planted ground, at the legal minimum, that may fail
MIN_CONTROLS: Final = 8
CROWN_SLACK_M: Final = 0.05  # crowns that count as of one size


@dataclass(frozen=True, slots=True)
class Work:
    """Answer to the second question.

    Parameters
    ----------
    word
        ``seen``, ``not_seen``, or ``cannot_tell``.
    score, threshold
        The plots' best contrast, and what unplanted ground reaches by chance.
    least
        What the legal minimum would have scored at least; nan where unknown.
    controls
        Unplanted pieces of ground compared with.
    smallest_crown_m, least_survival
        Smallest sapling at the legal survival, and least survival at the expected sapling, that this image would have
        shown; infinite where none would.
    spacing_m
        Spacing found, rows and plants; nan where nothing was seen.
    by
        ``crowns``, ``marks`` or ``pits``: rows of crowns, greenness at registered trees, or rows of pits; empty where
        nothing was seen.
    marks
        Registered trees whose places were looked at; 0 where there were not enough.
    """

    word: Literal["seen", "not_seen", "cannot_tell"]
    score: float = math.nan
    threshold: float = math.nan
    least: float = math.nan
    controls: int = 0
    smallest_crown_m: float = math.inf
    least_survival: float = math.inf
    spacing_m: tuple[float, float] = (math.nan, math.nan)
    by: Literal["crowns", "marks", "pits", ""] = ""
    marks: int = 0


def judge_work(own: WorkLook, street: Sequence[WorkLook]) -> Work:
    """Say whether a village's plots have been planted.

    Parameters
    ----------
    own
        What was looked at of it.
    street
        The same of every village of the month, itself among them: scores are in units of their own ground, so that
        all unplanted pieces tell how high chance reaches.
    """
    chance = tuple(score for one in street for score in one.controls)
    known = [pattern for pattern in own.plots if math.isfinite(pattern.score)]
    if len(chance) < MIN_CONTROLS or not known or len(known) < len(own.plots):
        return Work("cannot_tell", controls=len(chance))
    # What one way of looking takes of the chance that is allowed, the others do not have.
    share = FALSE_SEEN / (3 if own.marks else 2)
    threshold = _reach([chance, own.controls], share)
    # Smaller saplings of another village show less, so that counting them in only lowers the bar.
    alike = [one for one in street if one.saplings.crown_m <= own.saplings.crown_m + CROWN_SLACK_M]
    drawn = tuple(score for one in alike for score in one.drawn)
    least = min((least_of(s, FALSE_NOT_SEEN) for s in (drawn, own.drawn) if _enough(s)), default=-math.inf)
    score = float(np.mean([one.score for one in known]))
    found = Work(
        "cannot_tell", score, threshold, least, len(chance), _shown(street, "by_crown", threshold),
        _shown(alike, "by_survival", threshold), marks=own.marked,
    )  # fmt: skip
    for by, high, reach in _ways(own, street, share):
        if high > reach:
            best = max(known, key=lambda one: one.score)
            spacing = best.spacing_m if by == "crowns" else found.spacing_m
            return replace(found, word="seen", by=by, score=high, threshold=reach, spacing_m=spacing)
    # Only an image on which the legal minimum stands clear of chance may say that nothing is there.
    return replace(found, word="not_seen") if least > threshold and score < least else found


_By = Literal["crowns", "marks", "pits"]


def _ways(own: WorkLook, street: Sequence[WorkLook], share: float) -> list[tuple[_By, float, float]]:
    """In what ways planting may show: contrast of the plots, and how high chance reaches; first where trees stand."""
    crowns = tuple(one.score for one in own.plots)
    ways: list[tuple[_By, tuple[float, ...], list[tuple[float, ...]]]] = [
        ("marks", own.marks, [one.control_marks for one in (own, *street)]),
        ("crowns", crowns, [one.controls for one in (own, *street)]),
        ("pits", own.pits, [one.control_pits for one in (own, *street)]),
    ]
    return [
        (by, float(np.mean(scores)), _reach([sum(pools[1:], ()), pools[0]], share))
        for by, scores, pools in ways
        if scores
    ]


def _reach(pools: Sequence[Sequence[float]], share: float) -> float:
    """How high chance reaches, on the street and on the village's own ground: the higher of what is known."""
    return max((reach_of(scores, share) for scores in pools if _enough(scores)), default=math.inf)


def _enough(scores: Sequence[float]) -> bool:
    return len(scores) >= MIN_CONTROLS


def _shown(street: Sequence[WorkLook], of: Literal["by_crown", "by_survival"], threshold: float) -> float:
    """Least of the sizes or survivals drawn from which on nine in ten would have been seen."""
    least = math.inf
    for value in sorted({value for one in street for value in getattr(one, of)}, reverse=True):
        scores = [score for one in street for score in getattr(one, of).get(value, ())]
        if not scores or float(np.quantile(scores, 0.1)) <= threshold:
            break
        least = value
    return least
