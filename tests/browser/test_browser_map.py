"""The map in a real browser, opened from a file, with the network off."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from hostile_street import EVERYTHING, PAYLOADS, STATES, make_page

from lvgeo.outputs.map import write_map

pytestmark = pytest.mark.browser

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SIZES = {"desk": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


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
    assert opened.locator("script").count() == 4
    assert opened.locator("img[src='x']").count() == 0


def test_cards_show_hostile_texts_as_typed(opened):
    for place in range(5):
        opened.locator(".lv-row-button").nth(place).click()
        assert opened.locator("#lv-card .lv-reason").text_content() == " ".join(PAYLOADS)
        opened.locator("#lv-card .lv-section > summary").nth(2).click()
        opened.locator("#lv-card .lv-plot-button").first.click()
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
    desk.locator(".lv-chip[data-state=lagging]").click()
    assert desk.locator(".lv-item:visible").count() == 5 - STATES.count("lagging")
    assert desk.locator("#map_lvgeo .leaflet-overlay-pane path.leaflet-interactive").count() == 3


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
    seen = set()
    for _ in range(30):  # wait_for_function would need eval, which the page's policy forbids
        seen.add(desk.locator(".leaflet-pane[class*=after]").evaluate("pane => pane.style.opacity"))
        desk.wait_for_timeout(100)
    assert seen == {"0", "1"}


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


def test_clicking_the_map_opens_the_card(opened):
    shape = opened.locator("#map_lvgeo .leaflet-overlay-pane path.leaflet-interactive").first.bounding_box()
    opened.mouse.click(shape["x"] + shape["width"] / 2, shape["y"] + shape["height"] * 0.9)
    assert opened.locator("#lv-card").is_visible()
    assert opened.locator(".lv-selected").count() == 1


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
        assert "{" not in said
