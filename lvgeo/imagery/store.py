"""Class rasters and previews on disk: small GeoTIFFs that later months read instead of the images."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
from pyproj import CRS
from rasterio.enums import ColorInterp
from rasterio.shutil import copy as copy_raster
from rasterio.windows import Window as RioWindow

from lvgeo.errors import InputRefusedError, Refusal, StorageError
from lvgeo.imagery.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Window

__all__ = ["CanopyRaster", "Preview", "StripWriter", "open_canopy", "read_preview", "write_preview"]

TILE: Final = 512
_TAG: Final = "LVGEO"
# The first raster is read again at once: packing it would only cost time.
_UNPACKED: Final = {"compress": "NONE", "zlevel": 1, "blockxsize": TILE, "blockysize": TILE, "BIGTIFF": "IF_SAFER"}


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

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of a window that lies within the grid, (y, x)."""
        with rasterio.open(self.path, driver="GTiff") as opened:
            inside = RioWindow(window.col, window.row, window.width, window.height)
            found: NDArray[np.uint8] = opened.read(1, window=inside)
            return found

    def thumbnail(self, most_px: int) -> tuple[NDArray[np.uint8], Grid]:
        """Classes in small, (y, x), at most so many pixels a side, with their grid; read from the overviews."""
        step = max(1, -(-max(self.grid.height, self.grid.width) // most_px))
        small = self.grid.coarsened(step)
        with rasterio.open(self.path, driver="GTiff") as opened:
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
    """Writes a class raster top down, aside, and renames it once it is whole.

    Parameters
    ----------
    path
        Where it shall stand.
    grid
        The village's grid.
    threads
        That pack; they change nothing but the time.
    """

    def __init__(self, path: Path, grid: Grid, threads: int = 1) -> None:
        self.path, self.grid, self._threads = path, grid, threads
        self._raw = path.with_suffix(".strips.tif")
        self._cog = path.with_suffix(".cog.tif")

    @contextlib.contextmanager
    def raw(self) -> Iterator[Any]:
        """Open the first, unsettled raster for writing and reading; a scene that breaks leaves nothing behind."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _stored(self._raw), contextlib.ExitStack() as stack:
                yield _Pyramid([
                    stack.enter_context(rasterio.open(path, "w+", **_profile(small, 1) | _UNPACKED))
                    for path, small in zip(self._levels(), _halved(self.grid), strict=True)
                ])  # fmt: skip
        except BaseException:
            self._drop()
            raise

    def _levels(self) -> list[Path]:
        """Name the first raster and its overviews: GDAL looks for one of x.tif in x.tif.ovr, and so on."""
        return [self._raw.with_name(self._raw.name + ".ovr" * k) for k in range(len(_halved(self.grid)))]

    def _drop(self) -> None:
        for path in self._levels():
            path.unlink(missing_ok=True)

    def finish(self, provenance: dict[str, Any]) -> CanopyRaster:
        """Rewrite as a cloud-optimised GeoTIFF with overviews, and put it in place."""
        with _stored(self.path):
            with rasterio.open(self._raw, "r+", driver="GTiff") as opened:
                opened.update_tags(**{_TAG: json.dumps(provenance, sort_keys=True, ensure_ascii=False)})
            copy_raster(
                self._raw,
                self._cog,
                driver="COG",
                # Three times as fast as DEFLATE, and no larger, on classes.
                COMPRESS="ZSTD",
                LEVEL=1,
                BLOCKSIZE=TILE,
                OVERVIEW_RESAMPLING="NEAREST",
                NUM_THREADS=str(self._threads),
                BIGTIFF="IF_SAFER",
            )
            self._drop()
            _put(self._cog, self.path)
        return CanopyRaster(self.path, self.grid, provenance)


class _Pyramid:
    """A raster open for writing and reading together with its overviews, each every second pixel of the last.

    Written while a strip is at hand: GDAL would read the whole raster again for it, and pack it twice.
    """

    def __init__(self, levels: Sequence[Any]) -> None:
        self._levels = levels

    def read(self, band: int, *, window: RioWindow) -> NDArray[np.uint8]:
        """Classes of a window, (y, x)."""
        found: NDArray[np.uint8] = self._levels[0].read(band, window=window)
        return found

    def write(self, classes: NDArray[np.uint8], band: int, *, window: RioWindow | None = None) -> None:
        """Write classes (y, x) of a window that is as wide as the raster, by default of all of it."""
        row = 0 if window is None else int(window.row_off)
        for level in self._levels:
            height, width = classes.shape
            if height:
                level.write(classes, band, window=RioWindow(0, row, width, height))
            classes = classes[row % 2 :: 2, ::2]
            row = -(-row // 2)


def _halved(grid: Grid) -> list[Grid]:
    """Return the grid, and each half as fine, until one fits a tile."""
    found = [grid]
    while max(found[-1].height, found[-1].width) > TILE:
        found.append(found[-1].coarsened(2))
    return found


def open_canopy(path: Path) -> CanopyRaster:
    """Open a stored class raster by its head.

    Raises
    ------
    InputRefusedError
        If it cannot be read, or was not written by lvgeo.
    """
    try:
        with rasterio.open(path, driver="GTiff") as opened:
            grid = Grid(CRS.from_user_input(opened.crs), opened.transform, opened.height, opened.width)
            return CanopyRaster(path, grid, json.loads(opened.tags()[_TAG]))
    except (rasterio.RasterioIOError, KeyError, json.JSONDecodeError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error


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
    """Read a preview."""
    with rasterio.open(path, driver="GTiff") as opened:
        pixels = opened.read()
        grid = Grid(CRS.from_user_input(opened.crs), opened.transform, opened.height, opened.width)
    return Preview(np.moveaxis(pixels[:3], 0, -1), pixels[3] > 0, grid)


def _profile(grid: Grid, bands: int) -> dict[str, Any]:
    return {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": bands,
        "height": grid.height,
        "width": grid.width,
        "crs": grid.crs.to_wkt(),
        "transform": grid.transform,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "DEFLATE",
        "zlevel": 6,
    }


def _put(aside: Path, path: Path) -> None:
    """Make the bytes durable, then give them their name: a file that stands is whole."""
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.replace(path)


@contextlib.contextmanager
def _stored(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, rasterio.RasterioIOError) as error:
        raise StorageError(Refusal("write_failed", file=str(path), value=str(error))) from error
