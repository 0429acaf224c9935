"""A month's scene as stored, and what a map shows of it in small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.store import open_canopy, preview_path, read_preview
from lvgeo.outputs.map_values import MapClasses, MapImage
from lvgeo.outputs.pictures import MAX_SIDE_PX, without_collar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lvgeo.errors import Refusal
    from lvgeo.outputs.map_values import MapTiles

__all__ = ["Shot", "read_shots", "shot"]


@dataclass(frozen=True, slots=True)
class Shot:
    """One month's scene of a village, as stored.

    Parameters
    ----------
    month
        ``YYYY-MM``.
    preview, raster
        The scene in small, and its class raster.
    tiles
        The scene in full beside the page, if it was cut.
    """

    month: str
    preview: Path
    raster: Path
    tiles: MapTiles | None = None


def shot(month: str, raster: Path) -> Shot:
    """Return a month's scene by its class raster: the picture lies beside it."""
    return Shot(month, preview_path(raster), raster)


def read_shots(shots: Sequence[Shot], refused: list[Refusal]) -> list[tuple[MapImage | None, MapClasses | None]]:
    """Pictures and class rasters in small, of every month of which they are still there.

    Parameters
    ----------
    shots
        As stored.
    refused
        Where a month is named whose picture or raster is damaged; it is left out.
    """
    found = []
    for one in shots:
        try:
            found.append((_image(one), _classes(one)))
        except InputRefusedError as error:
            refused += error.refusals
    return found


def _image(one: Shot) -> MapImage | None:
    if not one.preview.is_file():
        return None
    small = read_preview(one.preview)
    grid = small.grid
    return MapImage(one.month, small.rgb, without_collar(small.rgb, small.seen), grid.transform, grid.crs, one.tiles)


def _classes(one: Shot) -> MapClasses | None:
    if not one.raster.is_file():
        return None
    classes, grid = open_canopy(one.raster).thumbnail(MAX_SIDE_PX)
    return MapClasses(one.month, classes, grid.transform, grid.crs)
