"""How much canopy came and went on a piece of ground, from two class rasters of one grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from lvgeo.imagery.outline import repaired
from lvgeo.land.area import geodesic_area_m2
from lvgeo.progress.state_counts import count_states
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.ordered import Each
    from lvgeo.progress.state_counts import Classes

__all__ = ["CanopyChange", "combine", "measure", "placed_in"]


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


def placed_in(geometries: Sequence[BaseGeometry], crs: CRS, grid_crs: CRS) -> list[BaseGeometry]:
    """Bring geometries, x first, to a raster's reference system; what is not valid is repaired."""
    to_grid = between(crs, grid_crs)
    return [repaired(shapely.transform(one, to_grid.transform, interleaved=False)) for one in geometries]


def measure(
    before: Classes, after: Classes, geometries: Sequence[BaseGeometry], crs: CRS, each: Each = map
) -> list[CanopyChange]:
    """Measure canopy at both dates on each geometry; a pixel counts by the part of it inside.

    Parameters
    ----------
    before, after
        Class rasters on the same grid.
    geometries
        Polygons in `crs`, x first.
    crs
        Geographic reference system of the geometries.
    each
        Calls a function for each of many parts of the work, in order; a pool's `map` does it in threads.
    """
    placed = placed_in(geometries, crs, before.grid.crs)
    pixel = abs(before.grid.transform.determinant)
    return [
        _from_counts(counts, geometry.area / pixel, float(area))
        for counts, geometry, area in zip(
            count_states((before, after), placed, each), placed, geodesic_area_m2(geometries), strict=True
        )
    ]


def _from_counts(counts: NDArray[np.float64], whole_px: float, area_m2: float) -> CanopyChange:
    """Shares from pixel counts, (2, 2): before, after."""
    observed = float(counts.sum())
    if observed <= 0 or whole_px <= 0:
        return CanopyChange(area_m2, 0.0, math.nan, math.nan, math.nan, math.nan)
    return CanopyChange(
        area_m2=area_m2,
        observed_share=min(1.0, observed / whole_px),
        before_share=float(counts[1].sum()) / observed,
        after_share=float(counts[:, 1].sum()) / observed,
        gain_share=float(counts[0, 1]) / observed,
        loss_share=float(counts[1, 0]) / observed,
    )
