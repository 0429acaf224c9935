"""Placebo plots: unplanted ground chosen by the real plots' own rule, and measured as they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.progress.lattice import Lattice, Windows

__all__ = ["Placebo", "PlotRule", "bare_windows", "place_placebos", "placebo_blocks"]

SETS: Final = 12  # sets of placebo plots a village; more do not narrow the spread between villages
DRAWN: Final = 80  # candidate windows a set
BLOCK_WIDTHS: Final = 3.0  # plot widths between blocks that stand in for villages


@dataclass(frozen=True, slots=True)
class PlotRule:
    """How the real plots were chosen: what placebo plots imitate.

    Parameters
    ----------
    count
        Number of plots.
    side_m
        Side of a square of their mean area.
    covariates
        Their baseline canopy share, brightness and texture.
    """

    count: int
    side_m: float
    covariates: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Placebo:
    """What unplanted ground of one village, or of one block, showed.

    Parameters
    ----------
    village_code
        Where.
    change_pp
        Mean change of its placebo sets.
    covariates
        Their mean baseline canopy share, brightness and texture.
    """

    village_code: str
    change_pp: float
    covariates: tuple[float, float, float]


def place_placebos(lattice: Lattice, rule: PlotRule, windows: Windows, rng: np.random.Generator) -> Placebo | None:
    """Choose and measure sets of placebo plots in a village.

    Parameters
    ----------
    lattice
        The village.
    rule
        The real plots' own.
    windows
        Every window of the rule's size on its free ground.
    rng
        Draws the candidates.

    Returns
    -------
    Placebo | None
        None where no window fits.
    """
    if windows.row.size == 0:
        return None
    changes, covariates = [], []
    for _ in range(SETS):
        drawn = rng.choice(windows.row.size, min(DRAWN, windows.row.size), replace=False)
        unlike = np.abs(windows.covariates[drawn, 0] - rule.covariates[0])
        chosen = _apart(windows, drawn[np.argsort(unlike, kind="stable")], rule.count, windows.side)
        changes.append(float(windows.change_pp[chosen].mean()))
        covariates.append(windows.covariates[chosen].mean(axis=0))
    mean = np.mean(covariates, axis=0)
    return Placebo(lattice.village_code, float(np.mean(changes)), (float(mean[0]), float(mean[1]), float(mean[2])))


def placebo_blocks(
    lattice: Lattice, rule: PlotRule, windows: Windows, rng: np.random.Generator, limit: int = 64
) -> list[Placebo]:
    """Single windows at least 3 plot-widths apart, which stand in for villages where there are too few."""
    drawn = rng.permutation(windows.row.size)[:4000]
    unlike = np.abs(windows.covariates[drawn, 0] - rule.covariates[0])
    order = drawn[np.argsort(np.round(unlike, 2), kind="stable")]
    chosen = _apart(windows, order, limit, math.ceil((BLOCK_WIDTHS + 1.0) * windows.side))
    return [
        Placebo(lattice.village_code, float(windows.change_pp[k]), tuple(map(float, windows.covariates[k])))  # type: ignore[arg-type]
        for k in chosen
    ]


def bare_windows(windows: Windows, rule: PlotRule, count: int, rng: np.random.Generator) -> list[int]:
    """Windows as bare as the plots were, none over another: unplanted ground that one image can be judged by."""
    drawn = rng.permutation(windows.row.size)[:2000]
    unlike = np.abs(windows.covariates[drawn, 0] - rule.covariates[0])
    return _apart(windows, drawn[np.argsort(np.round(unlike, 2), kind="stable")], count, windows.side)


def _apart(windows: Windows, order: NDArray[np.int64], count: int, cells: int) -> list[int]:
    """First `count` windows in that order whose corners lie at least so many cells apart."""
    chosen: list[int] = []
    for k in order:
        if all(
            max(abs(windows.row[k] - windows.row[j]), abs(windows.col[k] - windows.col[j])) >= cells for j in chosen
        ):
            chosen.append(int(k))
            if len(chosen) == count:
                break
    return chosen
