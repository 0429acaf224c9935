"""Each village against its 2 mu, each community against its 150 trees (the plan, 一(一))."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lvgeo.land.accepted import accepted_plots
from lvgeo.land.area import area_uncertainty_m2, geodesic_area_m2, plane_area_m2
from lvgeo.land.plots import PlotIssue, Spots
from lvgeo.land.reference import parse_crs
from lvgeo.units import m2_to_mu, mu_to_m2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
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
    ground = _grounds(accepted, villages.crs, plane, settings.land, prior_canopy_share or {})
    counted = Counter((issue.village_code, issue.issue) for issue in issues)
    listed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (owner, issue), times in sorted(counted.items()):
        listed[owner].append((issue, times))
    found = []
    for code, name, kind in villages.frame[["village_code", "village", "kind"]].itertuples(index=False):
        mine = ground.get(code, _NONE)
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


@dataclass(frozen=True, slots=True)
class _Ground:
    """A village's accepted plots: the union's areas less former canopy, one σ, and what left."""

    plots: int
    area_m2: float
    plane_m2: float
    sigma_m2: float
    gone_m2: float
    declared_mu: float
    trees: float


_NONE: Final = _Ground(0, 0.0, 0.0, 0.0, 0.0, math.nan, math.nan)


def _grounds(
    accepted: Plots, geographic: CRS, plane: CRS, land: LandTable, prior: Mapping[str, float]
) -> dict[str, _Ground]:
    """Village code → its ground; every plot is measured once, and united only where two of a village share ground."""
    frame = accepted.frame
    if frame.empty:
        return {}
    shapes = np.array(frame.geometry, dtype=object)
    accuracy = frame["accuracy_m"].fillna(land.default_accuracy_m).to_numpy(dtype=np.float64)
    each = pd.DataFrame(
        {
            "code": accepted.codes,
            "m2": geodesic_area_m2(shapes),
            "plane": plane_area_m2(shapes, geographic, plane),
            "variance": area_uncertainty_m2(shapes, accuracy) ** 2,
            "gone": 0.0,
            "declared": frame["declared_mu"].to_numpy(dtype=np.float64),
            "trees": frame["trees"].to_numpy(dtype=np.float64),
        }
    )
    share = np.array([prior.get(plot_id, 0.0) for plot_id in accepted.ids])
    share[share <= land.max_prior_canopy_share] = 0.0
    each["gone"] = share * each["m2"]
    for rows in _sharing(shapes, accepted.codes):
        united = [shapely.union_all(shapes[rows])]
        # Ground in two plots counts once, and leaves once, with the plot that comes first.
        apart = geodesic_area_m2(_apart(shapes[rows]))
        each.loc[rows, "m2"] = [float(geodesic_area_m2(united)[0]), *[0.0] * (len(rows) - 1)]
        each.loc[rows, "plane"] = [float(plane_area_m2(united, geographic, plane)[0]), *[0.0] * (len(rows) - 1)]
        each.loc[rows, "gone"] = share[rows] * apart
    sums = each.groupby("code", sort=True).agg(
        plots=("m2", "size"),
        m2=("m2", "sum"),
        plane=("plane", lambda some: some.sum(skipna=False)),
        variance=("variance", "sum"),
        gone=("gone", "sum"),
    )
    stated = each.groupby("code", sort=True)[["declared", "trees"]].sum(min_count=1)
    found = {}
    for row, (declared, trees) in zip(sums.itertuples(), stated.itertuples(index=False), strict=True):
        kept = max(0.0, row.m2 - row.gone)
        plane_m2 = row.plane * (kept / row.m2 if row.m2 else 0.0)
        found[str(row.Index)] = _Ground(
            int(row.plots), kept, plane_m2, math.sqrt(row.variance), row.m2 - kept, float(declared), float(trees)
        )
    return found


def _sharing(shapes: NDArray[np.object_], codes: NDArray[np.object_]) -> Iterator[NDArray[np.int64]]:
    """Rows of each group of a village's plots that share ground, directly or through another."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = (left < right) & (codes[left] == codes[right])
    left, right = left[pairs], right[pairs]
    apart = shapely.touches(shapes[left], shapes[right])
    left, right = left[~apart], right[~apart]
    graph = coo_array((np.ones(len(left), dtype=bool), (left, right)), shape=(len(shapes), len(shapes)))
    _, group = connected_components(graph, directed=False)
    rows = np.unique(np.concatenate([left, right]))
    order = rows[np.argsort(group[rows], kind="stable")]
    edges = np.flatnonzero(np.diff(group[order])) + 1
    yield from (part for part in np.split(order, edges) if len(part))


def _apart(shapes: NDArray[np.object_]) -> list[BaseGeometry]:
    """Each shape without the ground of those before it."""
    before = [shapely.union_all(shapes[:k]) for k in range(len(shapes))]
    return [shapely.difference(shape, ground) for shape, ground in zip(shapes, before, strict=True)]


def _trees(mine: _Ground, registered: int | None, kind: str) -> int | None:
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
