"""How much canopy came and went on a piece of ground, from two class rasters of one grid."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely
from pyproj import Transformer

from lvgeo.imagery.grid import Window
from lvgeo.land.area import geodesic_area_m2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid

__all__ = ["CanopyChange", "Classes", "combine", "measure"]

BLOCK_PX: Final = 512
MAX_WINDOW_PX: Final = 2**23  # a larger geometry is measured in strips
STATES: Final = 9  # before × 3 + after: 0 not observed, 1 other, 2 canopy at each date


class Classes(Protocol):
    """What is measured: classes on a grid, 0 not observed, 1 other, 2 canopy."""

    @property
    def grid(self) -> Grid:
        """Where its pixels lie."""
        ...

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Classes of a window within the grid, (y, x)."""
        ...


@dataclass(frozen=True, slots=True)
class CanopyChange:
    """Canopy on one piece of ground at two dates, on what was observed at both.

    Parameters
    ----------
    area_m2
        Ellipsoidal area of the ground.
    observed_share
        Part of it observed at both dates, 0 to 1.
    before_share, after_share, gain_share, loss_share
        Parts of the observed ground; after − before = gain − loss.

    Examples
    --------
    >>> change = CanopyChange(1000.0, 0.5, 0.1, 0.3, 0.25, 0.05)
    >>> round(change.net_pp, 6), change.gain_m2
    (20.0, 125.0)
    """

    area_m2: float
    observed_share: float
    before_share: float
    after_share: float
    gain_share: float
    loss_share: float

    @property
    def observed_m2(self) -> float:
        """Ground observed at both dates."""
        return self.area_m2 * self.observed_share

    @property
    def before_m2(self) -> float:
        """Canopy at the first date, on observed ground."""
        return self.before_share * self.observed_m2

    @property
    def after_m2(self) -> float:
        """Canopy at the second date, on observed ground."""
        return self.after_share * self.observed_m2

    @property
    def gain_m2(self) -> float:
        """Ground that became canopy."""
        return self.gain_share * self.observed_m2

    @property
    def loss_m2(self) -> float:
        """Ground that was canopy and is no more."""
        return self.loss_share * self.observed_m2

    @property
    def net_pp(self) -> float:
        """Change in percentage points of the observed ground; nan where nothing was observed."""
        return 100.0 * (self.after_share - self.before_share)


def combine(parts: Sequence[CanopyChange]) -> CanopyChange:
    """Put pieces of ground together, each by its observed area.

    Examples
    --------
    >>> one, two = CanopyChange(100, 1, 0, 0.2, 0.2, 0), CanopyChange(300, 1, 0, 0, 0, 0)
    >>> combine([one, two]).after_share
    0.05
    """
    area = sum(part.area_m2 for part in parts)
    observed = sum(part.observed_m2 for part in parts)
    if observed <= 0:
        return CanopyChange(area, 0.0, math.nan, math.nan, math.nan, math.nan)

    def mean(name: str) -> float:
        return float(sum(getattr(p, name) * p.observed_m2 for p in parts if p.observed_m2 > 0) / observed)

    return CanopyChange(
        area, observed / area, mean("before_share"), mean("after_share"), mean("gain_share"), mean("loss_share")
    )


def measure(before: Classes, after: Classes, geometries: Sequence[BaseGeometry], crs: CRS) -> list[CanopyChange]:
    """Measure canopy at both dates on each geometry; a pixel counts by the part of it inside.

    Parameters
    ----------
    before, after
        Class rasters on the same grid.
    geometries
        Polygons in `crs`, x first.
    crs
        Geographic reference system of the geometries.
    """
    to_grid = Transformer.from_crs(crs, before.grid.crs, always_xy=True)
    areas = geodesic_area_m2(geometries)
    return [
        _measure_one(before, after, shapely.transform(geometry, to_grid.transform, interleaved=False), float(area))
        for geometry, area in zip(geometries, areas, strict=True)
    ]


def _measure_one(before: Classes, after: Classes, geometry: BaseGeometry, area_m2: float) -> CanopyChange:
    counts = np.zeros(STATES)
    part = before.grid.cut(geometry.bounds) if not geometry.is_empty else None
    if part is not None:
        row, col = part.offset_in(before.grid) or (0, 0)
        rows = max(1, MAX_WINDOW_PX // part.width)
        for strip in part.strips(rows):
            window = Window(row + strip.row, col, strip.height, part.width)
            states = before.read(window) * np.uint8(3) + after.read(window)
            counts += _counted(states, before.grid, window, geometry)
    return _from_counts(counts, geometry.area / abs(before.grid.transform.determinant), area_m2)


def _counted(states: NDArray[np.uint8], grid: Grid, window: Window, geometry: BaseGeometry) -> NDArray[np.float64]:
    """Pixels of each state inside the geometry: blocks wholly inside are counted, those on its edge cut exactly."""
    if states.size <= BLOCK_PX**2:
        return _tabulate(states, grid, window, geometry)
    counts = np.zeros(STATES)
    shapely.prepare(geometry)
    for row in range(0, window.height, BLOCK_PX):
        for col in range(0, window.width, BLOCK_PX):
            part = np.ascontiguousarray(states[row : row + BLOCK_PX, col : col + BLOCK_PX])
            place = Window(window.row + row, window.col + col, *part.shape)
            west, north = grid.transform @ (place.col, place.row)
            east, south = grid.transform @ (place.col + place.width, place.row + place.height)
            block = shapely.box(west, south, east, north)
            if shapely.contains(geometry, block):
                counts += np.bincount(part.ravel(), minlength=STATES)[:STATES]
            elif shapely.intersects(geometry, block):
                counts += _tabulate(part, grid, place, geometry)
    return counts


def _tabulate(states: NDArray[np.uint8], grid: Grid, window: Window, geometry: BaseGeometry) -> NDArray[np.float64]:
    """Pixels of each state inside the geometry, (9,), each counted by the part of it inside."""
    from exactextract import exact_extract
    from exactextract.feature import JSONFeatureSource
    from exactextract.raster import NumPyRasterSource

    west, north = grid.transform @ (window.col, window.row)
    east, south = grid.transform @ (window.col + window.width, window.row + window.height)
    shape = {"type": "Feature", "id": "0", "properties": {}, "geometry": json.loads(shapely.to_geojson(geometry))}
    found = exact_extract(
        NumPyRasterSource(states, west, south, east, north), JSONFeatureSource([shape]), ["unique", "frac", "count"]
    )[0]["properties"]
    counts = np.zeros(STATES)
    counts[np.asarray(found["unique"], dtype=int)] = np.asarray(found["frac"]) * found["count"]
    return counts


def _from_counts(counts: NDArray[np.float64], whole_px: float, area_m2: float) -> CanopyChange:
    """Shares from pixel counts by state."""
    table = counts.reshape(3, 3)  # before, after
    both = table[1:, 1:]
    observed = float(both.sum())
    if observed <= 0 or whole_px <= 0:
        return CanopyChange(area_m2, 0.0, math.nan, math.nan, math.nan, math.nan)
    return CanopyChange(
        area_m2=area_m2,
        observed_share=min(1.0, observed / whole_px),
        before_share=float(both[1].sum()) / observed,
        after_share=float(both[:, 1].sum()) / observed,
        gain_share=float(both[0, 1]) / observed,
        loss_share=float(both[1, 0]) / observed,
    )
