"""Which villages each plot lies in, and with how much of it: shares that sum to the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.repair import areas_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.land.plots import Villages

__all__ = ["Location", "disjoint_borders", "locate"]


@dataclass(frozen=True, slots=True, eq=False)
class Location:
    """Ground that plots share with villages.

    Parameters
    ----------
    plot, village
        (k,) rows of a pair that shares ground, sorted by plot.
    area_m2
        (k,) shared ground.
    whole
        (k,) whether the plot lies in the village to the last vertex.
    held
        (n,) row of the village that holds most of each plot, -1 where none does.
    """

    plot: NDArray[np.int64]
    village: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    whole: NDArray[np.bool_]
    held: NDArray[np.int64]

    def inside_m2(self, home: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) ground that each plot has in the village of that row; 0 where the row is -1."""
        mine = self.village == home[self.plot]
        return np.bincount(self.plot[mine], self.area_m2[mine], len(home)).astype(np.float64)

    def anywhere_m2(self) -> NDArray[np.float64]:
        """(n,) ground that each plot has in any village."""
        return np.bincount(self.plot, self.area_m2, len(self.held)).astype(np.float64)


def locate(shapes: NDArray[np.object_], areas_m2: NDArray[np.float64], borders: NDArray[np.object_]) -> Location:
    """Find the villages of plots.

    Parameters
    ----------
    shapes
        (n,) valid, in the villages' reference system.
    areas_m2
        (n,) their areas.
    borders
        (m,) of villages, in order of code.
    """
    shapely.prepare(borders)
    tree = shapely.STRtree(shapes)
    # Most plots lie whole in one village: told by the prepared border, without cutting anything.
    village_in, plot_in = tree.query(borders, predicate="covers")
    covered = np.zeros(len(shapes), dtype=bool)
    covered[plot_in] = True
    rest = np.flatnonzero(~covered)
    plot_out, village_out = shapely.STRtree(borders).query(shapes[rest], predicate="intersects")
    shared = shapely.intersection(shapes[rest][plot_out], borders[village_out])
    plot = np.concatenate([plot_in, rest[plot_out]])
    village = np.concatenate([village_in, village_out])
    area = np.concatenate([areas_m2[plot_in], geodesic_area_m2(shared)])
    whole = np.arange(len(plot)) < len(plot_in)
    order = np.lexsort((village, -area, plot))
    order = order[area[order] > 0]
    plot, village, area, whole = plot[order], village[order], area[order], whole[order]
    held = np.full(len(shapes), -1, dtype=np.int64)
    first = np.ones(len(plot), dtype=bool)
    first[1:] = plot[1:] != plot[:-1]
    held[plot[first]] = village[first]
    return Location(plot, village, area, whole, held)


def disjoint_borders(villages: Villages) -> NDArray[np.object_]:
    """(m,) boundaries without the ground that an earlier code already holds."""
    shapes = np.array(villages.frame.geometry, dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    found = shapes.copy()
    for later, earlier in zip(left, right, strict=True):
        if earlier < later:
            found[later] = areas_only(shapely.difference(found[later], shapes[earlier]))
    return found
