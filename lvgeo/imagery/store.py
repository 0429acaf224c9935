"""Class rasters and previews on disk: small GeoTIFFs that later months read instead of the images."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
from pyproj import CRS
from pyproj.exceptions import ProjError
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile

from lvgeo.errors import InputRefusedError, Refusal, StorageError
from lvgeo.imagery.cog import framed, layout, place_tags
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.pyramid import Pyramid
from lvgeo.imagery.stored_tiles import StoredTiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Window

__all__ = ["CanopyRaster", "Preview", "StripWriter", "open_canopy", "preview_path", "read_preview", "write_preview"]

_TAG: Final = "LVGEO"
# Of the provenance: to read a piece again, or to measure by; they tell nobody anything.
_FOR_READING: Final = ("curves", "places", "heights_ground", "shaded_ground")
_ASIDE_BYTES: Final = 16 * 2**20  # of packed tiles are held in memory, more of them in a file without a name
_WRITTEN_BYTES: Final = 2**20  # at a time: tiles are small


@dataclass(frozen=True, slots=True)
class CanopyRaster:
    """A stored class raster: 0 not observed, 1 other, 2 canopy.

    Parameters
    ----------
    path
        A cloud-optimised GeoTIFF.
    grid
        The village's grid.
    provenance
        What it was made from: hashes, model, threshold, registration, radiometry.
    """

    path: Path
    grid: Grid
    provenance: dict[str, Any]

    @property
    def told(self) -> dict[str, Any]:
        """Provenance without what is only for classifying a piece again."""
        return {key: value for key, value in self.provenance.items() if key not in _FOR_READING}

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of a window that lies within the grid, (y, x).

        Raises
        ------
        InputRefusedError
            If the file cannot be read, or was written by an older lvgeo.
        """
        with self.opened() as tiles:
            return tiles.read(window)

    @contextlib.contextmanager
    def opened(self) -> Iterator[StoredTiles]:
        """Open it once for many windows.

        Raises
        ------
        InputRefusedError
            If the file cannot be read, or was written by an older lvgeo.
        """
        with contextlib.ExitStack() as stack:
            with _whole(self.path):
                tiles = StoredTiles(stack.enter_context(self.path.open("rb", buffering=0)), self.path)
            yield tiles  # what goes wrong from here on need not be this file's

    def thumbnail(self, most_px: int) -> tuple[NDArray[np.uint8], Grid]:
        """Classes in small, (y, x), at most so many pixels a side, with their grid; read from the overviews.

        Raises
        ------
        InputRefusedError
            If the file cannot be read.
        """
        step = max(1, -(-max(self.grid.height, self.grid.width) // most_px))
        small = self.grid.coarsened(step)
        with _whole(self.path), rasterio.open(self.path, driver="GTiff") as opened:
            found: NDArray[np.uint8] = opened.read(1, out_shape=(small.height, small.width))
        return found, small

    def strips(self, rows: int) -> Iterator[tuple[Window, NDArray[np.uint8]]]:
        """Read the raster top down."""
        for window in self.grid.strips(rows):
            yield window, self.read(window)


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A scene in small, for maps and for matching controls by brightness and texture.

    Parameters
    ----------
    rgb
        (y, x, 3) uint8, the scene's own light.
    seen
        (y, x).
    grid
        Its place.
    """

    rgb: NDArray[np.uint8]
    seen: NDArray[np.bool_]
    grid: Grid


class StripWriter:
    """Writes a class raster top down, aside, and puts it in place once it is whole.

    Parameters
    ----------
    path
        Where it shall stand.
    grid
        The village's grid.
    """

    def __init__(self, path: Path, grid: Grid) -> None:
        self.path, self.grid = path, grid
        self._cog = path.with_suffix(".cog.tif")

    @contextlib.contextmanager
    def open(self, submit: Callable[..., Future[list[bytes]]] | None = None) -> Iterator[Pyramid]:
        """Open the raster's tiles for writing and reading; a scene that breaks leaves nothing behind.

        Parameters
        ----------
        submit
            Of a pool, which packs tiles; it changes nothing but the time.
        """
        with _stored(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with (
                _stored(self.path),
                tempfile.SpooledTemporaryFile(max_size=_ASIDE_BYTES, dir=str(self.path.parent)) as aside,
            ):
                yield Pyramid(aside, self.grid, submit)
        finally:
            self._cog.unlink(missing_ok=True)

    def finish(self, pyramid: Pyramid, provenance: dict[str, Any]) -> CanopyRaster:
        """Lay the tiles out as a cloud-optimised GeoTIFF, and put it in place."""
        pyramid.finish()
        with _stored(self.path):
            with self._cog.open("wb", buffering=_WRITTEN_BYTES) as cog:
                cog.write(layout(pyramid.levels, place_tags(self._placed(provenance))))
                for k in reversed(range(len(pyramid.levels))):
                    cog.writelines(map(framed, pyramid.packed(k)))
            _put(self._cog, self.path)
        return CanopyRaster(self.path, self.grid, provenance)

    def _placed(self, provenance: dict[str, Any]) -> bytes:
        """Bytes of a small GeoTIFF that lies where this one does, and says what it was made from."""
        with MemoryFile() as held:
            with held.open(**_place(self.grid), height=16, width=16, count=1) as opened:
                opened.update_tags(**{_TAG: json.dumps(provenance, sort_keys=True, ensure_ascii=False)})
            return bytes(held.getbuffer())


def open_canopy(path: Path) -> CanopyRaster:
    """Open a stored class raster by its head.

    Raises
    ------
    InputRefusedError
        If it cannot be read, or was not written by lvgeo.
    """
    with _whole(path), rasterio.open(path, driver="GTiff") as opened:
        grid = Grid(CRS.from_user_input(opened.crs), opened.transform, opened.height, opened.width)
        return CanopyRaster(path, grid, json.loads(opened.tags()[_TAG]))


def preview_path(raster: Path) -> Path:
    """Where the preview of a class raster lies: beside it."""
    return raster.with_name(f"{raster.stem}-preview.tif")


def write_preview(path: Path, preview: Preview) -> None:
    """Write a preview as RGBA."""
    aside = path.with_suffix(".aside.tif")
    with _stored(path):
        with rasterio.open(aside, "w", **_profile(preview.grid, 4), photometric="RGB") as opened:
            opened.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
            opened.write(np.moveaxis(preview.rgb, -1, 0), [1, 2, 3])
            opened.write(preview.seen.astype(np.uint8) * 255, 4)
        _put(aside, path)


def read_preview(path: Path) -> Preview:
    """Read a preview.

    Raises
    ------
    InputRefusedError
        If it cannot be read.
    """
    with _whole(path), rasterio.open(path, driver="GTiff") as opened:
        pixels = opened.read([1, 2, 3, 4])
        grid = Grid(CRS.from_user_input(opened.crs), opened.transform, opened.height, opened.width)
    return Preview(np.moveaxis(pixels[:3], 0, -1), pixels[3] > 0, grid)


def _profile(grid: Grid, bands: int) -> dict[str, Any]:
    return _place(grid) | {
        "count": bands,
        "height": grid.height,
        "width": grid.width,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "DEFLATE",
        "zlevel": 6,
    }


def _place(grid: Grid) -> dict[str, Any]:
    return {"driver": "GTiff", "dtype": "uint8", "crs": grid.crs.to_wkt(), "transform": grid.transform}


def _put(aside: Path, path: Path) -> None:
    """Make the bytes durable, then give them their name: a file that stands is whole."""
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.replace(path)


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Turn whatever is wrong in a stored file into a refusal that names it."""
    try:
        yield
    except (OSError, RasterioError, ProjError, ValueError, LookupError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error


@contextlib.contextmanager
def _stored(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, rasterio.RasterioIOError) as error:
        raise StorageError(Refusal("write_failed", file=str(path), value=str(error))) from error
