"""A model of the street's own: campaign.toml names its folder as it lies in the campaign's, wherever a command runs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer

import lvgeo
from lvgeo.errors import InputRefusedError, UsageError
from lvgeo.imagery.shipped import shipped_model
from lvgeo.imagery.trees_folder import load_trees, save_trees
from lvgeo.monthly.calibration import open_street
from lvgeo.monthly.doctor import examine
from lvgeo.monthly.inputs import imagery_of, open_campaign

NAMED = '[imagery]\nmodel = "models/street"\n'


def with_model(folder):
    """Put the shipped model in a folder of the campaign's own."""
    shutil.copytree(shipped_model("trees"), folder / "models" / "street")
    return folder


@pytest.fixture
def street(tmp_path, monkeypatch):
    folder = tmp_path / "street"
    folder.mkdir()
    (folder / "campaign.toml").write_text(NAMED, "utf-8")
    monkeypatch.chdir(tmp_path)
    return with_model(folder)


def test_a_month_finds_the_model_in_the_campaigns_folder(street):
    with pytest.raises(InputRefusedError, match="boundaries"):  # beyond the model: there is no village to judge
        lvgeo.month(street, "2024-09", on=date(2024, 10, 1))
    shutil.rmtree(street / "models")
    with pytest.raises(UsageError, match="models"):
        lvgeo.month(street, "2024-09", on=date(2024, 10, 1))


def test_calibration_takes_the_campaigns_model_from_there_and_a_named_one_from_here(street, monkeypatch):
    monkeypatch.setattr("lvgeo.monthly.calibration.read_campaign", lambda *_: None)
    day = date(2024, 10, 1)
    opened = open_street(street, "", day)
    assert opened.imagery.model == str(street / "models" / "street")
    assert opened.settings.imagery.model == "models/street"
    assert open_street(street, "street/models/street", day).imagery.model == "street/models/street"
    with pytest.raises(UsageError):
        open_street(street, "models/street", day)


def test_the_doctor_says_that_the_model_is_gone(street):
    (street / "models" / "street" / "likelihood.npy").unlink()
    found = examine(street, on=date(2024, 10, 1))
    for language, words in (("zh", "不是完整的冠层模型"), ("en", "is not a whole canopy model")):
        assert any(words in line and "street" in line for line in (one.sentence(language) for one in found))


@pytest.mark.parametrize("name", ["trees", "nir", "index"])
def test_a_model_by_name_is_no_folder(street, name):
    (street / name).mkdir()  # a campaign's tree registers lie in `trees`
    (street / "campaign.toml").write_text(f'[imagery]\nmodel = "{name}"\n', "utf-8")
    layout, settings = open_campaign(street)
    assert imagery_of(layout, settings).model == name


@pytest.mark.slow
def test_a_month_is_judged_by_the_model_in_the_campaigns_folder(demo, tmp_path, monkeypatch):
    folder = with_model(shutil.copytree(demo.folder, tmp_path / "street"))
    path = folder / "campaign.toml"
    path.write_text(path.read_text("utf-8").replace('model = "index"', 'model = "models/street"'), "utf-8")
    monkeypatch.chdir(tmp_path)
    judged = lvgeo.month(folder, "2024-09")
    assert set(judged.canopy_change["model"]) == {"trees"}
    assert '"model": "models/street"' in (folder / "out" / "2024-09" / "run.json").read_text("utf-8")


def worked_at(folder, gsd_m):
    """Store the shipped model as if it had been trained on pixels of another size."""
    save_trees(replace(load_trees(shipped_model("trees")), gsd_m=gsd_m), folder)
    return folder


def compared_with(tmp_path, gsd_m, pixel_m=0.5):
    for month, seed in (("2024-01", 1), ("2024-09", 2)):
        write_tif(tmp_path / month / "441399001201.tif", ground(300, seed), pixel_m=pixel_m)
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551010.0, 2549970.0)
    zones = write_geojson(tmp_path / "z.geojson", [square(lon, lat, 20, "441399001201", village="甲村")])
    model = worked_at(tmp_path / "model", gsd_m)
    months = (tmp_path / month for month in ("2024-01", "2024-09"))
    return lvgeo.compare(*months, zones=zones, out=tmp_path / "out", model=str(model))


@pytest.mark.parametrize(
    ("gsd_m", "told"),
    [(5.0, [("model_coarse", "5", "1")]), (0.05, [("raster_model_gsd", "0.50", "0.05")] * 2)],
    ids=["wider", "finer"],
)
def test_a_model_of_other_pixels_than_the_images_judges_nothing(tmp_path, gsd_m, told):
    with pytest.raises(InputRefusedError) as refused:
        compared_with(tmp_path, gsd_m)
    assert [(one.code, one.value, one.limit) for one in refused.value.refusals] == told
    assert all(one.sentence("zh") for one in refused.value.refusals)


@pytest.mark.parametrize(("gsd_m", "pixel_m"), [(0.6, 1.0), (1.0, 0.1), (0.3, 0.5)])
def test_a_model_reads_images_of_about_its_pixels_and_all_finer_ones(tmp_path, gsd_m, pixel_m):
    assert not compared_with(tmp_path, gsd_m, pixel_m).left_out
