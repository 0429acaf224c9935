"""Bring geometry into the villages' geographic reference system, and refuse what only seems to arrive there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.projection import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["geographic_of", "is_reachable", "parse_crs", "to_geographic"]

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


def to_geographic(geometries: NDArray[np.object_], crs: CRS, target: CRS, file: str) -> NDArray[np.object_]:
    """Move geometries to longitude and latitude of the target's datum.

    Parameters
    ----------
    geometries
        (n,) in `crs`, x (east) first.
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
    if _same(own, target):
        if crs.is_geographic and own.prime_meridian == target.prime_meridian and _in_degrees(crs):
            return geometries
        transformer = between(crs, own)
    else:
        try:
            transformer = Transformer.from_crs(crs, target, always_xy=True, allow_ballpark=False)
            transformer.transform(0.0, 0.0)
        except ProjError as error:
            raise InputRefusedError(Refusal("crs_ballpark", file=file, value=crs.name, limit=target.name)) from error
    return np.asarray(shapely.transform(geometries, transformer.transform, interleaved=False), dtype=object)


def is_reachable(crs: CRS, target: CRS) -> bool:
    """Whether more than a ballpark datum shift leads to the target."""
    own = crs.geodetic_crs
    if own is None or own.is_geocentric or _same(own.to_2d(), target):
        return own is not None and not own.is_geocentric
    try:
        Transformer.from_crs(crs, target, always_xy=True, allow_ballpark=False).transform(0.0, 0.0)
    except ProjError:
        return False
    return True


def _in_degrees(crs: CRS) -> bool:
    return all(axis.unit_name == "degree" for axis in crs.axis_info[:2])


def _same(own: CRS, target: CRS) -> bool:
    return own.equals(target, ignore_axis_order=True) or (_named(own) and _named(target))


def _named(crs: CRS) -> bool:
    name = f"{crs.name} {crs.datum.name if crs.datum else ''}".lower()
    return any(known in name for known in _SAME_FOR_AREA)
