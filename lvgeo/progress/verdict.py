"""One word for each village and month, with its basis and a reason a villager can read (DESIGN §3 "Verdict").

Three questions, in this order: registers, work, growth. While growth cannot be proven yet, the month's word is Work's.
Whatever keeps a question from being answered gives `inconclusive`, never `lagging`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from lvgeo.labels import say
from lvgeo.units import mu_to_m2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.land.compliance import VillageArea
    from lvgeo.progress.change import CanopyChange
    from lvgeo.progress.controls import Controls
    from lvgeo.progress.expected import ExpectedGain
    from lvgeo.progress.work import Work

__all__ = [
    "CanopyEvidence",
    "Change",
    "Evidence",
    "Growth",
    "Reason",
    "Verdict",
    "Word",
    "call_change",
    "due_on",
    "is_early",
    "is_judged",
    "judge",
]

Word = Literal["on_track", "lagging", "inconclusive", "not_assessed"]
Growth = Literal["too_early", "on_track", "lagging", "inconclusive", ""]
Change = Literal["gain", "loss", "no_clear_change", "inconclusive"]
Basis = Literal["register", "work", "canopy", ""]

_NO_GUILT: Final = {"reason_plots_in_doubt", "reason_prior_canopy_in_doubt", "reason_register_unread"}
_DOUBTS: Final = {
    "gcj02_suspected", "bd09_suspected", "gcj02_source", "bd09_source", "crs_inferred", "axes_swapped",
    "metres_as_degrees",
}  # fmt: skip
PROVABLE: Final = 1.7  # required gain in half-widths from which lag can be proven


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: a code with the numbers that decided.

    Parameters
    ----------
    code
        Key of `lvgeo.labels.reasons`.
    values
        What its words have places for.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Say it."""
        values = dict(self.values)
        if "why" in values:
            values["why"] = say(f"unregistered_{values['why']}", language)
        if "doubt" in values:
            values["doubt"] = say(f"doubt_{values['doubt']}", language)
        return say(self.code, language, **values)


@dataclass(frozen=True, slots=True)
class CanopyEvidence:
    """What the images say of a village's plots.

    Parameters
    ----------
    change, controls, expected
        Measured, compared, required.
    residual_m, residual_limit_m
        Of registration, and its limit.
    unregistered
        Why no registration was possible; empty where it was.
    accuses
        Whether the canopy model may support a verdict of lagging alone.
    level
        One-sided level of a notice, from the month's budget; nan for the campaign's confidence.
    stress_low_pp, stress_high_pp
        By how much the adjusted change may lie lower or higher were the image registered within its residual, or the
        model's threshold within its uncertainty, otherwise; not above and not below 0.
    """

    change: CanopyChange
    controls: Controls
    expected: ExpectedGain
    residual_m: float
    residual_limit_m: float
    unregistered: str
    accuses: bool
    level: float = math.nan
    stress_low_pp: float = 0.0
    stress_high_pp: float = 0.0

    @property
    def adjusted_pp(self) -> float:
        """Net change less what controls would have shown."""
        return self.change.net_pp - self.controls.bias_pp

    @property
    def low_pp(self) -> float:
        """Lower end of the interval."""
        return self.adjusted_pp - self.controls.half_width_pp

    @property
    def high_pp(self) -> float:
        """Upper end of the interval."""
        return self.adjusted_pp + self.controls.half_width_pp

    @property
    def notice_high_pp(self) -> float:
        """Upper end that must lie below what is required for a notice: at the budget's level, not within `high_pp`."""
        if not math.isfinite(self.level):
            return self.high_pp
        return max(self.high_pp, self.adjusted_pp + self.controls.half_width_at(self.level))


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one village this month.

    Parameters
    ----------
    name, kind
        Village's name; ``village`` or ``community``.
    asked_on
        Day as of which registers are asked: the month's last.
    area
        Its area check; None where no registers are kept (`compare`).
    canopy
        None where there is nothing to compare, and `missing` says why.
    missing
        ``baseline_month``, ``no_image``, ``no_baseline``, ``recycled``, ``plots_unmeasured`` or empty.
    street_median_pp
        Median adjusted change of the street, for the rule ``peers``.
    model_accuses
        Whether the canopy model by which former canopy was measured may accuse.
    register_unread
        Whether a file of the register that its kind is asked from could not be read, or there was none.
    work
        Whether planting shows; None where that was not asked.
    """

    name: str
    kind: str
    asked_on: date
    area: VillageArea | None
    canopy: CanopyEvidence | None
    missing: str = ""
    street_median_pp: float = math.nan
    model_accuses: bool = False
    register_unread: bool = False
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The month's word for a village.

    Parameters
    ----------
    word, basis, reason
        What, resting on what, and why.
    growth
        Answer to the third question, empty where it was not asked.
    work
        Answer to the second.
    change
        What the interval says about zero.
    """

    word: Word
    basis: Basis
    reason: Reason
    growth: Growth = ""
    work: Literal["seen", "not_seen", "cannot_tell", ""] = "cannot_tell"
    change: Change = "inconclusive"


