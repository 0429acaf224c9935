"""One word for each village and month, with its basis and a reason a villager can read (DESIGN §3 "Verdict").

Three questions, in this order: registers, work, growth. While growth cannot be proven yet, the month's word is Work's.
Whatever keeps a question from being answered gives `inconclusive`, never `lagging`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from lvgeo.progress.evidence import Evidence, Reason, Verdict
from lvgeo.progress.growth import ask_growth, call_change
from lvgeo.progress.paper import NO_GUILT, area_values, ask_registers, due_on

if TYPE_CHECKING:
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.progress.evidence import Change, Growth, Word
    from lvgeo.progress.work import Work

__all__ = ["judge"]


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
    accused = ask_registers(evidence, settings)
    if accused is not None and evidence.register_unread:
        # What lvgeo could not read may hold what it misses.
        accused = Reason("reason_register_unread", {"on": str(evidence.asked_on)})
    if accused is not None and accused.code in NO_GUILT:
        return Verdict("inconclusive", "register", accused, change=change)
    if accused is not None:
        return Verdict("lagging", "register", accused, change=change)
    if evidence.canopy is None:
        return _without_canopy(evidence, settings)
    growth, reason = ask_growth(evidence.canopy, evidence.street_median_pp, settings)
    words: dict[str, Word] = {"on_track": "on_track", "lagging": "lagging"}
    found = Verdict(words.get(growth, "inconclusive"), "canopy", reason, growth, change=change)
    if growth == "too_early" and evidence.work is not None:
        found = _by_work(evidence.work, growth, reason, change)
    if found.word == "on_track" and evidence.area is not None and evidence.area.status == "borderline":
        reason = Reason("reason_area_borderline", area_values(evidence.area, settings))
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
        return Verdict("inconclusive", "register", Reason("reason_area_borderline", area_values(area, settings)))
    code = codes.get(evidence.missing, "reason_plots_unmeasured")
    return Verdict("inconclusive" if due else "not_assessed", "", Reason(code))
