"""Which parts of a scene are looked at for registration and radiometry, before the one streamed pass.

Whole storage blocks spread over the scene, never a decimated read: without overviews that decodes everything.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import binary_dilation

from lvgeo.imagery.grid import Window
from lvgeo.imagery.scene_reader import Pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import SceneFile

__all__ = ["brightness", "overlapping", "pure", "sample_windows", "seen"]

PATCH_PX: Final = 512
SHARE: Final = 0.05  # of the scene's blocks; DESIGN §1
FLOOR_PX: Final = 1024 * 1024  # a small scene is looked at whole
CEILING: Final = 48  # patches: more do not move the estimates
COLLAR_PX: Final = 3  # compressed edges are fuzzy this far in


def sample_windows(grid: Grid, files: Sequence[SceneFile]) -> list[Window]:
    """Windows of a village's grid to sample, in a fixed order.

    Parameters
    ----------
    grid
        The village's grid.
    files
        The scene's files; windows are aligned to the first one's blocks, so that a window decodes no block twice.

    Returns
    -------
    list[Window]
        One window of the whole where that is no more than about a million pixels, else 512 px squares.
    """
    if grid.height * grid.width <= FLOOR_PX:
        return [grid.whole]
    offset = grid.offset_in(files[0].grid) or (0, 0)
    rows = _starts(grid.height, -offset[0] % PATCH_PX)
    cols = _starts(grid.width, -offset[1] % PATCH_PX)
    places = [Window(row, col, PATCH_PX, PATCH_PX) for row in rows for col in cols]
    wanted = max(FLOOR_PX, SHARE * grid.height * grid.width) / PATCH_PX**2
    count = min(len(places), CEILING, math.ceil(wanted))
    picked = np.unique(np.linspace(0, len(places) - 1, count).round().astype(int))
    return [places[k] for k in picked] or [grid.whole]


def _starts(length: int, first: int) -> list[int]:
    found = list(range(first, length - PATCH_PX + 1, PATCH_PX))
    return found or [0]


def overlapping(before: Pixels, after: Pixels, shift: tuple[float, float]) -> tuple[Pixels, Pixels]:
    """Parts of two windows that show the same ground, `after` lying off by the shift, to whole pixels."""
    rows, cols = round(shift[0]), round(shift[1])
    height, width = before.valid.shape
    here = np.s_[max(0, -rows) : height - max(0, rows), max(0, -cols) : width - max(0, cols)]
    there = np.s_[max(0, rows) : height - max(0, -rows), max(0, cols) : width - max(0, -cols)]
    return (
        Pixels(before.values[:, *here], before.valid[here]),
        Pixels(after.values[:, *there], after.valid[there]),
    )


def brightness(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean over bands, (band, y, x) → (y, x) float32."""
    mean: NDArray[np.float32] = values.mean(axis=0, dtype=np.float32)
    return mean


def pure(values: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return True where every band is 0 or every band is 255, as in an unmarked collar; (band, y, x) → (y, x)."""
    found: NDArray[np.bool_] = (values.max(axis=0) == 0) | (values.min(axis=0) == 255)  # noqa: PLR2004
    return found


def seen(pixels: Pixels) -> NDArray[np.bool_]:
    """Observed ground of a sample: valid, and away from pure black or white.

    For a sample that is enough; which of it is a collar, and which a black roof, the streamed pass decides.
    """
    away: NDArray[np.bool_] = pixels.valid & ~binary_dilation(pure(pixels.values), iterations=COLLAR_PX)
    return away
