"""The map in a real browser, opened from a file, with the network off."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from hostile_street import EVERYTHING, GREEN, PAYLOADS, RED, STATES, make_page
from paperwork import HOSTILE_CELLS
from rasterio.crs import CRS

from lvgeo.outputs.map import MapBasemap, MapMonth, MapTiles, write_map
from lvgeo.outputs.map_folder import write_map_folder
from lvgeo.outputs.shell import VIEWER
from lvgeo.outputs.tiles import cut_tiles, tile_grid

pytestmark = pytest.mark.browser

SIZES = {"wide": (1920, 1080), "desk": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("地图 #1") / "map.html"  # names as people have them
    write_map(path, make_page())
    return path


@pytest.fixture(params=list(SIZES))
def size(request):
    return request.param


@pytest.fixture
def opened(browser, file, size):
    yield from _opened(browser, file, size)


@pytest.fixture
def desk(browser, file):
    yield from _opened(browser, file, "desk")


def _opened(browser, file, size):
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce", accept_downloads=True
    )
    page = context.new_page()
    page.set_default_timeout(8000)
    page.complaints, page.asked = [], []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
    page.goto(file.as_uri())
    yield page
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.evaluate("window.pwned") is None
    context.close()


def _pixels(page, part="#map_lvgeo"):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    shot = page.locator(part).screenshot()
    return np.asarray(image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


def _colour_shares(page):
    """How much of the map is plainly red (before) and plainly blue (after)."""
    pixels = _pixels(page)
    red, blue = pixels[..., 0], pixels[..., 2]
    return float((red > blue + 60).mean()), float((blue > red + 60).mean())


def _select_alone(page, name):
    page.locator(".lv-row-button", has_text=name).click()
    page.locator("#lv-card").wait_for(state="visible")


def test_everything_is_drawn_and_shown_as_typed(opened):
    assert opened.title() == EVERYTHING
    assert opened.locator("#lv-title").text_content() == EVERYTHING
    assert opened.locator("#lv-secrecy").text_content() == PAYLOADS[0]
    assert PAYLOADS[-1] in opened.locator("#lv-notes").text_content()
    names = {f"{number}号 {PAYLOADS[number]}" for number in range(5)}
    assert set(opened.locator(".lv-item .lv-name").all_text_contents()) == names
    # five villages, five plots with a casing each
    assert opened.locator("#map_lvgeo path.leaflet-interactive").count() == 10
    assert opened.locator(".lv-label-name").count() == 5
    assert opened.locator("script").count() == 4 + len(VIEWER)
    assert opened.locator("img[src='x']").count() == 0


def test_cards_show_hostile_texts_as_typed(opened):
    for place in range(5):
        opened.locator(".lv-row-button").nth(place).click()
        assert opened.locator("#lv-card .lv-reason").text_content() == " ".join(PAYLOADS)
        opened.locator("#lv-card .lv-section > summary", has_text="地块（").click()
        opened.locator("#lv-card .lv-plot-button").first.click()
        assert opened.locator("#lv-card .lv-reason").text_content() in PAYLOADS
        assert opened.locator("#lv-card .lv-facts dt").first.text_content() in PAYLOADS
        opened.keyboard.press("Escape")
        assert opened.locator("#lv-card").is_hidden()


def test_the_page_fits_its_screen(opened):
    wide = opened.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]
    frame = opened.locator("#map_lvgeo").bounding_box()
    assert frame["height"] > 300
    for shape in opened.locator("#map_lvgeo path.leaflet-interactive").all():
        box = shape.bounding_box()
        assert frame["x"] - 2 <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 2


def test_the_policy_stops_what_might_slip_through(desk):
    desk.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'window.slipped = 1';
        document.body.appendChild(script);
        const image = document.createElement('div');
        image.innerHTML = '<img src="https://example.org/x.png" onerror="window.slipped = 2">';
        document.body.appendChild(image);
    }""")
    desk.wait_for_timeout(200)
    assert desk.evaluate("window.slipped") is None
    assert len([said for said in desk.complaints if "Content Security Policy" in said]) >= 3
    desk.complaints.clear()
    desk.asked.clear()  # the image was wished for, and refused by the policy


