"""Shrink a scene while it streams by: box means of its own light, at most 768 px a side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from affine import Affine

from lvgeo.imagery.grid import Grid
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
        self.factor = max(1, -(-max(grid.height, grid.width) // MAX_PX))
        n = self.factor
        shape = (-(-grid.height // n), -(-grid.width // n))
        self._rgb = np.zeros((*shape, 3), dtype=np.uint8)
        self._seen = np.zeros(shape, dtype=bool)

    def add(self, row: int, rgb: NDArray[np.uint8], seen: NDArray[np.bool_]) -> None:
        """Take a strip (3, y, x) whose first row is a multiple of the factor."""
        n = self.factor
        weights = _boxes(seen.astype(np.float32), n)
        first = row // n
        last = first + weights.shape[0]
        for band in range(3):
            total = _boxes(np.where(seen, rgb[band], 0).astype(np.float32), n)
            self._rgb[first:last, :, band] = np.round(total / np.maximum(weights, 1.0))
        self._seen[first:last] = weights >= n * n / 2

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


def _boxes(values: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """Return sums over n × n boxes, the last ones padded with nothing."""
    if n == 1:
        return values
    rows, cols = -(-values.shape[0] // n), -(-values.shape[1] // n)
    padded = np.zeros((rows * n, cols * n), dtype=np.float32)
    padded[: values.shape[0], : values.shape[1]] = values
    summed: NDArray[np.float32] = padded.reshape(rows, n, cols, n).sum(axis=(1, 3), dtype=np.float32)
    return summed
