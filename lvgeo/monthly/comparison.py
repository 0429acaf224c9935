"""`compare`: two rasters, or two folders of rasters, over zones; the month's own path without a folder or a ledger."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.engine import THREADS, checked_engine
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.accepted import accepted_plots
from lvgeo.land.checks import check_plots
from lvgeo.land.compliance import measure_villages
from lvgeo.land.plots import plots_from_villages
from lvgeo.land.read import read_plots, read_villages
from lvgeo.monthly.asked import Asked, Ground
from lvgeo.monthly.assess import assess
from lvgeo.monthly.canopy import classify_street
from lvgeo.monthly.catalogue import write_catalogue
from lvgeo.monthly.dated import Dated
from lvgeo.monthly.findings import plot_row, village_row
from lvgeo.monthly.image_folder import image_paths, passed_over
from lvgeo.monthly.inputs import digests_of, locked
from lvgeo.monthly.mapping import MapHead, map_page, with_ends
from lvgeo.monthly.model_of import model_of
from lvgeo.monthly.pages import Shapes, drawing_of, store_layers, versions, write_run, write_tables
from lvgeo.monthly.polygons import land_rows
from lvgeo.monthly.recycled import repeated_images
from lvgeo.monthly.results import Result
from lvgeo.monthly.scenes import find_scenes, tells_of_image
from lvgeo.monthly.silent import Listener, silent
from lvgeo.outputs.map import write_map
from lvgeo.progress.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from lvgeo.campaign.settings import ImageryTable
    from lvgeo.labels import Language
    from lvgeo.land.plots import PlotIssue, Plots, Villages
    from lvgeo.monthly.assess import Street
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.results import Rows
    from lvgeo.monthly.scenes import MonthScenes

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `compare` is asked.

    Parameters
    ----------
    before, after
        Raster files, or folders of them.
    zones
        Village boundaries (file or folder), with `village_code` and `village`.
    plots
        Plots to measure; without them the zones themselves are measured.
    model
        ``trees``, ``index``, ``nir``, or the folder of a trained model.
    required_pp
        Gain required of every village, for verdicts; nan asks for none.
    engine
        Where jobs run: ``threads`` or ``dask://HOST:PORT``.
    """

    before: Path
    after: Path
    zones: Path
    plots: Path | None = None
    model: str = "trees"
    required_pp: float = math.nan
    engine: str = THREADS


def compare(
    asked: Comparison,
    out: str | Path,
    *,
    on: date,
    language: Language = "zh",
    settings: CampaignSettings | None = None,
    progress: Listener = silent,
) -> Result:
    """Compare canopy on zones or plots between two dates.

    Parameters
    ----------
    asked
        Rasters, zones, plots, model.
    out
        Folder for the outputs, made where it is missing.
    on
        Day of the comparison.
    language
        Of the outputs.
    settings
        Rules; by default those of `CampaignSettings`.
    progress
        Told the stage and how much of it is done.

    Returns
    -------
    Result
        With `canopy_change`, `plot_change`, and with plots `area_compliance` and `plot_issues`.

    Raises
    ------
    InputRefusedError
        If no zone or no raster can be used.
    UsageError
        If there is no such model.
    """
    rules = _rules(settings or CampaignSettings(), asked)
    model_of(rules.imagery)
    folder = Path(out)
    with locked(folder / ".lvgeo.lock"):
        return _compare(asked, folder, on, language, rules, progress)


def _rules(settings: CampaignSettings, asked: Comparison) -> CampaignSettings:
    return settings.model_copy(update={"imagery": settings.imagery.model_copy(update={"model": asked.model})})


def _compare(
    asked: Comparison,
    folder: Path,
    on: date,
    language: Language,
    rules: CampaignSettings,
    progress: Listener,
) -> Result:
    engine = checked_engine(asked.engine)
    shapes, measured, refused = _ground(asked, rules, on)
    before, after = _dates(asked, shapes.villages, rules.imagery)
    befores = {code: Dated(before.label, scene) for code, scene in before.by_village.items()}
    afters = {code: Dated(after.label, scene) for code, scene in after.by_village.items()}
    classified = classify_street(shapes.villages, (befores, afters), rules.imagery, folder / "canopy", progress, engine)
    write_catalogue(folder / "canopy", classified, after.label, f"{before.label} → {after.label}")
    refused += _refused(shapes.villages, (before, after), classified, refused)
    ground = Ground(shapes.villages, measured, shapes.plots, zones=asked.plots is None)
    street = assess(ground, classified, Asked(on, {}, _missing(shapes.villages, classified), asked.required_pp), rules)
    refused += street.refused
    rows = _rows(street, classified, after.label, language, judged=math.isfinite(asked.required_pp))
    if asked.plots is not None:
        areas = measure_villages(shapes.villages, shapes.plots, shapes.issues, {}, rules)
        rows = {**land_rows(areas, shapes.issues, language), **rows}
    # No drawing date: the same two dates give the same bytes on any day.
    head = MapHead(
        f"{before.label} → {after.label}", after.label, before.label, language, rules.campaign.secrecy_note, ""
    )
    files = write_tables(folder, rows, language)
    store_layers(folder / "results.gpkg", shapes, rows)
    seen = with_ends({}, classified, head)
    page, unseen = map_page(head, drawing_of(shapes), (rows, {}), seen)
    write_map(folder / "map.html", page)
    remarks = repeated_images((before.label, before.by_village), after.by_village, engine)
    opened = (folder / "map.html", *files, folder / "results.gpkg", folder / "run.json")
    result = Result(folder, language, opened, rows, {}, (*refused, *unseen), remarks)
    write_run(folder / "run.json", _run(asked, classified, rules) | result.said())
    return result