def test_what_lags_stands_first_and_longest_before(desk):
    states = desk.locator(".lv-item .lv-under").all_text_contents()
    assert [text.split("连续")[0] for text in states] == ["进度滞后", "进度滞后", "无法判断", "进度正常", "未评估"]
    assert desk.locator(".lv-item .lv-name").first.text_content().startswith("4号")
    assert "连续滞后 2 个月" in states[0]


def _show_flows(page):
    page.locator("#lv-flows button").click()
    return page.locator("#map_lvgeo path.lv-flow")


def test_seedlings_are_lines_that_can_be_switched_and_show_as_typed(desk):
    assert desk.locator("#map_lvgeo path.lv-flow").count() == 0  # not before somebody asks for them
    assert desk.locator(".lv-flow-line").first.is_hidden()
    lines = _show_flows(desk)
    assert desk.locator("#lv-flows button").text_content() == f"苗木调拨 {1 + len(PAYLOADS)}"
    assert lines.count() == desk.locator("#map_lvgeo path.lv-flow-head").count() == 1 + len(PAYLOADS)
    assert "另有 1 条" in desk.locator(".lv-flow-line").last.text_content()
    widths = [float(line.get_attribute("stroke-width")) for line in lines.all()]
    assert widths[0] == max(widths)  # fifty against five
    assert widths[1:] == [pytest.approx(2.5 + 6.5 * (5 / 50) ** 0.5)] * len(PAYLOADS)
    desk.locator("[data-mode=off]").click()  # the slider's handle lies in the middle
    desk.locator(".lv-flow-head").first.click()
    said = desk.locator(".lv-flow-said")
    assert said.locator("bdi").all_text_contents() == [f"0号 {PAYLOADS[0]}", f"2号 {PAYLOADS[2]}"]
    assert said.locator("dt").all_text_contents() == [*PAYLOADS[:2], "距离"]
    assert said.locator("dd").all_text_contents() == ["40 株", "10 株", "284 米"]
    desk.fill("#lv-search", "4号")  # with the village that asks
    assert lines.count() == len(PAYLOADS)
    _select_alone(desk, "4号")
    section = desk.locator("#lv-card .lv-section", has_text="建议调入的苗木")
    assert set(PAYLOADS) <= set(section.locator("dt").all_text_contents())
    assert [f"{payload} 5 株" for payload in PAYLOADS] == section.locator("dd").all_text_contents()[::2]
    desk.locator("#lv-flows button").click()
    assert lines.count() == 0


def test_a_line_goes_from_who_gives_to_who_asks(desk):
    _show_flows(desk)
    desk.locator("#lv-all").click()  # with the nursery, which lies outside
    desk.wait_for_timeout(300)
    frame = desk.locator("#map_lvgeo").bounding_box()
    for line in desk.locator("#map_lvgeo path.lv-flow").all():
        box = line.bounding_box()
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    villages = desk.locator("#map_lvgeo .leaflet-overlay-pane path.leaflet-interactive")
    third = next(box for shape in villages.all() if (box := shape.bounding_box()) and _holds(box, desk, "2号"))
    head = desk.locator("#map_lvgeo path.lv-flow-head").first.bounding_box()
    tip = head["x"] + head["width"], head["y"] + head["height"] / 2
    assert tip[0] == pytest.approx(third["x"] + third["width"] / 2 - 12, abs=4)  # beside the name
    assert tip[1] == pytest.approx(third["y"] + third["height"] / 2, abs=9)


def _holds(box, page, name):
    label = page.locator(".lv-label", has_text=name).bounding_box()
    middle = label["x"] + label["width"] / 2
    return box["x"] < middle < box["x"] + box["width"]


