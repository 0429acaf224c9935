"""Where a file's pixels lie, or why that cannot be said."""

from __future__ import annotations

import math
from typing import Any

from pyproj import CRS
from pyproj.exceptions import ProjError

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.grid import Grid

__all__ = ["placed"]


def placed(opened: Any, name: str) -> Grid:
    """Grid of an open file.

    Raises
    ------
    InputRefusedError
        No reference system, or none of the ground; no transform, or one whose pixels have no size; a place outside
        of what the reference system allows.
    """
    if opened.crs is None:
        raise InputRefusedError(Refusal("crs_unnamed", file=name))
    t = opened.transform
    size = t.a * t.e - t.b * t.d
    if t.is_identity or size == 0 or not all(map(math.isfinite, t)):
        shown = ", ".join(f"{value:g}" for value in t.to_gdal())
        raise InputRefusedError(Refusal("raster_unplaced", file=name, value=shown))
    try:
        grid = Grid(CRS.from_user_input(opened.crs), t, opened.height, opened.width)
        side_m = grid.ground_pixel_m
    except ProjError as error:
        raise InputRefusedError(Refusal("crs_unreadable", file=name, value=_named(opened))) from error
    if not (grid.crs.is_projected or grid.crs.is_geographic):
        raise InputRefusedError(Refusal("crs_unreadable", file=name, value=_named(opened)))
    if not (math.isfinite(side_m) and side_m > 0):
        raise InputRefusedError(Refusal("geometry_out_of_range", file=name, value=f"{t.c:g}, {t.f:g}"))
    return grid


def _named(opened: Any) -> str:
    """Beginning of a reference system's own words."""
    said = str(opened.crs.to_wkt())
    return said if len(said) <= 60 else f"{said[:60]}…"  # noqa: PLR2004 - one line
