"""A grid: where the pixels of a raster lie. Arithmetic only; nothing is opened."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from affine import Affine
from pyproj import CRS, Geod

from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["Grid", "Window", "ring_bounds"]

_ALIGNED: Final = 1e-6  # relative difference of pixel sizes below which two grids count as the same resolution
_GEOD: Final = Geod(ellps="GRS80")


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a grid, in pixels; may reach beyond it.

    Parameters
    ----------
    row, col
        First row and column.
    height, width
        Rows and columns, at least 1.
    """

    row: int
    col: int
    height: int
    width: int

    def moved(self, rows: int, cols: int) -> Window:
        """Return the window shifted by whole pixels."""
        return replace(self, row=self.row + rows, col=self.col + cols)


@dataclass(frozen=True, slots=True)
class Grid:
    """CRS, transform and shape of a raster.

    Parameters
    ----------
    crs
        Reference system of the transform.
    transform
        (col, row) → (x, y), pixel corners.
    height, width
        Rows (y) and columns (x).

    Examples
    --------
    >>> grid = Grid(CRS(4547), Affine(0.2, 0, 551000, 0, -0.2, 2550000), 640, 640)
    >>> round(grid.ground_pixel_m, 3)
    0.2
    """

    crs: CRS
    transform: Affine
    height: int
    width: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the four corners in the CRS's units; the grid may be rotated."""
        corners = [self.transform @ at for at in ((0, 0), (self.width, 0), (0, self.height), (self.width, self.height))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def north_up(self) -> bool:
        """True where rows run east and columns run south."""
        t = self.transform
        return t.b == 0 and t.d == 0 and t.a > 0 and t.e < 0

    @property
    def ground_pixel_m(self) -> float:
        """Side of the middle pixel on the ground, m; right in Mercator too, whose metres are not ground metres."""
        return _ground_pixel_m(self)

    def cut(self, bounds: tuple[float, float, float, float]) -> Grid | None:
        """Whole pixels of this grid that touch the bounds, None where none does.

        Parameters
        ----------
        bounds
            West, south, east, north in the grid's CRS; the grid must be north-up.
        """
        west, south, east, north = bounds
        col0, row0 = ~self.transform @ (west, north)
        col1, row1 = ~self.transform @ (east, south)
        top, left = max(0, math.floor(row0)), max(0, math.floor(col0))
        bottom, right = min(self.height, math.ceil(row1)), min(self.width, math.ceil(col1))
        if bottom <= top or right <= left:
            return None
        moved = self.transform @ Affine.translation(left, top)
        return Grid(self.crs, moved, bottom - top, right - left)

    def offset_in(self, other: Grid) -> tuple[int, int] | None:
        """Row and column of this grid's first pixel in another grid, to the nearest whole pixel.

        Returns
        -------
        tuple[int, int] | None
            None where CRS, rotation or pixel size differ, so that a scene must be warped.
        """
        nested = self.nested_in(other)
        return nested[1:] if nested is not None and nested[0] == 1 else None

    def nested_in(self, other: Grid) -> tuple[int, int, int] | None:
        """How many of another grid's pixels make one of this along a side, and where this begins in it.

        Returns
        -------
        tuple[int, int, int] | None
            Factor, row and column in the other's pixels; None where CRS or rotation differ or the factor is not whole.
        """
        here, there = self.transform, other.transform
        size = max(abs(there.a), abs(there.b), abs(there.d), abs(there.e))
        factor = round(max(abs(here.a), abs(here.b), abs(here.d), abs(here.e)) / size)
        same = (
            factor >= 1
            and self.crs == other.crs
            and all(
                math.isclose(getattr(here, k), factor * getattr(there, k), rel_tol=_ALIGNED, abs_tol=1e-12)
                for k in "abde"
            )
        )
        if not same:
            return None
        col, row = ~there @ (here.c, here.f)
        return factor, round(row), round(col)

    def coarsened(self, factor: int) -> Grid:
        """Return the same ground in pixels so many times as wide, those at the end reaching beyond it."""
        if factor == 1:
            return self
        moved = self.transform @ Affine.scale(factor)
        return Grid(self.crs, moved, -(-self.height // factor), -(-self.width // factor))

    def inside(self, shape: BaseGeometry) -> NDArray[np.bool_]:
        """Return which pixels' middles lie in a polygon, (y, x).

        rasterio's own mask hushes a warning with `warnings.catch_warnings`, which threads undo for each other.

        Parameters
        ----------
        shape
            In the grid's CRS.

        Examples
        --------
        >>> grid = Grid(CRS(4547), Affine(1, 0, 0, 0, -1, 2), 2, 3)
        >>> grid.inside(shapely.box(0, 0, 2, 1)).astype(int).tolist()
        [[0, 0, 0], [1, 1, 0]]
        """
        cols, rows = np.meshgrid(np.arange(self.width) + 0.5, np.arange(self.height) + 0.5)
        x, y = self.transform @ (cols, rows)
        shapely.prepare(shape)
        found: NDArray[np.bool_] = shapely.contains_xy(shape, x, y)
        return found

    def strips(self, rows: int) -> Iterator[Window]:
        """Cut the grid into full-width windows of so many rows, top down."""
        for row in range(0, self.height, rows):
            yield Window(row, 0, min(rows, self.height - row), self.width)

    @property
    def whole(self) -> Window:
        """All of the grid."""
        return Window(0, 0, self.height, self.width)


def ring_bounds(geometry: BaseGeometry, crs: CRS, grid: Grid, margin_m: float) -> tuple[float, float, float, float]:
    """Bounds of a geometry in a grid's CRS, widened by a margin on the ground.

    Parameters
    ----------
    geometry
        In `crs`, x first.
    margin_m
        Metres on the ground on every side.
    """
    to_grid = between(crs, grid.crs)
    west, south, east, north = to_grid.transform_bounds(*geometry.bounds)
    margin = margin_m / grid.ground_pixel_m * abs(grid.transform.a)
    return west - margin, south - margin, east + margin, north + margin


@lru_cache(maxsize=256)  # asked again and again, and opening a way between two datums takes 5 ms
def _ground_pixel_m(grid: Grid) -> float:
    row, col = grid.height / 2, grid.width / 2
    points = [grid.transform @ at for at in ((col, row), (col + 1, row), (col, row + 1))]
    to_degrees = between(grid.crs, grid.crs.geodetic_crs or grid.crs)
    lon, lat = to_degrees.transform([p[0] for p in points], [p[1] for p in points])
    _, _, across = _GEOD.inv(lon[0], lat[0], lon[1], lat[1])
    _, _, down = _GEOD.inv(lon[0], lat[0], lon[2], lat[2])
    return math.sqrt(across * down)
