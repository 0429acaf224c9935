"""A scene that bends is laid on its baseline by a smooth field; a plain shift gets none."""

import dataclasses

import numpy as np
import pytest
import shapely
from factories import ground, write_tif
from scipy.ndimage import map_coordinates

from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.chips import read_pieces
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.fitting import fit
from lvgeo.imagery.grid import Window
from lvgeo.imagery.packing import part
from lvgeo.imagery.probe import read_probes, stored_radiometry
from lvgeo.imagery.radiometry import fit_radiometry
from lvgeo.imagery.registered import beside
from lvgeo.imagery.registration import Patch, Registration, displacements, register
from lvgeo.imagery.sample import Sample
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.scene_height import inspect_height
from lvgeo.imagery.scene_window import Pixels
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
    off = displacements(found, Window(0, 0, SIZE, SIZE), (SIZE, SIZE))
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
    off = displacements(found, Window(0, 0, SIZE, SIZE), (SIZE, SIZE))
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


def test_light_is_compared_where_the_ground_lies(pair):
    """By one shift a fitted light would be that of neighbouring ground, where crowns and soil lie side by side."""
    before, after, _ = pair
    found = register([patch(before, after)], 0.5, 10.0)
    whole, seen = Window(0, 0, SIZE, SIZE), np.ones((SIZE, SIZE), bool)
    one, two = (Sample.of(whole, Pixels(pixels, seen)) for pixels in (before, after))

    def unlike(registration):
        here, there = beside(one, two, registration, (SIZE, SIZE))
        both = here.valid & there.valid
        assert both.mean() > 0.9
        return np.abs(here.values[:, both].astype(float) - there.values[:, both]).mean()

    assert unlike(found) < 0.5 * unlike(dataclasses.replace(found, bend=()))


def test_a_bent_scenes_light_is_fitted_by_its_field(tmp_path, pair):
    """By one shift the same curves leave half as much again between the two dates."""
    scenes = []
    for name, pixels in zip(("before", "after"), pair[:2], strict=True):
        path = write_tif(tmp_path / f"{name}.tif", pixels)
        scenes.append(Scene((inspect_file(path),), (digest_file(path),)))
    model = CanopyModel(SPECTRA["index"], 0.1)
    job = SceneJob("1", scenes[1], scenes[0], scenes[0].files[0].grid, model, 10.0, str(tmp_path), "2024-09")
    found = fit(job)
    whole, seen = Window(0, 0, SIZE, SIZE), np.ones((SIZE, SIZE), bool)
    one, two = (Sample.of(whole, Pixels(pixels, seen)) for pixels in pair[:2])
    here, there = beside(one, two, dataclasses.replace(found.registration, bend=()), (SIZE, SIZE))
    by_shift = fit_radiometry([here.values], [there.values], [here.valid & there.valid])
    assert found.registration.bend
    assert found.radiometry.residual_dn < by_shift.residual_dn / 1.5


def test_ground_beyond_a_sampled_window_is_not_compared():
    picture = ground(size=100)
    whole, seen = Window(0, 0, 100, 100), np.ones((100, 100), bool)
    one = Sample.of(whole, Pixels(picture, seen))
    off = Registration(row_estimate_px=20.0, col_estimate_px=-7.0, bend=((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    here, there = beside(one, one, off, (100, 100))
    assert here.valid.all()
    assert there.valid[:80, 7:].all()
    assert np.count_nonzero(there.valid) == 80 * 93
    assert (there.values[:, :80, 7:] == picture[:, 20:, :93]).all()


@pytest.fixture(scope="module")
def classified(tmp_path_factory, pair):
    """The baseline and the bent scene, each with a surface model of hedges: what is green between them lies flat."""
    folder = tmp_path_factory.mktemp("bent")
    scenes = []
    hedges = np.where(np.arange(SIZE) % 40 < 16, 4.0, 0.0).astype(np.float32)
    heights = np.broadcast_to(hedges[:, None], (1, SIZE, SIZE))
    moved = np.round(np.arange(SIZE)[:, None] - pair[2]).astype(int)
    for name, pixels, height in zip(("before", "after"), pair[:2], (heights, heights[:, moved, 0]), strict=True):
        path = write_tif(folder / f"{name}.tif", pixels)
        dsm = write_tif(folder / f"{name}-dsm.tif", height)
        scenes.append(Scene((inspect_file(path),), (digest_file(path),), (inspect_height(dsm),), (digest_file(dsm),)))
    grid, model = scenes[0].files[0].grid, CanopyModel(SPECTRA["index"], 0.1)
    jobs = [SceneJob("441399001201", scene, scenes[0], grid, model, 10.0, str(folder / "canopy"), name)
            for scene, name in zip(scenes, ("2024-01", "2024-09"), strict=True)]  # fmt: skip
    found = [classify(job) for job in jobs]
    assert found[1].registration.bend
    return scenes, found


def test_a_piece_seen_again_shows_what_the_class_raster_shows(classified):
    """To the pixel: both read each pixel by the same field."""
    scenes, (_, after) = classified
    grid = after.canopy.grid
    model = CanopyModel(SPECTRA["index"], 0.1)
    shapes = [shapely.box(*(grid.transform @ (col, 400)), *(grid.transform @ (col + 60, 340))) for col in (40, 540)]
    probes = read_probes(scenes[1], after, model.roles, shapes, grid.crs, 0)
    light = stored_radiometry(after, 3)
    whole = after.canopy.read(grid.whole)
    for probe, col in zip(probes, (40, 540), strict=True):
        again = part(model.reader(light).classify(probe.values, probe.valid, collars=False), probe.valid.shape[1])
        stored = whole[340:400, col : col + 60]
        assert ((again == 2) | (stored != 2)).all()  # the surface model only takes canopy off


def test_heights_are_read_where_they_lie(classified):
    """Crowns keep their place under a bent surface model as under a straight one."""
    _, (before, after) = classified
    first, last = (one.canopy.read(one.canopy.grid.whole)[20:-20, 500:-20] for one in (before, after))
    both = (first > 0) & (last > 0)
    assert float((first != last)[both].mean()) < 0.008


def test_pieces_of_the_file_are_cut_where_their_ground_lies(classified):
    """Around a mark on the right both scenes show the same."""
    scenes, (_, after) = classified
    grid = after.canopy.grid
    plot = shapely.box(*(grid.transform @ (540, 380)), *(grid.transform @ (620, 300)))
    middle = shapely.MultiPoint([grid.transform @ (580.5, 340.5)])
    seen = []
    for scene, registration in zip(scenes, (Registration(), after.registration), strict=True):
        (piece,) = read_pieces(scene, grid, registration, [plot], grid.crs, middle)
        row, col = (int(v) for v in piece.marks[0])
        seen.append(piece.rgb[:, row - 20 : row + 20, col - 20 : col + 20].mean(axis=0).ravel())
    assert np.corrcoef(*seen)[0, 1] > 0.8
