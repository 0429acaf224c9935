"""Young trees drawn into unplanted ground, to learn what an image would have shown of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter

from lvgeo.progress.chip import Chip

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Saplings", "draw_cover", "with_saplings"]

OPACITY: Final = 0.6  # of a young crown: the ground shows through
JITTER_M: Final = 0.12
BATCH_PX: Final = 2**18  # pixels of discs worked on at a time


@dataclass(frozen=True, slots=True)
class Saplings:
    """What is drawn into unplanted ground to learn what an image shows.

    Parameters
    ----------
    crown_m
        Crown diameter.
    survival
        Share of places with a living one.
    spacing_m
        Of rows and plants.
    greenness
        Of a crown; the image's own canopy.
    """

    crown_m: float
    survival: float
    spacing_m: tuple[float, float]
    greenness: float


def with_saplings(chip: Chip, saplings: Saplings, rng: np.random.Generator) -> Chip:
    """Draw young trees into a chip: rows turned at random, each a hand's breadth off, ground shining through."""
    cover = draw_cover(chip.inside.shape, chip.pixel_m, saplings, rng) * OPACITY
    green = chip.greenness + cover * (saplings.greenness - chip.greenness)
    return Chip(green.astype(np.float32), chip.brightness, chip.inside, chip.pixel_m)


def draw_cover(
    shape: tuple[int, ...], pixel_m: float, saplings: Saplings, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Share of each pixel under young crowns, (y, x), in rows turned at random, each a hand's breadth off."""
    height, width = shape
    turn = rng.uniform(0, math.pi)
    reach = math.hypot(height, width) * pixel_m / 2
    u = np.arange(-reach, reach, saplings.spacing_m[0]) + rng.uniform(0, saplings.spacing_m[0])
    v = np.arange(-reach, reach, saplings.spacing_m[1]) + rng.uniform(0, saplings.spacing_m[1])
    grid = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    axes = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    at = (grid @ axes + rng.normal(0, JITTER_M, grid.shape)) / pixel_m + [height / 2, width / 2]
    at = at[rng.random(len(at)) < saplings.survival]
    return _crowns(at, saplings.crown_m / 2 / pixel_m, (height, width))


def _crowns(at: NDArray[np.float64], radius_px: float, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Share of each pixel under discs around (n, 2) rows and columns; one smaller than a pixel keeps its area."""
    cover = np.zeros(shape, dtype=np.float32)
    reach = int(radius_px) + 2
    steps = np.arange(-reach, reach + 1)
    middle = np.trunc(at).astype(np.int64)
    near = ((middle >= -reach) & (middle < np.array(shape) + reach)).all(axis=1)
    at, middle = at[near], middle[near]
    batch = max(1, BATCH_PX // steps.size**2)
    for first in range(0, len(at), batch):
        rows, cols = (middle[first : first + batch, axis, None] + steps for axis in (0, 1))
        y, x = (pixels + 0.5 - at[first : first + batch, axis, None] for axis, pixels in enumerate((rows, cols)))
        disc = np.clip(max(radius_px, 0.5) + 0.5 - np.hypot(y[:, :, None], x[:, None, :]), 0.0, 1.0)
        disc *= ((rows >= 0) & (rows < shape[0]))[:, :, None] & ((cols >= 0) & (cols < shape[1]))[:, None, :]
        area = np.maximum(disc.sum(axis=(1, 2)), 1e-6)
        disc *= np.minimum(1.0, math.pi * radius_px**2 / area)[:, None, None]
        place = rows.clip(0, shape[0] - 1)[:, :, None], cols.clip(0, shape[1] - 1)[:, None, :]
        np.maximum.at(cover, place, disc.astype(np.float32))
    blurred: NDArray[np.float32] = gaussian_filter(cover, 0.5)
    return blurred
