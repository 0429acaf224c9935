"""At two centimetres a pixel a shift of metres is more than a window shows: it is looked for from farther off."""

import dataclasses

import numpy as np
import pytest
from factories import ground, write_tif

from lvgeo.imagery import fitting
from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.spectrum import SPECTRA

SIZE, PIXEL_M = 1600, 0.02
SHIFT = (310, -270)  # 6.2 and 5.4 m


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """Ground as it lies in the baseline, and cut 8 m away; its blobs are crowns of a metre."""
    folder = tmp_path_factory.mktemp("far")
    big = np.kron(ground(size=420, seed=3), np.ones((1, 5, 5), np.uint8))
    rng = np.random.default_rng(0)
    big = np.clip(big + rng.normal(0, 3, big.shape), 1, 254).astype(np.uint8)
    scenes = []
    for name, (row, col) in (("before", (400, 100)), ("after", (400 - SHIFT[0], 100 - SHIFT[1]))):
        path = write_tif(folder / f"{name}.tif", big[:, row : row + SIZE, col : col + SIZE], pixel_m=PIXEL_M)
        scenes.append(Scene((inspect_file(path),), (digest_file(path),)))
    grid, model = scenes[0].files[0].grid, CanopyModel(SPECTRA["index"], 0.1)
    return SceneJob("441399001201", scenes[1], scenes[0], grid, model, 10.0, str(folder / "canopy"), "2024-09")


def test_a_shift_of_eight_metres_is_found_at_two_centimetres(job):
    found = classify(job)
    assert found.registration.refusal == ""
    assert found.registration.shift == SHIFT
    assert found.registration.residual_m < 0.02
    itself = classify(dataclasses.replace(job, scene=job.baseline, name="2024-01"))
    seen = [one.canopy.read(job.grid.whole) for one in (itself, found)]
    both = (seen[0] > 0) & (seen[1] > 0)
    assert both.mean() > 0.6
    assert (seen[0] != seen[1])[both].mean() < 0.01


def test_a_shift_beyond_the_limit_is_not_applied_however_it_was_found(job):
    found = fitting.fit(dataclasses.replace(job, max_shift_m=7.0)).registration
    assert found.shift == (0.0, 0.0)
    assert found.refusal in {"worse", "shift"}


def test_nothing_more_is_read_where_the_scene_lies_well(job, monkeypatch):
    well = dataclasses.replace(job, scene=dataclasses.replace(job.baseline, digests=("another",)))
    monkeypatch.setattr("lvgeo.imagery.far_look.SceneReader", None)  # to read with it would be an error
    assert fitting.fit(well).registration.shift == (0.0, 0.0)
