"""Black at the border is a collar; black inside is ground."""

import numpy as np
import pytest
from factories import ground, write_tif

from lvgeo.imagery import collar
from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.collar import CollarFinder
from lvgeo.imagery.kernel import look_at_cells
from lvgeo.imagery.packing import join, part
from lvgeo.imagery.radiometry import identity_radiometry
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.scene_window import Pixels, seen
from lvgeo.imagery.spectrum import SPECTRA
from lvgeo.imagery.texture import CELLS, HALO_PX, light_curves, recognise

INDEX = CanopyModel(SPECTRA["index"], 0.1)
SIZE = 600


def turned(size=SIZE, degrees=17.0, half=190):
    """A picture's place in a file that it was turned in, (y, x)."""
    y, x = np.mgrid[:size, :size] - size // 2
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return (abs(x * cos + y * sin) < half) & (abs(y * cos - x * sin) < half)


def less(inside, eroded_px):
    """What is left of a picture without a rim so wide."""
    padded = np.pad(inside, eroded_px)
    reach = range(2 * eroded_px + 1)
    return np.logical_and.reduce([padded[r : r + SIZE, c : c + SIZE] for r in reach for c in reach])


def classes_of(tmp_path, pixels, **options):
    path = write_tif(tmp_path / "scene.tif", pixels, tiled=True, blockxsize=256, blockysize=256, **options)
    scene = Scene((inspect_file(path),), (digest_file(path),))
    grid = scene.files[0].grid
    made = classify(SceneJob("441399001201", scene, scene, grid, INDEX, 10.0, str(tmp_path), "2024-01"))
    return made.canopy.read(grid.whole)


def settled(classes):
    finder = CollarFinder(*classes.shape)
    finder.add(0, join(classes))
    return finder.collar().settle(0, classes)


def test_border_black_is_unseen_and_eroded_while_a_black_roof_stays():
    classes = np.ones((30, 30), np.uint8)
    classes[:, :5] = 3
    classes[15:18, 15:18] = 3
    found = settled(classes)
    assert (found[:, :8] == 0).all()  # five columns of collar and three of its blurred edge
    assert (found[:, 8:] == 1).all()


def test_a_collar_that_touches_unseen_ground_is_found():
    classes = np.ones((30, 30), np.uint8)
    classes[:10] = 0
    classes[10:13, 5:20] = 3
    found = settled(classes)
    assert (found[10:13, 5:20] == 0).all()
    assert found[28, 28] == 1


