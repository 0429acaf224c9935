"""How many pixels of each pair of classes lie inside a geometry, each counted by the part of it inside."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely

from lvgeo.imagery.grid import Window
from lvgeo.imagery.packing import TILE, join, part
from lvgeo.imagery.pairs import PAIRS_PX, count_pairs
from lvgeo.imagery.store import CanopyRaster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid

__all__ = ["Classes", "Each", "count_states"]

SLIVER_PX: Final = 1e-6  # a part of a geometry so small, in pixels, is rounding
WHOLE_PX: Final = 512**2
BLOCKS: Final = TILE // PAIRS_PX  # of a tile, a side
STATES: Final = 9  # before × 3 + after: 0 not observed, 1 other, 2 canopy at each date


class Classes(Protocol):
    """What is measured: classes on a grid, 0 not observed, 1 other, 2 canopy."""

    @property
    def grid(self) -> Grid:
        """Where its pixels lie."""
        ...

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of a window within the grid, (y, x)."""
        ...


class _Tiles(Protocol):
    """Open classes, of which many tiles are looked at."""

    def joined(self, row: int, col: int) -> NDArray[np.uint8]:
        """Classes of a tile, four a byte, zero beyond the grid."""
        ...


@dataclass(frozen=True, slots=True)
class _Joining:
    """Classes that do not lie on disk as they are counted."""

    classes: Classes

    def joined(self, row: int, col: int) -> NDArray[np.uint8]:
        whole = np.zeros((TILE, TILE), np.uint8)
        window = _tile(self.classes.grid, row, col)
        whole[: window.height, : window.width] = self.classes.read(window)
        return join(whole)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A tile of which a large geometry covers some, and its squares of `PAIRS_PX` pixels.

    Parameters
    ----------
    row, col
        Of the tile, counted in tiles.
    inside
        Squares wholly inside the geometry, (16, 16).
    edge
        Squares on its edge, as places (n, 2) in the tile and boxes (n,) on the ground.
    """

    row: int
    col: int
    inside: NDArray[np.bool_]
    edge: tuple[NDArray[np.int64], NDArray[np.object_]]


class Each(Protocol):
    """Calls a function for each piece, in order: `map`, or a pool's."""

    def __call__(
        self, counted: Callable[[_Piece], NDArray[np.float64]], pieces: Iterable[_Piece], /
    ) -> Iterable[NDArray[np.float64]]:
        """Yield what the function returns."""
        ...


def count_states(pair: tuple[Classes, Classes], geometry: BaseGeometry, each: Each = map) -> NDArray[np.float64]:
    """Count pixels inside a geometry by their classes at both dates.

    Parameters
    ----------
    pair
        Before and after, on the same grid.
    geometry
        In the grid's CRS.
    each
        Goes through the pieces of a large geometry.

    Returns
    -------
    NDArray[np.float64]
        (9,): before × 3 + after; 0 not observed, 1 other, 2 canopy.
    """
    counts, grid = np.zeros(STATES), pair[0].grid
    part = grid.cut(geometry.bounds) if not geometry.is_empty else None
    if part is None:
        return counts
    row, col = part.offset_in(grid) or (0, 0)
    whole = Window(row, col, part.height, part.width)
    if part.height * part.width <= WHOLE_PX:
        return _counted_whole(*pair, whole, geometry)
    sound = geometry if geometry.is_valid else shapely.make_valid(geometry)
    shapely.prepare(sound)
    # A prepared geometry serves one thread: only what comes after is done in others.
    pieces = _pieces(grid, whole, sound)
    with _opened(pair[0]) as before, _opened(pair[1]) as after:
        for found in each(lambda piece: _counted(before, after, piece, (grid, sound)), pieces):
            counts += found
    return counts


def _opened(classes: Classes) -> AbstractContextManager[_Tiles]:
    return classes.opened() if isinstance(classes, CanopyRaster) else nullcontext(_Joining(classes))


def _tile(grid: Grid, row: int, col: int) -> Window:
    """Return the window of a tile, cut short at the grid's end."""
    top, left = row * TILE, col * TILE
    return Window(top, left, min(TILE, grid.height - top), min(TILE, grid.width - left))


def _counted_whole(before: Classes, after: Classes, window: Window, geometry: BaseGeometry) -> NDArray[np.float64]:
    """Pixels of each state inside a small geometry."""
    states = before.read(window) * np.uint8(3) + after.read(window)
    return _tabulate(states, before.grid, window, [geometry])


