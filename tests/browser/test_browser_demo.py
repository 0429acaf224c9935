"""The simulated street's own pages, opened from disk with the network off, and the pictures of them that docs/ shows.

With LVGEO_SCREENSHOTS=1 the pictures are written to docs/images; else those kept there are held against new ones.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZES = {"wide": (1920, 1080), "desk": (1366, 768), "phone": (390, 844)}
MONTH = "2024-09"
MOST_BYTES = 250_000
STRIP, REACH = 8, 24  # rows of 4 pixels: a sentence may take a line more
MOST_MISSING = (
    0.2  # other words in a sentence: 0.04; other boxes above a table of other columns: 0.29; another page: 0.5
)
# What stands on a page where a value was left out or a template was not filled.
UNFILLED = re.compile(r"undefined|\bNaN\b|\bnan\b|\bNone\b|\bnull\b|\{\{|\}\}|\[object|&lt;|&amp;|\ufffd")


@pytest.fixture(scope="module")
def out(demo):
    return demo.folder / "out" / MONTH


@pytest.fixture(params=list(SIZES))
def page(browser, request):
    yield from opened(browser, request.param)


@pytest.fixture
def desk(browser):
    yield from opened(browser, "desk")


def opened(browser, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15000)
    page.complaints, page.asked = [], []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_map_draws_the_whole_street(page, out):
    page.goto((out / "map.html").as_uri())
    assert page.locator(".lv-item").count() == 23
    # a path a village, and one a plot
    shapes = page.locator("#map_lvgeo path.leaflet-interactive")
    assert shapes.count() >= 23 + 16
    frame = page.locator("#map_lvgeo").bounding_box()
    drawn = [box for box in (one.bounding_box() for one in shapes.all()) if box and box["width"] > 2]
    assert len(drawn) >= 23
    assert all(frame["x"] - 2 <= box["x"] <= frame["x"] + frame["width"] for box in drawn)
    # A village's pictures come when it is opened.
    page.evaluate("window.lvgeo.select(0, true)")
    page.wait_for_timeout(500)
    assert page.locator("#map_lvgeo img.leaflet-image-layer").count() > 0
    assert fits(page)
    assert UNFILLED.findall(page.locator("body").inner_text()) == []


def test_every_card_of_the_map_is_filled(desk, out):
    desk.goto((out / "map.html").as_uri())
    names = set()
    for row in desk.locator(".lv-row-button").all():
        row.click()
        card = desk.locator("#lv-card")
        names.add(card.locator("h2").text_content())
        assert UNFILLED.findall(card.inner_text()) == []
        assert card.locator(".lv-reason").first.text_content()
        desk.keyboard.press("Escape")
    assert len(names) == 23


def test_the_bulletin_is_whole(page, out):
    page.goto((out / "bulletin.html").as_uri())
    assert page.locator("table tbody tr").count() >= 23
    assert fits(page)
    assert UNFILLED.findall(page.locator("body").inner_text()) == []
    # Cards beside the bulletin that it leads to are there.
    links = [one.get_attribute("href") for one in page.locator("a[href]").all()]
    assert links
    assert [link for link in links if not (out / link).is_file()] == []


def test_every_dossier_draws_its_images(page, out):
    files = sorted((out / "evidence").glob("*.html"))
    assert len(files) == 23
    some = files if page.viewport_size["width"] == SIZES["desk"][0] else files[:: len(files) // 4]
    drawn = 0
    for file in some:
        page.goto(file.as_uri())
        images = page.locator(".chips svg image").count()
        drawn += images > 0
        assert images == page.locator(".chips svg").count()
        assert page.locator("table tbody tr").count() > 5
        assert fits(page)
        assert UNFILLED.findall(page.locator("body").inner_text()) == []
    assert drawn >= len(some) * 0.7  # one village has no flight in the last month, communities have no plots


def test_the_pictures_of_the_docs_are_of_todays_pages(desk, out):
    """Else run this with LVGEO_SCREENSHOTS=1. Seen in large blocks, so that another font does not matter."""
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    for name, shot in pictures(desk, out).items():
        new = image.open(io.BytesIO(shot)).convert("RGB")
        file = IMAGES / f"{name}.png"
        if os.environ.get("LVGEO_SCREENSHOTS") == "1":
            new.quantize(256, image.Quantize.FASTOCTREE, dither=image.Dither.NONE).save(file, optimize=True)
        with image.open(file) as kept:
            assert kept.size == new.size
            assert missing(kept, new, image) < MOST_MISSING, name
        assert file.stat().st_size <= MOST_BYTES


def missing(kept, new, image):
    """Part of a picture's strips, 32 pixels tall, that are nowhere near their place in another."""
    one, other = (
        np.asarray(each.convert("L").resize((each.width // 16, each.height // 4), image.Resampling.BOX)).astype(float)
        for each in (kept, new)
    )
    least = []
    for top in range(0, len(one) - STRIP + 1, STRIP):
        near = range(max(0, top - REACH), min(len(other) - STRIP, top + REACH) + 1)
        least.append(min(abs(one[top : top + STRIP] - other[at : at + STRIP]).mean() for at in near))
    return float((np.array(least) > 8).mean())


def pictures(page, out):
    """Name and PNG of each: the map, a card with its images, the bulletin, a dossier."""
    found = {}
    page.goto((out / "map.html").as_uri())
    page.wait_for_timeout(500)
    found["map"] = page.screenshot()
    page.locator(".lv-row-button", has_text="石塘村").click()
    page.wait_for_timeout(800)
    found["card"] = page.screenshot()
    for name, file in (("bulletin", "bulletin.html"), ("dossier", "evidence/441399001204.html")):
        page.goto((out / file).as_uri())
        found[name] = page.screenshot()
    return found
