"""Polygons from rings that a file lists one after another, without saying which is a hole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["MIN_POINTS", "closed", "polygon_of", "survey_axes"]

MIN_POINTS: Final = 3
_ZONED_M: Final = 1e7  # an easting with its zone's number has eight digits
_NORTHING_M: Final = 1e6  # a Chinese northing has seven digits, an easting without its zone's number six


def closed(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    """Return a ring that ends where it began, and whether it had to be closed.

    Parameters
    ----------
    points
        (k, 2).
    """
    if len(points) and not np.array_equal(points[0], points[-1]):
        return np.vstack([points, points[:1]]), True
    return points, False


def polygon_of(rings: Sequence[NDArray[np.float64]]) -> BaseGeometry:
    """Build a polygon, or several, from closed rings in any order.

    A ring inside an odd number of others is a hole, whatever number a file gives it: exporters give second parts a
    hole's number, and holes a part's.

    Parameters
    ----------
    rings
        Each (k, 2), closed, of at least three different points.

    Examples
    --------
    >>> square = np.array([[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]], dtype=float)
    >>> polygon_of([square, square / 3 + 1]).area, polygon_of([square, square + 20]).geom_type
    (72.0, 'MultiPolygon')
    """
    whole = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    order = np.argsort(-shapely.area(whole), kind="stable")
    shells: list[int] = []
    holes: dict[int, list[NDArray[np.float64]]] = {}
    for row in order:
        inside = [shell for shell in shells if _within(whole[row], whole[shell])]
        around = inside[-1] if inside else None
        drilled = around is not None and not any(
            _within(whole[row], shapely.Polygon(hole)) for hole in holes.get(around, ())
        )
        if around is not None and drilled:
            holes.setdefault(around, []).append(rings[row])
        else:
            shells.append(int(row))
    parts = [shapely.Polygon(rings[shell], holes.get(shell, [])) for shell in sorted(shells)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _within(inner: BaseGeometry, outer: BaseGeometry) -> bool:
    if not (inner.is_valid and outer.is_valid):
        # A ring that crosses itself has no inside to speak of: its first point decides.
        return bool(shapely.make_valid(outer).intersects(shapely.Point(inner.exterior.coords[0])))
    return bool(outer.covers(inner))


def survey_axes(pairs: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
    """Order survey coordinates east first, by their size.

    Surveyors write X = north, Y = east, and exporters swap them: a Chinese northing has seven digits, an easting six,
    or eight with its zone's number (FIELD §1.2); of degrees, the larger is the longitude.

    Parameters
    ----------
    pairs
        (k, 2) as the file has them.

    Returns
    -------
    tuple[NDArray[np.float64], str]
        (k, 2) east and north, and ``survey`` (north came first), ``map`` (east came first) or empty where the sizes
        do not say; then north is taken to come first.
    """
    first, second = np.median(np.abs(pairs), axis=0)
    if max(first, second) <= 180.0:  # noqa: PLR2004 - degrees
        east_first: bool | None = first > second
    elif _is_easting(first) == _is_easting(second):
        east_first = None
    else:
        east_first = _is_easting(first)
    if east_first is None:
        return pairs[:, ::-1], ""
    return (pairs, "map") if east_first else (pairs[:, ::-1], "survey")


def _is_easting(size: float) -> bool:
    return size > _ZONED_M or size < _NORTHING_M
