"""Odd files that operators hand over, and hostile ones: read as they are meant, or refused by name."""

from itertools import pairwise

import numpy as np
import pytest
import rasterio
from affine import Affine
from factories import ground, write_tif
from rasterio.enums import ColorInterp

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.canopy import recipe_named
from lvgeo.imagery.edges import Patch, looked
from lvgeo.imagery.scale import scale_of
from lvgeo.imagery.scene import Bands, inspect_file
from lvgeo.imagery.scene_reader import SceneReader

RGB = ("red", "green", "blue")
SILENT = {"colours": "none", "photometric": "MINISBLACK"}


def refused(do):
    with pytest.raises(InputRefusedError) as caught:
        do()
    one = caught.value.refusals[0]
    assert one.reason("zh") != one.reason("en") and one.remedy("zh") and one.remedy("en")
    return one


@pytest.mark.parametrize("suffix", [".msk", ".MSK", ".ovr", ".msk.ovr"])
@pytest.mark.parametrize("held", [b"<VRTDataset rasterXSize='200' rasterYSize='200'/>", b"", b"garbage"])
def test_what_gdal_would_open_beside_an_image_is_a_tiff_or_the_image_is_refused(tmp_path, suffix, held):
    """A virtual raster there could read any file of the machine, or of the network."""
    path = write_tif(tmp_path / "a.tif", ground())
    (tmp_path / f"a.tif{suffix}").write_bytes(held)
    one = refused(lambda: inspect_file(path))
    assert (one.code, one.file) == ("driver_refused", str(tmp_path / f"a.tif{suffix}"))


def test_a_mask_that_is_put_beside_an_image_after_it_was_inspected_is_refused_too(tmp_path):
    file = inspect_file(write_tif(tmp_path / "a.tif", ground()))
    (tmp_path / "a.tif.msk").write_bytes(b"<VRTDataset/>")

    def read():
        with SceneReader([file], file.grid, RGB):
            pass

    assert refused(read).code == "driver_refused"


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4526"])
@pytest.mark.parametrize(("dtype", "nodata"), [
    ("uint8", 0), ("uint8", 255), ("uint16", 65535), ("float32", -10000.0), ("float32", float("nan")), ("float32", 1.0),
])  # fmt: skip
@pytest.mark.parametrize("fifth", [False, True])
def test_alpha_goes_before_a_nodata_number(tmp_path, crs, dtype, nodata, fifth):
    """GDAL goes by the number alone, which may stand for anything under alpha, and for ground beside it."""
    full = {"uint8": 255, "uint16": 65535, "float32": 1.0}[dtype]
    pixels = (ground(size=200).astype(np.float64) / 255 * full).astype(dtype)
    alpha = np.full((1, 200, 200), full, dtype)
    alpha[:, :, :80] = 0
    bands = [pixels, pixels[:1], alpha] if fifth else [pixels, alpha]
    path = write_tif(tmp_path / "a.tif", np.concatenate(bands), nodata=nodata, **(SILENT if fifth else {}))
    if fifth:
        with rasterio.open(path, "r+") as opened:
            opened.descriptions = ("Red", "Green", "Blue", "NIR", "")
            opened.colorinterp = [ColorInterp.gray, *[ColorInterp.undefined] * 3, ColorInterp.alpha]
    file = inspect_file(path)
    assert file.masked
    west = 551000.0 if crs == "EPSG:4547" else 38551000.0
    grid = inspect_file(write_tif(tmp_path / "grid.tif", ground(size=200), crs=crs, west=west)).grid
    with SceneReader([file], grid, RGB, (0.0, full)) as reader:
        valid = reader.read(grid.whole).valid
    assert not valid[:, :79].any()
    assert valid[1:-1, 81:-1].all()


def test_an_image_laid_on_its_side_is_read_to_the_pixel(tmp_path):
    """Warped as if it were to be shrunk it would be blurred, and fine crowns lost."""
    pixels = ground(size=200)
    grid = inspect_file(write_tif(tmp_path / "a.tif", pixels)).grid
    turned = grid.transform @ Affine(0, 1, 0, 1, 0, 0)
    path = write_tif(tmp_path / "b.tif", np.ascontiguousarray(pixels.transpose(0, 2, 1)))
    with rasterio.open(path, "r+") as opened:
        opened.transform = turned
    with SceneReader([inspect_file(path)], grid, RGB) as reader:
        found = reader.read(grid.whole)
    assert found.valid.all()
    assert (found.values == pixels).all()


