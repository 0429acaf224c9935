"""Each village against its 2 mu, each community against its 150 trees (the plan, 一(一))."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from lvgeo.land.accepted import accepted_plots
from lvgeo.land.area import area_uncertainty_m2, geodesic_area_m2, plane_area_m2
from lvgeo.land.plots import PlotIssue
from lvgeo.land.reference import parse_crs
from lvgeo.units import m2_to_mu, mu_to_m2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import CampaignSettings, LandTable
    from lvgeo.labels import Language
    from lvgeo.land.plots import Plots, Villages

__all__ = ["Status", "VillageArea", "accepted_plots", "measure_villages", "prior_canopy_issues"]

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
    found = []
    rows = plots.frame[["plot_id", "village_code"]].itertuples(index=False)
    for (plot_id, code), shape in zip(rows, plots.frame.geometry, strict=True):
        share = shares.get(plot_id, 0.0)
        if share > land.max_prior_canopy_share:
            at = shape.representative_point()
            area = share * float(geodesic_area_m2([shape])[0])
            found.append(
                PlotIssue(
                    plot_id,
                    code,
                    "prior_canopy",
                    "warning",
                    share,
                    land.max_prior_canopy_share,
                    area,
                    lon=float(at.x),
                    lat=float(at.y),
                )
            )
    return tuple(found)


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
    counted = Counter((issue.village_code, issue.issue) for issue in issues)
    found = []
    for code, name, kind in villages.frame[["village_code", "village", "kind"]].itertuples(index=False):
        mine = accepted.frame[accepted.frame["village_code"] == code]
        area_m2, plane_m2, sigma_m2, gone_m2 = _measure(
            mine, villages.crs, plane, settings.land, prior_canopy_share or {}
        )
        registered = _trees(mine, trees.get(code), kind)
        required_trees = settings.land.community_min_trees if kind == "community" else None
        required_mu = None if kind == "community" else settings.land.village_min_area_mu
        declared = float(mine["declared_mu"].sum()) if mine["declared_mu"].notna().any() else math.nan
        status = _status(len(mine), (area_m2, sigma_m2), registered, required_trees, settings)
        listed = tuple(sorted((issue, n) for (owner, issue), n in counted.items() if owner == code))
        found.append(
            VillageArea(
                code,
                name,
                kind,
                len(mine),
                declared,
                area_m2,
                plane_m2,
                sigma_m2,
                required_mu,
                registered,
                required_trees,
                status,
                listed,
                gone_m2,
            )
        )
    return tuple(found)


def _measure(
    mine: Any, geographic: CRS, plane: CRS, land: LandTable, prior: Mapping[str, float]
) -> tuple[float, float, float, float]:
    """Ellipsoidal area, plane area and uncertainty of a village's union of plots, less former canopy; and that."""
    shapes = list(mine.geometry)
    if not shapes:
        return 0.0, 0.0, 0.0, 0.0
    union = shapely.unary_union(shapes)
    area = float(geodesic_area_m2([union])[0])
    shares = [prior.get(plot_id, 0.0) for plot_id in mine["plot_id"]]
    shares = [share if share > land.max_prior_canopy_share else 0.0 for share in shares]
    # Ground in two plots leaves once, with the plot that comes first, as it counts once.
    grounds = geodesic_area_m2(_apart(shapes)) if any(shares) else np.zeros(len(shapes))
    kept = max(0.0, area - float(np.dot(shares, grounds)))
    accuracies = [land.default_accuracy_m if math.isnan(a) else a for a in mine["accuracy_m"]]
    variance = sum(area_uncertainty_m2(s, a) ** 2 for s, a in zip(shapes, accuracies, strict=True))
    plane_area = float(plane_area_m2([union], geographic, plane)[0])
    return kept, plane_area * (kept / area if area else 0.0), math.sqrt(variance), area - kept


def _apart(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Each shape without the ground of those before it."""
    before = [shapely.unary_union(shapes[:k]) for k in range(len(shapes))]
    return [shapely.difference(shape, ground) for shape, ground in zip(shapes, before, strict=True)]


def _trees(mine: Any, registered: int | None, kind: str) -> int | None:
    """Count registered trees; for a community without a register, the sum that its plots declare."""
    if registered is not None or kind != "community":
        return registered
    return int(mine["trees"].sum()) if mine["trees"].notna().any() else None


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
