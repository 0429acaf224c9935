"""GeoJSON, read as JSON: no driver guesses, and every feature is answered for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry import shape

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.read_features import Feature, Layer, add_layer, check_size, polygonal_feature
from lvgeo.land.reference import parse_crs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_geojson"]


def read_geojson(path: Path, layers: list[Layer], refused: list[Refusal]) -> None:
    """Feature by feature, so that one bad ring loses that feature and not the layer."""
    check_size(path)
    try:
        words = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a plain ValueError
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value=str(error), limit="GeoJSON")) from error
    rows = words.get("features") if isinstance(words, dict) else None
    if not isinstance(rows, list) or words.get("type") != "FeatureCollection":
        raise InputRefusedError(
            Refusal("driver_refused", file=str(path), value="no FeatureCollection", limit="GeoJSON")
        )
    crs = _geojson_crs(words, rows, str(path))
    features = []
    for number, row in enumerate(rows, start=1):
        kept = _geojson_feature(row, str(number), str(path), refused)
        if kept is not None:
            features.append(kept)
    add_layer(layers, refused, Layer(str(path), crs, tuple(features)), len(rows))


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


def _geojson_feature(row: Any, name: str, file: str, refused: list[Refusal]) -> Feature | None:
    geometry = row.get("geometry") if isinstance(row, dict) else None
    if geometry is None:
        refused.append(Refusal("geometry_null", file=file, feature=name))
        return None
    try:
        with np.errstate(invalid="ignore"):  # NaN coordinates are refused as out of range, once they are placed
            found = shape(geometry)
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError) as error:
        refused.append(Refusal("geometry_broken", file=file, feature=name, value=str(error)))
        return None
    values = row.get("properties")
    return polygonal_feature(found, name, file, values if isinstance(values, dict) else {}, refused)
