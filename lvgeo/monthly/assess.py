"""The path from two dates' class rasters to findings: measure, compare with controls, ask what is required, judge."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.monthly.bench import Bench, flown
from lvgeo.monthly.common_ground import ground_left_out
from lvgeo.monthly.findings import PlotFinding, VillageFinding
from lvgeo.monthly.guarded import Told, guarded
from lvgeo.monthly.probing import probe_job, probe_village
from lvgeo.monthly.silent import silent
from lvgeo.monthly.work import look_for_work, work_job
from lvgeo.progress.budget import WrongNotices, expected_wrong_notices, notice_level
from lvgeo.progress.change import CanopyChange, measure
from lvgeo.progress.evidence import CanopyEvidence, Evidence
from lvgeo.progress.growth import call_change, is_early, is_judged
from lvgeo.progress.paper import due_on
from lvgeo.progress.verdict import judge
from lvgeo.progress.work import FALSE_NOT_SEEN, Work, judge_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.errors import Refusal
    from lvgeo.monthly.asked import Asked, Ground
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.findings import Pair

__all__ = ["Street", "assess"]

_JUDGED: Final = {"on_track", "lagging"}


@dataclass(frozen=True, slots=True)
class Street:
    """A street's findings.

    Parameters
    ----------
    villages, plots
        Sorted by village code, and by plot id.
    wrong
        Wrong notices to expect.
    placebo_errors
        Village code → what its unplanted ground showed beyond what the others foretold, points.
    refused
        What could not be read when it was looked at again, was given up, or shows no ground at both dates: its village
        is not judged by it; and ground in a cloud's shadow, which is not compared.
    """

    villages: tuple[VillageFinding, ...]
    plots: tuple[PlotFinding, ...]
    wrong: WrongNotices
    placebo_errors: Mapping[str, float]
    refused: tuple[Refusal, ...]


def assess(ground: Ground, classified: Classified, asked: Asked, settings: CampaignSettings) -> Street:
    """Measure and judge every village; none disappears, whatever is missing of it.

    Parameters
    ----------
    ground
        What is measured.
    classified
        Class rasters of both dates.
    asked
        What the verdicts ask.
    settings
        The year's rules.
    """
    changes = {
        code: _changes(pair, ground, code)
        for code, pair in classified.pairs.items()
        if (ground.measured.frame["village_code"] == code).any()
    }
    bench = Bench(ground, classified, changes, settings)
    refused: list[Refusal] = []
    evidence = _probed(bench, {code: bench.village(code, asked) for code in changes}, asked, settings, refused)
    # Images that cannot be judged do not move the bar for the others.
    adjusted = [e.adjusted_pp for e in evidence.values() if call_change(e, settings) != "inconclusive"]
    median = float(np.median(adjusted)) if adjusted else math.nan
    worked = _worked(bench, evidence, asked, median, settings, refused)
    evidence = _at_budget(evidence, _work_share(worked), settings)
    villages = []
    for code, name, kind in ground.villages.frame[["village_code", "village", "kind"]].itertuples(index=False):
        pair = classified.pairs.get(code)
        area = asked.areas.get(code)
        known = Evidence(
            name=name,
            kind=kind,
            asked_on=asked.asked_on,
            area=area,
            canopy=evidence.get(code),
            missing=asked.missing.get(code, _unmeasured(code, pair, changes)),
            street_median_pp=median,
            model_accuses=classified.model.accuses if classified.model else False,
            register_unread=bool({kind, code} & asked.unread),
            work=worked.get(code),
        )
        villages.append(_finding((code, name, kind), known, pair, ground, settings))
    plots = [finding for code in sorted(evidence) for finding in bench.plots(code, evidence[code])]
    wrong = _expected_wrong(villages, settings)
    plots.sort(key=lambda p: p.plot_id)
    refused += ground_left_out(villages)
    return Street(tuple(villages), tuple(plots), wrong, bench.placebo_errors(evidence), tuple(refused))


def _unmeasured(code: str, pair: Pair | None, changes: Mapping[str, object]) -> str:
    """Why a village has no evidence where nobody else says: its image could not be probed, or it has no plots."""
    if pair is None:
        return ""
    return "no_image" if code in changes else "plots_unmeasured"


def _probed(
    bench: Bench,
    evidence: Mapping[str, CanopyEvidence],
    asked: Asked,
    settings: CampaignSettings,
    refused: list[Refusal],
) -> dict[str, CanopyEvidence]:
    """Where growth would be judged: what the model recovers of young crowns, and whether the word holds.

    A village that could not be probed is not known well enough to be judged: it is left out, and named in `refused`.
    """
    wanted = [code for code, one in sorted(evidence.items()) if bench.has_ground(code) and is_judged(one, settings)]
    jobs = [probe_job(bench, code) for code in wanted]
    probed = guarded(probe_village, jobs, Told(silent, "probe", asked.engine), refused)
    lost = set(wanted) - probed.keys()
    return {
        code: bench.village(code, asked, probed[code]) if code in probed else one
        for code, one in evidence.items()
        if code not in lost
    }


def _work_share(worked: Mapping[str, Work]) -> float:
    """Wrong notices that Work may be expected to give: one chance for each village that it answers for."""
    return FALSE_NOT_SEEN * sum(one.word != "cannot_tell" for one in worked.values())


def _at_budget(
    evidence: Mapping[str, CanopyEvidence], spent: float, settings: CampaignSettings
) -> dict[str, CanopyEvidence]:
    """Share what Work leaves of the month's budget of wrong notices among the villages whose growth is judged."""
    count = sum(is_judged(one, settings) for one in evidence.values())
    left = max(settings.lagging.max_expected_wrong_notices - spent, 0.0)
    level = notice_level(left, count, settings.lagging.confidence)
    return {code: replace(one, level=level) for code, one in evidence.items()}


