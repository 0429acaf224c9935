"""Make a map's page from findings or from what was recorded of them: one way, so that both give the same map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lvgeo.labels import say
from lvgeo.monthly.seedlings import map_transfers
from lvgeo.monthly.shots import Shot, read_shots, shot
from lvgeo.monthly.tasks import task_facts
from lvgeo.outputs.columns import PLOT_CHANGE
from lvgeo.outputs.map_values import MapBasemap, MapMonth, MapPage, MapPlot, MapVillage
from lvgeo.progress.standing import latest_verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.errors import Refusal
    from lvgeo.labels import Language
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.findings import Pair
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.ledger import Record

__all__ = ["Drawing", "MapHead", "Story", "head_of", "map_page", "stories", "with_ends"]


@dataclass(frozen=True, slots=True)
class MapHead:
    """What the map says of itself."""

    title: str
    month: str
    baseline: str
    language: Language
    secrecy_note: str
    recorded_on: str
    basemap: MapBasemap | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What was seen and said of a village, in order of time."""

    shots: tuple[Shot, ...] = ()
    months: tuple[MapMonth, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn.

    Parameters
    ----------
    villages
        village_code, village, kind, geometry.
    plots
        plot_id, village_code, geometry.
    severities
        Plot id → severity of its worst issue.
    """

    villages: gpd.GeoDataFrame
    plots: gpd.GeoDataFrame
    severities: Mapping[str, str]


def head_of(settings: CampaignSettings, month: str, language: Language, recorded_on: str) -> MapHead:
    """Return what a campaign's map says of itself."""
    campaign, base = settings.campaign, settings.map.served()
    return MapHead(
        campaign.name,
        month,
        settings.imagery.baseline,
        language,
        campaign.secrecy_note,
        recorded_on,
        MapBasemap(*base) if base else None,
    )


def stories(records: Sequence[Record], month: str, canopy: Path) -> dict[str, Story]:
    """Village code → its earlier months' scenes and every month's words, from the ledger.

    Parameters
    ----------
    records
        The ledger, up to the month.
    month
        This one, whose own scene comes from its findings.
    canopy
        Folder of class rasters.
    """
    shots: dict[str, list[Shot]] = {}
    months: dict[str, list[MapMonth]] = {}
    for one in sorted(latest_verdicts(records), key=lambda r: r.month):
        code, body = one.village_code, one.body
        raster = str(body.get("raster", ""))
        if raster and str(one.month) < month:
            shots.setdefault(code, []).append(shot(str(one.month), canopy / code / f"{raster}.tif"))
        figures = (body.get(key) for key in ("low_pp", "adjusted_pp", "high_pp", "due_pp"))
        months.setdefault(code, []).append(MapMonth(str(one.month), str(body.get("word")), *figures))
    return {code: Story(tuple(shots.get(code, ())), tuple(said)) for code, said in months.items()}


def with_ends(told: Mapping[str, Story], classified: Classified, head: MapHead) -> dict[str, Story]:
    """Put each village's baseline before and this month's scene behind what the ledger tells."""
    found = {}
    for code in {*told, *classified.befores}:
        pair: Pair | None = classified.pairs.get(code)
        story = told.get(code, Story())
        first = [shot(pair.baseline if pair else head.baseline, classified.befores[code].canopy.path)] if (
            code in classified.befores
        ) else []  # fmt: skip
        last = [shot(head.month, pair.after.canopy.path)] if pair else []
        found[code] = replace(story, shots=(*first, *story.shots, *last))
    return found


def map_page(
    head: MapHead, drawing: Drawing, tables: tuple[Mapping[str, Rows], Mapping[str, str]], told: Mapping[str, Story]
) -> tuple[MapPage, tuple[Refusal, ...]]:
    """Make the page; a month whose stored raster or picture is damaged is left out of a village's and named.

    Parameters
    ----------
    head
        What the map says of itself.
    drawing
        Shapes.
    tables
        Rows by table, and proposed consequences by village code.
    told
        Village code → what was seen and said of it.
    """
    rows, consequences = tables
    change = {str(row["village_code"]): row for row in rows.get("canopy_change", ())}
    area = {str(row["village_code"]): row for row in rows.get("area_compliance", ())}
    tasks: dict[str, list[Mapping[str, object]]] = {}
    for row in rows.get("compliance", ()):
        tasks.setdefault(str(row["village_code"]), []).append(row)
    frame = drawing.villages
    refused: list[Refusal] = []
    seen = {code: read_shots(told.get(code, Story()).shots, refused) for code in frame["village_code"]}
    villages = tuple(
        MapVillage(
            code=code,
            name=name,
            kind=kind,
            geometry=shape,
            area=area.get(code, {}),
            change=change.get(code),
            images=tuple(image for image, _ in seen[code] if image),
            consequence=consequences.get(code, ""),
            months=told.get(code, Story()).months,
            classes=tuple(classes for _, classes in seen[code] if classes),
            tasks=task_facts(tasks.get(code, ()), head.language),
        )
        for code, name, kind, shape in frame[["village_code", "village", "kind", "geometry"]].itertuples(index=False)
    )
    page = MapPage(
        title=head.title,
        month=head.month,
        baseline=head.baseline,
        language=head.language,
        secrecy_note=head.secrecy_note,
        generated_on=head.recorded_on,
        crs_note=say("map_crs_note", head.language, crs=_named(frame.crs)),
        villages=villages,
        plots=_plots(drawing, rows),
        basemap=head.basemap,
        transfers=map_transfers(rows.get("seedling_transfers", ())),
    )
    return page, tuple(refused)


def _named(crs: Any) -> str:
    """Name and code of a reference system: a person looks for EPSG:4490, not for its English name alone."""
    code = crs.to_authority(min_confidence=70)
    name = str(crs.name).replace("China Geodetic Coordinate System 2000", "CGCS2000")
    return f"{name} ({':'.join(code)})" if code else name


def _plots(drawing: Drawing, rows: Mapping[str, Rows]) -> tuple[MapPlot, ...]:
    # In the table's order, whether the row comes fresh or from a layer.
    facts = {
        str(row["plot_id"]): {column.key: row[column.key] for column in PLOT_CHANGE if column.key in row}
        for row in rows.get("plot_change", ())
    }
    said: dict[str, list[str]] = {}
    for row in rows.get("plot_issues", ()):
        said.setdefault(str(row["plot_id"]), []).append(str(row["remedy"]))
    worst = drawing.severities
    return tuple(
        MapPlot(plot_id, code, shape, worst.get(plot_id, ""), facts.get(plot_id, {}), tuple(said.get(plot_id, ())))
        for plot_id, code, shape in drawing.plots[["plot_id", "village_code", "geometry"]].itertuples(index=False)
    )
