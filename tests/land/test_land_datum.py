"""The web maps' shifts: as large as they are at Huizhou, and undone."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from lvgeo.land.datum import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02

LON, LAT = (grid.ravel() for grid in np.meshgrid(np.linspace(113.9, 115.4, 7), np.linspace(22.5, 23.9, 7)))
GEOD = Geod(ellps="GRS80")


TOWNS = np.array([[114.4, 23.1], [114.5, 23.05], [114.47, 22.8], [114.7, 22.98], [114.3, 23.17]]).T


def moved(shift):
    azimuth, _, distance = GEOD.inv(*TOWNS, *shift(*TOWNS))
    return azimuth, distance


def test_gcj02_equals_the_point_that_map_libraries_are_tested_with():
    lon, lat = wgs84_to_gcj02(np.array([121.5272106]), np.array([31.1774276]))
    assert (lon[0], lat[0]) == pytest.approx((121.531541859215, 31.17530398364597), abs=1e-12)


def test_gcj02_moves_huizhou_570_to_580_metres_east_south_east():
    azimuth, distance = moved(wgs84_to_gcj02)
    assert distance == pytest.approx(np.full(5, 574.5), abs=7.5)
    assert azimuth == pytest.approx(np.full(5, 120.0), abs=3)


def test_bd09_moves_huizhou_about_1220_metres_east_north_east():
    azimuth, distance = moved(wgs84_to_bd09)
    assert distance == pytest.approx(np.full(5, 1220.0), abs=20)
    assert azimuth == pytest.approx(np.full(5, 72.0), abs=2)


@pytest.mark.parametrize(
    ("shift", "undo"), [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)], ids=["gcj02", "bd09"]
)
def test_a_shift_undone_is_back_within_a_tenth_of_a_millimetre(shift, undo):
    lon, lat = undo(*shift(LON, LAT))
    assert GEOD.inv(LON, LAT, lon, lat)[2].max() < 1e-4


def test_input_arrays_are_left_as_they_were():
    lon, lat = np.array([114.5]), np.array([23.05])
    gcj02_to_wgs84(lon, lat)
    assert (lon[0], lat[0]) == (114.5, 23.05)