def judge(evidence: Evidence, settings: CampaignSettings) -> Verdict:
    """Ask the three questions.

    Parameters
    ----------
    evidence
        Of one village and month.
    settings
        The year's rules.
    """
    change = call_change(evidence.canopy, settings)
    accused = _registers(evidence, settings)
    if accused is not None and evidence.register_unread:
        # What lvgeo could not read may hold what it misses.
        accused = Reason("reason_register_unread", {"on": str(evidence.asked_on)})
    if accused is not None and accused.code in _NO_GUILT:
        return Verdict("inconclusive", "register", accused, change=change)
    if accused is not None:
        return Verdict("lagging", "register", accused, change=change)
    if evidence.canopy is None:
        return _without_canopy(evidence, settings)
    growth, reason = _growth(evidence.canopy, evidence.street_median_pp, settings)
    words: dict[str, Word] = {"on_track": "on_track", "lagging": "lagging"}
    found = Verdict(words.get(growth, "inconclusive"), "canopy", reason, growth, change=change)
    if growth == "too_early" and evidence.work is not None:
        found = _by_work(evidence.work, growth, reason, change)
    if found.word == "on_track" and evidence.area is not None and evidence.area.status == "borderline":
        reason = Reason("reason_area_borderline", _area_values(evidence.area, settings))
        return replace(found, word="inconclusive", basis="register", reason=reason)
    return found


def _by_work(work: Work, growth: Growth, early: Reason, change: Change) -> Verdict:
    """Second question, whose word stands while the third is asked too early."""
    words: dict[str, tuple[Word, str]] = {
        "seen": ("on_track", "reason_work_seen_" + work.by),
        "not_seen": ("lagging", "reason_work_not_seen"),
    }
    word, code = words.get(work.word, ("inconclusive", "reason_work_cannot_tell"))
    known = math.isfinite(work.smallest_crown_m)
    if word == "inconclusive" and not known:
        code = "reason_work_blind"
    values = {
        "score": work.score, "threshold": work.threshold, "least": work.least, "controls": work.controls,
        "smallest_m": work.smallest_crown_m, "rows_m": work.spacing_m[1], "plants_m": work.spacing_m[0],
        "marks": work.marks,
    }  # fmt: skip
    finite = {key: value for key, value in values.items() if math.isfinite(value)}
    return Verdict(word, "work", Reason(code, finite | dict(early.values)), growth, work.word, change)


def is_early(canopy: CanopyEvidence, street_median_pp: float, settings: CampaignSettings) -> bool:
    """Whether growth cannot be proven yet, so that Work is asked."""
    return _growth(canopy, street_median_pp, settings)[0] == "too_early"


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


def due_on(village: str, settings: CampaignSettings) -> date:
    """Day by which a village must have planted: earlier for the demonstration village."""
    early = village in settings.villages.demonstration
    return settings.milestones.demonstration_planted if early else settings.milestones.planted


def _registers(evidence: Evidence, settings: CampaignSettings) -> Reason | None:
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
    return Reason("reason_area_short", values | _area_values(area, settings))


def _doubt(
    area: VillageArea, values: dict[str, object], settings: CampaignSettings, *, model_accuses: bool
) -> Reason | None:
    """Why a lack of area is no guilt: it may be the coordinates' fault, or the index's."""
    doubted = sorted(_DOUBTS & {code for code, _ in area.issues})
    if doubted:
        # It handed in its plots, in the wrong coordinates: that is for the office to mend.
        return Reason("reason_plots_in_doubt", {"on": values["on"], "doubt": doubted[0]})
    if area.status == "short" and not model_accuses and not _short_without(area, settings):
        # Only the index that took former canopy off makes it short, and an index never accuses.
        former = {"former_m2": area.prior_canopy_m2, "area_mu": area.area_mu, "required_mu": area.required_mu}
        return Reason("reason_prior_canopy_in_doubt", {"on": values["on"]} | former)
    return None


