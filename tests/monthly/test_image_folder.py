"""A month's folder as operators hand it over: what in it is not read is named, and stops nothing else."""

import json

import pytest
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer
from typer.testing import CliRunner

import lvgeo
from lvgeo.cli import app
from lvgeo.errors import InputRefusedError
from lvgeo.monthly.calibration import _default_pairs
from lvgeo.monthly.image_folder import image_paths, passed_over
from lvgeo.monthly.inputs import open_campaign
from lvgeo.monthly.month_folders import outside_months

CODE, OTHER = "441399001201", "441399001202"
UNREAD = (".jp2", ".img", ".png", ".jpg", ".ecw", ".sid")
PACKED = (".zip", ".rar", ".7z")
SILENT = (
    f"{CODE}.tfw", f"{CODE}.tif.aux.xml", f"{CODE}.tif.ovr", f"{CODE}.tif.msk", f"{CODE}.prj", "readme.txt", "notes.md",
    "report.json", "flight.kml", "Thumbs.db", ".DS_Store", "._441399001201.tif", ".hidden.jp2", "desktop.ini",
)  # fmt: skip


def lay(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def zones_of(folder):
    lon, lat = Transformer.from_crs(4547, 4490, always_xy=True).transform(551010.0, 2549930.0)
    return write_geojson(folder / "villages.geojson", [square(lon, lat, 60, CODE, village="甲村")])


@pytest.fixture
def street(tmp_path):
    """One village and an image of it at either date."""
    for month in ("2024-01", "2024-09"):
        write_tif(tmp_path / "imagery" / month / f"{CODE}.tif", ground())
    return tmp_path


def compared(root):
    months = (root / "imagery" / month for month in ("2024-01", "2024-09"))
    return lvgeo.compare(*months, zones=zones_of(root), out=root / "out", model="index")


@pytest.mark.parametrize(
    ("code", "endings"), [("image_unread", UNREAD), ("image_packed", PACKED)], ids=["formats", "packed"]
)
def test_each_file_that_is_not_read_is_named_and_the_others_are_compared(street, code, endings):
    month = street / "imagery" / "2024-09"
    lay(month, *(f"x{ending}" for ending in endings))
    found = compared(street)
    told = {(one.code, one.file, one.value) for one in found.left_out}
    assert told == {(code, str(month / f"x{ending}"), ending) for ending in endings}
    assert all(one.value in one.reason("zh") and one.value in one.reason("en") for one in found.left_out)
    assert found.canopy_change["observed_share"].iloc[0] > 0.99


def test_a_folder_within_is_named_where_it_holds_anything(street):
    month = street / "imagery" / "2024-09"
    lay(month, f"sub/{CODE}_b.tif", "deep/er/a.jp2", "named.tif/a.tif", "beside/a.tfw", "beside/.hidden/a.tif")
    (month / "empty").mkdir()
    assert {(one.code, one.file) for one in compared(street).left_out} == {
        ("image_folder", str(month / name)) for name in ("sub", "deep", "named.tif")
    }


def test_a_link_that_leads_back_is_named_and_not_followed(tmp_path):
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    assert [(one.code, one.file) for one in passed_over([tmp_path])] == [("image_folder", str(tmp_path / "round"))]


def test_what_belongs_to_an_image_is_not_named(tmp_path):
    lay(tmp_path, f"{CODE}.TIF", *SILENT, "__MACOSX/a.tif", "@eaDir/a.jpg")
    assert passed_over([tmp_path, tmp_path / f"{CODE}.TIF", tmp_path / "none"]) == []
    assert [path.name for path in image_paths([tmp_path])] == [f"{CODE}.TIF"]


def test_many_of_a_kind_are_one_line_unless_a_village_has_nothing_else(tmp_path):
    photos = [f"DJI_{k:04d}.JPG" for k in range(40)]
    lay(tmp_path, f"{CODE}.tif", f"{CODE}.jpg", f"{OTHER}.jpg", *photos)
    assert [(one.file, one.feature, one.value) for one in passed_over([tmp_path])] == [
        (str(tmp_path), f"{CODE}.jpg … DJI_0039.JPG (41)", ".jpg"),
        (str(tmp_path / f"{OTHER}.jpg"), "", ".jpg"),
    ]


def test_a_folder_without_any_geotiff_says_what_lies_there_instead(street):
    month = street / "imagery" / "2024-09"
    (month / f"{CODE}.tif").unlink()
    lay(month, f"{CODE}.ecw", f"b/{CODE}.tif")
    with pytest.raises(InputRefusedError) as caught:
        compared(street)
    assert [one.code for one in caught.value.refusals] == ["folder_empty", "image_folder", "image_unread"]


@pytest.fixture
def campaign(street):
    """The same as a campaign's folder."""
    (street / "campaign.toml").write_text('[campaign]\nyear = 2024\n[imagery]\nmodel = "index"\nbaseline = "2024-01"\n')
    (street / "boundaries").mkdir()
    zones_of(street / "boundaries")
    return street


def test_a_month_lists_it_and_does_not_say_that_the_village_handed_in_nothing(campaign):
    month = campaign / "imagery" / "2024-09"
    (month / f"{CODE}.tif").rename(month / f"{CODE}.ecw")
    lay(month, "more/a.tif")
    lay(campaign / "imagery" / "2024-01", "before.zip")
    found = lvgeo.month(campaign, "2024-09", language="zh")
    told = {(one.code, one.file) for one in found.left_out}
    assert {("image_unread", str(month / f"{CODE}.ecw")), ("image_folder", str(month / "more"))} <= told
    assert ("image_packed", str(campaign / "imagery" / "2024-01" / "before.zip")) in told
    assert "scene_missing" not in {one.code for one in found.left_out}
    listed = json.loads((found.folder / "run.json").read_text(encoding="utf-8"))["left_out"]
    assert f"imagery/2024-09/{CODE}.ecw" in json.dumps(listed)


def test_doctor_names_it_for_every_month(campaign):
    lay(campaign / "imagery" / "2024-01", "before.zip")
    lay(campaign / "imagery" / "2024-09", "a.jp2", "b.tif")
    answer = CliRunner().invoke(app, ["doctor", str(campaign), "--lang", "zh", "--on", "2024-10-01"])
    assert answer.exit_code == 4
    lines = answer.stdout.splitlines()
    for name in ("before.zip", "a.jp2", "b.tif"):
        assert sum(line.startswith("问题") and name in line for line in lines) == 1, answer.stdout
    assert "请解压" in answer.stdout


MONTHLESS = ("2024.09", "Sept", "202409", " 2024-09", "２０２４-09")


def monthless(campaign):
    """Lay what belongs to no month into the campaign's folder of imagery."""
    imagery = campaign / "imagery"
    lay(imagery, *(f"{name}/a.tif" for name in MONTHLESS), f"{CODE}.tif", "all.zip", "readme.txt", ".DS_Store")
    (imagery / "empty").mkdir()
    return {("month_folder", str(imagery / name)) for name in MONTHLESS} | {
        ("image_monthless", str(imagery / name)) for name in (f"{CODE}.tif", "all.zip")
    }


def test_what_lies_beside_the_months_folders_is_named_by_the_month(campaign):
    wanted = monthless(campaign)
    found = lvgeo.month(campaign, "2024-09", language="zh")
    named = {(one.code, one.file) for one in found.left_out if one.code in {"month_folder", "image_monthless"}}
    assert named == wanted


def test_what_lies_beside_the_months_folders_is_named_by_the_doctor(campaign):
    wanted = monthless(campaign)
    for language, words in (("zh", "不是月份"), ("en", "is no month")):
        answer = CliRunner().invoke(app, ["doctor", str(campaign), "--lang", language, "--on", "2024-10-01"])
        assert answer.exit_code == 4
        assert answer.stdout.count(words) == len(MONTHLESS), answer.stdout
        assert all(file in answer.stdout for _, file in wanted)


def test_many_images_of_no_month_are_one_line(campaign):
    lay(campaign / "imagery", *(f"{int(CODE) + k}.tif" for k in range(23)))
    told = outside_months(open_campaign(campaign)[0])
    assert [(one.file, one.feature) for one in told] == [
        (str(campaign / "imagery"), f"{CODE}.tif … {int(CODE) + 22}.tif (23)")
    ]


@pytest.mark.parametrize(
    "inputs",
    ['imagery = "."', 'imagery = "data"\nplots = "data/plots.shp"\ntrees = "data/trees"\nno_plant = "data/x/y"'],
)
def test_other_inputs_beside_the_months_are_no_images_that_went_astray(campaign, inputs):
    path = campaign / "campaign.toml"
    path.write_text(f"{path.read_text('utf-8')}[inputs]\n{inputs}\n", "utf-8")
    lay(campaign / "data", "2024-01/a.tif", "plots.shp", "plots.dbf", "trees/a.csv", "x/y/a.geojson")
    assert outside_months(open_campaign(campaign)[0]) == []


def test_calibration_looks_at_months_alone_whatever_their_files_endings(campaign):
    monthless(campaign)
    layout, settings = open_campaign(campaign)
    month = campaign / "imagery" / "2024-09"
    (month / f"{CODE}.tif").rename(month / f"{CODE}.TIFF")
    assert _default_pairs(layout, settings) == [("2024-01", "2024-09")]


def test_one_picture_at_both_dates_of_a_comparison_is_named_with_the_folder_that_it_is_in(street):
    (street / "imagery" / "2024-01").rename(street / "imagery" / "2024.01")
    dates = (street / "imagery" / name for name in ("2024.01", "2024-09"))
    found = lvgeo.compare(*dates, zones=zones_of(street), out=street / "out", model="index")
    assert [(one.code, one.limit, one.value) for one in found.remarks] == [("image_repeated", "2024.01", "100%")]
    assert all("2024.01" in one.sentence(language) for one in found.remarks for language in ("zh", "en"))
    assert set(found.canopy_change["baseline"]) == {"2024.01"}
    assert found.canopy_change["net_change_pp"].iloc[0] == 0  # compared all the same
