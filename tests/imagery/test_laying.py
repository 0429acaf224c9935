"""Flights of one month that lie apart and differ in light are read as one scene: real images, cut and moved."""

import dataclasses
import json

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.warp import Resampling, reproject, transform_bounds

from lvgeo.imagery.canopy import recipe_named
from lvgeo.imagery.classify import BaselineJob, Scene, SceneJob, classify, laid, look_at_baseline, scale_of
from lvgeo.imagery.flights import Flight, with_worst
from lvgeo.imagery.registration import Registration
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.scene_height import inspect_height
from lvgeo.imagery.scene_reader import SceneReader

CODES = ("901000000004", "901000000006", "901000000009")
RGB = ("red", "green", "blue")
MOVED_PX, GAIN = 4, 1.15  # 2.4 m: what two flights of a month may lie apart without ground control


def scene(*paths):
    return Scene(tuple(map(inspect_file, paths)), tuple(map(digest_file, paths)))


def piece(source, path, rows, *, off=(0, 0), gain=1.0, grey=None):
    """Rows of an image as a flight of their own, whose stated place is off by rows and columns, in another light."""
    with rasterio.open(source) as opened:
        pixels, profile = opened.read()[:, rows], opened.profile
        said = opened.descriptions, opened.colorinterp
        moved = opened.transform @ Affine.translation(-off[1], (rows.start or 0) - off[0])
    lit = np.clip(pixels * gain, 1, 254) if pixels.dtype == np.uint8 else pixels * gain
    pixels = lit.astype(pixels.dtype) if grey is None else np.full_like(pixels, grey)
    return written(path, pixels, profile["crs"], moved, said)


def written(path, pixels, crs, transform, said):
    plain = {"driver": "GTiff", "dtype": pixels.dtype, "count": len(pixels), "crs": crs, "transform": transform}
    with rasterio.open(path, "w", **plain, height=pixels.shape[1], width=pixels.shape[2]) as opened:
        opened.descriptions, opened.colorinterp = said
        opened.write(pixels)
    return path


def reflectance(source, path, kind):
    """The same image as ten thousandths in 16 bits, or as shares of 1."""
    with rasterio.open(source) as opened:
        pixels = (opened.read() * (30.0 if kind == "uint16" else 0.003)).astype(kind)
        return written(path, pixels, opened.crs, opened.transform, (opened.descriptions, opened.colorinterp))


class Village:
    """A real village and its baseline, and what comes of a month's files."""

    def __init__(self, shared, folder, code, model="trees", kind="uint8"):
        images = shared / "street-naip" / "imagery"
        self.folder, self.code = folder, code
        self.source, self.first = (images / month / f"{code}.tif" for month in ("2020-09", "2018-07"))
        if kind != "uint8":
            self.source = reflectance(self.source, folder / "source.tif", kind)
            self.first = reflectance(self.first, folder / "first.tif", kind)
        self.baseline = scene(self.first)
        recipe, grid = recipe_named(model), self.baseline.files[0].grid
        self.grid = grid.coarsened(recipe.factor(grid.ground_pixel_m))
        self.model = recipe.fit(look_at_baseline(BaselineJob(code, self.baseline, self.grid, recipe, 10.0))[None])
        self.whole, _ = self.classified(self.source)

    def piece(self, name, *rows, **options):
        return piece(options.pop("source", self.source), self.folder / name, slice(*rows), **options)

    def job(self, handed, baseline, name="2020-09"):
        return SceneJob(self.code, handed, baseline, self.grid, self.model, 10.0, str(self.folder / name), name)

    def classified(self, *paths):
        found = classify(self.job(scene(*paths), self.baseline))
        return found.canopy.read(self.grid.whole), found

    def apart(self, classes):
        """Share of the ground, seen in both, whose class is another than in the image that was not cut."""
        both = (classes > 0) & (self.whole > 0)
        assert both.mean() > 0.98
        share = (classes == 2)[both].mean() - (self.whole == 2)[both].mean()
        return float((classes != self.whole)[both].mean()), abs(float(share))


@pytest.fixture(params=CODES)
def village(request, shared, tmp_path):
    return Village(shared, tmp_path, request.param)


@pytest.fixture
def one(shared, tmp_path):
    return Village(shared, tmp_path, CODES[0])


