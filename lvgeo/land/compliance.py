"""Each village against its 2 mu, each community against its 150 trees (the plan, 一(一))."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from lvgeo.land.accepted import accepted_plots
from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.ground import NO_GROUND, measure_ground
from lvgeo.land.plots import PlotIssue, Spots
from lvgeo.land.reference import parse_crs
from lvgeo.units import m2_to_mu, mu_to_m2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.campaign.settings import CampaignSettings, LandTable
    from lvgeo.labels import Language
    from lvgeo.land.ground import Ground
    from lvgeo.land.plots import Plots, Villages

__all__ = ["Status", "VillageArea", "measure_villages", "prior_canopy_issues"]

Status = Literal["meets", "short", "borderline", "no_plots"]


@dataclass(frozen=True, slots=True)
class VillageArea:
    """One village's new planting against what is required of it.

    Parameters
    ----------
    village_code, village, kind
        Which.
    plots
        Accepted plots.
    declared_mu
        Their declared area, nan where none is declared.
    area_m2
        Ellipsoidal area of their union inside the village, less what was canopy before.
    plane_area_m2
        The same in the campaign's plane.
    uncertainty_m2
        One standard deviation.
    required_mu
        Of a village; None for a community.
    trees, required_trees
        Of a community (trees also of a village that keeps a register); None where not counted.
    status
        ``meets``, ``short``, ``borderline``, ``no_plots``.
    issues
        Issue codes with how often each stands against its plots.
    prior_canopy_m2
        Area that left because it was canopy before.
    """

    village_code: str
    village: str
    kind: str
    plots: int
    declared_mu: float
    area_m2: float
    plane_area_m2: float
    uncertainty_m2: float
    required_mu: float | None
    trees: int | None
    required_trees: int | None
    status: Status
    issues: tuple[tuple[str, int], ...]
    prior_canopy_m2: float = 0.0

    @property
    def area_mu(self) -> float:
        """Area in mu, unrounded."""
        return m2_to_mu(self.area_m2)

    @property
    def difference_m2(self) -> float | None:
        """Area less what is required; None for a community."""
        return None if self.required_mu is None else self.area_m2 - mu_to_m2(self.required_mu)

    def row(self, language: Language) -> dict[str, object]:
        """Row of area_compliance.csv; the codes in it are the same in every language."""
        del language
        return {
            "village_code": self.village_code,
            "village": self.village,
            "kind": self.kind,
            "plots": self.plots,
            "declared_mu": self.declared_mu,
            "area_m2": self.area_m2,
            "area_mu": self.area_mu,
            "plane_area_m2": self.plane_area_m2,
            "uncertainty_m2": self.uncertainty_m2,
            "required_mu": self.required_mu,
            "difference_m2": self.difference_m2,
            "trees": self.trees,
            "required_trees": self.required_trees,
            "status": self.status,
            "issues": "; ".join(f"{code}×{count}" for code, count in self.issues),
        }


def prior_canopy_issues(plots: Plots, shares: Mapping[str, float], land: LandTable) -> tuple[PlotIssue, ...]:
    """List plots that were canopy before they were planted.

    Parameters
    ----------
    plots
        Accepted ones.
    shares
        Plot id → share under canopy at the baseline, 0 to 1.
    land
        The limit, by default 0.2, the legal definition of forest.
    """
    shapes = np.array(plots.frame.geometry, dtype=object)
    prior = np.array([shares.get(plot_id, 0.0) for plot_id in plots.ids])
    areas, spots, limit = geodesic_area_m2(shapes), Spots(shapes), land.max_prior_canopy_share
    return tuple(
        PlotIssue(
            plots.ids[k], plots.codes[k], "prior_canopy", "warning", float(prior[k]), limit, float(prior[k] * areas[k]),
            **spots.at(k),
        )
        for k in np.flatnonzero(prior > limit)
    )  # fmt: skip


def measure_villages(
    villages: Villages,
    plots: Plots,
    issues: Sequence[PlotIssue],
    trees: Mapping[str, int],
    settings: CampaignSettings,
    prior_canopy_share: Mapping[str, float] | None = None,
) -> tuple[VillageArea, ...]:
    """Hold every village and community to what is required of it.

    Parameters
    ----------
    villages, plots
        In one geographic reference system; plots as drawn.
    issues
        Of `check_plots`; an error keeps a plot out.
    trees
        Village code → living trees in the register.
    settings
        The year's rules.
    prior_canopy_share
        Plot id → share under canopy at the baseline; above the limit that share of the plot is not new planting.

    Returns
    -------
    tuple[VillageArea, ...]
        One for each village, sorted by code; none is left out.
    """
    accepted = accepted_plots(plots, villages, issues)
    plane = parse_crs(settings.campaign.crs, "campaign.toml")
    ground = measure_ground(accepted, villages.crs, plane, settings.land, prior_canopy_share or {})
    counted = Counter((issue.village_code, issue.issue) for issue in issues)
    listed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (owner, issue), times in sorted(counted.items()):
        listed[owner].append((issue, times))
    found = []
    for code, name, kind in villages.frame[["village_code", "village", "kind"]].itertuples(index=False):
        mine = ground.get(code, NO_GROUND)
        registered = _trees(mine, trees.get(code), kind)
        required_trees = settings.land.community_min_trees if kind == "community" else None
        required_mu = None if kind == "community" else settings.land.village_min_area_mu
        status = _status(mine.plots, (mine.area_m2, mine.sigma_m2), registered, required_trees, settings)
        found.append(
            VillageArea(
                code,
                name,
                kind,
                mine.plots,
                mine.declared_mu,
                mine.area_m2,
                mine.plane_m2,
                mine.sigma_m2,
                required_mu,
                registered,
                required_trees,
                status,
                tuple(listed.get(code, ())),
                mine.gone_m2,
            )
        )
    return tuple(found)


def _trees(mine: Ground, registered: int | None, kind: str) -> int | None:
    """Count registered trees; for a community without a register, the sum that its plots declare."""
    if registered is not None or kind != "community":
        return registered
    return None if math.isnan(mine.trees) else int(mine.trees)


def _status(
    plots: int,
    measured: tuple[float, float],
    trees: int | None,
    required_trees: int | None,
    settings: CampaignSettings,
) -> Status:
    if required_trees is not None:
        if trees is None and plots == 0:
            return "no_plots"
        return "meets" if (trees or 0) >= required_trees else "short"
    if plots == 0:
        return "no_plots"
    area, sigma = measured
    difference = area - mu_to_m2(settings.land.village_min_area_mu)
    if abs(difference) < settings.land.borderline_sigmas * sigma:
        return "borderline"
    return "meets" if difference >= 0 else "short"
