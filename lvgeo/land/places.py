"""Whether each plot lies where it says: in its village, in any village, or a web map's shift away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.land.area import GRS80, geodesic_area_m2
from lvgeo.land.datum import bd09_to_wgs84, gcj02_to_wgs84
from lvgeo.land.plots import PlotIssue, Spots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.location import Location
    from lvgeo.land.plots import Plots, Villages

__all__ = ["place_issues", "word_issues"]

OUTSIDE: Final = 0.5  # share outside its village from which a plot is not that village's at all
SHIFTED_INSIDE: Final = 0.9  # share inside after undoing a web map's shift, from which the shift is the likely cause
SHOWN: Final = 5e-5  # half of the last decimal that a share is written with
SHIFTS: Final = (("gcj02_suspected", gcj02_to_wgs84), ("bd09_suspected", bd09_to_wgs84))

# On what a place rests → the issue that says so; only a declared or assumed system is evidence.
_WORDS: Final = {
    "inferred": "crs_inferred",
    "swapped": "axes_swapped",
    "metres": "metres_as_degrees",
    "gcj02": "gcj02_source",
    "bd09": "bd09_source",
}


def word_issues(plots: Plots, areas: NDArray[np.float64]) -> Iterator[PlotIssue]:
    """Plots whose place is an inference or a sketch: errors, since no verdict may rest on them."""
    words = plots.frame["placed"].to_numpy(dtype=object)
    spots = Spots(np.array(plots.frame.geometry, dtype=object))
    for k in np.flatnonzero(~np.isin(words, ("declared", "assumed"))):
        yield PlotIssue(
            plots.ids[k], plots.codes[k], _WORDS[words[k]], "error", area_m2=float(areas[k]), **spots.at(k)
        )


def place_issues(
    plots: Plots,
    shapes: NDArray[np.object_],
    areas: NDArray[np.float64],
    where: Location,
    villages: Villages,
    land: LandTable,
    given: NDArray[np.object_],
) -> Iterator[PlotIssue]:
    """Unknown codes, plots outside or across borders, and plots that a web map's shift explains.

    Parameters
    ----------
    plots
        Each with the code it names or, without one, of the village that holds most of it.
    shapes, areas
        (n,) valid, and their m².
    where
        Of these shapes.
    villages, land
        Borders and tolerance.
    given
        (n,) codes as the files have them, empty where they name none.
    """
    codes = villages.frame["village_code"].to_numpy(dtype=object)
    row_of = {code: row for row, code in enumerate(codes)}
    borders = np.array(villages.frame.geometry, dtype=object)
    home = np.array([row_of.get(code, -1) for code in plots.codes], dtype=np.int64)
    inside, anywhere = where.inside_m2(home), where.anywhere_m2()
    unknown = (plots.codes != "") & (home < 0)
    safe = np.maximum(areas, 1e-9)
    # Without a code a plot may lie in any village; only the part in the one that holds most of it will count.
    away = 1.0 - np.where(given != "", inside, anywhere) / safe
    elsewhere = ~unknown & (away > OUTSIDE)
    outside = np.maximum(areas - inside, 0.0)
    spots = Spots(shapes)
    held = np.append(codes, "")[where.held]
    for k in np.flatnonzero(unknown):
        yield PlotIssue(
            plots.ids[k], plots.codes[k], "village_code_unknown", "error", area_m2=float(areas[k]), **spots.at(k)
        )
    for k in np.flatnonzero(~unknown & ~elsewhere & (outside > land.overlap_tolerance_m2)):
        share, limit = float(outside[k] / safe[k]), land.overlap_tolerance_m2 / float(safe[k])
        rows = np.sort(where.village[where.plot == k])
        listed = _shares(shapes[k], codes[rows], borders[rows])
        yield PlotIssue(
            plots.ids[k], plots.codes[k], "straddles_border", "warning", share, limit, float(outside[k]), listed,
            **spots.at(k),
        )  # fmt: skip
    rows = np.flatnonzero(elsewhere)
    suspected = _suspected(plots, shapes, rows, home, borders, given)
    for k in rows:
        who, m2 = (plots.ids[k], given[k]), float(areas[k] - (inside[k] if given[k] else anywhere[k]))
        if k in suspected:
            code, distance, share = suspected[k]
            yield PlotIssue(*who, code, "error", distance, share, m2, held[k], **spots.at(k))
        else:
            code = "outside_village" if given[k] else "no_village"
            yield PlotIssue(*who, code, "error", float(away[k]), OUTSIDE, m2, held[k], **spots.at(k))


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
    plots: Plots,
    shapes: NDArray[np.object_],
    rows: NDArray[np.int64],
    home: NDArray[np.int64],
    borders: NDArray[np.object_],
    given: NDArray[np.object_],
) -> dict[int, tuple[str, float, float]]:
    """Row → (issue, distance in m, share of the file's misplaced plots that the same shift brings in)."""
    found: dict[int, tuple[str, float, float]] = {}
    if not len(rows):
        return found
    street = shapely.union_all(borders) if (given[rows] == "").any() else shapely.Polygon()
    targets = np.array([borders[home[k]] if given[k] else street for k in rows], dtype=object)
    files = plots.frame["file"].to_numpy(dtype=object)[rows]
    for issue, undo in SHIFTS:
        back = shapely.transform(shapes[rows], undo, interleaved=False)
        share = shapely.area(shapely.intersection(back, targets)) / np.maximum(shapely.area(back), 1e-18)
        hit = share >= SHIFTED_INSIDE
        a, b = (shapely.get_coordinates(shapely.centroid(s)) for s in (shapes[rows], back))
        distance = np.asarray(GRS80.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])
        for n in np.flatnonzero(hit):
            mates = files == files[n]
            found.setdefault(int(rows[n]), (issue, float(distance[n]), float(hit[mates].mean())))
    return found