def _expected_wrong(villages: Sequence[VillageFinding], settings: CampaignSettings) -> WrongNotices:
    """Wrong notices to expect this month, from placebo villages and from what Work allows itself."""
    judged = [v.evidence for v in villages if v.evidence is not None and v.verdict.growth in _JUDGED]
    worked = sum(v.verdict.work in {"seen", "not_seen"} for v in villages)
    allowed = settings.lagging.max_expected_wrong_notices
    # The level that they were judged at: villages that turned out inconclusive had their part of the budget too.
    level = min((one.level for one in judged), default=notice_level(allowed, 0, settings.lagging.confidence))
    controls = [one.controls for one in judged]
    found = expected_wrong_notices(controls, level, worked * FALSE_NOT_SEEN, allowed, settings.campaign.seed)
    return replace(found, assessed=len(judged) + worked)


def _worked(
    bench: Bench,
    evidence: Mapping[str, CanopyEvidence],
    asked: Asked,
    median: float,
    settings: CampaignSettings,
    refused: list[Refusal],
) -> dict[str, Work]:
    """Ask for work where it was due and growth cannot be proven yet; what could not be read is named in `refused`."""
    if not settings.lagging.work_evidence or not asked.areas:
        return {}
    names = bench.names
    wanted = [
        code
        for code, one in sorted(evidence.items())
        if asked.asked_on >= due_on(names[code], settings)
        and is_early(one, median, settings)
        and all(file.in_colour for file in bench.classified.pairs[code].scene.files)  # what saplings are looked for in
    ]
    jobs = [work_job(bench, code, asked) for code in wanted]
    looks = guarded(look_for_work, jobs, Told(silent, "work", asked.engine), refused)
    street = list(looks.values())
    return {code: judge_work(looks[code], street) if code in looks else Work("cannot_tell") for code in wanted}


def _finding(
    who: tuple[str, str, str], known: Evidence, pair: Pair | None, ground: Ground, settings: CampaignSettings
) -> VillageFinding:
    code, name, kind = who
    count = 0 if ground.zones else int((ground.measured.frame["village_code"] == code).sum())
    verdict = judge(known, settings)
    whole = None
    if pair is not None:
        frame = ground.villages.frame
        shape = frame.geometry[frame["village_code"] == code].iloc[0]
        whole = measure(pair.before.canopy, pair.after.canopy, [shape], ground.villages.crs)[0]
    day = flown(pair) if verdict.basis == "canopy" else None
    return VillageFinding(
        code, name, kind, count, pair, known.canopy, whole, verdict, pair.baseline if pair else "",
        str(day or known.asked_on), known.work,
    )  # fmt: skip


def _changes(pair: Pair, ground: Ground, code: str) -> dict[str, CanopyChange]:
    """Change on each of a village's plots."""
    frame = ground.measured.frame
    mine = frame[frame["village_code"] == code]
    found = measure(pair.before.canopy, pair.after.canopy, list(mine.geometry), ground.villages.crs)
    return dict(zip(mine["plot_id"], found, strict=True))
