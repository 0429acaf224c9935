"""Pictures of three bands that show no colours, or those of another kind of film: they are named and not judged."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import rasterio
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer

import lvgeo
from lvgeo.errors import InputRefusedError

CODE, SIDE = "441399001201", 240


def mixed(weights):
    """Bands of a picture, each a mixture of red, green and blue."""
    return np.asarray(weights)


GREY = mixed([[0.3, 0.59, 0.11]] * 3)
SEPIA = mixed([[0.32, 0.63, 0.12], [0.28, 0.56, 0.1], [0.22, 0.44, 0.08]])
PLAIN = np.eye(3)


def scene(seed, weights=PLAIN, *, part=np.s_[:], gain=1.0):
    """A flight over the same ground, with grain of its own; a part of it as another film shows it."""
    colours = ground(SIDE, 1).astype(np.float64) * gain + np.random.default_rng(seed).normal(0, 4, (3, SIDE, SIDE))
    shown = colours.copy()
    shown[:, part] = np.einsum("bc,cyx->byx", weights, colours)[:, part]
    return np.clip(np.round(shown), 2, 253).astype(np.uint8)


def infrared(seed):
    """Infrared, red and green in the place of red, green and blue: crowns shine."""
    red, green, _ = scene(seed).astype(np.float64)
    crowns = ground(SIDE, 1)[0] < 100
    return np.clip(np.stack([np.where(crowns, 200, red * 1.05), red, green]), 2, 253).astype(np.uint8)


def compared(tmp_path, before, after, model="index"):
    for name, files in (("2024-01", before), ("2024-09", after)):
        for k, pixels in enumerate(files):
            write_tif(tmp_path / name / f"{CODE}_{k}.tif", pixels)
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551020.0, 2549900.0)
    zones = write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 70, CODE, village="甲村")])
    dates = (tmp_path / name for name in ("2024-01", "2024-09"))
    return lvgeo.compare(*dates, zones=zones, out=tmp_path / "out", model=model, language="en", on=date(2024, 10, 1))


def refused(tmp_path, before, after, model="index"):
    with pytest.raises(InputRefusedError) as caught:
        compared(tmp_path, before, after, model)
    assert all(one.remedy("zh") and one.remedy("en") for one in caught.value.refusals)
    return [(one.code, one.file.removeprefix(f"{tmp_path}/")) for one in caught.value.refusals]


@pytest.mark.parametrize("model", ["index", "trees"])
@pytest.mark.parametrize("weights", [GREY, SEPIA], ids=["grey", "sepia"])
def test_a_picture_without_colours_has_not_lost_its_canopy(tmp_path, weights, model):
    told = refused(tmp_path, [scene(1)], [scene(2, weights)], model)
    assert told == [("raster_grey", f"2024-09/{CODE}_0.tif")]


def test_a_baseline_without_colours_has_not_lacked_canopy(tmp_path):
    assert refused(tmp_path, [scene(1, GREY)], [scene(2)]) == [("raster_grey", f"2024-01/{CODE}_0.tif")]


def test_of_two_flights_the_one_without_colours_is_named(tmp_path):
    told = refused(tmp_path, [scene(1)], [scene(2), scene(3, GREY)])
    assert ("raster_grey", f"2024-09/{CODE}_1.tif") in told


@pytest.mark.parametrize("model", ["index", "trees"])
def test_infrared_instead_of_red_is_not_compared_with_colours(tmp_path, model):
    assert refused(tmp_path, [scene(1)], [infrared(2)], model) == [("raster_colours", f"2024-09/{CODE}_0.tif")]


@pytest.mark.parametrize(
    "after",
    [scene(2), scene(2, gain=0.1), scene(2, PLAIN * [[0.3], [1], [1]]), scene(2, GREY, part=np.s_[: SIDE // 2])],
    ids=["another flight", "dark", "tinted", "half of it grey"],
)
def test_other_light_is_no_want_of_colours(tmp_path, after):
    assert not compared(tmp_path, [scene(1)], [after]).left_out


@pytest.mark.parametrize("pair", [("2018-07", "2020-07"), ("2020-09", "2016-07")])
def test_no_real_pair_is_said_to_be_grey_or_infrared_and_most_infrared_ones_are(shared, tmp_path, pair):
    street = shared / "street-naip"
    before, after = (street / "imagery" / name for name in pair)
    swapped = tmp_path / "swapped"
    swapped.mkdir()
    for path in sorted(after.glob("*.tif")):
        with rasterio.open(path) as opened:
            pixels, profile = opened.read((4, 1, 2)), opened.profile
        with rasterio.open(swapped / path.name, "w", **profile | {"count": 3, "photometric": "RGB"}) as opened:
            opened.write(pixels)
    zones = street / "boundaries" / "villages.gpkg"
    for images, least, most in ((after, 0, 0), (swapped, 14, 23)):
        found = lvgeo.compare(before, images, zones=zones, out=tmp_path / images.name, model="index")
        codes = [one.code for one in found.left_out]
        assert least <= codes.count("raster_colours") <= most
        assert "raster_grey" not in codes
