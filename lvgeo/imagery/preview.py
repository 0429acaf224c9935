"""Shrink a scene while it streams by: box means of its own light, at most 768 px a side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from affine import Affine

from lvgeo.imagery.grid import Grid
from lvgeo.imagery.kernel import shrink
from lvgeo.imagery.store import Preview

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PreviewBuilder"]

MAX_PX: Final = 768


class PreviewBuilder:
    """Gathers strips, top down.

    Parameters
    ----------
    grid
        The village's grid.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        # A power of two, so that strips can begin where a file's blocks do.
        self.factor = 1 << max(0, math.ceil(math.log2(max(grid.height, grid.width) / MAX_PX)))
        n = self.factor
        shape = (-(-grid.height // n), -(-grid.width // n))
        self._rgb = np.zeros((*shape, 3), dtype=np.uint8)
        self._seen = np.zeros(shape, dtype=bool)

    def add(self, row: int, rgb: NDArray[np.uint8], seen: NDArray[np.bool_]) -> None:
        """Take a strip (3, y, x) whose first row is a multiple of the factor."""
        # Of a large square a lattice of about 4 × 4 px stands for the mean: it is a preview.
        step = next(k for k in range(max(1, self.factor // 4), 0, -1) if self.factor % k == 0)
        small, known = shrink(rgb[:, ::step, ::step], seen[::step, ::step], self.factor // step)
        first = row // self.factor
        self._rgb[first : first + known.shape[0]] = np.moveaxis(small, 0, -1)
        self._seen[first : first + known.shape[0]] = known

    def preview(self) -> Preview:
        """Return the whole, once every strip was added."""
        grid = self._grid
        small = Grid(
            grid.crs,
            grid.transform @ Affine.scale(self.factor, self.factor),
            self._seen.shape[0],
            self._seen.shape[1],
        )
        return Preview(self._rgb, self._seen, small)
