"""Ground that two plots share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.plots import PlotIssue, Spots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.measured import Measured
    from lvgeo.land.plots import Severity

__all__ = ["overlap_issues"]

SAME_M2: Final = 0.01  # symmetric difference below which two shapes are one


def overlap_issues(measured: Measured, land: LandTable) -> Iterator[PlotIssue]:
    """Pairs of plots that share ground, with its area and its share of the smaller; one row a pair, at the first.

    Two plots that are the same shape are a duplicate: an error of the later id, for the ground counts once, through the
    other.

    Parameters
    ----------
    measured
        Each plot with its village.
    land
        The tolerance below which an overlap is only listed.
    """
    shapes, areas = measured.shapes, measured.areas
    ids, codes = measured.plots.ids, measured.plots.codes
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first = left < right
    left, right = left[first], right[first]
    shared = shapely.intersection(shapes[left], shapes[right])
    common = geodesic_area_m2(shared)
    smaller = np.minimum(areas[left], areas[right])
    same = areas[left] + areas[right] - 2 * common < SAME_M2
    spots = Spots(shared)
    for pair in np.flatnonzero(common > 0.0):
        i, j, m2 = left[pair], right[pair], float(common[pair])
        if same[pair]:
            yield PlotIssue(ids[j], codes[j], "duplicate", "error", 1.0, 0.0, m2, ids[i], **spots.at(pair))
            continue
        severity: Severity = "warning" if m2 >= land.overlap_tolerance_m2 else "info"
        share, limit = m2 / float(smaller[pair]), land.overlap_tolerance_m2 / float(smaller[pair])
        yield PlotIssue(ids[i], codes[i], "overlap", severity, share, limit, m2, ids[j], **spots.at(pair))
