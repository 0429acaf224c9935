"""An image out of focus makes canopy seem to have gone: it is refused. No real pair of images is."""

import itertools

import numpy as np
import pytest
import rasterio
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer
from scipy.ndimage import gaussian_filter, uniform_filter1d

import lvgeo
from lvgeo.errors import InputRefusedError
from lvgeo.imagery.sharpness import LEAST_SHARPNESS, sharpness

CODE = "441399001201"
SUMMERS = ("2016-07", "2018-07", "2020-07", "2020-08", "2020-09")


def blurred(pixels, sigma_px):
    return gaussian_filter(pixels.astype(np.float32), (0, sigma_px, sigma_px)).round().astype(np.uint8)


def told(before, after, valid=None):
    return sharpness([before], [after], [np.ones(before.shape[1:], bool) if valid is None else valid])


@pytest.fixture(scope="module")
def street(shared):
    """Month → real images, (3, y, x)."""

    def read(path):
        with rasterio.open(path) as opened:
            return opened.read([1, 2, 3])

    folder = shared / "street-naip" / "imagery"
    return {month: [read(path) for path in sorted((folder / month).glob("*.tif"))] for month in SUMMERS}


@pytest.mark.parametrize("pair", list(itertools.combinations(SUMMERS, 2)), ids="-".join)
def test_no_real_pair_is_said_to_be_blurred(street, pair):
    for before, after in zip(*(street[month] for month in pair), strict=True):
        assert 0.7 < told(before, after) < 1.4


def test_real_images_that_are_blurred_are_whatever_their_light(street):
    for image in street["2020-07"]:
        dark = (blurred(image, 1.5) * 0.6).astype(np.uint8)
        assert told(image, dark) < LEAST_SHARPNESS
        assert 1 / told(dark, image) < LEAST_SHARPNESS
        assert told(image, np.random.default_rng(1).normal(image, 3).clip(0, 255).astype(np.uint8)) > 0.9


def test_real_images_that_are_blurred_along_their_way_are_too(street):
    for image, way in itertools.product(street["2018-07"], (1, 2)):
        assert told(image, uniform_filter1d(image, 7, axis=way)) < LEAST_SHARPNESS


def test_windows_all_over_a_large_scene_are_looked_at():
    """A lake in the north must not speak for the village."""
    image = ground(size=300)[:3]
    pieces, seen = [image] * 40, [np.ones((300, 300), bool)] * 40
    half = [image] * 20 + [blurred(image, 2)] * 20
    assert sharpness(pieces, half, seen) == pytest.approx(sharpness(pieces, half[::-1], seen))
    assert sharpness(pieces, half, seen) < 0.95


@pytest.mark.parametrize("shape", [(3, 300, 8), (3, 8, 300), (3, 12, 300), (3, 0, 300), (3, 13, 13), (3, 40, 40)])
def test_of_few_pixels_nothing_is_told(shape):
    image = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    assert told(image, blurred(image, 2)) == 1.0


def test_even_ground_and_what_was_not_seen_tell_nothing():
    image = ground(size=300)[:3]
    even, nothing = np.full_like(image, 120), np.zeros(image.shape[1:], bool)
    assert told(even, even) == told(image, even) == told(even, image) == told(image, blurred(image, 2), nothing) == 1.0


def test_what_was_not_seen_does_not_count():
    image = ground(size=300)[:3]
    seen = np.ones(image.shape[1:], bool)
    seen[:, 150:] = False
    half = image.copy()
    half[:, :, 150:] = 0
    assert told(image, half, seen) == pytest.approx(1.0)


@pytest.mark.parametrize("late", [True, False])
def test_a_blurred_image_is_named(tmp_path, late):
    sharp, dull = ground(seed=1), blurred(ground(seed=1), 2)
    for month, image in zip(("2024-01", "2024-09"), (sharp, dull) if late else (dull, sharp), strict=True):
        write_tif(tmp_path / month / f"{CODE}.tif", image)
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    zones = write_geojson(
        tmp_path / "zones.geojson", [square(*to_degrees.transform(551010.0, 2549930.0), 60, CODE, village="V")]
    )
    with pytest.raises(InputRefusedError) as refused:
        lvgeo.compare(tmp_path / "2024-01", tmp_path / "2024-09", zones=zones, out=tmp_path / "out", model="index")
    (one,) = refused.value.refusals
    assert (one.code, one.feature) == ("raster_blurred", CODE)
    assert one.file.endswith(f"{'2024-09' if late else '2024-01'}/{CODE}.tif")