def test_search_and_filter(desk):
    desk.fill("#lv-search", "2号")
    assert desk.locator(".lv-item:visible").count() == 1
    assert desk.locator("#lv-count").text_content() == "显示 1 / 5"
    desk.fill("#lv-search", "441302001203")
    assert desk.locator(".lv-item:visible .lv-name").text_content().startswith("3号")
    desk.fill("#lv-search", "(")  # no pattern, just text
    assert desk.locator(".lv-item:visible").count() == sum("(" in PAYLOADS[number] for number in range(5))
    desk.fill("#lv-search", "无此村")
    assert desk.locator("#lv-count").text_content() == "没有符合条件的村（社区）"
    desk.fill("#lv-search", "")
    assert desk.locator(".lv-chip[data-state=lagging] b").text_content() == "2"
    desk.locator(".lv-chip[data-state=lagging]").click()
    assert desk.locator(".lv-item:visible").count() == STATES.count("lagging")
    assert desk.locator("#map_lvgeo .leaflet-overlay-pane path.leaflet-interactive").count() == 2
    desk.locator(".lv-chip[data-state=on_track]").click()  # either of two
    assert desk.locator(".lv-item:visible").count() == 3
    assert desk.locator(".lv-chip[data-status=short]").is_disabled()
    desk.locator(".lv-chip[data-status=meets]").click()  # and one of the other kind
    assert desk.locator("#lv-count").text_content() == "显示 2 / 5"


def test_swipe_moves_the_border_between_the_images(desk):
    _select_alone(desk, "0号")
    found = []
    for value in (0, 50, 100):
        desk.locator("#lv-range").evaluate(
            "(range, value) => { range.value = value; range.dispatchEvent(new Event('input')); }", value
        )
        found.append(_colour_shares(desk))
    reds, blues = zip(*found, strict=True)
    assert reds[0] < reds[1] < reds[2]  # the handle to the right shows more of before
    assert blues[0] > blues[1] > blues[2]
    assert blues[0] > 0.2  # the village takes about a quarter of the map
    assert reds[2] > 0.2


def test_swipe_obeys_the_keyboard_and_the_mouse(desk):
    handle = desk.locator("#lv-range")
    handle.focus()
    before = desk.locator("#lv-divider").bounding_box()["x"]
    for _ in range(10):
        desk.keyboard.press("ArrowRight")
    assert handle.input_value() == "60"
    moved = desk.locator("#lv-divider").bounding_box()["x"]
    assert moved > before + 50
    box = handle.bounding_box()
    desk.mouse.move(moved, box["y"] + box["height"] / 2)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=5)
    desk.mouse.up()
    assert int(handle.input_value()) < 10


def test_fade_and_flicker_and_off(desk):
    _select_alone(desk, "0号")
    desk.locator("[data-mode=off]").click()
    assert desk.locator("#lv-swipe").is_hidden()
    assert _colour_shares(desk)[0] < 0.25  # no image: only the neighbour's red fill
    desk.locator("[data-mode=fade]").click()
    desk.locator("#lv-range").focus()
    desk.keyboard.press("Home")
    red = _colour_shares(desk)
    desk.keyboard.press("End")
    blue = _colour_shares(desk)
    assert red[0] > blue[0] + 0.2
    assert blue[1] > red[1] + 0.2
    desk.locator("[data-mode=flicker]").click()
    seen = []
    for _ in range(12):  # wait_for_function would need eval, which the page's policy forbids
        seen.append(_colour_shares(desk))
        desk.wait_for_timeout(170)
    before, after = max(seen), max(seen, key=lambda shares: shares[1])
    assert before == pytest.approx(red, abs=0.02)  # the whole picture of before, as at fade's one end
    assert after == pytest.approx(blue, abs=0.02)  # and of after, as at its other
    turns = sum((one[0] > one[1]) != (next_[0] > next_[1]) for one, next_ in itertools.pairwise(seen))
    assert turns >= 2  # there and back


