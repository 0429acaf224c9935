"""A planted shift is found; what cannot be registered is not."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from factories import ground

from lvgeo.imagery.radiometry import fit_radiometry
from lvgeo.imagery.registration import Patch, register


def patch(before, after):
    return Patch(
        before.mean(axis=0, dtype=np.float32), after.mean(axis=0, dtype=np.float32), np.ones(before.shape[1:], bool)
    )


def test_whole_pixel_shift_is_found_exactly_in_another_light():
    found = register([patch(ground(), ground(shift=(3, -5), gain=0.8))], 0.5, 10.0)
    assert found.shift == (3, -5)
    assert found.refusal == ""
    assert found.residual_m < 0.1  # a fifth of a pixel: nothing is left but noise


def test_a_shift_beyond_the_limit_is_not_applied():
    found = register([patch(ground(), ground(shift=(12, 0)))], 0.5, 5.0)
    assert (found.refusal, found.shift) == ("shift", (0, 0))
    assert np.isinf(found.residual_m)


def test_flat_ground_cannot_be_registered():
    flat = np.full((3, 160, 160), 120, np.uint8)
    assert register([patch(flat, flat)], 0.5, 10.0).refusal == "flat"


def test_two_unlike_scenes_are_not_registered_to_each_other():
    found = register([patch(ground(seed=1), ground(seed=2))], 0.5, 100.0)
    assert found.refusal in {"worse", "shift"} or found.residual_m > 1.0


def derived(shared):
    """Real scenes on two grids a known shift apart: name, both, and by how much the content lies off."""
    folder = shared / "registration" / "derived_subpixel"
    truth = json.loads((folder / "truth.json").read_text())
    assert truth
    for name, true in truth.items():
        pair = []
        for role in ("ref", "tgt"):
            with rasterio.open(folder / "dev" / f"{name}_{role}.tif") as opened:
                pair.append(opened.read()[:3])
        size = np.minimum(pair[0].shape[1:], pair[1].shape[1:])
        # truth.json says how the grid was moved; content lies the other way.
        yield name, [p[:, : size[0], : size[1]] for p in pair], (-true["dy_px"], -true["dx_px"])


def test_derived_sub_pixel_pairs(shared):
    """The same real scene on two grids a known shift apart, one in another light: within 0.1 px, in its direction."""
    for name, pair, (rows, cols) in derived(shared):
        found = register([patch(*pair)], 0.1, 10.0)
        error = np.hypot(found.row_estimate_px - rows, found.col_estimate_px - cols)
        assert error < 0.1, name


@pytest.mark.parametrize(
    ("part", "observed"),
    [
        ("a side", lambda _y, x: x < 0.3),
        ("a corner", lambda y, x: (x > 0.41) & (y < 0.59)),
        ("aslant", lambda y, x: x + y < 0.775),
        ("a disc", lambda y, x: (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.11),
        ("a band", lambda y, _x: abs(y - 0.5) < 0.15),
    ],
)
def test_a_third_of_a_village_is_enough(shared, part, observed):
    """Of the real pairs a third is observed: still within 0.1 px."""
    for name, pair, (rows, cols) in derived(shared):
        whole = patch(*pair)
        seen = observed(*(np.mgrid[: whole.valid.shape[0], : whole.valid.shape[1]] / whole.valid.shape[0]))
        assert 0.25 < seen.mean() < 0.4
        found = register([Patch(whole.before * seen, whole.after * seen, seen)], 0.1, 10.0)
        assert found.refusal == "", (name, part)
        assert np.hypot(found.row_estimate_px - rows, found.col_estimate_px - cols) < 0.1, (name, part)


def test_too_little_observed_ground_cannot_be_registered():
    whole = patch(ground(), ground(shift=(3, -5)))
    seen = np.zeros_like(whole.valid)
    seen[:40] = True
    assert register([Patch(whole.before, whole.after, seen)], 0.5, 10.0).refusal == "flat"


def test_along_a_lone_road_the_shift_is_not_believed():
    """What lies along a straight line may lie anywhere along it: the residual says so, however well the rest fits."""
    rng = np.random.default_rng(5)
    rows, cols = np.mgrid[:100, :240]
    road = np.where(abs(rows - 50 - 0.2 * (cols - 120)) < 6, 180, 90) + rng.normal(0, 1.5, rows.shape)
    moved = np.where(abs(rows - 52 - 0.2 * (cols - 120)) < 6, 180, 90) + rng.normal(0, 1.5, rows.shape)
    found = register([Patch(road.astype(np.float32), moved.astype(np.float32), np.ones(rows.shape, bool))], 0.5, 10.0)
    assert found.residual_m > 1.0


def test_a_village_too_small_for_parts_of_a_pixel_is_not_said_to_lie_exactly():
    """24 × 90 px: the whole shift is found, and half a pixel may be left either way."""
    whole = patch(ground(), ground(shift=(1, -2)))
    small = Patch(whole.before[60:84, 30:120], whole.after[60:84, 30:120], np.ones((24, 90), bool))
    found = register([small], 0.5, 2.0)
    assert (found.refusal, found.shift) == ("", (1, -2))
    assert found.residual_m >= 0.4 * 0.5


def test_threads_change_nothing_in_how_a_scene_lies_and_shines():
    pieces = [(ground(size=220, seed=seed), ground(size=220, seed=seed, shift=(2, -3))) for seed in range(5)]
    patches = [replace(patch(*pair), row=220 * k) for k, pair in enumerate(pieces)]
    extent, seen = (1100, 220), [np.ones((220, 220), bool)] * 5
    before, after = ([pair[k] for pair in pieces] for k in range(2))
    with ThreadPoolExecutor(3) as pool:
        for each in (map, pool.map):
            lies = register(patches, 0.5, 10.0, extent=extent, each=each)
            shines = fit_radiometry(before, after, seen, each)
            if each is map:
                alone = lies, shines
    assert lies.shift == (2.0, -3.0)
    assert lies == alone[0]
    assert shines.curves.tobytes() == alone[1].curves.tobytes()
    assert shines.residual_dn == alone[1].residual_dn
