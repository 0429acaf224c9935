"""GeoJSON, read as JSON: no driver guesses, and every feature is answered for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry import shape

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import LayerBuilder, check_size
from lvgeo.land.reference import parse_crs

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.land.layer import Layer

__all__ = ["read_geojson"]

_GEOMETRIES: Final = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
}  # fmt: skip


def read_geojson(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Feature by feature, so that one bad ring loses that feature and not the layer."""
    check_size(path)
    try:
        words = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value=str(error), limit="GeoJSON")) from error
    rows = _features(words)
    if rows is None:
        kind = words.get("type") if isinstance(words, dict) else type(words).__name__
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value=str(kind)[:40], limit="GeoJSON"))
    crs = _geojson_crs(words, rows, str(path))
    builder = LayerBuilder(str(path), "geojson", refused)
    for number, row in enumerate(rows, start=1):
        _add_feature(builder, row, str(number))
    return builder.layer(crs)


def _features(words: Any) -> list[Any] | None:
    """Features of a GeoJSON text, which is a collection of them, one, or a bare geometry (RFC 7946 §3)."""
    kind = str(words.get("type")) if isinstance(words, dict) else ""
    if kind == "FeatureCollection":
        rows = words.get("features")
        return rows if isinstance(rows, list) else None
    if kind == "Feature":
        return [words]
    return [{"type": "Feature", "properties": {}, "geometry": words}] if kind in _GEOMETRIES else None


def _geojson_crs(words: dict[str, Any], rows: list[Any], file: str) -> CRS | None:
    names = {_crs_name(words)} | {_crs_name(row) for row in rows if isinstance(row, dict) and "crs" in row}
    if len(names) > 1:
        listed = ", ".join(sorted(str(name or "—") for name in names))
        raise InputRefusedError(Refusal("crs_mixed", file=file, value=listed))
    name = names.pop()
    if name is None:
        # RFC 7946 §4: without a word, WGS 84; with the word null, unknown.
        return None if "crs" in words else CRS.from_epsg(4326)
    return parse_crs(name, file)


def _crs_name(words: dict[str, Any]) -> str | None:
    crs = words.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return str(name) if name else None


def _add_feature(builder: LayerBuilder, row: Any, name: str) -> None:
    geometry = row.get("geometry") if isinstance(row, dict) else None
    if geometry is None:
        builder.refuse("geometry_null", name)
        return
    try:
        with np.errstate(invalid="ignore"):  # NaN coordinates are refused as out of range, once they are placed
            found = shape(geometry)
            unclosed = found.geom_type in {"Polygon", "MultiPolygon"} and not found.is_empty and _is_open(geometry)
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError) as error:
        builder.refuse("geometry_broken", name, str(error))
        return
    values = row.get("properties")
    builder.add(found, name, values if isinstance(values, dict) else {}, unclosed=unclosed)


def _is_open(geometry: dict[str, Any]) -> bool:
    """Whether a ring does not end where it began (RFC 7946 §3.1.6); shapely closes it without a word."""
    polygons: list[Any] = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}.get(
        geometry["type"], []
    )
    return any(list(ring[0])[:2] != list(ring[-1])[:2] for rings in polygons for ring in rings)
