"""Which part of each pixel lies inside a polygon, to the last digit: kept only where its edge runs.

Every pixel has the height of the edge within it, signed, and what the edge leaves to its right. From left to right the
heights add up to 1 inside and to 0 outside, as when a font's outlines are filled (R. Levien, font-rs, 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid

__all__ = ["ROUNDING", "Outline", "repaired", "trace"]

_I = numba.int64
_F = numba.float64
_INTS = numba.types.Array(_I, 1, "C")
_FLOATS = numba.types.Array(_F, 1, "C")
_PIECES = numba.types.Tuple((_INTS, _INTS, _FLOATS, _FLOATS))  # type: ignore[no-untyped-call]
_XY = numba.types.Array(_F, 2, "C", readonly=True)
ROUNDING = 1e-9  # of a pixel: heights that add up to no more are nothing


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Pixels on a geometry's edge, row by row, from left to right.

    Parameters
    ----------
    top
        Row of the first pixels; there are none in the rows before, nor in those after the last.
    starts
        Where each row's pixels begin, (rows + 1,).
    cols
        Column of each, (n,); one beyond the last where the edge runs along the grid's end.
    heights
        By how much, left to right, what lies right of the pixel is more inside than what lies left of it, (n,).
    parts
        How much of the pixel the edge within it adds to what lies left of it, (n,).
    """

    top: int
    starts: NDArray[np.int64]
    cols: NDArray[np.int64]
    heights: NDArray[np.float64]
    parts: NDArray[np.float64]

    def tiles(self, side: int, width: int) -> NDArray[np.bool_]:
        """Which squares of `side` pixels a side hold ground inside, (rows, columns); of a grid `width` pixels wide.

        Rows of squares below the outline are left out.
        """
        held = np.zeros((-(-(self.top + self.starts.size - 1) // side), -(-width // side)), np.bool_)
        _mark(self.top, self.starts, self.cols, self.heights, self.parts, side, held)
        return held


def repaired(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry that is valid; ground that parts of it cover twice is covered once."""
    if geometry.is_valid:
        return geometry
    return shapely.make_valid(geometry, method="structure", keep_collapsed=False)


def trace(geometry: BaseGeometry, grid: Grid) -> Outline:
    """Follow a geometry's edge through a grid's pixels.

    Parameters
    ----------
    geometry
        In the grid's CRS. What is no polygon, and what lies beyond the grid, is left out.
    grid
        North-up.
    """
    t = grid.transform
    shape, ground = repaired(geometry), shapely.box(*grid.bounds)
    if not shapely.covers(ground, shape):
        shape = shapely.intersection(shape, ground)
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():  # collections may hold collections
        parts = shapely.get_parts(parts)
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    if shape.geom_type == "GeometryCollection":  # its polygons may overlap
        parts = shapely.get_parts(shapely.union_all(parts))
    rings, owner = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    # Rounding may lay a corner a hair beyond the grid, where the compiled loops would write beyond their arrays.
    px = np.clip((xy - (t.c, t.f)) / (t.a, t.e), 0.0, (grid.width, grid.height))
    first = np.diff(owner, prepend=-1) != 0  # of a polygon's rings, the shell
    signs = np.where(first, -1.0, 1.0) * np.sign(_turning(px, ring, len(rings)))
    rows, cols, heights, added = _follow(np.ascontiguousarray(px), ring, signs)
    # A village of many plots has many outlines: each holds the rows that it crosses, whatever the grid's.
    (top, bottom), (left, right) = (
        (int(places.min()), int(places.max()) + 1) if places.size else (0, 0) for places in (rows, cols)
    )
    starts, found, *rest = _in_order(rows - top, cols - left, heights, added, bottom - top, right - left)
    return Outline(top, starts, found + left, *rest)


def _turning(px: NDArray[np.float64], ring: NDArray[np.int64], rings: int) -> NDArray[np.float64]:
    """Twice the signed area of each ring, (rings,)."""
    begins = np.searchsorted(ring, np.arange(rings))
    near = px - px[begins][ring]  # seen from a corner of the ring, a small one far out keeps its digits
    same = ring[1:] == ring[:-1]
    cross = near[:-1, 0] * near[1:, 1] - near[1:, 0] * near[:-1, 1]
    return np.bincount(ring[1:][same], cross[same], rings).astype(np.float64)


@numba.njit(_PIECES(_XY, _INTS, _FLOATS), nogil=True, cache=True)
def _follow(px, ring, signs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Cut edges at the borders of rows, then of columns: row, column, height and part of each piece."""
    most = 0
    for k in range(1, ring.size):
        if ring[k] == ring[k - 1]:
            tall, wide = abs(px[k, 1] - px[k - 1, 1]), abs(px[k, 0] - px[k - 1, 0])
            most += int(tall) + int(wide) + 4
    rows, cols = np.empty(most, np.int64), np.empty(most, np.int64)
    heights, parts = np.empty(most, np.float64), np.empty(most, np.float64)
    n = 0
    for k in range(1, ring.size):
        x0, y0, x1, y1 = px[k - 1, 0], px[k - 1, 1], px[k, 0], px[k, 1]
        if ring[k] != ring[k - 1] or y0 == y1:
            continue
        sign = signs[ring[k]]
        if y1 < y0:
            x0, y0, x1, y1, sign = x1, y1, x0, y0, -sign
        slope = (x1 - x0) / (y1 - y0)
        x, y = x0, y0
        for row in range(int(np.floor(y0)), int(np.ceil(y1))):
            y_end = min(y1, row + 1.0)
            # Rounding may lay the end of a piece beyond that of its edge, and so in a column before the first.
            x_end = x1 if y_end == y1 else min(max(x0 + (y_end - y0) * slope, min(x0, x1)), max(x0, x1))
            low, high, tall = min(x, x_end), max(x, x_end), (y_end - y) * sign
            x, y = x_end, y_end
            col, last = int(np.floor(low)), max(int(np.floor(low)), int(np.ceil(high)) - 1)
            for c in range(col, last + 1):
                left, right = max(low, float(c)), min(high, c + 1.0)
                height = tall if col == last else tall / (high - low) * (right - left)
                rows[n], cols[n], heights[n], parts[n] = row, c, height, height * (c + 1 - (left + right) / 2)
                n += 1
    return rows[:n], cols[:n], heights[:n], parts[:n]


@numba.njit(_PIECES(_INTS, _INTS, _FLOATS, _FLOATS, _I, _I), nogil=True, cache=True)
def _in_order(rows, cols, heights, parts, height, width):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Sort pieces by row and column, and add up those of a pixel."""
    # By counting, columns first: pieces of a pixel keep their order, so sums come out alike, always.
    across, order = np.zeros(width + 1, np.int64), np.empty(rows.size, np.int64)
    for c in cols:
        across[c + 1] += 1
    across = np.cumsum(across)
    for k in range(rows.size):
        order[across[cols[k]]] = k
        across[cols[k]] += 1
    starts = np.zeros(height + 1, np.int64)
    for r in rows:
        starts[r + 1] += 1
    starts = np.cumsum(starts)
    place, sorted_by = starts.copy(), np.empty(rows.size, np.int64)
    for k in order:
        sorted_by[place[rows[k]]] = k
        place[rows[k]] += 1
    found_cols, found_heights, found_parts = np.empty_like(cols), np.empty_like(heights), np.empty_like(parts)
    n = 0
    for r in range(height):
        begin, end = starts[r], starts[r + 1]
        starts[r] = n
        for i in range(begin, end):
            k = sorted_by[i]
            if n > starts[r] and found_cols[n - 1] == cols[k]:
                found_heights[n - 1] += heights[k]
                found_parts[n - 1] += parts[k]
            else:
                found_cols[n], found_heights[n], found_parts[n] = cols[k], heights[k], parts[k]
                n += 1
    starts[height] = n
    return starts, found_cols[:n].copy(), found_heights[:n].copy(), found_parts[:n].copy()


@numba.njit(
    numba.void(_I, _INTS, _INTS, _FLOATS, _FLOATS, _I, numba.types.Array(numba.boolean, 2, "C")), nogil=True, cache=True
)
def _mark(top, starts, cols, heights, parts, side, held):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0917
    for row in range(starts.size - 1):
        within, tile_row, at = 0.0, (top + row) // side, 0
        for k in range(starts[row], starts[row + 1]):
            col = cols[k]
            if col > at and abs(within) > ROUNDING:
                held[tile_row, at // side : (col - 1) // side + 1] = True
            if abs(within + parts[k]) > ROUNDING and col // side < held.shape[1]:
                held[tile_row, col // side] = True
            within += heights[k]
            at = col + 1
