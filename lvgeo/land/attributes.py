"""What a plot's attributes say against what was measured, and against the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.land.plots import PlotIssue, Spots
from lvgeo.units import MU_M2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.plots import Plots

__all__ = ["attribute_issues"]

DECLARED: Final = 0.05  # relative difference of declared and measured area that is worth a look


def attribute_issues(
    plots: Plots,
    shapes: NDArray[np.object_],
    areas: NDArray[np.float64],
    land: LandTable,
    on: date,
    bare_from: date | None,
) -> Iterator[PlotIssue]:
    """Declared areas, sizes and planting dates.

    All are warnings: a slip of the pen is no reason to take planted ground from a village.

    Parameters
    ----------
    plots, shapes, areas
        (n,) plots, valid shapes and m².
    land
        Limits of size.
    on
        Day of the check.
    bare_from
        First day of the baseline, which is to show the ground bare; None where there is none.
    """
    spots, ids, codes = Spots(shapes), plots.ids, plots.codes
    stated = plots.frame["declared_mu"].to_numpy(dtype=np.float64) * MU_M2
    for k in np.flatnonzero((areas > 0) & (np.abs(areas - stated) > DECLARED * stated)):
        difference = float(areas[k] - stated[k])
        relative = difference / float(stated[k]) if stated[k] > 0 else float("inf")
        yield PlotIssue(
            ids[k], codes[k], "area_differs", "warning", relative, DECLARED, abs(difference), **spots.at(k)
        )
    kinds = plots.frame["kind"].to_numpy(dtype=object)
    sizes = {kind: land.plot_size_m2_by_kind.get(kind, land.plot_size_m2) for kind in set(kinds)}
    low = np.array([sizes[kind][0] for kind in kinds])
    high = np.array([sizes[kind][1] for kind in kinds])
    for code, wrong, limit in (("too_small", areas < low, low), ("too_large", areas > high, high)):
        for k in np.flatnonzero(wrong & (areas > 0)):
            m2 = float(areas[k])
            yield PlotIssue(ids[k], codes[k], code, "warning", m2, float(limit[k]), m2, **spots.at(k))
    for k, planted in enumerate(plots.frame["planted_on"]):
        if planted is None:
            yield PlotIssue(ids[k], codes[k], "no_planting_date", "info", **spots.at(k))
        elif planted > on:
            days = float((planted - on).days)
            yield PlotIssue(ids[k], codes[k], "planted_in_future", "warning", days, 0.0, **spots.at(k))
        elif bare_from is not None and planted < bare_from:
            days = float((bare_from - planted).days)
            yield PlotIssue(ids[k], codes[k], "planted_before_baseline", "warning", days, 0.0, **spots.at(k))
