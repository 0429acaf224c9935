"""Surface models are used for both of a village's dates or for neither, or its lawns would come and go."""

import numpy as np
import pytest
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer

from lvgeo.campaign.settings import ImageryTable, LandTable
from lvgeo.land.read import read_villages
from lvgeo.monthly.baselines import with_seconds
from lvgeo.monthly.canopy import classify_street
from lvgeo.monthly.dated import Dated
from lvgeo.monthly.scenes import find_scenes
from lvgeo.monthly.silent import silent

CODE = "441399001201"
IMAGERY = ImageryTable(model="index")
SIDE = 300


def shed(heights, stands=4):
    """Put a shed beside the village: where nothing at all stands a model is not believed."""
    heights[0, 4:18, 4:18] += stands
    return heights


@pytest.fixture
def street(tmp_path):
    """A village whose ground is the same in three months; in the middle one's files a surface model may be laid."""
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    lon, lat = to_degrees.transform(551020.0, 2549900.0)
    zones = write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 70, CODE, village="甲村")])
    villages = read_villages([zones], LandTable(), {})[0]

    def scenes(month, *, flat):
        place = tmp_path / f"{month}-{flat}" / month
        write_tif(place / f"{CODE}.tif", ground(size=SIDE, gain=1.0 if month == "2024-01" else 0.98))
        if flat:
            write_tif(place / f"{CODE}-dsm.tif", shed(np.zeros((1, SIDE, SIDE), np.float32)))
        found = find_scenes(month, [place], villages, IMAGERY)
        assert not found.refused
        return {CODE: Dated(month, found.by_village[CODE])}

    def classified(before, after):
        return classify_street(villages, (before, after), IMAGERY, tmp_path / "canopy", silent)

    return scenes, classified, tmp_path / "canopy"


def share(scene):
    return float((scene.canopy.read(scene.canopy.grid.whole) == 2).mean())


@pytest.mark.parametrize("at", ["before", "after"])
def test_heights_at_one_date_only_are_laid_aside_and_named(street, at):
    scenes, classified, _ = street
    found = classified(scenes("2024-01", flat=at == "before"), scenes("2024-08", flat=at == "after"))
    pair = found.pairs[CODE]
    assert share(pair.before) > 0.1
    assert share(pair.after) == pytest.approx(share(pair.before), abs=0.01)
    (said,) = found.refused
    had, lacked = ("2024-01", "2024-08") if at == "before" else ("2024-08", "2024-01")
    assert (said.code, said.feature, said.value, said.limit) == ("heights_unpaired", CODE, had, lacked)
    assert said.file.endswith("-dsm.tif")


def test_heights_at_both_dates_are_used_at_both(street):
    scenes, classified, _ = street
    found = classified(scenes("2024-01", flat=True), scenes("2024-08", flat=True))
    assert not found.refused
    assert max(share(found.pairs[CODE].before), share(found.pairs[CODE].after)) < 0.02


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_a_second_image_from_before_planting_is_read_as_the_pair_is(street, paired, second):
    scenes, classified, folder = street
    found = classified(scenes("2024-01", flat=paired), scenes("2024-08", flat=paired))
    whole = with_seconds(found, scenes("2023-08", flat=second), IMAGERY, folder)
    jobs = whole.seconds
    assert [(one.code, one.feature, one.value, one.limit) for one in whole.refused] == (
        [("second_without_heights", CODE, "2023-08", "2024-01")] if paired and not second else []
    )
    assert set(jobs) == (set() if paired and not second else {CODE})
    assert [bool(job.scene.heights) for job in jobs.values()] == [paired] * len(jobs)


@pytest.mark.usefixtures("street")
def test_a_surface_model_without_an_image_is_named(tmp_path):
    villages = read_villages([tmp_path / "zones.geojson"], LandTable(), {})[0]
    write_tif(tmp_path / "2024-09" / f"{CODE}-dsm.tif", np.zeros((1, SIDE, SIDE), np.float32))
    found = find_scenes("2024-09", [tmp_path / "2024-09"], villages, IMAGERY)
    (said,) = found.refused
    assert (said.code, said.feature, said.value) == ("heights_alone", CODE, "2024-09")
    assert not found.by_village


FLAT = np.full((1, SIDE, SIDE), 20.0, np.float32)
NOISY = FLAT + np.random.default_rng(0).normal(0, 0.03, FLAT.shape).astype(np.float32)


