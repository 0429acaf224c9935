"""Write a run's outputs from its findings; every file whole or not at all, the same inputs the same bytes."""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import rasterio
import shapely

from lvgeo.land.places import SHIFTS
from lvgeo.monthly.mapping import Drawing
from lvgeo.monthly.seedlings import place_of
from lvgeo.outputs.columns import (
    AREA_COMPLIANCE,
    CANOPY_CHANGE,
    CANOPY_LOSS,
    COMPLIANCE,
    GROUND_CHANGES,
    PLOT_CHANGE,
    PLOT_ISSUES,
    PLOT_VERSIONS,
    RANKING,
    REQUIRED_GAIN,
    SEEDLING_TRANSFERS,
)
from lvgeo.outputs.layers import write_gpkg
from lvgeo.outputs.report import write_run
from lvgeo.outputs.tables import write_csv
from lvgeo.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.labels import Language
    from lvgeo.land.plots import PlotIssue, Plots, Villages
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.loss import LossPatch

__all__ = [
    "TABLES",
    "Shapes",
    "drawing_of",
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
    "compliance": COMPLIANCE,
    "ranking": RANKING,
    "seedling_transfers": SEEDLING_TRANSFERS,
}
_RANK: Final = {"error": 3, "warning": 2, "info": 1, "": 0}


@dataclass(frozen=True, slots=True)
class Shapes:
    """What is drawn: boundaries, plots, and what is wrong with plots."""

    villages: Villages
    plots: Plots
    issues: tuple[PlotIssue, ...]


def write_tables(folder: Path, rows: Mapping[str, Rows], language: Language) -> tuple[Path, ...]:
    """Write each table's CSV."""
    written = []
    for name, table in rows.items():
        path = folder / f"{name}.csv"
        write_csv(path, TABLES[name], table, language)
        written.append(path)
    return tuple(written)


def store_layers(
    path: Path,
    shapes: Shapes,
    rows: Mapping[str, Rows],
    losses: Sequence[LossPatch] = (),
    tasks: Sequence[Mapping[str, object]] = (),
) -> None:
    """Write results.gpkg: villages with their rows, plots with theirs, issues and lost canopy where they lie; tasks."""
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
        "seedling_transfers": _flow_layer(rows.get("seedling_transfers", ()), crs),
        "compliance": pd.DataFrame([dict(row) for row in tasks]) if tasks else None,
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


def _flow_layer(rows: Rows, crs: Any) -> gpd.GeoDataFrame | None:
    """Make every proposal a row, and a line where seedlings are moved from a known place to another."""
    ends = [(place_of(row, "giver_"), place_of(row, "")) for row in rows]
    moved = [row["proposal"] == "transfer" and None not in pair for row, pair in zip(rows, ends, strict=True)]
    lines = [shapely.LineString(pair) if draw else None for draw, pair in zip(moved, ends, strict=True)]
    return _layer([dict(row) for row in rows], lines, crs)


def _layer(rows: Sequence[dict[str, Any]], shapes: Sequence[Any], crs: Any) -> gpd.GeoDataFrame | None:
    return gpd.GeoDataFrame(list(rows), geometry=list(shapes), crs=crs) if rows else None


def _worst(issues: Sequence[PlotIssue]) -> dict[str, str]:
    found: dict[str, str] = {}
    for issue in issues:
        if _RANK[issue.severity] > _RANK[found.get(issue.plot_id, "")]:
            found[issue.plot_id] = issue.severity
    return found


def drawing_of(shapes: Shapes) -> Drawing:
    """Return what a map draws."""
    return Drawing(shapes.villages.frame, shapes.plots.frame, _worst(shapes.issues))


def versions() -> dict[str, str]:
    """Versions that the figures rest on."""
    names = ("numpy", "scipy", "shapely", "pyproj", "rasterio", "geopandas", "scikit-image", "numba")
    found = {name: importlib.metadata.version(name) for name in names}
    return found | {"gdal": rasterio.__gdal_version__, "lvgeo": __version__}
