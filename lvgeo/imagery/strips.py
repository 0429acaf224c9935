"""Cut a scene into strips, decode them in threads, and hand each on with the rows around it.

A strip ends where a row of the file's blocks ends, wherever the scene lies on its grid: a block is decoded once. What
can be told from a strip ends a little higher, where the next one's rows are not needed; the rows that both need are
kept from one to the next. Every thread has one reader and one buffer, so memory does not grow with the scene.
"""

from __future__ import annotations

import contextlib
import math
import queue
from collections import deque
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from lvgeo.imagery.grid import Window
from lvgeo.imagery.registered import read_registered
from lvgeo.imagery.scene_reader import Pixels, SceneReader
from lvgeo.imagery.scene_window import columns_held

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import Role, SceneFile
    from lvgeo.imagery.seams import Givers

__all__ = ["Stream", "Strip", "cut", "each"]

Told = TypeVar("Told")

STRIP_PX: Final = 2**24  # pixels decoded at a time by one thread: 512 rows of a file 32768 px wide
STRIP_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class Stream:
    """What is read, and how.

    Parameters
    ----------
    files, grid
        The scene and the village's grid.
    roles
        Bands that the model takes.
    scale
        Digital numbers that become 0 and 255 in files of more than 8 bits.
    registration
        By how far the scene's content lies off its place.
    """

    files: Sequence[SceneFile]
    grid: Grid
    roles: tuple[Role, ...]
    scale: tuple[float, float]
    registration: Registration


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows that are read, and rows of which something can be told once they are, with those kept from before."""

    read: Window
    told: Window


@dataclass(frozen=True, slots=True)
class Cutting:
    """Strips of a scene, top down.

    Parameters
    ----------
    strips
        Together they tell of every row once.
    halo, cell
        Rows needed around what is told, and what its first row is a multiple of.
    """

    strips: tuple[Strip, ...]
    halo: int
    cell: int

    @property
    def kept(self) -> int:
        """Rows of a strip that the next one may need."""
        return 2 * self.halo + self.cell

    @property
    def most(self) -> int:
        """Rows of the highest strip."""
        return max(strip.read.height for strip in self.strips)


def cut(stream: Stream, halo: int, cell: int) -> Cutting:
    """Cut a scene.

    Parameters
    ----------
    stream
        What is read.
    halo
        Rows that are needed above and below those of which something is told.
    cell
        What the first row told of shall be a multiple of.
    """
    grid = stream.grid
    rows, first = _rows(stream, 2 * halo + cell)
    ends = [end for end in range(first, grid.height, rows) if end >= 2 * halo + cell]
    strips, start, told = list[Strip](), 0, 0
    for end in [*ends, grid.height]:
        last = grid.height if end == grid.height else (end - halo) // cell * cell
        strips.append(Strip(Window(start, 0, end - start, grid.width), Window(told, 0, last - told, grid.width)))
        start, told = end, last
    return Cutting(tuple(strips), halo, cell)


def _rows(stream: Stream, least: int) -> tuple[int, int]:
    """Rows of the grid read at a time, and how many of them first, so that both end where a row of blocks does."""
    file, grid = stream.files[0], stream.grid
    side, row, _ = grid.nested_in(file.grid) or (1, 0, 0)
    # Of a finer file a part of the columns is held at a time; of others the whole row is what is made.
    row_px = (grid.width if side == 1 else min(grid.width, columns_held(file, side))) * side * side
    unit = file.block_rows // math.gcd(file.block_rows, side)
    if unit * row_px > 2 * STRIP_PX:
        unit = 1
    wanted = max(least, min(STRIP_ROWS, STRIP_PX // max(row_px, 1)))
    rows = -(-least // unit) * unit if wanted < unit else wanted // unit * unit
    rows = max(rows, -(-least // unit) * unit)
    off = row + round(side * stream.registration.shift[0])
    first = next((k for k in range(1, unit + 1) if (off + side * k) % file.block_rows == 0), unit)
    return rows, first + (rows - unit)


class _Buffer:
    """A thread's reader, and the pixels of the strip that it works on, with room for the rows around."""

    def __init__(self, reader: SceneReader, stream: Stream, cutting: Cutting) -> None:
        self.reader, self._stream, self._cutting = reader, stream, cutting
        shape = (cutting.kept + cutting.most + cutting.halo, stream.grid.width)
        self._values = np.empty((len(reader.roles), *shape), np.uint8)
        self._valid = np.empty(shape, np.bool_)

    def _part(self, first: int, last: int) -> Pixels:
        return Pixels(self._values[:, first:last], self._valid[first:last])

    def read(self, strip: Strip) -> Pixels:
        """Decode a strip's own rows; those that the next one needs, as a copy."""
        cutting, last = self._cutting, self._cutting.kept + strip.read.height
        read_registered(self.reader, strip.read, self._stream.registration, self._part(cutting.kept, last))
        kept = strip.read.row + strip.read.height - (strip.told.row + strip.told.height) + cutting.halo
        end = self._part(last - kept, last)
        return Pixels(end.values.copy(), end.valid.copy())

    def around(self, strip: Strip, above: Pixels | None) -> Pixels:
        """Pixels of the rows told of, with the halo; at the scene's ends its own edge is repeated."""
        halo, first = self._cutting.halo, self._cutting.kept
        last = first + strip.read.height
        if above is None:
            self._fill(first - halo, first, self._part(first, first + 1))
        else:
            self._fill(first - above.valid.shape[0], first, above)
        if strip.told.row + strip.told.height == strip.read.row + strip.read.height:
            self._fill(last, last + halo, self._part(last - 1, last))
        start = first + strip.told.row - strip.read.row
        return self._part(start - halo, start + strip.told.height + halo)

    def _fill(self, first: int, last: int, pixels: Pixels) -> None:
        self._values[:, first:last], self._valid[first:last] = pixels.values, pixels.valid


