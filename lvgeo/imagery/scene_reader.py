"""Read windows of a village's files on one grid, in place where that can be, warped where it must."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.enums import ColorInterp, Resampling
from rasterio.io import MemoryFile
from rasterio.vrt import WarpedVRT

from lvgeo.imagery.scene import open_tif, translated
from lvgeo.imagery.scene_bands import alpha_is_colour, alpha_over_nodata
from lvgeo.imagery.scene_window import FileReader, Pixels, seen
from lvgeo.imagery.seams import Givers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid, Window
    from lvgeo.imagery.scene import Role, SceneFile

__all__ = ["Pixels", "SceneReader"]

BLOCK_CACHE_BYTES: Final = 32 * 2**20  # GDAL would take 5 % of memory
# Else GDAL takes a turned image for one to be shrunk, and blurs it: by 2.3 DN where it was only laid on its side.
UNBLURRED: Final = {"XSCALE": 1, "YSCALE": 1}
_MARGIN: Final = 256  # pixels warped around the grid, so that a registration's shift still finds some


class SceneReader:
    """Reads windows of a village's files on one grid; a context manager, for one thread.

    Where the files' CRS and rotation are the grid's and its pixels are a whole number of theirs, a window is read in
    place, offset by whole pixels of the file and averaged; else the file is warped. The first file, in
    their order, that observed a pixel gives it; where files mark no collar, what may be one gives way to the next.

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
        self.givers = Givers(grid, len(self.files))
        self._stack = contextlib.ExitStack()
        self._opened: list[FileReader] = []
        self._marked = all(file.masked for file in self.files)

    def __enter__(self) -> SceneReader:
        self._stack.enter_context(rasterio.Env(GDAL_CACHEMAX=BLOCK_CACHE_BYTES))
        for file in self.files:
            with translated(file.path):
                self._opened.append(self._enter(file))
        return self

    def _enter(self, file: SceneFile) -> FileReader:
        opened = self._stack.enter_context(open_tif(file.path))
        nested = self.grid.nested_in(file.grid)
        if nested is not None:
            return FileReader(file, opened, nested, self.roles, self.scale, masked=file.masked)
        if alpha_is_colour(opened, file.bands):
            opened = self._stack.enter_context(_colours_only(opened))
        finer = file.grid.ground_pixel_m < 0.9 * self.grid.ground_pixel_m
        nodata = None if alpha_over_nodata(opened, file.bands) else opened.nodata
        warped = WarpedVRT(
            opened,
            src_transform=file.grid.transform,  # the file's own, unless it was moved to lie as others of its scene do
            crs=self.grid.crs.to_wkt(),
            resampling=Resampling.average if finer else Resampling.bilinear,
            src_nodata=nodata,
            nodata=nodata,
            add_alpha=nodata is None and not _has_alpha(opened),
            transform=self.grid.transform @ type(self.grid.transform).translation(-_MARGIN, -_MARGIN),
            height=self.grid.height + 2 * _MARGIN,
            width=self.grid.width + 2 * _MARGIN,
            **({} if finer else UNBLURRED),
        )
        self._stack.enter_context(warped)
        return FileReader(file, warped, (1, _MARGIN, _MARGIN), self.roles, self.scale, masked=True)

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
                self._marked,
            )
        self._opened[0].read(window, shift, into)
        if len(self._opened) == 1:
            self.givers.add(window, into.valid.view(np.uint8))
        else:
            self._fill_up(window, shift, into)
        return into

    def _fill_up(self, window: Window, shift: tuple[float, float], into: Pixels) -> None:
        """Put later files' pixels where no earlier one surely observed any.

        A collar that is not marked looks like ground: what may be one gives way to a later flight that saw more there.
        """
        giver = into.valid.astype(np.uint16)
        surely = self._surely(into)
        found = Pixels(np.empty_like(into.values), np.empty_like(into.valid))
        for number in range(1, len(self._opened)):
            if surely.all():
                break
            self._opened[number].read(window, shift, found)
            better = self._surely(found) & ~surely
            fresh = better | (found.valid & ~into.valid)
            np.copyto(into.values, found.values, where=fresh)
            into.valid[fresh], giver[fresh] = True, number + 1
            surely |= better
        self.givers.add(window, giver)

    def _surely(self, pixels: Pixels) -> NDArray[np.bool_]:
        return pixels.valid.copy() if self._marked else seen(pixels).copy()

    def observed(self, window: Window) -> list[NDArray[np.float64]]:
        """Digital numbers of all bands of what a window shows, (n,) of each file as it has them, without pure white."""
        found = []
        for file in self._opened:
            raw, seen = file.numbers(window, (0.0, 0.0))
            shown = raw[:, seen]
            if raw.dtype.kind in "ui":  # a white collar that no mask marks has the largest number there is
                white = (shown == np.iinfo(raw.dtype).max).all(axis=0)
                shown = shown[:, ~white] if white.any() else shown
            found.append(shown.ravel().astype(np.float64))
        return found


@contextlib.contextmanager
def _colours_only(opened: Any) -> Iterator[Any]:
    """Open a file again as if none of its bands were alpha, which GDAL would leave out of warping otherwise."""
    with MemoryFile(ext=".vrt") as held:
        rasterio.shutil.copy(opened, held.name, driver="VRT")
        with rasterio.open(held.name, "r+") as virtual:
            virtual.colorinterp = [ColorInterp.undefined] * virtual.count
        with rasterio.open(held.name) as virtual:
            yield virtual


def _has_alpha(opened: Any) -> bool:
    return any(colour == ColorInterp.alpha for colour in opened.colorinterp)
