"""Read small pieces of a scene at its own pixels: what the search for planting patterns looks at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.imagery.classify import scale_of
from lvgeo.imagery.grid import Window
from lvgeo.imagery.registered import lying
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.scene_window import seen
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.classify import Scene
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import Role

__all__ = ["NOWHERE", "GroundPiece", "read_pieces"]

FINEST_M: Final = 0.06  # a crown of 0.3 m then still has 5 pixels across
NOWHERE: Final = shapely.MultiPoint()
LARGEST_M: Final = 60.0  # side of a piece; a larger plot is looked at in its middle


@dataclass(frozen=True, slots=True, eq=False)
class GroundPiece:
    """A piece of ground in one image.

    Parameters
    ----------
    rgb
        (3, y, x) uint8.
    inside
        (y, x); True on the ground asked about, where it was observed.
    pixel_m
        Ground size of a pixel.
    marks
        (n, 2) points asked for that lie on it, (row, col) in pixels from the corner of the first.
    """

    rgb: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    pixel_m: float
    marks: NDArray[np.float64]


def read_pieces(
    scene: Scene,
    grid: Grid,
    registration: Registration,
    shapes: Sequence[BaseGeometry],
    crs: CRS,
    points: BaseGeometry = NOWHERE,
) -> list[GroundPiece | None]:
    """Read polygons from a scene, in order; None where the scene has none of it.

    Parameters
    ----------
    scene
        The month's files.
    grid
        The village's grid, on which the scene was registered.
    registration
        By how far the scene's content lies off its true place.
    shapes
        Polygons in `crs`, x first.
    crs
        Their reference system, and the points'.
    points
        Places to be found again on the pieces.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    own = scene.files[0].grid
    fine = own if own.north_up and own.crs.is_projected else grid
    fine = fine.coarsened(max(1, math.ceil(FINEST_M / fine.ground_pixel_m - 1e-6)))
    to_grid = between(crs, grid.crs)
    to_fine = between(grid.crs, fine.crs)
    found: list[GroundPiece | None] = []
    roles: tuple[Role, ...] = ("red", "green", "blue")
    with SceneReader(scene.files, fine, roles, scale_of(scene.files, fine, roles)) as reader:
        for shape in shapes:
            both = shapely.GeometryCollection([shape, points.intersection(shape)])
            moved = shapely.transform(both, to_grid.transform, interleaved=False)
            moved = lying(moved, grid, registration)  # in the file, not where it should
            found.append(_read(reader, fine, *shapely.transform(moved, to_fine.transform, interleaved=False).geoms))
    return found


def _read(reader: SceneReader, grid: Grid, shape: BaseGeometry, points: BaseGeometry) -> GroundPiece | None:
    unit = grid.ground_pixel_m / abs(grid.transform.a)  # metres on the ground for one unit of the grid's
    reach = LARGEST_M / 2 / unit
    middle = shape.representative_point()
    box = shapely.box(middle.x - reach, middle.y - reach, middle.x + reach, middle.y + reach)
    part = shape.intersection(box)
    cut = grid.cut(part.bounds) if not part.is_empty else None
    offset = cut.offset_in(grid) if cut is not None else None
    if cut is None or offset is None:
        return None
    pixels = reader.read(Window(*offset, cut.height, cut.width))
    x, y = shapely.get_coordinates(points.intersection(box)).T
    col, row = ~cut.transform @ (x, y)
    marks = np.column_stack([row, col])
    return GroundPiece(pixels.values, cut.inside(part) & seen(pixels), grid.ground_pixel_m, marks)
