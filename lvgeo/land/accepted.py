"""The plots that count, each clipped to its village, so that no ground counts in two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from lvgeo.land.checks import holding_villages
from lvgeo.land.plots import Plots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

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
    shapes = np.array([g if g.is_valid else shapely.make_valid(g) for g in frame.geometry], dtype=object)
    held = holding_villages(shapes, villages)
    codes = [code or most for code, most in zip(frame["village_code"], held, strict=True)]
    borders = _disjoint(villages)
    clipped = [
        _areas_only(shapely.intersection(shape, borders[code])) if code in borders else shapely.Polygon()
        for shape, code in zip(shapes, codes, strict=True)
    ]
    frame = gpd.GeoDataFrame(
        frame.drop(columns="geometry").assign(village_code=codes), geometry=clipped, crs=villages.crs
    )
    return Plots(frame[~frame.geometry.is_empty].reset_index(drop=True))


def _disjoint(villages: Villages) -> dict[str, BaseGeometry]:
    """Boundaries without the ground that an earlier code already holds."""
    codes, shapes = list(villages.frame["village_code"]), np.array(villages.frame.geometry, dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    found = dict(zip(codes, shapes, strict=True))
    for later, earlier in zip(left, right, strict=True):
        if earlier < later:
            found[codes[later]] = _areas_only(shapely.difference(found[codes[later]], shapes[earlier]))
    return found


def _areas_only(shape: BaseGeometry) -> BaseGeometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
