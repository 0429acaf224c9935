"""Has this ground been planted? A regular pattern of small crowns or pits, looked for in one image alone.

Planting is regular: rows at a spacing. Greenness, band-passed to the size of a crown, is folded onto the lattice that
fits best (spacing, angle and phase), and its mean at the lattice's points is set against the rest of the same ground.
Season, light and grass move all of it alike and cancel. The same search on unplanted ground of the same image says how
high chance and texture reach; the same search on that ground with saplings drawn in says what this image could have
shown. Brightness folded in the same way finds pits and bare discs. No baseline is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.stats import t as student

from lvgeo.progress.pattern import find_pattern
from lvgeo.progress.saplings import Saplings, with_saplings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.progress.pattern import Chip, Pattern

__all__ = ["Work", "WorkLook", "judge_work", "look"]

FALSE_SEEN: Final = 0.0125  # share of unplanted ground that may pass, for greenness and brightness each
FALSE_NOT_SEEN: Final = 0.01  # share of planted ground, at the legal minimum, that may fail
MIN_CONTROLS: Final = 8
SHOWN_PIECES: Final = 2  # a village, drawn into with other crowns and survivals
CROWN_SLACK_M: Final = 0.05  # crowns that count as of one size
CROWNS_M: Final = (0.3, 0.4, 0.6, 0.8, 1.0, 1.5)  # tried, to name the smallest sapling that would have shown
SURVIVALS: Final = (0.3, 0.5, 0.7, 0.85)  # the same for survival


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
        ``crowns`` or ``pits``: what was seen; empty where nothing was.
    """

    word: Literal["seen", "not_seen", "cannot_tell"]
    score: float = math.nan
    threshold: float = math.nan
    least: float = math.nan
    controls: int = 0
    smallest_crown_m: float = math.inf
    least_survival: float = math.inf
    spacing_m: tuple[float, float] = (math.nan, math.nan)
    by: Literal["crowns", "pits", ""] = ""


@dataclass(frozen=True, slots=True, eq=False)
class WorkLook:
    """What was looked at of one village, before it is held against the street.

    Parameters
    ----------
    plots
        Best lattice of each plot.
    pits
        Contrast of pits of each plot that is large enough.
    controls, control_pits
        The same contrasts on unplanted ground of the same image.
    saplings
        What was drawn in.
    drawn
        Contrast of unplanted ground with saplings.
    by_crown, by_survival
        The same, with other crowns and with other survivals.
    """

    plots: tuple[Pattern, ...]
    pits: tuple[float, ...]
    controls: tuple[float, ...]
    control_pits: tuple[float, ...]
    saplings: Saplings
    drawn: tuple[float, ...]
    by_crown: Mapping[float, tuple[float, ...]]
    by_survival: Mapping[float, tuple[float, ...]]


def look(plots: Sequence[Chip], controls: Sequence[Chip], saplings: Saplings, rng: np.random.Generator) -> WorkLook:
    """Score a village's plots, unplanted ground of the same image, and that ground with saplings drawn in.

    Parameters
    ----------
    plots
        Its plots.
    controls
        Unplanted ground of the same image, of the plots' size.
    saplings
        The legal minimum as it must stand by now.
    rng
        Draws saplings.
    """

    def drawn(crown_m: float, survival: float, pieces: Sequence[Chip] = controls) -> tuple[float, ...]:
        one = Saplings(crown_m, survival, saplings.spacing_m, saplings.greenness)
        return _scores([with_saplings(chip, one, rng) for chip in pieces], crown_m, "crowns")

    few = controls[:SHOWN_PIECES]  # what else would have shown is told by the street as a whole

    return WorkLook(
        tuple(find_pattern(chip, saplings.crown_m) for chip in plots),
        _scores(plots, saplings.crown_m, "pits"),
        _scores(controls, saplings.crown_m, "crowns"),
        _scores(controls, saplings.crown_m, "pits"),
        saplings,
        drawn(saplings.crown_m, saplings.survival),
        {crown: drawn(crown, saplings.survival, few) for crown in CROWNS_M},
        {share: drawn(saplings.crown_m, share, few) for share in SURVIVALS},
    )


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
    dug = tuple(score for one in street for score in one.control_pits)
    known = [pattern for pattern in own.plots if math.isfinite(pattern.score)]
    if len(chance) < MIN_CONTROLS or not known or len(known) < len(own.plots):
        return Work("cannot_tell", controls=len(chance))
    # Smaller saplings of another village show less, so that counting them in only lowers the bar.
    alike = [one for one in street if one.saplings.crown_m <= own.saplings.crown_m + CROWN_SLACK_M]
    threshold = max(_limit(scores, FALSE_SEEN, upper=True) for scores in (chance, own.controls) if _enough(scores))
    pit_threshold = max(_limit(scores, FALSE_SEEN, upper=True) for scores in (dug, own.control_pits) if _enough(scores))
    drawn = tuple(score for one in alike for score in one.drawn)
    least = min((_limit(s, FALSE_NOT_SEEN, upper=False) for s in (drawn, own.drawn) if _enough(s)), default=-math.inf)
    score = float(np.mean([one.score for one in known]))
    found = Work(
        "cannot_tell", score, threshold, least, len(chance), _shown(street, "by_crown", threshold),
        _shown(alike, "by_survival", threshold),
    )  # fmt: skip
    if score > threshold:
        best = max(known, key=lambda one: one.score)
        return replace(found, word="seen", spacing_m=best.spacing_m, by="crowns")
    if own.pits and float(np.mean(own.pits)) > pit_threshold:
        return replace(found, word="seen", by="pits")
    # Only an image on which the legal minimum stands clear of chance may say that nothing is there.
    return replace(found, word="not_seen") if least > threshold and score < least else found


def _enough(scores: Sequence[float]) -> bool:
    return len(scores) >= MIN_CONTROLS


def _scores(chips: Sequence[Chip], crown_m: float, of: Literal["crowns", "pits"]) -> tuple[float, ...]:
    found = (find_pattern(chip, crown_m, of=of).score for chip in chips)
    return tuple(score for score in found if math.isfinite(score))


def _limit(scores: Sequence[float], share: float, *, upper: bool) -> float:
    """Value that so small a share of further scores lies beyond: a t interval for one more."""
    n = len(scores)
    wide = float(student.ppf(1 - share, n - 1)) * float(np.std(scores, ddof=1)) * math.sqrt(1 + 1 / n)
    middle = float(np.mean(scores))
    return middle + wide if upper else middle - wide


def _shown(street: Sequence[WorkLook], of: Literal["by_crown", "by_survival"], threshold: float) -> float:
    """Least of the sizes or survivals drawn from which on nine in ten would have been seen."""
    least = math.inf
    for value in sorted({value for one in street for value in getattr(one, of)}, reverse=True):
        scores = [score for one in street for score in getattr(one, of).get(value, ())]
        if not scores or float(np.quantile(scores, 0.1)) <= threshold:
            break
        least = value
    return least
