"""The one pass over a scene: decode strips in threads, classify each with its halo, write in order.

Strips are read, classified and written in the same places whatever the number of threads, so the bytes are the same.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import queue
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rasterio.windows import Window as RioWindow

from lvgeo.imagery.collar import CollarFinder
from lvgeo.imagery.kernel import CANOPY, COLLAR, NOT_OBSERVED, OTHER, tally
from lvgeo.imagery.preview import PreviewBuilder
from lvgeo.imagery.registration import displacements
from lvgeo.imagery.scene_reader import Pixels, SceneReader, read_bent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from lvgeo.imagery.canopy import Reader
    from lvgeo.imagery.grid import Grid, Window
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import Role, SceneFile
    from lvgeo.imagery.store import Preview

__all__ = ["Seen", "Stream", "classify_strips"]

RGB: Final[tuple[Role, ...]] = ("red", "green", "blue")
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
class Seen:
    """What the pass saw beside the classes.

    Parameters
    ----------
    preview
        The scene in small.
    observed_share
        Part of the grid that was observed, 0 to 1.
    given_share
        Part of the grid that each file gave; more than one above zero, and there are seams.
    """

    preview: Preview
    observed_share: float
    given_share: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Strip:
    """Classes (y, x) of a strip, and how many pixels each has, (4,)."""

    classes: NDArray[np.uint8]
    counts: NDArray[np.int64]


def classify_strips(stream: Stream, reader: Reader, raw: Any, threads: int) -> Seen:
    """Classify a scene into an open raster.

    Parameters
    ----------
    stream
        What is read.
    reader
        The model, compiled for the scene.
    raw
        Open for writing and reading; one band of classes.
    threads
        Strips in work at a time.
    """
    grid = stream.grid
    finder, builder = CollarFinder(grid.height, grid.width), PreviewBuilder(grid)
    extra = tuple(r for r in RGB if r not in stream.roles and all(getattr(f.bands, r) for f in stream.files))
    roles = (*stream.roles, *extra)
    collars = not all(f.masked for f in stream.files)
    windows = list(grid.strips(_strip_rows(builder.factor, stream)))
    pure, observed = set[int](), 0

    def classified(k: int, values: NDArray[np.uint8], valid: NDArray[np.bool_]) -> _Strip:
        found = reader.classify(values[:3], valid, collars=collars)
        halo = reader.halo_px
        inner = slice(halo, halo + found.shape[0])
        builder.add(windows[k].row, _visible(values[:, inner], roles), valid[inner])
        return _Strip(found, tally(found))

    with ThreadPoolExecutor(threads) as pool, _opened(stream, roles, threads) as readers:
        strips = _decoded(readers, stream, windows, pool)
        pending: deque[tuple[int, Future[_Strip]]] = deque()
        for k, values, valid in _with_halo(strips, reader.halo_px):
            pending.append((k, pool.submit(classified, k, values, valid)))
            if len(pending) >= threads:
                observed += _write(raw, windows, pending.popleft(), finder, pure, collars=collars)
        while pending:
            observed += _write(raw, windows, pending.popleft(), finder, pure, collars=collars)
        given = np.sum([one.given_px for one in readers], axis=0)
    if pure:
        observed = _settle(raw, windows, finder, pure)
    whole = grid.height * grid.width
    return Seen(builder.preview(), observed / whole, tuple(float(px) / whole for px in given))


@contextlib.contextmanager
def _opened(stream: Stream, roles: tuple[Role, ...], count: int) -> Iterator[list[SceneReader]]:
    """As many readers as threads: none is shared."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(SceneReader(stream.files, stream.grid, roles, stream.scale)) for _ in range(count)]


def _decoded(
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


def _with_halo(strips: Iterator[Pixels], halo: int) -> Iterator[tuple[int, NDArray[np.uint8], NDArray[np.bool_]]]:
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


def _write(
    raw: Any,
    windows: Sequence[Window],
    done: tuple[int, Future[_Strip]],
    finder: CollarFinder,
    pure: set[int],
    *,
    collars: bool,
) -> int:
    """Write a strip's classes, note where pure black or white is; observed pixels."""
    k, future = done
    strip = future.result()
    classes, counts = strip.classes, strip.counts
    if collars and (counts[COLLAR] or counts[NOT_OBSERVED]):
        finder.add(windows[k].row, classes)
    if counts[COLLAR]:
        pure.add(k)
    raw.write(classes, 1, window=_rio(windows[k]))
    return int(counts[OTHER] + counts[CANOPY])


def _settle(raw: Any, windows: Sequence[Window], finder: CollarFinder, pure: set[int]) -> int:
    """Say which pure pixels are the collar, strip by strip; observed pixels of the whole."""
    collar = finder.collar()
    observed = 0
    for k, window in enumerate(windows):
        classes = raw.read(1, window=_rio(window))
        if k in pure or not collar.empty:
            settled = collar.settle(window.row, classes)
            if not np.array_equal(settled, classes):
                raw.write(settled, 1, window=_rio(window))
            classes = settled
        observed += int(np.count_nonzero(classes))
    return observed


def _strip_rows(factor: int, stream: Stream) -> int:
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


def _visible(values: NDArray[np.uint8], roles: Sequence[Role]) -> NDArray[np.uint8]:
    """Red, green and blue for the preview; a missing band borrows the first."""
    if tuple(roles[:3]) == RGB:
        return values[:3]
    order = [roles.index(role) if role in roles else 0 for role in RGB]
    return values[order]


def _rio(window: Window) -> RioWindow:
    return RioWindow(window.col, window.row, window.width, window.height)