def test_two_flights_that_overlap_give_the_classes_of_one(village):
    """As one scene with one shift 2.6 to 5 % of the ground had another class."""
    north = village.piece("n.tif", 0, 150)
    south = village.piece("s.tif", 110, None, off=(-MOVED_PX, 0), gain=GAIN)
    classes, found = village.classified(north, south)
    differing, share = village.apart(classes)
    assert differing < 0.005
    assert share < 0.001
    first, second = found.canopy.provenance["flights"]
    assert (first["rows_off_px"], second["rows_off_px"], second["cols_off_px"]) == (0, MOVED_PX, 0)
    assert second["by"] == "flights"
    assert found.registration.residual_m == pytest.approx(
        classify(village.job(scene(village.source), village.baseline)).registration.residual_m, abs=0.06
    )  # a tenth of a pixel


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("model", ["nir", "index", "trees"])
def test_flights_of_any_number_format_and_bands_are_laid_alike(shared, tmp_path, model, kind):
    """The brighter flight sets what 255 is for both: of `index`, which averages nothing, single pixels tip over."""
    village = Village(shared, tmp_path, CODES[0], model, kind)
    north = village.piece("n.tif", 0, 150)
    south = village.piece("s.tif", 110, None, off=(-MOVED_PX, 0), gain=GAIN)
    classes, found = village.classified(north, south)
    differing, share = village.apart(classes)
    assert differing < (0.015 if (model, kind) in {("index", "uint16"), ("index", "float32")} else 0.005)
    assert share < 0.001
    flights = found.canopy.provenance["flights"]
    assert [(one["rows_off_px"], one["cols_off_px"]) for one in flights] == [(0, 0), (MOVED_PX, 0)]


def test_two_flights_without_overlap_are_laid_on_the_baseline(village):
    """Of 3 tiles each, two years apart, the place is known to a pixel or so; the light is another."""
    north = village.piece("n.tif", 0, 150)
    south = village.piece("s.tif", 150, None, off=(-MOVED_PX, 3), gain=GAIN)
    classes, found = village.classified(north, south)
    differing, share = village.apart(classes)
    assert differing < 0.025
    assert share < 0.006
    _, second = found.canopy.provenance["flights"]
    assert np.hypot(second["rows_off_px"] - MOVED_PX, second["cols_off_px"] + 3) <= 1.5
    assert second["by"] == "baseline"


def test_tiles_of_one_mosaic_are_not_pulled_apart(village):
    classes, found = village.classified(village.piece("n.tif", 0, 150), village.piece("s.tif", 150, None))
    assert np.array_equal(classes, village.whole)
    for flight in found.canopy.provenance["flights"]:
        assert (flight["rows_off_px"], flight["cols_off_px"]) == (0, 0)
    assert not any(place["levels"] for place in found.canopy.provenance["places"])


def test_a_flight_that_cannot_be_laid_makes_the_scene_one_that_cannot_be_judged(one):
    """Half of the village in one grey: nothing says where that flight lies."""
    _, found = one.classified(one.piece("n.tif", 0, 150), one.piece("s.tif", 150, None, off=(-1, 0), grey=90))
    assert found.registration.refusal == "flights"
    assert np.isinf(found.registration.residual_m)
    assert found.canopy.provenance["flights"][1] == {
        "rows_off_px": 0.0, "cols_off_px": 0.0, "residual_m": None, "by": "",
    }  # fmt: skip
    assert json.dumps(found.canopy.provenance["flights"], allow_nan=False)


def test_one_that_gives_next_to_nothing_decides_nothing(one):
    _, found = one.classified(one.piece("n.tif", 0, None), one.piece("s.tif", 150, None, grey=90))
    assert found.canopy.provenance["given_share"][1] < 0.01
    assert found.registration.refusal == ""
    assert found.registration.residual_m < 0.6


def test_the_worst_flight_of_those_that_give_more_than_a_hundredth_decides():
    whole, good, bad = Registration(residual_m=0.1), Flight(residual_m=0.2, by="baseline"), Flight(residual_m=0.7)
    assert with_worst(whole, (good, bad), (0.90, 0.005)).residual_m == 0.2
    assert with_worst(whole, (good, bad), (0.90, 0.05)).residual_m == 0.7
    assert with_worst(whole, (good, Flight()), (0.90, 0.05)).refusal == "flights"
    assert with_worst(whole, (), (1.0,)) == whole


