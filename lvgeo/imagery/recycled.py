"""Is this month's image an earlier one? A camera's noise is never the same twice.

Two flights over the same ground agree in what stands there, but not in the finest grain: on 23 real places in three
summers the grain of two flights correlates by 0.1 to 0.7. The same picture, brightened or packed again, keeps it at
0.8 and more. One that was resampled by parts of a pixel loses it, and is not recognised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter

from lvgeo.imagery.grid import Window
from lvgeo.imagery.sample import brightness
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.scene_window import seen
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.classify import Scene
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene_reader import Pixels

__all__ = ["RECYCLED_SHARE", "same_grain_share"]

SAME_GRAIN: Final = 0.8
RECYCLED_SHARE: Final = 0.2  # of the patches compared, from which on an image is an earlier one in part
PATCH_PX: Final = 48
REACH_PX: Final = 16  # a picture may have been placed anew
PLACES: Final = 5  # patches a side
MIN_GRAIN_DN: Final = 0.5
MIN_PATCHES: Final = 4
SURE_PATCHES: Final = 5  # alike; or at least three that are half of all
LEAST_ALIKE: Final = 3
SURE_SHARE: Final = 0.5


def same_grain_share(scene: Scene, earlier: Scene) -> float:
    """Share of patches whose finest grain two scenes share, 0 to 1; 0 where too few can be compared.

    Parameters
    ----------
    scene, earlier
        Files of both; an earlier one in another projection has another grain anyhow.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    from skimage.feature import match_template

    grid = scene.files[0].grid
    roles = scene.files[0].roles_seen()
    if not set(roles) <= set(earlier.files[0].roles_seen()) or not _overlap(grid, earlier.files[0].grid):
        return 0.0
    found = []
    with SceneReader(scene.files, grid, roles) as new, SceneReader(earlier.files, grid, roles) as old:
        for row in np.linspace(REACH_PX, grid.height - PATCH_PX - REACH_PX, PLACES).astype(int):
            for col in np.linspace(REACH_PX, grid.width - PATCH_PX - REACH_PX, PLACES).astype(int):
                here = new.read(Window(int(row), int(col), PATCH_PX, PATCH_PX))
                if not seen(here).all():
                    continue
                side = PATCH_PX + 2 * REACH_PX
                there = old.read(Window(int(row) - REACH_PX, int(col) - REACH_PX, side, side))
                grain = _grain(here)
                if there.valid.all() and grain.std() >= MIN_GRAIN_DN:
                    found.append(float(match_template(_grain(there), grain).max()))  # type: ignore[no-untyped-call]
    return _told([one >= SAME_GRAIN for one in found]) if len(found) >= MIN_PATCHES else 0.0


def _told(same: Sequence[bool]) -> float:
    """Share of patches that are the same, 0 where they are so few that roofs and roads alone may be it.

    Of 25 patches of two real flights up to 4 look the same. Where an overexposed image leaves 12 to compare, 3 of them
    are a quarter.

    Examples
    --------
    >>> _told([True] * 3 + [False] * 9), _told([True] * 5 + [False] * 20), _told([True] * 4), _told([True, False] * 2)
    (0.0, 0.2, 1.0, 0.0)
    """
    share = sum(same) / len(same)
    sure = sum(same) >= SURE_PATCHES or (sum(same) >= LEAST_ALIKE and share >= SURE_SHARE)
    return share if sure else 0.0


def _grain(pixels: Pixels) -> NDArray[np.float32]:
    """Keep what is finer than about two pixels."""
    light = brightness(pixels.values)
    fine: NDArray[np.float32] = light - gaussian_filter(light, 1.0)
    return fine


def _overlap(one: Grid, other: Grid) -> bool:
    if min(one.height, one.width) < PATCH_PX + 2 * REACH_PX:
        return False
    bounds = between(other.crs, one.crs).transform_bounds(*other.bounds)
    west, south, east, north = one.bounds
    return bounds[0] < east and bounds[2] > west and bounds[1] < north and bounds[3] > south
