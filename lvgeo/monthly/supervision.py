"""`month`: the monthly script. Areas, images, verdicts, ledger, outputs."""

from __future__ import annotations

import json
import math
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from shapely import MultiPoint

from lvgeo.campaign.read import SETTINGS_FILE
from lvgeo.engine import THREADS, checked_engine
from lvgeo.land.accepted import accepted_plots
from lvgeo.land.compliance import measure_villages, prior_canopy_issues
from lvgeo.monthly.asked import Asked, Ground
from lvgeo.monthly.assess import assess
from lvgeo.monthly.findings import controls_account, loss_rows, plot_row, village_row, work_account
from lvgeo.monthly.foresight import required_rows
from lvgeo.monthly.image_folder import image_paths
from lvgeo.monthly.inputs import digests_of, imagery_of, locked, month_begun, open_campaign, read_campaign
from lvgeo.monthly.mapping import stories
from lvgeo.monthly.model_of import model_of
from lvgeo.monthly.pages import Shapes
from lvgeo.monthly.polygons import land_rows
from lvgeo.monthly.proposals import proposed_rows
from lvgeo.monthly.publish import publish
from lvgeo.monthly.published import Published
from lvgeo.monthly.recording import record_verdicts, recorded_before, records_until
from lvgeo.monthly.results import Result
from lvgeo.monthly.run import Run, months_up_to
from lvgeo.monthly.sightings import classify_month, prior_canopy
from lvgeo.monthly.silent import Listener, silent
from lvgeo.monthly.tasks import Seen, compliance_rows, layer_rows, tasks_of
from lvgeo.monthly.tree_counts import count_trees
from lvgeo.monthly.writing import Drawn, write_month
from lvgeo.outputs.files import write_text
from lvgeo.progress.consequences import expected_wrong_consequences
from lvgeo.progress.loss import find_loss
from lvgeo.progress.standing import Standing
from lvgeo.registers.trees import places_by_village

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.land.compliance import VillageArea
    from lvgeo.land.plots import Plots, Villages
    from lvgeo.monthly.assess import Street
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.inputs import CampaignInputs
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.consequences import WrongConsequences
    from lvgeo.progress.ledger import Record
    from lvgeo.progress.loss import LossPatch
    from lvgeo.units import Month

