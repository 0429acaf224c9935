"""Are registered trees green? Their places in one image, against the ground between them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter

from lvgeo.progress.chip import MIN_CHIP_PX, Chip, band_passed
from lvgeo.progress.pattern import SPACING_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["distinct", "marked_elsewhere", "score_marks"]

REACH_M: Final = 3.0  # a whole survey may lie off by so much: a phone's position, a datum, the image's own residual
STEP_M: Final = 0.25
TOLERANCE_M: Final = 0.25  # one tree's place within its survey
APART_M: Final = 0.5  # trees nearer than that are one place
INSIDE: Final = 0.5  # least share of the marks that must lie on the ground for a shift to count


def distinct(marks: NDArray[np.float64], pixel_m: float) -> NDArray[np.float64]:
    """Places of trees that stand apart, (n, 2) in pixels: a register that writes one place for many has one place.

    Examples
    --------
    >>> distinct(np.array([[5.0, 5.0], [5.0, 5.1], [40.0, 8.0]]), 0.1)
    array([[ 5.,  5.],
           [40.,  8.]])
    """
    _, first = np.unique(np.floor(marks * pixel_m / APART_M), axis=0, return_index=True)
    found: NDArray[np.float64] = marks[np.sort(first)]
    return found


def score_marks(chip: Chip, crown_m: float) -> float:
    """Contrast of greenness at a chip's marks, all moved alike to where it is highest.

    Parameters
    ----------
    chip
        The ground, with its marks.
    crown_m
        Diameter to which the band-pass is tuned.

    Returns
    -------
    float
        Mean at the marks in standard deviations of the ground, times √marks; nan where there are none, or no ground.
    """
    if not len(chip.marks) or chip.inside.sum() < MIN_CHIP_PX**2:
        return math.nan
    fine, coarse = max(crown_m / 4 / chip.pixel_m, 0.5), SPACING_M[0] / 2 / chip.pixel_m
    passed = gaussian_filter(band_passed(chip.greenness, chip.inside, fine, coarse), TOLERANCE_M / chip.pixel_m)
    known = passed[chip.inside]
    spread = float(known.std())
    if spread <= 0:
        return math.nan
    values = np.where(chip.inside, (passed - float(known.mean())) / spread, 0.0)
    steps = np.arange(-REACH_M, REACH_M + STEP_M / 2, STEP_M) / chip.pixel_m
    best = -math.inf
    for down in steps:
        for right in steps:
            row, col = np.floor(chip.marks + np.array([down, right])).astype(np.intp).T
            there = (row >= 0) & (col >= 0) & (row < values.shape[0]) & (col < values.shape[1])
            row, col = row[there], col[there]
            count = int(chip.inside[row, col].sum())
            if count >= INSIDE * len(chip.marks):
                best = max(best, float(values[row, col].sum()) / math.sqrt(count))
    return best if math.isfinite(best) else math.nan


def marked_elsewhere(chip: Chip, like: Chip, rng: np.random.Generator) -> Chip:
    """Lay another chip's marks over this ground, turned at random: what chance makes of the same places.

    Parameters
    ----------
    chip
        Unplanted ground.
    like
        Where the marks are from.
    rng
        Turns them.
    """
    turn = rng.uniform(0, 2 * math.pi)
    axes = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    middle = np.array(chip.inside.shape) / 2
    off = (like.marks - like.marks.mean(axis=0)) * (like.pixel_m / chip.pixel_m)
    return replace(chip, marks=off @ axes + middle)
