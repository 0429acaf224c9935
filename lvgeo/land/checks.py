"""What is wrong with each plot: one row an issue, with a value, a limit, a place and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.land.attributes import attribute_issues
from lvgeo.land.boundaries import boundary_issues
from lvgeo.land.location import locate
from lvgeo.land.measured import measured
from lvgeo.land.no_plant import no_plant_issues
from lvgeo.land.overlaps import overlap_issues
from lvgeo.land.places import place_issues, word_issues
from lvgeo.land.validity import drawing_issues

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.no_plant import NoPlantArea
    from lvgeo.land.plots import PlotIssue, Plots, Villages

__all__ = ["check_plots"]

_ORDER: Final = {"error": 0, "warning": 1, "info": 2}


def check_plots(
    plots: Plots,
    villages: Villages,
    land: LandTable,
    on: date,
    *,
    no_plant: Sequence[NoPlantArea] = (),
    bare_from: date | None = None,
) -> tuple[PlotIssue, ...]:
    """Check every plot, and the boundaries that they are held against.

    Parameters
    ----------
    plots, villages
        In one geographic reference system.
    land
        Limits.
    on
        Day of the check.
    no_plant
        Ground on which nothing may be planted, or only after review.
    bare_from
        First day of the baseline, which is to show the ground bare.

    Returns
    -------
    tuple[PlotIssue, ...]
        Sorted by plot, severity and code; issues of boundaries, without a plot, come first.
    """
    found = list(boundary_issues(villages, land))
    if not plots.frame.empty:
        drawn = measured(plots)
        where = locate(drawn.shapes, drawn.areas, np.array(villages.frame.geometry, dtype=object))
        given = plots.codes
        held = np.append(villages.frame["village_code"].to_numpy(dtype=object), "")[where.held]
        # An issue of a plot without a code stands against the village that holds most of it.
        owned = drawn.owned_by(np.where(given == "", held, given))
        found += [
            *word_issues(owned),
            *drawing_issues(owned, land),
            *overlap_issues(owned, land),
            *place_issues(owned, where, villages, land, given),
            *attribute_issues(owned, land, on, bare_from),
            *no_plant_issues(owned, no_plant),
        ]
    return tuple(sorted(found, key=lambda i: (i.plot_id, _ORDER[i.severity], i.issue, i.other_id, i.lon, i.lat)))
