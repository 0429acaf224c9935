"""`check`: polygons and registers only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lvgeo.campaign.read import SETTINGS_FILE
from lvgeo.land.compliance import measure_villages
from lvgeo.land.reference import parse_crs
from lvgeo.monthly.grounds import version_rows
from lvgeo.monthly.inputs import digests_of, locked, open_campaign, read_campaign
from lvgeo.monthly.pages import Shapes, store_layers, versions, write_run, write_tables
from lvgeo.monthly.results import Result
from lvgeo.monthly.tasks import compliance_rows, layer_rows, tasks_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from lvgeo.labels import Language
    from lvgeo.land.compliance import VillageArea
    from lvgeo.land.plots import PlotIssue
    from lvgeo.monthly.results import Rows

__all__ = ["check", "land_rows"]


def check(folder: str | Path, *, on: date, language: Language | None = None, assume_crs: str = "") -> Result:
    """Check a campaign's polygons and registers: area compliance and plot issues.

    Parameters
    ----------
    folder
        A campaign folder.
    on
        Day of the check: planting dates after it are impossible.
    language
        Of the outputs; by default the campaign's.
    assume_crs
        What files without a reference system are in, instead of the campaign's `land.assume_crs`.

    Returns
    -------
    Result
        With `area_compliance` and `plot_issues`; files in ``out/check``.

    Raises
    ------
    InputRefusedError
        If the settings are wrong or no village can be read.
    BusyError
        If another run works on the folder.
    """
    layout, settings = open_campaign(Path(folder))
    if assume_crs:
        parse_crs(assume_crs, "--assume-crs")
        settings = settings.model_copy(update={"land": settings.land.model_copy(update={"assume_crs": assume_crs})})
    spoken = language or settings.campaign.language
    with locked(layout.lock):
        inputs = read_campaign(layout, settings, on)
        areas = measure_villages(inputs.villages, inputs.plots, inputs.issues, inputs.trees, settings)
        tasks = tasks_of(inputs, areas, settings, on)
        compliance = compliance_rows(tasks, areas, spoken)
        rows = {
            **land_rows(areas, inputs.issues, spoken),
            **version_rows(layout, settings, inputs.villages, inputs.plots, spoken),
            "compliance": compliance,
        }
        out = layout.out("check")
        out.mkdir(parents=True, exist_ok=True)
        files = write_tables(out, rows, spoken)
        store_layers(
            out / "results.gpkg",
            Shapes(inputs.villages, inputs.plots, inputs.issues),
            rows,
            tasks=layer_rows(tasks, compliance),
        )
        write_run(
            out / "run.json",
            {
                "command": "check",
                "on": str(on),
                "inputs": digests_of(
                    layout.root,
                    (layout.root / SETTINGS_FILE, *layout.rows),
                ),
                "settings": settings.model_dump(mode="json"),
                "versions": versions(),
                "left_out": [layout.told(one).sentence(spoken) for one in inputs.refused],
            },
        )
    return Result(out, spoken, (*files, out / "results.gpkg", out / "run.json"), rows, {}, inputs.refused)


def land_rows(areas: Sequence[VillageArea], issues: Sequence[PlotIssue], language: Language) -> dict[str, Rows]:
    """Rows of area_compliance.csv and plot_issues.csv."""
    return {
        "area_compliance": tuple(area.row(language) for area in areas),
        "plot_issues": tuple(issue.row(language) for issue in issues),
    }
