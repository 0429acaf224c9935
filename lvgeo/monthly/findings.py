"""What a month found, village by village and plot by plot, and its rows of the tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.imagery.classify import ClassifiedScene, Scene
    from lvgeo.labels import Language
    from lvgeo.progress.change import CanopyChange
    from lvgeo.progress.evidence import CanopyEvidence, Change, Verdict
    from lvgeo.progress.loss import LossPatch
    from lvgeo.progress.standing import Standing
    from lvgeo.progress.work import Work

__all__ = [
    "Pair",
    "PlotFinding",
    "VillageFinding",
    "controls_account",
    "loss_rows",
    "plot_row",
    "village_row",
    "work_account",
]


@dataclass(frozen=True, slots=True)
class Pair:
    """A village's classified scenes of the two dates.

    Parameters
    ----------
    before, after
        On one grid.
    baseline
        What the first date is called.
    flown_on
        ISO day of the second, empty where its files do not say.
    scene, baseline_scene
        Files of the second, and of the first.
    """

    before: ClassifiedScene
    after: ClassifiedScene
    baseline: str
    flown_on: str
    scene: Scene
    baseline_scene: Scene


@dataclass(frozen=True, slots=True)
class PlotFinding:
    """One plot's change and what controls say of it."""

    plot_id: str
    village_code: str
    evidence: CanopyEvidence
    change: Change


@dataclass(frozen=True, slots=True)
class VillageFinding:
    """One village's month.

    Parameters
    ----------
    village_code, village, kind
        Which.
    plots
        Accepted plots.
    pair
        Its scenes; None where one is missing.
    evidence
        Of its plots; None where there is nothing to compare.
    whole
        Change over the whole village.
    verdict
        The month's word.
    baseline
        Name of the baseline month, empty where there is none.
    evidence_on
        ISO day on which the verdict's evidence was taken.
    work
        What was looked for of planting; None where that was not asked.
    """

    village_code: str
    village: str
    kind: str
    plots: int
    pair: Pair | None
    evidence: CanopyEvidence | None
    whole: CanopyChange | None
    verdict: Verdict
    baseline: str
    evidence_on: str
    work: Work | None = None


def _measured(evidence: CanopyEvidence | None, change: Change) -> dict[str, object]:
    """Figures that villages and plots share; None stands for an empty cell."""
    keys = (
        "observed_share", "canopy_before_m2", "canopy_after_m2", "gain_m2", "loss_m2", "net_change_m2", "net_change_pp",
        "control_change_pp", "adjusted_change_pp", "interval_low_pp", "interval_high_pp", "controls", "expected_pp",
        "required_pp",
    )  # fmt: skip
    if evidence is None:
        return dict.fromkeys(keys) | {"change": change}
    seen, controls = evidence.change, evidence.controls
    figures = (
        seen.observed_share, seen.before_m2, seen.after_m2, seen.gain_m2, seen.loss_m2, seen.after_m2 - seen.before_m2,
        seen.net_pp, controls.bias_pp, evidence.adjusted_pp, evidence.low_pp, evidence.high_pp, controls.effective,
        evidence.expected.expected_pp, evidence.expected.required_pp,
    )  # fmt: skip
    finite = {key: value if math.isfinite(value) else None for key, value in zip(keys, figures, strict=True)}
    return finite | {"change": change}


def village_row(
    finding: VillageFinding, month: str, model: str, standing: Standing, language: Language
) -> dict[str, object]:
    """Row of canopy_change.csv."""
    evidence, verdict, whole = finding.evidence, finding.verdict, finding.whole
    residual = evidence.residual_m if evidence else None
    return {
        "village_code": finding.village_code,
        "village": finding.village,
        "month": month,
        "baseline": finding.baseline,
        "plots": finding.plots,
        **_measured(evidence, verdict.change),
        "work": verdict.work,
        "growth": verdict.growth,
        "residual_m": residual if residual is not None and math.isfinite(residual) else None,
        "model": model,
        "verdict": verdict.word,
        "basis": verdict.basis,
        "reason": verdict.reason.sentence(language),
        "notices": standing.notices,
        "streak": standing.streak,
        "village_canopy_before_share": whole.before_share if whole else None,
        "village_canopy_after_share": whole.after_share if whole else None,
    }


def loss_rows(losses: Sequence[LossPatch]) -> tuple[Mapping[str, object], ...]:
    """Rows of canopy_loss.csv."""
    rows = []
    for one in losses:
        at = one.geometry.representative_point()
        rows.append({"village_code": one.village_code, "area_m2": one.area_m2, "lon": at.x, "lat": at.y})
    return tuple(rows)


def plot_row(finding: PlotFinding, village: VillageFinding, month: str, model: str) -> dict[str, object]:
    """Row of plot_change.csv."""
    residual = finding.evidence.residual_m
    return {
        "plot_id": finding.plot_id,
        "village_code": finding.village_code,
        "village": village.village,
        "month": month,
        "baseline": village.baseline,
        **_measured(finding.evidence, finding.change),
        "residual_m": residual if math.isfinite(residual) else None,
        "model": model,
    }


def _finite(**figures: float) -> dict[str, float]:
    """Figures for run.json, which has no word for nothing."""
    return {key: round(value, 4) for key, value in figures.items() if math.isfinite(value)}


def controls_account(villages: Sequence[VillageFinding]) -> dict[str, dict[str, object]]:
    """Village code → what its controls were: how many, how even, how like the plots; for run.json."""
    found: dict[str, dict[str, object]] = {}
    for one in villages:
        if one.evidence is None:
            continue
        controls = one.evidence.controls
        found[one.village_code] = {"method": controls.method, **_finite(
            effective=controls.effective, largest_weight=controls.largest_weight, imbalance_sd=controls.imbalance,
            bias_pp=controls.bias_pp, half_width_pp=controls.half_width_pp, skew_pp=controls.skew_pp,
            stress_low_pp=one.evidence.stress_low_pp, stress_high_pp=one.evidence.stress_high_pp,
        )}  # fmt: skip
        if one.evidence.second:
            found[one.village_code] |= {"second_baseline": one.evidence.second, "second_pp": one.evidence.second_pp}
    return found


def work_account(villages: Sequence[VillageFinding]) -> dict[str, dict[str, object]]:
    """Village code → what the month's image could have shown of planting, and showed; for run.json."""
    found: dict[str, dict[str, object]] = {}
    for one in villages:
        work = one.work
        if work is not None:
            words = {"work": work.word, "by": work.by, "controls": work.controls, "marks": work.marks}
            found[one.village_code] = {**words, **_finite(
                score=work.score, threshold=work.threshold, least=work.least, smallest_crown_m=work.smallest_crown_m,
                least_survival=work.least_survival,
            )}  # fmt: skip
    return found
