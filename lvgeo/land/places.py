"""Whether each plot lies where it says: in its village, in any village, or a web map's shift away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.land.area import GRS80, geodesic_area_m2
from lvgeo.land.datum import bd09_to_wgs84, gcj02_to_wgs84
from lvgeo.land.plots import PlotIssue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.location import Location
    from lvgeo.land.measured import Measured
    from lvgeo.land.plots import Villages

__all__ = ["SHIFTS", "place_issues", "word_issues"]

OUTSIDE: Final = 0.5  # share outside its village from which a plot is not that village's at all
SHIFTED_INSIDE: Final = 0.9  # share inside after undoing a web map's shift, from which the shift is the likely cause
SHOWN: Final = 5e-5  # half of the last decimal that a share is written with
SHIFTS: Final = {"gcj02_suspected": gcj02_to_wgs84, "bd09_suspected": bd09_to_wgs84}
"""Issue → the inverse of the web map's shift that it suspects."""

# On what a place rests → the issue that says so; only a declared or assumed system is evidence.
_WORDS: Final = {
    "inferred": "crs_inferred",
    "swapped": "axes_swapped",
    "metres": "metres_as_degrees",
    "gcj02": "gcj02_source",
    "bd09": "bd09_source",
}


def word_issues(measured: Measured) -> Iterator[PlotIssue]:
    """Name plots whose place is an inference or a sketch: errors, since no verdict may rest on them."""
    plots, areas, spots = measured.plots, measured.areas, measured.spots
    words = plots.frame["placed"].to_numpy(dtype=object)
    for k in np.flatnonzero(~np.isin(words, ("declared", "assumed"))):
        yield PlotIssue(plots.ids[k], plots.codes[k], _WORDS[words[k]], "error", area_m2=float(areas[k]), **spots.at(k))


def place_issues(
    measured: Measured, where: Location, villages: Villages, land: LandTable, given: NDArray[np.object_]
) -> Iterator[PlotIssue]:
    """Name unknown codes, plots outside or across borders, and plots that a web map's shift explains.

    Parameters
    ----------
    measured
        Each plot with the code it names or, without one, of the village that holds most of it.
    where
        Of these plots.
    villages, land
        Borders and tolerance.
    given
        (n,) codes as the files have them, empty where they name none.
    """
    plots, areas, spots = measured.plots, measured.areas, measured.spots
    codes = villages.frame["village_code"].to_numpy(dtype=object)
    row_of = {code: row for row, code in enumerate(codes)}
    home = np.array([row_of.get(code, -1) for code in plots.codes], dtype=np.int64)
    # Without a code a plot may lie in any village; only the part in the one that holds most of it will count.
    held_m2 = np.where(given == "", where.anywhere_m2(), where.inside_m2(home))
    unknown = (plots.codes != "") & (home < 0)
    elsewhere = ~unknown & (areas - held_m2 > OUTSIDE * areas)
    for k in np.flatnonzero(unknown).tolist():
        m2 = float(areas[k])
        yield PlotIssue(plots.ids[k], plots.codes[k], "village_code_unknown", "error", area_m2=m2, **spots.at(k))
    borders = np.array(villages.frame.geometry, dtype=object)
    across = ~unknown & ~elsewhere
    yield from _straddling(measured, np.where(across, where.inside_m2(home), np.inf), where, (codes, borders), land)
    rows = np.flatnonzero(elsewhere)
    suspected = _suspected(measured, rows, home, borders, given)
    held = np.append(codes, "")[where.held]
    for k in rows.tolist():
        who, m2 = (plots.ids[k], given[k]), float(areas[k] - held_m2[k])
        code, value, limit = suspected.get(
            k, ("outside_village" if given[k] else "no_village", m2 / max(float(areas[k]), 1e-9), OUTSIDE)
        )
        yield PlotIssue(*who, code, "error", value, limit, m2, held[k], **spots.at(k))


def _straddling(
    measured: Measured,
    inside_m2: NDArray[np.float64],
    where: Location,
    known: tuple[NDArray[np.object_], NDArray[np.object_]],
    land: LandTable,
) -> Iterator[PlotIssue]:
    """Name plots with more than the tolerance outside their own village, each with every village's share."""
    plots, areas, spots = measured.plots, measured.areas, measured.spots
    codes, borders = known
    for k in np.flatnonzero(areas - inside_m2 > land.overlap_tolerance_m2).tolist():
        m2, whole = float(areas[k] - inside_m2[k]), float(areas[k])
        rows = np.sort(where.village[where.plot == k])
        listed = _shares(measured.shapes[k], codes[rows], borders[rows])
        limit = land.overlap_tolerance_m2 / whole
        yield PlotIssue(
            plots.ids[k], plots.codes[k], "straddles_border", "warning", m2 / whole, limit, m2, listed, **spots.at(k)
        )


def _shares(shape: BaseGeometry, codes: NDArray[np.object_], borders: NDArray[np.object_]) -> str:
    """Every village's share of a plot, and what is in none; they sum to 1, for ground in two is the first code's."""
    parts, rest = [], shape
    for border in borders:
        parts.append(shapely.intersection(rest, border))
        rest = shapely.difference(rest, border)
    areas = geodesic_area_m2([*parts, rest])
    named = zip((*codes, "-"), areas / areas.sum(), strict=True)
    return "; ".join(f"{code}={share:.4f}" for code, share in named if share > SHOWN)


def _suspected(
    measured: Measured,
    rows: NDArray[np.int64],
    home: NDArray[np.int64],
    borders: NDArray[np.object_],
    given: NDArray[np.object_],
) -> dict[int, tuple[str, float, float]]:
    """Row → (issue, distance in m, share of the file's misplaced plots that the same shift brings in)."""
    found: dict[int, tuple[str, float, float]] = {}
    shapes = measured.shapes
    if not len(rows):
        return found
    street = shapely.union_all(borders) if (given[rows] == "").any() else shapely.Polygon()
    targets = np.array([borders[home[k]] if given[k] else street for k in rows], dtype=object)
    files = measured.plots.frame["file"].to_numpy(dtype=object)[rows]
    for issue, undo in SHIFTS.items():
        back = shapely.transform(shapes[rows], undo, interleaved=False)
        share = shapely.area(shapely.intersection(back, targets)) / np.maximum(shapely.area(back), 1e-18)
        hit = share >= SHIFTED_INSIDE
        a, b = (shapely.get_coordinates(shapely.centroid(s)) for s in (shapes[rows], back))
        distance = np.asarray(GRS80.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])
        for n in np.flatnonzero(hit):
            mates = files == files[n]
            found.setdefault(int(rows[n]), (issue, float(distance[n]), float(hit[mates].mean())))
    return found
