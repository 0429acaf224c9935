"""Whether a plot's own drawing can stand: crossings, parts, strips, holes, and what is wrong at a vertex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.land.area import geodesic_area_m2, local_metres
from lvgeo.land.plots import PlotIssue, Spot, Spots
from lvgeo.land.vertices import vertex_issues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.measured import Measured
    from lvgeo.land.plots import Plots, Severity

__all__ = ["drawing_issues"]

SLIVER_M: Final = 1.0  # mean width, 2 A / P, below which a plot is a strip along somebody's border
XY: Final = 2


def drawing_issues(plots: Measured, land: LandTable) -> Iterator[PlotIssue]:
    """Find what is wrong with each plot by itself.

    Parameters
    ----------
    plots
        Measured.
    land
        Whether a repair counts.
    """
    for piece in plots.pieces():
        yield from _crossings(piece, land)
        yield from _form(piece)
        yield from _holes(piece.plots, piece.drawn)
        yield from vertex_issues(piece)


def _form(piece: Measured) -> Iterator[PlotIssue]:
    """Several parts, and strips."""
    drawn, areas, spots = piece.drawn, piece.areas, piece.spots
    ids, codes = piece.plots.ids, piece.plots.codes
    metres = local_metres(drawn)
    parts = shapely.get_num_geometries(drawn)
    for k in np.flatnonzero(parts > 1):
        yield PlotIssue(ids[k], codes[k], "multipart", "warning", float(parts[k]), 1.0, float(areas[k]), **spots.at(k))
    width = 2.0 * areas / np.maximum(shapely.length(metres), 1e-9)
    for k in np.flatnonzero((width < SLIVER_M) & (areas > 0)):
        yield PlotIssue(
            ids[k], codes[k], "sliver", "warning", float(width[k]), SLIVER_M, float(areas[k]), **spots.at(k)
        )


def _crossings(piece: Measured, land: LandTable) -> Iterator[PlotIssue]:
    plots, drawn, areas = piece.plots, piece.drawn, piece.areas
    severity: Severity = "warning" if land.repair == "apply" else "error"
    wrong = np.flatnonzero(~shapely.is_valid(drawn))
    before = geodesic_area_m2(drawn[wrong])
    spots = piece.spots
    for k, m2 in zip(wrong, before, strict=True):
        # "Self-intersection[x y]" is all that GEOS says of where.
        said = shapely.is_valid_reason(drawn[k]).partition("[")[2].rstrip("]").split()
        at = Spot(lon=float(said[0]), lat=float(said[1])) if len(said) >= XY else spots.at(k)
        after = float(areas[k])
        yield PlotIssue(plots.ids[k], plots.codes[k], "self_intersection", severity, float(m2), after, after, **at)


def _holes(plots: Plots, drawn: NDArray[np.object_]) -> Iterator[PlotIssue]:
    parts, of = shapely.get_parts(drawn, return_index=True)
    holed = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    rings, ring_of = shapely.get_rings(parts[holed], return_index=True)
    inner = np.ones(len(ring_of), dtype=bool)
    inner[np.unique(ring_of, return_index=True)[1]] = False
    owner = of[holed][ring_of[inner]]
    holes = shapely.polygons(rings[inner])
    counts = np.bincount(owner, minlength=len(drawn))
    lost = np.bincount(owner, weights=geodesic_area_m2(holes), minlength=len(drawn))
    spots = Spots(drawn)
    for k in np.flatnonzero(counts):
        yield PlotIssue(
            plots.ids[k], plots.codes[k], "hole", "info", float(counts[k]), 0.0, float(lost[k]), **spots.at(k)
        )
