"""A month of many flights becomes one scene by the campaign's rule, and it is known who gave what."""

import numpy as np
import pytest
import rasterio
import shapely
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer

from lvgeo.campaign.settings import ImageryTable, LandTable
from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.spectrum import SPECTRA
from lvgeo.land.read import read_villages
from lvgeo.monthly.canopy import classify_street
from lvgeo.monthly.dated import Dated
from lvgeo.monthly.dossiers import _flights
from lvgeo.monthly.findings import Pair
from lvgeo.monthly.scenes import find_scenes
from lvgeo.monthly.silent import silent

CODE = "441399001201"
NORTH = 2550000.0
PIXEL_M = 0.5


def flight(path, pixels, day, *, north=NORTH):
    """A village's file that says on which day it was flown."""
    write_tif(path, pixels, north=north)
    with rasterio.open(path, "r+") as opened:
        opened.update_tags(TIFFTAG_DATETIME=f"{day.replace('-', ':')} 10:00:00")
    return path


@pytest.fixture
def street(tmp_path):
    """A village of 70 m in an image of 160 m, with a flight of all of it, and a later one of the northern half."""
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    lon, lat = to_degrees.transform(551020.0, NORTH - 100.0)
    zones = write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 70, CODE, village="甲村")])
    pixels = ground(size=300)
    flight(tmp_path / "2024-09" / f"{CODE}_a.tif", pixels, "2024-09-03")
    late = pixels.copy()
    late[:, 130:] = 0  # a collar that no mask marks: it only looks as if all had been seen
    flight(tmp_path / "2024-09" / f"{CODE}_b.tif", late, "2024-09-20")
    return tmp_path, read_villages([zones], LandTable(), {})[0], pixels


def found(street, rule):
    folder, villages, _ = street
    scenes = find_scenes("2024-09", [folder / "2024-09"], villages, ImageryTable(flights=rule, model="index"))
    assert not scenes.refused
    return scenes.by_village[CODE]


def names(scene):
    return [file.path[-5:] for file in scene.files]


def test_the_latest_flight_goes_first_and_the_best_observed_where_the_campaign_says_so(street):
    assert names(found(street, "latest")) == ["b.tif", "a.tif"]
    # Both files reach over the whole village; one shows a collar over half of it.
    assert names(found(street, "best_observed")) == ["a.tif", "b.tif"]


@pytest.mark.parametrize("deep", [lambda p: p.astype(np.uint16) * 16 + 300, lambda p: (p / 640.0).astype(np.float32)])
def test_a_flight_of_more_than_8_bits_is_no_collar(street, deep):
    folder, _, pixels = street
    flight(folder / "2024-09" / f"{CODE}_d.tif", deep(pixels), "2024-09-01")
    flight(folder / "2024-09" / f"{CODE}_a.tif", pixels[:, :150], "2024-09-03")
    assert names(found(street, "best_observed"))[0] == "d.tif"


def test_a_flight_that_cannot_be_read_is_named_and_the_other_is_used(street):
    folder, villages, pixels = street
    path = flight(folder / "2024-09" / f"{CODE}_c.tif", pixels, "2024-09-25")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    scenes = find_scenes("2024-09", [folder / "2024-09"], villages, ImageryTable(flights="best_observed"))
    assert [one.code for one in scenes.refused] == ["file_broken"]
    assert scenes.refused[0].file.endswith("_c.tif")
    assert names(scenes.by_village[CODE]) == ["a.tif", "b.tif"]


def test_what_one_flight_did_not_see_the_next_one_gives(street):
    """Two flights, each with half of the ground cut off: one class raster, the same as of the whole."""
    folder, _, pixels = street
    model, classes = CanopyModel(SPECTRA["index"], 0.1), []
    grid = found(street, "best_observed").files[0].grid

    def classified(name):
        scene = found(street, "latest")
        made = classify(SceneJob(CODE, scene, scene, grid, model, 10.0, str(folder / name), "2024-09")).canopy
        classes.append(made.read(grid.whole))
        return made.provenance

    (folder / "2024-09" / f"{CODE}_b.tif").unlink()
    assert classified("whole")["given_share"] == [1.0]
    (folder / "2024-09" / f"{CODE}_a.tif").unlink()
    flight(folder / "2024-09" / f"{CODE}_n.tif", pixels[:, :140], "2024-09-20")
    flight(folder / "2024-09" / f"{CODE}_s.tif", pixels[:, 140:], "2024-09-03", north=NORTH - 140 * PIXEL_M)
    said = classified("halves")
    assert np.array_equal(*classes)
    assert said["given_share"] == pytest.approx([140 / 300, 160 / 300])
    assert said["acquired"] == "2024-09-20"


