"""GPX: tracks and routes that somebody walked around a plot, closed into rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

from lvgeo.land.layer import LayerBuilder, Remark, check_size
from lvgeo.land.read_xml import child_text, children, parse_xml
from lvgeo.land.rings import MIN_POINTS, closed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree import ElementTree as ET

    from lvgeo.errors import Refusal
    from lvgeo.land.layer import Layer

__all__ = ["read_gpx"]


def read_gpx(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Read each track segment and each route as a plot, in WGS 84 as GPX 1.1 has it.

    Waypoints alone enclose nothing and are refused.

    Raises
    ------
    InputRefusedError
        If it is no GPX.
    """
    check_size(path)
    root = parse_xml(path.read_bytes(), str(path), "gpx")
    builder = LayerBuilder(str(path), "gpx", refused)
    for name, walked, points in _walks(root):
        try:
            lonlat = np.array([[float(p.get("lon", "")), float(p.get("lat", ""))] for p in points])
        except ValueError as error:
            builder.refuse("geometry_broken", name, str(error))
            continue
        if len(lonlat) < MIN_POINTS or len(np.unique(lonlat, axis=0)) < MIN_POINTS:
            builder.refuse("ring_too_short", name, str(len(lonlat)))
            continue
        ring, opened = closed(lonlat)
        builder.add(shapely.Polygon(ring), name, {"plot_name": walked, "measured_on": _day(points)}, unclosed=opened)
    waypoints = sum(1 for _ in children(root, "wpt"))
    if waypoints and builder.rows == 0:
        builder.refuse("geometry_not_polygon", "wpt", f"{waypoints} wpt")
    return builder.layer(CRS.from_epsg(4326), remarks=(Remark("remark_wgs84"), Remark("remark_path_closed")))


def _walks(root: ET.Element) -> Iterator[tuple[str, str, list[ET.Element]]]:
    """Give a name for messages, the walk's own name, and its points."""
    number = 0
    for kind, part, point in (("trk", "trkseg", "trkpt"), ("rte", "", "rtept")):
        for walk in children(root, kind):
            segments = children(walk, part) if part else iter((walk,))
            for segment in segments:
                number += 1
                yield str(number), child_text(walk, "name"), list(children(segment, point))


def _day(points: list[ET.Element]) -> str:
    return child_text(points[0], "time")[:10]
