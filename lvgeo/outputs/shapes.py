"""Polygons as Leaflet draws them: latitude before longitude, ring within part, no more points than the eye needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from shapely.geometry import MultiPolygon, Polygon

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["centre", "rings"]

LatLon = tuple[float, float]

_DECIMALS: Final = 7
"""A centimetre."""
_TOLERANCE: Final = 1e-6
"""A tenth of a metre, for display only; areas are never computed from these."""


def rings(geometry: BaseGeometry | None) -> list[list[list[LatLon]]]:
    """Return parts, each a list of rings (outer first), each a list of (latitude, longitude).

    Parameters
    ----------
    geometry
        Longitude and latitude, degrees; what is not a polygon is left out.

    Examples
    --------
    >>> rings(shapely.box(114.0, 23.0, 114.1, 23.1))[0][0][:2]
    [(23.0, 114.1), (23.1, 114.1)]
    >>> rings(None), rings(shapely.Point(1, 2))
    ([], [])
    """
    return [[_ring(ring) for ring in (part.exterior, *part.interiors)] for part in _polygons(geometry)]


def centre(geometry: BaseGeometry | None) -> LatLon | None:
    """Return a point inside, for the label; None where there is no polygon.

    Examples
    --------
    >>> centre(shapely.box(114.0, 23.0, 114.2, 23.2))
    (23.1, 114.1)
    """
    parts = _polygons(geometry)
    if not parts:
        return None
    # The largest part; of equal ones the first, so that the answer does not hang on chance.
    point = max(parts, key=lambda part: part.area).representative_point()
    return round(point.y, _DECIMALS), round(point.x, _DECIMALS)


def _polygons(geometry: BaseGeometry | None) -> list[Polygon]:
    if geometry is None or geometry.is_empty:
        return []
    parts = shapely.get_parts(geometry)
    flat = [single for part in parts for single in (part.geoms if isinstance(part, MultiPolygon) else [part])]
    return [part for part in flat if isinstance(part, Polygon)]


def _ring(ring: BaseGeometry) -> list[LatLon]:
    points = shapely.get_coordinates(ring.simplify(_TOLERANCE, preserve_topology=True))
    return [(round(float(y), _DECIMALS), round(float(x), _DECIMALS)) for x, y in points[:-1]]
