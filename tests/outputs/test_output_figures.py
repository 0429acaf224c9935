"""Figures: no box where a character should be, with and without a Chinese font."""

import io

import geopandas as gpd
import pytest
import shapely

from lvgeo.outputs import figures, fonts
from lvgeo.outputs.figures import FigureHead, draw_change, draw_street
from lvgeo.outputs.fonts import FONTS, LAST, cjk_fonts, drawable, letters_of

HEAD = FigureHead("模拟街道 2024-09", "统计截至 2024-10-20", "zh")
RARE = "\U000f0000村"  # for private use: no font should have it
STATES = {"441399001201": "lagging", "441399001202": "on_track"}


def villages(*names):
    codes = [f"44139900120{number}" for number in range(1, 1 + len(names))]
    shapes = [shapely.box(1000 * n, 0, 1000 * n + 1000, 2500) for n in range(len(names))]
    return gpd.GeoDataFrame({"village_code": codes, "village": names}, geometry=shapes, crs="EPSG:4547")


def rows(*names):
    return [
        {"village_code": f"44139900120{n}", "village": name, "adjusted_change_pp": 3.0 + n, "interval_low_pp": 1.0,
         "interval_high_pp": 5.0 + n, "required_pp": 2.0 if n else None, "verdict": "on_track"}
        for n, name in enumerate(names, start=1)
    ]  # fmt: skip


