"""Village boundaries against each other: ground in two villages, and ground in none between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.plots import PlotIssue, Spots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.plots import Villages

__all__ = ["boundary_issues"]


def boundary_issues(villages: Villages, land: LandTable) -> Iterator[PlotIssue]:
    """Overlaps between villages, and gaps that villages enclose, from the tolerance up.

    Neither takes a plot from anybody: shared ground counts for the first code, ground in a gap for none.

    Parameters
    ----------
    villages
        Valid boundaries.
    land
        The tolerance, m².
    """
    shapes = np.array(villages.frame.geometry, dtype=object)
    codes = villages.frame["village_code"].to_numpy(dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first = left < right
    left, right = left[first], right[first]
    touching = shapely.touches(shapes[left], shapes[right])
    left, right = left[~touching], right[~touching]
    shared = shapely.intersection(shapes[left], shapes[right])
    common, own = geodesic_area_m2(shared), geodesic_area_m2(shapes)
    spots = Spots(shared)
    for pair in np.flatnonzero(common >= land.overlap_tolerance_m2):
        i, j, m2 = left[pair], right[pair], float(common[pair])
        share = m2 / float(min(own[i], own[j]))
        yield PlotIssue("", codes[i], "boundary_overlap", "warning", share, 0.0, m2, codes[j], **spots.at(pair))
    yield from _gaps(villages, shapes, land)


def _gaps(villages: Villages, shapes: np.ndarray, land: LandTable) -> Iterator[PlotIssue]:
    whole = shapely.union_all(shapes)
    parts = shapely.get_parts(whole)
    rings, of = shapely.get_rings(parts, return_index=True)
    inner = np.ones(len(of), dtype=bool)
    inner[np.unique(of, return_index=True)[1]] = False
    gaps = shapely.polygons(rings[inner]) if inner.any() else np.empty(0, dtype=object)
    tree = shapely.STRtree(shapes)
    codes = villages.frame["village_code"].to_numpy(dtype=object)
    areas, spots = geodesic_area_m2(gaps), Spots(gaps)
    for k in np.flatnonzero(areas >= land.overlap_tolerance_m2):
        around = sorted(codes[tree.query(gaps[k], predicate="intersects")])
        m2 = float(areas[k])
        yield PlotIssue(
            "", around[0], "boundary_gap", "warning", m2, land.overlap_tolerance_m2, m2, "; ".join(around[1:]),
            **spots.at(k),
        )  # fmt: skip
