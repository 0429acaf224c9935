"""Which parts of a scene are looked at for registration and radiometry, before the one streamed pass.

Whole storage blocks spread over the scene, never a decimated read: without overviews that decodes everything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.edges import Patch
from lvgeo.imagery.grid import Window
from lvgeo.imagery.scene_window import Pixels, seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import ThreadPoolExecutor

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import SceneFile
    from lvgeo.imagery.scene_reader import SceneReader
    from lvgeo.imagery.shade import Shade

__all__ = ["Sample", "brightness", "glanced", "patches_of", "sample_windows", "sampled"]

PATCH_PX: Final = 512
SHARE: Final = 0.05  # of the scene's blocks; DESIGN §1
FLOOR_PX: Final = 1024 * 1024  # a small scene is looked at whole
CEILING: Final = 16  # patches: more do not move the estimates
MIN_SIDE_PX: Final = 128  # of a window in the grid's pixels, where those are made of many of the file's
ENOUGH_PX: Final = 100_000  # observed pixels; fewer, and more windows are looked at


def sample_windows(grid: Grid, files: Sequence[SceneFile]) -> tuple[list[Window], list[Window]]:
    """Windows of a village's grid to sample, in a fixed order, and those to turn to where these show nothing.

    Parameters
    ----------
    grid
        The village's grid.
    files
        The scene's files; windows are aligned to the first one's blocks, so that a window decodes no block twice.

    Returns
    -------
    tuple[list[Window], list[Window]]
        One window of the whole where that is no more than about a million pixels, else 512 px squares, or of a narrower
        grid pieces of about the same size.
    """
    nested = grid.nested_in(files[0].grid) or (1, 0, 0)
    side = max(MIN_SIDE_PX, PATCH_PX // nested[0])
    if grid.height * grid.width * nested[0] ** 2 <= FLOOR_PX:
        return [grid.whole], []
    height, width = _piece(grid, side)
    rows = _starts(grid.height, -(nested[1] // nested[0]) % side, height)
    cols = _starts(grid.width, -(nested[2] // nested[0]) % side, width)
    places = [Window(row, col, height, width) for row in rows for col in cols]
    wanted = max(FLOOR_PX / nested[0] ** 2, SHARE * grid.height * grid.width) / (height * width)
    count = min(len(places), CEILING, math.ceil(wanted))
    picked = [int(k) for k in np.unique(np.linspace(0, len(places) - 1, count).round().astype(int))]
    rest = [places[k] for k in range(len(places)) if k not in set(picked)]
    return [places[k] for k in picked], rest + _margins(grid, (rows, height), (cols, width))


@dataclass(frozen=True, slots=True)
class Sample:
    """A window that was looked at.

    Parameters
    ----------
    window
        In the village's grid.
    pixels
        What it shows.
    seen
        (y, x); observed ground of it.
    """

    window: Window
    pixels: Pixels
    seen: NDArray[np.bool_]

    @staticmethod
    def of(window: Window, pixels: Pixels) -> Sample:
        """Look at a window."""
        return Sample(window, pixels, seen(pixels))

    def without(self, ground: NDArray[np.bool_]) -> Sample:
        """Leave out some of its ground, (y, x)."""
        return replace(
            self, pixels=replace(self.pixels, valid=self.pixels.valid & ~ground), seen=self.seen & ~ground
        )  # fmt: skip

    @property
    def known_px(self) -> int:
        """Pixels of observed ground."""
        return int(np.count_nonzero(self.seen))

    def observed(self, step: int) -> NDArray[np.uint8]:
        """Every so manieth pixel of observed ground, (band, n)."""
        flat = self.pixels.values.reshape(self.pixels.values.shape[0], -1)
        if self.seen.all():
            return flat[:, ::step]
        return flat[:, np.flatnonzero(self.seen)[::step]]


def sampled(
    readers: Sequence[SceneReader], files: Sequence[SceneFile], pool: ThreadPoolExecutor, shade: Shade | None = None
) -> list[Sample]:
    """Read the sampled windows that show ground; where they show next to none, others are looked at one by one.

    A scene with a wide collar may have its ground where no sampled window lies.

    Parameters
    ----------
    readers
        Of the same scene, one a thread.
    files
        The scene's.
    pool
        Where the windows are read.
    shade
        Ground that is left out.
    """
    first, rest = sample_windows(readers[0].grid, files)
    count = len(readers)
    parts = pool.map(lambda k: [_looked(readers[k], one, shade) for one in first[k::count]], range(count))
    each = list(parts)
    found = [each[k % count][k // count] for k in range(len(first))]
    return _enough(readers[0], [one for one in found if one.known_px], rest, shade)


def _looked(reader: SceneReader, window: Window, shade: Shade | None) -> Sample:
    found = Sample.of(window, reader.read(window))
    return found if shade is None else found.without(shade.within(window))


def glanced(reader: SceneReader, files: Sequence[SceneFile]) -> list[Sample]:
    """Read windows one by one until enough ground was seen to measure a share of its pixels."""
    first, rest = sample_windows(reader.grid, files)
    return _enough(reader, [], [*first, *rest])


def _enough(
    reader: SceneReader, found: list[Sample], rest: Sequence[Window], shade: Shade | None = None
) -> list[Sample]:
    known = sum(one.known_px for one in found)
    for window in rest:
        if known >= ENOUGH_PX:
            break
        fresh = _looked(reader, window, shade)
        if fresh.known_px:
            found.append(fresh)
            known += fresh.known_px
    return found


def _margins(grid: Grid, down: tuple[list[int], int], across: tuple[list[int], int]) -> list[Window]:
    """Windows of what is left around whole ones, whose first rows and columns, and sides, are given."""
    (rows, height), (cols, width) = down, across
    tall = [(0, rows[0]), *((row, height) for row in rows), (rows[-1] + height, grid.height - rows[-1] - height)]
    wide = [(0, cols[0]), *((col, width) for col in cols), (cols[-1] + width, grid.width - cols[-1] - width)]
    whole = {(row, col) for row in rows for col in cols}
    return [
        Window(row, col, high, broad)
        for row, high in tall
        for col, broad in wide
        if high > 0 and broad > 0 and (row, col) not in whole
    ]


def _piece(grid: Grid, side: int) -> tuple[int, int]:
    """Rows and columns of a window: a square, or where the grid is narrower so much longer, in whole sides."""

    def longer(short: int, length: int) -> int:
        return min(length, side * max(1, side // short))

    height, width = min(side, grid.height), min(side, grid.width)
    tall = longer(width, grid.height) if width < side else height
    wide = longer(height, grid.width) if height < side else width
    return tall, wide


def _starts(length: int, first: int, side: int) -> list[int]:
    found = list(range(first, length - side + 1, side))
    return found or [0]


def patches_of(before: Sequence[Sample], after: Sequence[Sample]) -> list[Patch]:
    """Pieces of both scenes to register, from the same windows of each."""
    return [
        Patch(brightness(b.pixels.values), brightness(a.pixels.values), b.seen & a.seen, b.window.row, b.window.col)
        for b, a in zip(before, after, strict=True)
    ]


def brightness(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean over bands, (band, y, x) → (y, x) float32."""
    mean: NDArray[np.float32] = values.mean(axis=0, dtype=np.float32)
    return mean
