"""A raster of classes with its overviews, packed tile by tile into a file aside while it is written top down.

Each overview is every second pixel of the level before. Nothing is read again for it, and no more is held than one row
of tiles a level; what is rewritten later (a collar settled, canopy that lies flat) costs only its own tiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.imagery.packing import PER_BYTE, TILE, deflate, halved, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid, Window

__all__ = ["Level", "Pyramid"]

_AHEAD: Final = 1  # rows of tiles a level that may be in work before the first of them is waited for


@dataclass(frozen=True, slots=True)
class Level:
    """Where the tiles of a level lie in the file aside.

    Parameters
    ----------
    height, width
        Rows and columns of pixels.
    places
        Offset and bytes of each tile, row by row.
    """

    height: int
    width: int
    places: list[tuple[int, int]]

    @property
    def across(self) -> int:
        """Tiles in a row."""
        return -(-self.width // TILE)


class Pyramid:
    """Levels open for writing and reading.

    Parameters
    ----------
    aside
        An empty file, open for writing and reading.
    grid
        Of the first level.
    submit
        Does a call, now or in another thread; by default now.
    """

    def __init__(self, aside: IO[bytes], grid: Grid, submit: Callable[..., Future[list[bytes]]] | None = None) -> None:
        self._aside, self._submit = aside, submit
        self.levels = [Level(one.height, one.width, []) for one in _halved(grid)]
        self._rows = [_Rows() for _ in self.levels]
        self._coming: list[list[Future[list[bytes]]]] = [[] for _ in self.levels]
        self._changed = set[int]()  # tiles of the first level that were written again
        self._end = 0

    def add(self, joined: NDArray[np.uint8]) -> None:
        """Take the next rows, as wide as the raster, joined: (y, bytes)."""
        self._add(0, joined)

    def _add(self, k: int, joined: NDArray[np.uint8]) -> None:
        if k == len(self.levels):
            return
        for parts in self._rows[k].whole(joined, self.levels[k].height):
            self._pack(k, parts)
            self._add(k + 1, halved(parts))

    def _pack(self, k: int, parts: list[NDArray[np.uint8]]) -> None:
        if self._submit is None:
            self._store(k, _packed(parts))
            return
        self._coming[k].append(self._submit(_packed, parts))
        if len(self._coming[k]) > _AHEAD:
            self._store(k, self._coming[k].pop(0).result())

    def _store(self, k: int, tiles: list[bytes]) -> None:
        for tile in tiles:
            self.levels[k].places.append(self._append(tile))

    def _append(self, tile: bytes) -> tuple[int, int]:
        self._aside.seek(self._end)
        self._aside.write(tile)
        self._end += len(tile)
        return self._end - len(tile), len(tile)

    def settled(self) -> None:
        """Wait for what is in work, once every row was added."""
        for k, coming in enumerate(self._coming):
            while coming:
                self._store(k, coming.pop(0).result())

    def tile(self, k: int, number: int) -> NDArray[np.uint8]:
        """Classes of a tile, (512, 512), zero beyond the raster."""
        offset, size = self.levels[k].places[number]
        self._aside.seek(offset)
        return unpack(self._aside.read(size))

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of full-width rows, (y, x), once all were added."""
        found = np.empty((window.height, self.levels[0].width), np.uint8)
        for number, here, there in self._tiles(window):
            found[here] = self.tile(0, number)[there]
        return found

    def write(self, window: Window, classes: NDArray[np.uint8]) -> None:
        """Write full-width rows (y, x) again, once all were added."""
        for number, here, there in self._tiles(window):
            tile = self.tile(0, number)
            if not np.array_equal(tile[there], classes[here]):
                tile = tile.copy()
                tile[there] = classes[here]
                self.levels[0].places[number] = self._append(pack(tile))
                self._changed.add(number)

    def _tiles(self, window: Window) -> Iterator[tuple[int, Any, Any]]:
        """Tiles of the first level that a window of full-width rows meets: number, place in the window, in the tile."""
        level = self.levels[0]
        for top in range(window.row // TILE, -(-(window.row + window.height) // TILE)):
            first, last = max(window.row, top * TILE), min(window.row + window.height, (top + 1) * TILE)
            for left in range(level.across):
                right = min(level.width, (left + 1) * TILE)
                here = np.s_[first - window.row : last - window.row, left * TILE : right]
                there = np.s_[first - top * TILE : last - top * TILE, : right - left * TILE]
                yield top * level.across + left, here, there

    def finish(self) -> None:
        """Bring the overviews up to what was written again."""
        self.settled()
        changed = self._changed
        for k in range(1, len(self.levels)):
            below, level = self.levels[k - 1], self.levels[k]
            changed = {number // below.across // 2 * level.across + number % below.across // 2 for number in changed}
            for number in sorted(changed):
                level.places[number] = self._append(pack(self._halved_tile(k, number)))
        self._changed = set()

    def _halved_tile(self, k: int, number: int) -> NDArray[np.uint8]:
        """Return a tile of an overview from the four of the level before."""
        below, half = self.levels[k - 1], TILE // 2
        top, left = divmod(number, self.levels[k].across)
        found = np.zeros((TILE, TILE), np.uint8)
        for row in range(2 * top, min(2 * top + 2, -(-below.height // TILE))):
            for col in range(2 * left, min(2 * left + 2, below.across)):
                y, x = (row - 2 * top) * half, (col - 2 * left) * half
                found[y : y + half, x : x + half] = self.tile(k - 1, row * below.across + col)[::2, ::2]
        return found

    def packed(self, k: int) -> Iterator[bytes]:
        """Tiles of a level as they are stored, row by row."""
        for offset, size in self.levels[k].places:
            self._aside.seek(offset)
            yield self._aside.read(size)


class _Rows:
    """Gathers rows of a level until a row of tiles is whole; they are not copied."""

    def __init__(self) -> None:
        self._held: list[NDArray[np.uint8]] = []
        self._rows = self._seen = 0

    def whole(self, joined: NDArray[np.uint8], height: int) -> Iterator[list[NDArray[np.uint8]]]:
        """Rows of tiles that are whole with these rows, in parts, the last one of a level whatever its height."""
        self._seen += joined.shape[0]
        while joined.shape[0]:
            part, joined = joined[: TILE - self._rows], joined[TILE - self._rows :]
            self._held.append(part)
            self._rows += part.shape[0]
            if self._rows == TILE or (self._seen == height and not joined.shape[0]):
                yield self._held
                self._held, self._rows = [], 0


def _packed(parts: list[NDArray[np.uint8]]) -> list[bytes]:
    """Tiles of a row of them, filled up with zeros."""
    found, wide = [], TILE // PER_BYTE
    for left in range(0, parts[0].shape[1], wide):
        joined = np.zeros((TILE, wide), np.uint8)
        row = 0
        for part in parts:
            joined[row : row + part.shape[0]] = part[:, left : left + wide]
            row += part.shape[0]
        found.append(deflate(joined))
    return found


def _halved(grid: Grid) -> list[Grid]:
    """Return the grid, and each half as fine, until one fits a tile."""
    found = [grid]
    while max(found[-1].height, found[-1].width) > TILE:
        found.append(found[-1].coarsened(2))
    return found
