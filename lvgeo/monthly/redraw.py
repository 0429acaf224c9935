"""`map`: the supervision map again, from what a month recorded; nothing is judged and nothing is written down."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.plots import PlotIssue
from lvgeo.monthly.history import sentence_of
from lvgeo.monthly.inputs import locked, month_of, open_campaign
from lvgeo.monthly.mapping import Drawing, Story, head_of, map_page, stories
from lvgeo.monthly.shots import shot
from lvgeo.monthly.silent import Listener, silent
from lvgeo.monthly.tasks import said_again
from lvgeo.monthly.tiling import cut_scenes
from lvgeo.outputs.layers import read_gpkg
from lvgeo.outputs.map import write_map
from lvgeo.outputs.map_folder import write_map_folder
from lvgeo.progress.ledger import Ledger
from lvgeo.progress.standing import derive_standings, latest_verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.ledger import Record
    from lvgeo.units import Month

__all__ = ["DrawnMap", "draw_map"]

_LAYERS = ("villages", "plots", "issues", "compliance", "seedling_transfers")


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A map that was drawn again.

    Parameters
    ----------
    file
        What to open.
    villages, plots
        How many are on it.
    left_out
        Scenes that could not be cut into tiles; the map shows them small.
    """

    file: Path
    villages: int
    plots: int
    left_out: tuple[Refusal, ...] = ()

    def summary(self) -> dict[str, object]:
        """Return it for machines."""
        left_out = [one.sentence("en") for one in self.left_out]
        return {"file": str(self.file), "villages": self.villages, "plots": self.plots, "left_out": left_out}


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What lies there of a month."""

    layout: CampaignFolder
    settings: CampaignSettings
    month: Month
    account: Mapping[str, Any]
    layers: Mapping[str, gpd.GeoDataFrame]
    records: Sequence[Record]


def draw_map(
    folder: str | Path,
    which: str | Month,
    *,
    as_folder: bool = False,
    language: Language | None = None,
    progress: Listener = silent,
) -> DrawnMap:
    """Draw a month's map again.

    Parameters
    ----------
    folder
        A campaign folder.
    which
        The month, or ``YYYY-MM``; `month` has run for it.
    as_folder
        Write ``map/index.html`` with each village's data and full-resolution tiles beside it, instead of one file.
    language
        By default the campaign's.
    progress
        Told how many villages' tiles are cut.

    Raises
    ------
    InputRefusedError
        If the month was not recorded, or its outputs are gone.
    BusyError
        If another run works on the folder.
    """
    layout, settings = open_campaign(Path(folder))
    wanted = month_of(which)
    with locked(layout.lock):
        held = _read(layout, settings, wanted)
        spoken = language or settings.campaign.language
        told = _told(held)
        refused: tuple[Refusal, ...] = ()
        out = layout.out(str(wanted))
        if as_folder:
            told, refused = cut_scenes(settings, held.layers["villages"], layout, told, out / "map", progress)
        head = head_of(settings, str(wanted), spoken, str(held.account["counted_on"]))
        villages, plots = held.layers["villages"], held.layers["plots"]
        severities = dict(zip(plots["plot_id"], plots["severity"], strict=True))
        tables = _rows(held, spoken), _consequences(held)
        page, unseen = map_page(head, Drawing(villages, plots, severities), tables, told)
        file = out / "map" / "index.html" if as_folder else out / "map.html"
        (write_map_folder if as_folder else write_map)(file, page)
    return DrawnMap(file, len(villages), len(plots), tuple(dict.fromkeys((*refused, *unseen))))


def _read(layout: CampaignFolder, settings: CampaignSettings, month: Month) -> _Recorded:
    out = layout.out(str(month))
    run, package = out / "run.json", out / "results.gpkg"
    for file in (run, package):
        if not file.is_file():
            raise InputRefusedError(Refusal("month_not_recorded", file=str(file), value=str(month)))
    account = json.loads(run.read_text("utf-8"))
    day = date.fromisoformat(str(account["counted_on"]))
    with Ledger(settings.ledger.url, layout.root) as ledger:
        records = [one for one in ledger.records() if one.month <= month and one.recorded_on <= day]
    return _Recorded(layout, settings, month, account, read_gpkg(package, _LAYERS), records)


def _told(held: _Recorded) -> dict[str, Story]:
    """Return each village's scenes in order of time: baseline, the ledger's months, this month."""
    canopy, month = held.layout.canopy, str(held.month)
    found = stories(held.records, month, canopy)
    for code, said in held.account["scenes"].items():
        story = found.get(code, Story())
        before, after = (canopy / said[key] if key in said else None for key in ("before", "after"))
        first = (shot(_month_in(before), before),) if before else ()
        last = (shot(month, after),) if after else ()
        found[code] = replace(story, shots=(*first, *story.shots, *last))
    return found


def _month_in(raster: Path) -> str:
    """Month in the name of a class raster: 2024-01-0123456789abcdef.tif."""
    return raster.stem.rpartition("-")[0]


def _rows(held: _Recorded, language: Language) -> dict[str, Rows]:
    """Return the tables' rows as the layers hold them, their sentences in the language asked for."""
    said = {one.village_code: one for one in latest_verdicts(held.records) if one.month == held.month}
    villages = []
    for row in _plain(held.layers["villages"]):
        record = said.get(str(row["village_code"]))
        villages.append(row | {"reason": sentence_of(record, language) if record else row.get("reason")})
    issues = [
        PlotIssue(
            str(row["plot_id"]), str(row["village_code"]), str(row["issue"]), row["severity"],  # type: ignore[arg-type]
            _number(row["value"]), _number(row["limit"]),
        )
        for row in _plain(held.layers["issues"])
    ]  # fmt: skip
    return {
        "canopy_change": tuple(villages),
        "area_compliance": tuple(villages),
        "plot_change": tuple(row for row in _plain(held.layers["plots"]) if row.get("month")),
        "plot_issues": tuple(one.row(language) for one in issues),
        "seedling_transfers": tuple(_plain(held.layers["seedling_transfers"])),
        "compliance": tuple(said_again(row, language) for row in _plain(held.layers["compliance"])),
    }


def _plain(frame: gpd.GeoDataFrame) -> list[dict[str, object]]:
    """Return rows as they were before a layer turned nothing into nan."""
    rows = frame.drop(columns="geometry", errors="ignore").to_dict("records")
    return [{str(key): None if pd.isna(value) else value for key, value in row.items()} for row in rows]


def _number(value: object) -> float:
    return float(str(value)) if value is not None else float("nan")


def _consequences(held: _Recorded) -> dict[str, str]:
    lagging = held.settings.lagging
    day = date.fromisoformat(str(held.account["counted_on"]))
    standings = derive_standings(held.records, held.month, day, lagging)
    return {code: lagging.consequence for code, standing in sorted(standings.items()) if standing.consequence}
