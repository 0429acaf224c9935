"""The map's file: the same bytes, nothing remote, nothing that a name could break out of."""

from __future__ import annotations

import base64
import dataclasses
import json
import re

import numpy as np
import pyproj
import pytest
import rasterio.crs
import rasterio.errors
import shapely
from affine import Affine
from rasterio.io import MemoryFile
from rasterio.warp import transform_bounds

from lvgeo.labels import page as page_labels
from lvgeo.outputs.map import MapBasemap, MapClasses, MapImage, MapPage, MapPlot, MapVillage, write_map
from lvgeo.outputs.map_folder import write_map_folder
from lvgeo.outputs.payload import payload
from lvgeo.outputs.pictures import MAX_SIDE_PX, draw_picture
from lvgeo.outputs.shapes import centre, rings
from lvgeo.outputs.shell import VIEWER, read_shell

HOSTILE = "</script><script>@@lvgeo-data@@ {{7*7}} {% endraw %} \u2028 & \"'`${x}"


def village(code="441302001201", verdict="lagging", **others):
    change = {"verdict": verdict, "month": "2024-08", "streak": others.pop("streak", 0)}
    change |= {"adjusted_change_pp": others.pop("pp", None)}
    shape = shapely.box(114.0, 23.0, 114.01, 23.01)
    return MapVillage(code, others.pop("name", "埔心村"), "village", shape, {"area_mu": 2.0}, change, **others)


def image(month="2024-01", side=8, crs=None):
    rgb = np.full((side, side, 3), 100, dtype=np.uint8)
    seen = np.ones((side, side), dtype=bool)
    return MapImage(month, rgb, seen, Affine(1, 0, 500000, 0, -1, 2560000), crs or rasterio.crs.CRS.from_epsg(4547))


def page(*villages, plots=(), title="绿美", language="zh"):
    return MapPage(title, "2024-08", "2024-01", language, "内部", "2024-09-01", "CGCS2000", villages, plots)


