"""Read what an analyst marked for training: points or polygons (GeoPackage, GeoJSON, shapefile, FlatGeobuf, CSV)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_samples"]

DRIVERS: Final = ("GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf")
MAX_ROWS: Final = 2_000_000


def read_samples(path: Path) -> Any:
    """Read samples as a table: with a geometry and a reference system, or with x and y in the images' own system.

    Parameters
    ----------
    path
        A file.

    Raises
    ------
    InputRefusedError
        If it cannot be read, has too many rows, no reference system, or (CSV) no x and y.
    """
    frame = _read_csv(path) if path.suffix.lower() == ".csv" else _read_vector(path)
    if len(frame) > MAX_ROWS:
        raise InputRefusedError(Refusal("too_many_rows", file=str(path), value=str(len(frame)), limit=str(MAX_ROWS)))
    return frame


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype={"village_code": str, "month": str}, nrows=MAX_ROWS + 1)
    except (ValueError, OSError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error
    for name in ("x", "y"):
        if name not in frame:
            raise InputRefusedError(Refusal("column_missing", file=str(path), feature=name))
    return frame


def _read_vector(path: Path) -> Any:
    import geopandas as gpd
    import pyogrio

    try:
        if pyogrio.read_info(path)["driver"] not in DRIVERS:
            raise InputRefusedError(Refusal("driver_refused", file=str(path), limit=", ".join(DRIVERS)))
        frame = gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error
    if frame.crs is None:
        raise InputRefusedError(Refusal("crs_missing", file=str(path)))
    return frame[~frame.geometry.isna() & ~frame.geometry.is_empty]
