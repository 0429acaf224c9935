"""First question of a verdict: what was due on paper, and is not there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from lvgeo.progress.evidence import Reason
from lvgeo.units import mu_to_m2

if TYPE_CHECKING:
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.land.compliance import VillageArea
    from lvgeo.progress.evidence import Evidence

__all__ = ["NO_GUILT", "area_values", "ask_registers", "doubt_of", "due_on", "short_without_doubt"]

NO_GUILT: Final = {"reason_plots_in_doubt", "reason_prior_canopy_in_doubt", "reason_register_unread"}
_DOUBTS: Final = {
    "gcj02_suspected", "bd09_suspected", "gcj02_source", "bd09_source", "crs_inferred", "axes_swapped",
    "metres_as_degrees",
}  # fmt: skip


def due_on(village: str, settings: CampaignSettings) -> date:
    """Day by which a village must have planted: earlier for the demonstration village."""
    early = village in settings.villages.demonstration
    return settings.milestones.demonstration_planted if early else settings.milestones.planted


def ask_registers(evidence: Evidence, settings: CampaignSettings) -> Reason | None:
    """First question: is what was due on paper there? None where it is, or is not due yet."""
    area, deadline = evidence.area, due_on(evidence.name, settings)
    grace = settings.lagging.planting_grace_days
    if area is None or evidence.asked_on < deadline + timedelta(grace):
        return None
    values: dict[str, object] = {"on": str(evidence.asked_on), "deadline": str(deadline), "grace_days": grace}
    if evidence.kind == "community":
        return _trees_short(area, values)
    if area.status not in {"no_plots", "short"}:
        return None
    return _doubt(area, values, settings, model_accuses=evidence.model_accuses) or _area_short(area, values, settings)


def _area_short(area: VillageArea, values: dict[str, object], settings: CampaignSettings) -> Reason:
    if area.status == "no_plots":
        return Reason("reason_no_plots", values | {"required_mu": area.required_mu})
    return Reason("reason_area_short", values | area_values(area, settings))


def _doubt(
    area: VillageArea, values: dict[str, object], settings: CampaignSettings, *, model_accuses: bool
) -> Reason | None:
    """Why a lack of area is no guilt: it may be the coordinates' fault, or the index's."""
    doubt = doubt_of(area)
    if doubt:
        return Reason("reason_plots_in_doubt", {"on": values["on"], "doubt": doubt})
    if area.status == "short" and not model_accuses and not short_without_doubt(area, settings):
        # Only the index that took former canopy off makes it short, and an index never accuses.
        former = {"former_m2": area.prior_canopy_m2, "area_mu": area.area_mu, "required_mu": area.required_mu}
        return Reason("reason_prior_canopy_in_doubt", {"on": values["on"]} | former)
    return None


def doubt_of(area: VillageArea) -> str:
    """Issue by which a village's plots may lie in the wrong coordinates; empty where none does.

    It handed in its plots, and that is for the office to mend. Any other plot that was refused does not count, and what
    it lacks for that it lacks.
    """
    return min(_DOUBTS & {code for code, _ in area.issues}, default="")


def short_without_doubt(area: VillageArea, settings: CampaignSettings) -> bool:
    """Whether a village would be short, beyond error, even with its former canopy counted in."""
    whole_m2 = area.area_m2 + area.prior_canopy_m2
    return whole_m2 - mu_to_m2(area.required_mu or 0.0) <= -settings.land.borderline_sigmas * area.uncertainty_m2


def _trees_short(area: VillageArea, values: dict[str, object]) -> Reason | None:
    required = int(area.required_trees or 0)
    if area.trees is None:
        return Reason("reason_no_trees", values | {"required_trees": required})
    trees = int(area.trees)
    if trees >= required:
        return None
    return Reason(
        "reason_trees_short", values | {"trees": trees, "required_trees": required, "short": required - trees}
    )


def area_values(area: VillageArea, settings: CampaignSettings) -> dict[str, object]:
    """Return what a reason says of an area: measured, required, how much too small, and its error."""
    required_m2 = mu_to_m2(area.required_mu or 0.0)
    return {
        "area_mu": area.area_mu,
        "required_mu": area.required_mu,
        "short_m2": required_m2 - area.area_m2,
        "error_m2": settings.land.borderline_sigmas * area.uncertainty_m2,
    }