def words(monkeypatch, draw):
    """Every text of a figure, at the moment when it is written."""
    seen = []
    from matplotlib.figure import Figure

    drawn = Figure.savefig

    def savefig(self, *args, **kwargs):
        from matplotlib.text import Text

        seen.extend(text.get_text() for text in self.findobj(Text))
        return drawn(self, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", savefig)
    draw()
    return " ".join(seen)


@pytest.fixture
def with_font():
    if not cjk_fonts():
        pytest.skip("no Chinese font on this machine")


@pytest.fixture
def without_font(monkeypatch):
    monkeypatch.setattr(figures, "cjk_fonts", lambda: ())


# A glyph that is missing is a warning of matplotlib's, and every warning is an error in these tests.


@pytest.mark.usefixtures("with_font")
def test_chinese_names_are_drawn(tmp_path, monkeypatch):
    said = words(monkeypatch, lambda: draw_street(tmp_path / "a.png", villages("龙岗村", "西湖村"), STATES, HEAD))
    assert {"龙岗村", "西湖村", "北", "模拟街道"} <= set(said.split())
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("draw", ["street", "change"])
def test_a_character_that_no_font_has_gives_way_to_the_code(draw, tmp_path, monkeypatch):
    def drawn():
        if draw == "street":
            draw_street(tmp_path / "a.png", villages(RARE, "$x$ a\\b"), STATES, HEAD)
        else:
            draw_change(tmp_path / "a.png", rows(RARE, "$x$ a\\b"), HEAD)

    said = words(monkeypatch, drawn)
    assert "441399001201" in said
    assert RARE not in said


@pytest.mark.usefixtures("without_font")
def test_without_a_chinese_font_words_are_english_and_the_figure_says_so(tmp_path, monkeypatch):
    said = words(monkeypatch, lambda: draw_street(tmp_path / "a.png", villages("龙岗村", "Lake"), STATES, HEAD))
    assert "441399001201" in said
    assert "Lake" in said
    assert "no Chinese font was found" in said
    assert all(ord(letter) in letters_of(LAST) for letter in "".join(said.split()))
    said = words(monkeypatch, lambda: draw_change(tmp_path / "b.png", rows("龙岗村"), HEAD))
    assert all(ord(letter) in letters_of(LAST) for letter in "".join(said.split()))


def test_the_test_of_glyphs_can_fail():
    from matplotlib.figure import Figure

    figure = Figure()
    figure.text(0.5, 0.5, RARE)
    with pytest.raises(UserWarning, match="missing from font"):
        figure.savefig(io.BytesIO(), format="png")


def test_a_run_without_a_chinese_font_says_so():
    from lvgeo.errors import Refusal

    assert "fonts-noto-cjk" in Refusal("font_missing", feature="figures/*.png").sentence("zh")


@pytest.mark.usefixtures("with_font")
def test_any_other_font_with_the_commonest_characters_will_do(monkeypatch):
    known = cjk_fonts()
    monkeypatch.setattr(fonts, "FONTS", ("No such font",))
    found = cjk_fonts.__wrapped__()
    assert len(found) == 1
    assert drawable("村社区", found) == "村社区"
    assert set(known) <= set(FONTS)


def test_a_font_that_draws_a_box_for_every_letter_is_none():
    """matplotlib 3.11 comes with one, which would stand in for Chinese where there is no such font."""
    from matplotlib import font_manager

    boxes = [one.name for one in font_manager.fontManager.ttflist if one.name.startswith("Last Resort")]
    if not boxes:
        pytest.skip("this matplotlib has no font of last resort")
    assert letters_of(boxes[0]) == frozenset()
    assert boxes[0] not in cjk_fonts()


@pytest.mark.usefixtures("with_font")
def test_a_font_installed_after_matplotlib_made_its_list_is_found(monkeypatch):
    from matplotlib import font_manager

    own = [one for one in font_manager.fontManager.ttflist if one.name == LAST]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    letters_of.cache_clear()
    assert letters_of(cjk_fonts.__wrapped__()[0]) >= frozenset(map(ord, "村社区"))


def test_villages_without_a_change_are_counted_below(tmp_path, monkeypatch):
    unseen = {"village_code": "441399001209", "village": "x", "adjusted_change_pp": None}
    english = FigureHead("a", "b", "en")
    said = words(monkeypatch, lambda: draw_change(tmp_path / "a.png", [*rows("y"), unseen], english))
    assert "Not drawn, without images to compare: 1." in said
    assert "larger changes" not in said


def test_villages_beyond_the_chart_are_not_said_to_lack_images(tmp_path, monkeypatch):
    english = FigureHead("a", "b", "en")
    said = words(monkeypatch, lambda: draw_change(tmp_path / "a.png", rows(*["y"] * 123), english))
    assert "with larger changes: 3" in said
    assert "without images" not in said


@pytest.mark.parametrize(
    ("language", "note"), [("zh", "颜色为本月判定"), ("en", "which looks at registers and area first")]
)
@pytest.mark.usefixtures("with_font")
def test_the_change_chart_says_what_its_colours_go_by(tmp_path, monkeypatch, language, note):
    head = FigureHead("a", "b", language)
    assert note in words(monkeypatch, lambda: draw_change(tmp_path / "a.png", rows("y"), head))
    assert note not in words(monkeypatch, lambda: draw_change(tmp_path / "a.png", [], head))


@pytest.mark.parametrize("text", ["绿美街道" * 50, "a" * 200])
def test_long_titles_and_names_do_not_stretch_the_sheet(tmp_path, text):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    for name, said in (("plain", "a"), ("long", text)):
        draw_street(tmp_path / f"{name}-s.png", villages(said, "b"), STATES, FigureHead(said, "b", "zh"))
        draw_change(tmp_path / f"{name}-c.png", rows(said, "b"), FigureHead(said, "b", "zh"))
    for figure in ("s", "c"):
        widths = []
        for name in ("plain", "long"):
            with image.open(tmp_path / f"{name}-{figure}.png") as drawn:
                widths.append(drawn.size[0])
        assert widths[1] < 1.35 * widths[0]


def test_signs_without_a_shape_are_left_out():
    assert drawable("a\u202e\u200bb", (LAST,)) == "ab"


def test_the_same_figures_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        draw_street(tmp_path / f"{name}.png", villages("Lake", "Hill"), STATES, HEAD)
        draw_change(tmp_path / f"{name}-c.png", rows("Lake"), HEAD)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a-c.png").read_bytes() == (tmp_path / "b-c.png").read_bytes()


def test_an_empty_street_is_drawn_too(tmp_path):
    draw_change(tmp_path / "a.png", [], HEAD)
    assert (tmp_path / "a.png").stat().st_size > 0
