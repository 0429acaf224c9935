"""Settle which pure black or white pixels are a collar: those connected to the scene's border.

Black inside (a roof, a shadow) stays observed ground. Connectivity is found on a lattice of cells, one pixel each in
scenes up to 16 million pixels and 8 px a side beyond, so that memory does not grow with the scene.

Pure are levels 0 and 1, 254 and 255: JPEG of quality 70 makes 1 of black. It leaves a fringe, too: in the blocks of
16 px through which a collar's edge runs, pixels are pure only here and there. So a collar grows by such a block where
pure pixels lie so close that no 5 × 5 px over a place are free of them, or where three eighths of a cell's pixels are
pure. Ground that is dark or bright, but not pure, stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import label

from lvgeo.imagery.kernel import COLLAR, NOT_OBSERVED, look_at_cells
from lvgeo.imagery.packing import part

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COARSE", "Collar", "CollarFinder"]

EXACT_PX: Final = 2**24
COARSE: Final = 8  # as `look_at_cells` has it
ERODED_PX: Final = 3  # compression blurs a collar's edge this far
FRINGE_PX: Final = 16  # side of a JPEG block of colours at half resolution, the farthest that an edge is felt
SOLID_PX: Final = 3  # a frame is wider than twice that; pure pixels strewn over a wood are not
CLOSED_PX: Final = 2  # half of what lies between pure pixels that belong together
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
        self._dense = np.zeros((1, 1) if self.exact else shape, dtype=bool)
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
            look_at_cells(joined, self._width, (self._pure[rows], self._dense[rows], self._void[rows]))

    def collar(self) -> Collar:
        """Settle, once every strip was added."""
        border = _spread(self._void, 1) if self._void.any() else self._void.copy()
        border[[0, -1], :] = True
        border[:, [0, -1]] = True
        if not (border & self._pure).any():
            return Collar(np.zeros((1, 1), dtype=bool), self.cell_px, empty=True)
        pieces, _ = label(self._pure, structure=_CROSS)
        found = np.zeros(int(pieces.max()) + 1, dtype=bool)
        found[pieces[border & self._pure]] = True
        return Collar(self._with_fringe(found[pieces]), self.cell_px, empty=False)

    def _with_fringe(self, collar: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Add what belongs to it of JPEG blocks through which its edge runs; black leaves at the border have none."""
        if self.exact:
            solid = collar & _spread(_without(collar, SOLID_PX), SOLID_PX)
            closed = _without(_spread(self._pure, CLOSED_PX), CLOSED_PX)
        else:
            solid, closed = collar, self._pure | self._dense
        return collar | _grown(solid, FRINGE_PX // self.cell_px, closed)


def _spread(cells: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Add the cells so near, in rows and columns; SciPy takes ten times as long."""
    tall = cells.copy()
    for k in range(1, reach + 1):
        tall[k:] |= cells[:-k]
        tall[:-k] |= cells[k:]
    wide = tall.copy()
    for k in range(1, reach + 1):
        wide[:, k:] |= tall[:, :-k]
        wide[:, :-k] |= tall[:, k:]
    return wide


def _grown(cells: NDArray[np.bool_], steps: int, into: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add cells that can be stepped to, neighbour by neighbour; only the front is looked at, SciPy looks at it all."""
    free = np.pad(into & ~cells, 1)
    across = free.shape[1]
    around = np.array([row + col for row in (-across, 0, across) for col in (-1, 0, 1) if row or col])
    flat = free.reshape(-1)
    front = np.flatnonzero(np.pad(_spread(cells, 1), 1).reshape(-1) & flat)
    for _ in range(steps):
        flat[front] = False
        beside = (front[:, None] + around).reshape(-1)
        front = np.unique(beside[flat[beside]])
    return cells | (into & ~free[1:-1, 1:-1])


def _without(cells: NDArray[np.bool_], rim: int) -> NDArray[np.bool_]:
    """Take a rim so wide away; beyond the scene nothing is missing."""
    return ~_spread(~cells, rim)


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
        out[_spread(near, ERODED_PX)[halo : halo + height]] = 0
        return out.astype(np.uint8)

    def _pixels(self, row: int, height: int, width: int) -> NDArray[np.bool_]:
        rows = np.clip(np.arange(row, row + height) // self._n, 0, self._cells.shape[0] - 1)
        cols = np.arange(width) // self._n
        found: NDArray[np.bool_] = self._cells[np.ix_(rows, cols)]
        return found
