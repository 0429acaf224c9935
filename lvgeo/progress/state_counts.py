"""How many pixels of each pair of classes lie inside geometries, each counted by the part of it inside."""

from __future__ import annotations

from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

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

RUN_TILES: Final = 8  # read and counted at a time: both dates' fit a processor's own cache


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

    def joined(self, row: int, first: int, last: int) -> NDArray[np.uint8]:
        """Classes of a row's tiles from the first to before the last, four a byte, zero beyond the grid."""
        ...


@dataclass(frozen=True, slots=True)
class _Joining:
    """Classes that do not lie on disk as they are counted."""

    classes: Classes

    def joined(self, row: int, first: int, last: int) -> NDArray[np.uint8]:
        whole = np.zeros((TILE, (last - first) * TILE), np.uint8)
        grid, top, left = self.classes.grid, row * TILE, first * TILE
        window = Window(top, left, min(TILE, grid.height - top), min(whole.shape[1], grid.width - left))
        whole[: window.height, : window.width] = self.classes.read(window)
        return np.stack([join(tile) for tile in np.hsplit(whole, last - first)])


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
        Goes through the geometries, then through runs of tiles.

    Returns
    -------
    NDArray[np.float64]
        (geometries, 2, 2): before, after; other first, then canopy.
    """
    grid = pair[0].grid
    outlines = list(each(lambda geometry: trace(geometry, grid), geometries))
    counts = np.zeros((len(outlines), 2, 2))
    with _opened(pair[0]) as before, _opened(pair[1]) as after:
        for found in each(lambda run: _counted(before, after, run, outlines), _runs(grid, outlines)):
            for k, one in found:
                counts[k] += one
    return counts


def _opened(classes: Classes) -> AbstractContextManager[_Tiles]:
    return classes.opened() if isinstance(classes, CanopyRaster) else nullcontext(_Joining(classes))


@dataclass(frozen=True, slots=True)
class _Run:
    """Tiles of a row, from the first to before the last, and which of them hold some of each outline: (k, from, to)."""

    row: int
    first: int
    last: int
    held: tuple[tuple[int, int, int], ...]


def _runs(grid: Grid, outlines: Sequence[Outline]) -> list[_Run]:
    """Tiles that hold some of the outlines, as many at a time as lie beside each other, up to `RUN_TILES`."""
    rows = defaultdict[int, list[tuple[int, int, int]]](list)
    for k, outline in enumerate(outlines):
        for row, first, last in _beside(outline.tiles(TILE, grid.width)):
            rows[row].append((k, first, last))
    some = np.zeros((max(rows, default=-1) + 1, -(-grid.width // TILE)), np.bool_)
    for row, held in rows.items():
        for _, first, last in held:
            some[row, first:last] = True
    found = []
    for row, first, last in _beside(some):
        # Cut at multiples: what is added up of a geometry does not depend on those beside it.
        for block in range(first // RUN_TILES * RUN_TILES, last, RUN_TILES):
            begin, end = max(block, first), min(block + RUN_TILES, last)
            mine = tuple((k, max(a, begin), min(b, end)) for k, a, b in rows[row] if a < end and b > begin)
            found.append(_Run(row, begin, end, mine))
    return found


def _beside(held: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Row, first and one past the last of each run of True in a row."""
    rows, edges = np.nonzero(np.diff(held.astype(np.int8), prepend=0, append=0))
    return list(zip(rows[::2].tolist(), edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _counted(
    before: _Tiles, after: _Tiles, run: _Run, outlines: Sequence[Outline]
) -> list[tuple[int, NDArray[np.float64]]]:
    """Pixels in a run of tiles, of each outline there."""
    one, two = (tiles.joined(run.row, run.first, run.last) for tiles in (before, after))
    found = list[tuple[int, "NDArray[np.float64]"]]()
    for k, first, last in run.held:
        part = slice(first - run.first, last - run.first)
        found.append((k, count_pairs(one[part], two[part], outlines[k], (run.row, first))))
    return found
