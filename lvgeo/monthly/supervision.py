"""`month`: the monthly script. Areas, images, verdicts, ledger, outputs."""

from __future__ import annotations

import hashlib
import json
import math
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lvgeo.campaign.read import SETTINGS_FILE
from lvgeo.engine import THREADS, checked_engine
from lvgeo.errors import Refusal
from lvgeo.imagery.canopy import recipe_named
from lvgeo.imagery.classify import METHOD
from lvgeo.land.compliance import accepted_plots, measure_villages, prior_canopy_issues
from lvgeo.monthly.assess import Asked, Ground, assess
from lvgeo.monthly.baselines import baseline_scenes
from lvgeo.monthly.canopy import Dated, classify_street
from lvgeo.monthly.catalogue import write_catalogue
from lvgeo.monthly.findings import loss_rows, plot_row, village_row
from lvgeo.monthly.foresight import required_rows
from lvgeo.monthly.grounds import ground_bodies
from lvgeo.monthly.inputs import CampaignInputs, digests_of, locked, month_of, open_campaign, read_campaign
from lvgeo.monthly.pages import MapHead, Shapes, draw_map, store_layers, versions, write_run, write_tables
from lvgeo.monthly.polygons import land_rows
from lvgeo.monthly.publish import Published, publish, stories
from lvgeo.monthly.recycled import recycled_images
from lvgeo.monthly.results import Result
from lvgeo.monthly.scenes import find_scenes, image_paths
from lvgeo.monthly.silent import Listener, silent
from lvgeo.outputs.files import write_text
from lvgeo.progress.change import measure
from lvgeo.progress.ledger import Ledger
from lvgeo.progress.loss import find_loss
from lvgeo.progress.standing import Standing, derive_standings
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.land.plots import Plots, Villages
    from lvgeo.monthly.assess import Street
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.findings import VillageFinding
    from lvgeo.monthly.pages import Story
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.ledger import Record, Recording
    from lvgeo.progress.loss import LossPatch

__all__ = ["month"]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run's fixed facts."""

    layout: CampaignFolder
    settings: CampaignSettings
    month: Month
    language: Language
    inputs: Mapping[str, str]
    engine: str

    def digest(self) -> str:
        """Hash of all that decides the month: inputs, settings, method."""
        decides = {"inputs": dict(self.inputs), "settings": self.settings.model_dump(mode="json"), "method": METHOD}
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def month(  # noqa: PLR0913 - each by name
    folder: str | Path,
    which: str | Month,
    *,
    today: date,
    on: date | None = None,
    language: Language | None = None,
    progress: Listener = silent,
    engine: str = THREADS,
) -> Result:
    """Judge a month: areas, images, verdicts, ledger, every output.

    Parameters
    ----------
    folder
        A campaign folder.
    which
        The month, or ``YYYY-MM``.
    today
        Day on which it is recorded, if it is not recorded yet; never after `on`.
    on
        Day as of which replies, decisions and streaks are counted; by default the day of recording, so that a second
        run gives the same bytes.
    language
        Of the outputs; by default the campaign's.
    progress
        Told the stage and how much of it is done.
    engine
        Where jobs run: ``threads`` or ``dask://HOST:PORT``; changes nothing but the time.

    Returns
    -------
    Result
        Files in ``out/YYYY-MM``.

    Raises
    ------
    InputRefusedError
        If the settings are wrong, or no village can be read.
    BusyError
        If another run works on the folder.
    StorageError
        If an output or the ledger cannot be written.
    """
    layout, settings = open_campaign(Path(folder))
    wanted = month_of(which)
    recipe_named(settings.imagery.model)
    with locked(layout.lock):
        started = time.perf_counter()
        places = (layout.root / SETTINGS_FILE, *layout.villages, *layout.plots, *layout.trees, *layout.no_plant)
        images = [p for m in _months_up_to(layout, wanted) for p in image_paths(layout.imagery(m))]
        run = _Run(
            layout,
            settings,
            wanted,
            language or settings.campaign.language,
            digests_of(layout.root, (*places, *images)),
            checked_engine(engine),
        )
        result = _judge(run, min(today, on or today), on, progress)
        line = {"month": str(wanted), "seconds": round(time.perf_counter() - started, 2)}
        write_text(layout.log(wanted), json.dumps(line) + "\n")
    return result


def _months_up_to(layout: CampaignFolder, last: Month) -> list[Month]:
    """Months that have an image folder, up to one: a month is judged only from itself and earlier ones."""
    found = set()
    for place in layout.imagery_roots:
        for path in sorted(place.iterdir()) if place.is_dir() else []:
            try:
                found.add(Month.parse(path.name))
            except ValueError:
                continue
    return sorted(m for m in found if m <= last)


