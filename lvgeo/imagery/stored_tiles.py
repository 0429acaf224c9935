"""Tiles of a stored class raster, read as they are packed: GDAL takes three times as long."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.cog import FRAME_BYTES, stored_level
from lvgeo.imagery.packing import PER_BYTE, TILE, inflate, part_into

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

    def joined(self, row: int, first: int, last: int) -> NDArray[np.uint8]:
        """Classes of a row's tiles from the first to before the last, four a byte, (tiles, 512, 128).

        Zero beyond the raster; all three count tiles.

        Raises
        ------
        InputRefusedError
            If a tile is damaged; it names this file, whatever other files are open.
        """
        found = np.empty((last - first, TILE, TILE // PER_BYTE), np.uint8)
        try:
            for tile, packed in zip(found, self._packed(row, first, last), strict=True):
                inflate(packed, tile)
        except (OSError, ValueError) as error:
            raise InputRefusedError(Refusal("file_broken", file=str(self._path), value=str(error))) from error
        return found

    def _packed(self, row: int, first: int, last: int) -> list[memoryview]:
        """Tiles as they are packed; where they follow each other, as in rows that were laid out here, read at once."""
        across = self._level.across
        places = self._level.places[row * across + first : row * across + last]
        if not all(0 <= after - at - size <= FRAME_BYTES for (at, size), (after, _) in pairwise(places)):
            return [self._read(*place) for place in places]
        begin = places[0][0] if places else 0
        held = self._read(begin, sum(places[-1]) - begin if places else 0)
        return [held[offset - begin : offset - begin + size] for offset, size in places]

    def _read(self, offset: int, size: int) -> memoryview:
        with self._alone:
            self._opened.seek(offset)
            return memoryview(self._opened.read(size))

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of a window that lies within the grid, (y, x)."""
        # Whole tiles are unpacked where they belong, and what was asked for is a part of them.
        first, last = window.col // TILE, -(-(window.col + window.width) // TILE)
        found = np.empty((window.height, (last - first) * TILE), np.uint8)
        for row in range(window.row // TILE, -(-(window.row + window.height) // TILE)):
            top, bottom = max(window.row, row * TILE), min(window.row + window.height, (row + 1) * TILE)
            part = found[top - window.row : bottom - window.row]
            for k, tile in enumerate(self.joined(row, first, last)):
                part_into(tile[top - row * TILE : bottom - row * TILE], part[:, k * TILE : (k + 1) * TILE])
        left = window.col - first * TILE
        return found[:, left : left + window.width]
