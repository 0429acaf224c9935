"""Whatever is wrong with the input: refused or left out by name, with a remedy, and no village disappears."""

import json
from datetime import date

import numpy as np
import pytest
from factories import ground, square, write_geojson, write_tif
from typer.testing import CliRunner

import lvgeo
from lvgeo.cli import app
from lvgeo.errors import InputRefusedError, UsageError

CODES = ("441399001201", "441399001202")
WEST, SOUTH = 114.4988, 23.0455


@pytest.fixture
def street(tmp_path):
    """Two villages side by side, 80 m each, and one image for each date that reaches both."""
    from pyproj import Transformer

    zones = write_geojson(
        tmp_path / "zones" / "villages.geojson",
        [square(WEST, SOUTH, 80, CODES[0], village="甲村"), square(WEST + 0.0008, SOUTH, 80, CODES[1], village="乙村")],
    )
    west, south = Transformer.from_crs(4490, 4547, always_xy=True).transform(WEST, SOUTH)
    place = {"west": round(west) - 40, "north": round(south) + 140}
    for month in ("a", "b"):
        write_tif(tmp_path / month / "street.tif", ground(size=460), **place)
    return tmp_path, zones, place


def run(street, *, out="out", **more):
    root, zones, _ = street
    return lvgeo.compare(root / "a", root / "b", **({"zones": zones, "out": root / out} | more))


def codes_of(refusals):
    return {one.code for one in refusals}


def test_the_street_itself_is_sound(street):
    result = run(street)
    assert not result.left_out
    assert list(result.canopy_change["village_code"]) == list(CODES)


def rewrite(street, pixels, **place):
    return write_tif(street[0] / "b" / "street.tif", pixels, **(street[2] | place))


SPOILT = {
    "crs_unnamed": lambda street: rewrite(street, ground(size=460), crs=None),
    "raster_bands": lambda street: rewrite(street, ground(size=460)[:2]),
    "driver_refused": lambda street: (street[0] / "b" / "street.tif").write_text("<VRTDataset/>"),
    "raster_not_reaching": lambda street: rewrite(street, ground(size=460), west=1e5, north=2e6),
    "raster_gsd": lambda street: rewrite(street, ground(size=300), pixel_m=2.0),
    "village_code_unknown": lambda street: (street[0] / "b" / "street.tif").rename(
        street[0] / "b" / "441399009999.tif"
    ),
}


@pytest.mark.parametrize("code", list(SPOILT))
def test_an_unusable_image_is_named_and_nothing_is_judged_from_it(street, code):
    SPOILT[code](street)
    with pytest.raises(InputRefusedError) as caught:
        run(street)
    assert code in codes_of(caught.value.refusals)
    named = [one for one in caught.value.refusals if one.code == code]
    assert all(one.file and one.reason("zh") and one.remedy("zh") for one in named)


def test_an_image_that_breaks_on_reading_loses_its_village_alone(street):
    root, _, place = street
    (root / "b" / "street.tif").unlink()
    for code in CODES:
        write_tif(root / "b" / f"{code}.tif", ground(size=460), compress="DEFLATE", **place)
    broken = root / "b" / f"{CODES[1]}.tif"
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])
    result = run(street)
    assert "file_broken" in codes_of(result.left_out)
    table = result.canopy_change.set_index("village_code")
    assert list(table.index) == list(CODES)
    assert table.loc[CODES[1], "change"] == "inconclusive"
    assert table.loc[CODES[0], "observed_share"] > 0.99
    assert not list((street[0] / "out" / "canopy").rglob("*.cog.tif"))


def test_an_image_that_is_refused_at_sight_is_not_said_to_be_missing_too(street):
    root = street[0]
    (root / "b" / "street.tif").rename(root / "b" / f"{CODES[0]}.tif")
    (root / "b" / f"{CODES[1]}.tif").write_bytes(b"II*\0 and no more")
    left_out = run(street).left_out
    assert [one.file for one in left_out] == [str(root / "b" / f"{CODES[1]}.tif")]


def test_a_village_without_an_image_stays_in_the_table(street):
    root, _, _ = street
    (root / "b" / "street.tif").rename(root / "b" / f"{CODES[0]}.tif")
    result = run(street)
    assert [(one.code, CODES[1] in one.feature) for one in result.left_out] == [("scene_missing", True)]
    assert list(result.canopy_change["village_code"]) == list(CODES)
    assert np.isfinite(result.canopy_change["canopy_after_m2"].iloc[0])