def test_where_one_flight_shows_only_its_collar_the_other_gives_the_ground_and_the_seam_is_known(street):
    """The later flight goes first, and nothing marks its black collar: it must not hide what the earlier one saw."""
    folder, _, pixels = street
    scene = found(street, "latest")
    grid = scene.files[0].grid
    model = CanopyModel(SPECTRA["index"], 0.1)
    canopy = classify(SceneJob(CODE, scene, scene, grid, model, 10.0, str(folder / "both"), "2024-09")).canopy
    path = folder / "whole" / f"{CODE}.tif"
    write_tif(path, pixels)
    whole = Scene((inspect_file(path),), (digest_file(path),))
    wanted = classify(SceneJob(CODE, whole, whole, grid, model, 10.0, str(folder / "one"), "2024-09")).canopy
    assert np.array_equal(canopy.read(grid.whole), wanted.read(grid.whole))
    late, early = canopy.provenance["given_share"]
    assert late == pytest.approx(127 / 300)  # 130 rows, less the three that a collar blurs
    assert late + early == pytest.approx(1.0)
    north, south = (shapely.from_wkt(text) for text in canopy.provenance["given_ground"])
    seam = shapely.intersection(north, south)
    assert seam.geom_type in {"LineString", "MultiLineString"}
    assert seam.centroid.y == pytest.approx(NORTH - 127 * PIXEL_M, abs=2 * PIXEL_M)
    assert wanted.provenance["given_ground"] == []


def test_an_image_of_nobodys_ground_is_refused_by_name(street):
    folder, villages, pixels = street
    write_tif(folder / "2024-09" / f"{CODE}_far.tif", pixels, west=651000.0)
    scenes = find_scenes("2024-09", [folder / "2024-09"], villages, ImageryTable(model="index"))
    assert [(one.code, one.file[-7:]) for one in scenes.refused] == [("raster_not_reaching", "far.tif")]


def test_a_flight_that_is_too_coarse_is_named_and_the_other_is_used(street):
    folder, villages, pixels = street
    write_tif(folder / "2024-09" / f"{CODE}_c.tif", pixels[:, :100, :100], pixel_m=2.0)
    scenes = find_scenes("2024-09", [folder / "2024-09"], villages, ImageryTable())
    assert [(one.code, one.value, one.limit) for one in scenes.refused] == [("raster_gsd", "2.00", "1")]
    assert names(scenes.by_village[CODE]) == ["b.tif", "a.tif"]


def test_the_dossier_names_the_flights_of_its_image(street):
    folder, _, _ = street
    scene = found(street, "latest")
    model = CanopyModel(SPECTRA["index"], 0.1)
    done = classify(SceneJob(CODE, scene, scene, scene.files[0].grid, model, 10.0, str(folder / "c"), "2024-09"))
    assert _flights(Pair(done, done, "2024-01", "2024-09-20", scene, scene)) == (
        f"{CODE}_b.tif 2024-09-20 42%; {CODE}_a.tif 2024-09-03 58%"
    )


def test_fourteen_digits_are_a_time_and_no_code(street):
    folder, villages, pixels = street
    flight(folder / "2024-10" / "20241015103000.tif", pixels, "2024-10-15")
    write_tif(folder / "2024-10" / "441399001999.tif", pixels)
    scenes = find_scenes("2024-10", [folder / "2024-10"], villages, ImageryTable(model="index"))
    assert [(one.code, one.value) for one in scenes.refused] == [("village_code_unknown", "441399001999")]
    assert names(scenes.by_village[CODE]) == ["0.tif"]


def test_a_street_reads_each_flight_of_a_month_where_it_lies(street):
    """Baseline and month of two flights each, the second of either off by 1.5 m or 2 m: nothing changed."""
    folder, villages, pixels = street
    for month, off in (("2024-01", 3), ("2024-10", -4)):
        place = folder / month
        flight(place / f"{CODE}_n.tif", pixels[:, :170], f"{month}-20")
        flight(place / f"{CODE}_s.tif", pixels[:, 120:], f"{month}-03", north=NORTH - (120 - off) * PIXEL_M)
    imagery = ImageryTable(model="index")
    before, after = (
        {CODE: Dated(month, find_scenes(month, [folder / month], villages, imagery).by_village[CODE])}
        for month in ("2024-01", "2024-10")
    )
    pair = classify_street(villages, (before, after), imagery, folder / "canopy", silent).pairs[CODE]
    classes = [one.canopy.read(one.canopy.grid.whole) for one in (pair.before, pair.after)]
    both = (classes[0] > 0) & (classes[1] > 0)
    assert both.mean() > 0.9
    assert (classes[0] != classes[1])[both].mean() < 0.01
    assert _flights(pair) == f"{CODE}_n.tif 2024-10-20 64%; {CODE}_s.tif 2024-10-03 36% (2.00 m)"
    assert [file.grid.transform.f for file in pair.scene.files] == pytest.approx(
        [NORTH, NORTH - 120 * PIXEL_M]
    )  # whoever reads the pair's scene reads it so