def test_one_that_shows_nothing_lies_where_all_others_do(one):
    pieces = one.piece("a.tif", 0, 90), one.piece("b.tif", 90, 180), one.piece("c.tif", 180, None, off=(-1, 0), grey=90)
    _, found = one.classified(*pieces)
    assert [flight["by"] for flight in found.canopy.provenance["flights"]] == ["baseline", "baseline", "scene"]
    assert found.registration.refusal == ""


def test_a_tile_that_shows_nothing_lies_as_the_tile_beside_it_does(one):
    """A sliver of a village, or a lake: it was cut from the same mosaic, and follows it where that lies off."""
    _, plain = one.classified(one.piece("n.tif", 0, 150), one.piece("s.tif", 150, None, grey=90))
    assert [flight["by"] for flight in plain.canopy.provenance["flights"]] == ["baseline", "scene"]
    assert plain.registration.refusal == ""
    mosaic = {"off": (-MOVED_PX, 0), "gain": GAIN}
    tile, sliver = one.piece("t.tif", 110, 226, **mosaic), one.piece("l.tif", 226, None, **mosaic)
    classes, found = one.classified(one.piece("u.tif", 0, 160), tile, sliver)
    _, second, third = found.canopy.provenance["flights"]
    assert (second["by"], third["by"], third["rows_off_px"]) == ("flights", "scene", MOVED_PX)
    assert one.apart(classes)[0] < 0.005


def test_a_flight_in_another_reference_system_is_moved_too(one):
    north = one.piece("n.tif", 0, 150)
    south = one.piece("s.tif", 110, None, off=(-MOVED_PX, 0), gain=GAIN)
    turned = one.folder / "t.tif"
    with rasterio.open(south) as opened:
        west, south_y, east, north_y = transform_bounds(opened.crs, "EPSG:3857", *opened.bounds)
        side = 0.6
        size = {"height": int((north_y - south_y) / side), "width": int((east - west) / side)}
        placed = {"crs": "EPSG:3857", "transform": Affine(side, 0, west, 0, -side, north_y)}
        with rasterio.open(turned, "w", driver="GTiff", dtype="uint8", count=4, nodata=0, **placed, **size) as warped:
            warped.descriptions, warped.colorinterp = opened.descriptions, opened.colorinterp
            for band in range(1, 5):
                reproject(rasterio.band(opened, band), rasterio.band(warped, band), resampling=Resampling.cubic)
    classes, found = one.classified(north, turned)
    _, second = found.canopy.provenance["flights"]
    assert (second["rows_off_px"], second["cols_off_px"]) == pytest.approx((MOVED_PX, 0), abs=0.7)
    differing, share = one.apart(classes)
    assert differing < 0.03  # resampled twice
    assert share < 0.01


def test_a_baseline_of_two_flights_is_laid_on_its_first_one(one):
    """And the month is then held against it as it was laid."""
    north = one.piece("n.tif", 0, 150, source=one.first)
    south = one.piece("s.tif", 110, None, off=(-MOVED_PX, 0), gain=GAIN, source=one.first)
    handed = scene(north, south)
    before = classify(one.job(handed, handed, "2018-07"))
    plain = classify(one.job(one.baseline, one.baseline, "2018-07")).canopy.read(one.grid.whole)
    assert (before.canopy.read(one.grid.whole) != plain).mean() < 0.01
    assert before.canopy.provenance["flights"][1]["rows_off_px"] == MOVED_PX
    after = classify(one.job(scene(one.source), laid(handed, before.canopy.provenance)))
    assert after.registration.shift == pytest.approx((0, -3), abs=0.1)
    assert after.registration.residual_m < 0.6
    assert one.apart(after.canopy.read(one.grid.whole))[0] < 0.01


@pytest.mark.parametrize("kind", ["uint8", "uint16"])
def test_a_street_is_fitted_to_baselines_as_they_will_be_read(shared, tmp_path, kind):
    """To the light of both flights 10 % of the ground was canopy instead of 9 %."""
    one = Village(shared, tmp_path, CODES[0], kind=kind)
    north = one.piece("bn.tif", 0, 150, source=one.first)
    south = one.piece("bs.tif", 110, None, source=one.first, off=(-MOVED_PX, 0), gain=GAIN)
    two, recipe = scene(north, south), recipe_named("trees")
    fitted = recipe.fit(look_at_baseline(BaselineJob(one.code, two, one.grid, recipe, 10.0))[None])
    shares = []
    for name, model, handed in (("whole", one.model, one.baseline), ("two", fitted, two)):
        job = dataclasses.replace(one.job(handed, handed, name), model=model)
        classes = classify(job).canopy.read(one.grid.whole)
        shares.append((classes == 2).sum() / (classes > 0).sum())
    assert shares[1] == pytest.approx(shares[0], abs=0.002 if kind == "uint8" else 0.004)  # 255 stands for more there


