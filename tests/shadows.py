"""Ground with a pattern, and the shadow of a cloud on it."""

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

SIDE = 400
FALLS = np.s_[100:260, 120:300]


def earth(seed=0, side=SIDE):
    """Fields, tracks and crowns of several sizes: ground whose pattern can be told."""
    rng = np.random.default_rng(seed)
    found = np.full((side, side, 3), (120.0, 105.0, 85.0))
    for cells, deviation in ((side // 50, 18.0), (side // 10, 14.0), (side // 2, 8.0)):
        found += zoom(rng.normal(0, deviation, (cells, cells)), side / cells, order=1)[..., None]
    crowns = zoom(rng.random((side // 5, side // 5)), 5, order=1) > 0.75
    found[crowns] = found[crowns] * 0.4 + np.array([10.0, 30.0, 5.0])
    return np.clip(found, 5, 245)


def pixels(light, seed):
    """As a camera stores it: with noise of its own."""
    return np.clip(np.random.default_rng(seed).normal(light, 3.0), 0, 255).round().astype(np.uint8)


def shadow(level, where=FALLS, side=SIDE, soft_px=3):
    """What is left of the light, (y, x, 3): soft-edged, a little bluer."""
    dark = np.zeros((side, side))
    dark[where] = 1.0
    dark = gaussian_filter(dark, soft_px)[..., None]
    return 1.0 - dark * (1.0 - level * np.array([1.0, 1.03, 1.1]))