def test_a_street_is_fitted_to_a_baseline_of_flights_as_far_apart_as_the_campaign_allows(street):
    """The southern flight lies off by 3 m and is redder: only where it may be laid has it the other's light."""
    folder, villages, pixels = street
    redder = pixels.copy()
    redder[0] = np.clip(pixels[0] * 1.25, 0, 255).astype(np.uint8)
    for name, south in (("one", pixels), ("two", redder)):
        flight(folder / name / f"{CODE}_n.tif", pixels[:, :170], "2024-01-20")
        flight(folder / name / f"{CODE}_s.tif", south[:, 120:], "2024-01-03", north=NORTH - (120 - 6) * PIXEL_M)

    def red_gain(name, max_shift_m):
        imagery = ImageryTable(model="trees", max_shift_m=max_shift_m)
        dated = {CODE: Dated("2024-01", find_scenes("2024-01", [folder / name], villages, imagery).by_village[CODE])}
        told = classify_street(villages, (dated, dated), imagery, folder / f"{name}-{max_shift_m}", silent)
        return told.model.gain[0]

    wanted = red_gain("one", 10.0)
    assert red_gain("two", 10.0) == pytest.approx(wanted, rel=0.02)
    assert abs(red_gain("two", 1.0) / wanted - 1) > 0.03


@pytest.mark.parametrize(("day", "told"), [("", True), ("2024-10-05", True), ("2024-10-06", False)])
def test_flights_that_only_their_names_put_in_an_order_are_named(street, day, told):
    """Two of the same ground without dates, or of one day; the one that goes first is the first by name."""
    folder, villages, pixels = street
    place = folder / "2024-10"
    for name, of, on in (("m", pixels, day and "2024-10-05"), ("n", 255 - pixels, day)):
        path = write_tif(place / f"{CODE}_{name}.tif", of)
        if on:
            flight(path, of, on)
    scenes = find_scenes("2024-10", [place], villages, ImageryTable(model="index"))
    said = [(one.code, one.file[-5:], one.value) for one in scenes.refused]
    assert said == ([("flights_undecided", "m.tif", f"{CODE}_n.tif")] if told else [])
    assert names(scenes.by_village[CODE])[0] == ("m.tif" if told else "n.tif")


@pytest.mark.parametrize("rule", ["latest", "best_observed"])
def test_a_file_that_is_there_twice_is_read_once_and_named(street, rule):
    folder, villages, pixels = street
    first = write_tif(folder / "2024-10" / f"{CODE}_m.tif", pixels)
    first.with_name("again.tif").write_bytes(first.read_bytes())
    scenes = find_scenes("2024-10", [folder / "2024-10"], villages, ImageryTable(flights=rule, model="index"))
    assert [(one.code, one.file[-9:], one.value) for one in scenes.refused] == [
        ("image_twice", "again.tif", f"{CODE}_m.tif")
    ]
    assert names(scenes.by_village[CODE]) == ["m.tif"]


def test_tiles_of_a_flight_that_share_their_edges_need_no_order(street):
    folder, villages, pixels = street
    write_tif(folder / "2024-10" / f"{CODE}_n.tif", pixels[:, :150])
    write_tif(folder / "2024-10" / f"{CODE}_s.tif", pixels[:, 130:], north=NORTH - 65)
    assert not find_scenes("2024-10", [folder / "2024-10"], villages, ImageryTable(model="index")).refused


def test_a_tile_of_whose_ground_the_village_holds_an_overlap_alone_needs_no_order(street):
    folder, villages, pixels = street
    write_tif(folder / "2024-10" / f"{CODE}_n.tif", pixels[:, :210])
    write_tif(folder / "2024-10" / f"{CODE}_s.tif", pixels[:, 192:], north=NORTH - 96)
    assert not find_scenes("2024-10", [folder / "2024-10"], villages, ImageryTable(model="index")).refused
