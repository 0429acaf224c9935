"""Write a month's verdicts into the ledger, with what later months need of them."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from lvgeo.monthly.grounds import ground_bodies
from lvgeo.progress.ledger import Ledger
from lvgeo.progress.standing import Standing, derive_standings

if TYPE_CHECKING:
    from lvgeo.monthly.assess import Street
    from lvgeo.monthly.findings import VillageFinding
    from lvgeo.monthly.inputs import CampaignInputs
    from lvgeo.monthly.run import Run
    from lvgeo.progress.ledger import Record, Recording

__all__ = ["record_verdicts", "recorded_before", "records_until"]


def record_verdicts(
    run: Run, street: Street, inputs: CampaignInputs, record_on: date, on: date | None
) -> tuple[Recording, dict[str, Standing]]:
    """Write each village's verdict, its boundary and plots, and the rules; count streaks as of `on`."""
    bodies = {
        finding.village_code: {
            "word": finding.verdict.word,
            "basis": finding.verdict.basis,
            "reason": finding.verdict.reason.code,
            "values": dict(finding.verdict.reason.values),
            "evidence_on": finding.evidence_on,
            **_figures(finding, street),
        }
        for finding in street.villages
    }
    with Ledger(run.settings.ledger.url, run.layout.root) as ledger:
        grounds = ground_bodies(inputs.villages, inputs.plots)
        recording = ledger.record_month(
            run.month, run.digest(), record_on, bodies, grounds, run.settings.model_dump(mode="json")
        )
        records = ledger.records()
    standings = derive_standings(records, run.month, on or recording.recorded_on, run.settings.lagging)
    return recording, standings


def recorded_before(run: Run) -> Recording | None:
    """Return the month's recording, if these very inputs were recorded already."""
    with Ledger(run.settings.ledger.url, run.layout.root) as ledger:
        return ledger.recorded(run.month, run.digest())


def records_until(run: Run, counted_on: str) -> list[Record]:
    """Return the ledger up to the month, as it stood on the day."""
    with Ledger(run.settings.ledger.url, run.layout.root) as ledger:
        day = date.fromisoformat(counted_on)
        return [one for one in ledger.records() if one.month <= run.month and one.recorded_on <= day]


def _figures(finding: VillageFinding, street: Street) -> dict[str, float | str]:
    """Return what the year's joint test needs of a month; nothing where canopy was not judged."""
    found: dict[str, float | str] = {}
    error = street.placebo_errors.get(finding.village_code)
    if error is not None:
        found["placebo_error_pp"] = round(error, 4)
    one = finding.evidence
    if finding.pair is not None:
        found["raster"] = finding.pair.after.canopy.path.stem
    if one is not None and math.isfinite(one.low_pp):
        figures = (("low_pp", one.low_pp), ("adjusted_pp", one.adjusted_pp), ("high_pp", one.high_pp))
        found |= {key: round(value, 3) for key, value in (*figures, ("due_pp", one.expected.required_pp))}
    if one is not None and finding.verdict.basis == "canopy" and math.isfinite(one.controls.spread_pp):
        required = float(str(finding.verdict.reason.values.get("required_pp", "nan")))
        if math.isfinite(required):
            found |= {"short_pp": round(required - one.adjusted_pp, 4)}
        found |= {"spread_pp": round(one.controls.spread_pp, 4), "freedom": round(one.controls.freedom, 2)}
        found["half_width_pp"] = round(one.controls.half_width_pp, 4)
        if math.isfinite(one.level):
            found["level"] = round(one.level, 6)
    return found
