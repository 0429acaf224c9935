"""The one door by which villages and plots come in: rows in = rows out + rows refused."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.plots import PLOT_FIELDS, VILLAGE_FIELDS, Plots, Villages
from lvgeo.land.read_layers import read_layers
from lvgeo.land.read_values import cell_date, cell_text, is_blank
from lvgeo.land.reference import geographic_of, parse_crs, to_geographic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.read_features import Feature, Layer

__all__ = ["read_plots", "read_villages"]

_CODE = re.compile(r"\d{12}")
_SHAPEFILE_NAME: Final = 10  # a shapefile cuts field names to this many bytes
_COMMUNITY_ENDINGS: Final = ("社区", "居委会", "居民委员会")
_KINDS: Final = {"village": "village", "community": "community", "村": "village", "行政村": "village",
                 "社区": "community", "居委会": "community"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placed:
    """A feature in the villages' reference system, with the file it came from."""

    file: str
    feature: Feature
    geometry: BaseGeometry


def read_villages(
    paths: Sequence[Path], land: LandTable, columns: Mapping[str, str]
) -> tuple[Villages, tuple[Refusal, ...]]:
    """Read boundaries of villages and communities.

    Parameters
    ----------
    paths
        Files or folders of GeoJSON, GeoPackage or shapefiles, with `village_code`, `village` (or `name`) and `kind`.
    land
        `assume_crs` is used for files without a reference system.
    columns
        Our field name → theirs.

    Returns
    -------
    tuple[Villages, tuple[Refusal, ...]]
        Sorted by code, in the geographic system of the first layer's own datum.

    Raises
    ------
    InputRefusedError
        If nothing is left, with all that was refused.
    """
    layers, refused = read_layers(paths)
    usable = _with_crs(layers, land, refused)
    if not usable:
        raise InputRefusedError(refused or [Refusal("layer_empty", file=", ".join(map(str, paths)))])
    target = geographic_of(usable[0][1], usable[0][0].file)
    rows: dict[str, dict[str, Any]] = {}
    for placed in _placed(usable, target, refused):
        row = _village_row(placed, columns, refused)
        if row is None:
            continue
        if row["village_code"] in rows:
            code = row["village_code"]
            refused.append(Refusal("village_code_duplicate", placed.file, placed.feature.name, code))
            continue
        rows[row["village_code"]] = row
    if not rows:
        raise InputRefusedError(refused)
    frame = gpd.GeoDataFrame([rows[code] for code in sorted(rows)], geometry="geometry", crs=target)
    return Villages(frame[[*VILLAGE_FIELDS, "geometry"]], target), tuple(refused)


def _village_row(placed: _Placed, columns: Mapping[str, str], refused: list[Refusal]) -> dict[str, Any] | None:
    file, name = placed.file, placed.feature.name
    stored = _field(placed.feature, "village_code", columns)
    code = cell_text(stored)
    # A float may have been rounded before it was stored, 4.41302E+11 say; no village's code ends in 000 (FIELD §5).
    if not _CODE.fullmatch(code) or (isinstance(stored, float) and code.endswith("000")):
        fault = "village_code_malformed" if code else "village_code_missing"
        refused.append(Refusal(fault, file, name, code))
        return None
    called = (
        cell_text(_field(placed.feature, "village", columns))
        or cell_text(_field(placed.feature, "name", columns))
        or code
    )
    said = cell_text(_field(placed.feature, "kind", columns)).lower()
    # Never from the code: a 村委会 can be urban and a 社区 rural (FIELD §5).
    by_name = "community" if called.endswith(_COMMUNITY_ENDINGS) else "village"
    kind: str | None = _KINDS.get(said) if said else by_name
    if kind is None:
        refused.append(Refusal("value_unreadable", file, name, said, "kind"))
        return None
    geometry = placed.geometry
    if not geometry.is_valid:
        geometry = _polygons_of(shapely.make_valid(geometry))
        before, after = geodesic_area_m2([placed.geometry, geometry])
        refused.append(Refusal("boundary_repaired", file, f"{name} {called}", f"{before:.1f} → {after:.1f} m²"))
    return {"village_code": code, "village": called, "kind": kind, "file": file, "feature": name, "geometry": geometry}


