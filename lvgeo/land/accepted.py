"""The plots that count, each clipped to its village, so that no ground counts in two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.location import disjoint_borders, locate
from lvgeo.land.plots import Plots
from lvgeo.land.repair import areas_only, whole_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.land.plots import PlotIssue, Villages

__all__ = ["accepted_plots"]


def accepted_plots(plots: Plots, villages: Villages, issues: Sequence[PlotIssue]) -> Plots:
    """Keep the plots that no error names, each with its village and clipped to it.

    Parameters
    ----------
    plots, villages
        In one geographic reference system.
    issues
        Of `check_plots`.

    Returns
    -------
    Plots
        Without a village code a plot belongs to the village that holds most of it. Where boundaries overlap, the
        ground is the first code's, so that none counts twice.
    """
    refused = {issue.plot_id for issue in issues if issue.severity == "error"}
    frame = plots.frame[~plots.frame["plot_id"].isin(refused)].reset_index(drop=True)
    if frame.empty:
        return Plots(frame)
    # A plot that crosses itself gets this far only where the campaign lets repairs count.
    shapes = whole_shapes(frame.geometry)
    borders = disjoint_borders(villages)
    where = locate(shapes, geodesic_area_m2(shapes), borders)
    codes = np.append(villages.frame["village_code"].to_numpy(dtype=object), "")
    given = frame["village_code"].to_numpy(dtype=object)
    named = np.where(given == "", codes[where.held], given)
    row_of = {code: row for row, code in enumerate(codes[:-1])}
    home = np.array([row_of.get(code, -1) for code in named], dtype=np.int64)
    mine = where.village == home[where.plot]
    inside = np.zeros(len(shapes), dtype=bool)
    inside[where.plot[mine & where.whole]] = True
    clipped = shapes.copy()
    clipped[~inside] = shapely.Polygon()
    cut = where.plot[mine & ~where.whole]
    clipped[cut] = [areas_only(part) for part in shapely.intersection(shapes[cut], borders[home[cut]])]
    kept = inside.copy()
    kept[cut] = ~shapely.is_empty(clipped[cut])
    frame = gpd.GeoDataFrame(
        frame.drop(columns="geometry").assign(village_code=named)[kept], geometry=clipped[kept], crs=villages.crs
    )
    return Plots(frame.reset_index(drop=True))
