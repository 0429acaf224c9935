"""Placebo villages: a planted bias comes back, and the interval holds what it says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from affine import Affine
from scipy.stats import t as student

from lvgeo.progress.controls import (
    SIDE_FREEDOM,
    Placebo,
    PlotRule,
    compare_with,
    place_placebos,
    placebo_blocks,
)
from lvgeo.progress.lattice import Lattice

ALIKE = (0.1, 0.5, 0.05)
RULE = PlotRule(2, 20.0, ALIKE)


def placebos(changes, covariates=ALIKE):
    rows = covariates if isinstance(covariates, list) else [covariates] * len(changes)
    return [Placebo(f"4413020012{n:02d}", float(c), row) for n, (c, row) in enumerate(zip(changes, rows, strict=True))]


def flat_lattice(side=60, before=0.1, after=0.3):
    """Free ground of 1 m cells, all observed, that gained 20 points everywhere."""
    full = np.ones((side, side))
    return Lattice(
        "441302001201", 1.0, full, before * full, after * full, 0.5 * full, 0.25 * full, full > 0, full > 1,
        Affine.identity(),
    )  # fmt: skip


@pytest.mark.parametrize("bias", [-8.0, 0.0, 3.5])
def test_a_bias_planted_in_every_village_comes_back(bias):
    """All alike and all moved by the same: nothing is left uncertain but the floor of 2 points."""
    found = compare_with(placebos([bias] * 20), RULE, 0.95, 12)
    assert found.bias_pp == pytest.approx(bias, abs=1e-9)
    assert found.half_width_pp == 2.0


def test_half_width_by_hand():
    """Alike villages, changes 3 − 10 … 3 + 10.

    Leaving one of 21 out, the mean of the others errs by 21/20 of its distance from the mean; squares of −10 … 10 sum
    to 770. Three covariates leave 17 degrees of freedom, of which each side of the interval rests on two thirds.
    """
    found = compare_with(placebos(range(-7, 14)), RULE, 0.95, 12)
    spread = 21 / 20 * math.sqrt(770 / 21)
    assert found.bias_pp == pytest.approx(3.0)
    assert found.half_width_pp == pytest.approx(student.ppf(0.975, 17 * 2 / 3) * spread * math.sqrt(1 + 1 / 21))
    assert (found.method, found.effective, found.imbalance) == ("predicted", 21.0, pytest.approx(0.0, abs=1e-6))


def test_a_bias_that_follows_a_covariate_is_predicted():
    """Change is 2 + 30 × canopy before, so 11 at 0.3; the plain mean over villages would say 14.

    Tolerance: with 40 villages, shrinkage by 3 takes 3/43 of the slope's part, 3 points, that is 0.2.
    """
    shares = np.linspace(0.1, 0.7, 40)
    rows = [(float(s), 0.5, 0.05) for s in shares]
    found = compare_with(placebos(2 + 30 * shares, rows), PlotRule(2, 20.0, (0.3, 0.5, 0.05)), 0.95, 12)
    assert found.method == "predicted"
    assert found.bias_pp == pytest.approx(11.0, abs=0.25)


def test_unlike_villages_hardly_weigh():
    """Two kinds of villages in every covariate, 5 and −5 points: plots like the first kind are compared with it."""
    rows = [(0.1, 0.3, 0.02)] * 15 + [(0.9, 0.9, 0.20)] * 15
    found = compare_with(placebos([5.0] * 15 + [-5.0] * 15, rows), PlotRule(2, 20.0, rows[0]), 0.95, 12)
    assert found.bias_pp == pytest.approx(5.0, abs=1.0)


def test_no_village_has_more_than_a_tenth_of_the_weight():
    """One village like the plots among eleven unlike ones.

    Capped at 0.1 it leaves 0.9 / 11 to each other: 1 / (0.01 + 11 × 0.0818²) = 11.96 effective villages, under 12.
    """
    rows = [(0.1, 0.5, 0.05)] + [(0.9, 0.9, 0.50)] * 11
    found = compare_with(placebos([0.0] * 12, rows), RULE, 0.95, 12)
    assert found.largest_weight == pytest.approx(0.1)
    assert found.effective == pytest.approx(1 / (0.01 + 0.81 / 11))
    assert found.method == "too_few"


@pytest.mark.parametrize("count", [10, 11, 15, 40])
def test_the_cap_holds_whatever_the_villages_are(count):
    rng = np.random.default_rng(count)
    for _ in range(20):
        rows = [tuple(row) for row in rng.uniform(0, 1, (count, 3)) ** 3]
        found = compare_with(placebos(rng.normal(0, 5, count), rows), PlotRule(1, 20.0, rows[0]), 0.95, 3)
        assert found.largest_weight <= 0.1 + 1e-9


@pytest.mark.parametrize("count", [0, 1, 2, 11])
def test_too_few_controls_say_nothing(count):
    found = compare_with(placebos([1.0] * count), RULE, 0.95, 12)
    assert (found.method, found.half_width_pp, found.effective) == ("too_few", math.inf, float(count))
    assert math.isnan(found.bias_pp)


@pytest.mark.parametrize("count", range(3, 31))
def test_as_many_alike_villages_as_are_wanted_are_enough(count):
    """Sums round: 12 weights of 1/12 must not count as 11.999."""
    assert compare_with(placebos([1.0] * count), RULE, 0.95, count).half_width_pp == 2.0


@pytest.mark.parametrize("spread", [0.0, 0.01, 0.5])
def test_the_half_width_is_never_below_two_points(spread):
    rng = np.random.default_rng(1)
    assert compare_with(placebos(rng.normal(0, spread, 20)), RULE, 0.95, 12).half_width_pp == 2.0


def test_more_confidence_is_a_wider_interval():
    widths = [compare_with(placebos(range(-10, 11)), RULE, level, 12).half_width_pp for level in (0.8, 0.95, 0.99)]
    assert widths == sorted(set(widths))


def test_the_interval_covers_what_it_says():
    """400 streets of 22 villages: a village in which nobody planted lies inside 95 times in 100.

    Tolerance: 400 draws waver by √(0.95 × 0.05 / 400) = 1.1 points, so 0.92 to 0.98 is nearly three of them.
    """
    rng = np.random.default_rng(2024)
    inside = 0
    for _ in range(400):
        rows = [tuple(row) for row in rng.uniform(0, 1, (23, 3))]
        changes = rng.normal(1.5, 5.0, 23)
        found = compare_with(placebos(changes[1:], rows[1:]), PlotRule(2, 20.0, rows[0]), 0.95, 12)
        inside += -found.below_pp <= changes[0] - found.bias_pp <= found.above_pp
    assert 0.92 <= inside / 400 <= 0.98


@pytest.mark.parametrize("count", [12, 22, 40])
def test_each_side_covers_what_it_says_under_a_bell_curve(count):
    """Median and spreads of alike villages, as `compare_with` takes them; each end is missed 2.5 times in 100.

    Tolerance: 40,000 draws waver by 0.1 points; the t quantile is an approximation, within 0.4.
    """
    drawn = np.random.default_rng(5).normal(size=(40_000, count + 1))
    errors = drawn[:, 1:] - np.median(drawn[:, 1:], axis=1)[:, None]
    inflation = (1 + 1 / count) / (1 - 1 / count)
    reach = student.ppf(0.975, SIDE_FREEDOM * (count - 1)) * np.sqrt(
        2 * inflation * np.square(np.maximum([-errors, errors], 0)).mean(axis=2)
    )
    mine = drawn[:, 0] - np.median(drawn[:, 1:], axis=1)
    assert np.mean(mine < -reach[0]) == pytest.approx(0.025, abs=0.004)
    assert np.mean(mine > reach[1]) == pytest.approx(0.025, abs=0.004)


def test_a_field_that_turned_green_elsewhere_widens_the_interval_on_its_side_alone():
    """Two of 24 control villages gained 30 points: a village may owe its gain to that, but its lag shows as before."""
    calm = list(np.linspace(-3, 3, 22))
    before = compare_with(placebos([*calm, -0.1, 0.1]), RULE, 0.95, 12)
    after = compare_with(placebos([*calm, 30.0, 30.0]), RULE, 0.95, 12)
    assert after.above_pp > 3 * before.above_pp
    assert after.below_pp == pytest.approx(before.below_pp, rel=0.15)


def test_blocks_say_that_they_stand_in():
    found = compare_with(placebos([1.0] * 20), RULE, 0.95, 12)
    assert found.by_blocks().method == "blocks"
    assert found.by_blocks().bias_pp == found.bias_pp


def test_placebo_plots_show_what_the_ground_did():
    """0.1 before, 0.3 after, everywhere."""
    lattice = flat_lattice()
    found = place_placebos(lattice, RULE, lattice.windows(20.0, 0.95), np.random.default_rng(1))
    assert found is not None
    assert found.village_code == "441302001201"
    assert found.change_pp == pytest.approx(20.0)
    assert found.covariates == pytest.approx((0.1, 0.5, 0.0), abs=1e-6)


def test_placebo_plots_are_chosen_as_bare_as_the_real_ones():
    """West half bare, east half wooded: plots of 0.1 get placebos of the west, where nothing changed."""
    lattice = flat_lattice(after=0.1)
    lattice.before[:, 30:] = 0.9
    lattice.after[:, 30:] = 0.5
    found = place_placebos(lattice, RULE, lattice.windows(20.0, 0.95), np.random.default_rng(1))
    assert found is not None
    assert found.change_pp == pytest.approx(0.0, abs=1e-9)


def test_no_room_is_no_placebo():
    lattice = flat_lattice(side=10)
    assert place_placebos(lattice, RULE, lattice.windows(20.0, 0.95), np.random.default_rng(1)) is None
    assert placebo_blocks(lattice, RULE, lattice.windows(20.0, 0.95), np.random.default_rng(1)) == []


def test_blocks_lie_three_plot_widths_apart():
    """Windows of 5 m fit on 60 m wherever they begin before 55; corners 15 m apart leave room for 4 a side."""
    lattice = flat_lattice()
    windows = lattice.windows(5.0, 0.95)
    windows.change_pp[:] = np.arange(windows.row.size)  # so that each block tells which window it is
    blocks = placebo_blocks(lattice, RULE, windows, np.random.default_rng(1))
    at = np.array([(windows.row[int(b.change_pp)], windows.col[int(b.change_pp)]) for b in blocks])
    apart = np.abs(at[:, None] - at[None]).max(axis=2)[~np.eye(len(at), dtype=bool)]
    assert apart.min() >= 15
    assert 4 <= len(blocks) <= 16


def test_the_same_seed_gives_the_same_placebos():
    lattice = flat_lattice()
    lattice.after[:] = np.random.default_rng(3).uniform(0, 1, lattice.after.shape)
    windows = lattice.windows(20.0, 0.95)
    one, two = (place_placebos(lattice, RULE, windows, np.random.default_rng(7)) for _ in range(2))
    assert one == two
    assert one != place_placebos(lattice, RULE, windows, np.random.default_rng(8))