def read_plots(
    paths: Sequence[Path], villages: Villages, land: LandTable, columns: Mapping[str, str]
) -> tuple[Plots, tuple[Refusal, ...]]:
    """Read planting plots into the villages' reference system.

    Parameters
    ----------
    paths
        Files or folders; none, or none with a plot, gives an empty set: a campaign before its first planting.
    villages
        Whose reference system counts.
    land
        `assume_crs` is used for files without a reference system.
    columns
        Our field name → theirs.
    """
    layers, refused = read_layers(paths)
    rows: dict[str, dict[str, Any]] = {}
    for placed in _placed(_with_crs(layers, land, refused), villages.crs, refused):
        row = _plot_row(placed, columns, refused)
        if row["plot_id"] in rows:
            refused.append(Refusal("plot_id_duplicate", placed.file, placed.feature.name, row["plot_id"]))
            continue
        rows[row["plot_id"]] = row
    ordered = [rows[plot_id] for plot_id in sorted(rows)]
    # Built by column: an empty set keeps its columns, and dates stay dates.
    data = {field: np.array([row[field] for row in ordered], dtype=_DTYPES.get(field, object)) for field in PLOT_FIELDS}
    shapes = [row["geometry"] for row in ordered]
    return Plots(gpd.GeoDataFrame(data, geometry=shapes, crs=villages.crs)), tuple(refused)


_DTYPES: Final = {"declared_mu": np.float64, "trees": np.float64, "accuracy_m": np.float64}


def _plot_row(placed: _Placed, columns: Mapping[str, str], refused: list[Refusal]) -> dict[str, Any]:
    feature = placed.feature

    def number(key: str) -> float:
        value = _field(feature, key, columns)
        try:
            found = float(value) if not is_blank(value) else math.nan
        except (TypeError, ValueError):
            found = -1.0
        if found < 0 or math.isinf(found):
            refused.append(Refusal("value_unreadable", placed.file, feature.name, str(value), key))
            return math.nan
        return found

    planted = _field(feature, "planted_on", columns)
    day = None if is_blank(planted) else cell_date(planted)
    if day is None and not is_blank(planted):
        refused.append(Refusal("value_unreadable", placed.file, feature.name, str(planted), "planted_on"))
    return {
        "plot_id": cell_text(_field(feature, "plot_id", columns)) or _own_id(placed),
        "village_code": cell_text(_field(feature, "village_code", columns)),
        "declared_mu": number("declared_mu"),
        "trees": number("trees"),
        "species": cell_text(_field(feature, "species", columns)),
        "planted_on": day,
        "accuracy_m": number("accuracy_m"),
        "file": placed.file,
        "feature": feature.name,
        "geometry": placed.geometry,
    }


def _own_id(placed: _Placed) -> str:
    """File's name and row; between them the layer's, where that is another than the file's."""
    path, _, layer = placed.file.partition(" · ")
    stem = Path(path).stem
    return "-".join((stem, *([layer] if layer not in {"", stem} else []), placed.feature.name))


def _with_crs(layers: Sequence[Layer], land: LandTable, refused: list[Refusal]) -> list[tuple[Layer, CRS]]:
    usable = []
    for layer in layers:
        if layer.crs is not None:
            usable.append((layer, layer.crs))
        elif land.assume_crs:
            usable.append((layer, parse_crs(land.assume_crs, layer.file)))
        else:
            refused.append(Refusal("crs_missing", file=layer.file))
    return usable


def _placed(layers: Sequence[tuple[Layer, CRS]], target: CRS, refused: list[Refusal]) -> list[_Placed]:
    found = []
    for layer, crs in layers:
        try:
            moved = to_geographic([f.geometry for f in layer.features], crs, target, layer.file)
        except InputRefusedError as error:
            refused += error.refusals
            continue
        for feature, geometry in zip(layer.features, moved, strict=True):
            if _in_range(geometry):
                found.append(_Placed(layer.file, feature, geometry))
            else:
                where = ", ".join(f"{v:.6g}" for v in feature.geometry.bounds)
                refused.append(Refusal("geometry_out_of_range", layer.file, feature.name, where))
    return found


def _in_range(geometry: BaseGeometry) -> bool:
    xy = shapely.get_coordinates(geometry)
    return bool(np.isfinite(xy).all() and (np.abs(xy[:, 0]) <= 180).all() and (np.abs(xy[:, 1]) <= 90).all())  # noqa: PLR2004


def _field(feature: Feature, key: str, columns: Mapping[str, str]) -> Any:
    wanted = columns.get(key, key)
    for name in (wanted, wanted[:_SHAPEFILE_NAME]):
        if name in feature.values:
            return feature.values[name]
    return None


def _polygons_of(geometry: BaseGeometry) -> BaseGeometry:
    """Keep the areas of what a repair gave; its lines and points have none."""
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type in {"Polygon", "MultiPolygon"}]
    return parts[0] if len(parts) == 1 else shapely.unary_union(parts)
