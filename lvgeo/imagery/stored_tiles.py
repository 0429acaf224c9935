"""Tiles of a stored class raster, read as they are packed: GDAL takes three times as long."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.cog import stored_level
from lvgeo.imagery.packing import TILE, inflate, part_into

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Window

__all__ = ["StoredTiles"]


class StoredTiles:
    """An open class raster; threads may share it.

    Parameters
    ----------
    opened, path
        The file, at its beginning, without a buffer; and where it lies, for messages.

    Raises
    ------
    ValueError
        If it was not laid out here.
    """

    def __init__(self, opened: BinaryIO, path: Path) -> None:
        self._opened, self._path, self._level, self._alone = opened, path, stored_level(opened), threading.Lock()

    def joined(self, row: int, col: int) -> NDArray[np.uint8]:
        """Classes of a tile, four a byte, (512, 128), zero beyond the raster; `row` and `col` count tiles.

        Raises
        ------
        InputRefusedError
            If the tile is damaged; it names this file, whatever other files are open.
        """
        offset, size = self._level.places[row * self._level.across + col]
        try:
            with self._alone:
                self._opened.seek(offset)
                packed = self._opened.read(size)
            return inflate(packed)
        except (OSError, ValueError) as error:
            raise InputRefusedError(Refusal("file_broken", file=str(self._path), value=str(error))) from error

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of a window that lies within the grid, (y, x)."""
        # Whole tiles are unpacked where they belong, and what was asked for is a part of them.
        first, last = window.col // TILE, -(-(window.col + window.width) // TILE)
        found = np.empty((window.height, (last - first) * TILE), np.uint8)
        for row in range(window.row // TILE, -(-(window.row + window.height) // TILE)):
            top, bottom = max(window.row, row * TILE), min(window.row + window.height, (row + 1) * TILE)
            part = found[top - window.row : bottom - window.row]
            for col in range(first, last):
                into = part[:, (col - first) * TILE : (col - first + 1) * TILE]
                part_into(self.joined(row, col)[top - row * TILE : bottom - row * TILE], into)
        left = window.col - first * TILE
        return found[:, left : left + window.width]