def _ground(asked: Comparison, rules: CampaignSettings, on: date) -> tuple[Shapes, Plots, list[Refusal]]:
    """Zones, plots drawn, and what is measured of them."""
    for path in (asked.before, asked.after, asked.zones, asked.plots):
        if path is not None and not path.exists():
            raise InputRefusedError(Refusal("file_missing", value=str(path)))
    villages, refused = read_villages([asked.zones], rules.land, rules.inputs.columns)
    if asked.plots is None:
        zones = plots_from_villages(villages)
        return Shapes(villages, zones, ()), zones, list(refused)
    plots, plots_refused = read_plots([asked.plots], villages, rules.land, rules.inputs.columns)
    issues: tuple[PlotIssue, ...] = check_plots(plots, villages, rules.land, on)
    accepted = accepted_plots(plots, villages, issues)
    return Shapes(villages, plots, issues), accepted, [*refused, *plots_refused]


def _dates(asked: Comparison, villages: Villages, imagery: ImageryTable) -> tuple[MonthScenes, MonthScenes]:
    found = []
    for place in (asked.before, asked.after):
        if not image_paths([place]):
            raise InputRefusedError([Refusal("folder_empty", file=str(place), limit="*.tif"), *passed_over([place])])
        found.append(find_scenes(place.name if place.is_dir() else place.stem, [place], villages, imagery))
    if found[0].label == found[1].label:
        found[1] = replace(found[1], label=f"{found[1].label} (2)")
    return found[0], found[1]


def _refused(
    villages: Villages, dates: Sequence[MonthScenes], classified: Classified, before: Sequence[Refusal]
) -> list[Refusal]:
    """Return what the images were refused for; without any pair of scenes there is nothing to go on with."""
    refused = [r for one in dates for r in one.refused] + list(classified.refused)
    unseen = _unseen(villages, dates)
    if not classified.pairs:
        # The causes alone: a line for each village that has no image would bury them.
        raise InputRefusedError([*before, *refused] or unseen)
    return refused + unseen


def _unseen(villages: Villages, dates: Sequence[MonthScenes]) -> list[Refusal]:
    """Villages that a date has no scene of, each named; not those whose image was refused, which is said already."""
    return [
        Refusal("scene_missing", feature=f"{code} {name}", value=date_.label)
        for date_ in dates
        for code, name in villages.frame[["village_code", "village"]].itertuples(index=False)
        if code not in date_.by_village and not any(tells_of_image(one, code) for one in date_.refused)
    ]


def _missing(villages: Villages, classified: Classified) -> dict[str, str]:
    codes = villages.frame["village_code"]
    return {
        code: "no_image" if code in classified.befores else "no_baseline"
        for code in codes
        if code not in classified.pairs
    }


def _rows(street: Street, classified: Classified, label: str, language: Language, *, judged: bool) -> dict[str, Rows]:
    """Rows of canopy_change.csv and plot_change.csv; without a required gain there are no verdicts."""
    model = classified.model.name if classified.model else ""
    by_code = {finding.village_code: finding for finding in street.villages}
    villages: list[Mapping[str, object]] = []
    for finding in street.villages:
        row = village_row(finding, label, model, Standing(), language)
        unjudged = {"verdict": "", "basis": "", "growth": "", "expected_pp": None, "required_pp": None}
        gated = finding.verdict.change == "inconclusive"
        villages.append(row if judged else {**row, **unjudged, "reason": row["reason"] if gated else ""})
    plots = tuple(plot_row(p, by_code[p.village_code], label, model) for p in street.plots)
    if not judged:
        plots = tuple({**row, "expected_pp": None, "required_pp": None} for row in plots)
    return {"canopy_change": tuple(villages), "plot_change": plots}


def _run(asked: Comparison, classified: Classified, rules: CampaignSettings) -> dict[str, object]:
    model = classified.model
    return {
        "command": "compare",
        "required_pp": asked.required_pp,
        "inputs": {
            name: digests_of(place if place.is_dir() else place.parent, [place])
            for name, place in {
                "before": asked.before,
                "after": asked.after,
                "zones": asked.zones,
                "plots": asked.plots,
            }.items()
            if place is not None
        },
        "model": model.facts() if model else None,
        "scenes": classified.account(),
        "settings": rules.model_dump(mode="json"),
        "versions": versions(),
    }
