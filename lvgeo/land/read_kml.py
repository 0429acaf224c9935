"""KML and KMZ, and Ovital's ovkml and ovkmz, which are the same in GCJ-02."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import CRS

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.archives import BROKEN, fault_of
from lvgeo.land.layer import MAX_BYTES, LayerBuilder, Remark, check_size
from lvgeo.land.read_xml import child_text, children, local, parse_xml
from lvgeo.land.rings import MIN_POINTS, closed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree import ElementTree as ET

    from lvgeo.land.layer import Layer

__all__ = ["read_kml"]

_MAX_KML: Final = MAX_BYTES // 4  # unpacked
_DEPTH: Final = 40


def read_kml(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Read a file's placemarks: polygons, and paths that a phone drew around a plot, closed.

    Longitude first, WGS 84 (OGC 07-147r2). A name that begins with ``ov`` is an export of Ovital's, in GCJ-02 (FIELD
    §4.3).

    Raises
    ------
    InputRefusedError
        If it is no KML.
    """
    check_size(path)
    if path.suffix.lower() == ".ovobj":
        raise InputRefusedError(Refusal("ovobj_binary", file=str(path)))
    file = str(path)
    root = parse_xml(_document(path), file, "kml")
    builder = LayerBuilder(file, "kml", refused)
    remarks = set()
    for number, mark in enumerate(_placemarks(root), start=1):
        name = child_text(mark, "name")
        shapes, opened, fault = _shapes(mark)
        if fault or not shapes:
            kinds = fault or ", ".join(sorted({local(c) for c in mark if local(c) in _GEOMETRIES})) or "—"
            builder.refuse(
                "geometry_broken" if fault else "geometry_not_polygon", str(number), f"{name} {kinds}".strip()
            )
            continue
        if opened:
            remarks.add(Remark("remark_path_closed"))
        whole = shapes[0] if len(shapes) == 1 else shapely.MultiPolygon(shapes)
        builder.add(whole, str(number), {"plot_name": name, **_data(mark)}, unclosed=opened)
    shifted = path.suffix.lower().startswith(".ov")
    remarks.add(Remark("remark_gcj02" if shifted else "remark_wgs84"))
    ordered = sorted(remarks, key=lambda one: one.code)
    return builder.layer(CRS.from_epsg(4326), datum="gcj02" if shifted else "", remarks=ordered)


def _document(path: Path) -> bytes:
    """Return the KML itself, out of its archive where it is in one; nothing is unpacked to disk."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one for one in archive.infolist() if one.filename.lower().endswith((".kml", ".ovkml"))]
            if not names:
                raise InputRefusedError(Refusal("driver_refused", file=str(path), value="zip", limit="KML"))
            first = next((one for one in names if one.filename.lower() == "doc.kml"), names[0])
            if first.file_size > _MAX_KML:
                size, limit = f"{first.file_size >> 20} MB", f"{_MAX_KML >> 20} MB"
                raise InputRefusedError(Refusal("file_too_large", file=str(path), value=size, limit=limit))
            with archive.open(first) as opened:
                # What an archive says of itself may be a lie.
                raw = opened.read(first.file_size + 1)
    except BROKEN as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=fault_of(error))) from error
    return raw


_GEOMETRIES: Final = {"Polygon", "LineString", "LinearRing", "Point", "MultiGeometry", "Track", "Model", "MultiTrack"}


def _placemarks(root: ET.Element) -> Iterator[ET.Element]:
    return (element for element in root.iter() if local(element) == "Placemark")


def _shapes(element: ET.Element, depth: int = 0) -> tuple[list[shapely.Polygon], bool, str]:
    """Polygons in a placemark, whether one had to be closed, and what cannot be read."""
    found: list[shapely.Polygon] = []
    opened = False
    for child in element:
        name = local(child)
        try:
            if name == "MultiGeometry" and depth < _DEPTH:
                inner, inner_open, fault = _shapes(child, depth + 1)
                found += inner
                opened |= inner_open
                if fault:
                    return found, opened, fault
            elif name == "Polygon":
                rings = [_ring(b) for kind in ("outerBoundaryIs", "innerBoundaryIs") for b in children(child, kind)]
                found.append(shapely.Polygon(rings[0][0], [ring for ring, _ in rings[1:]]))
                opened |= any(was_open for _, was_open in rings)
            elif name in {"LineString", "LinearRing"}:
                ring, was_open = _coordinates(child)
                found.append(shapely.Polygon(ring))
                opened |= was_open
        except (ValueError, LookupError, StopIteration) as error:
            return found, opened, str(error)[:60] or name
    return found, opened, ""


def _ring(boundary: ET.Element) -> tuple[np.ndarray, bool]:
    return _coordinates(next(children(boundary, "LinearRing")))


def _coordinates(element: ET.Element) -> tuple[np.ndarray, bool]:
    points = np.array(
        [[float(v) for v in triple.split(",")[:2]] for triple in child_text(element, "coordinates").split()]
    )
    if points.ndim != 2 or len(np.unique(points, axis=0)) < MIN_POINTS:  # noqa: PLR2004 - rows of two
        message = f"{len(points)} points"
        raise ValueError(message)
    return closed(points)


def _data(mark: ET.Element) -> dict[str, Any]:
    """Fields of a placemark: typed (SchemaData) or not (Data)."""
    values: dict[str, Any] = {}
    for extended in children(mark, "ExtendedData"):
        for one in extended.iter():
            name = one.get("name")
            if name and local(one) == "Data":
                values[name] = child_text(one, "value")
            elif name and local(one) == "SimpleData":
                values[name] = (one.text or "").strip()
    return values
