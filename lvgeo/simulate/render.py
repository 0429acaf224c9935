"""One flight over one site: ground, season, crowns, sun, air, camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

from lvgeo.simulate.ground import MARGIN_PX, draw_discs
from lvgeo.simulate.street import MONTHS, PIXEL_M, SIZE_PX

if TYPE_CHECKING:
    from lvgeo.simulate.ground import Ground
    from lvgeo.simulate.street import Flight, Planting, Site

__all__ = ["crown_cover", "render_flight"]

NOISE_DN: Final = 4.0
AIRLIGHT: Final = np.array([196.0, 203.0, 212.0])
STRAW: Final = np.array([159.0, 137.0, 108.0])
GREENED: Final = np.array([126.0, 123.0, 95.0])
SEASON: Final = dict(zip(MONTHS, (0.0, 0.25, 1.0, 0.85), strict=True))  # how green grass is
NEW_CROWN: Final = np.array([84.0, 104.0, 62.0])
COLLAR_TURN: Final = 0.025  # radians by which a flight's edge is turned
Floats = NDArray[np.float32]


def crown_cover(site: Site, month: str) -> tuple[Floats, Floats]:
    """Share of each pixel under newly planted crowns, and their brightness; (y, x) with the margin."""
    size = SIZE_PX + 2 * MARGIN_PX
    number = MONTHS.index(month)
    at, radius = [np.zeros((0, 2))], [np.zeros(0)]
    for planting in site.planted:
        at.append(_pixels(site, planting))
        radius.append(planting.crowns_m[number] / 2 / PIXEL_M)
    radii = np.concatenate(radius)
    lit = np.random.default_rng([site.place, number]).uniform(0.85, 1.15, len(radii))
    grown = radii > 0
    return draw_discs((size, size), np.concatenate(at)[grown], radii[grown], lit[grown])


def _pixels(site: Site, planting: Planting) -> NDArray[np.float64]:
    col = (planting.stems[:, 0] - site.west) / PIXEL_M + MARGIN_PX
    row = (site.north - planting.stems[:, 1]) / PIXEL_M + MARGIN_PX
    return np.column_stack([row, col])


def render_flight(site: Site, flight: Flight, ground: Ground, seed: int) -> NDArray[np.uint8]:
    """Render what the camera hands over.

    Parameters
    ----------
    site, flight, ground
        Where, when and how, and on what.
    seed
        Of the street.

    Returns
    -------
    NDArray[np.uint8]
        (3, y, x), or (4, y, x) with alpha.
    """
    rng = np.random.default_rng([seed, site.place, 2, MONTHS.index(flight.month)])
    green = SEASON[flight.month] * (0.35 + 0.65 * ground.lush)
    meadow = STRAW[:, None, None] * (1 - green) + GREENED[:, None, None] * green
    meadow = meadow * (1 + 0.06 * ground.clumps)
    scene = ground.soil * (1 - ground.grass) + meadow * ground.grass
    cover, shade = crown_cover(site, flight.month)
    young = NEW_CROWN[:, None, None] * np.maximum(shade, 0.5) * (1 + 0.12 * ground.clumps)
    scene = scene * (1 - cover) + young * cover
    scene = scene * (1 - ground.trees) + ground.crown * ground.trees
    scene = scene * _sunlight(np.maximum(ground.height_m, 0.9 * cover), flight)
    moved = np.stack([_moved(gaussian_filter(band, 0.55), flight) for band in scene])
    lit = 255.0 * (np.clip(moved * np.array(flight.gain)[:, None, None], 0, 255) / 255.0) ** flight.gamma
    lit = lit * (1 - flight.haze) + AIRLIGHT[:, None, None] * flight.haze
    noisy = lit + rng.normal(0.0, NOISE_DN, lit.shape)
    return _collared(np.clip(np.round(noisy), 2, 253).astype(np.uint8), flight)


def _sunlight(height_m: Floats, flight: Flight) -> Floats:
    """1 in the sun, about 0.6 in shadow: what stands higher up-sun darkens what lies behind it."""
    shadow = np.zeros_like(height_m)
    for step in (0.25, 0.5, 0.75, 1.0):
        rows, cols = (round(3.0 * step * v) for v in flight.sun_px)
        behind = np.roll(height_m, (rows, cols), axis=(0, 1))
        shadow = np.maximum(shadow, np.clip(behind - height_m - 3.0 * (step - 0.25), 0, 1))
    return np.asarray(1.0 - 0.4 * gaussian_filter(shadow, 0.8), dtype=np.float32)


def _moved(band: Floats, flight: Flight) -> Floats:
    """Shift the content by the flight's error and cut the margin off."""
    whole = shift(band, (flight.row_shift_px, flight.col_shift_px), order=3, mode="nearest")
    cut: Floats = whole[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    return cut


def _collared(pixels: NDArray[np.uint8], flight: Flight) -> NDArray[np.uint8]:
    """Cut the picture's edge aslant, as mosaics are, and mark it as the flight's software does."""
    if flight.collar == "none":
        return pixels
    size = pixels.shape[1]
    y, x = np.mgrid[0:size, 0:size]
    slack = COLLAR_TURN * size
    inside = (y > COLLAR_TURN * x) & (y < size - slack + COLLAR_TURN * x)
    inside &= (x > slack - COLLAR_TURN * y) & (x < size - COLLAR_TURN * y)
    blacked = np.where(inside, pixels, 0).astype(np.uint8)
    if flight.collar == "black":
        return blacked
    return np.concatenate([blacked, np.where(inside, 255, 0).astype(np.uint8)[None]])
