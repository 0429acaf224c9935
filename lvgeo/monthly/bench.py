"""Where every village is measured against the others: change, controls, expected gain."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.imagery.store import read_preview
from lvgeo.land.area import geodesic_area_m2
from lvgeo.monthly.findings import PlotFinding
from lvgeo.progress.change import CanopyChange, combine, placed_in
from lvgeo.progress.controls import (
    Controls,
    Placebo,
    PlotRule,
    bare_windows,
    compare_with,
    place_placebos,
    placebo_blocks,
)
from lvgeo.progress.evidence import CanopyEvidence
from lvgeo.progress.expected import ExpectedGain, Recovery, Stand, expected_gain, growth_group
from lvgeo.progress.growth import call_change
from lvgeo.progress.lattice import NO_TREES, Lattice, Windows, lay_lattice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.monthly.asked import Asked, Ground
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.findings import Pair
    from lvgeo.monthly.probing import Probed

__all__ = ["Bench", "flown"]

CONTROLS: Final = 12  # unplanted pieces of a village's ground that one image is judged by


def flown(pair: Pair | None) -> date | None:
    """Day on which the month's scene was flown, where its files say."""
    if pair is None or not pair.flown_on:
        return None
    return date.fromisoformat(pair.flown_on)


class Bench:
    """Where every village is measured against the others: lattices and windows are laid once and shared."""

    def __init__(
        self,
        ground: Ground,
        classified: Classified,
        changes: Mapping[str, dict[str, CanopyChange]],
        settings: CampaignSettings,
    ) -> None:
        self.ground, self.classified, self._changes, self.settings = ground, classified, changes, settings
        areas = [c.area_m2 for by_plot in changes.values() for c in by_plot.values() if c.area_m2 > 0]
        self._side_m = math.sqrt(float(np.median(areas))) if areas else 0.0
        self.lattices: dict[str, Lattice] = {}
        self._windows: dict[tuple[str, int], Windows] = {}
        if self._side_m and not ground.zones:
            near = list(ground.avoided.frame.geometry)
            self.lattices = {code: self._lay(code, pair, near) for code, pair in classified.pairs.items()}

    def _lay(self, code: str, pair: Pair, near: list[BaseGeometry]) -> Lattice:
        frame = self.ground.villages.frame
        shape = frame.geometry[frame["village_code"] == code].iloc[0]
        return lay_lattice(
            code,
            (pair.before.canopy, pair.after.canopy),
            read_preview(pair.before.preview),
            (shape, near, self.ground.villages.crs),
            (self._side_m, self.settings.lagging.control_buffer_m),
            self.ground.trees.get(code, NO_TREES),
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
        return replace(
            found, accuses=accuses, stress_low_pp=probed.low_pp, stress_high_pp=probed.high_pp,
            second=probed.second, second_pp=probed.second_pp,
        )  # fmt: skip

    def has_ground(self, code: str) -> bool:
        """Whether its ground was laid out for controls."""
        return code in self.lattices

    def placebo_errors(self, evidence: Mapping[str, CanopyEvidence]) -> dict[str, float]:
        """Mean error of each control village, with itself left out, over those that it was a control of."""
        found: dict[str, list[float]] = {}
        for one in evidence.values():
            if one.controls.method in {"matched", "predicted"}:
                for code, error in zip(one.controls.codes, one.controls.errors_pp, strict=True):
                    found.setdefault(code, []).append(error)
        return {code: float(np.mean(errors)) for code, errors in sorted(found.items())}

    def plots(self, code: str, village: CanopyEvidence) -> list[PlotFinding]:
        """Evidence for each of its plots; what is required of the village is required of each."""
        found = []
        for plot_id, change in self._changes[code].items():
            controls = self._controls(code, self._rule(code, change, 1))
            evidence = self._evidence(code, change, controls, village.expected)
            found.append(PlotFinding(plot_id, code, evidence, call_change(evidence, self.settings)))
        return found

    @property
    def names(self) -> dict[str, str]:
        """Village code → name."""
        frame = self.ground.villages.frame
        return dict(zip(frame["village_code"], frame["village"], strict=True))

    def bare(self, code: str) -> tuple[Windows, list[int]]:
        """Unplanted windows of a village, as large and as bare as its plots were."""
        rule = self._rule(code, combine(list(self._changes[code].values())), len(self._changes[code]))
        windows = self._windows_of(code, rule.side_m)
        rng = np.random.default_rng([self.settings.campaign.seed, int(code)])
        return windows, bare_windows(windows, rule, CONTROLS, rng)

    def stands(self, code: str, asked: Asked) -> list[tuple[Stand, float]]:
        """Return what was planted on each plot, as its register says, with the plot's area."""
        pair = self.classified.pairs[code]
        frame = self.ground.measured.frame
        mine = frame[frame["village_code"] == code]
        found = []
        areas = geodesic_area_m2(list(mine.geometry))
        for species, planted_on, area in zip(mine["species"], mine["planted_on"], areas, strict=True):
            stand = Stand(
                growth_group(str(species), self.settings.species),
                planted_on if isinstance(planted_on, date) else self.settings.milestones.planted,
                flown(pair) or asked.asked_on,
                pair.after.canopy.grid.ground_pixel_m,
            )
            found.append((stand, float(area)))
        return found

    def _evidence(self, code: str, change: CanopyChange, controls: Controls, expected: ExpectedGain) -> CanopyEvidence:
        pair, model = self.classified.pairs[code], self.classified.model
        registration = pair.after.registration
        limit = self.settings.imagery.max_residual_px * pair.after.canopy.grid.ground_pixel_m
        return CanopyEvidence(
            change,
            controls,
            expected,
            registration.residual_m,
            limit,
            registration.refusal,
            model.accuses if model else False,
            shaded_share=self._shaded_share(code),
        )

    def _shaded_share(self, code: str) -> float:
        """Part of a village's plots that lay in a cloud's shadow at one of the dates."""
        canopy, frame = self.classified.pairs[code].after.canopy, self.ground.measured.frame
        if "shaded_ground" not in canopy.provenance:
            return 0.0
        mine = frame.geometry[frame["village_code"] == code]
        plots = placed_in(list(mine), self.ground.villages.crs, canopy.grid.crs)
        shaded = shapely.intersection(plots, shapely.from_wkt(canopy.provenance["shaded_ground"]))
        return float(shapely.area(shaded).sum() / max(shapely.area(plots).sum(), 1e-9))

    def _rule(self, code: str, change: CanopyChange, count: int) -> PlotRule:
        before = change.before_share if math.isfinite(change.before_share) else 0.0
        light = self.lattices[code].plot_covariates() if code in self.lattices else np.full(3, math.nan)
        bright, texture = (float(v) if math.isfinite(v) else 0.0 for v in light[1:])
        return PlotRule(count, math.sqrt(max(change.area_m2, 1.0) / count), (before, bright, texture))

    def _controls(self, code: str, rule: PlotRule) -> Controls:
        lagging = self.settings.lagging
        if self.ground.zones:
            return compare_with(self._other_zones(code), rule, lagging.confidence, lagging.min_control_villages)
        seed = self.settings.campaign.seed
        placebos = []
        for other, lattice in sorted(self.lattices.items()):
            if other != code:
                rng = np.random.default_rng([seed, int(code), int(other)])
                placebo = place_placebos(lattice, rule, self._windows_of(other, rule.side_m), rng)
                placebos += [placebo] if placebo else []
        found = compare_with(placebos, rule, lagging.confidence, lagging.min_control_villages)
        return self._by_blocks(rule, seed) if found.method == "too_few" else found

    def _by_blocks(self, rule: PlotRule, seed: int) -> Controls:
        """Too few villages: blocks of single windows, own village included, stand in for them."""
        blocks: list[Placebo] = []
        for other, lattice in sorted(self.lattices.items()):
            rng = np.random.default_rng([seed, int(other)])
            blocks += placebo_blocks(lattice, rule, self._windows_of(other, rule.side_m), rng)
        lagging = self.settings.lagging
        found = compare_with(blocks, rule, lagging.confidence, lagging.min_control_villages)
        return found if found.method == "too_few" else found.by_blocks()

    def _windows_of(self, code: str, side_m: float) -> Windows:
        lattice = self.lattices[code]
        key = (code, round(side_m / lattice.cell_m))
        if key not in self._windows:
            self._windows[key] = lattice.windows(side_m, self.settings.imagery.min_observed_share)
        return self._windows[key]

    def _other_zones(self, code: str) -> list[Placebo]:
        """Zones measured whole have no ground beside them: the other zones are the street."""
        found = []
        for other, by_plot in sorted(self._changes.items()):
            change = combine(list(by_plot.values()))
            if other != code and change.observed_share >= self.settings.imagery.min_observed_share:
                found.append(Placebo(other, change.net_pp, (change.before_share, 0.0, 0.0)))
        return found

    def _expected(self, code: str, asked: Asked, recovery: Recovery | None) -> ExpectedGain:
        """Return what the plots should have gained, each by its planting day and species, weighted by area."""
        if math.isfinite(asked.required_pp):
            return ExpectedGain(asked.required_pp, asked.required_pp)
        growth, seed = self.settings.growth, self.settings.campaign.seed
        found = [(expected_gain(stand, growth, seed, recovery), area) for stand, area in self.stands(code, asked)]
        whole = sum(area for _, area in found)
        return ExpectedGain(
            sum(one.expected_pp * area for one, area in found) / whole,
            sum(one.required_pp * area for one, area in found) / whole,
        )
