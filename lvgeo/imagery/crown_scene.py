"""Read the ground on which crowns are to be counted, at the pixel size at which they are looked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from affine import Affine
from pyproj import CRS

from lvgeo.imagery.classify import scale_of
from lvgeo.imagery.crowns import crown_factor
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.registered import lying
from lvgeo.imagery.scene_reader import Pixels, SceneReader
from lvgeo.imagery.scene_window import seen
from lvgeo.projection import between

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.classify import Scene
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import Role

__all__ = ["CrownGround", "CrownImage", "own_pixel_m", "read_crown_image"]

AROUND_M: Final = 30.0  # ground around that the image's own light is taken from
STRIP_PX: Final = 2**23  # of the file, read at a time
MOST_PX: Final = 2**26  # of the picture that is looked at; a larger ground is not counted


@dataclass(frozen=True, slots=True)
class CrownGround:
    """Ground of one village whose crowns are counted.

    Parameters
    ----------
    village_code
        Whose.
    scene, grid, registration
        The month's files, the village's grid, and how far the content lies off on it.
    shape, crs
        The ground, and WKT of its reference system.
    crown_m
        Diameter of the crowns expected.
    """

    village_code: str
    scene: Scene
    grid: Grid
    registration: Registration
    shape: BaseGeometry
    crs: str
    crown_m: float


@dataclass(frozen=True, slots=True, eq=False)
class CrownImage:
    """A picture of it.

    Parameters
    ----------
    rgb
        (3, y, x) uint8, the ground and what lies around it.
    valid
        (y, x); True where observed.
    inside
        (y, x); True on the ground itself, observed or not.
    pixel_m
        Ground size of a pixel.
    """

    rgb: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    pixel_m: float

    @property
    def observed_share(self) -> float:
        """Share of the ground that was observed; 0 where there is none."""
        return float(self.valid[self.inside].mean()) if self.inside.any() else 0.0


def own_pixel_m(ground: CrownGround) -> float:
    """Ground size of the coarsest file's pixels."""
    return max(file.grid.ground_pixel_m for file in ground.scene.files)


def read_crown_image(ground: CrownGround) -> CrownImage | None:
    """Read a village's ground; None where it is too large to be looked at in one piece.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    own = ground.scene.files[0].grid
    fine = own if own.north_up and own.crs.is_projected else ground.grid
    fine = fine.coarsened(crown_factor(ground.crown_m, fine.ground_pixel_m))
    shape = _lying(ground, fine)
    view = _around(shape.bounds, fine)
    if view.height * view.width > MOST_PX:
        return None
    roles: tuple[Role, ...] = ("red", "green", "blue")
    with SceneReader(ground.scene.files, view, roles, scale_of(ground.scene.files, view, roles)) as reader:
        pixels = _in_strips(reader)
    return CrownImage(pixels.values, seen(pixels), view.inside(shape), view.ground_pixel_m)


def _around(bounds: tuple[float, float, float, float], fine: Grid) -> Grid:
    """Whole pixels over bounds and some ground around, though no file may reach there."""
    reach = AROUND_M / (fine.ground_pixel_m / abs(fine.transform.a))
    west, south, east, north = bounds
    left, top = ~fine.transform @ (west - reach, north + reach)
    right, bottom = ~fine.transform @ (east + reach, south - reach)
    moved = fine.transform @ Affine.translation(math.floor(left), math.floor(top))
    size = math.ceil(bottom) - math.floor(top), math.ceil(right) - math.floor(left)
    return Grid(fine.crs, moved, *size)


def _lying(ground: CrownGround, fine: Grid) -> BaseGeometry:
    """Where the ground lies in the file, in the picture's reference system."""
    to_grid = between(CRS.from_wkt(ground.crs), ground.grid.crs)
    to_fine = between(ground.grid.crs, fine.crs)
    moved = shapely.transform(ground.shape, to_grid.transform, interleaved=False)
    moved = lying(moved, ground.grid, ground.registration)
    return shapely.transform(moved, to_fine.transform, interleaved=False)


def _in_strips(reader: SceneReader) -> Pixels:
    """Read it all, a few rows at a time: a strip holds the file's own pixels, many for each of the picture's."""
    grid = reader.grid
    factor = math.ceil(grid.ground_pixel_m / min(file.grid.ground_pixel_m for file in reader.files) - 1e-6)
    parts = [reader.read(window) for window in grid.strips(max(8, STRIP_PX // (factor**2 * grid.width)))]
    values, valid = np.concatenate([p.values for p in parts], axis=1), np.concatenate([p.valid for p in parts])
    return Pixels(values, valid, parts[0].marked)
