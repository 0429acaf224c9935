"""Settle which pure black or white pixels are a collar: those connected to the scene's border.

Black inside (a roof, a shadow) stays observed ground. Connectivity is found on a lattice of cells, one pixel each in
scenes up to 16 million pixels and 8 px a side beyond, so that memory does not grow with the scene.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import binary_dilation, label

from lvgeo.imagery.kernel import COLLAR, NOT_OBSERVED, look_at_cells
from lvgeo.imagery.packing import part

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COARSE", "Collar", "CollarFinder"]

EXACT_PX: Final = 2**24
COARSE: Final = 8  # as `look_at_cells` has it
ERODED_PX: Final = 3  # compression blurs a collar's edge this far
_CROSS: Final = np.ones((3, 3), dtype=bool)


class CollarFinder:
    """Gathers pure and unobserved cells while a scene streams by, top down.

    Parameters
    ----------
    height, width
        The scene's grid.
    """

    def __init__(self, height: int, width: int) -> None:
        self.exact = height * width <= EXACT_PX
        self.cell_px = 1 if self.exact else COARSE
        shape = (-(-height // self.cell_px), -(-width // self.cell_px))
        self._width = width
        self._pure = np.zeros(shape, dtype=bool)
        self._void = np.zeros(shape, dtype=bool)

    def add(self, row: int, joined: NDArray[np.uint8]) -> None:
        """Take a strip, joined, whose first row is a multiple of the cell; 3 marks pure pixels, 0 unobserved ones.

        Strips may come in any order and from many threads. Pure pixels of a cell that is not wholly so become 1 there
        and then: such a cell is not the collar's.
        """
        rows = slice(row // self.cell_px, -(-(row + joined.shape[0]) // self.cell_px))
        if self.exact:
            classes = part(joined, self._width)
            self._pure[rows], self._void[rows] = classes == COLLAR, classes == NOT_OBSERVED
        else:
            look_at_cells(joined, self._width, self._pure[rows], self._void[rows])

    def collar(self) -> Collar:
        """Settle, once every strip was added."""
        border = binary_dilation(self._void, structure=_CROSS) if self._void.any() else self._void.copy()
        border[[0, -1], :] = True
        border[:, [0, -1]] = True
        if not (border & self._pure).any():
            return Collar(np.zeros((1, 1), dtype=bool), self.cell_px, empty=True)
        pieces, _ = label(self._pure, structure=_CROSS)
        touching = np.unique(pieces[border & self._pure])
        return Collar(np.isin(pieces, touching[touching > 0]), self.cell_px, empty=False)


class Collar:
    """Where the collar lies.

    Parameters
    ----------
    cells
        (cell rows, cell columns); True where the cell is collar.
    cell_px
        Side of a cell.
    empty
        True where there is none.
    """

    def __init__(self, cells: NDArray[np.bool_], cell_px: int, *, empty: bool) -> None:
        self._cells, self._n, self.empty = cells, cell_px, empty

    def reaches(self, row: int, height: int) -> bool:
        """Whether the collar, with what is eroded around it, meets rows of the scene."""
        if self.empty:
            return False
        first = max(0, row - ERODED_PX) // self._n
        return bool(self._cells[first : (row + height - 1 + ERODED_PX) // self._n + 1].any())

    def settle(self, row: int, classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn a strip's 3s into 0 (collar) or 1 (observed), and erode the collar's edge.

        Parameters
        ----------
        row
            First row of the strip.
        classes
            (y, x) with 3 for pure pixels.
        """
        if self.empty:
            return np.where(classes == 3, 1, classes).astype(np.uint8)  # noqa: PLR2004
        height, width = classes.shape
        halo = ERODED_PX + self._n
        near = self._pixels(row - halo, height + 2 * halo, width)
        out = np.where(classes == 3, np.where(near[halo : halo + height], 0, 1), classes)  # noqa: PLR2004
        eroded = binary_dilation(near, structure=_CROSS, iterations=ERODED_PX)[halo : halo + height]
        out[eroded] = 0
        return out.astype(np.uint8)

    def _pixels(self, row: int, height: int, width: int) -> NDArray[np.bool_]:
        rows = np.clip(np.arange(row, row + height) // self._n, 0, self._cells.shape[0] - 1)
        cols = np.arange(width) // self._n
        found: NDArray[np.bool_] = self._cells[np.ix_(rows, cols)]
        return found
