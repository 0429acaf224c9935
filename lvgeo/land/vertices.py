"""A walk along every boundary: spikes, repeated points, and gaps that had to be closed, each at its vertex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.land.area import local_metres
from lvgeo.land.plots import PlotIssue, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lvgeo.land.measured import Measured
    from lvgeo.land.plots import Plots

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

__all__ = ["vertex_issues"]

# TerraMatch's rule (angle < 10°, (d1 + d2) / base > 5) with a shortest leg that fits a plot of 36 m; its own 50 m never
# sees one there.
SPIKE_DEG: Final = 10.0
SPIKE_RATIO: Final = 5.0
SPIKE_LEG_M: Final = 2.0
REPEATED_M: Final = 0.001  # the third decimal of a survey's metres
_RING: Final = 4  # coordinates of the smallest ring, closed


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """Every vertex of some plots, with the step to the next one and from the one before.

    Parameters
    ----------
    row
        (v,) plot that the vertex belongs to.
    degrees
        (v, 2) where it is.
    step, back
        (v, 2) m, east and north; a ring's closing vertex repeats its first.
    closing
        (v,) whether it is a ring's closing vertex.
    smallest
        (v,) whether its ring is a triangle, of which no vertex can be spared.
    """

    row: Rows
    degrees: Floats
    step: Floats
    back: Floats
    closing: NDArray[np.bool_]
    smallest: NDArray[np.bool_]

    def at(self, vertex: int) -> Spot:
        """Say where a vertex is."""
        return Spot(lon=float(self.degrees[vertex, 0]), lat=float(self.degrees[vertex, 1]))


def vertex_issues(piece: Measured) -> Iterator[PlotIssue]:
    """Name what is wrong at a vertex.

    Parameters
    ----------
    piece
        Few enough plots that all their vertices may be in hand.
    """
    walk = _walked(piece.drawn)
    yield from _spikes(piece.plots, walk)
    yield from _repeats(piece.plots, walk)
    yield from _gaps(piece.plots, walk)


def _walked(drawn: NDArray[np.object_]) -> _Walk:
    rings, ring_of = shapely.get_rings(shapely.get_parts(local_metres(drawn)), return_index=True)
    _, of = shapely.get_parts(drawn, return_index=True)
    counts = shapely.get_num_coordinates(rings)
    starts = np.cumsum(counts) - counts
    last = starts + counts - 1
    xy = shapely.get_coordinates(rings)
    step = np.zeros_like(xy)
    step[:-1] = xy[1:] - xy[:-1]
    step[last] = step[starts]
    back = np.roll(step, 1, axis=0)
    back[starts] = step[last - 1]
    closing = np.zeros(len(xy), dtype=bool)
    closing[last] = True
    degrees = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(drawn)))
    return _Walk(np.repeat(of[ring_of], counts), degrees, step, back, closing, np.repeat(counts <= _RING, counts))


def _spikes(plots: Plots, walk: _Walk) -> Iterator[PlotIssue]:
    leg, back_leg = np.hypot(*walk.step.T), np.hypot(*walk.back.T)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = -(walk.step * walk.back).sum(axis=1) / (leg * back_leg)
        angle = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        ratio = (leg + back_leg) / np.hypot(*(walk.step + walk.back).T)
    sharp = (angle < SPIKE_DEG) & (ratio > SPIKE_RATIO) & (np.minimum(leg, back_leg) >= SPIKE_LEG_M)
    triangle = np.abs(walk.step[:, 0] * walk.back[:, 1] - walk.step[:, 1] * walk.back[:, 0]) / 2.0
    for v in np.flatnonzero(sharp & ~walk.closing).tolist():
        k, m2 = walk.row[v], float(triangle[v])
        yield PlotIssue(plots.ids[k], plots.codes[k], "spike", "warning", float(angle[v]), SPIKE_DEG, m2, **walk.at(v))


def _repeats(plots: Plots, walk: _Walk) -> Iterator[PlotIssue]:
    """One row a plot, at the first repeated vertex, with how many there are."""
    again = np.flatnonzero((np.hypot(*walk.step.T) < REPEATED_M) & ~walk.closing & ~walk.smallest)
    rows, first, times = np.unique(walk.row[again], return_index=True, return_counts=True)
    for k, v, count in zip(rows, again[first].tolist(), times, strict=True):
        yield PlotIssue(plots.ids[k], plots.codes[k], "duplicate_vertex", "info", float(count), 0.0, **walk.at(v))


def _gaps(plots: Plots, walk: _Walk) -> Iterator[PlotIssue]:
    """One row a plot that was open, at the end of its outer ring: which of several rings was, no file keeps."""
    was_open = plots.frame["unclosed"].to_numpy(dtype=bool)
    ends = np.flatnonzero(walk.closing & was_open[walk.row])
    rows, first = np.unique(walk.row[ends], return_index=True)
    for k, end in zip(rows, ends[first].tolist(), strict=True):
        gap = float(np.hypot(*walk.step[end - 1]))
        yield PlotIssue(plots.ids[k], plots.codes[k], "unclosed", "warning", gap, 0.0, **walk.at(end - 1))