def _judge(run: _Run, record_on: date, on: date | None, progress: Listener) -> Result:
    with Ledger(run.settings.ledger.url, run.layout.root) as ledger:
        recorded = ledger.recorded(run.month, run.digest())
    # A month that has not ended is asked as of the day on which it is recorded, in this run and in every later one.
    asked_on = min(run.month.last_day, recorded.recorded_on if recorded else record_on)
    inputs = read_campaign(run.layout, run.settings, asked_on)
    accepted = accepted_plots(inputs.plots, inputs.villages, inputs.issues)
    classified, missing, refused = _classified(run, inputs, accepted, progress)
    prior = _prior_canopy(accepted, classified, inputs)
    issues = (*inputs.issues, *prior_canopy_issues(accepted, prior, run.settings.land))
    areas = measure_villages(inputs.villages, inputs.plots, issues, inputs.trees, run.settings, prior)
    ground = Ground(inputs.villages, accepted, inputs.plots, zones=False)
    by_code = {area.village_code: area for area in areas}
    street = assess(
        ground, classified, Asked(asked_on, by_code, missing, unread=inputs.unread, engine=run.engine), run.settings
    )
    recording, standings = _record(run, street, inputs, record_on, on)
    rows = {**land_rows(areas, issues, run.language), **_rows(run, street, classified, standings)}
    rows["required_gain"] = _required(street, accepted, run.settings)
    losses = _losses(run, classified, inputs.villages)
    rows["canopy_loss"] = loss_rows(losses)
    consequences = {
        code: run.settings.lagging.consequence for code, standing in sorted(standings.items()) if standing.consequence
    }
    shapes = Shapes(inputs.villages, inputs.plots, issues)
    counted_on = str(on or recording.recorded_on)
    found = Result(run.layout.out(str(run.month)), run.language, (), rows, consequences, (*inputs.refused, *refused))
    account = {"revision": recording.revision, "counted_on": counted_on, "budget": street.wrong.facts()}
    records = _records(run, counted_on)
    drawn = (shapes, losses, stories(records, str(run.month), run.layout.canopy))
    written = _write(run, drawn, classified, found, account)
    return replace(found, files=(*written, *_publish(run, shapes, street, found, (counted_on, records))))


def _records(run: _Run, counted_on: str) -> list[Record]:
    """Return the ledger up to the month, as it stood on the day."""
    with Ledger(run.settings.ledger.url, run.layout.root) as ledger:
        day = date.fromisoformat(counted_on)
        return [one for one in ledger.records() if one.month <= run.month and one.recorded_on <= day]


def _publish(
    run: _Run, shapes: Shapes, street: Street, found: Result, counted: tuple[str, Sequence[Record]]
) -> tuple[Path, ...]:
    """Write the documents, from the ledger as it stood on that day."""
    counted_on, records = counted
    more = Published(
        run.settings, str(run.month), run.settings.imagery.baseline, counted_on, street, shapes, records, run.inputs
    )
    return publish(found.folder, found, more)


def _classified(
    run: _Run, inputs: CampaignInputs, accepted: Plots, progress: Listener
) -> tuple[Classified, dict[str, str], list[Refusal]]:
    """Class rasters of the month and its baselines, why a village has none, and what was refused."""
    imagery, layout = run.settings.imagery, run.layout
    months = _months_up_to(layout, run.month)
    scenes = {m: find_scenes(str(m), layout.imagery(m), inputs.villages, imagery) for m in months}
    befores = baseline_scenes(scenes, inputs.villages, accepted, imagery)
    itself = {code for code, dated in befores.items() if dated.label == str(run.month)}
    mine = scenes.get(run.month)
    recycled = recycled_images({str(m): found.by_village for m, found in scenes.items()}, str(run.month), run.engine)
    afters = {
        code: Dated(str(run.month), scene)
        for code, scene in (mine.by_village if mine else {}).items()
        if code not in itself and code not in recycled
    }
    classified = classify_street(inputs.villages, (befores, afters), imagery, layout.canopy, progress, run.engine)
    write_catalogue(layout.canopy, classified, str(run.month), run.settings.campaign.name)
    used = {dated.label for dated in befores.values()} | {str(run.month)}
    refused = [r for m, found in scenes.items() if str(m) in used for r in found.refused]
    refused += classified.refused
    missing, absent = _missing(run, inputs, classified, _Absent(itself, recycled, set(afters)))
    return classified, missing, [*refused, *absent]


@dataclass(frozen=True, slots=True)
class _Absent:
    """Villages whose baseline is this month's, whose image is an earlier one, and who have an image at all."""

    itself: set[str]
    recycled: Mapping[str, Refusal]
    flown: set[str]


