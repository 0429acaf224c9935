"""Bulletin and dossier: the same tables on the page and in Word, every figure with its meaning, text as typed."""

import html
import re

import docx
import pytest
from docx.shared import Cm
from paperwork import make_bulletin, make_dossier

from lvgeo.labels import CATALOGUE
from lvgeo.outputs.bulletin import write_bulletin
from lvgeo.outputs.bulletin_docx import write_bulletin_docx
from lvgeo.outputs.dossier import DEFINED, evidence_path, write_dossier

NASTY = ("<b>=1+2</b>", "a\x00b\x1b", "&amp;", "\ud800")
PLAIN = "<b>=1+2</b> ab &amp; "


def page_of(path):
    return path.read_text("utf-8")


def rows_of_page(text):
    """Text of every table's rows, headings first."""
    tables = re.findall(r"<table.*?</table>", text, re.DOTALL)
    rows = [re.findall(r"<tr>(.*?)</tr>", one, re.DOTALL) for one in tables]
    cells = r"<t[dh][^>]*>(?:<a[^>]*>)?(.*?)(?:</a>)?</t[dh]>"
    return [[[html.unescape(cell) for cell in re.findall(cells, row, re.DOTALL)] for row in one] for one in rows]


@pytest.fixture
def both(tmp_path):
    bulletin = make_bulletin()
    write_bulletin(tmp_path / "bulletin.html", bulletin)
    write_bulletin_docx(tmp_path / "bulletin.docx", bulletin)
    return page_of(tmp_path / "bulletin.html"), docx.Document(tmp_path / "bulletin.docx")


def test_page_and_word_hold_the_same_tables(both):
    page, word = both
    in_word = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
    assert rows_of_page(page) == in_word
    assert [len(one) for one in in_word] == [4, 4]  # a table without rows is a sentence


def test_word_is_a4_and_its_headings_come_again(both):
    _, word = both
    section = word.sections[0]
    assert abs(section.page_width - Cm(21)) < Cm(0.01)
    assert abs(section.page_height - Cm(29.7)) < Cm(0.01)
    for table in word.tables:
        assert table.rows[0]._tr.xpath(".//w:tblHeader")
        assert all(row._tr.xpath(".//w:cantSplit") for row in table.rows[1:])
        width = sum(cell.width for cell in table.rows[0].cells)
        assert width <= section.page_width - section.left_margin - section.right_margin + Cm(0.05)


def test_word_bears_the_colours_of_the_states(both):
    _, word = both
    fills = [row.cells[1]._tc.xpath(".//w:shd/@w:fill") for row in word.tables[0].rows[1:]]
    assert fills == [["0C7BDC"], ["FFC20A"], ["C62828"]]


def test_text_stays_text_in_word(tmp_path):
    write_bulletin_docx(tmp_path / "a.docx", make_bulletin(NASTY))
    word = docx.Document(tmp_path / "a.docx")
    assert word.tables[0].rows[1].cells[2].text == PLAIN
    assert PLAIN in [one.text for one in word.paragraphs]


def test_pages_let_no_script_run_and_ask_for_nothing(tmp_path):
    write_bulletin(tmp_path / "b.html", make_bulletin(NASTY))
    write_dossier(tmp_path / "d.html", make_dossier(NASTY))
    for name in ("b.html", "d.html"):
        text = page_of(tmp_path / name)
        assert "default-src 'none'" in html.unescape(text)
        assert re.findall(r"<script|<b>=|https?://(?!www\.w3\.org/2000/svg)|style=\"", text) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_of_a_dossier_has_its_meaning(tmp_path, language):
    assert [column.key for column in DEFINED if f"meaning_{column.key}" not in CATALOGUE] == []
    write_dossier(tmp_path / "d.html", make_dossier(language=language))
    rows = [row for table in rows_of_page(page_of(tmp_path / "d.html"))[1:3] for row in table[1:]]
    assert len(rows) > 12
    assert [row for row in rows if not all(cell.strip() for cell in row)] == []