def _boxes(grid: Grid, window: Window, side: int) -> NDArray[np.object_]:
    """Ground of the squares that a window falls into, (rows, columns), the last cut short at the grid's end."""
    tops, lefts = (
        np.arange(at, at + size, side) for at, size in ((window.row, window.height), (window.col, window.width))
    )
    t = grid.transform
    west, east = (t.c + t.a * at[None, :] for at in (lefts, np.minimum(lefts + side, grid.width)))
    north, south = (t.f + t.e * at[:, None] for at in (tops, np.minimum(tops + side, grid.height)))
    boxes: NDArray[np.object_] = shapely.box(*np.broadcast_arrays(west, south, east, north))
    return boxes


def _pieces(grid: Grid, whole: Window, geometry: BaseGeometry) -> list[_Piece]:
    """Tiles that a prepared geometry covers in part or wholly, row by row."""
    first = whole.row // TILE, whole.col // TILE
    last = -(-(whole.row + whole.height) // TILE), -(-(whole.col + whole.width) // TILE)
    height, width = ((end - begin) * TILE for begin, end in zip(first, last, strict=True))
    around = Window(first[0] * TILE, first[1] * TILE, height, width)
    boxes = _boxes(grid, around, TILE)
    inside, met = shapely.contains_properly(geometry, boxes), shapely.intersects(geometry, boxes)
    found = list[_Piece]()
    for row, col in np.argwhere(met):
        place = int(row) + first[0], int(col) + first[1]
        found.append(_filled(*place) if inside[row, col] else _parted(grid, *place, geometry))
    return found


def _filled(row: int, col: int) -> _Piece:
    nowhere = np.empty((0, 2), np.int64), np.empty(0, np.object_)
    return _Piece(row, col, np.ones((BLOCKS, BLOCKS), np.bool_), nowhere)


def _parted(grid: Grid, row: int, col: int, geometry: BaseGeometry) -> _Piece:
    """Say which squares of a tile lie wholly inside a prepared geometry, and which on its edge."""
    boxes = _boxes(grid, _tile(grid, row, col), PAIRS_PX)
    within = shapely.contains_properly(geometry, boxes)
    edge = ~within & shapely.intersects(geometry, boxes)
    inside = np.zeros((BLOCKS, BLOCKS), np.bool_)
    inside[: boxes.shape[0], : boxes.shape[1]] = within
    return _Piece(row, col, inside, (np.argwhere(edge) * PAIRS_PX, boxes[edge]))


def _counted(before: _Tiles, after: _Tiles, piece: _Piece, place: tuple[Grid, BaseGeometry]) -> NDArray[np.float64]:
    """Pixels of each state in a tile: squares wholly inside are counted, those on the geometry's edge cut exactly."""
    first, second = before.joined(piece.row, piece.col), after.joined(piece.row, piece.col)
    counts = count_pairs(first, second, piece.inside).astype(np.float64)
    corners, boxes = piece.edge
    if len(corners):
        grid, geometry = place
        window = _tile(grid, piece.row, piece.col)
        one, two = (part(joined[: window.height], window.width) for joined in (first, second))
        both = one * np.uint8(3) + two
        states = np.zeros(both.shape, np.uint8)  # a part may touch its neighbours by a rounding's width
        for row, col in corners:
            here = np.s_[row : row + PAIRS_PX, col : col + PAIRS_PX]
            states[here] = both[here]
        cut = shapely.intersection(geometry, shapely.coverage_union_all(boxes))
        counts += _tabulate(states, grid, window, [cut])
    return counts


def _tabulate(
    states: NDArray[np.uint8], grid: Grid, window: Window, geometries: Sequence[BaseGeometry]
) -> NDArray[np.float64]:
    """Pixels of each state inside geometries, (9,), each counted by the part of it inside.

    Parts so thin that only rounding made them are left out: exactextract loses its way in some.
    """
    from exactextract import exact_extract
    from exactextract.feature import JSONFeatureSource
    from exactextract.raster import NumPyRasterSource

    parts = shapely.get_parts(geometries)
    west, north = grid.transform @ (window.col, window.row)
    east, south = grid.transform @ (window.col + window.width, window.row + window.height)
    shapes = [
        {"type": "Feature", "id": str(k), "properties": {}, "geometry": json.loads(shapely.to_geojson(geometry))}
        for k, geometry in enumerate(parts[shapely.area(parts) > SLIVER_PX * abs(grid.transform.determinant)])
    ]
    counts = np.zeros(STATES)
    for found in exact_extract(
        NumPyRasterSource(states, west, south, east, north), JSONFeatureSource(shapes), ["values", "coverage"]
    ):
        inside = found["properties"]
        counts += np.bincount(inside["values"], inside["coverage"], STATES)
    return counts
