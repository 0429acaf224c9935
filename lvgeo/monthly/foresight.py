"""What each plot must have gained month by month, and from which month on a lag could be proven."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lvgeo.progress.expected import Stand, expected_gain, growth_group
from lvgeo.progress.growth import PROVABLE
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.land.plots import Plots
    from lvgeo.monthly.results import Rows

__all__ = ["required_rows"]


def required_rows(
    plots: Plots, settings: CampaignSettings, pixel_m: Mapping[str, float], half_width_pp: Mapping[str, float]
) -> Rows:
    """Rows of required_gain.csv, one a plot and month of the year.

    Parameters
    ----------
    plots
        Accepted plots.
    settings
        The year's rules.
    pixel_m
        Village code → ground size of its class raster's pixels.
    half_width_pp
        Village code → half of this month's interval: what this camera and this noise can tell apart.
    """
    year, seed = settings.campaign.year, settings.campaign.seed
    rows = []
    frame = plots.frame.sort_values("plot_id")
    for plot_id, code, species, planted in frame[["plot_id", "village_code", "species", "planted_on"]].itertuples(
        index=False
    ):
        planted_on = planted if isinstance(planted, date) else settings.milestones.planted
        group = growth_group(str(species), settings.species)
        known = pixel_m.get(code, settings.imagery.max_gsd_m)
        reach = half_width_pp.get(code)
        months = [Month(year, k) for k in range(1, 13)]
        gains = [
            expected_gain(Stand(group, planted_on, month.last_day, known), settings.growth, seed) for month in months
        ]
        provable = _first(months, (reach is not None and g.required_pp >= PROVABLE * reach for g in gains))
        for month, gain in zip(months, gains, strict=True):
            rows.append({
                "plot_id": plot_id, "village_code": code, "month": str(month), "planted_on": str(planted_on),
                "growth_group": group, "expected_pp": gain.expected_pp, "required_pp": gain.required_pp,
                "provable_from": provable,
            })  # fmt: skip
    return tuple(rows)


def _first(months: list[Month], proven: Iterable[bool]) -> str:
    return next((str(month) for month, one in zip(months, proven, strict=True) if one), "")
