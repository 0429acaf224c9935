"""The ground that a village's plots cover together, on the ellipsoid: shared ground once, former canopy not at all.

Every plot is measured once; only plots of one village that share ground are united.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lvgeo.land.area import area_uncertainty_m2, geodesic_area_m2, plane_area_m2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.plots import Plots

__all__ = ["NO_GROUND", "Ground", "measure_ground"]


@dataclass(frozen=True, slots=True)
class Ground:
    """Measure of a village's accepted plots: of their union, less former canopy.

    Parameters
    ----------
    plots
        How many.
    area_m2, plane_m2
        Ellipsoidal area, and the same ground in the campaign's plane.
    sigma_m2
        One standard deviation of the area.
    gone_m2
        What left because it was canopy before.
    declared_mu, trees
        Sums of what the plots declare, nan where none does.
    """

    plots: int
    area_m2: float
    plane_m2: float
    sigma_m2: float
    gone_m2: float
    declared_mu: float
    trees: float


NO_GROUND: Final = Ground(0, 0.0, 0.0, 0.0, 0.0, math.nan, math.nan)


def measure_ground(
    accepted: Plots, geographic: CRS, plane: CRS, land: LandTable, prior: Mapping[str, float]
) -> dict[str, Ground]:
    """Measure the ground of every village that has some; ground in two plots of a village counts once.

    Parameters
    ----------
    accepted
        Plots that count, in `geographic`.
    geographic, plane
        Their own reference system, and the campaign's plane.
    land
        Accuracy of points that say none, and the share under former canopy above which that share leaves.
    prior
        Plot id → share under canopy at the baseline, 0 to 1.

    Returns
    -------
    dict[str, Ground]
        Village code → its ground.
    """
    frame = accepted.frame
    if frame.empty:
        return {}
    shapes = np.array(frame.geometry, dtype=object)
    accuracy = frame["accuracy_m"].fillna(land.default_accuracy_m).to_numpy(dtype=np.float64)
    each = pd.DataFrame(
        {
            "code": accepted.codes,
            "m2": geodesic_area_m2(shapes),
            "plane": plane_area_m2(shapes, geographic, plane),
            "variance": area_uncertainty_m2(shapes, accuracy) ** 2,
            "gone": 0.0,
            "declared": frame["declared_mu"].to_numpy(dtype=np.float64),
            "trees": frame["trees"].to_numpy(dtype=np.float64),
        }
    )
    share = np.array([prior.get(plot_id, 0.0) for plot_id in accepted.ids])
    share[share <= land.max_prior_canopy_share] = 0.0
    each["gone"] = share * each["m2"]
    for rows in _sharing(shapes, accepted.codes):
        united = [shapely.union_all(shapes[rows])]
        # Ground in two plots counts once, and leaves once, with the plot that comes first.
        apart = geodesic_area_m2(_apart(shapes[rows]))
        each.loc[rows, "m2"] = [float(geodesic_area_m2(united)[0]), *[0.0] * (len(rows) - 1)]
        each.loc[rows, "plane"] = [float(plane_area_m2(united, geographic, plane)[0]), *[0.0] * (len(rows) - 1)]
        each.loc[rows, "gone"] = share[rows] * apart
    sums = each.groupby("code", sort=True).agg(
        plots=("m2", "size"),
        m2=("m2", "sum"),
        plane=("plane", lambda some: some.sum(skipna=False)),
        variance=("variance", "sum"),
        gone=("gone", "sum"),
    )
    stated = each.groupby("code", sort=True)[["declared", "trees"]].sum(min_count=1)
    found = {}
    for row, (declared, trees) in zip(sums.itertuples(), stated.itertuples(index=False), strict=True):
        kept = max(0.0, row.m2 - row.gone)
        plane_m2 = row.plane * (kept / row.m2 if row.m2 else 0.0)
        found[str(row.Index)] = Ground(
            int(row.plots), kept, plane_m2, math.sqrt(row.variance), row.m2 - kept, float(declared), float(trees)
        )
    return found


def _sharing(shapes: NDArray[np.object_], codes: NDArray[np.object_]) -> Iterator[NDArray[np.int64]]:
    """Rows of each group of a village's plots that share ground, directly or through another."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = (left < right) & (codes[left] == codes[right])
    left, right = left[pairs], right[pairs]
    apart = shapely.touches(shapes[left], shapes[right])
    left, right = left[~apart], right[~apart]
    graph = coo_array((np.ones(len(left), dtype=bool), (left, right)), shape=(len(shapes), len(shapes)))
    _, group = connected_components(graph, directed=False)
    rows = np.unique(np.concatenate([left, right]))
    order = rows[np.argsort(group[rows], kind="stable")]
    edges = np.flatnonzero(np.diff(group[order])) + 1
    yield from (part for part in np.split(order, edges) if len(part))


def _apart(shapes: NDArray[np.object_]) -> list[BaseGeometry]:
    """Each shape without the ground of those before it."""
    before = [shapely.union_all(shapes[:k]) for k in range(len(shapes))]
    return [shapely.difference(shape, ground) for shape, ground in zip(shapes, before, strict=True)]
