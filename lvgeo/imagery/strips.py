"""Read a scene strip by strip: decoded in threads, handed on in order, where asked with rows of the neighbours."""

from __future__ import annotations

import contextlib
import itertools
import math
import queue
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.registration import displacements
from lvgeo.imagery.scene_reader import Pixels, SceneReader, read_bent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future, ThreadPoolExecutor

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid, Window
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import Role, SceneFile

__all__ = ["Stream", "decoded", "opened", "strip_rows", "with_halo"]

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


@contextlib.contextmanager
def opened(stream: Stream, roles: tuple[Role, ...], count: int) -> Iterator[list[SceneReader]]:
    """As many readers as threads: none is shared."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(SceneReader(stream.files, stream.grid, roles, stream.scale)) for _ in range(count)]


def decoded(
    readers: Sequence[SceneReader], stream: Stream, windows: Sequence[Window], pool: ThreadPoolExecutor
) -> Iterator[Pixels]:
    """Read strips in order, decoded ahead."""
    free: queue.SimpleQueue[SceneReader] = queue.SimpleQueue()
    for reader in readers:
        free.put(reader)

    def read(window: Window) -> Pixels:
        mine = free.get()
        try:
            return _registered(mine, window, stream)
        finally:
            free.put(mine)

    coming: deque[Future[Pixels]] = deque()
    for window in windows:
        coming.append(pool.submit(read, window))
        if len(coming) >= len(readers):
            yield coming.popleft().result()
    while coming:
        yield coming.popleft().result()


def _registered(reader: SceneReader, window: Window, stream: Stream) -> Pixels:
    """Read a window where its content lies: one shift, or each pixel by the field."""
    registration, grid = stream.registration, stream.grid
    if not registration.bend:
        return reader.read(window, registration.shift)
    place = (window.row, window.col, window.height, window.width)
    return read_bent(reader, window, displacements(registration, place, (grid.height, grid.width)))


def with_halo(strips: Iterator[Pixels], halo: int) -> Iterator[tuple[int, NDArray[np.uint8], NDArray[np.bool_]]]:
    """Each strip with rows of its neighbours above and below; at the scene's ends its own edge is repeated."""
    if halo == 0:
        for k, pixels in enumerate(strips):
            yield k, pixels.values, pixels.valid
        return
    above: Pixels | None = None
    here = next(strips)
    for k in itertools.count():
        below = next(strips, None)
        values = (_rows(above, here, -halo).values, here.values, _rows(below, here, halo).values)
        valid = (_rows(above, here, -halo).valid, here.valid, _rows(below, here, halo).valid)
        yield k, np.concatenate(values, axis=1), np.concatenate(valid, axis=0)
        if below is None:
            return
        # The last rows are all that is needed of it: a whole strip is not held for them.
        above = Pixels(here.values[:, -halo:].copy(), here.valid[-halo:].copy())
        here = below


def _rows(neighbour: Pixels | None, here: Pixels, halo: int) -> Pixels:
    """Rows of a neighbour that touch a strip: the last ones of that above (halo < 0), the first of that below."""
    if neighbour is None or neighbour.valid.shape[0] < abs(halo):
        edge = [0] * -halo if halo < 0 else [-1] * halo
        return Pixels(here.values[:, edge], here.valid[edge])
    rows = slice(halo, None) if halo < 0 else slice(None, halo)
    return Pixels(neighbour.values[:, rows], neighbour.valid[rows])


def strip_rows(factor: int, stream: Stream) -> int:
    """Rows of the grid read at a time: multiples of the preview's and the collar's cells, and of the file's blocks.

    A strip that ends within a row of blocks has them decoded twice.
    """
    file = stream.files[0]
    nested = stream.grid.nested_in(file.grid)
    side = nested[0] if nested is not None else 1
    cells = math.lcm(factor, 8)
    blocks = math.lcm(cells, file.block_rows // math.gcd(file.block_rows, side))
    row_px = stream.grid.width * side * side
    unit = blocks if blocks * row_px <= 2 * STRIP_PX else cells
    return unit * max(1, min(STRIP_ROWS, STRIP_PX // max(row_px, 1)) // unit)
