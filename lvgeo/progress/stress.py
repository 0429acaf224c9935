"""Ask whether the word would be another, were the image placed a little otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lvgeo.imagery.grid import Grid, Window
from lvgeo.progress.change import combine, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.store import CanopyRaster

__all__ = ["Moved", "placed_otherwise"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A class raster seen some whole pixels off, not observed beyond its edge."""

    raster: CanopyRaster
    rows: int
    cols: int

    @property
    def grid(self) -> Grid:
        """The raster's own."""
        return self.raster.grid

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of a window, (y, x)."""
        found = np.zeros((window.height, window.width), dtype=np.uint8)
        top, left = max(0, window.row + self.rows), max(0, window.col + self.cols)
        bottom = min(self.grid.height, window.row + self.rows + window.height)
        right = min(self.grid.width, window.col + self.cols + window.width)
        if bottom > top and right > left:
            part = self.raster.read(Window(top, left, bottom - top, right - left))
            row, col = top - window.row - self.rows, left - window.col - self.cols
            found[row : row + part.shape[0], col : col + part.shape[1]] = part
        return found


def placed_otherwise(
    before: CanopyRaster, after: CanopyRaster, shapes: Sequence[BaseGeometry], crs: CRS, residual_px: float
) -> tuple[float, float]:
    """By how many points the net change may lie lower and higher within the registration's residual.

    Parameters
    ----------
    before, after
        Class rasters on one grid.
    shapes
        Plots in `crs`.
    residual_px
        Residual of the registration; a part of a pixel takes that part of what a whole pixel does.

    Returns
    -------
    tuple[float, float]
        At most 0, and at least 0.
    """
    if not residual_px > 0:
        return 0.0, 0.0
    whole = combine(measure(before, after, shapes, crs)).net_pp
    changes = []
    step = max(1, round(residual_px))
    for rows, cols in ((step, 0), (-step, 0), (0, step), (0, -step)):
        moved = combine(measure(before, Moved(after, rows, cols), shapes, crs)).net_pp
        changes.append((moved - whole) * min(1.0, residual_px / step))
    known = [one for one in changes if np.isfinite(one)]
    return min([0.0, *known]), max([0.0, *known])
