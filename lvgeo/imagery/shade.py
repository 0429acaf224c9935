"""Ground in a cloud's shadow at one of two dates: a value that class rasters and light are told without."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lvgeo.imagery.footprint import OUTLINE_PX, outline
from lvgeo.imagery.kernel import NOT_OBSERVED
from lvgeo.imagery.packing import TILE
from lvgeo.imagery.shadow_finder import shaded
from lvgeo.imagery.store import read_preview

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid, Window
    from lvgeo.imagery.jobs import SceneJob
    from lvgeo.imagery.pyramid import Pyramid
    from lvgeo.imagery.store import Preview

__all__ = ["Shade", "shade_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """Ground in shadow.

    Parameters
    ----------
    small
        (y, x); True where it is.
    factor
        Pixels of the village's grid along a pixel of it, a power of two.
    """

    small: NDArray[np.bool_]
    factor: int

    def within(self, window: Window) -> NDArray[np.bool_]:
        """Pixels of a window in shadow, (y, x)."""
        rows = (window.row + np.arange(window.height)) // self.factor
        cols = (window.col + np.arange(window.width)) // self.factor
        return self.small[np.ix_(rows, cols)]

    def ground(self, grid: Grid) -> BaseGeometry:
        """Outline it, in the grid's CRS, to a 256th of its side."""
        step = max(1, -(-max(self.small.shape) // OUTLINE_PX))
        rows, cols = (-(-length // step) * step for length in self.small.shape)
        whole = np.zeros((rows, cols), np.bool_)
        whole[: self.small.shape[0], : self.small.shape[1]] = self.small
        cells = whole.reshape(rows // step, step, cols // step, step).mean(axis=(1, 3)) >= 0.5  # noqa: PLR2004 - most
        return outline(cells, grid.coarsened(self.factor * step))

    def leave_out(self, tiles: Pyramid, grid: Grid) -> int:
        """Turn it into ground that was not observed, in an open class raster; pixels turned.

        Parameters
        ----------
        tiles
            Every row was added.
        grid
            Of the class raster.
        """
        turned = 0
        for window in grid.strips(TILE):
            within = self.within(window)
            if within.any():
                classes = tiles.read(window)
                turned += int(np.count_nonzero(classes[within]))
                classes[within] = NOT_OBSERVED
                tiles.write(window, classes)
        return turned


def shade_of(job: SceneJob, small: Preview) -> Shade | None:
    """Where a scene or its baseline lay in shadow; None where nowhere, or where the job names no baseline in small.

    Parameters
    ----------
    job
        Of the scene.
    small
        The scene in small.

    Raises
    ------
    InputRefusedError
        If the baseline in small cannot be read.
    """
    if not job.baseline_preview:
        return None
    found = shaded(read_preview(Path(job.baseline_preview)), small)
    return Shade(found, round(small.grid.transform.a / job.grid.transform.a)) if found.any() else None
