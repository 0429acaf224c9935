"""Where grown canopy went: patches that were trees and are no more, as polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from rasterio.features import shapes as outlined
from scipy.ndimage import binary_opening

from lvgeo.land.area import geodesic_area_m2
from lvgeo.projection import between

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.store import CanopyRaster

__all__ = ["LossPatch", "find_loss"]

CELL_M: Final = 1.0
MOST: Final = 0.5  # of a cell that was canopy, and then was not
MAX_CELLS: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class LossPatch:
    """One patch of lost canopy.

    Parameters
    ----------
    village_code
        Whose.
    area_m2
        Ellipsoidal.
    geometry
        Longitude and latitude.
    """

    village_code: str
    area_m2: float
    geometry: BaseGeometry


def find_loss(
    village_code: str, rasters: tuple[CanopyRaster, CanopyRaster], village: BaseGeometry, crs: CRS, min_area_m2: float
) -> list[LossPatch]:
    """Find patches of lost canopy within a village.

    Edges of crowns that seem to move with the registration are thinner than two cells, and are opened away.

    Parameters
    ----------
    village_code
        Whose.
    rasters
        Before and after, on one grid.
    village
        Its boundary, in `crs`.
    crs
        Geographic reference system.
    min_area_m2
        Smallest patch reported.
    """
    grid = rasters[0].grid
    n = max(1, round(CELL_M / grid.ground_pixel_m), int(np.ceil(np.sqrt(grid.height * grid.width / MAX_CELLS))))
    lost = binary_opening(_lost_cells(rasters, n) > MOST, np.ones((2, 2)))
    if not lost.any():
        return []
    transform: Affine = grid.transform @ type(grid.transform).scale(n, n)
    to_land = between(grid.crs, crs)
    found = []
    for outline, _ in outlined(lost.astype(np.uint8), mask=lost, transform=transform, connectivity=8):
        placed = shapely.transform(shapely.geometry.shape(outline), to_land.transform, interleaved=False)
        inside = shapely.make_valid(placed).intersection(village)
        area = float(geodesic_area_m2([inside])[0]) if not inside.is_empty else 0.0
        if area >= min_area_m2:
            found.append(LossPatch(village_code, area, inside))
    return sorted(found, key=lambda one: (-one.area_m2, one.geometry.bounds))


def _lost_cells(rasters: tuple[CanopyRaster, CanopyRaster], n: int) -> NDArray[np.float64]:
    """Share of each cell that was canopy before and other ground after, (y, x); whole cells only."""
    grid = rasters[0].grid
    found = np.zeros((grid.height // n, grid.width // n))
    for window, first in rasters[0].strips(n * max(1, 512 // n)):
        second = rasters[1].read(window)
        high = window.height // n
        lost = (first == 2) & (second == 1)  # noqa: PLR2004 - canopy
        cells = lost[: high * n, : found.shape[1] * n].reshape(high, n, found.shape[1], n)
        found[window.row // n : window.row // n + high] = cells.mean(axis=(1, 3))
    return found
