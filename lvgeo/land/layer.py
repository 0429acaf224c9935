"""Layers as a file has them, column by column, and what every format refuses alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
import shapely

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["Datum", "Layer", "LayerBuilder", "Remark", "check_size", "polygonal_layer"]

MAX_BYTES: Final = 2**30
_POLYGONS: Final = (3, 6)  # GEOS type numbers of Polygon and MultiPolygon
_AREAS_AND_LINES: Final = {"Polygon", "MultiPolygon", "LineString", "MultiLineString"}

Datum = Literal["", "gcj02", "bd09"]
"""A web map's shift that a format carries by its own rule; empty where it carries none."""


@dataclass(frozen=True, slots=True)
class Remark:
    """How one thing about a file was understood, for ``lvgeo check --explain``.

    Parameters
    ----------
    code
        Its words are ``remark_…`` in the catalogue.
    value
        What was found.
    """

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer of a file.

    Parameters
    ----------
    file
        As the user wrote it; with `` · `` and the layer's name where a file has several.
    format
        Key of the format: ``gpkg``, ``geojson``, ``shp``, ``gdb``, ``kml``, ``gpx``, ``dxf``, ``txt``, ``table``.
    crs
        None where the file has none.
    names
        (n,) how messages call each feature: its row from 1, or the name that the file gives it.
    geometry
        (n,) polygons and multipolygons in the layer's reference system, x (east) first.
    values
        (n,) rows of the file's own fields.
    unclosed
        (n,) whether a ring had to be closed.
    datum
        A shift that the format is known to carry.
    remarks
        How the file was understood.
    """

    file: str
    format: str
    crs: CRS | None
    names: NDArray[np.object_]
    geometry: NDArray[np.object_]
    values: pd.DataFrame
    unclosed: NDArray[np.bool_]
    datum: Datum = ""
    remarks: tuple[Remark, ...] = ()

    def __len__(self) -> int:
        """Count the features."""
        return len(self.geometry)

    def taken(self, rows: NDArray[np.bool_]) -> Layer:
        """Return the layer with only these of its features."""
        return replace(
            self,
            names=self.names[rows],
            geometry=self.geometry[rows],
            values=self.values[rows].reset_index(drop=True),
            unclosed=self.unclosed[rows],
        )


@dataclass(slots=True)
class LayerBuilder:
    """Collects a layer's features one by one, for formats that are read in Python.

    Parameters
    ----------
    file, format
        As of `Layer`.
    refused
        Where features that cannot be used are named.
    """

    file: str
    format: str
    refused: list[Refusal]
    rows: int = 0
    _names: list[str] = field(default_factory=list)
    _shapes: list[BaseGeometry] = field(default_factory=list)
    _values: list[Mapping[str, Any]] = field(default_factory=list)
    _unclosed: list[bool] = field(default_factory=list)

    def add(
        self, geometry: BaseGeometry | None, name: str, values: Mapping[str, Any], *, unclosed: bool = False
    ) -> None:
        """Keep a polygon or a line (a power line, say); anything else is refused by name."""
        self.rows += 1
        fault = _fault(geometry)
        if fault or geometry is None:
            value = "" if geometry is None or geometry.is_empty else geometry.geom_type
            self.refused.append(Refusal(fault, file=self.file, feature=name, value=value))
            return
        self._names.append(name)
        self._shapes.append(geometry)
        self._values.append(values)
        self._unclosed.append(unclosed)

    def refuse(self, code: str, name: str, value: str = "", limit: str = "") -> None:
        """Name a feature of which nothing could be made."""
        self.rows += 1
        self.refused.append(Refusal(code, file=self.file, feature=name, value=value, limit=limit))

    def layer(self, crs: CRS | None, *, datum: Datum = "", remarks: Sequence[Remark] = ()) -> list[Layer]:
        """Return the layer, or nothing where no feature is left; one that had no rows is refused."""
        if self.rows == 0:
            self.refused.append(Refusal("layer_empty", file=self.file))
        if not self._shapes:
            return []
        shapes = np.empty(len(self._shapes), dtype=object)
        shapes[:] = self._shapes
        return [
            Layer(
                self.file,
                self.format,
                crs,
                np.array(self._names, dtype=object),
                shapes,
                pd.DataFrame(list(self._values), index=range(len(shapes)), dtype=object),
                np.array(self._unclosed, dtype=bool),
                datum,
                tuple(remarks),
            )
        ]


def polygonal_layer(whole: Layer, refused: list[Refusal]) -> list[Layer]:
    """Keep the rows of a layer that hold a polygon; the others are refused by name."""
    if not len(whole):
        refused.append(Refusal("layer_empty", file=whole.file))
        return []
    kinds = shapely.get_type_id(whole.geometry)
    kept = np.isin(kinds, _POLYGONS) & ~shapely.is_empty(whole.geometry)
    for row in np.flatnonzero(~kept):
        geometry = whole.geometry[row]
        value = "" if geometry is None or geometry.is_empty else geometry.geom_type
        fault = _fault(geometry) or "geometry_not_polygon"
        refused.append(Refusal(fault, file=whole.file, feature=str(whole.names[row]), value=value))
    if kept.all():
        return [whole]
    if not kept.any():
        return []
    return [whole.taken(kept)]


def check_size(path: Path) -> None:
    """Refuse a file that is larger than any street's, before it is opened."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputRefusedError(
            Refusal("file_too_large", file=str(path), value=f"{size / 2**20:.0f} MB", limit=f"{MAX_BYTES >> 20} MB")
        )


def _fault(geometry: BaseGeometry | None) -> str:
    if geometry is None or geometry.is_empty:
        return "geometry_null"
    return "" if geometry.geom_type in _AREAS_AND_LINES else "geometry_not_polygon"
