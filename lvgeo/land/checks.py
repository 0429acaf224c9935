"""What is wrong with each plot: one row an issue, with a value, a limit, a place and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypedDict

import numpy as np
import shapely

from lvgeo.land.area import GRS80, geodesic_area_m2
from lvgeo.land.datum import bd09_to_wgs84, gcj02_to_wgs84
from lvgeo.land.plots import PlotIssue, Plots
from lvgeo.units import mu_to_m2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.plots import Severity, Villages

__all__ = ["check_plots", "holding_villages"]

OUTSIDE: Final = 0.5  # share outside its village from which a plot is not that village's at all
SHIFTED_INSIDE: Final = 0.9  # share inside after undoing a web map's shift, from which the shift is the likely cause
DECLARED: Final = 0.05  # relative difference of declared and measured area that is worth a look
XY: Final = 2
SAME_M2: Final = 0.01  # symmetric difference below which two shapes are one
_ORDER: Final = {"error": 0, "warning": 1, "info": 2}


def check_plots(plots: Plots, villages: Villages, land: LandTable, on: date) -> tuple[PlotIssue, ...]:
    """Check every plot.

    Parameters
    ----------
    plots, villages
        In one geographic reference system.
    land
        Limits.
    on
        Day of the check.

    Returns
    -------
    tuple[PlotIssue, ...]
        Sorted by plot, severity and code.
    """
    frame = plots.frame
    if frame.empty:
        return ()
    shapes = np.array([g if g.is_valid else shapely.make_valid(g) for g in frame.geometry], dtype=object)
    areas = geodesic_area_m2(list(shapes))
    held = holding_villages(shapes, villages)
    given = list(frame["village_code"])
    # An issue of a plot without a code stands against the village that holds most of it.
    owned = Plots(frame.assign(village_code=[code or most for code, most in zip(given, held, strict=True)]))
    found = [
        *_invalid(owned, shapes, areas, land),
        *_overlaps(owned, shapes, areas, land),
        *_places(owned, shapes, areas, villages, land, given),
        *_attributes(owned, shapes, areas, on),
    ]
    return tuple(sorted(found, key=lambda i: (i.plot_id, _ORDER[i.severity], i.issue, i.other_id)))


def holding_villages(shapes: NDArray[Any], villages: Villages) -> list[str]:
    """Code of the village that holds most of each shape, empty where none touches it."""
    borders = np.array(villages.frame.geometry, dtype=object)
    codes = list(villages.frame["village_code"])
    best = [("", 0.0)] * len(shapes)
    left, right = shapely.STRtree(borders).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[left], borders[right]))
    for plot, village, area in zip(left, right, shared, strict=True):
        if area > best[plot][1]:
            best[plot] = (codes[village], float(area))
    return [code for code, _ in best]


class _Place(TypedDict):
    lon: float
    lat: float


def _at(shape: BaseGeometry) -> _Place:
    point = shape.representative_point() if not shape.is_empty else shapely.Point(np.nan, np.nan)
    return {"lon": float(point.x), "lat": float(point.y)}


def _rows(plots: Plots) -> Iterator[tuple[int, str, str]]:
    yield from (
        (k, plot_id, code)
        for k, (plot_id, code) in enumerate(plots.frame[["plot_id", "village_code"]].itertuples(index=False))
    )


def _invalid(plots: Plots, shapes: NDArray[Any], areas: NDArray[np.float64], land: LandTable) -> Iterator[PlotIssue]:
    drawn = list(plots.frame.geometry)
    severity: Severity = "warning" if land.repair == "apply" else "error"
    for k, plot_id, code in _rows(plots):
        if not drawn[k].is_valid:
            # "Self-intersection[x y]" is all that GEOS says of where.
            said = shapely.is_valid_reason(drawn[k]).partition("[")[2].rstrip("]").split()
            where = _Place(lon=float(said[0]), lat=float(said[1])) if len(said) >= XY else _at(shapes[k])
            before, after = float(geodesic_area_m2([drawn[k]])[0]), float(areas[k])
            yield PlotIssue(plot_id, code, "self_intersection", severity, before, after, after, **where)


def _overlaps(plots: Plots, shapes: NDArray[Any], areas: NDArray[np.float64], land: LandTable) -> Iterator[PlotIssue]:
    """Pairs of plots that share ground; one row a pair, at the plot that comes first."""
    ids, codes = list(plots.frame["plot_id"]), list(plots.frame["village_code"])
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first = left < right
    left, right = left[first], right[first]
    shared = shapely.intersection(shapes[left], shapes[right])
    for i, j, common, area in zip(left, right, shared, geodesic_area_m2(list(shared)), strict=True):
        if area <= 0.0:
            continue
        smaller = float(min(areas[i], areas[j]))
        if areas[i] + areas[j] - 2 * area < SAME_M2:
            # The later id goes: the ground is counted once, through the other.
            yield PlotIssue(ids[j], codes[j], "duplicate", "error", 1.0, 0.0, float(area), ids[i], **_at(common))
            continue
        severity: Severity = "warning" if area >= land.overlap_tolerance_m2 else "info"
        share = float(area) / smaller
        limit = land.overlap_tolerance_m2 / smaller
        yield PlotIssue(ids[i], codes[i], "overlap", severity, share, limit, float(area), ids[j], **_at(common))


def _places(
    plots: Plots,
    shapes: NDArray[Any],
    areas: NDArray[np.float64],
    villages: Villages,
    land: LandTable,
    given: list[str],
) -> Iterator[PlotIssue]:
    """Whether each plot lies where it says: in its village, in any village, or a web map's shift away."""
    borders = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    street = shapely.unary_union(list(borders.values()))
    held = holding_villages(shapes, villages)
    for k, plot_id, code in _rows(plots):
        where = _at(shapes[k])
        if code and code not in borders:
            yield PlotIssue(plot_id, code, "village_code_unknown", "error", area_m2=float(areas[k]), **where)
            continue
        home = borders[code] if given[k] else street
        share, outside = _outside(shapes[k], home, areas[k])
        if share > OUTSIDE:
            yield _elsewhere((plot_id, given[k]), shapes[k], home, (share, outside, held[k]))
            continue
        # Without a code only the part in the village that holds most of the plot will count.
        share, outside = _outside(shapes[k], borders[code], areas[k])
        if outside > land.overlap_tolerance_m2:
            limit = land.overlap_tolerance_m2 / float(areas[k])
            yield PlotIssue(plot_id, code, "straddles_border", "warning", share, limit, outside, **where)


