"""A village's two class rasters on a coarse lattice, on which thousands of windows are measured at once.

Cells are about a 24th of a plot's side, so that windows fit plots closely while the lattice stays small whatever the
raster's size; sums over windows come from integral images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.ndimage import distance_transform_edt

from lvgeo.imagery.burn import burn
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.store import CanopyRaster, Preview

__all__ = ["Lattice", "Windows", "lay_lattice"]

CELLS_A_SIDE: Final = 24
MAX_CELLS: Final = 4_000_000
NO_TREES: Final = shapely.MultiPoint()


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Square windows of one size, wherever they fit.

    Parameters
    ----------
    row, col
        (n,) first cell of each.
    change_pp
        (n,) net canopy change on ground observed at both dates.
    covariates
        (n, 3): baseline canopy share, brightness and texture, each 0 to 1.
    side
        Cells a side.
    """

    row: NDArray[np.int64]
    col: NDArray[np.int64]
    change_pp: NDArray[np.float64]
    covariates: NDArray[np.float64]
    side: int

    def picked(self, which: NDArray[np.int64]) -> Windows:
        """Return some of them."""
        return Windows(self.row[which], self.col[which], self.change_pp[which], self.covariates[which], self.side)


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """One village on cells.

    Parameters
    ----------
    village_code
        Whose.
    cell_m
        Side of a cell on the ground.
    observed, before, after
        (y, x) share of each cell observed at both dates, and canopy on that part at each date.
    brightness, square
        (y, x) mean of the baseline's light and of its square, 0 to 1.
    free
        (y, x); True inside the village, outside all plots and their buffer.
    plots
        (y, x); True on plots.
    transform
        (col, row) of a cell's corner → (x, y) in the grid's CRS.
    """

    village_code: str
    cell_m: float
    observed: NDArray[np.float64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    brightness: NDArray[np.float64]
    square: NDArray[np.float64]
    free: NDArray[np.bool_]
    plots: NDArray[np.bool_]
    transform: Affine

    def places(self, windows: Windows, chosen: Sequence[int]) -> list[BaseGeometry]:
        """Squares of the chosen windows, in the grid's CRS."""
        found: list[BaseGeometry] = []
        for k in chosen:
            row, col = int(windows.row[k]), int(windows.col[k])
            corners = [(col, row), (col + windows.side, row), (col + windows.side, row + windows.side)]
            found.append(shapely.Polygon([self.transform @ at for at in (*corners, (col, row + windows.side))]))
        return found

    def windows(self, side_m: float, min_observed: float) -> Windows:
        """Every window of that side that lies on free ground and was observed.

        Parameters
        ----------
        side_m
            Side on the ground.
        min_observed
            Least share of a window observed at both dates.
        """
        side = max(2, round(side_m / self.cell_m))
        if side > min(self.free.shape):
            empty = np.zeros(0)
            return Windows(empty.astype(int), empty.astype(int), empty, np.zeros((0, 3)), side)
        observed = _window_means(self.observed, side)
        fits = (_window_means(self.free.astype(float), side) > 1 - 1e-9) & (observed >= min_observed)
        row, col = np.nonzero(fits)
        seen = observed[fits]
        before = _window_means(self.before, side)[fits] / seen
        after = _window_means(self.after, side)[fits] / seen
        light = _window_means(self.brightness, side)[fits]
        texture = np.sqrt(np.maximum(_window_means(self.square, side)[fits] - light**2, 0.0))
        covariates = np.stack([before, light, texture], axis=1)
        return Windows(row, col, 100.0 * (after - before), covariates, side)

    def plot_covariates(self) -> NDArray[np.float64]:
        """Baseline canopy share, brightness and texture of the real plots, (3,)."""
        here = self.plots & (self.observed > 0)
        if not here.any():
            return np.full(3, np.nan)
        light = float(self.brightness[here].mean())
        texture = float(np.sqrt(max(float(self.square[here].mean()) - light**2, 0.0)))
        return np.array([float(self.before[here].sum() / self.observed[here].sum()), light, texture])


def lay_lattice(
    village_code: str,
    rasters: tuple[CanopyRaster, CanopyRaster],
    preview: Preview,
    ground: tuple[BaseGeometry, Sequence[BaseGeometry], CRS],
    sizes_m: tuple[float, float],
    trees: BaseGeometry = NO_TREES,
) -> Lattice:
    """Lay a lattice over a village's class rasters.

    Parameters
    ----------
    village_code
        Whose.
    rasters
        Before and after, on one grid.
    preview
        The baseline scene in small.
    ground
        The village, everybody's plots that may lie near, and their reference system.
    sizes_m
        Side of a typical plot, and the buffer around plots and trees.
    trees
        Where registered trees stand, in the same reference system: new ones beside the plots are no unplanted ground.
    """
    grid = rasters[0].grid
    side_m, buffer_m = sizes_m
    n = _cell_px(grid, side_m)
    observed, before, after = _cell_shares(rasters, n)
    transform = grid.transform @ type(grid.transform).scale(n, n)
    inside, plots = _drawn(ground, grid, transform, observed.shape)
    planted = plots | _drawn((ground[0], [trees], ground[2]), grid, transform, observed.shape)[1]
    cell_m = grid.ground_pixel_m * n
    away = distance_transform_edt(~planted) * cell_m > buffer_m + cell_m / 2 if planted.any() else ~planted
    light, square = _light(preview, transform, observed.shape)
    return Lattice(village_code, cell_m, observed, before, after, light, square, inside & away, plots, transform)


def _cell_px(grid: Grid, side_m: float) -> int:
    fine = max(1, int(side_m / grid.ground_pixel_m / CELLS_A_SIDE))
    coarse = int(np.ceil(np.sqrt(grid.height * grid.width / MAX_CELLS)))
    return max(fine, coarse)


def _cell_shares(
    rasters: tuple[CanopyRaster, CanopyRaster], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Observed and canopy shares a cell; whole cells only, the last rows and columns are left out."""
    grid = rasters[0].grid
    rows, cols = grid.height // n, grid.width // n
    found = [np.zeros((rows, cols)) for _ in range(3)]
    step = n * max(1, 512 // n)
    for window, first in rasters[0].strips(step):
        second = rasters[1].read(window)
        high = window.height // n
        both = (first > 0) & (second > 0)
        for store, mask in zip(found, (both, both & (first == 2), both & (second == 2)), strict=True):  # noqa: PLR2004
            cells = mask[: high * n, : cols * n].reshape(high, n, cols, n).mean(axis=(1, 3))
            store[window.row // n : window.row // n + high] = cells
    return found[0], found[1], found[2]


def _drawn(
    ground: tuple[BaseGeometry, Sequence[BaseGeometry], CRS], grid: Grid, transform: Affine, shape: tuple[int, ...]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells inside the village (by their middle), and cells that any plot touches."""
    village, plots, crs = ground
    to_grid = between(crs, grid.crs)
    moved = [shapely.transform(g, to_grid.transform, interleaved=False) for g in (village, *plots) if not g.is_empty]
    inside = burn([(moved[0], 1)], out_shape=shape, transform=transform, dtype=np.uint8) > 0
    near = [g for g in moved[1:] if g.intersects(shapely.box(*grid.bounds))]
    if not near:
        return inside, np.zeros(shape, dtype=bool)
    touched = burn([(g, 1) for g in near], out_shape=shape, transform=transform, all_touched=True, dtype=np.uint8)
    return inside, touched > 0


def _light(
    preview: Preview, transform: Affine, shape: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Brightness of the preview under each cell's middle, and its square's local mean."""
    cols, rows = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    x, y = transform @ (cols, rows)
    small_col, small_row = ~preview.grid.transform @ (x, y)
    at = (
        np.clip(small_row.astype(int), 0, preview.rgb.shape[0] - 1),
        np.clip(small_col.astype(int), 0, preview.rgb.shape[1] - 1),
    )
    light = preview.rgb.mean(axis=-1)[at] / 255.0
    return light, light**2


def _window_means(values: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Means over every side × side window, indexed by its first cell."""
    summed = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    summed[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    total = summed[side:, side:] - summed[:-side, side:] - summed[side:, :-side] + summed[:-side, :-side]
    means: NDArray[np.float64] = total / side**2
    return means
