"""How many pixels of each pair of classes lie inside a geometry, each counted by the part of it inside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely

from lvgeo.imagery.grid import Window
from lvgeo.imagery.pairs import PAIRS_PX, count_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid

__all__ = ["Classes", "Each", "count_states"]

WHOLE_PX: Final = 512**2
WINDOW_PX: Final = (512, 2048)  # a larger geometry is measured in windows that end where tiles do, and fit into caches
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


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A window of a large geometry, in blocks of `PAIRS_PX` a side.

    Smaller blocks would take as long: there are more of them.
    """

    window: Window
    blocks: NDArray[np.object_]
    inside: NDArray[np.bool_]
    edge: NDArray[np.bool_]


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
    pieces = [_piece(grid, window, sound) for window in _windows(whole)]
    for found in each(lambda piece: _counted(*pair, piece, sound), pieces):
        counts += found
    return counts


def _windows(whole: Window) -> Iterator[Window]:
    """Cut a window where the raster's tiles end."""
    (high, wide), bottom, right = WINDOW_PX, whole.row + whole.height, whole.col + whole.width
    rows = [whole.row, *range((whole.row // high + 1) * high, bottom, high), bottom]
    cols = [whole.col, *range((whole.col // wide + 1) * wide, right, wide), right]
    for top, low in pairwise(rows):
        for left, far in pairwise(cols):
            yield Window(top, left, low - top, far - left)


def _counted_whole(before: Classes, after: Classes, window: Window, geometry: BaseGeometry) -> NDArray[np.float64]:
    """Pixels of each state inside a small geometry."""
    states = before.read(window) * np.uint8(3) + after.read(window)
    return _tabulate(states, before.grid, window, [geometry])


def _piece(grid: Grid, window: Window, geometry: BaseGeometry) -> _Piece:
    """Say which blocks of a window lie wholly inside a prepared geometry, and which on its edge."""
    tops, lefts = np.arange(0, window.height, PAIRS_PX), np.arange(0, window.width, PAIRS_PX)
    t = grid.transform
    rights, bottoms = np.minimum(lefts + PAIRS_PX, window.width), np.minimum(tops + PAIRS_PX, window.height)
    west, east = (t.c + t.a * (window.col + at)[None, :] for at in (lefts, rights))
    north, south = (t.f + t.e * (window.row + at)[:, None] for at in (tops, bottoms))
    blocks = shapely.box(*np.broadcast_arrays(west, south, east, north))
    inside = shapely.contains_properly(geometry, blocks)
    return _Piece(window, blocks, inside, ~inside & shapely.intersects(geometry, blocks))


def _counted(before: Classes, after: Classes, piece: _Piece, geometry: BaseGeometry) -> NDArray[np.float64]:
    """Pixels of each state in a piece: blocks wholly inside are counted, those on the geometry's edge cut exactly."""
    if not (piece.inside.any() or piece.edge.any()):
        return np.zeros(STATES)
    first, second = before.read(piece.window), after.read(piece.window)
    counts = count_pairs(first, second, piece.inside).astype(np.float64)
    if piece.edge.any():
        states = np.zeros(first.shape, np.uint8)  # a piece may touch its neighbours by a rounding's width
        for row, col in np.argwhere(piece.edge) * PAIRS_PX:
            here = np.s_[row : row + PAIRS_PX, col : col + PAIRS_PX]
            states[here] = first[here] * np.uint8(3) + second[here]
        cut = shapely.get_parts(shapely.intersection(geometry, piece.blocks[piece.edge]))
        counts += _tabulate(states, before.grid, piece.window, cut[shapely.area(cut) > 0])
    return counts


def _tabulate(
    states: NDArray[np.uint8], grid: Grid, window: Window, geometries: Sequence[BaseGeometry]
) -> NDArray[np.float64]:
    """Pixels of each state inside geometries, (9,), each counted by the part of it inside."""
    from exactextract import exact_extract
    from exactextract.feature import JSONFeatureSource
    from exactextract.raster import NumPyRasterSource

    west, north = grid.transform @ (window.col, window.row)
    east, south = grid.transform @ (window.col + window.width, window.row + window.height)
    shapes = [
        {"type": "Feature", "id": str(k), "properties": {}, "geometry": json.loads(shapely.to_geojson(geometry))}
        for k, geometry in enumerate(geometries)
    ]
    counts = np.zeros(STATES)
    for found in exact_extract(
        NumPyRasterSource(states, west, south, east, north), JSONFeatureSource(shapes), ["unique", "frac", "count"]
    ):
        inside = found["properties"]
        counts[np.asarray(inside["unique"], dtype=int)] += np.asarray(inside["frac"]) * inside["count"]
    return counts
