"""Has this ground been planted? A regular pattern of small crowns or pits, looked for in one image alone.

Planting is regular: rows at a spacing. Greenness, band-passed to the size of a crown, is folded onto the lattice that
fits best (spacing, angle and phase), and its mean at the lattice's points is set against the rest of the same ground.
Season, light and grass move all of it alike and cancel. The same search on unplanted ground of the same image says how
high chance and texture reach; the same search on that ground with saplings drawn in says what this image could have
shown. Brightness folded in the same way finds pits and bare discs. No baseline is needed.

Where a register of trees says where they stand, greenness at these places is set against the ground between them, and
against the same places laid over unplanted ground. Greenness there confirms; a lack of it accuses nobody, for a
register may be written down metres off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from lvgeo.progress.marks import distinct, marked_elsewhere, score_marks
from lvgeo.progress.pattern import find_pattern
from lvgeo.progress.saplings import Saplings, with_saplings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from lvgeo.progress.chip import Chip
    from lvgeo.progress.pattern import Pattern

__all__ = ["WorkLook", "look"]

MIN_MARKS: Final = 20  # registered trees on a plot that are looked at
MARKED_SHARE: Final = 0.5  # of the stems due on it
TURNS: Final = 2  # times that each piece of unplanted ground is marked
SHOWN_PIECES: Final = 2  # a village, drawn into with other crowns and survivals
CROWNS_M: Final = (0.3, 0.4, 0.6, 0.8, 1.0, 1.5)  # tried, to name the smallest sapling that would have shown
SURVIVALS: Final = (0.3, 0.5, 0.7, 0.85)  # the same for survival


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
    marks, control_marks
        Contrast at registered trees of each plot, 0 on a plot with too few of them, and of the same places laid over
        unplanted ground; empty where no plot has enough.
    marked
        Registered trees looked at.
    """

    plots: tuple[Pattern, ...]
    pits: tuple[float, ...]
    controls: tuple[float, ...]
    control_pits: tuple[float, ...]
    saplings: Saplings
    drawn: tuple[float, ...]
    by_crown: Mapping[float, tuple[float, ...]]
    by_survival: Mapping[float, tuple[float, ...]]
    marks: tuple[float, ...] = ()
    control_marks: tuple[float, ...] = ()
    marked: int = 0


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
    found = WorkLook(
        tuple(find_pattern(chip, saplings.crown_m) for chip in plots),
        _scores(plots, saplings.crown_m, "pits"),
        _scores(controls, saplings.crown_m, "crowns"),
        _scores(controls, saplings.crown_m, "pits"),
        saplings,
        drawn(saplings.crown_m, saplings.survival),
        {crown: drawn(crown, saplings.survival, few) for crown in CROWNS_M},
        {share: drawn(saplings.crown_m, share, few) for share in SURVIVALS},
    )
    return _with_marks(found, plots, controls, rng)


def _with_marks(found: WorkLook, plots: Sequence[Chip], controls: Sequence[Chip], rng: np.random.Generator) -> WorkLook:
    """Look at registered trees too, where there are enough."""
    saplings = found.saplings
    placed = [replace(chip, marks=distinct(chip.marks, chip.pixel_m)) for chip in plots]
    enough = [len(chip.marks) >= max(MIN_MARKS, MARKED_SHARE * _stems_due(chip, saplings)) for chip in placed]
    like = [chip for chip, has in zip(placed, enough, strict=True) if has]
    if not like:
        return found
    scores = tuple(
        score_marks(chip, saplings.crown_m) if has else 0.0 for chip, has in zip(placed, enough, strict=True)
    )
    laid = [
        score_marks(marked_elsewhere(chip, like[(k + turn) % len(like)], rng), saplings.crown_m)
        for k, chip in enumerate(controls)
        for turn in range(TURNS)
    ]
    known = tuple(score for score in laid if math.isfinite(score))
    return replace(found, marks=scores, control_marks=known, marked=sum(len(chip.marks) for chip in like))


def _stems_due(chip: Chip, saplings: Saplings) -> float:
    """Living stems at the legal minimum on a chip's ground."""
    area_m2 = float(chip.inside.sum()) * chip.pixel_m**2
    return saplings.survival * area_m2 / (saplings.spacing_m[0] * saplings.spacing_m[1])


def _scores(chips: Sequence[Chip], crown_m: float, of: Literal["crowns", "pits"]) -> tuple[float, ...]:
    found = (find_pattern(chip, crown_m, of=of).score for chip in chips)
    return tuple(score for score in found if math.isfinite(score))