@pytest.mark.parametrize("moved_px", [0, MOVED_PX])
def test_flights_of_a_baseline_that_do_not_overlap_are_seen_to_lie_apart(one, moved_px):
    """A third of the ground lies off by 2.4 m, which the median of all tiles does not see."""
    north = one.piece("n.tif", 0, 160, source=one.first)
    south = one.piece("s.tif", 160 + moved_px, None, off=(-moved_px, 0), source=one.first)
    handed = scene(north, south)
    before = classify(one.job(handed, handed, "2018-07"))
    after = classify(one.job(scene(one.source), laid(handed, before.canopy.provenance)))
    assert before.canopy.provenance["flights"][1]["by"] == ("" if moved_px else "scene")
    assert (after.registration.residual_m > 2.0) == bool(moved_px)
    assert bool(moved_px) or after.registration.residual_m < 0.6


def test_whoever_reads_the_scene_again_reads_each_flight_where_it_lies(one):
    """The scene as its class raster saw it, at the scene's own shift: what the map, chips and crowns are read from."""
    handed = scene(one.piece("n.tif", 0, 150), one.piece("s.tif", 110, None, off=(-MOVED_PX, 0), gain=GAIN))
    found = classify(one.job(handed, one.baseline))
    again = laid(handed, json.loads(json.dumps(found.canopy.provenance)))
    pixels = []
    for files in (again.files, scene(one.source).files):
        with SceneReader(files, one.grid, RGB, scale_of(files, one.grid, RGB)) as reader:
            pixels.append(reader.read(one.grid.whole, found.registration.shift).values.astype(int))
    assert np.abs(pixels[0] - pixels[1]).mean() < 1.5
    assert all(table[0] == 0 and table[255] == 255 for _, table in again.files[1].levels)
    assert classify(one.job(handed, one.baseline)).canopy.path == found.canopy.path


def test_a_surface_model_lies_as_the_image_of_its_flight_does(one):
    """Crowns stand 5 m high where the image shows them: no canopy is lost to a model that is off by 2.4 m with it."""
    images = [one.piece("n.tif", 0, 150), one.piece("s.tif", 110, None, off=(-MOVED_PX, 0), gain=GAIN)]
    heights = []
    for image, rows in zip(images, (slice(0, 150), slice(110, None)), strict=True):
        path = one.folder / f"{image.stem}_dsm.tif"
        with rasterio.open(image) as opened:
            # Class rasters lie on the baseline's place, the images 3 px to the left of it.
            tall = 5.0 * np.roll(one.whole == 2, -3, axis=1)[rows].astype(np.float32)
            placed = {"crs": opened.crs, "transform": opened.transform}
        with rasterio.open(path, "w", driver="GTiff", dtype="float32", count=1, height=tall.shape[0],
                           width=tall.shape[1], **placed) as opened:  # fmt: skip
            opened.write(tall, 1)
        heights.append(path)
    handed = dataclasses.replace(
        scene(*images), heights=tuple(map(inspect_height, heights)), height_digests=tuple(map(digest_file, heights))
    )
    found = classify(one.job(handed, one.baseline)).canopy
    assert one.apart(found.read(one.grid.whole))[1] < 0.003
    assert found.provenance["flat_share"] == 0


def test_a_scene_of_one_file_says_nothing_of_flights_and_several_are_made_again(one):
    job = one.job(scene(one.source), one.baseline)
    assert not {"flights", "places"} & classify(job).canopy.provenance.keys()
    assert laid(job.scene, classify(job).canopy.provenance) is job.scene
    pieces = scene(one.piece("n.tif", 0, 150), one.piece("s.tif", 150, None))
    moved = dataclasses.replace(pieces.files[1], levels=(("red", bytes(256)),))
    keys = {one.job(dataclasses.replace(pieces, files=(pieces.files[0], file)), one.baseline).key()
            for file in (pieces.files[1], moved)}  # fmt: skip
    assert len(keys) == 2
