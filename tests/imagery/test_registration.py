"""A planted shift is found; what cannot be registered is not."""

import json

import numpy as np
import rasterio
from factories import ground

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


def test_derived_sub_pixel_pairs(shared):
    """The same real scene on two grids a known shift apart, one in another light: within 0.1 px, in its direction."""
    folder = shared / "registration" / "derived_subpixel"
    truth = json.loads((folder / "truth.json").read_text())
    assert truth
    for name, true in truth.items():
        pair = []
        for role in ("ref", "tgt"):
            with rasterio.open(folder / "dev" / f"{name}_{role}.tif") as opened:
                pair.append(opened.read()[:3])
        size = np.minimum(pair[0].shape[1:], pair[1].shape[1:])
        found = register([patch(*(p[:, : size[0], : size[1]] for p in pair))], 0.1, 10.0)
        # truth.json says how the grid was moved; content lies the other way.
        error = np.hypot(found.row_estimate_px + true["dy_px"], found.col_estimate_px + true["dx_px"])
        assert error < 0.1, name
