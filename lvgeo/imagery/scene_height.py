"""Canopy stands above the ground: where a surface model (DSM) is given, what lies flat is not canopy.

Local ground is the surface with everything taken off that is narrower than 40 m (a morphological opening): it
follows slopes, needs no terrain model, and is right wherever bare ground lies within reach. In closed forest wider
than that the canopy itself would be taken for ground; where no ground within 40 m lies clearly lower, the gate
therefore removes only what is smooth as well as flat.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from scipy.ndimage import grey_opening, uniform_filter

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.footprint import OUTLINE_PX, outline
from lvgeo.imagery.grid import Window
from lvgeo.imagery.kernel import CANOPY, OTHER
from lvgeo.imagery.registered import bent_from
from lvgeo.imagery.registration import displacements
from lvgeo.imagery.scene import Bands, SceneFile, digest_mask, open_tif, refuse_bomb, translated
from lvgeo.imagery.scene_place import placed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.pyramid import Pyramid
    from lvgeo.imagery.registration import Registration

__all__ = ["Standing", "Surface", "inspect_height", "keep_standing", "surface"]

STANDS_M: Final = 0.5
GROUND_M: Final = 40.0
ROUGH_M: Final = 0.15  # deviation of height over 3 m: lawns and roads lie under it, crowns over it
ROUGH_OVER_M: Final = 3.0
STRIP_ROWS: Final = 512
DTYPES: Final = ("int16", "uint16", "int32", "float32", "float64")
COARSEST_M: Final = 2.0  # pixels: wider ones are wider than the crowns, and show none of them
LOWEST_M, HIGHEST_M = -1000.0, 1e6  # no land lies lower; centimetres must remain, to be told as such
LEAST_KNOWN: Final = 0.2  # of what the images show
SKY_HIGH_M: Final = 300.0  # over ground within 40 m: no tower of a street, but trees and roofs in centimetres
MOST_SKY_HIGH: Final = 0.002  # of the known heights
LEAST_STANDING: Final = 0.001  # any village has roofs, trees, hedges; a terrain model of a plain has none


def inspect_height(path: Path) -> SceneFile:
    """Read a surface model's head.

    Raises
    ------
    InputRefusedError
        If it cannot be opened, is too large for its own bytes, has no place on the ground, or more than one band.
    """
    name = str(path)
    with translated(name):
        opened = open_tif(name)
    with translated(name), opened:
        refuse_bomb(opened, path)
        grid = placed(opened, name)
        _refuse_head(opened, grid, name)
        return SceneFile(
            path=name,
            grid=grid,
            bands=Bands(),
            dtype=str(opened.dtypes[0]),
            acquired=None,
            masked=True,
            block_rows=int(opened.block_shapes[0][0]),
            block_cols=int(opened.block_shapes[0][1]),
            nodata=str(opened.nodata),
            mask_digest=digest_mask(path),
        )


def _refuse_head(opened: Any, grid: Grid, name: str) -> None:
    """Refuse what can hold no heights of crowns: several bands, 256 whole numbers (a shaded picture), wide pixels."""
    dtype, found_m = str(opened.dtypes[0]), grid.ground_pixel_m
    if opened.count != 1 or dtype not in DTYPES:
        found = f"{opened.count} × {dtype}"
        raise InputRefusedError(Refusal("heights_pixels", file=name, value=found, limit=", ".join(DTYPES)))
    if found_m > COARSEST_M:
        raise InputRefusedError(Refusal("heights_coarse", file=name, value=f"{found_m:.2f}", limit=f"{COARSEST_M:g}"))


class Surface(NamedTuple):
    """What a surface model says of each pixel, (y, x).

    Parameters
    ----------
    above_m
        By how much it stands over local ground, nan where unknown.
    stands
        Whether that is more than 0.5 m, or it is rough as crowns are; unknown heights stand.
    """

    above_m: NDArray[np.float32]
    stands: NDArray[np.bool_]


def surface(height_m: NDArray[np.float32], pixel_m: float) -> Surface:
    """Tell what stands on local ground.

    Parameters
    ----------
    height_m
        (y, x) metres, nan where unknown.
    pixel_m
        Pixel size on the ground.
    """
    known = np.isfinite(height_m)
    if not known.any():
        return Surface(np.full(height_m.shape, np.nan, np.float32), np.ones(height_m.shape, dtype=bool))
    # Unknown ground is put high: it must not be taken for the lowest.
    filled = np.where(known, height_m, np.nanmax(height_m)).astype(np.float32)
    side, over = (max(3, round(length_m / pixel_m) | 1) for length_m in (GROUND_M, ROUGH_OVER_M))
    above = filled - grey_opening(filled, size=(side, side), mode="nearest")
    mean = uniform_filter(filled, over, mode="nearest")
    rough = uniform_filter(np.abs(filled - mean), over, mode="nearest")
    return Surface(np.where(known, above, np.float32(np.nan)), (above > STANDS_M) | (rough > ROUGH_M) | ~known)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a surface model says of a village.

    Parameters
    ----------
    ground
        Of known height, in the grid's CRS, to a 256th of its side.
    turned_px
        Canopy that lies flat, and was turned into other ground.
    """

    ground: BaseGeometry
    turned_px: int


