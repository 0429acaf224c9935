"""Cloud shadow: found where it fell at either date, not where ground changed, and left out of class rasters."""

import numpy as np
import pytest
from affine import Affine
from pyproj import CRS
from shadows import FALLS, SIDE, earth, pixels, shadow

from lvgeo.imagery.grid import Grid
from lvgeo.imagery.shadow_finder import shaded
from lvgeo.imagery.store import Preview

PIXEL_M = 0.5
DEEP, SLIGHT = 0.5, 0.9


def seen(rgb, pixel_m=PIXEL_M, valid=None):
    height, width = rgb.shape[:2]
    grid = Grid(CRS(4547), Affine(pixel_m, 0, 551000, 0, -pixel_m, 2550000), height, width)
    return Preview(rgb, np.ones((height, width), bool) if valid is None else valid, grid)


@pytest.mark.parametrize("level", [0.7, DEEP])
@pytest.mark.parametrize("late", [True, False])
def test_a_shadow_is_found_at_whichever_date_it_fell(level, late):
    ground = earth()
    dark, sunlit = pixels(ground * shadow(level), 1), pixels(ground * 0.9 + 8, 2)
    dates = (sunlit, dark) if late else (dark, sunlit)
    found = shaded(*map(seen, dates))
    inside = np.zeros_like(found)
    inside[FALLS] = True
    assert found[inside].mean() > 0.95
    assert found[~inside].mean() < 0.08


def test_even_light_slight_shade_and_another_exposure_are_no_shadow():
    ground = earth()
    first = seen(pixels(ground, 1))
    for light in (ground, ground * 0.55, ground * shadow(SLIGHT), ground * np.array([1.0, 0.9, 0.8])):
        assert not shaded(first, seen(pixels(light, 2))).any()


def greened(ground):
    ground[FALLS] = pixels(np.full_like(ground[FALLS], (55.0, 75.0, 40.0)), 3)


def built(ground):
    ground[FALLS] = 60.0


def dug(ground):
    ground[FALLS] = earth(seed=9)[FALLS] * 0.6


def grown(ground):
    """A crop: as even as shadow, and green."""
    ground[FALLS] *= (0.6, 0.66, 0.68)


def browned(ground):
    """Soil that was wetted: what is left of its light is not bluer."""
    ground[FALLS] *= (0.65, 0.64, 0.61)


def patched(ground):
    """Two roofs side by side: a shadow takes as much everywhere."""
    rows, cols = FALLS
    middle = (2 * cols.start + 3 * cols.stop) // 5
    ground[rows, cols.start : middle] *= (0.7, 0.71, 0.73)
    ground[rows, middle : cols.stop] *= (0.4, 0.41, 0.43)


@pytest.mark.parametrize("change", [greened, built, dug, grown, browned, patched])
@pytest.mark.parametrize("late", [True, False])
def test_ground_that_changed_is_no_shadow(change, late):
    ground = earth()
    changed = ground.copy()
    change(changed)
    dates = pixels(ground, 1), pixels(changed, 2)
    assert not shaded(*map(seen, dates if late else dates[::-1])).any()


@pytest.mark.parametrize("level", [0.7, DEEP])
def test_what_changed_in_a_shadow_does_not_part_it(level):
    """Cars that came, 4 m wide and 18 m apart: between them no square of 20 m fits."""
    ground = earth()
    changed = ground.copy()
    rows, cols = FALLS
    for row in range(rows.start + 7, rows.stop, 36):
        for col in range(cols.start + 7, cols.stop, 36):
            changed[row : row + 8, col : col + 8] = 230
    found = shaded(seen(pixels(ground, 1)), seen(pixels(changed * shadow(level), 2)))
    assert found[FALLS].mean() > 0.9


def test_narrow_and_small_shadows_are_none_of_clouds():
    ground = earth()
    light = shadow(DEEP, np.s_[:, 100:125]) * shadow(DEEP, np.s_[200:220, :]) * shadow(DEEP, np.s_[290:360, 250:320])
    assert not shaded(seen(pixels(ground, 1)), seen(pixels(ground * light, 2))).any()


def test_a_shadow_at_the_edge_beside_unseen_ground_is_found():
    ground = earth()
    valid = np.ones((SIDE, SIDE), bool)
    valid[:, :60] = False
    where = np.s_[:300, 60:85]  # narrow as it shows, but it may go on
    found = shaded(seen(pixels(ground, 1)), seen(pixels(ground * shadow(DEEP, where), 2), valid=valid))
    assert found[where].mean() > 0.95
    assert not found[:, :60].any()


@pytest.mark.parametrize("side", [1, 3, 20])
def test_a_scene_of_a_few_pixels_has_none(side):
    few = seen(pixels(earth()[:side, :side], 1)), seen(pixels(earth()[:side, :side] * 0.5, 2))
    assert not shaded(*few).any()


def test_a_small_village_half_in_shadow_is_looked_at_in_finer_pixels():
    where = np.s_[:, :80]
    ground = earth()[:180, :180]
    dark = pixels(ground * shadow(DEEP, where)[:180, :180], 2)
    found = shaded(seen(pixels(ground, 1)), seen(dark))
    assert found[:, :76].mean() > 0.95
    assert found[:, 95:].mean() < 0.05


@pytest.mark.parametrize("which", [(True, True), (True, False)])
def test_without_a_blue_band_shadow_is_told_by_red_and_green(which):
    """Where there is no blue, the scene in small has red in its place."""
    ground = earth()
    dates = [pixels(ground, 1), pixels(ground * shadow(DEEP), 2)]
    for date, lacking in zip(dates, which, strict=True):
        if lacking:
            date[..., 2] = date[..., 0]
    found = shaded(*map(seen, dates))
    assert found[FALLS].mean() > 0.95


def test_ground_without_any_pattern_is_no_shadow():
    even = np.full((SIDE, SIDE, 3), 120, np.uint8)
    darker = even.copy()
    darker[FALLS] = 70, 70, 72
    assert not shaded(seen(even), seen(darker)).any()


def test_whiter_than_white_tells_nothing_of_light():
    """Roofs that are white at the first date show their own colour in shadow: that is no change of colour."""
    ground = earth()
    ground[np.arange(SIDE) // 8 % 3 == 0] = 300, 420, 300
    found = shaded(seen(pixels(ground, 1)), seen(pixels(ground * shadow(DEEP), 2)))
    assert found[FALLS].mean() > 0.9


def test_a_wide_soft_rim_does_not_hide_a_shadow():
    ground = earth()
    found = shaded(seen(pixels(ground, 1)), seen(pixels(ground * shadow(0.35, soft_px=35), 2)))
    assert found[FALLS].mean() > 0.8


def test_green_that_came_beside_a_shadow_is_not_in_it():
    ground = earth()
    rows, cols = FALLS
    field = np.s_[rows, cols.stop + 20 : cols.stop + 80]
    changed = ground.copy()
    changed[field] *= (0.5, 0.68, 0.62)
    found = shaded(
        seen(pixels(ground, 1)), seen(pixels(changed * shadow(DEEP, np.s_[rows, cols.start : cols.stop + 20]), 2))
    )
    assert found[FALLS].mean() > 0.9
    assert found[field].mean() < 0.2
