"""Read a registered scene where its content lies: off by one shift, or each pixel by the field where it bends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import shapely.affinity

from lvgeo.imagery.edges import same_ground
from lvgeo.imagery.grid import Window
from lvgeo.imagery.registration import displacements, field_at

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.sample import Sample
    from lvgeo.imagery.scene_reader import Pixels, SceneReader

__all__ = ["bent_from", "beside", "lying", "read_bent", "read_registered"]


def read_registered(
    reader: SceneReader, window: Window, registration: Registration, into: Pixels | None = None
) -> Pixels:
    """Read a window where its content lies.

    Parameters
    ----------
    reader
        Of the scene, on the grid that it was registered on.
    window
        In that grid; may reach beyond it.
    registration
        How the scene lies against its baseline.
    into
        Where to put the pixels, by default somewhere new.

    Raises
    ------
    InputRefusedError
        If a block cannot be decoded.
    """
    if not registration.bend:
        return reader.read(window, registration.shift, into)
    found = read_bent(reader, window, displacements(registration, window, (reader.grid.height, reader.grid.width)))
    if into is None:
        return found
    into.values[:], into.valid[:] = found.values, found.valid
    return into


def read_bent(reader: SceneReader, window: Window, displaced: NDArray[np.float32]) -> Pixels:
    """Read a window whose pixels each lie off their place by an amount of their own.

    Parameters
    ----------
    reader
        Of the scene.
    window
        In the reader's grid.
    displaced
        (2, height, width) rows and columns, to the nearest whole pixel of the grid.

    Raises
    ------
    InputRefusedError
        If a block cannot be decoded.
    """
    around, rows, cols = bent_from(window, displaced)
    pixels = reader.read(around)
    return replace(pixels, values=np.ascontiguousarray(pixels.values[:, rows, cols]), valid=pixels.valid[rows, cols])


def beside(before: Sample, after: Sample, registration: Registration, extent: tuple[int, int]) -> tuple[Pixels, Pixels]:
    """Parts of a sampled window of two scenes that show the same ground, to whole pixels; nothing is read again.

    Parameters
    ----------
    before, after
        The same window of the baseline and of the scene, both as delivered.
    registration
        How the scene lies against its baseline.
    extent
        Rows and columns of the grid.
    """
    one, two = before.pixels, after.pixels
    if not registration.bend:
        here, there = same_ground(one.valid.shape, (round(registration.shift[0]), round(registration.shift[1])))
        return _cut(one, here), _cut(two, there)
    around, rows, cols = bent_from(before.window, displacements(registration, before.window, extent))
    rows, cols = rows + around.row - before.window.row, cols + around.col - before.window.col
    height, width = two.valid.shape
    known = (rows >= 0) & (rows < height) & (cols >= 0) & (cols < width)
    rows, cols = np.clip(rows, 0, height - 1), np.clip(cols, 0, width - 1)
    moved = _cut(two, (rows, cols))
    return one, replace(moved, valid=moved.valid & known)


def _cut(pixels: Pixels, place: tuple[Any, Any]) -> Pixels:
    return replace(pixels, values=pixels.values[:, *place], valid=pixels.valid[place])


def bent_from(window: Window, displaced: NDArray[np.float32]) -> tuple[Window, NDArray[np.int32], NDArray[np.int32]]:
    """Window that holds all of what a bent one shows, and the row and column in it of each pixel, (y, x)."""
    off = np.round(displaced).astype(np.int32)
    top, left = int(off[0].min()), int(off[1].min())
    around = Window(
        window.row + top,
        window.col + left,
        window.height + int(off[0].max()) - top,
        window.width + int(off[1].max()) - left,
    )
    rows = np.arange(window.height, dtype=np.int32)[:, None] + off[0] - np.int32(top)
    cols = np.arange(window.width, dtype=np.int32)[None, :] + off[1] - np.int32(left)
    return around, rows, cols


def lying(shape: BaseGeometry, grid: Grid, registration: Registration) -> BaseGeometry:
    """Return where a shape's ground lies in the scene as delivered.

    Parameters
    ----------
    shape
        In the grid's CRS; its corners are moved, so that an edge should be short beside the field's bend.
    grid
        That the scene was registered on.
    registration
        How the scene lies against its baseline.
    """
    t = grid.transform
    if not registration.bend:
        rows, cols = registration.shift
        return shapely.affinity.translate(shape, cols * t.a, rows * t.e)

    def moved(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        col, row = ~t @ (x, y)
        rows, cols = field_at(registration, np.asarray(row) / grid.height, np.asarray(col) / grid.width)
        return x + cols * t.a, y + rows * t.e

    found: BaseGeometry = shapely.transform(shape, moved, interleaved=False)
    return found