def test_more_files_than_a_byte_counts_are_laid_beside_each_other(tmp_path):
    pixels = ground(size=170)
    files = [
        inspect_file(write_tif(tmp_path / f"{row}-{col}.tif", pixels[:, row : row + 10, col : col + 10],
                               west=551000 + col / 2, north=2550000 - row / 2))
        for row in range(0, 170, 10) for col in range(0, 170, 10)
    ]  # fmt: skip
    assert len(files) > 256
    grid = inspect_file(write_tif(tmp_path / "whole.tif", pixels)).grid
    with SceneReader(files, grid, RGB) as reader:
        found = reader.read(grid.whole)
        assert (found.values == pixels).all()
        assert reader.givers.shares() == pytest.approx([1 / len(files)] * len(files))
        assert len([ground for ground in reader.givers.grounds() if not ground.is_empty]) == len(files)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (7, 40)])
def test_what_is_too_narrow_for_an_edge_has_none(shape):
    picture = np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
    assert looked([Patch(picture, picture, np.ones(shape, bool))]) == []


def test_a_number_that_the_file_makes_nothing_is_black(tmp_path):
    pixels = ground(size=200)
    plain = inspect_file(write_tif(tmp_path / "a.tif", pixels.astype(np.uint16) * 40))
    path = write_tif(tmp_path / "b.tif", 1000 + pixels.astype(np.uint16) * 40)
    with rasterio.open(path, "r+") as opened:
        opened.scales, opened.offsets = (1 / 40000,) * 3, (-0.025,) * 3
    offset = inspect_file(path)
    found = []
    for file in (plain, offset):
        with SceneReader([file], file.grid, RGB, scale_of([file], file.grid, RGB)) as reader:
            found.append(reader.read(file.grid.whole).values)
    assert (found[0] == found[1]).all()
    with rasterio.open(path, "r+") as opened:
        opened.offsets = (-0.025, -0.02, -0.025)
    assert refused(lambda: inspect_file(path)).code == "raster_offsets"


def test_numbers_below_nothing_do_not_move_colours(tmp_path):
    """Noise of reflectance in shade, and -9999 of which no tag speaks."""
    pixels = ground(size=200).astype(np.float32) / 255
    plain = inspect_file(write_tif(tmp_path / "a.tif", pixels))
    holed = pixels.copy()
    holed[:, :, :60], holed[:, 0, 60:] = -9999, -0.02
    file = inspect_file(write_tif(tmp_path / "b.tif", holed))
    low, high = scale_of([file], file.grid, RGB)
    assert low == 0.0
    assert high == pytest.approx(scale_of([plain], plain.grid, RGB)[1], rel=0.02)
    with SceneReader([file], file.grid, RGB, (low, high)) as reader:
        found = reader.read(file.grid.whole).values
    assert not found[:, :, :60].any()  # as a black frame is
    assert found[1:, 1:, 60:].all()


def test_flights_that_count_in_different_numbers_are_refused_by_name(tmp_path):
    """It is the numbers that count, not their type; files of 8 bits are read as they are."""
    pixels = ground(size=200).astype(np.float64)

    def file(name, factor, dtype, offset=0.0):
        path = write_tif(tmp_path / f"{name}.tif", (pixels * factor).astype(dtype))
        if offset:
            with rasterio.open(path, "r+") as opened:
                opened.offsets = (offset,) * 3
        return inspect_file(path)

    counts = [file("a", 40, "uint16"), file("b", 40, "int16"), file("c", 30, "float32"), file("d", 44, "float64")]
    eight, reflectance = file("e", 1, "uint8"), file("f", 1 / 255, "float32")
    for others in (counts, [counts[0], eight]):
        low, high = scale_of(others, counts[0].grid, RGB)
        assert (low, high) == (0.0, pytest.approx(scale_of(counts[:1], counts[0].grid, RGB)[1], rel=0.15))
    for others in ([counts[0], reflectance], [reflectance, counts[2]], [counts[0], file("g", 40, "uint16", -1000.0)]):
        assert refused(lambda others=others: scale_of(others, counts[0].grid, RGB)).code == "flights_numbers"


