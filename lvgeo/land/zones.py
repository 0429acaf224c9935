"""Gauss-Krüger strips by datum, width and zone number: the EPSG code of what a survey paper says."""

from __future__ import annotations

import re
from typing import Final

from pyproj import CRS

__all__ = ["datum_named", "strip_crs"]

# (datum, width) → code of zone 0 with the zone's number in the easting, and without (FIELD §1.1, PROJ's database)
_STRIPS: Final = {
    ("2000", 3): (4488, 4509),
    ("2000", 6): (4478, 4489),
    ("80", 3): (2324, 2345),
    ("80", 6): (2314, 2325),
    ("54", 3): (2376, 2397),
    ("54", 6): (21400, 21440),
}
_GEOGRAPHIC: Final = {"2000": 4490, "80": 4610, "54": 4214}
_DATUMS: Final = (("2000", r"2000|cgcs"), ("80", r"80|西安"), ("54", r"54|北京"), ("wgs", r"wgs"))
_ZONED: Final = 1e6
_ZONES: Final = {3: range(25, 46), 6: range(13, 24)}


def datum_named(text: str) -> str:
    """Tell a Chinese datum by its name; empty where none is named.

    Examples
    --------
    >>> datum_named("2000国家大地坐标系"), datum_named("80国家大地坐标系"), datum_named("独立坐标系")
    ('2000', '80', '')
    """
    lowered = text.lower()
    return next((datum for datum, pattern in _DATUMS if re.search(pattern, lowered)), "")


def strip_crs(datum: str, width: int, zone: int, easting_m: float) -> CRS | None:
    """Return the strip's reference system, None where datum or zone is not known.

    Parameters
    ----------
    datum
        ``2000``, ``80`` or ``54``; ``wgs`` for degrees alone.
    width
        3 or 6 degrees; 0 where it is not said.
    zone
        Its number; 0 where it is not said: then the easting's first two digits are it.
    easting_m
        One of the eastings; up to 180 it is a longitude.

    Examples
    --------
    >>> strip_crs("2000", 3, 38, 38551242.8).to_epsg(), strip_crs("2000", 3, 38, 551242.8).to_epsg()
    (4526, 4547)
    """
    if easting_m <= 180.0:  # noqa: PLR2004 - degrees
        code = _GEOGRAPHIC.get(datum, 4326 if datum == "wgs" else 0)
        return CRS.from_epsg(code) if code else None
    prefixed = easting_m > _ZONED
    number = zone or (int(easting_m // _ZONED) if prefixed else 0)
    degrees = width or next((w for w, zones in _ZONES.items() if number in zones), 0)
    codes = _STRIPS.get((datum, degrees))
    if codes is None or number not in _ZONES[degrees]:
        return None
    return CRS.from_epsg(codes[0 if prefixed else 1] + number)