def _share(page, colour):
    """Part of the map that is of a colour, as WebP and the screen leave it."""
    return float((abs(_pixels(page) - np.array(colour)).max(axis=2) < 30).mean())


def test_any_two_months_are_compared(desk):
    _select_alone(desk, "0号")
    assert desk.locator("#lv-pick-before option").all_text_contents() == ["2024-01", "2024-05", "2024-08"]
    desk.locator("#lv-range").focus()
    desk.keyboard.press("End")
    assert _share(desk, RED) > 0.2
    desk.select_option("#lv-pick-before", "2024-05")
    assert desk.locator("#lv-month-before").text_content() == "前 2024-05"
    assert _share(desk, GREEN) > 0.2
    chip = desk.locator(".lv-strip-chip[data-month='2024-01']")
    chip.locator("[data-side=before]").click()
    assert desk.locator("#lv-pick-before").input_value() == "2024-01"
    assert chip.locator("[data-side=before]").get_attribute("aria-pressed") == "true"
    assert _share(desk, RED) > 0.2


def test_gain_and_loss_are_those_of_the_months_shown(desk):
    _select_alone(desk, "0号")
    gain, loss = (0, 213, 232), (240, 20, 140)
    desk.locator("[data-mode=off]").click()
    assert max(_share(desk, gain), _share(desk, loss)) < 0.001  # the samples on the buttons
    desk.locator("[data-kind=gain]").click()
    desk.locator("[data-kind=loss]").click()
    desk.wait_for_timeout(300)
    whole = _share(desk, gain)  # first to third month: the southern half
    assert whole > 0.05
    assert _share(desk, loss) < 0.002
    desk.select_option("#lv-pick-after", "2024-05")  # gained in the south-west, lost in the north-east
    desk.wait_for_timeout(300)
    assert _share(desk, gain) == pytest.approx(whole / 2, rel=0.4)  # handle and tags lie on part of it
    assert _share(desk, loss) == pytest.approx(whole / 2, rel=0.4)  # handle and tags lie on part of it
    desk.locator("[data-kind=loss]").click()
    assert _share(desk, loss) < 0.002


def test_the_months_stand_in_a_chart_and_a_strip(desk):
    _select_alone(desk, "0号")
    assert desk.locator(".lv-chart .lv-span").count() == 3
    assert desk.locator(".lv-chart .lv-due").count() == 3
    assert desk.locator(".lv-strip-chip img").count() == 3
    assert "2024-05" in desk.locator(".lv-chart").text_content()


def test_swipe_obeys_a_finger(browser, file):
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True, has_touch=True)
    page = context.new_page()
    page.goto(file.as_uri())
    box = page.locator("#lv-range").bounding_box()
    y, start = box["y"] + box["height"] / 2, box["x"] + box["width"] / 2
    finger = context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start, "y": y}]})
    for step in range(1, 9):
        point = {"x": start + 12 * step, "y": y}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert int(page.locator("#lv-range").input_value()) > 65
    context.close()


def test_the_list_is_walked_by_arrow_keys(desk):
    desk.locator(".lv-row-button").first.focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    name = desk.locator(".lv-item .lv-name").nth(2).text_content()
    assert desk.locator("#lv-card h2").text_content() == name
    desk.keyboard.press("Escape")
    assert desk.locator("#lv-card").is_hidden()


def test_unseen_ground_is_see_through(desk):
    _select_alone(desk, "0号")
    box = desk.locator("#map_lvgeo .leaflet-overlay-pane path.leaflet-interactive").last.bounding_box()  # in front
    frame = desk.locator("#map_lvgeo").bounding_box()
    pixels = _pixels(desk)
    row, column = int(box["y"] - frame["y"] + box["height"] * 0.2), int(box["x"] - frame["x"] + box["width"] * 0.2)
    assert np.ptp(pixels[row, column]) < 20  # the page's grey, no colour


