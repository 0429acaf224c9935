"""Read windows of a village's files on one grid, in place where that can be, warped where it must."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window as RioWindow

from lvgeo.imagery.grid import Window
from lvgeo.imagery.kernel import shrink
from lvgeo.imagery.scene import open_tif, translated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import Role, SceneFile

__all__ = ["Pixels", "SceneReader", "read_bent"]

BLOCK_CACHE_BYTES: Final = 32 * 2**20  # GDAL would take 5 % of memory
_MARGIN: Final = 256  # pixels warped around the grid, so that a registration's shift still finds some


@dataclass(frozen=True, slots=True)
class Pixels:
    """A window's pixels.

    Parameters
    ----------
    values
        (role, y, x) uint8.
    valid
        (y, x); True where observed. A collar that no mask marks is still True here.
    """

    values: NDArray[np.uint8]
    valid: NDArray[np.bool_]


class SceneReader:
    """Reads windows of a village's files on one grid; a context manager, for one thread.

    Where the files' CRS and rotation are the grid's and its pixels are a whole number of theirs, a window is read in
    place, offset by whole pixels of the file and averaged; else the file is warped. The first file (by name) that
    observed a pixel gives it.

    Parameters
    ----------
    files
        The scene's files.
    grid
        What windows refer to.
    roles
        Bands to read, in the order they are returned.
    scale
        Digital numbers that become 0 and 255 in files of more than 8 bits.
    """

    def __init__(
        self, files: Sequence[SceneFile], grid: Grid, roles: Sequence[Role], scale: tuple[float, float] = (0.0, 255.0)
    ) -> None:
        self.files = tuple(files)
        self.grid = grid
        self.roles = tuple(roles)
        self.scale = scale
        self.given_px = [0] * len(self.files)
        self._stack = contextlib.ExitStack()
        self._scratch: NDArray[Any] | None = None  # a file's own pixels, used again by the next window of that size
        self._opened: list[tuple[SceneFile, Any, tuple[int, int, int] | None]] = []

    def __enter__(self) -> SceneReader:
        self._stack.enter_context(rasterio.Env(GDAL_CACHEMAX=BLOCK_CACHE_BYTES))
        for file in self.files:
            with translated(file.path):
                self._opened.append(self._enter(file))
        return self

    def _enter(self, file: SceneFile) -> tuple[SceneFile, Any, tuple[int, int, int] | None]:
        opened = self._stack.enter_context(open_tif(file.path))
        nested = self.grid.nested_in(file.grid)
        if nested is not None:
            return file, opened, nested
        finer = file.grid.ground_pixel_m < 0.9 * self.grid.ground_pixel_m
        warped = WarpedVRT(
            opened,
            crs=self.grid.crs.to_wkt(),
            resampling=Resampling.average if finer else Resampling.bilinear,
            add_alpha=opened.nodata is None and not _has_alpha(opened),
            transform=self.grid.transform @ type(self.grid.transform).translation(-_MARGIN, -_MARGIN),
            height=self.grid.height + 2 * _MARGIN,
            width=self.grid.width + 2 * _MARGIN,
        )
        return file, self._stack.enter_context(warped), None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def read(self, window: Window, shift: tuple[float, float] = (0.0, 0.0), into: Pixels | None = None) -> Pixels:
        """Read a window of the grid.

        Parameters
        ----------
        window
            In the grid's pixels; may reach beyond it.
        shift
            Rows and columns by which the scene's content lies off its true place: pixel (r, c) of the window is read
            at (r + shift[0], c + shift[1]), to the nearest whole pixel of the file.
        into
            Where to put the pixels, by default somewhere new.

        Raises
        ------
        InputRefusedError
            If a block cannot be decoded.
        """
        if into is None:
            into = Pixels(
                np.empty((len(self.roles), window.height, window.width), np.uint8),
                np.empty((window.height, window.width), np.bool_),
            )
        for number in range(len(self._opened)):
            if number == 0:
                self._first(window, shift, into)
                self.given_px[0] += int(np.count_nonzero(into.valid))
            else:
                self._fill_up(number, window, shift, into)
            if into.valid.all():
                break
        return into

    def _first(self, window: Window, shift: tuple[float, float], into: Pixels) -> None:
        """Put the first file's pixels, without a copy where they are taken as they are."""
        file, opened, nested = self._opened[0]
        wanted = self._wanted(nested, window, shift)
        if nested is not None and nested[0] == 1 and file.dtype == "uint8" and not file.masked:
            self._straight(file, opened, wanted, into)
            return
        raw, seen = self._raw(file, opened, nested, wanted)
        shrink(self._bytes(raw, file), seen, nested[0] if nested else 1, (into.values, into.valid))

    def _straight(self, file: SceneFile, opened: Any, wanted: Window, into: Pixels) -> None:
        """Decode a window of the file in place; what lies beyond the file is not observed."""
        inside = _inside(opened, wanted)
        if inside is None:
            into.values[:], into.valid[:] = 0, False
            return
        rows = slice(inside.row_off - wanted.row, inside.row_off - wanted.row + inside.height)
        cols = slice(inside.col_off - wanted.col, inside.col_off - wanted.col + inside.width)
        if (inside.height, inside.width) != (wanted.height, wanted.width):
            into.values[:], into.valid[:] = 0, False
        with translated(file.path):
            opened.read(file.bands.of(self.roles), window=inside, out=into.values[:, rows, cols])
        into.valid[rows, cols] = True

    def _fill_up(self, number: int, window: Window, shift: tuple[float, float], into: Pixels) -> None:
        """Put a later file's pixels where no earlier one observed any."""
        file, opened, nested = self._opened[number]
        raw, seen = self._raw(file, opened, nested, self._wanted(nested, window, shift))
        found = np.empty_like(into.values), np.empty_like(into.valid)
        shrink(self._bytes(raw, file), seen, nested[0] if nested else 1, found)
        fresh = found[1] & ~into.valid
        np.copyto(into.values, found[0], where=fresh)
        np.logical_or(into.valid, fresh, out=into.valid)
        self.given_px[number] += int(np.count_nonzero(fresh))

    def observed(self, window: Window) -> NDArray[np.float64]:
        """Digital numbers of all bands of what a window shows, (n,), as the files have them."""
        found = []
        for file, opened, nested in self._opened:
            raw, seen = self._raw(file, opened, nested, self._wanted(nested, window, (0.0, 0.0)))
            found.append(raw[:, seen].ravel().astype(np.float64))
        return np.concatenate(found)

    def _wanted(self, nested: tuple[int, int, int] | None, window: Window, shift: tuple[float, float]) -> Window:
        """Return a window of the grid in a file's own pixels."""
        factor, row, col = nested or (1, _MARGIN, _MARGIN)
        row += factor * window.row + round(factor * shift[0])
        col += factor * window.col + round(factor * shift[1])
        return Window(row, col, factor * window.height, factor * window.width)

    def _raw(
        self, file: SceneFile, opened: Any, nested: tuple[int, int, int] | None, wanted: Window
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Pixels of a window of the file, and which of them are observed."""
        with translated(file.path):
            raw, seen = self._read_one(file, opened, wanted, masked=file.masked or nested is None)
        if raw.dtype.kind == "f":
            finite = np.isfinite(raw).all(axis=0)
            if not finite.all():
                raw, seen = np.where(finite, raw, 0), seen & finite
        return raw, seen

    def _read_one(
        self, file: SceneFile, opened: Any, wanted: Window, *, masked: bool
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Pixels (role, y, x) of a window of the file that may reach beyond it, and which of them are observed."""
        bands, shape = file.bands.of(self.roles), (wanted.height, wanted.width)
        inside = _inside(opened, wanted)
        if inside is None:
            return np.zeros((len(bands), *shape), dtype=file.dtype), np.zeros(shape, dtype=bool)
        out = None
        if (inside.height, inside.width) == shape:
            if self._scratch is None or self._scratch.shape[1:] != shape or self._scratch.dtype != file.dtype:
                self._scratch = np.empty((len(bands), *shape), file.dtype)
            out = self._scratch
        raw = opened.read(bands, window=inside, out=out)
        seen = opened.dataset_mask(window=inside) > 0 if masked else np.ones(raw.shape[1:], dtype=bool)
        if out is not None:
            return raw, seen
        top, left = inside.row_off - wanted.row, inside.col_off - wanted.col
        around = ((top, wanted.height - inside.height - top), (left, wanted.width - inside.width - left))
        return np.pad(raw, ((0, 0), *around)), np.pad(seen, around)

    def _bytes(self, raw: NDArray[Any], file: SceneFile) -> NDArray[np.uint8]:
        if file.dtype == "uint8":
            return np.asarray(raw, dtype=np.uint8)
        low, high = self.scale
        stretched = (raw.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6))
        clipped: NDArray[np.uint8] = np.clip(stretched, 0, 255).astype(np.uint8)
        return clipped


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
    off = np.round(displaced).astype(np.int32)
    top, left = int(off[0].min()), int(off[1].min())
    around = Window(
        window.row + top,
        window.col + left,
        window.height + int(off[0].max()) - top,
        window.width + int(off[1].max()) - left,
    )
    pixels = reader.read(around)
    rows = np.arange(window.height)[:, None] + off[0] - top
    cols = np.arange(window.width)[None, :] + off[1] - left
    return Pixels(np.ascontiguousarray(pixels.values[:, rows, cols]), pixels.valid[rows, cols])


def _inside(opened: Any, wanted: Window) -> RioWindow | None:
    """Part of a window that lies in the file."""
    top, left = max(0, wanted.row), max(0, wanted.col)
    bottom = min(opened.height, wanted.row + wanted.height)
    right = min(opened.width, wanted.col + wanted.width)
    if bottom <= top or right <= left:
        return None
    return RioWindow(left, top, right - left, bottom - top)


def _has_alpha(opened: Any) -> bool:
    return any(colour == ColorInterp.alpha for colour in opened.colorinterp)
