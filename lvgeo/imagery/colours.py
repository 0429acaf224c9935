"""Does a picture show colours, and those of its baseline? Grey or infrared ones have three bands too, as RGB have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.sample import glanced
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.radiometry import Radiometry
    from lvgeo.imagery.sample import Sample
    from lvgeo.imagery.scene import Role, SceneFile

__all__ = ["are_reversed", "is_grey", "refuse_grey"]

# Between bands, at one level of the first, 115 real pairs leave 5 and more; at an eighth of their light, 0.7. Sepia
# leaves what rounding does: 0.4.
GREY_DN: Final = 0.5
LEAST_LIGHT_DN: Final = 5.0  # spread of brightness below which rounding hides colours that are there
STEP: Final = 7
ENOUGH_PX: Final = 100_000
LEAST_PX: Final = 2560  # ten for each level: of fewer each may be alone at its level, and its own mean
BLOCK_PX: Final = 4  # scenes lie upon each other to about a pixel
LEAST_BLOCKS: Final = 400
ENOUGH_BLOCKS: Final = 4000  # of a piece
LEAST_COLOUR_DN: Final = 2.0  # spread of green over red below which the sign says nothing
# Of green over red at two dates 115 real pairs, two to four years apart, correlate by 0.2 to 0.9; where the second
# is infrared, red, green, four fifths do by less than this, in bands of other orders some.
REVERSED: Final = -0.1


def is_grey(values: NDArray[np.uint8]) -> bool:
    """Whether bands (band, n) say nothing that the first does not: grey, or grey that was tinted.

    Examples
    --------
    >>> light, other = (np.arange(4000) % 200).astype(np.uint8), (np.arange(4000) // 20).astype(np.uint8)
    >>> is_grey(np.stack([light, light, light // 2])), is_grey(np.stack([light, light, other]))
    (True, False)
    >>> is_grey(np.full((3, 4000), 7, dtype=np.uint8)), is_grey(np.stack([light, light, light])[:, :200])
    (False, False)
    """
    if values.shape[1] < LEAST_PX or values[0].std() < LEAST_LIGHT_DN:
        return False
    levels = np.maximum(np.bincount(values[0], minlength=256), 1)
    return all(_left(values[0], band, levels) <= GREY_DN for band in values[1:])


def _left(first: NDArray[np.uint8], band: NDArray[np.uint8], levels: NDArray[np.int64]) -> float:
    """How far a band lies from its mean at each level of the first, as RMSE."""
    means = np.bincount(first, band, 256) / levels
    return float(np.sqrt(np.mean((band - means[first]) ** 2)))


def refuse_grey(
    files: Sequence[SceneFile],
    samples: Sequence[Sample],
    where: tuple[Grid, Sequence[Role], tuple[float, float]],
    village_code: str,
) -> None:
    """Refuse a scene if one of its files shows no colours.

    Parameters
    ----------
    files
        The scene's; of several each is looked at by itself, since another's colours would hide that it has none.
    samples
        What was looked at of the scene.
    where
        Grid, bands and digital numbers by which it is read.
    village_code
        Whose.

    Raises
    ------
    InputRefusedError
        If so, or if a block cannot be read.
    """
    for file in files:
        looked = samples
        if len(files) > 1:
            grid, roles, scale = where
            with SceneReader([file], _own(file, grid), roles, scale) as reader:
                looked = glanced(reader, [file])
        step = max(STEP, sum(one.known_px for one in looked) // ENOUGH_PX)
        if looked and is_grey(np.concatenate([one.observed(step) for one in looked], axis=1)):
            raise InputRefusedError(Refusal("raster_grey", file=file.path, feature=village_code))


def _own(file: SceneFile, grid: Grid) -> Grid:
    """Pixels of a file's own within a grid: on the grid's, most windows would show nothing of one file of many."""
    bounds = between(grid.crs, file.grid.crs).transform_bounds(*grid.bounds)
    return (file.grid.cut(bounds) if file.grid.north_up else None) or file.grid


def are_reversed(
    before: Sequence[NDArray[np.uint8]],
    after: Sequence[NDArray[np.uint8]],
    valid: Sequence[NDArray[np.bool_]],
    light: Radiometry,
) -> bool:
    """Whether a scene's colours are the reverse of its baseline's: what was greener there is redder here.

    Parameters
    ----------
    before, after
        Red, green and blue of the same ground of the baseline and of the scene, each (3, y, x).
    valid
        Where both were observed, each (y, x).
    light
        What brings the scene to the baseline's light: a tint alone reverses nothing.
    """
    found = [_greenness(*piece, light) for piece in zip(before, after, valid, strict=True)]
    first, second = (np.concatenate(part) for part in zip(*found, strict=True))
    if first.size < LEAST_BLOCKS or min(first.std(), second.std()) < LEAST_COLOUR_DN:
        return False
    return float(np.corrcoef(first, second)[0, 1]) < REVERSED


def _greenness(
    before: NDArray[np.uint8], after: NDArray[np.uint8], valid: NDArray[np.bool_], light: Radiometry
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Green over red of both dates, a mean of each block that was observed whole, (n,); of many, some rows of them."""
    blocks = _blocks(valid)
    every = max(1, blocks.shape[0] * blocks.shape[2] // ENOUGH_BLOCKS)
    whole = blocks[::every].all(axis=(1, 3))
    red, green = (curve[_blocks(band)[::every]] for curve, band in zip(light.curves[:2], after[:2], strict=True))
    earlier = [_blocks(band)[::every].astype(np.float32) for band in before[:2]]
    return (earlier[1] - earlier[0]).mean(axis=(1, 3))[whole], (green - red).mean(axis=(1, 3))[whole]


def _blocks(pixels: NDArray[Any]) -> NDArray[Any]:
    rows, cols = pixels.shape[0] // BLOCK_PX, pixels.shape[1] // BLOCK_PX
    return pixels[: rows * BLOCK_PX, : cols * BLOCK_PX].reshape(rows, BLOCK_PX, cols, BLOCK_PX)
