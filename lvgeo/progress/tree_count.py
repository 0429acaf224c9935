"""How many trees stand where so many crowns were found: an interval from places where every tree was marked by hand.

Of the crowns found a share is real (precision), and of the trees that stand a share is found (recall): precision over
recall is trees for each crown found. It differs from place to place more than chance alone makes it, so the interval is
a t of its logarithm over places, not over pooled crowns. The fewer crowns, the more it differs: its variance is
a (1 + c / found), with c of the greatest likelihood and the mean weighed by it; beyond the most crowns that were ever
found on a labelled image it shrinks no further. It says whether an image supports a register; it replaces none.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MIN_PLACES", "Support", "Tally", "TreeCount", "count_interval", "match_trees", "support_register"]

MIN_PLACES: Final = 8  # fewer labelled places say nothing of how places differ
HALF: Final = 0.5  # keeps the ratio known where nothing was found
FAR: Final = 1e6
EXCESS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)  # c, as tried

Support = Literal["confirms", "more", "fewer", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted on one image of one labelled place.

    Parameters
    ----------
    place
        Images of one place share it: places are weighed equally.
    found, matched, true
        Crowns found, those that are marked trees, and marked trees.

    Examples
    --------
    >>> Tally("a", 50, 30, 40).precision, Tally("a", 50, 30, 40).recall
    (0.6, 0.75)
    """

    place: str
    found: int
    matched: int
    true: int

    @property
    def precision(self) -> float:
        """Share of found crowns that are trees; nan where none was found."""
        return self.matched / self.found if self.found else math.nan

    @property
    def recall(self) -> float:
        """Share of trees that were found; nan where none stands."""
        return self.matched / self.true if self.true else math.nan


@dataclass(frozen=True, slots=True)
class TreeCount:
    """Trees on one village's counted ground.

    Parameters
    ----------
    found
        Crowns found.
    trees
        Median of what may stand; nan where it cannot be said.
    low, high
        Interval at the stated confidence; nan where it cannot be said.
    reason
        Why it cannot be said: ``no_image``, ``no_place``, ``unreadable``, ``lost``, ``coarse``, ``not_observed``,
        ``out_of_domain``, ``not_calibrated``; empty where it can.
    """

    found: int = 0
    trees: float = math.nan
    low: float = math.nan
    high: float = math.nan
    reason: str = ""


def match_trees(found: NDArray[np.float64], true: NDArray[np.float64], radius: float) -> int:
    """Pair crowns with marked trees one to one, as many as lie within a radius and those as near as can be.

    Parameters
    ----------
    found, true
        (n, 2) and (m, 2) places, in one unit.
    radius
        Farthest that a pair may lie apart.

    Examples
    --------
    >>> match_trees(np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 0.4]]), 2.0)
    1
    """
    if not len(found) or not len(true):
        return 0
    apart = cdist(found, true)
    cost = np.where(apart <= radius, apart, FAR)
    rows, cols = linear_sum_assignment(cost)
    return int((cost[rows, cols] < FAR).sum())


def count_interval(found: int, tallies: Sequence[Tally], confidence: float) -> TreeCount:
    """Interval on the trees that stand where so many crowns were found.

    Parameters
    ----------
    found
        Crowns found.
    tallies
        Of labelled places: never of the place itself.
    confidence
        Level, 0.5 to 1.
    """
    places = sorted({tally.place for tally in tallies})
    # Where no crown at all was found, the image may be of a kind that the model never saw: that is no sign of no trees.
    if len(places) < MIN_PLACES or found == 0:
        return TreeCount(found, reason="not_calibrated")
    middle, spread = _ratio(tallies, min(found, max(tally.found for tally in tallies)))
    # A new place differs from the mean of n places by √(1 + 1/n) of their spread.
    reach = float(student.ppf((1 + confidence) / 2, len(places) - 1)) * spread * math.sqrt(1 + 1 / len(places))
    low, trees, high = ((found + HALF) * math.exp(middle + side * reach) - HALF for side in (-1, 0, 1))
    return TreeCount(found, max(0, round(trees)), max(0, math.floor(low)), max(0, math.ceil(high)))


def _ratio(tallies: Sequence[Tally], found: int) -> tuple[float, float]:
    """Mean logarithm of trees for each crown found, and its spread between places where so many were found."""
    ratios = np.array([math.log((tally.true + HALF) / (tally.found + HALF)) for tally in tallies])
    few = 1 / (np.array([tally.found for tally in tallies]) + HALF)
    count = Counter(tally.place for tally in tallies)
    weight = np.array([1 / count[tally.place] / len(count) for tally in tallies])
    best = (math.inf, 0.0, 0.0, 0.0)
    for excess in EXCESS:
        scale = 1 + excess * few
        middle = float((weight * ratios / scale).sum() / (weight / scale).sum())
        variance = float((weight * (ratios - middle) ** 2 / scale).sum()) * len(count) / (len(count) - 1)
        unlike = math.log(max(variance, 1e-12)) + float((weight * np.log(scale)).sum())
        best = min(best, (unlike, excess, middle, variance))
    _, excess, middle, variance = best
    return middle, math.sqrt(variance * (1 + excess / (found + HALF)))


def support_register(registered: int, count: TreeCount) -> Support:
    """Say what the image tells of a register: a remark, never a verdict.

    Examples
    --------
    >>> support_register(150, TreeCount(140, 139, 118, 163))
    'confirms'
    >>> support_register(150, TreeCount(90, 95, 71, 122)), support_register(150, TreeCount(reason="coarse"))
    ('fewer', 'cannot_tell')
    """
    if count.reason or math.isnan(count.low):
        return "cannot_tell"
    if registered < count.low:
        return "more"
    return "fewer" if registered > count.high else "confirms"
