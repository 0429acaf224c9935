"""The GeoPackage: villages, plots and issues for QGIS, coloured like the map, the same bytes for the same input."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import geopandas
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from lvgeo.errors import InputRefusedError, Refusal, StorageError
from lvgeo.outputs.files import writing
from lvgeo.outputs.palette import FAMILIES, FLOW, MARKS, SEVERITIES
from lvgeo.outputs.qgis import categorized_style, line_style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from lvgeo.outputs.palette import Mark

__all__ = ["read_gpkg", "write_gpkg"]

_DATE: Final = "2000-01-01T00:00:00Z"
"""A GeoPackage holds the time of its last change; the clock would make every run's bytes differ."""
_FAILED: Final = (DataLayerError, DataSourceError, FeatureError, GeometryError)
_EMPTY_TYPES: Final = {"issues": "Point"}
_LINES: Final = "seedling_transfers"
_WIDTH: Final = "seedlings"
"""A layer of lines, some of whose rows have none, and the column that a line's width goes by."""
_EMPTY_KEYS: Final = ("plot_id", "village_code", "severity")

_STYLE_TABLE: Final = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""
_STYLE_CONTENTS: Final = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)
"""
_STYLE_ROW: Final = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
  styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', ?)
"""


def write_gpkg(path: Path, layers: Mapping[str, pd.DataFrame]) -> None:
    """Write layers into one GeoPackage, each with a default QGIS style where it has a state to be coloured by.

    Parameters
    ----------
    path
        The file.
    layers
        Layer name to frame, written in this order: shapes with a CRS, or a table. A layer is styled by the first of its
        columns ``verdict``, ``change``, ``status`` and ``severity`` that holds a known value.

    Raises
    ------
    StorageError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib, geopandas, shapely
    >>> frame = geopandas.GeoDataFrame({"verdict": ["lagging"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4490")
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "results.gpkg"
    >>> write_gpkg(file, {"villages": frame})
    >>> geopandas.read_file(file, layer="villages").verdict.item()
    'lagging'
    """
    with writing(path) as aside, _fixed_date(), _translated(path):
        for name, frame in layers.items():
            _write_layer(aside, name, frame)
        with closing(sqlite3.connect(aside)) as database, database:
            _write_styles(database, layers)


def read_gpkg(path: Path, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Read back layers that `write_gpkg` wrote; one that is not there is empty.

    Parameters
    ----------
    path
        The file.
    names
        Layers wanted.

    Raises
    ------
    InputRefusedError
        If it cannot be read.
    """
    try:
        there = {str(name) for name, _ in pyogrio.list_layers(path)}
        frames = {name: pyogrio.read_dataframe(path, layer=name) for name in names if name in there}
    except (*_FAILED, UnicodeDecodeError) as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error
    empty = {name: geopandas.GeoDataFrame({key: [] for key in _EMPTY_KEYS}, geometry=[]) for name in names}
    return empty | frames


def _write_layer(file: Path, name: str, frame: pd.DataFrame) -> None:
    if not isinstance(frame, geopandas.GeoDataFrame):
        pyogrio.write_dataframe(frame, file, layer=name, driver="GPKG", append=file.exists())
        return
    # An empty frame has no geometry to tell its type by.
    geometry_type = "LineString" if name == _LINES else _EMPTY_TYPES.get(name, "Polygon") if frame.empty else None
    pyogrio.write_dataframe(frame, file, layer=name, driver="GPKG", append=file.exists(), geometry_type=geometry_type)


@contextmanager
def _fixed_date() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (*_FAILED, sqlite3.OperationalError) as error:
        raise StorageError(Refusal("write_failed", file=str(path), value=str(error))) from error


def _write_styles(database: sqlite3.Connection, layers: Mapping[str, pd.DataFrame]) -> None:
    database.execute(_STYLE_TABLE)
    database.execute(_STYLE_CONTENTS, (_DATE,))
    for name, frame in layers.items():
        attribute = _styled_by(frame)
        if attribute:
            style = categorized_style(
                attribute, _marks(attribute), outline_only=name == "plots", point=name == "issues"
            )
            database.execute(_STYLE_ROW, (name, attribute, style, _DATE))
        elif name == _LINES:
            database.execute(_STYLE_ROW, (name, _WIDTH, line_style(_WIDTH, FLOW), _DATE))


def _styled_by(frame: pd.DataFrame) -> str:
    for attribute in (*FAMILIES, "severity"):
        if attribute in frame.columns and frame[attribute].isin(_marks(attribute)).any():
            return attribute
    return ""


def _marks(attribute: str) -> dict[str, Mark]:
    if attribute == "severity":
        return {state: mark for state, mark in SEVERITIES.items() if state}
    return {state: MARKS[f"{attribute}_{state}"] for state in FAMILIES[attribute]}