__all__ = ["month"]


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
    UsageError
        If `which` is no month, or has not begun.
    InputRefusedError
        If the settings are wrong, or no village can be read.
    BusyError
        If another run works on the folder.
    StorageError
        If an output or the ledger cannot be written.
    """
    layout, settings = open_campaign(Path(folder))
    recorded_on = min(today, on or today)
    wanted = month_begun(which, recorded_on)
    model_of(imagery_of(layout, settings))
    with locked(layout.lock):
        started = time.perf_counter()
        places = (layout.root / SETTINGS_FILE, *layout.rows)
        images = [p for m in months_up_to(layout, wanted) for p in image_paths(layout.imagery(m))]
        run = Run(
            layout,
            settings,
            wanted,
            language or settings.campaign.language,
            digests_of(layout.root, (*places, *images)),
            checked_engine(engine),
        )
        result = _judge(run, recorded_on, on, progress)
        line = {"month": str(wanted), "seconds": round(time.perf_counter() - started, 2)}
        write_text(layout.log(wanted), json.dumps(line) + "\n")
    return result


def _judge(run: Run, record_on: date, on: date | None, progress: Listener) -> Result:
    recorded = recorded_before(run)
    # A month that has not ended is asked as of the day on which it is recorded, in this run and in every later one.
    asked_on = min(run.month.last_day, recorded.recorded_on if recorded else record_on)
    inputs = read_campaign(run.layout, run.settings, asked_on, date(run.settings.campaign.year, 12, 31))
    accepted = accepted_plots(inputs.plots, inputs.villages, inputs.issues)
    classified, missing, refused = classify_month(run, inputs, accepted, progress)
    prior = prior_canopy(accepted, classified, inputs)
    issues = (*inputs.issues, *prior_canopy_issues(accepted, prior, run.settings.land))
    areas = measure_villages(inputs.villages, inputs.plots, issues, inputs.trees, run.settings, prior)
    street = _assessed(run, (inputs, accepted), (classified, missing), areas, asked_on)
    recording, standings = record_verdicts(run, street, inputs, record_on, on)
    rows = {**land_rows(areas, issues, run.language), **_rows(run, street, classified, standings)}
    rows["required_gain"] = _required(street, accepted, run.settings)
    losses = _losses(run, classified, inputs.villages)
    rows["canopy_loss"] = loss_rows(losses)
    counts = count_trees(inputs, accepted, classified, run.settings, asked_on, run.engine)
    seen = Seen(_flown(areas, missing), losses, counts, classified.model.accuses if classified.model else False)
    tasks = tasks_of(inputs, areas, run.settings, asked_on, seen)
    rows |= {"compliance": compliance_rows(tasks, areas, run.language),
             **proposed_rows(inputs, areas, tasks, _words(street), run.settings, asked_on)}  # fmt: skip
    found = Result(
        run.layout.out(str(run.month)), run.language, (), rows, _consequences(run, standings),
        (*refused, *street.refused, *inputs.refused),  # first what keeps a village from being judged
    )  # fmt: skip
    counted_on = str(on or recording.recorded_on)
    records = records_until(run, counted_on)
    year = expected_wrong_consequences(records, run.settings.lagging, run.settings.campaign.seed)
    account = _account(recording.revision, counted_on, street, year)
    drawn = Drawn(
        Shapes(inputs.villages, inputs.plots, issues), losses, stories(records, str(run.month), run.layout.canopy),
        layer_rows(tasks, rows["compliance"]),
    )  # fmt: skip
    found = write_month(run, drawn, classified, found, account)
    return _publish(run, drawn.shapes, street, found, (counted_on, records, year))


def _account(revision: int, counted_on: str, street: Street, year: WrongConsequences) -> dict[str, object]:
    """Return what run.json tells of the judgement."""
    return {
        "revision": revision,
        "counted_on": counted_on,
        "budget": street.wrong.facts() | year.facts(),
        "controls": controls_account(street.villages),
        "work": work_account(street.villages),
    }


def _assessed(
    run: Run,
    rows: tuple[CampaignInputs, Plots],
    images: tuple[Classified, Mapping[str, str]],
    areas: Sequence[VillageArea],
    asked_on: date,
) -> Street:
    """Judge every village as of a day."""
    (inputs, accepted), (classified, missing) = rows, images
    ground = Ground(inputs.villages, accepted, inputs.plots, zones=False, trees=_trees(inputs, asked_on))
    by_code = {area.village_code: area for area in areas}
    asked = Asked(asked_on, by_code, missing, unread=inputs.unread, engine=run.engine)
    return assess(ground, classified, asked, run.settings)


def _words(street: Street) -> dict[str, str]:
    return {one.village_code: one.verdict.word for one in street.villages}


def _flown(areas: Sequence[VillageArea], missing: Mapping[str, str]) -> dict[str, bool]:
    """Village code → whether an image of the month came."""
    return {area.village_code: missing.get(area.village_code) not in {"no_image", "recycled"} for area in areas}


def _consequences(run: Run, standings: Mapping[str, Standing]) -> dict[str, str]:
    words = run.settings.lagging.consequence
    return {code: words for code, standing in sorted(standings.items()) if standing.consequence}


def _trees(inputs: CampaignInputs, on: date) -> dict[str, MultiPoint]:
    """Village code → where its registered trees stand."""
    places = places_by_village(inputs.registers.trees.rows, on)
    return {code: MultiPoint(at) for code, at in places.items()}


def _publish(
    run: Run, shapes: Shapes, street: Street, found: Result, counted: tuple[str, Sequence[Record], WrongConsequences]
) -> Result:
    """Write the documents, from the ledger as it stood on that day."""
    counted_on, records, year = counted
    more = Published(
        run.settings,
        str(run.month),
        run.settings.imagery.baseline,
        counted_on,
        street,
        shapes,
        records,
        run.inputs,
        year,
    )
    return publish(found, more)


def _required(street: Street, accepted: Plots, settings: CampaignSettings) -> Rows:
    """Return what is required of each plot month by month, as far as this month's images can tell."""
    seen = {v.village_code: v for v in street.villages if v.pair is not None and v.evidence is not None}
    pixel_m = {code: v.pair.after.canopy.grid.ground_pixel_m for code, v in seen.items() if v.pair is not None}
    widths = {code: v.evidence.controls.half_width_pp for code, v in seen.items() if v.evidence is not None}
    return required_rows(accepted, settings, pixel_m, {c: w for c, w in widths.items() if math.isfinite(w)})


def _losses(run: Run, classified: Classified, villages: Villages) -> list[LossPatch]:
    """Patches of canopy lost since the baseline, whatever the word."""
    shapes = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    limit = run.settings.lagging.loss_min_area_m2
    return [
        patch
        for code, pair in sorted(classified.pairs.items())
        for patch in find_loss(code, (pair.before.canopy, pair.after.canopy), shapes[code], villages.crs, limit)
    ]


def _rows(run: Run, street: Street, classified: Classified, standings: Mapping[str, Standing]) -> dict[str, Rows]:
    model = classified.model.name if classified.model else run.settings.imagery.model
    by_code = {finding.village_code: finding for finding in street.villages}
    villages = tuple(
        village_row(f, str(run.month), model, standings.get(f.village_code, Standing()), run.language)
        for f in street.villages
    )
    plots = tuple(plot_row(p, by_code[p.village_code], str(run.month), model) for p in street.plots)
    return {"canopy_change": villages, "plot_change": plots}
