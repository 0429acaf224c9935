"""Whether a plot's own drawing can stand: crossings, spikes, slivers, repeated vertices, parts and holes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.land.area import geodesic_area_m2, local_metres
from lvgeo.land.location import areas_only
from lvgeo.land.plots import PlotIssue, Spot, Spots

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.plots import Plots, Severity

__all__ = ["drawing_issues", "whole_shapes"]

# TerraMatch's rule (angle < 10°, (d1 + d2) / base > 5) with a shortest leg that fits a plot of 36 m; its own 50 m never
# sees one there.
SPIKE_DEG: Final = 10.0
SPIKE_RATIO: Final = 5.0
SPIKE_LEG_M: Final = 2.0
SLIVER_M: Final = 1.0  # mean width, 2 A / P, below which a plot is a strip along somebody's border
REPEATED_M: Final = 0.001  # the third decimal of a survey's metres
XY: Final = 2
_RING: Final = 4  # coordinates of the smallest ring, closed


def whole_shapes(geometry: gpd.GeoSeries) -> NDArray[np.object_]:
    """(n,) geometries, the invalid ones repaired (GEOS' make_valid, areas only)."""
    shapes = np.array(geometry, dtype=object)
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    shapes[wrong] = [areas_only(shape) for shape in shapely.make_valid(shapes[wrong])]
    return shapes


def drawing_issues(
    plots: Plots, shapes: NDArray[np.object_], areas: NDArray[np.float64], land: LandTable
) -> Iterator[PlotIssue]:
    """Find what is wrong with each plot by itself.

    Parameters
    ----------
    plots
        As drawn.
    shapes, areas
        (n,) repaired, and their m².
    land
        Whether a repair counts.
    """
    drawn = np.array(plots.frame.geometry, dtype=object)
    yield from _crossings(plots, drawn, shapes, areas, land)
    ids, codes = plots.ids, plots.codes
    spots = Spots(shapes)
    metres = local_metres(drawn)
    parts = shapely.get_num_geometries(drawn)
    for k in np.flatnonzero(parts > 1):
        yield PlotIssue(ids[k], codes[k], "multipart", "warning", float(parts[k]), 1.0, float(areas[k]), **spots.at(k))
    width = 2.0 * areas / np.maximum(shapely.length(metres), 1e-9)
    for k in np.flatnonzero((width < SLIVER_M) & (areas > 0)):
        yield PlotIssue(ids[k], codes[k], "sliver", "warning", float(width[k]), SLIVER_M, float(areas[k]), **spots.at(k))
    yield from _holes(plots, drawn)
    yield from _vertices(plots, drawn, metres)


def _crossings(
    plots: Plots,
    drawn: NDArray[np.object_],
    shapes: NDArray[np.object_],
    areas: NDArray[np.float64],
    land: LandTable,
) -> Iterator[PlotIssue]:
    severity: Severity = "warning" if land.repair == "apply" else "error"
    wrong = np.flatnonzero(~shapely.is_valid(drawn))
    before = geodesic_area_m2(drawn[wrong])
    spots = Spots(shapes)
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


def _vertices(plots: Plots, drawn: NDArray[np.object_], metres: NDArray[np.object_]) -> Iterator[PlotIssue]:
    """Spikes, repeated vertices and gaps that had to be closed, each at its vertex."""
    parts, of = shapely.get_parts(metres, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    owner = of[ring_of]
    counts = shapely.get_num_coordinates(rings)
    xy = shapely.get_coordinates(rings)
    degrees = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(drawn)))
    starts = np.cumsum(counts) - counts
    last = starts + counts - 1
    row = np.repeat(owner, counts)
    step = np.empty_like(xy)
    step[:-1] = xy[1:] - xy[:-1]
    step[last] = step[starts]  # the closing vertex is the first one again, and is not tried twice
    leg = np.hypot(*step.T)
    back = np.roll(step, 1, axis=0)
    back[starts] = step[last - 1]
    back_leg = np.hypot(*back.T)
    tried = np.ones(len(xy), dtype=bool)
    tried[last] = False
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = -(step * back).sum(axis=1) / (leg * back_leg)
        angle = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
        ratio = (leg + back_leg) / np.hypot(*(step + back).T)
    spike = tried & (angle < SPIKE_DEG) & (ratio > SPIKE_RATIO) & (np.minimum(leg, back_leg) >= SPIKE_LEG_M)
    triangle = np.abs(step[:, 0] * back[:, 1] - step[:, 1] * back[:, 0]) / 2.0
    ids, codes = plots.ids, plots.codes
    for v in np.flatnonzero(spike):
        k, at = row[v], Spot(lon=float(degrees[v, 0]), lat=float(degrees[v, 1]))
        yield PlotIssue(ids[k], codes[k], "spike", "warning", float(angle[v]), SPIKE_DEG, float(triangle[v]), **at)
    repeated = np.flatnonzero(tried & (leg < REPEATED_M) & np.repeat(counts > _RING, counts))
    times = np.bincount(row[repeated], minlength=len(drawn))
    for k, v in zip(*np.unique(row[repeated], return_index=True), strict=True):
        at = Spot(lon=float(degrees[repeated[v], 0]), lat=float(degrees[repeated[v], 1]))
        yield PlotIssue(ids[k], codes[k], "duplicate_vertex", "info", float(times[k]), 0.0, **at)
    open_rows = plots.frame["unclosed"].to_numpy(dtype=bool)
    seen: set[int] = set()
    for ring in np.flatnonzero(open_rows[owner]):
        k, v = int(owner[ring]), last[ring] - 1
        if k not in seen:  # the outer ring's gap; which ring of several was open the file does not keep
            seen.add(k)
            at = Spot(lon=float(degrees[v, 0]), lat=float(degrees[v, 1]))
            yield PlotIssue(ids[k], codes[k], "unclosed", "warning", float(leg[v]), 0.0, **at)
