"""Read what an analyst marked for training: points or polygons (GeoPackage, GeoJSON, shapefile, FlatGeobuf, CSV)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.read_text import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["read_samples"]

DRIVERS: Final = ("GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf")
SUFFIXES: Final = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".csv")
MAX_ROWS: Final = 2_000_000
SHAPES: Final = ("Point", "MultiPoint", "Polygon", "MultiPolygon")
NAMED: Final = 20  # rows named of one fault; the first ones show what is wrong


def read_samples(path: Path) -> Any:
    """Read samples as a table: with a geometry and a reference system, or with x and y in the images' own system.

    Parameters
    ----------
    path
        A file.

    Raises
    ------
    InputRefusedError
        If it cannot be read, has too many rows, no reference system, or (CSV) no x and y; rows whose x, y or year is
        no number, and those that are neither point nor polygon, are named by their number, the first being 1. Rows
        without a shape stay.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputRefusedError(
            Refusal("format_unknown", file=str(path), value=path.suffix or path.name, limit=", ".join(SUFFIXES))
        )
    frame = _read_csv(path) if path.suffix.lower() == ".csv" else _read_vector(path)
    if len(frame) > MAX_ROWS:
        raise InputRefusedError(Refusal("too_many_rows", file=str(path), value=str(len(frame)), limit=str(MAX_ROWS)))
    if "year" in frame and "month" not in frame:
        frame = _with_numbers(frame, ("year",), path)
    return frame


def _with_numbers(frame: Any, names: Sequence[str], path: Path) -> Any:
    """Return the table with these columns as numbers; each row where one holds none is named."""
    numbers = {name: pd.to_numeric(frame[name], errors="coerce").astype(float) for name in names}
    refused = [
        Refusal("sample_value", str(path), f"{row + 1}", _told(frame[name].iloc[row]), name)
        for name in names
        for row in np.flatnonzero(~np.isfinite(numbers[name].to_numpy()))[:NAMED]
    ]
    if refused:
        raise InputRefusedError(refused)
    return frame.assign(**numbers)


def _told(value: Any) -> str:
    return "" if pd.isna(value) else str(value)[:80]


def _read_csv(path: Path) -> pd.DataFrame:
    text, _ = read_text(path)  # Excel in Chinese saves CSV as GB 18030
    try:
        frame = pd.read_csv(io.StringIO(text), dtype={"village_code": str, "month": str}, nrows=MAX_ROWS + 1)
    except (ValueError, OSError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error
    for name in ("x", "y"):
        if name not in frame:
            raise InputRefusedError(Refusal("column_missing", file=str(path), feature=name))
    return _with_numbers(frame, ("x", "y"), path)


def _read_vector(path: Path) -> Any:
    """Read every layer that has geometry, in the reference system of the first."""
    import geopandas as gpd
    import pyogrio

    try:
        listed = [(str(name), kind is not None) for name, kind in pyogrio.list_layers(path)]
        if listed and pyogrio.read_info(path, layer=listed[0][0])["driver"] not in DRIVERS:
            raise InputRefusedError(Refusal("driver_refused", file=str(path), limit=", ".join(DRIVERS)))
        names = [name for name, has_geometry in listed if has_geometry]
        layers = {
            f"{path} · {name}" if len(names) > 1 else str(path): gpd.read_file(path, layer=name) for name in names
        }
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error
    if not layers:
        raise InputRefusedError(Refusal("layer_empty", file=str(path)))
    refused = [one for file, frame in layers.items() for one in _faults(file, frame)]
    if refused:
        raise InputRefusedError(refused)
    first, *others = layers.values()
    return pd.concat([first, *(frame.to_crs(first.crs) for frame in others)], ignore_index=True) if others else first


def _faults(file: str, frame: Any) -> list[Refusal]:
    """Name what of a layer cannot be used: its lack of a reference system, or rows of another kind of shape."""
    if frame.crs is None:
        return [Refusal("crs_unnamed", file=file)]
    kinds, limit = frame.geometry.geom_type, ", ".join(SHAPES)
    odd = np.flatnonzero(kinds.notna() & ~kinds.isin(SHAPES))[:NAMED]
    return [Refusal("sample_shape", file, f"{row + 1}", str(kinds.iloc[row]), limit) for row in odd]
