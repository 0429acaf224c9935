"""The one pass over a scene: strips are decoded and classified in threads, and packed in order.

Strips are read, classified and packed in the same places whatever the number of threads, so the bytes are the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.collar import COARSE, CollarFinder
from lvgeo.imagery.kernel import CANOPY, COLLAR, NOT_OBSERVED, OTHER, tally
from lvgeo.imagery.packing import join, part
from lvgeo.imagery.preview import PreviewBuilder
from lvgeo.imagery.seams import Givers
from lvgeo.imagery.strips import Stream, cut, each

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import ThreadPoolExecutor

    from numpy.typing import NDArray

    from lvgeo.imagery.collar import Collar
    from lvgeo.imagery.grid import Window
    from lvgeo.imagery.model import Reader
    from lvgeo.imagery.pyramid import Pyramid
    from lvgeo.imagery.scene import Role
    from lvgeo.imagery.scene_reader import Pixels
    from lvgeo.imagery.store import Preview

__all__ = ["Seen", "Stream", "classify_strips"]

RGB: Final[tuple[Role, ...]] = ("red", "green", "blue")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the pass saw beside the classes.

    Parameters
    ----------
    preview
        The scene in small.
    observed_share
        Part of the grid that was observed, 0 to 1.
    givers
        Which file gave what; where there are seams.
    """

    preview: Preview
    observed_share: float
    givers: Givers


@dataclass(frozen=True, slots=True, eq=False)
class _Strip:
    """Joined classes of a strip, (y, bytes), and how many pixels each has, (4,)."""

    joined: NDArray[np.uint8]
    counts: NDArray[np.int64]

    @property
    def observed(self) -> int:
        return int(self.counts[OTHER] + self.counts[CANOPY])


def classify_strips(stream: Stream, reader: Reader, tiles: Pyramid, pool: ThreadPoolExecutor, threads: int) -> Seen:
    """Classify a scene into an open raster.

    Parameters
    ----------
    stream
        What is read.
    reader
        The model, compiled for the scene.
    tiles
        Open for writing and reading.
    pool
        Does the work.
    threads
        Strips in work at a time.
    """
    grid = stream.grid
    builder = PreviewBuilder(grid)
    extra = tuple(r for r in RGB if r not in stream.roles and all(getattr(f.bands, r) for f in stream.files))
    stream = replace(stream, roles=(*stream.roles, *extra))
    halo = reader.halo_px
    cutting = cut(stream, halo, math.lcm(builder.factor, COARSE))
    windows = [strip.told for strip in cutting.strips]
    settling = _Settling(tiles, windows, CollarFinder(grid.height, grid.width))
    collars = not all(f.masked for f in stream.files)

    def classified(k: int, pixels: Pixels) -> _Strip:
        found = reader.classify(pixels.values[:3], pixels.valid, collars=collars)
        inner = slice(halo, halo + found.shape[0])
        builder.add(windows[k].row, _visible(pixels.values[:, inner], stream.roles), pixels.valid[inner])
        return settling.looked(k, found, collars=collars)

    givers = Givers(grid, len(stream.files))
    for k, strip in enumerate(each(stream, cutting, classified, (pool, threads), givers)):
        settling.take(k, strip)
    whole = grid.height * grid.width
    return Seen(builder.preview(), settling.settle() / whole, givers)


class _Settling:
    """Strips on their way into the raster; which of their pure pixels are the collar is known after the last.

    A small scene is held until then, a large one is packed at once, and read again only where a collar reaches.
    """

    def __init__(self, tiles: Pyramid, windows: Sequence[Window], finder: CollarFinder) -> None:
        self._tiles, self._windows, self._finder = tiles, windows, finder
        self._held: list[NDArray[np.uint8]] = []
        self._observed = np.zeros(len(windows), np.int64)
        self._pure = set[int]()

    def looked(self, k: int, joined: NDArray[np.uint8], *, collars: bool) -> _Strip:
        """Note the strip's pure and unobserved cells; pure pixels that cannot be the collar become ground."""
        window = self._windows[k]
        counts = tally(joined, window.width)
        if collars and (counts[COLLAR] or counts[NOT_OBSERVED]):
            self._finder.add(window.row, joined)
            counts = tally(joined, window.width)
        return _Strip(joined, counts)

    def take(self, k: int, strip: _Strip) -> None:
        """Take the next strip."""
        self._observed[k] = strip.observed
        if strip.counts[COLLAR]:
            self._pure.add(k)
        if self._finder.exact:
            self._held.append(strip.joined)
        else:
            self._tiles.add(strip.joined)

    def settle(self) -> int:
        """Say which pure pixels are the collar; observed pixels of the whole."""
        collar = self._finder.collar()
        for k, joined in enumerate(self._held):
            self._held[k] = joined[:0]
            reached, width = self._reached(collar, k), self._windows[k].width
            self._tiles.add(join(self._settled(collar, k, part(joined, width))) if reached else joined)
        self._tiles.settled()
        if not self._held:
            for k, window in enumerate(self._windows):
                if self._reached(collar, k):
                    self._tiles.write(window, self._settled(collar, k, self._tiles.read(window)))
        return int(self._observed.sum())

    def _settled(self, collar: Collar, k: int, classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        classes = collar.settle(self._windows[k].row, classes)
        self._observed[k] = np.count_nonzero(classes)
        return classes

    def _reached(self, collar: Collar, k: int) -> bool:
        window = self._windows[k]
        return k in self._pure or collar.reaches(window.row, window.height)


def _visible(values: NDArray[np.uint8], roles: Sequence[Role]) -> NDArray[np.uint8]:
    """Red, green and blue for the preview; a missing band borrows the first."""
    if tuple(roles[:3]) == RGB:
        return values[:3]
    order = [roles.index(role) if role in roles else 0 for role in RGB]
    return values[order]
