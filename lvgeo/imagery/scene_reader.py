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

    def read(self, window: Window, shift: tuple[float, float] = (0.0, 0.0)) -> Pixels:
        """Read a window of the grid.

        Parameters
        ----------
        window
            In the grid's pixels; may reach beyond it.
        shift
            Rows and columns by which the scene's content lies off its true place: pixel (r, c) of the window is read
            at (r + shift[0], c + shift[1]), to the nearest whole pixel of the file.

        Raises
        ------
        InputRefusedError
            If a block cannot be decoded.
        """
        values = np.zeros((len(self.roles), window.height, window.width), dtype=np.uint8)
        valid = np.zeros((window.height, window.width), dtype=bool)
        for number, (file, opened, nested) in enumerate(self._opened):
            raw, seen = self._raw(file, opened, nested, window, shift)
            found, seen = shrink(self._bytes(raw, file), seen, nested[0] if nested else 1)
            if number == 0:
                values, valid = found, seen
                self.given_px[0] += int(np.count_nonzero(seen))
            else:
                fresh = seen & ~valid
                np.copyto(values, found, where=fresh)
                valid |= fresh
                self.given_px[number] += int(np.count_nonzero(fresh))
            if valid.all():
                break
        return Pixels(values, valid)

    def observed(self, window: Window) -> NDArray[np.float64]:
        """Digital numbers of all bands of what a window shows, (n,), as the files have them."""
        found = []
        for file, opened, nested in self._opened:
            raw, seen = self._raw(file, opened, nested, window, (0.0, 0.0))
            found.append(raw[:, seen].ravel().astype(np.float64))
        return np.concatenate(found)

    def _raw(
        self,
        file: SceneFile,
        opened: Any,
        nested: tuple[int, int, int] | None,
        window: Window,
        shift: tuple[float, float],
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Pixels of a file under a window of the grid, and which of them are observed."""
        factor, row, col = nested or (1, _MARGIN, _MARGIN)
        row += factor * window.row + round(factor * shift[0])
        col += factor * window.col + round(factor * shift[1])
        wanted = Window(row, col, factor * window.height, factor * window.width)
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
        top, left = max(0, wanted.row), max(0, wanted.col)
        bottom = min(opened.height, wanted.row + wanted.height)
        right = min(opened.width, wanted.col + wanted.width)
        bands = file.bands.of(self.roles)
        if bottom <= top or right <= left:
            shape = (wanted.height, wanted.width)
            return np.zeros((len(bands), *shape), dtype=file.dtype), np.zeros(shape, dtype=bool)
        inside = RioWindow.from_slices((top, bottom), (left, right))
        raw = opened.read(bands, window=inside)
        seen = opened.dataset_mask(window=inside) > 0 if masked else np.ones(raw.shape[1:], dtype=bool)
        if raw.shape[1:] == (wanted.height, wanted.width):
            return raw, seen
        around = ((top - wanted.row, wanted.row + wanted.height - bottom),
                  (left - wanted.col, wanted.col + wanted.width - right))  # fmt: skip
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


def _has_alpha(opened: Any) -> bool:
    return any(colour == ColorInterp.alpha for colour in opened.colorinterp)
