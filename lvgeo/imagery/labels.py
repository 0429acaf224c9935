"""What an analyst's samples say of each pixel: 1 canopy, 0 other, -1 unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.ndimage import distance_transform_edt

from lvgeo.imagery.burn import burn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid

__all__ = ["labels_from_mask", "labels_from_points", "labels_from_polygons", "labels_from_spots"]

CROWN_M: Final = 3.0  # ground this near a tree's point is taken for its crown
CLEAR_M: Final = 7.0  # ground this far from every point is taken for no crown; what lies between is left open
SPOT_M: Final = 1.5  # ground this near a point of other ground is other
GREEN_NDVI: Final = 0.05
BARE_NDVI: Final = -0.05
WITHIN: Final = 0.999  # of a polygon's area within another is all of it: reprojection moves corners by less


def labels_from_points(
    points: NDArray[np.float64], grid: Grid, ndvi: NDArray[np.float32] | None = None
) -> NDArray[np.int8]:
    """Label ground near and far from marked trees.

    Parameters
    ----------
    points
        (n, 2) x, y in the grid's CRS: every tree that can be seen, not a choice of them.
    grid
        Of the image.
    ndvi
        (y, x) where the image has near infrared: bare ground near a point is left open, bare ground anywhere is other.

    Returns
    -------
    NDArray[np.int8]
        (y, x).
    """
    distance = _distance_m(points, grid)
    labels = np.full(distance.shape, -1, np.int8)
    labels[distance > CLEAR_M] = 0
    near = distance <= CROWN_M
    if ndvi is not None:
        labels[ndvi < BARE_NDVI] = 0
        near &= ndvi > GREEN_NDVI
    labels[near] = 1
    return labels


def labels_from_spots(canopy: NDArray[np.float64], other: NDArray[np.float64], grid: Grid) -> NDArray[np.int8]:
    """Label ground near marked points of both classes, (y, x); where the points are a choice, the rest is unknown.

    Parameters
    ----------
    canopy, other
        (n, 2) x, y in the grid's CRS: middles of crowns, and spots of other ground. Ground near both is as the nearer.
    grid
        Of the image.
    """
    to_canopy, to_other = _distance_m(canopy, grid), _distance_m(other, grid)
    labels = np.full(to_canopy.shape, -1, np.int8)
    labels[(to_canopy <= CROWN_M) & (to_canopy < to_other)] = 1
    labels[(to_other <= SPOT_M) & (to_other < to_canopy)] = 0
    return labels


def _distance_m(points: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """How far each pixel (y, x) lies from the nearest point (n, 2) on the grid; infinite where there is none."""
    away = np.ones((grid.height, grid.width), dtype=bool)
    for x, y in points:
        col, row = ~grid.transform @ (float(x), float(y))
        if 0 <= row < grid.height and 0 <= col < grid.width:
            away[int(row), int(col)] = False
    if away.all():
        return np.full(away.shape, np.inf)
    found: NDArray[np.float64] = distance_transform_edt(away) * grid.ground_pixel_m
    return found


def labels_from_polygons(shapes: Sequence[tuple[BaseGeometry, int]], grid: Grid) -> tuple[NDArray[np.int8], float]:
    """Label what polygons cover; the rest is unknown, and so is ground on which two classes contradict each other.

    A polygon that lies wholly within a larger one of the other class is drawn upon it, as crowns are upon a square of
    other ground, and goes before it. Where two lie over each other in another way, neither is believed.

    Parameters
    ----------
    shapes
        Polygons in the grid's CRS with 1 canopy or 0 other, in any order.
    grid
        Of the image.

    Returns
    -------
    tuple[NDArray[np.int8], float]
        (y, x), and the share of the marked ground that is contradicted, 0 to 1.
    """
    drawn = np.array([shapely.make_valid(shape) for shape, _ in shapes], dtype=object)
    classes = np.array([of for _, of in shapes], dtype=np.int64)
    largest_first = np.argsort(-shapely.area(drawn), kind="stable")
    labels = _burnt([(drawn[k], int(classes[k])) for k in largest_first], grid)
    marked_px = int((labels >= 0).sum())
    contradicted = _burnt([(shape, 1) for shape in _contradictions(drawn, classes)], grid) == 1
    labels[contradicted] = -1
    return labels, float(contradicted.sum() / max(1, marked_px))


def _burnt(shapes: Sequence[tuple[BaseGeometry, int]], grid: Grid) -> NDArray[np.int8]:
    """Burn the later over the earlier; -1 elsewhere."""
    empty = np.full((grid.height, grid.width), 255, np.uint8)
    # 255 stands for unknown: not every GDAL burns negative bytes.
    burned = burn(shapes, out=empty, transform=grid.transform) if shapes else empty
    return np.where(burned == 255, -1, burned).astype(np.int8)  # noqa: PLR2004


def _contradictions(drawn: NDArray[np.object_], classes: NDArray[np.int64]) -> list[BaseGeometry]:
    """Ground that two polygons of unlike class share, neither being drawn upon the other."""
    canopy, other = drawn[classes == 1], drawn[classes == 0]
    of_canopy, of_other = shapely.STRtree(other).query(canopy, predicate="intersects")
    ours, theirs = canopy[of_canopy], other[of_other]
    shared = shapely.intersection(ours, theirs)
    small, large = np.sort([shapely.area(ours), shapely.area(theirs)], axis=0)
    upon = (shapely.area(shared) >= WITHIN * small) & (small < WITHIN * large)
    # Neighbours share a line, which is no ground.
    return [part for part in shapely.get_parts(shared[~upon]) if part.area > 0]


def labels_from_mask(mask: NDArray[np.int8], factor: int) -> NDArray[np.int8]:
    """Label every pixel from a mask raster, by majority of what is known of a square of its pixels.

    Parameters
    ----------
    mask
        (y, x) of the file's own pixels: 1 canopy, 0 other, -1 unknown.
    factor
        Side of a square.
    """
    canopy, known = _sums(mask == 1, factor), _sums(mask >= 0, factor)
    labels = (2 * canopy >= known).astype(np.int8)
    labels[2 * known < factor**2] = -1  # beyond the image's edge nothing is known either
    return labels


def _sums(pixels: NDArray[np.bool_], factor: int) -> NDArray[np.int64]:
    """Count pixels in squares, those at the end cut short."""
    rows, cols = np.arange(0, pixels.shape[0], factor), np.arange(0, pixels.shape[1], factor)
    found: NDArray[np.int64] = np.add.reduceat(np.add.reduceat(pixels.astype(np.int64), rows, axis=0), cols, axis=1)
    return found
