"""Where a class raster shows observed ground, as a polygon: what the scene really covers, collars and gaps left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.store import CanopyRaster

__all__ = ["OUTLINE_PX", "footprint", "outline"]

OUTLINE_PX: Final = 256  # a side; an outline needs no more


def footprint(canopy: CanopyRaster) -> BaseGeometry:
    """Outline a class raster's observed ground, in its own CRS, to a 256th of its side; empty where nothing was seen.

    Raises
    ------
    InputRefusedError
        If the raster cannot be read.
    """
    classes, small = canopy.thumbnail(OUTLINE_PX)
    return outline(classes > 0, small)


def outline(cells: NDArray[np.bool_], grid: Grid) -> BaseGeometry:
    """Outline cells (y, x) of a grid as one polygon or several, in the grid's CRS.

    Examples
    --------
    >>> from affine import Affine
    >>> from pyproj import CRS
    >>> from lvgeo.imagery.grid import Grid
    >>> grid = Grid(CRS(4547), Affine(2, 0, 0, 0, -2, 4), 2, 3)
    >>> outline(np.array([[True, True, False], [False, False, False]]), grid).area
    8.0
    >>> outline(np.zeros((2, 3), dtype=bool), grid).is_empty
    True
    """
    edges = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    runs = shapely.box(starts, rows, ends, rows + 1)
    t = grid.transform
    whole = shapely.union_all(runs)
    placed: BaseGeometry = shapely.transform(whole, lambda x, y: t @ (x, y), interleaved=False)
    return placed
