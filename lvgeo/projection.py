"""From one reference system to another; what was found once is kept."""

from __future__ import annotations

import functools

from pyproj import CRS, Transformer

__all__ = ["between"]


@functools.lru_cache(maxsize=256)
def between(source: CRS | int, target: CRS | int) -> Transformer:
    """Return the operation from one reference system to another, east (or longitude) first in both.

    PROJ asks its database for every operation between two datums: between CGCS2000 and WGS 84 for a tenth of a second
    and more, as long as all else that one picture needs. So each pair is asked once in a thread.

    Parameters
    ----------
    source, target
        Reference systems, or their EPSG codes.

    Raises
    ------
    pyproj.exceptions.ProjError
        If none leads there.

    Examples
    --------
    >>> [round(degrees, 3) for degrees in between(4547, 4490).transform(500000.0, 2560000.0)]
    [114.0, 23.14]
    >>> between(CRS.from_epsg(4547), CRS.from_epsg(4490)) is between(CRS.from_epsg(4547), CRS.from_epsg(4490))
    True
    """
    return Transformer.from_crs(source, target, always_xy=True)