@pytest.mark.parametrize("mean", [0.002, -0.002, -0.005])
def test_water_whose_reflectance_is_noise_around_nothing_is_no_collar(tmp_path, mean):
    pixels = ground(size=200).astype(np.float32) / 255 * 0.4
    pixels[:, :, :60] = np.random.default_rng(2).normal(mean, 0.003, (3, 200, 60))
    file = inspect_file(write_tif(tmp_path / "a.tif", pixels))
    with SceneReader([file], file.grid, RGB, scale_of([file], file.grid, RGB)) as reader:
        assert reader.read(file.grid.whole).values.all()


def test_a_saturated_roof_of_12_bits_is_no_white_frame(tmp_path):
    deep = ground(size=200).astype(np.uint16) * 10
    deep[:, :20, :40] = 4095
    file = inspect_file(write_tif(tmp_path / "a.tif", deep))
    with SceneReader([file], file.grid, RGB, scale_of([file], file.grid, RGB)) as reader:
        assert reader.read(file.grid.whole).values.max() < 254


def test_offsets_of_bands_that_are_not_read_do_not_count(tmp_path):
    four = np.concatenate([ground(), ground()[:1]]).astype(np.uint16) * 200
    path = write_tif(tmp_path / "a.tif", four)
    with rasterio.open(path, "r+") as opened:
        opened.scales, opened.offsets = (1 / 40000,) * 4, (-0.025, -0.025, -0.025, 0.0)
    assert inspect_file(path).zero == pytest.approx(1000.0)


def test_overviews_in_another_file_are_not_opened(tmp_path):
    path = write_tif(tmp_path / "a.tif", ground())
    (tmp_path / "a.tif.aux.xml").write_text(
        '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/etc/any.vrt</MDI></Metadata></PAMDataset>'
    )
    one = refused(lambda: inspect_file(path))
    assert (one.code, one.value) == ("driver_refused", "/etc/any.vrt")


def test_of_what_a_file_leaves_unsaid_the_campaign_speaks(tmp_path):
    four = np.concatenate([ground(), ground()[:1]])
    path = write_tif(tmp_path / "a.tif", four, colours="none", photometric="RGB", alpha="NO")
    assert inspect_file(path, ("red", "green", "blue", "nir")).bands == Bands(1, 2, 3, 4)
    assert inspect_file(path).bands == Bands(1, 2, 3, 0)
    alpha = write_tif(tmp_path / "b.tif", four)
    assert inspect_file(alpha, ("red", "green", "blue", "nir")).bands == Bands(1, 2, 3, 0)


def test_where_file_and_campaign_contradict_each_other_nobody_guesses(tmp_path):
    """Four bands without a name are red, green, blue and alpha to GDAL: a Mavic 3M's would be read as colours."""
    path = write_tif(tmp_path / "a.tif", np.concatenate([ground(), ground()[:1]]))
    order = ("green", "red", "red edge", "nir")
    one = refused(lambda: inspect_file(path, order))
    assert (one.code, one.limit) == ("raster_bands_contradict", "green, red, nir")
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = ("Green", "Red", "Red edge", "NIR")
    assert inspect_file(path, order).bands == Bands(red=2, green=1, nir=4)


def test_one_flight_is_read_at_one_size():
    """Pixels of one flight differ in the fourth digit from village to village; none of the usual sizes is a turn."""
    factor = recipe_named("trees").factor
    for size in (0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 1.0):  # below, one more of many hardly matters
        assert factor(size * 0.995) == factor(size * 1.005)
    turns = [pair for pair in pairwise(np.arange(0.05, 1.0, 0.0005)) if factor(pair[0]) != factor(pair[1])]
    for left, right in turns:
        # At a turn both are as far from the model's size, as a ratio.
        wide, narrow = factor(left) * left / 0.6, factor(right) * right / 0.6
        assert wide * narrow == pytest.approx(1.0, abs=0.03)
    assert [factor(size) for size in (0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 2.0)] == [6, 4, 3, 2, 2, 1, 1]