def _missing(
    run: _Run, inputs: CampaignInputs, classified: Classified, absent: _Absent
) -> tuple[dict[str, str], list[Refusal]]:
    """Village code → why it has no pair of scenes, and what is said of it."""
    missing: dict[str, str] = {}
    refused: list[Refusal] = []
    for code, name in inputs.villages.frame[["village_code", "village"]].itertuples(index=False):
        if code in absent.itself or str(run.month) <= _baseline_of(code, run):
            missing[code] = "baseline_month"
        elif code not in classified.befores:
            missing[code] = "no_baseline"
            refused.append(Refusal("baseline_missing", feature=f"{code} {name}", value=_baseline_of(code, run)))
        elif code in absent.recycled:
            missing[code] = "recycled"
            refused.append(absent.recycled[code])
        elif code not in classified.pairs:
            missing[code] = "no_image"
            if code not in absent.flown:
                refused.append(Refusal("scene_missing", feature=f"{code} {name}", value=str(run.month)))
    return missing, refused


def _required(street: Street, accepted: Plots, settings: CampaignSettings) -> Rows:
    """Return what is required of each plot month by month, as far as this month's images can tell."""
    seen = {v.village_code: v for v in street.villages if v.pair is not None and v.evidence is not None}
    pixel_m = {code: v.pair.after.canopy.grid.ground_pixel_m for code, v in seen.items() if v.pair is not None}
    widths = {code: v.evidence.controls.half_width_pp for code, v in seen.items() if v.evidence is not None}
    return required_rows(accepted, settings, pixel_m, {c: w for c, w in widths.items() if math.isfinite(w)})


def _losses(run: _Run, classified: Classified, villages: Villages) -> list[LossPatch]:
    """Patches of canopy lost since the baseline, whatever the word."""
    shapes = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    limit = run.settings.lagging.loss_min_area_m2
    return [
        patch
        for code, pair in sorted(classified.pairs.items())
        for patch in find_loss(code, (pair.before.canopy, pair.after.canopy), shapes[code], villages.crs, limit)
    ]


def _baseline_of(code: str, run: _Run) -> str:
    return run.settings.imagery.baseline_by_village.get(code, run.settings.imagery.baseline)


def _prior_canopy(accepted: Plots, classified: Classified, inputs: CampaignInputs) -> dict[str, float]:
    """Plot id → share of it under canopy at the baseline, where a baseline saw enough of it."""
    found: dict[str, float] = {}
    frame = accepted.frame
    for code, scene in classified.befores.items():
        mine = frame[frame["village_code"] == code]
        changes = measure(scene.canopy, scene.canopy, list(mine.geometry), inputs.villages.crs)
        for plot_id, change in zip(mine["plot_id"], changes, strict=True):
            if change.observed_share > 0:
                found[plot_id] = change.before_share
    return found


def _record(
    run: _Run, street: Street, inputs: CampaignInputs, record_on: date, on: date | None
) -> tuple[Recording, dict[str, Standing]]:
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
    return found


def _rows(run: _Run, street: Street, classified: Classified, standings: Mapping[str, Standing]) -> dict[str, Rows]:
    model = classified.model.name if classified.model else run.settings.imagery.model
    by_code = {finding.village_code: finding for finding in street.villages}
    villages = tuple(
        village_row(f, str(run.month), model, standings.get(f.village_code, Standing()), run.language)
        for f in street.villages
    )
    plots = tuple(plot_row(p, by_code[p.village_code], str(run.month), model) for p in street.plots)
    return {"canopy_change": villages, "plot_change": plots}


def _write(
    run: _Run,
    drawn: tuple[Shapes, Sequence[LossPatch], Mapping[str, Story]],
    classified: Classified,
    found: Result,
    account: Mapping[str, object],
) -> tuple[Path, ...]:
    """Write every output; the map first in what is returned, as the one to open."""
    out, campaign = found.folder, run.settings.campaign
    shapes, losses, told = drawn
    out.mkdir(parents=True, exist_ok=True)
    head = MapHead(
        campaign.name,
        str(run.month),
        run.settings.imagery.baseline,
        run.language,
        campaign.secrecy_note,
        str(account["counted_on"]),
    )
    files = write_tables(out, found.rows, run.language)
    store_layers(out / "results.gpkg", shapes, found.rows, losses)
    draw_map(out / "map.html", head, shapes, classified, (found.rows, found.consequences), told)
    model = classified.model
    write_run(
        out / "run.json",
        {
            "command": "month",
            "month": str(run.month),
            **account,
            "inputs": dict(run.inputs),
            "inputs_digest": run.digest(),
            "model": model.facts() if model else None,
            "scenes": classified.account(),
            "settings": run.settings.model_dump(mode="json"),
            "versions": versions(),
            "left_out": [one.sentence(run.language) for one in found.left_out],
        },
    )
    return (out / "map.html", *files, out / "results.gpkg", out / "run.json")
