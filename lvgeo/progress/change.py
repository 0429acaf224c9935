"""How much canopy came and went on a piece of ground, from two class rasters of one grid."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely
from pyproj import Transformer

from lvgeo.imagery.grid import Window
from lvgeo.imagery.pairs import PAIRS_PX, count_pairs
from lvgeo.land.area import geodesic_area_m2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid

__all__ = ["CanopyChange", "Classes", "combine", "measure"]

WHOLE_PX: Final = 512**2
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
        counted = _counted_whole if part.height * part.width <= WHOLE_PX else _counted
        rows = max(1, MAX_WINDOW_PX // part.width // PAIRS_PX) * PAIRS_PX
        for strip in part.strips(rows):
            window = Window(row + strip.row, col, strip.height, part.width)
            counts += counted(before, after, window, geometry)
    return _from_counts(counts, geometry.area / abs(before.grid.transform.determinant), area_m2)


def _counted_whole(before: Classes, after: Classes, window: Window, geometry: BaseGeometry) -> NDArray[np.float64]:
    """Pixels of each state inside a small geometry."""
    states = before.read(window) * np.uint8(3) + after.read(window)
    return _tabulate(states, before.grid, window, [geometry])


def _counted(before: Classes, after: Classes, window: Window, geometry: BaseGeometry) -> NDArray[np.float64]:
    """Pixels of each state inside a large geometry: blocks wholly inside are counted, those on its edge cut exactly.

    Smaller blocks would take as long: there are more of them.
    """
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda one: one.read(window), (before, after))
    tops, lefts = np.arange(0, window.height, PAIRS_PX), np.arange(0, window.width, PAIRS_PX)
    t = before.grid.transform
    rights, bottoms = np.minimum(lefts + PAIRS_PX, window.width), np.minimum(tops + PAIRS_PX, window.height)
    west, east = (t.c + t.a * (window.col + at)[None, :] for at in (lefts, rights))
    north, south = (t.f + t.e * (window.row + at)[:, None] for at in (tops, bottoms))
    blocks = shapely.box(*np.broadcast_arrays(west, south, east, north))
    shapely.prepare(geometry)
    inside = shapely.contains_properly(geometry, blocks)
    edge = ~inside & shapely.intersects(geometry, blocks)
    counts = count_pairs(first, second, inside).astype(np.float64)
    if edge.any():
        states = np.zeros(first.shape, np.uint8)  # a piece may touch its neighbours by a rounding's width
        for row, col in np.argwhere(edge) * PAIRS_PX:
            here = np.s_[row : row + PAIRS_PX, col : col + PAIRS_PX]
            states[here] = first[here] * np.uint8(3) + second[here]
        sound = geometry if geometry.is_valid else shapely.make_valid(geometry)
        pieces = shapely.get_parts(shapely.intersection(sound, blocks[edge]))
        counts += _tabulate(states, before.grid, window, pieces[shapely.area(pieces) > 0])
    return counts


def _tabulate(
    states: NDArray[np.uint8], grid: Grid, window: Window, geometries: Sequence[BaseGeometry]
) -> NDArray[np.float64]:
    """Pixels of each state inside geometries, (9,), each counted by the part of it inside."""
    from exactextract import exact_extract
    from exactextract.feature import JSONFeatureSource
    from exactextract.raster import NumPyRasterSource

    west, north = grid.transform @ (window.col, window.row)
    east, south = grid.transform @ (window.col + window.width, window.row + window.height)
    shapes = [
        {"type": "Feature", "id": str(k), "properties": {}, "geometry": json.loads(shapely.to_geojson(geometry))}
        for k, geometry in enumerate(geometries)
    ]
    counts = np.zeros(STATES)
    for found in exact_extract(
        NumPyRasterSource(states, west, south, east, north), JSONFeatureSource(shapes), ["unique", "frac", "count"]
    ):
        inside = found["properties"]
        counts[np.asarray(inside["unique"], dtype=int)] += np.asarray(inside["frac"]) * inside["count"]
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
