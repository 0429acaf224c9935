"""A scene that bends is laid on its baseline by a smooth field; a plain shift gets none."""

import dataclasses

import numpy as np
import pytest
from factories import ground, write_tif
from scipy.ndimage import map_coordinates

from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.registration import Patch, displacements, register
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.spectrum import SPECTRA

SIZE = 640
BEND_PX = 5.0  # from the left edge to the right one


def bent(pixels):
    """Content moved down by nothing at the left edge and by `BEND_PX` at the right one, less in the middle."""
    rows, cols = np.mgrid[:SIZE, :SIZE].astype(float)
    down = BEND_PX * (cols / SIZE) ** 2
    return np.stack([map_coordinates(band.astype(float), [rows - down, cols], order=1, mode="nearest")
                     for band in pixels]).astype(np.uint8), down  # fmt: skip


def patch(before, after):
    light = (p.mean(axis=0, dtype=np.float32) for p in (before, after))
    return Patch(*light, np.ones(before.shape[1:], bool))


@pytest.fixture(scope="module")
def pair():
    before = ground(size=SIZE, seed=4)
    after, down = bent(before)
    return before, after, down


def test_a_smooth_field_is_found_within_a_third_of_a_pixel(pair):
    before, after, down = pair
    found = register([patch(before, after)], 0.5, 10.0)
    assert found.bend
    off = displacements(found, (0, 0, SIZE, SIZE), (SIZE, SIZE))
    away = np.s_[20:-20, 20:-20]
    assert np.abs(off[0] - down)[away].mean() < 0.34
    assert np.abs(off[1])[away].mean() < 0.34


def test_a_part_that_was_built_over_does_not_pull_the_field(pair):
    """A sixth of the scene shows other ground that lies elsewhere: its tiles are outliers."""
    before, after, down = pair
    changed = after.copy()
    changed[:, :260, :260] = ground(size=260, seed=9)
    found = register([patch(before, changed)], 0.5, 10.0)
    assert found.bend
    off = displacements(found, (0, 0, SIZE, SIZE), (SIZE, SIZE))
    assert np.abs(off[0] - down)[300:-20, 20:-20].mean() < 0.5


def test_a_plain_shift_is_not_bent():
    assert register([patch(ground(size=SIZE), ground(size=SIZE, shift=(3, -2)))], 0.5, 10.0).bend == ()


def test_a_bent_scene_gives_the_baselines_classes(tmp_path, pair):
    """Read by the field far fewer pixels change class than when it is read by one shift."""
    scenes = []
    for name, pixels in zip(("before", "after"), pair[:2], strict=True):
        path = write_tif(tmp_path / f"{name}.tif", pixels)
        scenes.append(Scene((inspect_file(path),), (digest_file(path),)))
    grid, model = scenes[0].files[0].grid, CanopyModel(SPECTRA["index"], 0.1)
    wanted = SceneJob("441399001201", scenes[1], scenes[0], grid, model, 10.0, str(tmp_path / "canopy"), "2024-09")
    itself = classify(dataclasses.replace(wanted, scene=scenes[0], name="2024-01")).canopy.read(grid.whole)
    found = classify(wanted)
    assert found.registration.bend
    by_field = found.canopy.read(grid.whole)
    both = (itself > 0) & (by_field > 0)
    assert both.mean() > 0.95
    unlike = float((itself != by_field)[both].mean())
    green = [pixels[1] > pixels[0] for pixels in pair[:2]]
    as_delivered = float((green[0] != green[1]).mean())
    assert unlike < 0.04
    assert unlike < as_delivered / 2
