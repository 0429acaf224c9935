"""Masks that an analyst drew on an image's own pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import ColorInterp
from scipy.ndimage import label

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.scene import refuse_bomb, translated
from lvgeo.imagery.unplaced import unplaced
from lvgeo.projection import between

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid

__all__ = ["read_mask"]

FAR_PX: Final = 2.0  # from its image: programs round corners, and take CGCS2000 for WGS 84
UNCLEAR_COUNTS: Final = range(3, 21)  # of numbers: more than canopy and other, and few for single crowns


def read_mask(path: Path, grid: Grid) -> NDArray[np.int8]:
    """Read a mask drawn on an image's own pixels, (y, x): 1 canopy, 0 other (0 in every band), -1 unknown (nodata).

    Parameters
    ----------
    path
        A GeoTIFF or PNG; drawing programs lose its own place, so it may have none.
    grid
        Of the image.

    Raises
    ------
    InputRefusedError
        If it cannot be read, has another size than the image or lies elsewhere, or if its numbers do not say which of
        them is canopy.
    """
    driver = "PNG" if path.suffix.lower() == ".png" else "GTiff"
    with translated(str(path)), unplaced():
        opened = rasterio.open(str(path), driver=driver, sharing=False)
    with translated(str(path)), opened, unplaced():
        if (opened.height, opened.width) != (grid.height, grid.width):
            size, limit = (f"{one.width} × {one.height} px" for one in (opened, grid))
            raise InputRefusedError(Refusal("mask_size", file=str(path), value=size, limit=limit))
        refuse_bomb(opened, path)
        far_m = _far_m(opened, grid)
        if far_m > FAR_PX * grid.ground_pixel_m:
            raise InputRefusedError(Refusal("mask_elsewhere", file=str(path), value=f"{far_m:.1f}"))
        colours = [k for k, of in enumerate(opened.colorinterp, 1) if of != ColorInterp.alpha] or [1]
        values = opened.read(colours)
        unknown = _unknown(values, opened.nodata)
    if len(values) == 1:
        _refuse_numbers(np.where(unknown, 0, values[0]), np.unique(values[0][~unknown]), path)
    return np.where(unknown, -1, (values > 0).any(axis=0)).astype(np.int8)


def _unknown(values: NDArray[Any], nodata: float | None) -> NDArray[np.bool_]:
    """Where (y, x) all bands are nodata: 0 is other ground, whatever it is declared to be."""
    unknown = np.zeros(values.shape, dtype=bool)
    if values.dtype.kind == "f":
        unknown |= np.isnan(values)
    if nodata:  # neither None nor 0
        unknown |= values == nodata
    return np.asarray(unknown.all(axis=0), dtype=np.bool_)


def _single_crowns(values: NDArray[Any], found: NDArray[Any]) -> bool:
    """Whether each number but 0 is one piece, as crowns that were counted through are."""
    return 0 in found and all(label(values == one)[1] == 1 for one in found if one)


def _refuse_numbers(values: NDArray[Any], found: NDArray[Any], path: Path) -> None:
    """Refuse classes of land among which canopy is one: all that is not 0 would be canopy."""
    two_without_other = len(found) == 2 and 0 not in found  # noqa: PLR2004 - such as 1 other, 2 canopy
    if two_without_other or (len(found) in UNCLEAR_COUNTS and not _single_crowns(values, found)):
        told = ", ".join(f"{one:g}" for one in found[:8]) + (" …" if len(found) > 8 else "")  # noqa: PLR2004
        raise InputRefusedError(Refusal("mask_numbers", file=str(path), value=told))


def _far_m(opened: Any, grid: Grid) -> float:
    """How far the mask's corners lie from the image's, m; 0 where it does not say where it lies."""
    if opened.crs is None or opened.transform.is_identity:
        return 0.0
    try:
        to_image = between(CRS.from_user_input(opened.crs), grid.crs)
    except CRSError:
        return 0.0
    corners = [(0, 0), (grid.width, 0), (grid.width, grid.height), (0, grid.height)]
    own = np.array([to_image.transform(*(opened.transform @ at)) for at in corners])
    off_px = np.array([~grid.transform @ (x, y) for x, y in own]) - corners
    return float(np.hypot(*off_px.T).max() * grid.ground_pixel_m)
