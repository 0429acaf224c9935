"""The supervision map drawn again, and what becomes of a background's key."""

from __future__ import annotations

import shutil

import pytest
from typer.testing import CliRunner

import lvgeo
from lvgeo.campaign.read import parse_settings, read_settings
from lvgeo.cli import app
from lvgeo.errors import InputRefusedError

KEY = "0123456789abcdef0123456789abcdef"
BACKGROUND = f'\n[map]\nbasemap = "tianditu"\nbasemap_key = "{KEY}"\n'


@pytest.fixture
def street(demo, tmp_path):
    return shutil.copytree(demo.folder, tmp_path / "street")


def without_map(text):
    """campaign.toml up to its [map], which init writes with its defaults."""
    head, _, rest = text.partition("[map]")
    tail = rest[rest.index("\n[") :] if "\n[" in rest else ""
    return head + tail


def name_a_background(street):
    path = street / "campaign.toml"
    path.write_text(without_map(path.read_text("utf-8")) + BACKGROUND, "utf-8")
    assert read_settings(street).map.basemap_key == KEY


def test_a_map_drawn_again_is_the_months_map_to_the_byte(street):
    file = street / "out" / "2024-09" / "map.html"
    before = file.read_bytes()
    file.unlink()
    drawn = lvgeo.draw_map(street, "2024-09")
    assert drawn.file == file
    assert (drawn.villages, drawn.left_out) == (23, ())
    assert file.read_bytes() == before


def test_a_month_that_never_ran_has_no_map_to_draw(street):
    answer = CliRunner().invoke(app, ["map", str(street), "2024-10", "--lang", "en"])
    assert answer.exit_code == 3
    assert "2024-10" in answer.stderr


@pytest.mark.slow
def test_a_backgrounds_key_stands_in_the_map_and_nowhere_else(street):
    name_a_background(street)
    lvgeo.month(street, "2024-09")
    holding = {
        path.relative_to(street).as_posix()
        for path in street.rglob("*")
        if path.is_file() and path.name != "campaign.toml" and KEY.encode() in path.read_bytes()
    }
    assert holding == {"out/2024-09/map.html"}


@pytest.mark.parametrize("name", ["高德", "amap", "Gaode", "腾讯地图", "baidu", "Google Satellite", "mapbox"])
def test_a_background_that_is_shifted_or_unknown_is_refused(name):
    with pytest.raises(InputRefusedError, match="map"):
        parse_settings({"map": {"basemap": name}})


def test_settings_as_they_are_written_down_leave_the_background_out():
    settings = parse_settings({"map": {"basemap": "tianditu", "basemap_key": KEY}})
    assert KEY not in settings.model_dump_json()


def test_a_column_mapped_to_no_field_is_refused_with_the_nearest(street):
    path = street / "campaign.toml"
    text = path.read_text("utf-8")
    assert "\ncolumns = {}" in text
    path.write_text(text.replace("\ncolumns = {}", '\ncolumns = { plotid = "地块编号" }'), "utf-8")
    with pytest.raises(InputRefusedError) as caught:
        lvgeo.check(street)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.value, refusal.limit) == ("setting_unknown", "inputs.columns.plotid", "plot_id")


def test_a_baseline_of_a_village_that_there_is_not_is_refused_with_the_nearest(street):
    path = street / "campaign.toml"
    text = path.read_text("utf-8")
    assert "\nbaseline_by_village = {}" in text
    path.write_text(
        text.replace("\nbaseline_by_village = {}", '\nbaseline_by_village = { 44139900121 = "2024-03" }'), "utf-8"
    )
    with pytest.raises(InputRefusedError) as caught:
        lvgeo.check(street)
    (refusal,) = caught.value.refusals
    assert refusal.code == "setting_unknown"
    assert refusal.value == "imagery.baseline_by_village.44139900121"
    assert refusal.limit.startswith("4413990012")


def test_a_month_whose_stored_raster_is_damaged_is_left_out_of_the_map_and_named(street):
    code = "441399001201"
    (damaged,) = (street / "canopy" / code).glob("2024-03-*[0-9a-f].tif")
    damaged.write_bytes(damaged.read_bytes()[:200])
    whole = lvgeo.draw_map(street, "2024-09")
    assert [(one.code, one.file) for one in whole.left_out] == [("file_broken", str(damaged))]
    answer = CliRunner().invoke(app, ["map", str(street), "2024-09", "--lang", "en"])
    assert answer.exit_code == 4
    assert damaged.name in answer.stderr
