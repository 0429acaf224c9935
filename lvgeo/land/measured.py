"""Plots with valid shapes and their areas: what every check takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.plots import Plots, Spots
from lvgeo.land.repair import whole_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Measured", "measured"]

_PIECE = 20_000  # plots in hand at a time, where every vertex is looked at


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Plots, measured once.

    Parameters
    ----------
    plots
        As drawn.
    shapes
        (n,) the same, repaired where they were invalid.
    areas
        (n,) their m².
    """

    plots: Plots
    shapes: NDArray[np.object_]
    areas: NDArray[np.float64]

    @property
    def drawn(self) -> NDArray[np.object_]:
        """(n,) shapes as drawn."""
        return np.asarray(self.plots.frame.geometry, dtype=object)

    @property
    def spots(self) -> Spots:
        """Places to point at."""
        return Spots(self.shapes)

    def owned_by(self, codes: NDArray[np.object_]) -> Measured:
        """Return the same plots under other village codes."""
        return Measured(Plots(self.plots.frame.assign(village_code=codes)), self.shapes, self.areas)

    def pieces(self) -> Iterator[Measured]:
        """Give them by the piece: memory does not grow with the vertices of a county."""
        for first in range(0, len(self.areas), _PIECE):
            part = slice(first, first + _PIECE)
            yield Measured(Plots(self.plots.frame.iloc[part]), self.shapes[part], self.areas[part])


def measured(plots: Plots) -> Measured:
    """Repair and measure plots."""
    shapes = whole_shapes(plots.frame.geometry)
    return Measured(plots, shapes, geodesic_area_m2(shapes))
