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
    return _crowns(at, np.full(len(at), saplings.crown_m / 2 / pixel_m), (height, width))


def _crowns(at: NDArray[np.float64], radius_px: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Share of each pixel under discs; a disc smaller than a pixel keeps its area."""
    cover = np.zeros(shape, dtype=np.float32)
    for (row, col), radius in zip(at, radius_px, strict=True):
        reach = int(radius) + 2
        top, left = max(0, int(row) - reach), max(0, int(col) - reach)
        bottom, right = min(shape[0], int(row) + reach + 1), min(shape[1], int(col) + reach + 1)
        if bottom <= top or right <= left:
            continue
        y = np.arange(top, bottom)[:, None] + 0.5 - row
        x = np.arange(left, right)[None, :] + 0.5 - col
        disc = np.clip(max(radius, 0.5) + 0.5 - np.hypot(y, x), 0.0, 1.0)
        disc *= min(1.0, math.pi * radius**2 / max(float(disc.sum()), 1e-6))
        here = np.s_[top:bottom, left:right]
        cover[here] = np.maximum(cover[here], disc)
    blurred: NDArray[np.float32] = gaussian_filter(cover, 0.5)
    return blurred
