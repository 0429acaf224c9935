"""Planting patterns on ground made here and on real drone images; saplings drawn in by hand, not by the module."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from lvgeo.progress.chip import Chip
from lvgeo.progress.look import look
from lvgeo.progress.pattern import find_pattern
from lvgeo.progress.saplings import Saplings, with_saplings
from lvgeo.progress.work import judge_work

DRONE = Path(__file__).resolve().parents[2].parent / "shared/data/canopy-masks/restor-tcd/tests/images"
PIXEL_M, SIDE = 0.15, 240


def ground(seed, *, rows=False):
    """Soil with grass in patches; with `rows`, ploughed."""
    rng = np.random.default_rng(seed)
    grass = gaussian_filter(rng.standard_normal((SIDE, SIDE)), 12) * 40
    green = 0.03 + 0.03 * np.clip(grass, -1, 2) + 0.02 * rng.standard_normal((SIDE, SIDE))
    if rows:
        green += 0.02 * np.sin(2 * np.pi * np.arange(SIDE) * PIXEL_M / 2.0)[:, None]
    bright = 130 + 15 * gaussian_filter(rng.standard_normal((SIDE, SIDE)), 3) * 8 + rng.normal(0, 4, (SIDE, SIDE))
    inside = np.ones((SIDE, SIDE), dtype=bool)
    inside[:, :4] = False
    return Chip(green.astype(np.float32), bright.astype(np.float32), inside, PIXEL_M)


def planted(chip, crown_m, spacing_m=(2.0, 3.0), *, survival=1.0, turn=0.4, greenness=0.2):
    """Discs on a turned grid, pixel by pixel."""
    rng = np.random.default_rng(9)
    y, x = np.mgrid[0 : chip.inside.shape[0], 0 : chip.inside.shape[1]] * chip.pixel_m
    u, v = x * math.cos(turn) + y * math.sin(turn), -x * math.sin(turn) + y * math.cos(turn)
    i, j = np.round(u / spacing_m[0]).astype(int), np.round(v / spacing_m[1]).astype(int)
    lives = rng.random((400, 400)) < survival
    near = np.hypot(u - i * spacing_m[0], v - j * spacing_m[1]) < crown_m / 2
    near &= lives[i % 400, j % 400]
    green = np.where(near, 0.5 * chip.greenness + 0.5 * greenness, chip.greenness)
    return Chip(green.astype(np.float32), chip.brightness, chip.inside, chip.pixel_m)


@pytest.mark.parametrize("turn", [0.0, 0.4, 1.3])
@pytest.mark.parametrize("spacing_m", [(2.0, 3.0), (2.0, 2.0), (3.0, 4.0)])
def test_spacing_is_found_whatever_the_angle(spacing_m, turn):
    found = find_pattern(planted(ground(1), 0.6, spacing_m, turn=turn), 0.6)
    assert found.spacing_m == pytest.approx(spacing_m, rel=0.03)
    assert found.score > 3 * find_pattern(ground(1), 0.6).score


def test_light_and_greening_grass_change_nothing():
    """The same contrast under another sun, and with all grass greener, scores alike."""
    chip = planted(ground(2), 0.6)
    lit = Chip(chip.greenness * 1.3 + 0.05, chip.brightness * 0.8, chip.inside, chip.pixel_m)
    assert find_pattern(lit, 0.6).score == pytest.approx(find_pattern(chip, 0.6).score, rel=0.02)


def test_a_chip_too_small_has_no_pattern():
    small = Chip(np.zeros((10, 10), np.float32), np.zeros((10, 10), np.float32), np.ones((10, 10), bool), 0.2)
    assert math.isnan(find_pattern(small, 0.6).score)


def village(seed, plots, minimum, controls=6):
    return look(plots, [ground(100 * seed + k) for k in range(controls)], minimum, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def street():
    minimum = Saplings(0.5, 0.85, (2.0, 3.0), 0.2)
    return [village(k, [ground(1000 + k)], minimum) for k in range(4)]


def test_bare_ground_is_not_seen_and_planted_ground_is(street):
    bare = judge_work(street[0], street)
    assert (bare.word, bare.controls) == ("not_seen", 24)
    assert bare.score < bare.threshold < bare.least
    assert bare.smallest_crown_m <= 0.5
    sown = village(9, [planted(ground(77), 0.5, survival=0.9)], street[0].saplings)
    found = judge_work(sown, [*street, sown])
    assert (found.word, found.by) == ("seen", "crowns")
    assert found.spacing_m == pytest.approx((2.0, 3.0), rel=0.03)


def test_one_bare_plot_of_two_is_no_absence(street):
    """A village that planted one of its plots is not called idle by the image."""
    half = village(9, [planted(ground(77), 0.6), ground(78)], street[0].saplings)
    assert judge_work(half, [*street, half]).word == "seen"


def test_crowns_that_this_image_cannot_show_give_no_verdict():
    dull = Saplings(0.3, 0.85, (2.0, 3.0), 0.045)  # hardly greener than its ground
    street = [village(k, [ground(1000 + k)], dull) for k in range(4)]
    found = judge_work(street[0], street)
    assert found.word == "cannot_tell"
    assert math.isinf(found.least_survival)


def test_too_little_ground_to_compare_with_gives_no_verdict():
    minimum = Saplings(0.5, 0.85, (2.0, 3.0), 0.2)
    alone = village(1, [ground(5)], minimum, controls=3)
    assert judge_work(alone, [alone]).word == "cannot_tell"


def test_pits_show_before_any_green():
    minimum = Saplings(0.5, 0.85, (2.0, 3.0), 0.2)
    street = [village(k, [ground(1000 + k)], minimum) for k in range(4)]
    chip = ground(50)
    dug = planted(Chip(chip.brightness, chip.brightness, chip.inside, chip.pixel_m), 0.6, greenness=60.0).greenness
    mine = village(8, [Chip(chip.greenness, dug, chip.inside, chip.pixel_m)], minimum)
    found = judge_work(mine, [*street, mine])
    assert (found.word, found.by) == ("seen", "pits")


def test_ploughed_ground_is_compared_with_ploughed_ground():
    """Furrows in the whole village raise what chance reaches; they are no planting."""
    minimum = Saplings(0.5, 0.85, (2.0, 3.0), 0.2)
    street = [
        look([ground(2000 + k, rows=True)], [ground(100 * k + j, rows=True) for j in range(8)], minimum,
             np.random.default_rng(k))
        for k in range(3)
    ]  # fmt: skip
    assert judge_work(street[0], street).word != "seen"


@pytest.mark.skipif(not DRONE.is_dir(), reason="the shared data is not beside the checkout")
def test_saplings_show_on_a_real_drone_image():
    import rasterio

    path = next(DRONE.glob("*.tif"))
    with rasterio.open(path) as opened:
        rgb = opened.read([1, 2, 3]).astype(np.float32)
    total = np.maximum(rgb.sum(axis=0), 1.0)
    green, seen = (3 * rgb[1] - total) / total, (rgb.max(axis=0) > 0) & (rgb.min(axis=0) < 255)
    chips = []
    for row in range(0, rgb.shape[1] - 300, 300):
        for col in range(0, rgb.shape[2] - 300, 300):
            here = np.s_[row : row + 300, col : col + 300]
            if seen[here].mean() > 0.97:
                chips.append(Chip(green[here], rgb.mean(axis=0)[here], seen[here], 0.1))
    assert len(chips) >= 4
    bare = [find_pattern(chip, 0.6).score for chip in chips]
    some = [find_pattern(planted(chip, 0.6, survival=0.85, greenness=0.25), 0.6).score for chip in chips]
    assert np.median(some) > 2 * np.max(bare)
    drawn = with_saplings(chips[0], Saplings(0.6, 0.85, (2.0, 3.0), 0.25), np.random.default_rng(1))
    assert find_pattern(drawn, 0.6).score > np.max(bare)


def scattered(seed, count, apart_m=1.5):
    """Places with no pattern, (row, col) in pixels, none nearer than that."""
    rng, found = np.random.default_rng(seed), []
    for at in rng.uniform(15, SIDE - 15, (5000, 2)):
        if len(found) < count and all(np.hypot(*(at - other)) * PIXEL_M >= apart_m for other in found):
            found.append(at)
    return np.array(found)


def standing_at(chip, places, crown_m, *, greenness=0.2):
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    near = np.zeros((SIDE, SIDE), dtype=bool)
    for row, col in places:
        near |= np.hypot(y - row, x - col) * PIXEL_M < crown_m / 2
    green = np.where(near, 0.5 * chip.greenness + 0.5 * greenness, chip.greenness)
    return Chip(green.astype(np.float32), chip.brightness, chip.inside, chip.pixel_m)


def registered(chip, marks):
    return Chip(chip.greenness, chip.brightness, chip.inside, chip.pixel_m, marks)


def test_registered_trees_show_where_no_rows_do(street):
    """Planted without rows, a lattice finds little; the register says where to look, and 2 m off it still does."""
    places = scattered(4, 150)
    grown = standing_at(ground(300), places, 0.6)
    unregistered = village(9, [grown], street[0].saplings)
    plain = judge_work(unregistered, [*street, unregistered])
    assert plain.score < 1.3 * plain.threshold
    for off_m in (0.0, 2.0):
        mine = village(9, [registered(grown, places + off_m / PIXEL_M)], street[0].saplings)
        found = judge_work(mine, [*street, mine])
        assert (found.word, found.by, found.marks) == ("seen", "marks", 150)
        assert found.score > 2 * found.threshold


@pytest.mark.parametrize("seed", range(4))
def test_a_register_of_trees_that_are_not_there_clears_nobody_and_accuses_nobody(street, seed):
    """Bare ground stays `not_seen` by its pattern alone; rows stay seen though each tree is written down 4 m off."""
    bare = village(9, [registered(ground(400 + seed), scattered(seed, 150))], street[0].saplings)
    plain = village(9, [ground(400 + seed)], street[0].saplings)
    assert judge_work(bare, [*street, bare]).word == judge_work(plain, [*street, plain]).word == "not_seen"
    wrong = scattered(seed, 150) + np.random.default_rng(seed).normal(0, 4 / PIXEL_M, (150, 2))
    mine = village(9, [registered(planted(ground(77), 0.5, survival=0.9), wrong)], street[0].saplings)
    assert judge_work(mine, [*street, mine]).word == "seen"


def test_too_few_registered_places_are_not_looked_at(street):
    """A corner of a plot planted, or one place written down for all, is no planted plot."""
    few = scattered(4, 30)
    once = np.repeat(few[:1], 200, axis=0)
    for marks in (few, once):
        mine = village(9, [registered(standing_at(ground(300), few, 0.6), marks)], street[0].saplings)
        assert judge_work(mine, [*street, mine]).marks == 0