def test_a_village_without_images_says_so(desk):
    _select_alone(desk, "3号")
    assert desk.locator("#lv-month-after").text_content() == "后 无影像"


def test_the_table_comes_down_guarded(desk):
    with desk.expect_download() as waiting:
        desk.locator("#lv-csv").click()
    download = waiting.value
    assert download.suggested_filename == "lvgeo-2024-08.csv"
    raw = Path(download.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith('"行政代码","村（社区）"')
    assert len(lines) == 7  # heading, five villages, the end
    assert '"441302001204"' in lines[1]
    assert '"lagging"' in lines[1]


def test_the_table_holds_what_is_shown_and_no_more(desk):
    desk.locator(".lv-chip[data-state=lagging]").click()
    desk.fill("#lv-search", "4号")
    with desk.expect_download() as waiting:
        desk.locator("#lv-csv").click()
    head, *rows = csv.reader(Path(waiting.value.path()).read_text("utf-8-sig").splitlines())
    assert [row[0] for row in rows] == ["441302001204"]
    assert len(rows[0]) == len(head)


def test_no_cell_of_the_table_is_a_formula(browser, tmp_path):
    street = make_page(texts=("甲",), title="绿美")
    one = street.villages[0]
    villages = tuple(
        dataclasses.replace(one, code=f"{number:012}", name=text, change={**one.change, "reason": text}, images=())
        for number, text in enumerate(HOSTILE_CELLS)
    )
    write_map(tmp_path / "cells.html", dataclasses.replace(street, villages=villages))
    for page in _opened(browser, tmp_path / "cells.html", "desk"):
        with page.expect_download() as waiting:
            page.locator("#lv-csv").click()
        with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as table:
            head, *rows = csv.reader(table)
        assert len(rows) == len(HOSTILE_CELLS)
        plain = [cell for row in rows for cell in row if not re.fullmatch(r"-?[\d.]+", cell)]
        assert [cell for cell in plain if re.match(r"[\s\ufeff]*[=+\-@＝＋－＠]", cell)] == []
        assert {len(row) for row in rows} == {len(head)}


def test_clicking_the_map_opens_the_card(opened):
    shape = opened.locator("#map_lvgeo .leaflet-overlay-pane path.leaflet-interactive").first.bounding_box()
    opened.mouse.click(shape["x"] + shape["width"] / 2, shape["y"] + shape["height"] * 0.9)
    assert opened.locator("#lv-card").is_visible()
    assert opened.locator(".lv-selected").count() == 1


def test_paper_carries_what_a_wall_map_must(desk):
    desk.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for part in ("title", "secrecy", "legend", "north", "notes", "list"):
        assert desk.locator(f"#lv-{part}").is_visible()
    assert desk.locator(".leaflet-control-scale-line").is_visible()
    assert "2024-09-01" in desk.locator("#lv-notes").text_content()  # the day
    for part in ("bar", "chips", "search", "csv", "range"):
        assert desk.locator(f"#lv-{part}").is_hidden()
    sheet = desk.locator("body").bounding_box()
    assert sheet["width"] / sheet["height"] == pytest.approx(400 / 276, rel=0.01)
    shapes = [one.bounding_box() for one in desk.locator(".leaflet-overlay-pane path.leaflet-interactive").all()]
    frame = desk.locator("#map_lvgeo").bounding_box()
    assert all(frame["x"] - 2 <= one["x"] <= frame["x"] + frame["width"] for one in shapes)
    desk.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert desk.locator("#lv-bar").is_visible()


def test_a_folded_legend_is_printed_open(desk):
    summary = desk.locator("#lv-legend summary")
    summary.click()
    assert desk.locator("#lv-legend li").first.is_hidden()
    desk.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert desk.locator("#lv-legend li").first.is_visible()
    desk.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert desk.locator("#lv-legend li").first.is_hidden()


def test_on_a_phone_a_card_comes_with_the_map_and_goes_back_to_the_list(browser, tmp_path):
    write_map(tmp_path / "long.html", _many(40, images=(), classes=()))
    for page in _opened(browser, tmp_path / "long.html", "phone"):
        page.locator(".lv-row-button").nth(30).scroll_into_view_if_needed()
        stood = page.evaluate("window.pageYOffset")
        assert page.locator("#map_lvgeo").bounding_box()["y"] < -400
        page.locator(".lv-row-button").nth(30).click()
        frame, card = (page.locator(part).bounding_box() for part in ("#map_lvgeo", "#lv-card"))
        assert frame["y"] == pytest.approx(0, abs=1)
        assert card["y"] >= frame["height"] - 2
        page.locator(".lv-close").click()
        assert page.evaluate("window.pageYOffset") == pytest.approx(stood, abs=1)
        page.evaluate("window.scrollTo(0, 0)")
        shape = page.locator("#map_lvgeo path.leaflet-interactive").first.bounding_box()
        page.mouse.click(shape["x"] + shape["width"] / 2, shape["y"] + shape["height"] * 0.9)
        assert page.locator("#map_lvgeo").bounding_box()["y"] == pytest.approx(0, abs=1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_the_months_stand_under_the_bar(browser, tmp_path, language):
    write_map(tmp_path / "a.html", make_page(language, texts=("甲",), title="绿美"))
    for page in _opened(browser, tmp_path / "a.html", "phone"):
        _select_alone(page, "0号")
        lines = [one.bounding_box() for one in page.locator("#lv-bar > :visible").all()]
        for side in ("before", "after"):
            tag = page.locator(f"#lv-month-{side}").bounding_box()
            assert tag["y"] >= max(one["y"] + one["height"] for one in lines)
            assert tag["y"] < 260


def test_forty_months_stand_apart_under_their_chart(browser, tmp_path):
    months = tuple(
        MapMonth(f"{2021 + n // 12}-{n % 12 + 1:02}", "lagging", n, n + 1.0, n + 2.0, 4.0) for n in range(40)
    )
    write_map(tmp_path / "years.html", _many(1, months=months))
    for page in _opened(browser, tmp_path / "years.html", "desk"):
        page.locator(".lv-row-button").click()
        named = [
            one for one in page.locator(".lv-chart text").all() if re.fullmatch(r"20\d\d-\d\d", one.text_content())
        ]
        boxes = sorted((one.bounding_box() for one in named), key=lambda box: box["x"])
        assert len(boxes) >= 3
        assert named[-1].text_content() == "2024-04"
        assert all(one["x"] + one["width"] < next_["x"] for one, next_ in itertools.pairwise(boxes))
        dots = [one.bounding_box() for one in page.locator(".lv-chart svg").all()]
        assert all(one["x"] + one["width"] <= next_["x"] + 0.5 for one, next_ in itertools.pairwise(dots))


@pytest.mark.parametrize("size", SIZES)
def test_a_title_of_two_hundred_characters_leaves_room_for_the_map(browser, tmp_path, size):
    title = "某某市某某区某某街道绿美" * 17
    write_map(tmp_path / "title.html", dataclasses.replace(make_page(texts=("甲",)), title=title))
    for page in _opened(browser, tmp_path / "title.html", size):
        assert page.locator(".lv-head").bounding_box()["height"] < 130
        assert page.locator("#lv-title").get_attribute("title") == title
        assert fits(page)


def test_a_first_month_has_an_after_and_no_before(browser, tmp_path):
    one = make_page(texts=("甲",)).villages[0]
    write_map(tmp_path / "first.html", _many(2, images=one.images[2:], classes=one.classes[2:]))
    for page in _opened(browser, tmp_path / "first.html", "desk"):
        assert page.locator("#lv-month-before").text_content() == "前 无影像"
        assert page.locator("#lv-month-after").text_content() == "后 2024-08"


def _many(count, **parts):
    """So many copies of the hostile street's first village, under plain names."""
    street = make_page(texts=("甲",), title="绿美")
    one = street.villages[0]
    return dataclasses.replace(
        street, villages=tuple(dataclasses.replace(one, code=f"{number:012}", **parts) for number in range(count))
    )


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_long_list_still_prints_on_one_page(browser, tmp_path):
    write_map(tmp_path / "many.html", _many(400, images=(), classes=()))
    for page in _opened(browser, tmp_path / "many.html", "desk"):
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert re.match(r"另有 3\d\d 个", page.locator("#lv-rest").text_content())


@pytest.fixture
def folder(tmp_path):
    street = make_page()
    grid = tile_grid((114.0, 23.1, 114.00115, 23.10115), CRS.from_epsg(4326), 0.5)

    def read(_top, _left, side):
        return np.broadcast_to(np.array(GREEN, dtype=np.uint8)[:, None, None], (3, side, side)), np.ones((side, side))

    place = "tiles/441302001200/2024-01"
    written = cut_tiles(tmp_path / "地图 #2" / place, grid, read)
    tiles = MapTiles(f"{place}/{{z}}/{{x}}/{{y}}{written[0].suffix}", grid.first, grid.last)
    first = street.villages[0]
    images = (dataclasses.replace(first.images[0], tiles=tiles), *first.images[1:])
    villages = (dataclasses.replace(first, images=images), *street.villages[1:])
    write_map_folder(tmp_path / "地图 #2" / "index.html", dataclasses.replace(street, villages=villages))
    return tmp_path / "地图 #2" / "index.html"


def test_a_folder_reads_what_lies_beside_it_when_it_is_wanted(browser, folder):
    for page in _opened(browser, folder, "desk"):
        assert page.locator(".lv-item").count() == 5
        _select_alone(page, "0号")
        page.locator("#lv-card .lv-reason").first.wait_for()
        assert page.locator("#lv-card .lv-reason").first.text_content() == " ".join(PAYLOADS)
        page.locator("#lv-range").focus()
        page.keyboard.press("End")
        page.wait_for_timeout(400)
        assert _share(page, GREEN) > 0.2  # the tiles, not the small red picture
        assert _show_flows(page).count() == 1 + len(PAYLOADS)
        assert any(url.endswith(".webp") for url in page.asked)
        assert any(url.endswith("/data/441302001200.js") for url in page.asked)


def test_a_background_is_asked_of_its_own_host_and_of_no_other(browser, tmp_path):
    base = MapBasemap("https://tile.example.org/{z}/{x}/{y}.png", "credit", 18)
    write_map(tmp_path / "a.html", dataclasses.replace(make_page(), basemap=base))
    context = browser.new_context(viewport={"width": 800, "height": 600})
    asked = []
    context.route("**/*", lambda route: (asked.append(route.request.url), route.abort())
                  if route.request.url.startswith("http") else route.continue_())  # fmt: skip
    page = context.new_page()
    page.goto((tmp_path / "a.html").as_uri())
    page.wait_for_timeout(500)
    assert asked
    assert {url.split("/")[2] for url in asked} == {"tile.example.org"}
    assert "credit" in page.locator("#lv-notes").text_content()
    assert page.evaluate("window.pwned") is None
    context.close()


def test_printing_is_one_page_of_a3(desk):
    pdf = desk.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 1
    width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
    assert (width, height) == pytest.approx((420 / 25.4 * 72, 297 / 25.4 * 72), abs=1)  # mm to points


@pytest.mark.parametrize("language", ["zh", "en"])
def test_plain_streets_open_in_both_languages(browser, tmp_path, language):
    path = tmp_path / "plain.html"
    write_map(path, make_page(language, texts=("", "甲"), title="绿美"))
    for page in _opened(browser, path, "desk"):
        assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[language]
        said = page.locator("body").inner_text()
        assert "undefined" not in said
        assert (
            page.locator(".leaflet-control-zoom-in").get_attribute("title") == {"zh": "放大", "en": "Zoom in"}[language]
        )
        assert "{" not in said
