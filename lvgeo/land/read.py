"""The one door by which villages and plots come in: rows in = rows out + rows refused."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.placing import on_earth, place
from lvgeo.land.plots import PLOT_FIELDS, VILLAGE_FIELDS, Plots, Villages
from lvgeo.land.read_columns import cells, dates, numbers, texts
from lvgeo.land.read_layers import read_layers
from lvgeo.land.reference import geographic_of, parse_crs, to_geographic
from lvgeo.land.repair import areas_only

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.layer import Layer
    from lvgeo.land.placing import Placed

__all__ = ["read_plots", "read_villages"]

_CODE = re.compile(r"\d{12}")
_COMMUNITY_ENDINGS: Final = ("社区", "居委会", "居民委员会")
_KINDS: Final = {"village": "village", "community": "community", "村": "village", "行政村": "village",
                 "社区": "community", "居委会": "community"}  # fmt: skip


def read_villages(
    paths: Sequence[Path], land: LandTable, columns: Mapping[str, str]
) -> tuple[Villages, tuple[Refusal, ...]]:
    """Read boundaries of villages and communities.

    Parameters
    ----------
    paths
        Files or folders, in any format that `read_layers` takes, with `village_code`, `village` (or `name`) and `kind`.
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
    layers, refused = read_layers(paths, columns)
    usable = _with_crs(layers, land, refused)
    if not usable:
        raise InputRefusedError(refused or [Refusal("layer_empty", file=", ".join(map(str, paths)))])
    target = geographic_of(usable[0][1], usable[0][0].file)
    rows: dict[str, dict[str, Any]] = {}
    for layer, crs in usable:
        try:
            shapes = to_geographic(shapely.force_2d(layer.geometry), crs, target, layer.file)
        except InputRefusedError as error:
            refused += error.refusals
            continue
        for row in _village_rows(layer, shapes, columns, refused):
            code = row["village_code"]
            if code in rows:
                refused.append(Refusal("village_code_duplicate", layer.file, row["feature"], code))
            else:
                rows[code] = row
    if not rows:
        raise InputRefusedError(refused)
    frame = gpd.GeoDataFrame([rows[code] for code in sorted(rows)], geometry="geometry", crs=target)
    return Villages(frame[[*VILLAGE_FIELDS, "geometry"]], target), tuple(refused)


def _village_rows(
    layer: Layer, shapes: NDArray[np.object_], columns: Mapping[str, str], refused: list[Refusal]
) -> Iterator[dict[str, Any]]:
    stored = cells(layer, "village_code", columns)
    codes = texts(layer, "village_code", columns)
    called, named = texts(layer, "village", columns), texts(layer, "name", columns)
    kinds = texts(layer, "kind", columns)
    placed = on_earth(shapes)
    for n, shape in enumerate(shapes):
        feature, code = str(layer.names[n]), codes[n]
        if not placed[n]:
            where = ", ".join(f"{v:.6g}" for v in layer.geometry[n].bounds)
            refused.append(Refusal("geometry_out_of_range", layer.file, feature, where))
            continue
        fault = _code_fault(code, None if stored is None else stored.iloc[n])
        if fault:
            refused.append(Refusal(fault, layer.file, feature, code))
            continue
        name = called[n] or named[n] or code
        kind = _kind(kinds[n].lower(), name)
        if kind is None:
            refused.append(Refusal("value_unreadable", layer.file, feature, kinds[n], "kind"))
            continue
        whole = _whole_boundary(shape, layer.file, f"{feature} {name}", refused)
        yield {"village_code": code, "village": name, "kind": kind, "file": layer.file, "feature": feature,
               "geometry": whole}  # fmt: skip


def _code_fault(code: str, stored: Any) -> str:
    """Name what is wrong with a village code; empty where nothing is."""
    # A float may have been rounded before it was stored, 4.41302E+11 say; no village's code ends in 000 (FIELD §5).
    if _CODE.fullmatch(code) and not (isinstance(stored, float) and code.endswith("000")):
        return ""
    return "village_code_malformed" if code else "village_code_missing"


def _kind(said: str, name: str) -> str | None:
    # Never from the code: a 村委会 can be urban and a 社区 rural (FIELD §5).
    by_name = "community" if name.endswith(_COMMUNITY_ENDINGS) else "village"
    return _KINDS.get(said) if said else by_name


def _whole_boundary(shape: BaseGeometry, file: str, feature: str, refused: list[Refusal]) -> BaseGeometry:
    """Repair a boundary that crosses itself, and say so with its area before and after."""
    if shape.is_valid:
        return shape
    whole = areas_only(shapely.make_valid(shape))
    before, after = geodesic_area_m2([shape, whole])
    refused.append(Refusal("boundary_repaired", file, feature, f"{before:.1f} → {after:.1f} m²"))
    return whole


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
    layers, refused = read_layers(paths, columns)
    placed = [found for layer in layers if (found := place(layer, villages, land.assume_crs, refused)) is not None]
    frames = [_plot_frame(one, land, columns, refused) for one in placed]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=PLOT_FIELDS, dtype=object)
    shapes = np.concatenate([one.geometry for one in placed]) if placed else np.empty(0, dtype=object)
    again = frame["plot_id"].duplicated()
    for row in frame[again].itertuples():
        refused.append(Refusal("plot_id_duplicate", row.file, row.feature, row.plot_id))
    order = frame["plot_id"][~again].sort_values(kind="stable").index
    frame = frame.loc[order].reset_index(drop=True).astype(_DTYPES)
    return Plots(gpd.GeoDataFrame(frame, geometry=shapes[order], crs=villages.crs)), tuple(refused)


_DTYPES: Final = {"declared_mu": np.float64, "trees": np.float64, "accuracy_m": np.float64, "unclosed": np.bool_}


def _plot_frame(placed: Placed, land: LandTable, columns: Mapping[str, str], refused: list[Refusal]) -> pd.DataFrame:
    layer = placed.layer
    given = texts(layer, "plot_id", columns)
    source = texts(layer, "source", columns)
    accuracy = numbers(layer, "accuracy_m", columns, refused)
    by_source = {name.lower(): value for name, value in land.accuracy_by_source.items()}
    said = [by_source.get(text.lower(), by_source.get(layer.format, math.nan)) for text in source]
    return pd.DataFrame(
        {
            "plot_id": [mine or own for mine, own in zip(given, _own_ids(layer), strict=True)],
            "village_code": texts(layer, "village_code", columns),
            "declared_mu": numbers(layer, "declared_mu", columns, refused),
            "trees": numbers(layer, "trees", columns, refused),
            "species": texts(layer, "species", columns),
            "planted_on": dates(layer, "planted_on", columns, refused),
            "accuracy_m": np.where(np.isnan(accuracy), said, accuracy),
            "kind": texts(layer, "kind", columns),
            "placed": placed.word,
            "unclosed": layer.unclosed,
            "file": layer.file,
            "feature": layer.names.astype(str).astype(object),
        },
        columns=PLOT_FIELDS,
    )


def _own_ids(layer: Layer) -> Iterator[str]:
    """File's name and row; between them the layer's, where that is another than the file's."""
    path, _, inner = layer.file.partition(" · ")
    stem = Path(path).stem
    head = "-".join((stem, *([inner] if inner not in {"", stem} else [])))
    return (f"{head}-{name}" for name in layer.names)


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
