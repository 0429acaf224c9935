"""How many pixels of each pair of classes lie inside geometries, each counted by the part of it inside."""

from __future__ import annotations

from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lvgeo.imagery.grid import Window
from lvgeo.imagery.outline import trace
from lvgeo.imagery.packing import TILE, join
from lvgeo.imagery.pairs import count_pairs
from lvgeo.imagery.store import CanopyRaster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.ordered import Each
    from lvgeo.imagery.outline import Outline

__all__ = ["Classes", "count_states"]


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
        grid, top, left = self.classes.grid, row * TILE, col * TILE
        window = Window(top, left, min(TILE, grid.height - top), min(TILE, grid.width - left))
        whole[: window.height, : window.width] = self.classes.read(window)
        return join(whole)


def count_states(
    pair: tuple[Classes, Classes], geometries: Sequence[BaseGeometry], each: Each = map
) -> NDArray[np.float64]:
    """Count pixels inside geometries by their classes, where both dates were observed.

    A tile is read once, however many geometries share it.

    Parameters
    ----------
    pair
        Before and after, on the same grid.
    geometries
        In the grid's CRS.
    each
        Goes through the geometries, then through rows of tiles.

    Returns
    -------
    NDArray[np.float64]
        (geometries, 2, 2): before, after; other first, then canopy.
    """
    grid = pair[0].grid
    outlines = list(each(lambda geometry: trace(geometry, grid), geometries))
    counts = np.zeros((len(outlines), 2, 2))
    with _opened(pair[0]) as before, _opened(pair[1]) as after:
        for found in each(lambda row: _counted(before, after, row, outlines), _rows(grid, outlines)):
            for k, one in found:
                counts[k] += one
    return counts


def _opened(classes: Classes) -> AbstractContextManager[_Tiles]:
    return classes.opened() if isinstance(classes, CanopyRaster) else nullcontext(_Joining(classes))


def _rows(grid: Grid, outlines: Sequence[Outline]) -> list[list[tuple[int, int, list[int]]]]:
    """Tiles that hold some of the outlines, and which, row by row: many small tasks would wait for each other."""
    tiles = defaultdict[tuple[int, int], list[int]](list)
    for k, outline in enumerate(outlines):
        for row, col in np.argwhere(outline.tiles(TILE, grid.width)).tolist():
            tiles[row, col].append(k)
    rows = defaultdict[int, list[tuple[int, int, list[int]]]](list)
    for (row, col), mine in sorted(tiles.items()):
        rows[row].append((row, col, mine))
    return list(rows.values())


def _counted(
    before: _Tiles, after: _Tiles, row: list[tuple[int, int, list[int]]], outlines: Sequence[Outline]
) -> list[tuple[int, NDArray[np.float64]]]:
    """Pixels in a row of tiles, of each outline there."""
    found = list[tuple[int, "NDArray[np.float64]"]]()
    for tile_row, col, mine in row:
        first, second = before.joined(tile_row, col), after.joined(tile_row, col)
        found += [(k, count_pairs(first, second, outlines[k], (tile_row, col))) for k in mine]
    return found
