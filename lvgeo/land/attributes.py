"""What a plot's attributes say against what was measured, and against the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.land.plots import PlotIssue
from lvgeo.units import MU_M2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.measured import Measured
    from lvgeo.land.plots import Severity

__all__ = ["attribute_issues"]

DECLARED: Final = 0.05  # relative difference of declared and measured area that is worth a look


def attribute_issues(measured: Measured, land: LandTable, on: date, bare_from: date | None) -> Iterator[PlotIssue]:
    """Check declared areas, sizes and planting dates.

    All are warnings: a slip of the pen is no reason to take planted ground from a village.

    Parameters
    ----------
    measured
        Plots.
    land
        Limits of size.
    on
        Day of the check.
    bare_from
        First day of the baseline, which is to show the ground bare; None where there is none.
    """
    plots, areas, spots = measured.plots, measured.areas, measured.spots
    ids, codes = plots.ids, plots.codes
    stated = plots.frame["declared_mu"].to_numpy(dtype=np.float64) * MU_M2
    for k in np.flatnonzero((areas > 0) & (np.abs(areas - stated) > DECLARED * stated)):
        difference = float(areas[k] - stated[k])
        relative = difference / float(stated[k]) if stated[k] > 0 else float("inf")
        yield PlotIssue(ids[k], codes[k], "area_differs", "warning", relative, DECLARED, abs(difference), **spots.at(k))
    yield from _sizes(measured, land)
    for row, planted in enumerate(plots.frame["planted_on"]):
        issue = _date_issue(planted, on, bare_from)
        if issue is not None:
            code, severity, days = issue
            yield PlotIssue(ids[row], codes[row], code, severity, days, 0.0, **spots.at(row))


def _sizes(measured: Measured, land: LandTable) -> Iterator[PlotIssue]:
    plots, areas, spots = measured.plots, measured.areas, measured.spots
    kinds = plots.frame["kind"].to_numpy(dtype=object)
    sizes = {kind: land.plot_size_m2_by_kind.get(kind, land.plot_size_m2) for kind in set(kinds)}
    low = np.array([sizes[kind][0] for kind in kinds])
    high = np.array([sizes[kind][1] for kind in kinds])
    for code, wrong, limit in (("too_small", areas < low, low), ("too_large", areas > high, high)):
        for k in np.flatnonzero(wrong & (areas > 0)):
            m2 = float(areas[k])
            yield PlotIssue(plots.ids[k], plots.codes[k], code, "warning", m2, float(limit[k]), m2, **spots.at(k))


def _date_issue(planted: date | None, on: date, bare_from: date | None) -> tuple[str, Severity, float] | None:
    """Code, severity and days of what is wrong with a planting date."""
    if planted is None:
        return "no_planting_date", "info", float("nan")
    if planted > on:
        return "planted_in_future", "warning", float((planted - on).days)
    if bare_from is not None and planted < bare_from:
        return "planted_before_baseline", "warning", float((bare_from - planted).days)
    return None