def _short_without(area: VillageArea, settings: CampaignSettings) -> bool:
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


def _area_values(area: VillageArea, settings: CampaignSettings) -> dict[str, object]:
    required_m2 = mu_to_m2(area.required_mu or 0.0)
    return {
        "area_mu": area.area_mu,
        "required_mu": area.required_mu,
        "short_m2": required_m2 - area.area_m2,
        "error_m2": settings.land.borderline_sigmas * area.uncertainty_m2,
    }


def _without_canopy(evidence: Evidence, settings: CampaignSettings) -> Verdict:
    """No pair of images to judge: a community's register may still answer; else say what is missing."""
    deadline = due_on(evidence.name, settings)
    due = evidence.asked_on >= deadline
    in_grace = evidence.asked_on < deadline + timedelta(settings.lagging.planting_grace_days)
    area = evidence.area
    if evidence.missing == "baseline_month":
        return Verdict("not_assessed", "", Reason("reason_baseline_month"), work="")
    if due and evidence.kind == "community" and area is not None and area.required_trees:
        values = {"trees": int(area.trees or 0), "required_trees": area.required_trees}
        met = int(area.trees or 0) >= area.required_trees
        if met:
            return Verdict("on_track", "register", Reason("reason_register_met", values), work="")
    if evidence.missing == "no_image" and in_grace:  # registers were not asked yet, so nothing is said of them
        return Verdict("not_assessed", "", Reason("reason_no_image"), work="")
    codes = {
        "no_image": "reason_no_image_due",
        "no_baseline": "reason_no_baseline",
        "recycled": "reason_image_recycled",
    }
    if due and area is not None and area.status == "borderline":
        return Verdict("inconclusive", "register", Reason("reason_area_borderline", _area_values(area, settings)))
    code = codes.get(evidence.missing, "reason_plots_unmeasured")
    return Verdict("inconclusive" if due else "not_assessed", "", Reason(code))


def _gate(canopy: CanopyEvidence, settings: CampaignSettings) -> Reason | None:
    """Why the images cannot be judged, or None."""
    limit = settings.imagery.min_observed_share
    if not canopy.change.observed_share >= limit:
        return Reason("reason_observed_low", {"observed": canopy.change.observed_share, "limit": limit})
    if canopy.unregistered:
        return Reason("reason_unregistered", {"why": canopy.unregistered})
    if not canopy.residual_m <= canopy.residual_limit_m:  # nan too
        return Reason("reason_residual_high", {"residual_m": canopy.residual_m, "limit_m": canopy.residual_limit_m})
    if not math.isfinite(canopy.controls.half_width_pp):
        values = {"controls": canopy.controls.effective, "limit": settings.lagging.min_control_villages}
        return Reason("reason_few_controls", values)
    return None


def _growth(canopy: CanopyEvidence, street_median_pp: float, settings: CampaignSettings) -> tuple[Growth, Reason]:
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
        held = canopy.low_pp + canopy.stress_low_pp >= required
        return ("on_track", Reason("reason_growth_on_track", values)) if held else _flipped(canopy, values)
    if canopy.notice_high_pp >= required:
        return "inconclusive", Reason("reason_growth_inconclusive", values | {"high_pp": canopy.notice_high_pp})
    if not canopy.accuses:
        return "inconclusive", Reason("reason_index_never_accuses", values)
    if canopy.notice_high_pp + canopy.stress_high_pp >= required:
        return _flipped(canopy, values)
    return "lagging", Reason("reason_growth_lagging", values | {"high_pp": canopy.notice_high_pp})


def _flipped(canopy: CanopyEvidence, values: dict[str, object]) -> tuple[Growth, Reason]:
    """Say that the word would be another, were the image placed or read a little otherwise."""
    reach = {"down_pp": canopy.stress_low_pp, "up_pp": canopy.stress_high_pp}
    return "inconclusive", Reason("reason_stress_flips", values | reach)


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
