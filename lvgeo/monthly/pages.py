"""Write a run's outputs from its findings; every file whole or not at all, the same inputs the same bytes."""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import rasterio
import shapely

from lvgeo.imagery.store import read_preview
from lvgeo.labels import say
from lvgeo.land.places import SHIFTS
from lvgeo.outputs.columns import (
    AREA_COMPLIANCE,
    CANOPY_CHANGE,
    CANOPY_LOSS,
    GROUND_CHANGES,
    PLOT_CHANGE,
    PLOT_ISSUES,
    PLOT_VERSIONS,
    REQUIRED_GAIN,
)
from lvgeo.outputs.layers import write_gpkg
from lvgeo.outputs.map import MapImage, MapMonth, MapPage, MapPlot, MapVillage, write_map
from lvgeo.outputs.pictures import MAX_SIDE_PX
from lvgeo.outputs.report import write_run
from lvgeo.outputs.tables import write_csv
from lvgeo.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.labels import Language
    from lvgeo.land.plots import PlotIssue, Plots, Villages
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.findings import Pair
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.loss import LossPatch

__all__ = [
    "GAINED",
    "LOST",
    "TABLES",
    "MapHead",
    "Shapes",
    "Story",
    "draw_map",
    "store_layers",
    "versions",
    "write_run",
    "write_tables",
]

TABLES: Final = {
    "area_compliance": AREA_COMPLIANCE,
    "plot_issues": PLOT_ISSUES,
    "canopy_change": CANOPY_CHANGE,
    "plot_change": PLOT_CHANGE,
    "plot_versions": PLOT_VERSIONS,
    "ground_changes": GROUND_CHANGES,
    "required_gain": REQUIRED_GAIN,
    "canopy_loss": CANOPY_LOSS,
}
GAINED: Final = (0, 130, 90)
LOST: Final = (198, 40, 40)
_RANK: Final = {"error": 3, "warning": 2, "info": 1, "": 0}


@dataclass(frozen=True, slots=True)
class Shapes:
    """What is drawn: boundaries, plots, and what is wrong with plots."""

    villages: Villages
    plots: Plots
    issues: tuple[PlotIssue, ...]


@dataclass(frozen=True, slots=True)
class MapHead:
    """What the map says of itself."""

    title: str
    month: str
    baseline: str
    language: Language
    secrecy_note: str
    recorded_on: str


@dataclass(frozen=True, slots=True)
class Story:
    """What earlier months showed and said of a village.

    Parameters
    ----------
    pictures
        Month and its scene in small, between the baseline and this month.
    months
        What was said, this month included.
    """

    pictures: tuple[tuple[str, Path], ...] = ()
    months: tuple[MapMonth, ...] = ()


def write_tables(folder: Path, rows: Mapping[str, Rows], language: Language) -> tuple[Path, ...]:
    """Write each table's CSV."""
    written = []
    for name, table in rows.items():
        path = folder / f"{name}.csv"
        write_csv(path, TABLES[name], table, language)
        written.append(path)
    return tuple(written)


def store_layers(path: Path, shapes: Shapes, rows: Mapping[str, Rows], losses: Sequence[LossPatch] = ()) -> None:
    """Write results.gpkg: villages with their rows, plots with theirs, issues and lost canopy where they lie."""
    change = {row["village_code"]: row for row in rows.get("canopy_change", ())}
    area = {row["village_code"]: row for row in rows.get("area_compliance", ())}
    frame = shapes.villages.frame
    villages = [
        {**area.get(code, {}), **change.get(code, {}), "village_code": code, "village": name, "kind": kind}
        for code, name, kind in frame[["village_code", "village", "kind"]].itertuples(index=False)
    ]
    crs = shapes.villages.crs
    layers = {
        "villages": _layer(villages, list(frame.geometry), crs),
        "plots": _plot_layer(shapes, rows.get("plot_change", ())),
        "sketches": _sketch_layer(shapes),
        "issues": _issue_layer(rows.get("plot_issues", ()), crs),
        "canopy_loss": _layer(
            [{"village_code": one.village_code, "area_m2": one.area_m2} for one in losses],
            [one.geometry for one in losses],
            crs,
        ),
    }
    write_gpkg(path, {name: layer for name, layer in layers.items() if layer is not None})


def _plot_layer(shapes: Shapes, changes: Rows) -> gpd.GeoDataFrame | None:
    """Make plots with their worst issue and, where one was judged, their change; by column: there may be a million."""
    frame = shapes.plots.frame
    if frame.empty:
        return None
    worst = _worst(shapes.issues)
    columns: dict[str, Any] = {
        "plot_id": frame["plot_id"],
        "village_code": frame["village_code"],
        "declared_mu": frame["declared_mu"],
        "species": frame["species"],
        "planted_on": ["" if day is None else str(day) for day in frame["planted_on"]],
        "severity": [worst.get(plot_id, "") for plot_id in frame["plot_id"]],
    }
    by_plot = {row["plot_id"]: row for row in changes}
    more = dict.fromkeys(key for row in changes[:1] for key in row if key not in columns)
    columns |= {key: [by_plot.get(plot_id, {}).get(key) for plot_id in frame["plot_id"]] for key in more}
    return gpd.GeoDataFrame(columns, geometry=frame.geometry.to_numpy(), crs=shapes.villages.crs)


