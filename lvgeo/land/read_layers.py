"""Open vector files by an allow-list of three formats, each known by its bytes and not by its name."""

from __future__ import annotations

import sqlite3
import warnings
from typing import TYPE_CHECKING, Any, Final

import pyogrio
from pyproj import CRS
from shapely.errors import ShapelyError

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.read_encoding import decoded, text_encoding
from lvgeo.land.read_features import Layer, add_layer, check_size, polygonal_feature
from lvgeo.land.read_geojson import read_geojson
from lvgeo.land.read_geopackage import stored_systems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


__all__ = ["read_layers"]

SIDECARS: Final = {
    ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qml", ".qgz", ".xml", ".md",
    ".gpkg-wal", ".gpkg-shm", ".gpkg-journal",
}  # fmt: skip

# What pyogrio, PROJ, GEOS and SQLite raise of a file: pyogrio's and PROJ's own errors are RuntimeErrors.
_FOREIGN: Final = (RuntimeError, ValueError, ShapelyError, sqlite3.DatabaseError)


def read_layers(paths: Sequence[Path]) -> tuple[list[Layer], list[Refusal]]:
    """Read every layer of files, or of folders of files, in order of name.

    Parameters
    ----------
    paths
        Files or folders.

    Returns
    -------
    tuple[list[Layer], list[Refusal]]
        Layers, and every file, layer or feature that could not be used.
    """
    layers: list[Layer] = []
    refused: list[Refusal] = []
    for path in _files(paths, refused):
        try:
            _READERS[path.suffix.lower()](path, layers, refused)
        except InputRefusedError as error:
            refused += error.refusals
    return layers, refused


def _files(paths: Sequence[Path], refused: list[Refusal]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.iterdir() if not p.name.startswith("."))
        elif path.is_file():
            found.append(path)
        else:
            refused.append(Refusal("file_missing", value=str(path)))
    kept = []
    for path in found:
        suffix = path.suffix.lower()
        if suffix in _READERS and path.is_file():
            kept.append(path)
        elif suffix not in SIDECARS:
            limit = ", ".join(_READERS)
            refused.append(Refusal("format_unknown", file=str(path), value=suffix or path.name, limit=limit))
    return kept


def _read_gpkg(path: Path, layers: list[Layer], refused: list[Refusal]) -> None:
    check_size(path)
    _sniff(path, b"SQLite format 3\x00", "GeoPackage")
    spatial = _spatial_layers(path)
    if not spatial:
        refused.append(Refusal("layer_empty", file=str(path)))
    for name in spatial:
        _read_ogr(path, "GPKG", layers, refused, {"layer": name})


def _read_shapefile(path: Path, layers: list[Layer], refused: list[Refusal]) -> None:
    check_size(path)
    _sniff(path, b"\x00\x00\x27\x0a", "shapefile")
    declared = int.from_bytes(path.read_bytes()[24:28], "big") * 2
    if declared > path.stat().st_size:
        # A cut .shp opens without a word and gives null geometries for what is gone.
        value = f"{path.stat().st_size} / {declared} bytes"
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=value))
    # Byte for byte: GDAL would refuse the whole table for one character that a field's width cuts off.
    _read_ogr(path, "ESRI Shapefile", layers, refused, {"encoding": "ISO-8859-1"})


def _sniff(path: Path, magic: bytes, limit: str) -> None:
    with path.open("rb") as opened:
        head = opened.read(len(magic))
    if head != magic:
        shown = head[:16].decode("ascii", "replace")
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value=repr(shown), limit=limit))


def _spatial_layers(path: Path) -> list[str]:
    """Names of a file's layers that have geometry, with foreign errors translated."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged file is remarked on before it is refused
            return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except _FOREIGN as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error


def _of_one_system(path: Path, info: Mapping[str, Any], file: str) -> None:
    systems = stored_systems(path, info["layer_name"], info["geometry_name"])
    if len(systems) > 1:
        raise InputRefusedError(Refusal("crs_mixed", file=file, value=", ".join(systems)))


def _read_ogr(path: Path, driver: str, layers: list[Layer], refused: list[Refusal], options: Mapping[str, str]) -> None:
    """Read one layer with GDAL, once it has said that its driver is the one that the bytes promised."""
    file = str(path) if driver != "GPKG" else f"{path} · {options['layer']}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on rings and fields; each feature is checked below
            info = pyogrio.read_info(path, **options)
            if info["driver"] != driver:
                raise InputRefusedError(Refusal("driver_refused", file=file, value=info["driver"], limit=driver))
            if driver == "GPKG":
                _of_one_system(path, info, file)
            frame = pyogrio.read_dataframe(path, **options)
    except _FOREIGN as error:
        raise InputRefusedError(Refusal("file_broken", file=file, value=str(error))) from error
    if "geometry" not in frame:
        refused.append(Refusal("layer_empty", file=file))
        return
    shapes, columns = list(frame.geometry), [c for c in frame.columns if c != "geometry"]
    rows = frame[columns].to_dict("records") if columns else [{} for _ in shapes]
    encoding = text_encoding(path) if driver == "ESRI Shapefile" else None
    if encoding:
        rows = [{str(decoded(k, encoding)): decoded(v, encoding) for k, v in row.items()} for row in rows]
    features = [
        kept
        for number, (found, values) in enumerate(zip(shapes, rows, strict=True), start=1)
        if (kept := polygonal_feature(found, str(number), file, values, refused)) is not None
    ]
    crs = CRS.from_user_input(frame.crs) if frame.crs is not None else None
    add_layer(layers, refused, Layer(file, crs, tuple(features)), len(shapes))


_READERS: Final[dict[str, Callable[[Path, list[Layer], list[Refusal]], None]]] = {
    ".geojson": read_geojson,
    ".json": read_geojson,
    ".gpkg": _read_gpkg,
    ".shp": _read_shapefile,
}
