"""The path from two dates' class rasters to findings: measure, compare with controls, ask what is required, judge."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from lvgeo.engine import THREADS, run
from lvgeo.imagery.store import read_preview
from lvgeo.land.area import geodesic_area_m2
from lvgeo.monthly.findings import PlotFinding, VillageFinding
from lvgeo.monthly.probing import ProbeJob, probe_village
from lvgeo.monthly.work import (
    CONTROLS,
    DULL,
    MIN_CELLS,
    WorkJob,
    canopy_colours,
    canopy_greenness,
    look_for_work,
)
from lvgeo.progress.budget import WrongNotices, expected_wrong_notices, notice_level
from lvgeo.progress.change import CanopyChange, combine, measure
from lvgeo.progress.controls import (
    Controls,
    Placebo,
    PlotRule,
    bare_windows,
    compare_with,
    place_placebos,
    placebo_blocks,
)
from lvgeo.progress.expected import ExpectedGain, Recovery, Stand, expected_crown_m, expected_gain, growth_group
from lvgeo.progress.lattice import Lattice, Windows, lay_lattice
from lvgeo.progress.saplings import Saplings
from lvgeo.progress.verdict import CanopyEvidence, Evidence, call_change, due_on, is_early, is_judged, judge
from lvgeo.progress.work import FALSE_NOT_SEEN, judge_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.imagery.canopy import Model
    from lvgeo.land.compliance import VillageArea
    from lvgeo.land.plots import Plots, Villages
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.findings import Pair
    from lvgeo.monthly.probing import Probed
    from lvgeo.progress.work import Work

__all__ = ["Asked", "Ground", "Street", "assess"]

_JUDGED: Final = {"on_track", "lagging"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What is measured.

    Parameters
    ----------
    villages
        All of them.
    measured
        Accepted plots clipped to their villages, or the zones themselves.
    avoided
        Every plot drawn, accepted or not: controls keep away from them.
    zones
        True where the zones themselves are measured, so that the other zones are the controls.
    """

    villages: Villages
    measured: Plots
    avoided: Plots
    zones: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the verdicts ask.

    Parameters
    ----------
    asked_on
        Day as of which registers are asked, and up to which stands have grown where no flight says its day.
    areas
        Village code → its area check; empty in `compare`.
    missing
        Village code → why it has no pair of scenes.
    required_pp
        Gain required of everybody, instead of the campaign's growth; nan to use that.
    unread
        Kinds (``village``, ``community``) whose registers could not be read whole.
    engine
        Where jobs run.
    """

    asked_on: date
    areas: Mapping[str, VillageArea]
    missing: Mapping[str, str]
    required_pp: float = math.nan
    unread: frozenset[str] = frozenset()
    engine: str = THREADS


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
    """

    villages: tuple[VillageFinding, ...]
    plots: tuple[PlotFinding, ...]
    wrong: WrongNotices
    placebo_errors: Mapping[str, float]


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
    bench = _Bench(ground, classified, changes, settings)
    evidence = {code: bench.village(code, asked) for code in changes}
    evidence |= _probed(bench, evidence, asked, settings)
    evidence = _at_budget(evidence, settings)
    # Images that cannot be judged do not move the bar for the others.
    adjusted = [e.adjusted_pp for e in evidence.values() if call_change(e, settings) != "inconclusive"]
    median = float(np.median(adjusted)) if adjusted else math.nan
    worked = _worked(bench, evidence, asked, median, settings)
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
            missing=asked.missing.get(code, "" if pair is None else "plots_unmeasured"),
            street_median_pp=median,
            model_accuses=classified.model.accuses if classified.model else False,
            register_unread=kind in asked.unread,
            work=worked.get(code),
        )
        villages.append(_finding((code, name, kind), known, pair, ground, settings))
    plots = [finding for code in sorted(changes) for finding in bench.plots(code, evidence[code])]
    wrong = _expected_wrong(villages, settings)
    return Street(tuple(villages), tuple(sorted(plots, key=lambda p: p.plot_id)), wrong, bench.placebo_errors(evidence))


def _probed(
    bench: _Bench, evidence: Mapping[str, CanopyEvidence], asked: Asked, settings: CampaignSettings
) -> dict[str, CanopyEvidence]:
    """Where growth would be judged: what the model recovers of young crowns, and whether the word holds."""
    wanted = [code for code, one in sorted(evidence.items()) if bench.has_ground(code) and is_judged(one, settings)]
    jobs = [bench.probe_job(code) for code in wanted]
    probed = run(probe_village, jobs, engine=asked.engine)
    return {code: bench.village(code, asked, one) for code, one in zip(wanted, probed, strict=True)}


