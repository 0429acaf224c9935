"""Which file of a scene gave which ground: what a seam is between, and where it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.imagery.footprint import outline

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid, Window

__all__ = ["Givers"]

MOST_CELLS: Final = 256  # a side; a seam is known to a cell


class Givers:
    """Gathers what each file of a scene gave, while windows are read in any order.

    Parameters
    ----------
    grid
        What windows refer to.
    files
        How many the scene has.
    """

    def __init__(self, grid: Grid, files: int) -> None:
        self._grid = grid
        self._step = max(1, -(-max(grid.height, grid.width) // MOST_CELLS))
        self._px = np.zeros(files, np.int64)
        small = grid.coarsened(self._step)
        # One file has no seams: nothing is kept of it.
        self._cells = np.zeros((small.height, small.width) if files > 1 else (0, 0), np.uint16)

    def add(self, window: Window, giver: NDArray[np.unsignedinteger[Any]]) -> None:
        """Take who gave a window (y, x): 0 nobody, else a file's number from 1."""
        if not self._cells.size:
            self._px += int(np.count_nonzero(giver))
            return
        self._px += np.bincount(giver.ravel(), minlength=len(self._px) + 1)[1:]
        rows, cells_y = self._lattice(window.row, window.height, self._cells.shape[0])
        cols, cells_x = self._lattice(window.col, window.width, self._cells.shape[1])
        self._cells[cells_y, cells_x] = giver[rows, cols]

    def _lattice(self, first: int, length: int, cells: int) -> tuple[slice, slice]:
        """Every so many pixels of a window, and the cells that they stand for."""
        low = max(0, -(-first // self._step))
        high = min(cells, -(-(first + length) // self._step))
        return slice(low * self._step - first, max(low, high) * self._step - first, self._step), slice(low, high)

    def merge(self, other: Givers) -> None:
        """Take what another reader of the same scene gathered elsewhere."""
        self._px += other._px
        np.maximum(self._cells, other._cells, out=self._cells)

    def shares(self) -> tuple[float, ...]:
        """Part of the grid that each file gave, 0 to 1."""
        whole = self._grid.height * self._grid.width
        return tuple(float(px) / whole for px in self._px)

    def grounds(self) -> tuple[BaseGeometry, ...]:
        """Outline in the grid's CRS of what each file gave, to a cell; none for a scene of one file."""
        if not self._cells.size:
            return ()
        small = self._grid.coarsened(self._step)
        return tuple(outline(self._cells == number + 1, small) for number in range(len(self._px)))
