"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps: recognised, never repaired.

The formulas are the leaked ones that every map library carries; real control points lie 3.4 m off them on average, so
geometry shifted back is a sketch and no evidence (FIELD §1.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["bd09_to_wgs84", "gcj02_to_wgs84", "wgs84_to_bd09", "wgs84_to_gcj02"]

_A: Final = 6378245.0  # Krasovsky 1940, as the formula has it
_EE: Final = 0.00669342162296594323
_ITERATIONS: Final = 6  # 3 leave less than 0.1 mm
Floats = NDArray[np.float64]


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift true coordinates to GCJ-02; degrees, inside mainland China.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02(np.array([114.5]), np.array([23.05]))
    >>> bool(0.004 < lon[0] - 114.5 < 0.006)
    True
    """
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root + waves
    d_lat += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi / 3 * y)) * 2 / 3
    d_lat += (160 * np.sin(np.pi / 12 * y) + 320 * np.sin(np.pi / 30 * y)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root + waves
    d_lon += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi / 3 * x)) * 2 / 3
    d_lon += (150 * np.sin(np.pi / 12 * x) + 300 * np.sin(np.pi / 30 * x)) * 2 / 3
    phi = np.radians(lat)
    m = 1 - _EE * np.sin(phi) ** 2
    return (
        lon + d_lon * 180 / (_A / np.sqrt(m) * np.cos(phi) * np.pi),
        lat + d_lat * 180 / (_A * (1 - _EE) / (m * np.sqrt(m)) * np.pi),
    )


def wgs84_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift true coordinates to BD-09, degrees."""
    x, y = wgs84_to_gcj02(lon, lat)
    k = np.pi * 3000 / 180
    z = np.hypot(x, y) + 2e-5 * np.sin(y * k)
    theta = np.arctan2(y, x) + 3e-6 * np.cos(x * k)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Undo GCJ-02 by fixed-point iteration, degrees."""
    return _undone(wgs84_to_gcj02, lon, lat)


def bd09_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Undo BD-09 by fixed-point iteration, degrees."""
    return _undone(wgs84_to_bd09, lon, lat)


def _undone(
    shifted: Callable[[Floats, Floats], tuple[Floats, Floats]], lon: Floats, lat: Floats
) -> tuple[Floats, Floats]:
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_ITERATIONS):
        to_lon, to_lat = shifted(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - to_lon, guess_lat + lat - to_lat
    return guess_lon, guess_lat