def classified_with(tmp_path, heights, name=f"{CODE}-dsm.tif", **options):
    """Classes of an image beside a surface model, and what was refused."""
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551020.0, 2549900.0)
    zones = write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 70, CODE, village="甲村")])
    villages = read_villages([zones], LandTable(), {})[0]
    write_tif(tmp_path / "m" / f"{CODE}.tif", ground(size=SIDE))
    for k, one in enumerate(heights):
        write_tif(tmp_path / "m" / (f"{k}{name}" if k else name), one, **options)
    found = find_scenes("2024-08", [tmp_path / "m"], villages, IMAGERY)
    scenes = {CODE: Dated("2024-08", found.by_village[CODE])}
    classified = classify_street(villages, (scenes, scenes), IMAGERY, tmp_path / "canopy", silent)
    refused = {one.code for one in (*found.refused, *classified.refused)}
    return refused, share(classified.befores[CODE]) if classified.befores else None


@pytest.mark.parametrize(
    ("heights", "options", "code"),
    [
        (FLAT * 0, {}, "heights_flat"),
        (NOISY, {}, "heights_flat"),
        (FLAT * np.nan, {}, "heights_blank"),
        (FLAT * 0 - 9999, {"nodata": -9999}, "heights_blank"),
        (FLAT * 0 - 9999, {}, "heights_blank"),
        (shed(NOISY.copy()) * 100, {}, "heights_unit"),
        ((shed(NOISY.copy()) * 100).astype(np.int16), {}, "heights_unit"),
    ],
    ids=["zero", "terrain", "nan", "nodata", "nodata undeclared", "centimetres", "whole centimetres"],
)
def test_a_model_that_is_none_of_a_surface_in_metres_takes_no_canopy_away(tmp_path, heights, options, code):
    assert classified_with(tmp_path, [heights], **options) == ({code}, None)


@pytest.mark.parametrize(
    ("heights", "options", "code"),
    [
        (np.zeros((1, 5, 5), np.float32), {"pixel_m": 30.0}, "heights_coarse"),
        (FLAT.astype(np.uint8), {}, "heights_pixels"),
        (np.concatenate([FLAT] * 3), {}, "heights_pixels"),
        (shed(FLAT.copy())[:, :150], {}, "heights_partly"),
    ],
    ids=["coarse", "shaded", "bands", "half"],
)
def test_a_model_that_cannot_be_used_is_named_and_the_image_alone_is_read(tmp_path, heights, options, code):
    refused, canopy = classified_with(tmp_path, [heights], **options)
    assert refused == {code}
    assert canopy > 0.1


def test_heights_that_no_nodata_marks_are_unknown(tmp_path):
    holed = shed(NOISY.copy())
    holed[0, 100:200, 100:200] = -9999
    refused, canopy = classified_with(tmp_path, [holed])
    assert not refused
    assert canopy == pytest.approx((ground(size=SIDE)[0, 100:200, 100:200] < 90).sum() / (260 * 240), abs=0.02)


def test_of_two_models_of_the_same_ground_the_one_that_is_used_is_named(tmp_path):
    crowns = NOISY + 5 * (ground(size=SIDE)[:1] < 90)
    assert classified_with(tmp_path, [crowns, shed(NOISY.copy())])[0] == {"heights_undecided"}
    assert classified_with(tmp_path / "again", [crowns, crowns])[0] == {"image_twice"}


@pytest.mark.parametrize(("hole", "told"), [(np.s_[60:120, 60:160], True), (np.s_[:30], False)], ids=["in", "beside"])
def test_a_hole_at_one_date_alone_is_no_gain(tmp_path, hole, told):
    """Lawns in the hole stay canopy at that date: they would be gained, though nothing grew."""
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551020.0, 2549900.0)
    zones = write_geojson(tmp_path / "zones.geojson", [square(lon, lat, 70, CODE, village="甲村")])
    villages, dates = read_villages([zones], LandTable(), {})[0], []
    for month, gain in (("2024-01", 1.0), ("2024-08", 0.98)):
        heights = NOISY.copy()
        heights[0, 230:250, 4:24] += 4
        if month == "2024-08":
            heights[0][hole] = np.nan
        write_tif(tmp_path / month / f"{CODE}.tif", ground(size=SIDE, gain=gain))
        write_tif(tmp_path / month / f"{CODE}-dsm.tif", heights)
        scene = find_scenes(month, [tmp_path / month], villages, IMAGERY).by_village[CODE]
        dates.append({CODE: Dated(month, scene)})
    found = classify_street(villages, (dates[0], dates[1]), IMAGERY, tmp_path / "canopy", silent)
    assert bool(found.pairs) is not told
    said = [(one.code, one.feature, one.limit, "2024-08" in one.file) for one in found.refused]
    assert said == ([("heights_holed", CODE, "100%", True)] if told else [])