@pytest.mark.parametrize(
    ("features", "crs", "code"),
    [
        ([], "urn:ogc:def:crs:EPSG::4490", "layer_empty"),
        ([{"type": "Feature", "properties": {"village_code": CODES[0]}, "geometry": None}], None, "geometry_null"),
        ([square(WEST, SOUTH, 80, "4.41399E+11")], None, "village_code_malformed"),
        ([square(WEST, SOUTH, 80, CODES[0]), square(WEST, SOUTH, 80, CODES[0])], None, "village_code_duplicate"),
        ([square(WEST, SOUTH, 80, CODES[0]) | {"crs": {"type": "name", "properties": {"name": "EPSG:4547"}}}],
         "urn:ogc:def:crs:EPSG::4490", "crs_mixed"),
        ([square(551000, 2550000, 1e6, CODES[0])], None, "geometry_out_of_range"),
    ],
)  # fmt: skip
def test_faulty_zones_are_refused_by_feature(street, features, crs, code):
    zones = write_geojson(street[0] / "bad.geojson", features, crs)
    try:
        left_out = run(street, zones=zones).left_out
    except InputRefusedError as error:
        left_out = error.refusals
    assert code in codes_of(left_out)


def test_zones_without_a_reference_system_are_refused(street):
    zones = street[0] / "nowhere.geojson"
    zones.write_text(
        json.dumps({"type": "FeatureCollection", "crs": None, "features": [square(WEST, SOUTH, 80, CODES[0])]})
    )
    with pytest.raises(InputRefusedError) as caught:
        run(street, zones=zones)
    assert codes_of(caught.value.refusals) == {"crs_missing"}


def test_a_plot_of_an_unknown_village_is_an_issue_and_not_a_loss(street):
    plots = write_geojson(
        street[0] / "plots.geojson", [square(WEST + 0.0001, SOUTH + 0.0001, 38, "441399009999", plot_id="P1")]
    )
    result = run(street, plots=plots)
    assert list(result.plot_issues["issue"]) == ["village_code_unknown", "no_planting_date"]
    assert list(result.area_compliance["status"]) == ["no_plots", "no_plots"]


def command(street, *more):
    root, zones, _ = street
    words = ["compare", str(root / "a"), str(root / "b"), "--zones", str(zones), "-o", str(root / "o"), *more]
    return CliRunner().invoke(app, words)


def test_the_command_says_it_in_words_with_exit_code_3_and_no_traceback(street):
    SPOILT["driver_refused"](street)
    answer = command(street)
    assert answer.exit_code == 3
    assert "VRT" in answer.stderr
    assert "street.tif" in answer.stderr
    assert "Traceback" not in answer.output


def test_wrong_words_end_with_exit_code_2(street):
    answer = command(street, "--model", "forest")
    assert answer.exit_code == 2
    assert "index" in answer.stderr


def test_something_left_out_ends_with_exit_code_4(street):
    root, _, _ = street
    (root / "b" / "street.tif").rename(root / "b" / f"{CODES[0]}.tif")
    answer = command(street, "--json")
    assert answer.exit_code == 4
    assert json.loads(answer.stdout)["left_out"][0]["code"] == "scene_missing"


def test_a_month_that_has_not_begun_is_not_recorded(tmp_path):
    """Written 2044 for 2024, it would stand in the ledger for good."""
    from lvgeo.monthly import month
    from lvgeo.monthly.start import init

    init(tmp_path / "street")
    write_geojson(tmp_path / "street" / "boundaries" / "villages.geojson", [square(WEST, SOUTH, 80, CODES[0])])
    with pytest.raises(UsageError, match="2044-09"):
        month(tmp_path / "street", "2044-09", today=date(2024, 10, 9))
    with pytest.raises(UsageError, match="2024-08-31"):
        month(tmp_path / "street", "2024-09", today=date(2024, 10, 9), on=date(2024, 8, 31))
    assert not (tmp_path / "street" / "ledger.sqlite").exists()
    assert not list((tmp_path / "street" / "out").glob("*"))
    assert month(tmp_path / "street", "2024-09", today=date(2024, 9, 1)).folder.is_dir()
