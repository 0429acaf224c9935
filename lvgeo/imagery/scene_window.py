"""Read windows of one file, wherever they lie on it: in place where its pixels are taken as they are, else aside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rasterio.enums import MaskFlags
from rasterio.windows import Window as RioWindow
from scipy.ndimage import binary_dilation

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.grid import Window
from lvgeo.imagery.kernel import shrink
from lvgeo.imagery.scene import translated
from lvgeo.imagery.scene_bands import alpha_band, alpha_over_nodata
from lvgeo.imagery.stretch import stretched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.scene import Bands, Role, SceneFile

__all__ = ["FileReader", "Pixels", "columns_held", "seen"]

HELD_PX: Final = 8192  # columns of a file that are held at a time where many of its pixels make one of the grid's
COLLAR_PX: Final = 3  # compressed edges are fuzzy this far in


@dataclass(frozen=True, slots=True)
class Pixels:
    """A window's pixels.

    Parameters
    ----------
    values
        (role, y, x) uint8.
    valid
        (y, x); True where observed. A collar that no mask marks is still True here.
    marked
        Whether every file says what it observed.
    """

    values: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    marked: bool = False


def _pure(values: NDArray[np.uint8], off: int) -> NDArray[np.bool_]:
    """Return True where every band is no farther off 0, or off 255, than that; (band, y, x) → (y, x)."""
    some, every = np.bitwise_or.reduce(values, axis=0), np.bitwise_and.reduce(values, axis=0)
    found: NDArray[np.bool_] = (some <= off) | (every >= 255 - off)
    return found


def seen(pixels: Pixels) -> NDArray[np.bool_]:
    """Ground that was surely observed: valid, and away from pure black or white.

    For a sample, and for choosing between flights, that is enough; which of it is a collar, and which a black roof, the
    streamed pass decides.
    """
    collar = _pure(pixels.values, 0 if pixels.marked else 1)  # where none is marked, JPEG may have made 1 of its 0
    if not collar.any():
        return pixels.valid
    away: NDArray[np.bool_] = pixels.valid & ~binary_dilation(collar, iterations=COLLAR_PX)
    return away


def _mask_band(opened: Any, bands: Bands) -> int:
    """Return the band that says what was observed, 0 where GDAL knows better: of more than four it sees no alpha."""
    both = alpha_over_nodata(opened, bands)
    if both or MaskFlags.all_valid not in opened.mask_flag_enums[0]:
        return both
    return alpha_band(opened, bands)


def columns_held(file: SceneFile, side: int) -> int:
    """Columns of a grid that are read at a time where `side` × `side` of a file's pixels make one of the grid's.

    So many that every time ends where blocks of the file end: no block is decoded twice.
    """
    step = file.block_cols // math.gcd(file.block_cols, side)
    return step * max(1, HELD_PX // (step * side))


class FileReader:
    """One open file of a scene.

    Parameters
    ----------
    file, opened
        What it says of itself, and its open dataset.
    nested
        How many of its pixels make one of the grid's along a side, and row and column in it where the grid begins.
    roles, scale
        Bands to read, and the digital numbers that become 0 and 255 where it has more than 8 bits.
    masked
        Whether its mask says what was observed.
    """

    def __init__(
        self,
        file: SceneFile,
        opened: Any,
        nested: tuple[int, int, int],
        roles: Sequence[Role],
        scale: tuple[float, float],
        *,
        masked: bool,
    ) -> None:
        self._file, self._opened, self._nested = file, opened, nested
        self._bands, self._scale, self._masked = file.bands.of(roles), scale, masked
        if 0 in self._bands:
            missing = ", ".join(role for role, band in zip(roles, self._bands, strict=True) if not band)
            raise InputRefusedError(
                Refusal("raster_band_roles", file=file.path, value=", ".join(file.roles_seen()), limit=missing)
            )
        self._alpha = _mask_band(opened, file.bands)
        tables = dict(file.levels)
        self._levels = [(k, np.frombuffer(tables[role], np.uint8)) for k, role in enumerate(roles) if role in tables]
        self._room = np.empty(0, file.dtype)  # used again by the next window
        self._known = np.empty(0, np.bool_)

    def read(self, window: Window, shift: tuple[float, float], into: Pixels) -> None:
        """Put the pixels of a window of the grid, whose content lies off by a shift, to the nearest pixel."""
        if self._nested[0] == 1 and self._file.dtype == "uint8" and not self._masked:
            self._straight(self._wanted(window, shift), into)
        else:
            for part, cols in self._parts(window, shift):
                raw, seen = self.numbers(part, shift)
                shrink(self._bytes(raw), seen, self._nested[0], (into.values[:, :, cols], into.valid[:, cols]))
        for role, table in self._levels:
            into.values[role] = table[into.values[role]]

    def _parts(self, window: Window, shift: tuple[float, float]) -> Iterator[tuple[Window, slice]]:
        """Parts of a window, from left to right, that are held one at a time; and their columns in it."""
        side, block = self._nested[0], self._file.block_cols
        if side == 1:
            yield window, slice(0, window.width)
            return
        held, off = columns_held(self._file, side), self._wanted(window, shift).col
        first = next((k for k in range(1, held + 1) if (off + side * k) % block == 0), held)
        begins = [0, *range(first, window.width, held)]
        for begin, end in zip(begins, [*begins[1:], window.width], strict=True):
            yield Window(window.row, window.col + begin, window.height, end - begin), slice(begin, end)

    def numbers(self, window: Window, shift: tuple[float, float]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Digital numbers (band, y, x) of the file's own pixels under a window, and which of them are observed (y, x).

        Both are overwritten by the next window.
        """
        with translated(self._file.path):
            raw, seen = self._aside(self._wanted(window, shift))
        if raw.dtype.kind == "f":
            finite = np.isfinite(raw).all(axis=0)
            if not finite.all():
                raw, seen = np.where(finite, raw, 0), seen & finite
        return raw, seen

    def _wanted(self, window: Window, shift: tuple[float, float]) -> Window:
        """Return a window of the grid in the file's own pixels."""
        factor, row, col = self._nested
        row += factor * window.row + round(factor * shift[0])
        col += factor * window.col + round(factor * shift[1])
        return Window(row, col, factor * window.height, factor * window.width)

    def _straight(self, wanted: Window, into: Pixels) -> None:
        """Decode a window in place; what lies beyond the file is not observed."""
        place = self._inside(wanted)
        if place is None or place[1] != (slice(0, wanted.height), slice(0, wanted.width)):
            into.values[:], into.valid[:] = 0, False
        if place is not None:
            inside, (rows, cols) = place
            with translated(self._file.path):
                self._opened.read(self._bands, window=inside, out=into.values[:, rows, cols])
            into.valid[rows, cols] = True

    def _aside(self, wanted: Window) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Decode a window of which some may lie beyond the file, into pixels of the reader's own."""
        shape, place = (wanted.height, wanted.width), self._inside(wanted)
        size, bands = wanted.height * wanted.width, len(self._bands)
        if self._room.size < bands * size:
            self._room, self._known = np.empty(bands * size, self._file.dtype), np.empty(size, np.bool_)
        raw, seen = self._room[: bands * size].reshape(bands, *shape), self._known[:size].reshape(shape)
        if place is None or place[1] != (slice(0, wanted.height), slice(0, wanted.width)):
            raw[:], seen[:] = 0, False
        if place is not None:
            inside, (rows, cols) = place
            self._opened.read(self._bands, window=inside, out=raw[:, rows, cols])
            seen[rows, cols] = self._mask(inside) > 0 if self._masked else True
        return raw, seen

    def _mask(self, inside: RioWindow) -> NDArray[Any]:
        """Numbers above 0 where the file says that it observed, (y, x)."""
        found: NDArray[Any] = (
            self._opened.read(self._alpha, window=inside) if self._alpha else self._opened.dataset_mask(window=inside)
        )
        return found

    def _inside(self, wanted: Window) -> tuple[RioWindow, tuple[slice, slice]] | None:
        """Part of a window that lies in the file, in the file and in the window."""
        top, left = max(0, wanted.row), max(0, wanted.col)
        bottom = min(self._opened.height, wanted.row + wanted.height)
        right = min(self._opened.width, wanted.col + wanted.width)
        if bottom <= top or right <= left:
            return None
        there = slice(top - wanted.row, bottom - wanted.row), slice(left - wanted.col, right - wanted.col)
        return RioWindow(left, top, right - left, bottom - top), there

    def _bytes(self, raw: NDArray[Any]) -> NDArray[np.uint8]:
        if self._file.dtype == "uint8":
            return np.asarray(raw, dtype=np.uint8)
        return stretched(raw, self._scale)
