"""Bulletin and dossier in a real browser, from a file, with the network off: text as typed, nothing asked for."""

from __future__ import annotations

import re

import pytest
from hostile_street import PAYLOADS
from paperwork import make_bulletin, make_dossier

from lvgeo.outputs.bulletin import write_bulletin
from lvgeo.outputs.dossier import write_dossier

pytestmark = pytest.mark.browser

SIZES = {"desk": (1366, 768), "phone": (390, 844)}
A4_POINTS = (595, 842)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("通报 #1")
    write_bulletin(path / "bulletin.html", make_bulletin(PAYLOADS))
    write_dossier(path / "dossier.html", make_dossier(PAYLOADS))
    return path


@pytest.fixture(params=list(SIZES))
def page(browser, request):
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    opened = context.new_page()
    opened.complaints, opened.asked = [], []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
    opened.on("request", lambda request: opened.asked.append(request.url))
    yield opened
    assert opened.complaints == []
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    assert opened.evaluate("window.pwned") is None
    context.close()


@pytest.mark.parametrize("name", ["bulletin.html", "dossier.html"])
def test_hostile_texts_are_shown_as_typed(page, folder, name):
    page.goto((folder / name).as_uri())
    shown = page.locator("body").inner_text()
    assert [text for text in PAYLOADS if text not in shown] == []
    assert page.title() == " ".join(PAYLOADS)
    assert page.locator("script, img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_dossier_draws_its_images_outlines_and_histogram(page, folder):
    page.goto((folder / "dossier.html").as_uri())
    assert page.locator(".chips svg image").count() == 3
    for shape in page.locator(".chips svg polygon").all():
        box = shape.bounding_box()
        assert box["width"] > 20
        assert box["height"] > 20
    assert page.locator(".whole svg rect").count() > 4


@pytest.mark.parametrize("name", ["bulletin.html", "dossier.html"])
def test_it_prints_to_a4(browser, folder, name):
    page = browser.new_page()
    page.goto((folder / name).as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", printed)
    assert boxes
    for width, height in boxes:
        assert abs(float(width) - A4_POINTS[0]) < 2
        assert abs(float(height) - A4_POINTS[1]) < 2
    page.close()