def _at_budget(evidence: Mapping[str, CanopyEvidence], settings: CampaignSettings) -> dict[str, CanopyEvidence]:
    """Share the month's budget of wrong notices among the villages whose growth is judged."""
    count = sum(is_judged(one, settings) for one in evidence.values())
    level = notice_level(settings.lagging.max_expected_wrong_notices, count, settings.lagging.confidence)
    return {code: replace(one, level=level) for code, one in evidence.items()}


def _expected_wrong(villages: Sequence[VillageFinding], settings: CampaignSettings) -> WrongNotices:
    """Wrong notices to expect this month, from placebo villages and from what Work allows itself."""
    judged = [v.evidence for v in villages if v.evidence is not None and v.verdict.growth in _JUDGED]
    worked = sum(v.verdict.work in {"seen", "not_seen"} for v in villages)
    lagging = settings.lagging
    level = notice_level(lagging.max_expected_wrong_notices, len(judged), lagging.confidence)
    controls = [one.controls for one in judged]
    found = expected_wrong_notices(
        controls, level, worked * FALSE_NOT_SEEN, lagging.max_expected_wrong_notices, settings.campaign.seed
    )
    return replace(found, assessed=len(judged) + worked)


def _worked(
    bench: _Bench, evidence: Mapping[str, CanopyEvidence], asked: Asked, median: float, settings: CampaignSettings
) -> dict[str, Work]:
    """Ask for work where it was due and growth cannot be proven yet."""
    if not settings.lagging.work_evidence or not asked.areas:
        return {}
    names = bench.names
    wanted = [
        code
        for code, one in sorted(evidence.items())
        if asked.asked_on >= due_on(names[code], settings) and is_early(one, median, settings)
    ]
    jobs = [bench.work_job(code, asked) for code in wanted]
    looks = run(look_for_work, jobs, engine=asked.engine)
    return {code: judge_work(own, looks) for code, own in zip(wanted, looks, strict=True)}


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
    day = _flown(pair) if verdict.basis == "canopy" else None
    return VillageFinding(
        code, name, kind, count, pair, known.canopy, whole, verdict, pair.baseline if pair else "",
        str(day or known.asked_on),
    )  # fmt: skip


def _flown(pair: Pair | None) -> date | None:
    """Day on which the month's scene was flown, where its files say."""
    if pair is None or not pair.flown_on:
        return None
    return date.fromisoformat(pair.flown_on)


def _changes(pair: Pair, ground: Ground, code: str) -> dict[str, CanopyChange]:
    """Change on each of a village's plots."""
    frame = ground.measured.frame
    mine = frame[frame["village_code"] == code]
    found = measure(pair.before.canopy, pair.after.canopy, list(mine.geometry), ground.villages.crs)
    return dict(zip(mine["plot_id"], found, strict=True))