def data_of(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="lv-data">(.*?)</script>', text, re.DOTALL)[1])


def test_the_same_page_gives_the_same_bytes(tmp_path):
    whole = page(village(images=(image(), image("2024-08"))), village("441302001202"))
    write_map(tmp_path / "a.html", whole)
    write_map(tmp_path / "b.html", whole)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_nothing_is_loaded_from_elsewhere(tmp_path):
    write_map(tmp_path / "a.html", page(village()))
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=", text) == []
    assert re.findall(r"url\((?!#|[\"']?data:)[^)]*\)", text) == []
    assert "@import" not in text
    assert "sourceMappingURL" not in text
    assert "default-src 'none'" in text


def test_hostile_text_stays_text(tmp_path):
    plot = MapPlot(HOSTILE, "441302001201", shapely.box(114, 23, 114.001, 23.001), HOSTILE, {HOSTILE: HOSTILE})
    write_map(tmp_path / "a.html", page(village(name=HOSTILE), plots=(plot,), title=HOSTILE))
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert len(re.findall(r"<script[ >]", text)) == 4 + len(VIEWER)  # folium's switches and map, Leaflet, the data
    data = data_of(tmp_path / "a.html")
    (drawn,) = data["villages"][0]["plots"]
    assert data["title"] == data["villages"][0]["name"] == drawn["id"] == HOSTILE
    assert drawn["facts"] == [[HOSTILE, HOSTILE]]
    assert drawn["severity"] == ""


def test_the_shell_knows_nothing_of_the_page(tmp_path):
    write_map(tmp_path / "a.html", page(village(), title="甲"))
    shell = read_shell()
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.startswith(shell.head + "甲" + shell.middle)
    assert text.endswith(shell.tail)


def test_pictures_shrink_until_the_file_fits(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (700, 700, 3), dtype=np.uint8)
    busy = dataclasses.replace(image(side=700), rgb=noise)
    write_map(tmp_path / "whole.html", page(village(images=(busy,))))
    limit = (tmp_path / "whole.html").stat().st_size - 1
    write_map(tmp_path / "small.html", page(village(images=(busy,))), limit)
    assert (tmp_path / "small.html").stat().st_size <= limit
    write_map(tmp_path / "never.html", page(village(images=(busy,))), 10)  # the smallest, not none
    assert len(data_of(tmp_path / "never.html")["villages"][0]["pictures"]) == 1


def test_classes_keep_their_pixels_and_months_lie_on_each_other(tmp_path):
    classes = np.random.default_rng(2).integers(0, 3, (64, 64), dtype=np.uint8)
    one = image(side=64)
    held = [MapClasses(month, ground, one.transform, one.crs) for month, ground in (("1", classes), ("2", 2 - classes))]
    write_map(tmp_path / "a.html", page(village(classes=tuple(held))))
    first, second = data_of(tmp_path / "a.html")["villages"][0]["classes"]
    assert first["bounds"] == second["bounds"]
    values = {float(value) for value in np.unique(decoded(type("Drawn", (), first)))}
    assert values == {0.0, 127.0, 255.0}  # the viewer's limits are 64 and 192


def test_only_the_host_that_was_named_may_be_asked(tmp_path):
    base = MapBasemap("https://tile.example.org/{z}/{x}/{y}.png?key=1", "credit", 18)
    write_map(tmp_path / "a.html", dataclasses.replace(page(village()), basemap=base))
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "img-src data: https://tile.example.org; " in text
    assert "connect-src" not in text
    assert data_of(tmp_path / "a.html")["basemap"]["credit"] == "credit"


def test_a_folder_holds_a_script_of_data_for_every_village(tmp_path):
    plot = MapPlot(HOSTILE, "441302001201", shapely.box(114, 23, 114.001, 23.001), "error", {HOSTILE: HOSTILE})
    write_map_folder(tmp_path / "index.html", page(village(name=HOSTILE, images=(image(),)), plots=(plot,)))
    assert sorted(file.name for file in tmp_path.rglob("*.*")) == ["441302001201.js", "index.html"]
    (head,) = data_of(tmp_path / "index.html")["villages"]
    assert head["lazy"]
    assert "pictures" not in head
    script = (tmp_path / "data" / "441302001201.js").read_text("utf-8")
    found = re.fullmatch(r'lvgeo\.take\(("[^"\\]*(?:\\.[^"\\]*)*")\);\n', script)  # one string, nothing else
    details = json.loads(json.loads(found[1]))
    assert details["plots"][0]["id"] == HOSTILE
    assert len(details["pictures"]) == 1


def test_the_list_begins_with_what_wants_doing():
    villages = (
        village("1", "on_track"),
        village("2", "not_assessed"),
        village("3", "lagging", pp=-1.0),
        village("4", "inconclusive"),
        village("5", "lagging", streak=2, pp=3.0),
        village("6", "lagging", pp=-4.0),
        village("7", "unheard of"),
    )
    shown = payload(page(*villages))["villages"]
    assert [one["code"] for one in shown] == ["5", "6", "3", "4", "1", "2", "7"]
    assert shown[-1]["state"] == "not_assessed"


def test_without_verdicts_the_change_gives_the_colour_and_without_that_the_area():
    plain = village(verdict=None)
    changed = dataclasses.replace(plain, change={**plain.change, "change": "loss"})
    assert payload(page(plain))["family"] == "status"
    assert payload(page(plain))["villages"][0]["state"] == "no_plots"
    assert payload(page(changed, plain))["family"] == "change"
    assert [one["state"] for one in payload(page(plain, changed))["villages"]] == ["loss", "inconclusive"]
    assert payload(page(dataclasses.replace(plain, change=None)))["villages"][0]["figure"] == "2.000 亩"


def test_the_figure_in_the_list_is_of_what_the_word_rests_on():
    """A village that is short of area is not shown with the canopy that grew there."""
    grown = village(pp=14.4)
    short = dataclasses.replace(grown, change={**grown.change, "basis": "register"})
    figures = [payload(page(one))["villages"][0]["figure"] for one in (grown, short)]
    assert figures == ["+14.4 百分点", "2.000 亩"]


@pytest.mark.parametrize(
    ("months", "before", "after"),
    [
        ((), "", ""),
        (("2024-01",), "2024-01", ""),
        (("2024-08",), "", "2024-08"),
        (("2024-01", "2024-03", "2024-08"), "2024-01", "2024-08"),
    ],
)
def test_the_first_and_the_last_picture_are_shown_at_first_and_all_are_there(months, before, after):
    shown = payload(page(village(images=tuple(image(month) for month in months))))["villages"][0]
    assert shown["ends"] == [before, after]
    assert tuple(one["month"] for one in shown["pictures"]) == months


@pytest.mark.parametrize("make_crs", [pyproj.CRS.from_epsg, rasterio.crs.CRS.from_epsg])
def test_a_picture_lies_where_its_image_lies(make_crs):
    one = image(side=100, crs=make_crs(4547))
    drawn = draw_picture(one.rgb, one.seen, one.transform, one.crs)
    expected = transform_bounds(
        rasterio.crs.CRS.from_epsg(4547), rasterio.crs.CRS.from_epsg(4326), 500000, 2559900, 500100, 2560000
    )
    assert drawn.bounds == pytest.approx(expected, abs=1e-5)  # a pixel of the picture, 1 m


def decoded(drawn):
    with (
        MemoryFile(base64.b64decode(drawn.uri.partition(",")[2])) as memory,
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        memory.open() as picture,
    ):
        return picture.read()


def test_a_picture_is_small_and_see_through_where_nothing_was_seen():
    one = image(side=1600)
    rgb, seen = one.rgb.copy(), one.seen.copy()
    seen[:, :800] = False
    rgb[:, :800] = 0  # a black collar, which must not darken the ground beside it
    pixels = decoded(draw_picture(rgb, seen, one.transform, one.crs))
    assert max(pixels.shape[1:]) == MAX_SIDE_PX
    middle = pixels[:, pixels.shape[1] // 2]
    width = middle.shape[1]
    assert middle[3, : width // 2 - 3].max() == 0
    assert middle[3, width // 2 + 3 :].min() == 255
    assert abs(middle[:3, width // 2 + 3 :].astype(int) - 100).max() <= 6  # WebP is lossy


def test_nothing_seen_is_no_picture():
    one = image()
    assert draw_picture(one.rgb, ~one.seen, one.transform, one.crs) is None


def test_shapes_put_latitude_first_and_keep_holes():
    ring = shapely.box(114, 23, 114.4, 23.4).difference(shapely.box(114.1, 23.1, 114.2, 23.2))
    ((outer, hole),) = rings(ring)
    assert set(outer) == {(23.0, 114.0), (23.0, 114.4), (23.4, 114.0), (23.4, 114.4)}
    assert len(hole) == 4
    assert centre(shapely.GeometryCollection([shapely.Point(0, 0)])) is None
    assert rings(shapely.Polygon()) == []


def test_every_word_of_the_viewer_exists():
    from importlib.resources import files

    viewer = "".join((files("lvgeo.outputs") / "page" / f"{name}.js").read_text("utf-8") for name in VIEWER)
    used = set(re.findall(r"\bwords\.(\w+)", viewer)) | set(re.findall(r"\bsay\(\"(\w+)\"", viewer))
    assert used
    assert {f"page_{word}" for word in used} <= set(page_labels.WORDS)
    assert "innerHTML" not in viewer
    assert not re.search(r"\beval\b|document\.write|insertAdjacentHTML|outerHTML", viewer)