def keep_standing(
    tiles: Pyramid, grid: Grid, files: Sequence[SceneFile], registration: Registration, village_code: str
) -> Standing:
    """Turn canopy that lies flat into other ground, in an open class raster.

    Parameters
    ----------
    tiles
        Every row was added.
    grid
        Of the class raster.
    files
        Surface models; the first that knows a pixel gives its height.
    registration
        By how far their content lies off, as that of the images of the same flight does.
    village_code
        Whose.

    Raises
    ------
    InputRefusedError
        If a block cannot be decoded, or the heights cannot be those of a surface in metres.
    """
    halo = math.ceil(GROUND_M / grid.ground_pixel_m)
    seen_px = known_px = standing_px = sky_high_px = turned_px = 0
    step = max(1, -(-max(grid.height, grid.width) // OUTLINE_PX))
    cells = np.zeros((-(-grid.height // step), -(-grid.width // step)), dtype=bool)
    for window in grid.strips(STRIP_ROWS):
        around = Window(window.row - halo, 0, window.height + 2 * halo, window.width)
        height = _registered(files, grid, around, registration)
        inside = slice(halo, halo + window.height)
        told = surface(height, grid.ground_pixel_m)
        above, standing, known = told.above_m[inside], told.stands[inside], np.isfinite(height[inside])
        first = -window.row % step
        cells[(window.row + first) // step :][: -(-(window.height - first) // step)] = known[first::step, ::step]
        classes = tiles.read(window)
        seen_px += int((classes > 0).sum())
        known_px += int((known & (classes > 0)).sum())
        standing_px += int((standing & known & (classes > 0)).sum())
        sky_high_px += int(((above > SKY_HIGH_M) & (classes > 0)).sum())
        gone = ~standing & (classes == CANOPY)
        if gone.any():
            tiles.write(window, np.where(gone, OTHER, classes).astype(np.uint8))
            turned_px += int(gone.sum())
    # By a model that is blank, in other units, or flat all canopy would be taken away, or none.
    for wrong, said in (
        (known_px < LEAST_KNOWN * seen_px, "heights_blank"),
        (sky_high_px > MOST_SKY_HIGH * known_px, "heights_unit"),
        (turned_px and standing_px < LEAST_STANDING * known_px, "heights_flat"),
    ):
        if wrong:
            share = f"{sky_high_px / max(known_px, 1):.1%}"
            raise InputRefusedError(Refusal(said, file=files[0].path, feature=village_code, value=share))
    return Standing(outline(cells, grid.coarsened(step)), turned_px)


def _registered(
    files: Sequence[SceneFile], grid: Grid, window: Window, registration: Registration
) -> NDArray[np.float32]:
    """Metres (y, x) of the ground of a window, read where its content lies."""
    if not registration.bend:
        return _heights(files, grid, window.moved(*map(round, registration.shift)))
    around, rows, cols = bent_from(window, displacements(registration, window, (grid.height, grid.width)))
    found: NDArray[np.float32] = _heights(files, grid, around)[rows, cols]
    return found


def _heights(files: Sequence[SceneFile], grid: Grid, window: Window) -> NDArray[np.float32]:
    """Metres (y, x) on a window of the grid, nan where unknown."""
    found = np.full((window.height, window.width), np.nan, np.float32)
    transform = grid.transform @ type(grid.transform).translation(window.col, window.row)
    for file in files:
        with translated(file.path), open_tif(file.path) as opened:
            options = {"crs": grid.crs.to_wkt(), "transform": transform, "resampling": Resampling.bilinear}
            options["src_transform"] = file.grid.transform  # as in `SceneReader`
            with WarpedVRT(
                opened, height=window.height, width=window.width, add_alpha=opened.nodata is None, **options
            ) as warped:
                values = warped.read(1).astype(np.float32)
                # GDAL takes no alpha of floats for a mask: where it was added, it is read itself.
                mask = warped.read(2) if warped.count > 1 else warped.dataset_mask()
                on_earth = (values > LOWEST_M) & (values < HIGHEST_M)  # -9999 and the like where no nodata is declared
                known = (mask > 0) & on_earth & np.isnan(found)
        found[known] = values[known]
    return found
