"""Third question of a verdict: has canopy grown as it must have by now? Gates first, then the interval, then stress."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lvgeo.progress.evidence import Reason

if TYPE_CHECKING:
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.progress.evidence import CanopyEvidence, Change, Growth

__all__ = ["PROVABLE", "ask_growth", "call_change", "is_early", "is_judged"]

PROVABLE: Final = 1.7  # required gain in half-widths from which lag can be proven


def is_early(canopy: CanopyEvidence, street_median_pp: float, settings: CampaignSettings) -> bool:
    """Whether growth cannot be proven yet, so that Work is asked."""
    return ask_growth(canopy, street_median_pp, settings)[0] == "too_early"


def is_judged(canopy: CanopyEvidence, settings: CampaignSettings) -> bool:
    """Whether growth can be asked of these images: no gate stands before it, and it is not too early."""
    # Held against its peers a village is judged at any time, and so is put to the same stress.
    peers = settings.lagging.rule != "expected"
    return _gate(canopy, settings) is None and (peers or not _required(canopy, math.nan, settings)[1])


def call_change(canopy: CanopyEvidence | None, settings: CampaignSettings) -> Change:
    """Say what the interval says about zero; called only where it clears zero by `min_change_pp`."""
    if canopy is None or _gate(canopy, settings) is not None:
        return "inconclusive"
    if canopy.low_pp >= settings.lagging.min_change_pp:
        return "gain"
    return "loss" if canopy.high_pp <= -settings.lagging.min_change_pp else "no_clear_change"


def _unregistered(why: str) -> Reason:
    """Of rows of trees that repeat nothing is wrong with the image's place."""
    return Reason("reason_repeats") if why == "repeats" else Reason("reason_unregistered", {"why": why})


def _unseen(canopy: CanopyEvidence, limit: float) -> Reason | None:
    """Why too little of the plots can be compared, or None."""
    observed = canopy.change.observed_share
    if observed >= limit:
        return None
    if canopy.shaded_share >= (1.0 - observed) / 2:  # most of what is missing
        return Reason("reason_shaded", {"observed": observed, "limit": limit, "shaded": canopy.shaded_share})
    if observed == 0:
        return Reason("reason_observed_none")
    return Reason("reason_observed_low", {"observed": observed, "limit": limit})


def _gate(canopy: CanopyEvidence, settings: CampaignSettings) -> Reason | None:
    """Why the images cannot be judged, or None."""
    unseen = _unseen(canopy, settings.imagery.min_observed_share)
    if unseen is not None:
        return unseen
    if canopy.unregistered:
        return _unregistered(canopy.unregistered)
    if not canopy.residual_m <= canopy.residual_limit_m:  # nan too
        return Reason("reason_residual_high", {"residual_m": canopy.residual_m, "limit_m": canopy.residual_limit_m})
    if not math.isfinite(canopy.controls.half_width_pp):
        values = {"controls": canopy.controls.effective, "limit": settings.lagging.min_control_villages}
        return Reason("reason_few_controls", values)
    return None


def ask_growth(canopy: CanopyEvidence, street_median_pp: float, settings: CampaignSettings) -> tuple[Growth, Reason]:
    """Third question."""
    gate = _gate(canopy, settings)
    if gate is not None:
        return "inconclusive", gate
    return _held_against(canopy, *_required(canopy, street_median_pp, settings))


def _held_against(canopy: CanopyEvidence, required: float, early: bool) -> tuple[Growth, Reason]:  # noqa: FBT001
    """Hold the interval against the gain required."""
    values: dict[str, object] = {
        "adjusted_pp": canopy.adjusted_pp,
        "low_pp": canopy.low_pp,
        "high_pp": canopy.high_pp,
        "required_pp": required,
        "provable_pp": PROVABLE * canopy.controls.half_width_pp,
    }
    if early:
        return "too_early", Reason("reason_too_early", values)
    if canopy.low_pp >= required:
        shaken = _shaken(canopy, required - canopy.low_pp, up=False)
        return _unless(shaken, "on_track", Reason("reason_growth_on_track", values))
    values["high_pp"] = canopy.notice_high_pp
    if canopy.notice_high_pp >= required:
        return "inconclusive", Reason("reason_growth_inconclusive", values)
    if not canopy.accuses:
        return "inconclusive", Reason("reason_index_never_accuses", values)
    shaken = _shaken(canopy, required - canopy.notice_high_pp, up=True)
    return _unless(shaken, "lagging", Reason("reason_growth_lagging", values))


def _shaken(canopy: CanopyEvidence, room_pp: float, *, up: bool) -> Reason | None:
    """Say what would move the change past what is required, so that the word would be another; None if nothing does."""
    stress = canopy.stress_high_pp if up else canopy.stress_low_pp
    if stress >= room_pp if up else stress < room_pp:
        return Reason("reason_stress_flips", {"down_pp": canopy.stress_low_pp, "up_pp": canopy.stress_high_pp})
    if canopy.second and (canopy.second_pp >= room_pp if up else canopy.second_pp < room_pp):
        second = canopy.adjusted_pp + canopy.second_pp
        return Reason("reason_second_flips", {"second": canopy.second, "second_pp": second})
    return None


def _unless(shaken: Reason | None, word: Growth, reason: Reason) -> tuple[Growth, Reason]:
    """Return the word, or that nothing can be concluded where it would not hold."""
    if shaken is None:
        return word, reason
    return "inconclusive", Reason(shaken.code, {**reason.values, **shaken.values})


def _required(canopy: CanopyEvidence, street_median_pp: float, settings: CampaignSettings) -> tuple[float, bool]:
    """Gain required by the campaign's rule, and whether it is too early to ask."""
    expected = canopy.expected.required_pp
    early = expected < PROVABLE * canopy.controls.half_width_pp
    # Never below 0: a street that lost canopy is no bar that a village without any gain could pass.
    peers = (
        max(0.0, street_median_pp - settings.lagging.peers_margin_pp) if math.isfinite(street_median_pp) else math.nan
    )
    if settings.lagging.rule == "peers" and math.isfinite(peers):
        return peers, False
    if settings.lagging.rule == "either" and math.isfinite(peers):
        return (peers, False) if early else (max(expected, peers), False)
    return expected, early
