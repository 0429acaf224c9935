"""A month of a folder in which every text is an attack, from the files to the pages: nothing runs, all is as typed."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from factories import ground, square, write_geojson, write_tif
from hostile_street import EVERYTHING, PAYLOADS
from pyproj import Transformer

from lvgeo.campaign.read import parse_settings
from lvgeo.monthly import draw_map, month
from lvgeo.monthly.book import Decision, reply, review
from lvgeo.monthly.start import init

pytestmark = pytest.mark.browser

BEFORE, MONTH, SIDE_M = "2024-01", "2024-08", 80.0
RECORDED, ANSWERED, COUNTED = date(2024, 9, 2), date(2024, 9, 4), date(2024, 9, 20)
CODES = [f"44139900130{number}" for number in range(len(PAYLOADS))]
SETTINGS = {
    "campaign": {"name": EVERYTHING, "secrecy_note": PAYLOADS[0]},
    "imagery": {"baseline": BEFORE, "model": "index"},
    "milestones": {"planted": "2024-03-12"},
}


def on_disk(payload):
    """A payload as a file's name can hold it."""
    return payload.replace("/", "_")


def corner(number):
    return 114.4 + number % 4 * 0.002, 23.0 + number // 4 * 0.002


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Eight villages, each named by an attack, as are its plots, their species, its images and what it replies."""
    root = tmp_path_factory.mktemp("hostile") / "street"
    init(root, parse_settings(SETTINGS))
    places = [corner(number) for number in range(len(PAYLOADS))]
    write_geojson(root / "boundaries" / "villages.geojson", [
        square(*place, SIDE_M, code, village=payload, kind="village")
        for place, code, payload in zip(places, CODES, PAYLOADS, strict=True)
    ])  # fmt: skip
    # A plot that counts, and one that lies half outside: each is an issue's subject.
    for number, (place, code, payload) in enumerate(zip(places, CODES, PAYLOADS, strict=True)):
        plots = [
            square(place[0] + shift, place[1] + 0.0002, 22.0, code, plot_id=f"{payload} {name}", species=payload,
                   planted_on="2024-02-20", trees=30)
            for name, shift in (("P1", 0.0002), ("P2", 0.0007))
        ]  # fmt: skip
        write_geojson(root / "plots" / f"{number} {on_disk(payload)}.geojson", plots)
    write_seedlings(root / "registers")
    to_metres = Transformer.from_crs(4490, 4547, always_xy=True)
    for name, gain in ((BEFORE, 1.0), (MONTH, 0.95)):
        for number, (place, code, payload) in enumerate(zip(places, CODES, PAYLOADS, strict=True)):
            west, south = to_metres.transform(*place)
            file = root / "imagery" / name / f"{code} {on_disk(payload)}.tif"
            write_tif(file, ground(200, number, gain=gain), west=west - 10, north=south + 90)
    month(root, MONTH, today=RECORDED)
    for code, payload in zip(CODES, PAYLOADS, strict=True):
        photo = root.parent / f"{on_disk(payload)}.jpg"
        photo.write_bytes(payload.encode())
        reply(root, code, MONTH, text=f"说明 {payload}", on=ANSWERED, files=[photo])
        review(
            root,
            code,
            MONTH,
            Decision("upheld", f"复核人 {payload}", f"理由 {payload}", f"依据 {payload}"),
            on=ANSWERED,
        )
    month(root, MONTH, today=RECORDED, on=COUNTED)
    draw_map(root, MONTH, as_folder=True)
    return root / "out" / MONTH


def write_seedlings(folder):
    """Each village asks for its own species, which a nursery of its own name has."""
    folder.mkdir(exist_ok=True)
    demand = [
        ("行政代码", "树种", "需求数量"),
        *((code, payload, 40) for code, payload in zip(CODES, PAYLOADS, strict=True)),
    ]
    supply = [("供应单位", "树种", "可供数量", "经度", "纬度"),
              *((f"苗圃 {payload}", payload, 40, 114.41, 23.004) for payload in PAYLOADS)]  # fmt: skip
    for name, rows in (("苗木需求", demand), ("苗木供应", supply)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True, reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(8000)
    opened.complaints, opened.asked = [], []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
    opened.on("request", lambda request: opened.asked.append(request.url))
    yield opened
    assert opened.complaints == []
    assert [url for url in opened.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert opened.evaluate("window.pwned") is None
    context.close()


def test_every_page_that_was_written_shows_and_runs_nothing(page, street):
    pages = sorted(street.rglob("*.html"))
    assert {path.name for path in pages} >= {"map.html", "index.html", "bulletin.html", f"{CODES[0]}.html"}
    for path in pages:
        page.goto(path.as_uri())
        page.wait_for_timeout(100)
        assert page.locator("body").inner_text().strip()
        assert page.evaluate("window.pwned") is None, path.name


def test_the_map_shows_names_plots_species_and_title_as_typed(page, street):
    for name in ("map.html", "map/index.html"):
        page.goto((street / name).as_uri())
        assert page.title() == EVERYTHING
        assert set(page.locator(".lv-item .lv-name").all_text_contents()) == set(PAYLOADS)
        for payload in PAYLOADS:
            page.fill("#lv-search", payload)
            page.locator(".lv-row-button:visible").first.click()
            card = page.locator("#lv-card")
            card.locator(".lv-reason").first.wait_for()
            assert card.locator("h2").text_content() == payload
            card.locator(".lv-section > summary", has_text="地块（").click()
            card.locator(".lv-plot-button").first.click()
            said = page.locator("#lv-card").text_content()
            assert f"{payload} P1" in said or f"{payload} P2" in said
            assert said.count(payload) >= 2  # its id, and its species
            page.keyboard.press("Escape")
            page.fill("#lv-search", "")


def test_the_maps_lines_of_seedlings_show_species_and_nurseries_as_typed(page, street):
    for name in ("map.html", "map/index.html"):
        page.goto((street / name).as_uri())
        page.locator("#lv-flows button").click()
        heads = page.locator("path.lv-flow-head")
        assert heads.count() == len(PAYLOADS)
        seen = set()
        for head in heads.all():
            head.dispatch_event("click")
            said = page.locator(".lv-flow-said").last
            nursery, village = said.locator("bdi").all_text_contents()
            assert nursery == f"苗圃 {village}"
            assert said.locator("dt").first.text_content() == village
            assert said.locator("dd").first.text_content() == "40 株"
            seen.add(village)
        assert seen == set(PAYLOADS)


def test_the_bulletin_shows_names_and_title_as_typed(page, street):
    page.goto((street / "bulletin.html").as_uri())
    shown = page.locator("body").text_content()
    assert [payload for payload in PAYLOADS if payload not in shown] == []
    assert EVERYTHING in page.title()


def test_each_dossier_shows_reply_decision_and_file_names_as_typed(page, street):
    for code, payload in zip(CODES, PAYLOADS, strict=True):
        page.goto((street / "evidence" / f"{code}.html").as_uri())
        shown = page.locator("body").text_content()
        wanted = (payload, f"说明 {payload}", f"复核人 {payload}", f"理由 {payload}", f"依据 {payload}",
                  f"imagery/{MONTH}/{code} {on_disk(payload)}.tif")  # fmt: skip
        assert [text for text in wanted if text not in shown] == []
