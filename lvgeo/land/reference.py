"""Bring geometry into the villages' geographic reference system, and refuse what only seems to arrive there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["geographic_of", "parse_crs", "to_geographic"]

# CGCS2000 and WGS 84 differ by decimetres of frame and epoch, which no area feels; PROJ offers only a ballpark
# operation between them, so the pair is allowed by name.
_SAME_FOR_AREA: Final = ("china 2000", "china_2000", "cgcs2000", "cgcs 2000", "wgs 84", "wgs_1984", "wgs84",
                         "world geodetic system 1984")  # fmt: skip


def parse_crs(text: str, file: str) -> CRS:
    """Read a reference system's name or definition.

    Raises
    ------
    InputRefusedError
        If nothing can be made of it.
    """
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise InputRefusedError(Refusal("crs_unreadable", file=file, value=text[:80])) from error


def geographic_of(crs: CRS, file: str) -> CRS:
    """Two-dimensional geographic system of a reference system's own datum.

    Raises
    ------
    InputRefusedError
        If it has none (a local engineering system, or a geocentric one).
    """
    found = crs.geodetic_crs
    if found is None or found.is_geocentric:
        raise InputRefusedError(Refusal("crs_unreadable", file=file, value=crs.name))
    return found.to_2d()


def to_geographic(geometries: list[BaseGeometry], crs: CRS, target: CRS, file: str) -> list[BaseGeometry]:
    """Move geometries to longitude and latitude of the target's datum.

    Parameters
    ----------
    geometries
        In `crs`, x (east) first; a third coordinate is dropped.
    crs
        Of the geometries.
    target
        Geographic.
    file
        Named in the refusal.

    Raises
    ------
    InputRefusedError
        If only a ballpark datum shift leads there: it would silently leave points tens of metres off.
    """
    own = geographic_of(crs, file)
    if own.equals(target, ignore_axis_order=True) or (_named(own) and _named(target)):
        transformer = Transformer.from_crs(crs, own, always_xy=True)
    else:
        try:
            transformer = Transformer.from_crs(crs, target, always_xy=True, allow_ballpark=False)
            transformer.transform(0.0, 0.0)
        except ProjError as error:
            raise InputRefusedError(Refusal("crs_ballpark", file=file, value=crs.name, limit=target.name)) from error
    flat = [shapely.force_2d(geometry) for geometry in geometries]
    return [shapely.transform(geometry, transformer.transform, interleaved=False) for geometry in flat]


def _named(crs: CRS) -> bool:
    name = f"{crs.name} {crs.datum.name if crs.datum else ''}".lower()
    return any(known in name for known in _SAME_FOR_AREA)
