"""An image of a month that is an earlier one, whole or in part, or bears another month's day; and one that is none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import rasterio
from factories import ground, write_tif

from lvgeo.engine import THREADS
from lvgeo.imagery.classify import Scene
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.monthly.recycled import recycled_images

CODE = "441399001201"
SIDE = 400
PLACE = ground(size=SIDE, seed=3).astype(float)


def flown(seed):
    """One flight over the same place: what stands there is the same, the camera's noise is its own."""
    noise = np.random.default_rng(seed).normal(0, 9, PLACE.shape)
    return np.clip(PLACE + noise, 1, 254).astype(np.uint8)


MARCH, AUGUST = flown(1), flown(2)


def in_part():
    """August, with the western half cut out of March's image."""
    found = AUGUST.copy()
    found[:, :, : SIDE // 2] = MARCH[:, :, : SIDE // 2]
    return found


def brightened():
    return np.clip(MARCH.astype(float) * 1.08 + 5, 1, 254).astype(np.uint8)


def placed_anew():
    """March's picture, said to lie seven pixels farther off."""
    return np.roll(MARCH, (7, -4), axis=(1, 2))


def with_noise_of_march():
    """Other ground under the very grain of March's image: noise is laid over a smoothed picture."""
    plain = np.full_like(PLACE, 120.0)
    return np.clip(plain + (MARCH.astype(float) - PLACE), 1, 254).astype(np.uint8), np.clip(
        plain * 0.8 + (MARCH.astype(float) - PLACE), 1, 254
    ).astype(np.uint8)


@pytest.fixture
def told(tmp_path):
    """Say what is told of an image of August, after an image of March."""

    def ask(later, earlier=MARCH, day="", **options):
        scenes = {}
        for month, pixels, tag in (("2024-03", earlier, ""), ("2024-08", later, day)):
            path = write_tif(tmp_path / month / f"{CODE}.tif", pixels, **(options if month == "2024-08" else {}))
            if tag:
                with rasterio.open(path, "r+") as opened:
                    opened.update_tags(TIFFTAG_DATETIME=f"{tag.replace('-', ':')} 10:00:00")
            scenes[month] = {CODE: Scene((inspect_file(path),), (digest_file(path),))}
        return recycled_images(scenes, "2024-08", THREADS).get(CODE)

    return ask


def test_another_flight_over_the_same_place_is_no_earlier_image(told):
    assert told(AUGUST) is None


@pytest.mark.parametrize(
    "pixels", [MARCH, brightened(), placed_anew(), in_part()], ids=["copied", "brightened", "placed anew", "in part"]
)
def test_an_earlier_image_is_named_with_the_month_that_it_is_of(told, pixels):
    found = told(pixels)
    assert found is not None
    assert (found.code, found.feature, found.limit) == ("image_recycled", CODE, "2024-03")


def test_a_part_is_told_as_the_part_it_is(told):
    assert 0.2 <= float(told(in_part()).value.strip("%")) / 100 <= 0.65


def test_the_same_picture_packed_otherwise_is_recognised(told):
    """Other bytes, so that no hash tells: JPEG at quality 90 keeps the grain."""
    found = told(MARCH, compress="JPEG", jpeg_quality=90, tiled=True, blockxsize=128, blockysize=128)
    assert found is not None
    assert found.code == "image_recycled"


def test_identical_noise_gives_a_picture_away_whatever_was_painted_under_it(told):
    earlier, later = with_noise_of_march()
    assert told(later, earlier).code == "image_recycled"


@pytest.mark.parametrize(("day", "code"), [("2024-03-05", "image_misdated"), ("2024-07-20", "image_misdated")])
def test_a_file_whose_own_day_lies_before_its_month_is_named_with_that_day(told, day, code):
    found = told(AUGUST, day=day)
    assert (found.code, found.value, found.limit) == (code, day, "2024-08")
    assert date.fromisoformat(found.value) < date(2024, 8, 1)


@pytest.mark.parametrize("day", ["2024-07-28", "2024-08-14", "2024-09-02"])
def test_a_flight_of_the_last_days_before_or_handed_in_late_is_taken(told, day):
    assert told(AUGUST, day=day) is None