class _Bench:
    """Where every village is measured against the others: lattices and windows are laid once and shared."""

    def __init__(
        self,
        ground: Ground,
        classified: Classified,
        changes: Mapping[str, dict[str, CanopyChange]],
        settings: CampaignSettings,
    ) -> None:
        self._ground, self._classified, self._changes, self._settings = ground, classified, changes, settings
        areas = [c.area_m2 for by_plot in changes.values() for c in by_plot.values() if c.area_m2 > 0]
        self._side_m = math.sqrt(float(np.median(areas))) if areas else 0.0
        self._lattices: dict[str, Lattice] = {}
        self._windows: dict[tuple[str, int], Windows] = {}
        if self._side_m and not ground.zones:
            near = list(ground.avoided.frame.geometry)
            self._lattices = {code: self._lay(code, pair, near) for code, pair in classified.pairs.items()}

    def _lay(self, code: str, pair: Pair, near: list[BaseGeometry]) -> Lattice:
        frame = self._ground.villages.frame
        shape = frame.geometry[frame["village_code"] == code].iloc[0]
        return lay_lattice(
            code,
            (pair.before.canopy, pair.after.canopy),
            read_preview(pair.before.preview),
            (shape, near, self._ground.villages.crs),
            (self._side_m, self._settings.lagging.control_buffer_m),
        )

    def village(self, code: str, asked: Asked, probed: Probed | None = None) -> CanopyEvidence:
        """Evidence over a village's plots; held to more once its images were probed."""
        change = combine(list(self._changes[code].values()))
        recovery = Recovery(probed.crowns_m, probed.recovered) if probed is not None and probed.recovered else None
        expected = self._expected(code, asked, recovery)
        controls = self._controls(code, self._rule(code, change, len(self._changes[code])))
        found = self._evidence(code, change, controls, expected)
        if probed is None:
            return found
        # What the model cannot see of young crowns must be known before it may accuse; a gain asked for is just asked.
        known = recovery is not None or math.isfinite(asked.required_pp)
        accuses = found.accuses and known
        return replace(found, accuses=accuses, stress_low_pp=probed.low_pp, stress_high_pp=probed.high_pp)

    def has_ground(self, code: str) -> bool:
        """Whether its ground was laid out for controls."""
        return code in self._lattices

    def placebo_errors(self, evidence: Mapping[str, CanopyEvidence]) -> dict[str, float]:
        """Mean error of each control village, with itself left out, over those that it was a control of."""
        found: dict[str, list[float]] = {}
        for one in evidence.values():
            if one.controls.method in {"matched", "predicted"}:
                for code, error in zip(one.controls.codes, one.controls.errors_pp, strict=True):
                    found.setdefault(code, []).append(error)
        return {code: float(np.mean(errors)) for code, errors in sorted(found.items())}

    def probe_job(self, code: str) -> ProbeJob:
        """Which pieces of both images are seen again."""
        pair, lattice = self._classified.pairs[code], self._lattices[code]
        model = self._classified.model
        frame = self._ground.measured.frame
        colours = canopy_colours(pair, lattice)
        plain = model is not None and model.roles == ("red", "green", "blue") and colours.shape[1] >= MIN_CELLS
        colour = tuple(float(v) for v in np.median(colours, axis=1)) if plain else ()
        return ProbeJob(
            code, pair, cast("Model", model), tuple(frame.geometry[frame["village_code"] == code]),
            tuple(lattice.places(*self._bare(code))), self._ground.villages.crs.to_wkt(),
            self._settings.growth.spacing_m, colour, self._settings.campaign.seed,
        )  # fmt: skip

    def _bare(self, code: str) -> tuple[Windows, list[int]]:
        """Unplanted windows of a village, as large and as bare as its plots were."""
        rule = self._rule(code, combine(list(self._changes[code].values())), len(self._changes[code]))
        windows = self._windows_of(code, rule.side_m)
        rng = np.random.default_rng([self._settings.campaign.seed, int(code)])
        return windows, bare_windows(windows, rule, CONTROLS, rng)

    def plots(self, code: str, village: CanopyEvidence) -> list[PlotFinding]:
        """Evidence for each of its plots; what is required of the village is required of each."""
        found = []
        for plot_id, change in self._changes[code].items():
            controls = self._controls(code, self._rule(code, change, 1))
            evidence = self._evidence(code, change, controls, village.expected)
            found.append(PlotFinding(plot_id, code, evidence, call_change(evidence, self._settings)))
        return found

    @property
    def names(self) -> dict[str, str]:
        """Village code → name."""
        frame = self._ground.villages.frame
        return dict(zip(frame["village_code"], frame["village"], strict=True))

    def work_job(self, code: str, asked: Asked) -> WorkJob:
        """Which pieces of the month's image are looked at for planting, and what must show by now."""
        pair, lattice = self._classified.pairs[code], self._lattices[code]
        seed = self._settings.campaign.seed
        frame = self._ground.measured.frame
        shapes = tuple(frame.geometry[frame["village_code"] == code])
        registration = pair.after.registration
        stands = [stand for stand, _ in self._stands(code, asked)]
        growth = self._settings.growth
        crown = min(expected_crown_m(stand, growth, seed) for stand in stands)
        saplings = Saplings(crown, growth.survival, growth.spacing_m, self._greenness(code))
        return WorkJob(
            code, pair.scene, pair.after.canopy.grid, registration.shift, shapes,
            tuple(lattice.places(*self._bare(code))), self._ground.villages.crs.to_wkt(), saplings, seed,
        )  # fmt: skip

    def _greenness(self, code: str) -> float:
        """How green young crowns must be taken to be: as the duller of this image's own trees, else of the street's."""
        own = canopy_greenness(self._classified.pairs[code], self._lattices[code])
        if own.size < MIN_CELLS:
            everywhere = [
                canopy_greenness(self._classified.pairs[other], lattice) for other, lattice in self._lattices.items()
            ]
            own = np.concatenate(everywhere)
        return float(np.quantile(own, DULL)) if own.size else 0.0

    def _evidence(self, code: str, change: CanopyChange, controls: Controls, expected: ExpectedGain) -> CanopyEvidence:
        pair, model = self._classified.pairs[code], self._classified.model
        registration = pair.after.registration
        limit = self._settings.imagery.max_residual_px * pair.after.canopy.grid.ground_pixel_m
        return CanopyEvidence(
            change,
            controls,
            expected,
            registration.residual_m,
            limit,
            registration.refusal,
            model.accuses if model else False,
        )

    def _rule(self, code: str, change: CanopyChange, count: int) -> PlotRule:
        before = change.before_share if math.isfinite(change.before_share) else 0.0
        light = self._lattices[code].plot_covariates() if code in self._lattices else np.full(3, math.nan)
        bright, texture = (float(v) if math.isfinite(v) else 0.0 for v in light[1:])
        return PlotRule(count, math.sqrt(max(change.area_m2, 1.0) / count), (before, bright, texture))

    def _controls(self, code: str, rule: PlotRule) -> Controls:
        lagging = self._settings.lagging
        if self._ground.zones:
            return compare_with(self._other_zones(code), rule, lagging.confidence, lagging.min_control_villages)
        seed = self._settings.campaign.seed
        placebos = []
        for other, lattice in sorted(self._lattices.items()):
            if other != code:
                rng = np.random.default_rng([seed, int(code), int(other)])
                placebo = place_placebos(lattice, rule, self._windows_of(other, rule.side_m), rng)
                placebos += [placebo] if placebo else []
        found = compare_with(placebos, rule, lagging.confidence, lagging.min_control_villages)
        return self._by_blocks(rule, seed) if found.method == "too_few" else found

    def _by_blocks(self, rule: PlotRule, seed: int) -> Controls:
        """Too few villages: blocks of single windows, own village included, stand in for them."""
        blocks: list[Placebo] = []
        for other, lattice in sorted(self._lattices.items()):
            rng = np.random.default_rng([seed, int(other)])
            blocks += placebo_blocks(lattice, rule, self._windows_of(other, rule.side_m), rng)
        lagging = self._settings.lagging
        found = compare_with(blocks, rule, lagging.confidence, lagging.min_control_villages)
        return found if found.method == "too_few" else found.by_blocks()

    def _windows_of(self, code: str, side_m: float) -> Windows:
        lattice = self._lattices[code]
        key = (code, round(side_m / lattice.cell_m))
        if key not in self._windows:
            self._windows[key] = lattice.windows(side_m, self._settings.imagery.min_observed_share)
        return self._windows[key]

    def _other_zones(self, code: str) -> list[Placebo]:
        """Zones measured whole have no ground beside them: the other zones are the street."""
        found = []
        for other, by_plot in sorted(self._changes.items()):
            change = combine(list(by_plot.values()))
            if other != code and change.observed_share >= self._settings.imagery.min_observed_share:
                found.append(Placebo(other, change.net_pp, (change.before_share, 0.0, 0.0)))
        return found

    def _expected(self, code: str, asked: Asked, recovery: Recovery | None) -> ExpectedGain:
        """Return what the plots should have gained, each by its planting day and species, weighted by area."""
        if math.isfinite(asked.required_pp):
            return ExpectedGain(asked.required_pp, asked.required_pp)
        growth, seed = self._settings.growth, self._settings.campaign.seed
        found = [(expected_gain(stand, growth, seed, recovery), area) for stand, area in self._stands(code, asked)]
        whole = sum(area for _, area in found)
        return ExpectedGain(
            sum(one.expected_pp * area for one, area in found) / whole,
            sum(one.required_pp * area for one, area in found) / whole,
        )

    def _stands(self, code: str, asked: Asked) -> list[tuple[Stand, float]]:
        """Return what was planted on each plot, as its register says, with the plot's area."""
        pair = self._classified.pairs[code]
        frame = self._ground.measured.frame
        mine = frame[frame["village_code"] == code]
        found = []
        areas = geodesic_area_m2(list(mine.geometry))
        for species, planted_on, area in zip(mine["species"], mine["planted_on"], areas, strict=True):
            stand = Stand(
                growth_group(str(species), self._settings.species),
                planted_on if isinstance(planted_on, date) else self._settings.milestones.planted,
                _flown(pair) or asked.asked_on,
                pair.after.canopy.grid.ground_pixel_m,
            )
            found.append((stand, float(area)))
        return found