def each(
    stream: Stream,
    cutting: Cutting,
    tell: Callable[[int, Pixels], Told],
    workers: tuple[ThreadPoolExecutor, int],
    givers: Givers,
) -> Iterator[Told]:
    """Read and tell of every strip, in order.

    Parameters
    ----------
    stream, cutting
        What is read, and in which strips.
    tell
        Of a strip's number and its pixels with the halo, which are overwritten once it returns.
    workers
        The pool, and how many strips may be in work: as many as it has threads. One more waits its turn.
    givers
        Told which file gave what.
    """
    pool, threads = workers
    kept = {k: Future[Pixels]() for k in range(len(cutting.strips))}
    with contextlib.ExitStack() as stack:
        buffers = queue.SimpleQueue[_Buffer]()
        readers = [SceneReader(stream.files, stream.grid, stream.roles, stream.scale) for _ in range(threads)]
        for reader in readers:
            buffers.put(_Buffer(stack.enter_context(reader), stream, cutting))

        def done(k: int) -> Told:
            buffer = buffers.get()
            try:
                _keep(kept[k], buffer, cutting.strips[k])
                above = kept[k - 1].result() if k else None  # its strip was begun before: it waits for nothing
                kept.pop(k - 1, None)
                return tell(k, buffer.around(cutting.strips[k], above))
            finally:
                buffers.put(buffer)

        coming = deque[tuple[int, Future[Told]]]()
        # Entered last, left first: no reader is closed while a thread still reads with it.
        stack.callback(_end, coming, kept)
        for k in range(len(cutting.strips)):
            coming.append((k, pool.submit(done, k)))
            if len(coming) > threads:
                yield coming.popleft()[1].result()
        while coming:
            yield coming.popleft()[1].result()
        for reader in readers:
            givers.merge(reader.givers)


def _end(coming: Collection[tuple[int, Future[Told]]], kept: Mapping[int, Future[Pixels]]) -> None:
    """Begin no more, and wait for what was begun: where one strip breaks, others are in work."""
    for k, one in coming:
        if one.cancel():
            kept[k].cancel()  # the next strip may have begun meanwhile, and would wait for its rows for ever
    wait([one for _, one in coming])


def _keep(promise: Future[Pixels], buffer: _Buffer, strip: Strip) -> None:
    """Read a strip and hand its last rows on; who waits for them hears of what went wrong."""
    try:
        promise.set_result(buffer.read(strip))
    except BaseException as error:
        promise.set_exception(error)
        raise
