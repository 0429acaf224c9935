"""Rows of trees look the same one row further: a scene is laid by what does not repeat, or not at all."""

import math

import numpy as np
import pytest
import rasterio
from factories import ground
from scipy.ndimage import gaussian_filter

from lvgeo.imagery.edges import looked
from lvgeo.imagery.registration import Patch, register
from lvgeo.imagery.repeats import chosen

SIDE = 256
ROWS_PX = 20


def trees(shift=(0, 0), *, noise_seed, differ=0.0, rows_px=ROWS_PX, turn=0.0, side=SIDE):
    """Brightness of a plantation whose content lies off; crowns differ by a part of their radius."""
    y, x = np.mgrid[:side, :side] - np.array(shift)[:, None, None] + 40.0 * rows_px
    down, along = math.cos(turn) * y - math.sin(turn) * x, math.sin(turn) * y + math.cos(turn) * x
    cells = np.floor(np.stack([down, along]) / rows_px).astype(int) % 128
    radius = rows_px * 0.3 * (1 + differ * np.random.default_rng(7).normal(size=(128, 128)))[*cells]
    from_stem = np.hypot(down % rows_px - rows_px / 2, along % rows_px - rows_px / 2)
    crown = np.clip(radius - from_stem + 0.5, 0, 1)
    noise = np.random.default_rng(noise_seed).normal(0, 4, y.shape)
    return (130 - 55 * crown + noise).astype(np.float32)


def lies(before, after):
    return register([Patch(before, after, np.ones(before.shape, bool))], 0.5, 10.0)


@pytest.mark.parametrize("shift", [(0, 0), (0, 7), (0, 10), (0, 13), (0, 23), (-9, 12)])
@pytest.mark.parametrize("side", [128, SIDE])
def test_a_plantation_of_like_trees_is_not_laid_a_row_off(shift, side):
    """Rows 10 m apart and 10 m allowed: one row further fits as well, and nothing tells them apart."""
    found = lies(trees(noise_seed=1, side=side), trees(shift, noise_seed=2, side=side))
    assert (found.refusal, found.shift) == ("repeats", (0.0, 0.0))
    assert math.isinf(found.residual_m)


@pytest.mark.parametrize("rows_px", [9, 12])
def test_rows_aslant_of_the_image_are_not_laid_next_to_where_it_lies(rows_px):
    """Patches' edges stay where they are: of phases, the row next to no shift stands out."""
    found = lies(
        trees(noise_seed=1, rows_px=rows_px, turn=0.2), trees((10, 2), noise_seed=2, rows_px=rows_px, turn=0.2)
    )
    assert found.refusal == "repeats"


@pytest.mark.parametrize("shift", [(0, 0), (0, 7), (0, 13), (-9, 12)])
def test_trees_that_differ_tell_rows_apart(shift):
    """Crowns that differ by a twentieth of their radius, 15 cm, are enough."""
    found = lies(trees(noise_seed=1, differ=0.05), trees(shift, noise_seed=2, differ=0.05))
    assert (found.refusal, found.shift) == ("", shift)


def summers(shared, name, months):
    for month in months:
        with rasterio.open(shared / "street-naip" / "imagery" / month / f"9010000000{name}.tif") as opened:
            yield opened.read([1, 2, 3]).mean(axis=0, dtype=np.float32)[:250, :250]


@pytest.mark.parametrize(("share", "most"), [(0.5, 1), (0.8, 3)])
def test_half_or_a_fifth_of_a_real_village_tells_rows_apart(shared, share, most):
    """Two summers, the rest under trees all alike: of six none is laid a row off, and few are not laid."""
    refused = 0
    for k, name in enumerate(("01", "05", "09", "13", "17", "21")):
        shift = ((0, 7), (-8, 5), (11, -3))[k % 3]
        before, after = summers(shared, name, ("2018-07", "2020-07"))
        real = lies(before, after)
        planted = np.arange(250)[:, None] < 250 * share
        rows_px = (9, 7, 12)[k % 3]
        before = np.where(planted, trees(noise_seed=1, rows_px=rows_px, side=250), before)
        after = np.roll(after, shift, (0, 1))
        after = np.where(np.roll(planted, shift[0]), trees(shift, noise_seed=2, rows_px=rows_px, side=250), after)
        found = lies(before, after)
        refused += found.refusal == "repeats"
        if not found.refusal:
            # The summers themselves lie up to 2 px apart, and rows may hold either's place.
            off = math.hypot(found.row_estimate_px - shift[0], found.col_estimate_px - shift[1])
            assert off < 1.5 + math.hypot(real.row_estimate_px, real.col_estimate_px), name
    assert refused <= most


@pytest.mark.parametrize(("name", "months"), [("01", ("2016-07", "2018-07")), ("22", ("2016-07", "2020-07"))])
def test_real_summers_that_were_laid_eight_metres_off_are_refused(shared, name, months):
    """The third summer tells that they lie within 2 m of each other."""
    assert lies(*summers(shared, name, months)).refusal == "repeats"


def test_what_stands_out_among_phases_outweighs_a_little_likeness():
    edges = looked([Patch(trees(noise_seed=1), trees(noise_seed=2), np.ones((SIDE, SIDE), bool))])
    scored = {(0, 0): 0.40, (5, 5): 0.43}  # no row lies 5 px off
    plain = np.ones((41, 41), np.float32)
    clear = plain.copy()
    clear[20, 20] = 8.0
    assert not chosen(edges, scored, plain).sure
    assert chosen(edges, scored, clear) == ((0, 0), 0.40, True)


def test_a_shift_of_more_than_a_fourth_of_a_patch_makes_doubtful_and_is_not_believed():
    """60 of 160 px in common ground: nothing nearer is applied instead."""
    whole = ground(size=220).mean(axis=0, dtype=np.float32)
    found = register([Patch(whole[:160, :160], whole[:160, 60:], np.ones((160, 160), bool))], 0.5, 45.0)
    assert found.refusal in {"repeats", "worse"}
    assert max(abs(found.row_estimate_px), abs(found.col_estimate_px)) <= 40


def test_a_patch_narrower_than_the_shift_has_no_part_in_it():
    """Patches of one scene differ in size where little of some was observed."""
    scene = 120 + 40 * gaussian_filter(np.random.default_rng(0).standard_normal((900, 900)), 1.5) * 5
    off = 60

    def patch(row, col, tall, wide):
        known = np.zeros((512, 512), bool)
        known[:tall, :wide] = True
        before, after = (scene[k : k + 512, col : col + 512].astype(np.float32) for k in (row, row - off))
        return Patch(before, after, known, row, col)

    found = register([patch(100, 100, 300, 300), patch(100, 300, 52, 300)], 0.1, 10.0)
    assert (found.refusal, found.shift) == ("", (off, 0))