@pytest.mark.parametrize(("height", "width"), [(8, 8), (17, 45), (40, 513), (9, 1031)])
def test_squares_are_looked_at_in_words_as_pixel_by_pixel(height, width):
    rng = np.random.default_rng(width)
    classes = np.repeat(np.repeat(rng.integers(0, 4, (-(-height // 8), -(-width // 8))), 8, 0), 8, 1)
    classes = np.where(rng.random(classes.shape) < 0.01, 3, classes)[:height, :width].astype(np.uint8)
    joined, shape = join(classes), (-(-height // 8), -(-width // 8))
    pure, dense, void = (np.ones(shape, bool), np.zeros(shape, bool), np.ones(shape, bool))
    look_at_cells(joined, width, (pure, dense, void))
    for y, x in np.ndindex(shape):
        square = np.s_[8 * y : 8 * y + 8, 8 * x : 8 * x + 8]
        assert pure[y, x] == (classes[square] == 3).all()
        assert void[y, x] == (classes[square] == 0).all()
        assert pure[y, x] or dense[y, x] == ((classes[square] == 3).sum() >= 24)
        if not pure[y, x]:
            classes[square][classes[square] == 3] = 1
    assert (part(joined, width) == classes).all()


@pytest.mark.parametrize("lattice", ["pixels", "squares"])
@pytest.mark.parametrize("fill", [0, 255])
@pytest.mark.parametrize("quality", [95, 85, 75, 70, 60])
def test_a_jpegs_fringe_is_not_observed_ground(tmp_path, monkeypatch, quality, fill, lattice):
    """A ring 3 px wide, a sixth of it canopy, had counted as ground; of quality 70 the whole frame had."""
    if lattice == "squares":
        monkeypatch.setattr(collar, "EXACT_PX", 0)
    inside = turned()
    pixels = np.where(inside, ground(SIZE, 3), fill).astype(np.uint8)
    found = classes_of(tmp_path, pixels, compress="JPEG", JPEG_QUALITY=quality, photometric="YCBCR", interleave="pixel")
    observed, outside = (found > 0).sum() / inside.sum(), ((found > 0) & ~inside).sum() / inside.sum()
    canopy = ((found == 2) & ~inside).sum() / inside.sum()
    # Three pixels are eroded (3.9 % of the picture); squares of 8 px leave up to 4 px of an edge, either way.
    most = {"pixels": (1.0, 0.008, 0.0015), "squares": (1.04, 0.045, 0.009)}[lattice]
    assert less(inside, 3).sum() / inside.sum() <= observed <= most[0]
    assert outside <= most[1]
    assert canopy <= most[2]


@pytest.mark.parametrize(("fill", "level"), [(0, 12), (255, 243)])
@pytest.mark.parametrize("options", [{}, {"compress": "JPEG", "JPEG_QUALITY": 90}])
def test_dark_and_bright_ground_beside_a_collar_loses_no_more_than_the_eroded_rim(tmp_path, fill, level, options):
    inside = turned()
    water = np.clip(level + np.random.default_rng(1).normal(0, 2, (3, SIZE, SIZE)), 2, 253)
    found = classes_of(tmp_path, np.where(inside, water, fill).astype(np.uint8), interleave="pixel", **options)
    assert (found[less(inside, 4 if options else 3)] > 0).all()


def test_a_black_roof_near_the_edge_stays_beside_a_fringe():
    classes = np.ones((60, 60), np.uint8)
    classes[:, :10] = 3
    classes[:, 10:16] = np.where(np.random.default_rng(2).random((60, 6)) < 0.5, 3, 2)
    classes[20:30, 22:30] = 3
    found = settled(classes)
    assert (found[:, :13] == 0).all()
    assert (found[:, 20:] == 1).all()


def test_a_fringe_is_no_wider_than_a_block_of_jpeg():
    classes = np.ones((90, 120), np.uint8)
    classes[::2, ::2] = 3  # black leaves in a dark wood, as dense as a fringe
    classes[:, :12] = 3
    found = settled(classes)
    assert (found[:, : 12 + 16 + 3] == 0).all()
    assert (found[4:-5, 12 + 16 + 3 : -5] == 1).all()
    assert found[:, 40:-5].mean() > 0.9  # leaves at the border are collar one by one, with 3 px around each, as ever


@pytest.mark.parametrize("exact_px", [2**24, 0])
def test_a_collar_is_the_same_however_the_scene_is_cut(monkeypatch, exact_px):
    monkeypatch.setattr(collar, "EXACT_PX", exact_px)
    classes = np.where(turned(200, half=64), 1, 3).astype(np.uint8)
    noise = np.random.default_rng(5).random(classes.shape)
    classes[(noise < 0.3) & ~turned(200, half=60)] = 2
    whole = settled(classes.copy())
    finder = CollarFinder(*classes.shape)
    cuts = [(160, 200), (0, 56), (56, 160)]
    strips = {cut: join(classes[slice(*cut)]) for cut in cuts}
    for (first, _), strip in strips.items():
        finder.add(first, strip)
    found = finder.collar()
    for (first, last), strip in strips.items():
        assert (found.settle(first, part(strip, 200)) == whole[first:last]).all()


def test_every_reader_takes_the_same_levels_for_pure():
    levels = np.array([0, 1, 2, 3, 252, 253, 254, 255], np.uint8)
    values = np.ascontiguousarray(np.stack(np.meshgrid(levels, levels, levels, indexing="ij")).reshape(3, 8, 64))
    pure = (values <= 1).all(0) | (values >= 254).all(0)
    every = np.ones(pure.shape, bool)
    colour = INDEX.reader(identity_radiometry(3)).classify(values, every, collars=True)
    assert ((part(colour, 64) == 3) == pure).all()
    around = ((0, 0), (HALO_PX, HALO_PX), (0, 0))
    curves = light_curves(np.tile(np.arange(256, dtype=np.float32), (3, 1)))
    padded, known = np.pad(values, around, constant_values=90), np.pad(every, around[1:], constant_values=True)
    texture = recognise(padded, known, curves, np.zeros(CELLS, np.uint8), (1, 120), collars=True)
    assert ((part(texture, 64) == 3) == pure).all()
    assert not seen(Pixels(values, every))[pure].any()


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_deep_water_at_the_border_of_a_16_bit_image_is_no_collar(tmp_path, dtype):
    """Its numbers, up to 8 of 3000, had been cut down to black."""
    deep = ground(300).astype(np.float64) * 20
    deep[:, :, :60] = np.random.default_rng(0).integers(2, 9, (3, 300, 60))
    roof = deep[:, :10, 285:]  # brighter than 99.8 % of the numbers
    roof += np.random.default_rng(1).integers(20000, 40000, roof.shape)
    assert (classes_of(tmp_path, (deep / (1 if dtype == "uint16" else 10000)).astype(dtype)) > 0).all()


def test_a_black_and_a_white_frame_of_a_16_bit_image_are_still_found(tmp_path):
    for fill in (0, 65535):
        deep = ground(300).astype(np.uint16) * 20
        deep[:, :, :60] = fill
        found = classes_of(tmp_path / str(fill), deep)
        assert (found[:, :63] == 0).all()
        assert (found[:, 63:] > 0).all()


def test_where_nodata_marks_the_collar_the_darkest_ground_is_observed(tmp_path):
    pixels = np.ones((3, 300, 300), np.uint8)
    pixels[:, :, :60] = 0
    found = classes_of(tmp_path, pixels, nodata=0)
    assert (found[:, :60] == 0).all()
    assert (found[:, 60:] > 0).all()


def test_a_collar_grows_as_scipy_grows_it():
    from scipy.ndimage import binary_dilation

    rng = np.random.default_rng(6)
    into = rng.random((70, 50)) < 0.6
    cells = into & (rng.random(into.shape) < 0.02)
    wanted = binary_dilation(cells, structure=np.ones((3, 3)), iterations=5, mask=into)
    assert (collar._grown(cells, 5, into) == wanted).all()
