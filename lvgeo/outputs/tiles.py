"""XYZ tiles: a picture in full beside a page, which a browser reads from a disk as it reads any image."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj
from affine import Affine
from rasterio.crs import CRS
from rasterio.warp import Resampling, reproject
from scipy.ndimage import binary_erosion

from lvgeo.outputs.files import write_bytes
from lvgeo.outputs.pictures import pack_image
from lvgeo.projection import between

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["ReadTile", "TileGrid", "cut_tiles", "framed", "tile_grid"]

ReadTile = Callable[[int, int, int], Any]
"""Gives (3, y, x) colours and (y, x) what was seen of a square of the finest level, by row, column and side."""

SIDE: Final = 256
_WORLD_M: Final = 2 * math.pi * 6378137.0
_LEAST_TILES: Final = 2  # tiles a side at the coarsest level
_FINEST: Final = 22


@dataclass(frozen=True, slots=True)
class TileGrid:
    """Pixels of the finest level's tiles over one place, EPSG:3857.

    Parameters
    ----------
    first, last
        Levels, coarsest and finest.
    left, top
        First tile's column and row at the finest level.
    columns, rows
        Tiles at the finest level.
    """

    first: int
    last: int
    left: int
    top: int
    columns: int
    rows: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.columns * SIDE

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.rows * SIDE

    @property
    def transform(self) -> Affine:
        """Pixel (column, row) to metres of EPSG:3857."""
        tile_m = _WORLD_M / 2**self.last
        pixel_m = tile_m / SIDE
        west, north = self.left * tile_m - _WORLD_M / 2, _WORLD_M / 2 - self.top * tile_m
        return Affine(pixel_m, 0.0, west, 0.0, -pixel_m, north)


def tile_grid(bounds: tuple[float, float, float, float], crs: Any, pixel_m: float) -> TileGrid:
    """Return the tiles that cover a place at about its own pixel size.

    Parameters
    ----------
    bounds
        West, south, east, north in `crs`.
    crs
        Anything with ``to_wkt``.
    pixel_m
        Finest pixel of the pictures, on the ground, m.

    Examples
    --------
    >>> grid = tile_grid((550000, 2550000, 550300, 2550300), CRS.from_epsg(4547), 0.3)
    >>> grid.first, grid.last, (grid.columns, grid.rows)
    (17, 19, (5, 5))
    """
    west, south, east, north = between(pyproj.CRS.from_user_input(crs), 3857).transform_bounds(*bounds)
    _, latitude = between(3857, 4326).transform(west, south)
    # A level finer than the picture's own pixels would only be larger; half a level coarser is not seen.
    last = min(_FINEST, round(math.log2(_WORLD_M * math.cos(math.radians(latitude)) / SIDE / pixel_m)))
    tile_m = _WORLD_M / 2**last
    left, right = (math.floor((x + _WORLD_M / 2) / tile_m) for x in (west, east))
    top, bottom = (math.floor((_WORLD_M / 2 - y) / tile_m) for y in (north, south))
    columns, rows = right - left + 1, bottom - top + 1
    coarser = max(0, math.ceil(math.log2(max(columns, rows) / _LEAST_TILES)))
    return TileGrid(max(0, last - coarser), last, left, top, columns, rows)


def framed(read: ReadTile, grid: TileGrid, shown: NDArray[np.bool_], source: tuple[Affine, Any]) -> ReadTile:
    """Return a reader that leaves out what a smaller picture of the same place does not show, as a black frame.

    Parameters
    ----------
    read
        Reader of the tiles.
    grid
        Their grid.
    shown
        (y, x); what the smaller picture shows. A pixel along the edge of what it leaves out goes too, for that edge
        lies somewhere within it.
    source
        Transform and reference system of the smaller picture: anything with ``to_wkt``.
    """
    crs = CRS.from_wkt(source[1].to_wkt())
    inside = binary_erosion(shown, border_value=1).astype(np.uint8)
    pixel, _, west, _, down, north = grid.transform[:6]

    def read_framed(top: int, left: int, side: int) -> tuple[Any, NDArray[np.bool_]]:
        values, seen = read(top, left, side)
        found = np.zeros((side, side), dtype=np.uint8)
        place = Affine(pixel, 0.0, west + left * pixel, 0.0, down, north + top * down)
        reproject(inside, found, src_transform=source[0], src_crs=crs, dst_transform=place,
                  dst_crs=CRS.from_epsg(3857), resampling=Resampling.nearest)  # fmt: skip
        return values, seen & (found > 0)

    return read_framed


def cut_tiles(place: Path, grid: TileGrid, read: ReadTile) -> list[Path]:
    """Write every tile of every level; ground that was not seen is see-through.

    Parameters
    ----------
    place
        Folder of the levels.
    grid
        Which tiles.
    read
        Reader of the tiles.

    Returns
    -------
    list[Path]
        Files written, all of one ending.

    Raises
    ------
    StorageError
        If a tile cannot be written.
    """
    coarser = grid.last - grid.first
    columns = range(grid.left >> coarser, ((grid.left + grid.columns - 1) >> coarser) + 1)
    rows = range(grid.top >> coarser, ((grid.top + grid.rows - 1) >> coarser) + 1)
    cutter = _Cutter(place, grid, read)
    for row in rows:
        for column in columns:
            cutter.tile(grid.first, column, row)
    return cutter.written


class _Cutter:
    """Cuts a tile from the four below it, and the finest from the picture."""

    def __init__(self, place: Path, grid: TileGrid, read: ReadTile) -> None:
        self._place, self._grid, self._read = place, grid, read
        self.written: list[Path] = []

    def tile(self, level: int, column: int, row: int) -> NDArray[np.float32]:
        """Write a tile and those below it; return it as (4, y, x), colours times what was seen of them."""
        grid, deeper = self._grid, self._grid.last - level
        outside = not (
            grid.left >> deeper <= column <= (grid.left + grid.columns - 1) >> deeper
            and grid.top >> deeper <= row <= (grid.top + grid.rows - 1) >> deeper
        )
        if outside:
            return np.zeros((4, SIDE, SIDE), dtype=np.float32)
        found = self._finest(column, row) if deeper == 0 else self._from_below(level, column, row)
        self._write(found, level, column, row)
        return found

    def _finest(self, column: int, row: int) -> NDArray[np.float32]:
        top, left = (row - self._grid.top) * SIDE, (column - self._grid.left) * SIDE
        values, seen = self._read(top, left, SIDE)
        weight = seen.astype(np.float32)
        return np.concatenate([values * weight, weight[None]])

    def _from_below(self, level: int, column: int, row: int) -> NDArray[np.float32]:
        below = [
            np.concatenate([self.tile(level + 1, 2 * column + x, 2 * row + y) for x in (0, 1)], axis=2) for y in (0, 1)
        ]
        whole = np.concatenate(below, axis=1)
        half: NDArray[np.float32] = whole.reshape(4, SIDE, 2, SIDE, 2).mean(axis=(2, 4), dtype=np.float32)
        return half

    def _write(self, found: NDArray[np.float32], level: int, column: int, row: int) -> None:
        shown = found[3] > 0.5  # noqa: PLR2004 - more than half of the pixel was seen
        colours = found[:3] / np.where(shown, found[3], 1.0)
        rgba = np.where(shown, np.rint([*colours, shown * 255.0]), 0.0).clip(0, 255).astype(np.uint8)
        packed, mime = pack_image(rgba)
        file = self._place / str(level) / str(column) / f"{row}.{mime.removeprefix('image/')}"
        write_bytes(file, packed)
        self.written.append(file)
