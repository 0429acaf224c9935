"""Images that show nothing, or other ground than their baseline: told as that, and not as images of elsewhere."""

import numpy as np
import pytest
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer

import lvgeo
from lvgeo.errors import InputRefusedError

CODE = "441399001201"
ROOM_PX = 160
NOTHING = {"black": 0, "white": 255, "nodata": 7}


@pytest.fixture
def zones(tmp_path):
    """A village of 60 m in the middle of 80 m of ground."""
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551010.0, 2549930.0)
    return write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 60, CODE, village="甲村")])


def image(folder, *, seen=np.s_[:], empty=0, **options):
    pixels = np.full((3, ROOM_PX, ROOM_PX), empty, np.uint8)
    pixels[:, :, seen] = ground(size=ROOM_PX)[:, :, seen]
    write_tif(folder / f"{CODE}.tif", pixels, **options)


def blank(folder, kind):
    options = {"nodata": NOTHING[kind]} if kind == "nodata" else {}
    image(folder, seen=np.s_[:0], empty=NOTHING[kind], **options)


def run(root, zones):
    return lvgeo.compare(root / "a", root / "b", zones=zones, out=root / "out", model="index", language="en")


@pytest.mark.parametrize("kind", list(NOTHING))
def test_a_blank_baseline_is_not_said_to_lie_elsewhere(tmp_path, zones, kind):
    blank(tmp_path / "a", kind)
    image(tmp_path / "b")
    with pytest.raises(InputRefusedError) as caught:
        run(tmp_path, zones)
    (told,) = caught.value.refusals
    assert (told.code, told.file, told.feature) == ("raster_blank", str(tmp_path / "a" / f"{CODE}.tif"), CODE)
    assert "nodata" in told.sentence("en")
    assert "无数据" in told.sentence("zh")


@pytest.mark.parametrize("kind", list(NOTHING))
def test_a_blank_image_of_the_month_is_named(tmp_path, zones, kind):
    image(tmp_path / "a")
    blank(tmp_path / "b", kind)
    found = run(tmp_path, zones)
    assert [(one.code, one.file) for one in found.left_out] == [("raster_blank", str(tmp_path / "b" / f"{CODE}.tif"))]
    assert found.canopy_change["change"].iloc[0] == "inconclusive"
    assert "No part of the plots" in found.canopy_change["reason"].iloc[0]


def test_images_of_two_halves_of_a_village_have_no_ground_in_common(tmp_path, zones):
    image(tmp_path / "a", seen=np.s_[: ROOM_PX // 2])
    image(tmp_path / "b", seen=np.s_[ROOM_PX // 2 :])
    found = run(tmp_path, zones)
    assert [(one.code, one.value) for one in found.left_out] == [("images_apart", "a")]
    assert "a" in found.left_out[0].reason("zh")


def test_an_image_beside_all_that_its_baseline_reaches_is_not_said_to_miss_the_village(tmp_path, zones):
    half = ground(size=ROOM_PX)[:, :, : ROOM_PX // 2 - 10]
    write_tif(tmp_path / "a" / f"{CODE}.tif", half)
    write_tif(tmp_path / "b" / f"{CODE}.tif", half, west=551000.0 + ROOM_PX / 4 + 5)
    with pytest.raises(InputRefusedError) as caught:
        run(tmp_path, zones)
    assert [(one.code, one.feature, one.value) for one in caught.value.refusals] == [("images_apart", CODE, "a")]


def test_two_whole_images_are_not_named(tmp_path, zones):
    image(tmp_path / "a")
    image(tmp_path / "b")
    assert not run(tmp_path, zones).left_out