def _outside(shape: BaseGeometry, home: BaseGeometry, area_m2: float) -> tuple[float, float]:
    outside = float(geodesic_area_m2([shapely.difference(shape, home)])[0])
    return (outside / float(area_m2) if area_m2 > 0 else 1.0), outside


def _elsewhere(
    who: tuple[str, str], shape: BaseGeometry, home: BaseGeometry, found: tuple[float, float, str]
) -> PlotIssue:
    share, outside, held = found
    for issue, undone in (("gcj02_suspected", gcj02_to_wgs84), ("bd09_suspected", bd09_to_wgs84)):
        xy = shapely.get_coordinates(shape)
        lon, lat = undone(xy[:, 0], xy[:, 1])
        back = shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(shape)), np.column_stack([lon, lat]))
        inside = shapely.area(shapely.intersection(back, home)) / max(shapely.area(back), 1e-18)
        if inside >= SHIFTED_INSIDE:
            distance = _metres(shape, back)
            return PlotIssue(*who, issue, "error", distance, float(inside), outside, held, **_at(shape))
    issue = "outside_village" if who[1] else "no_village"
    return PlotIssue(*who, issue, "error", share, OUTSIDE, outside, held, **_at(shape))


def _metres(one: BaseGeometry, other: BaseGeometry) -> float:
    a, b = one.centroid, other.centroid
    return float(GRS80.inv(a.x, a.y, b.x, b.y)[2])


def _attributes(plots: Plots, shapes: NDArray[Any], areas: NDArray[np.float64], on: date) -> Iterator[PlotIssue]:
    declared, planted = list(plots.frame["declared_mu"]), list(plots.frame["planted_on"])
    for k, plot_id, code in _rows(plots):
        stated = mu_to_m2(declared[k])
        if stated == stated and areas[k] > 0 and abs(areas[k] - stated) > DECLARED * stated:  # noqa: PLR0124 - not nan
            difference = float(areas[k]) - stated
            yield PlotIssue(
                plot_id,
                code,
                "area_differs",
                "warning",
                difference / stated,
                DECLARED,
                abs(difference),
                **_at(shapes[k]),
            )
        if planted[k] is not None and planted[k] > on:
            # A warning: a slip of the pen in a date is no reason to take planted ground from a village.
            days = float((planted[k] - on).days)
            yield PlotIssue(plot_id, code, "planted_in_future", "warning", days, 0.0, **_at(shapes[k]))
