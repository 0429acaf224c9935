"""What is known of a village in a month, and the word that it gets: values alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lvgeo.labels import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lvgeo.labels import Language
    from lvgeo.land.compliance import VillageArea
    from lvgeo.progress.change import CanopyChange
    from lvgeo.progress.controls import Controls
    from lvgeo.progress.expected import ExpectedGain
    from lvgeo.progress.work import Work

__all__ = ["Basis", "CanopyEvidence", "Change", "Evidence", "Growth", "Reason", "Verdict", "Word"]

Word = Literal["on_track", "lagging", "inconclusive", "not_assessed"]
Growth = Literal["too_early", "on_track", "lagging", "inconclusive", ""]
Change = Literal["gain", "loss", "no_clear_change", "inconclusive"]
Basis = Literal["register", "work", "canopy", ""]


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
    second
        Name of another image from before planting that the word was held against too; empty where there is none.
    second_pp
        By how much the adjusted change would be higher, judged from that one; below 0 where lower.
    shaded_share
        Part of the plots that lay in a cloud's shadow at one of the dates, and is left out.
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
    second: str = ""
    second_pp: float = 0.0
    shaded_share: float = 0.0

    @property
    def adjusted_pp(self) -> float:
        """Net change less what controls would have shown."""
        return self.change.net_pp - self.controls.bias_pp

    @property
    def low_pp(self) -> float:
        """Lower end of the interval: what unplanted ground may have gained is no merit."""
        return self.adjusted_pp - self.controls.above_pp

    @property
    def high_pp(self) -> float:
        """Upper end of the interval."""
        return self.adjusted_pp + self.controls.below_pp

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
