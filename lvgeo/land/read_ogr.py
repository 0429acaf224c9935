"""One layer of a file by GDAL, whole columns at a time, once the driver is the one that its bytes promised."""

from __future__ import annotations

import sqlite3
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import Layer, Remark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["FOREIGN", "Source", "ogr_layers", "read_ogr", "sniff"]

# What pyogrio, PROJ, GEOS and SQLite raise of a file: pyogrio's and PROJ's own errors are RuntimeErrors.
FOREIGN: Final = (RuntimeError, ValueError, OSError, shapely.errors.ShapelyError, sqlite3.DatabaseError)


def sniff(path: Path, magic: bytes, limit: str) -> None:
    """Refuse a file whose first bytes are not its format's."""
    with path.open("rb") as opened:
        head = opened.read(len(magic))
    if head != magic:
        shown = head[:16].decode("ascii", "replace")
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value=repr(shown), limit=limit))


def ogr_layers(path: Path | str, file: str) -> list[str]:
    """Names of a file's layers that have geometry, with foreign errors translated."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged file is remarked on before it is refused
            return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except FOREIGN as error:
        raise InputRefusedError(Refusal("file_broken", file=file, value=str(error))) from error


@dataclass(frozen=True, slots=True)
class Source:
    """What to read, and as what.

    Parameters
    ----------
    path
        The file, or a path inside an archive that was looked at.
    driver, key
        GDAL's name of the format, and ours.
    file
        As messages call it.
    options
        For GDAL: layer, encoding.
    """

    path: Path | str
    driver: str
    key: str
    file: str
    options: Mapping[str, str]


def read_ogr(
    source: Source,
    refused: list[Refusal],
    *,
    check: Callable[[Mapping[str, Any]], None] | None = None,
    remarks: Sequence[Remark] = (),
) -> list[Layer]:
    """Read one layer; geometry that cannot be built loses its feature, by name, and not the layer.

    Parameters
    ----------
    source
        The layer.
    refused
        Takes features.
    check
        Called with what the layer says of itself, before it is read.
    remarks
        How the file was understood so far.
    """
    file = source.file
    fields, crs, fids, wkb, columns = _read(source, check)
    if wkb is None:
        refused.append(Refusal("layer_empty", file=file))
        return []
    shapes, unclosed, broken = _built(wkb)
    del wkb  # as large as the shapes
    # A name is the row that a person counts, from 1: GDAL's own ids start at 0 in a shapefile and at 1 in a GeoPackage.
    names = (np.arange(len(fids)) + 1).astype(str).astype(object)
    refused += [Refusal("geometry_broken", file=file, feature=names[row]) for row in np.flatnonzero(broken)]
    if broken.any() and broken.all():
        return []
    series = {
        name: pd.Series(column, dtype=column.dtype, copy=False) for name, column in zip(fields, columns, strict=True)
    }
    values = pd.DataFrame(series, index=range(len(shapes)), copy=False)
    layer = Layer(file, source.key, crs, names, shapes, values, unclosed, remarks=tuple(remarks))
    return [layer.taken(~broken)] if broken.any() else [layer]


def _read(source: Source, check: Callable[[Mapping[str, Any]], None] | None) -> tuple[Any, CRS | None, Any, Any, Any]:
    """Fields, reference system, ids, WKB and columns of a layer, with foreign errors translated."""
    file = source.file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on rings and fields; each feature is checked later
            info = pyogrio.read_info(source.path, **source.options)
            if info["driver"] != source.driver:
                raise InputRefusedError(Refusal("driver_refused", file=file, value=info["driver"], limit=source.driver))
            if check is not None:
                check(info)
            meta, fids, wkb, columns = pyogrio.raw.read(
                source.path, return_fids=True, datetime_as_string=True, **source.options
            )
        crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    except CRSError as error:
        raise InputRefusedError(Refusal("crs_unreadable", file=file, value=str(error)[:80])) from error
    except FOREIGN as error:
        raise InputRefusedError(Refusal("file_broken", file=file, value=str(error))) from error
    return meta["fields"], crs, fids, wkb, columns


def _built(wkb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shapes from WKB, which of them had a ring to be closed, and which could not be built at all."""
    unclosed = np.zeros(len(wkb), dtype=bool)
    try:
        return shapely.from_wkb(wkb), unclosed, np.zeros(len(wkb), dtype=bool)
    except shapely.errors.ShapelyError:
        pass
    strict = shapely.from_wkb(wkb, on_invalid="ignore")
    lost = shapely.is_missing(strict) & np.array([one is not None for one in wkb])
    mended = shapely.from_wkb(wkb[lost], on_invalid="fix")
    strict[lost] = mended
    unclosed[lost] = ~shapely.is_missing(mended)
    lost[lost] = shapely.is_missing(mended)
    return strict, unclosed, lost