def _sketch_layer(shapes: Shapes) -> gpd.GeoDataFrame | None:
    """Make plots that a web map's shift explains, shifted back: to look at, never to be measured (仅示意)."""
    suspected = {one.plot_id: one.issue for one in shapes.issues if one.issue in SHIFTS}
    frame = shapes.plots.frame
    frame = frame[frame["plot_id"].isin(list(suspected))]
    if frame.empty:
        return None
    codes = [suspected[plot_id] for plot_id in frame["plot_id"]]
    back = [
        shapely.transform(shape, SHIFTS[code], interleaved=False)
        for shape, code in zip(frame.geometry, codes, strict=True)
    ]
    columns = {
        "plot_id": frame["plot_id"],
        "village_code": frame["village_code"],
        "issue": codes,
        "note": "仅示意 sketch",
    }
    return gpd.GeoDataFrame(columns, geometry=back, crs=shapes.villages.crs)


def _issue_layer(rows: Rows, crs: Any) -> gpd.GeoDataFrame | None:
    placed = [row for row in rows if row["lon"] is not None and row["lon"] == row["lon"]]
    return _layer([dict(row) for row in placed], [shapely.Point(row["lon"], row["lat"]) for row in placed], crs)


def _layer(rows: Sequence[dict[str, Any]], shapes: Sequence[Any], crs: Any) -> gpd.GeoDataFrame | None:
    return gpd.GeoDataFrame(list(rows), geometry=list(shapes), crs=crs) if rows else None


def _worst(issues: Sequence[PlotIssue]) -> dict[str, str]:
    found: dict[str, str] = {}
    for issue in issues:
        if _RANK[issue.severity] > _RANK[found.get(issue.plot_id, "")]:
            found[issue.plot_id] = issue.severity
    return found


def draw_map(
    path: Path,
    head: MapHead,
    shapes: Shapes,
    classified: Classified,
    tables: tuple[Mapping[str, Rows], Mapping[str, str]],
    stories: Mapping[str, Story] | None = None,
) -> None:
    """Write map.html.

    Parameters
    ----------
    path
        Where.
    head
        What the map says of itself.
    shapes
        What is drawn.
    classified
        Scenes in small, before and after.
    tables
        Rows by table, and proposed consequences by village code.
    stories
        Village code → what earlier months showed and said.
    """
    rows, consequences = tables
    stories = stories or {}
    change = {str(row["village_code"]): row for row in rows.get("canopy_change", ())}
    area = {str(row["village_code"]): row for row in rows.get("area_compliance", ())}
    frame = shapes.villages.frame
    villages = tuple(
        MapVillage(
            code=code,
            name=name,
            kind=kind,
            geometry=shape,
            area=area.get(code, {}),
            change=change.get(code),
            images=_images(code, head, classified, stories.get(code, Story())),
            consequence=consequences.get(code, ""),
            months=stories.get(code, Story()).months,
            change_image=_change_image(classified.pairs.get(code), head.month),
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
        crs_note=say("map_crs_note", head.language, crs=shapes.villages.crs.name),
        villages=villages,
        plots=_plots(shapes, rows),
    )
    write_map(path, page)


def _plots(shapes: Shapes, rows: Mapping[str, Rows]) -> tuple[MapPlot, ...]:
    worst, facts = _worst(shapes.issues), {str(row["plot_id"]): row for row in rows.get("plot_change", ())}
    frame = shapes.plots.frame
    return tuple(
        MapPlot(plot_id, code, shape, worst.get(plot_id, ""), facts.get(plot_id, {}))
        for plot_id, code, shape in frame[["plot_id", "village_code", "geometry"]].itertuples(index=False)
    )


def _change_image(pair: Pair | None, month: str) -> MapImage | None:
    """Canopy gained and lost, in small."""
    if pair is None:
        return None
    before, grid = pair.before.canopy.thumbnail(MAX_SIDE_PX)
    after, _ = pair.after.canopy.thumbnail(MAX_SIDE_PX)
    gained, lost = (before == 1) & (after == 2), (before == 2) & (after == 1)  # noqa: PLR2004 - canopy
    rgb = np.zeros((*before.shape, 3), dtype=np.uint8)
    rgb[gained], rgb[lost] = GAINED, LOST
    return MapImage(month, rgb, gained | lost, grid.transform, grid.crs) if (gained | lost).any() else None


def _images(code: str, head: MapHead, classified: Classified, story: Story) -> tuple[MapImage, ...]:
    pair: Pair | None = classified.pairs.get(code)
    found = []
    if code in classified.befores:
        found.append((pair.baseline if pair else head.baseline, classified.befores[code].preview))
    found += [(month, path) for month, path in story.pictures if path.is_file()]
    if pair is not None:
        found.append((head.month, pair.after.preview))
    images = []
    for month, path in found:
        small = read_preview(path)
        images.append(MapImage(month, small.rgb, small.seen, small.grid.transform, small.grid.crs))
    return tuple(images)


def versions() -> dict[str, str]:
    """Versions that the figures rest on."""
    names = ("numpy", "scipy", "shapely", "pyproj", "rasterio", "geopandas", "scikit-image", "exactextract")
    found = {name: importlib.metadata.version(name) for name in names}
    return found | {"gdal": rasterio.__gdal_version__, "lvgeo": __version__}