def test_a_dossier_draws_outlines_scale_and_histogram(tmp_path):
    write_dossier(tmp_path / "d.html", make_dossier())
    text = page_of(tmp_path / "d.html")
    assert text.count("<image ") == 3
    assert text.count('stroke="#ffe14d"') == 3  # the plot, once on each image
    # A plot of 20 m in an image cut to 36 m: a bar of 5 m, a quarter of the width at most.
    assert text.count(">5 米</text>") == 3
    assert "本村 +17.9" in text
    assert "应有 9.0" in text
    assert "否，不作判断" in text


def test_histogram_counts_every_control():
    from lvgeo.outputs.histogram import histogram_values

    found = histogram_values((-2.0, -1.0, 0.0, 0.5, 1.5, 2.0), {"adjusted_change_pp": 17.9, "required_pp": 9.0}, "en")
    tallest = max(bar["height"] for bar in found["bars"])
    assert sum(round(bar["height"] / tallest) for bar in found["bars"]) == found["count"] == 6  # one each
    zero = next(tick["x"] for tick in found["ticks"] if tick["text"] == "0")
    assert zero < found["marks"][1]["x"] < found["marks"][0]["x"] <= 620
    assert histogram_values((1.0, 2.0), {"adjusted_change_pp": 1.0}, "en") is None
    assert histogram_values((1.0, 2.0, 3.0), {"adjusted_change_pp": None}, "en") is None


def test_a_village_without_images_has_a_page_that_says_so(tmp_path):
    write_dossier(tmp_path / "d.html", make_dossier(chips=(), checks=(), errors_pp=(), history=(), consequence=""))
    text = page_of(tmp_path / "d.html")
    assert "没有可以前后对比的影像" in text
    assert "<image" not in text


@pytest.mark.parametrize(
    "code", ["", "..", "44139900120", "../441399001202", "441399001202/..", "４４１３９９００１２０２"]
)
def test_only_a_code_becomes_a_path(tmp_path, code):
    with pytest.raises(ValueError, match="no village code"):
        evidence_path(tmp_path, code)


def test_the_same_documents_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_bulletin(tmp_path / f"{name}.html", make_bulletin())
        write_bulletin_docx(tmp_path / f"{name}.docx", make_bulletin())
        write_dossier(tmp_path / f"{name}-d.html", make_dossier())
    for ending in (".html", ".docx", "-d.html"):
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_the_demo_bulletin_says_who_lags_why_and_until_when(demo):
    text = page_of(demo.last.folder / "bulletin.html")
    ranking, flagged, unjudged, *_ = rows_of_page(text)
    change = demo.last.canopy_change.set_index("village")
    assert len(ranking) == 1 + 23
    assert {row[0] for row in flagged[1:]} == set(change.index[change["verdict"] == "lagging"])
    assert {row[0] for row in unjudged[1:]} == set(change.index[change["verdict"] == "inconclusive"])
    assert all(change.loc[row[0], "reason"] == row[2] for row in (*flagged[1:], *unjudged[1:]))
    assert "2024-10-16" in text  # recorded on 2024-10-09, and seven days
    assert re.findall(r'href="(?!evidence/\d{12}\.html")', text) == []
    assert all((demo.last.folder / link).is_file() for link in re.findall(r'href="([^"]+)"', text))


def test_the_demo_open_window_has_its_day(demo):
    """August was counted on the day of its recording, when its windows were open."""
    assert "2024-09-11 前可说明" in page_of(demo.months["2024-08"].folder / "bulletin.html")


def test_each_demo_village_has_its_dossier(demo):
    pages = sorted((demo.last.folder / "evidence").iterdir())
    assert len(pages) == 23
    replied = page_of(demo.last.folder / "evidence" / "441399001207.html")
    assert "已测面积有误，申请复测。" in replied
    assert "2024-09-09 RTK 复测记录" in replied
    assert "lvgeo month DIR 2024-09 --on 2024-10-20" in replied
