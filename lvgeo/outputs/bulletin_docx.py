"""The same bulletin for Word and WPS, editable, with the same tables."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import say
from lvgeo.outputs.files import write_bytes
from lvgeo.outputs.palette import MARKS
from lvgeo.outputs.tables import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lvgeo.outputs.bulletin import Bulletin, BulletinTable, Cell

__all__ = ["write_bulletin_docx"]

_CREATED: Final = datetime(2024, 1, 1)
_PAGE_CM: Final = (21.0, 29.7)  # A4
_MARGIN_CM: Final = (3.0, 2.6, 2.5, 2.3)  # top, right, bottom, left
_TEXT_CM: Final = _PAGE_CM[0] - _MARGIN_CM[1] - _MARGIN_CM[3]
_HEAD_FILL: Final = "E8ECEF"
_FONTS: Final = {"Normal": "仿宋", "Title": "黑体", "Heading 1": "黑体"}
_SIZES_PT: Final = {"Normal": 12.0, "Title": 20.0, "Heading 1": 14.0}
_CELL_PT: Final = 9.0


def write_bulletin_docx(path: Path, bulletin: Bulletin) -> None:
    """Write the file; the same bulletin gives the same bytes.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    from docx import Document

    page = Document()
    page.core_properties.created = page.core_properties.modified = _CREATED
    page.core_properties.title = printable(bulletin.title)[:200]
    page.core_properties.author = "lvgeo"
    _set_page(page, bulletin.secrecy)
    _set_styles(page)
    _line(page, bulletin.title, "center", style="Title")
    _line(page, bulletin.addressed)
    _line(page, bulletin.lead, indent=True)
    page.add_heading(say("bulletin_overall", bulletin.language), 1)
    _line(page, "；".join(f"{label} {value}" for label, value in bulletin.overall) + "。", indent=True)
    _line(page, bulletin.budget, indent=True)
    for one in bulletin.tables:
        page.add_heading(printable(one.heading), 1)
        if one.intro or not one.rows:
            _line(page, one.intro if one.rows else say("bulletin_none", bulletin.language), indent=True)
        if one.rows:
            _table(page, one)
    page.add_heading(say("bulletin_reply", bulletin.language), 1)
    for text in (*bulletin.reply, bulletin.attached):
        _line(page, text, indent=True)
    for text in bulletin.signed:
        _line(page, text, "right")
    held = io.BytesIO()
    page.save(held)
    write_bytes(path, _still(held.getvalue()))


def _set_page(page: Any, secrecy: str) -> None:
    """A4, the notice of who may see it above, the page's number below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    section = page.sections[0]
    section.page_width, section.page_height = (Cm(side) for side in _PAGE_CM)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Cm, _MARGIN_CM)
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.text = printable(secrecy)
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        foot.add_run()._r.append(_field(kind, text))
    foot.add_run(" —")


def _field(kind: str, text: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if text:
        code = OxmlElement("w:instrText")
        code.text = text
        return code
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _set_styles(page: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name, font in _FONTS.items():
        style = page.styles[name]
        style.font.size, style.font.name = Pt(_SIZES_PT[name]), "Times New Roman"
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)  # a theme's font would outrank the one that is named
        fonts.set(qn("w:eastAsia"), font)
    for rule in page.styles["Title"].element.xpath(".//w:pBdr"):
        rule.getparent().remove(rule)


def _line(page: Any, text: str, side: str = "left", *, style: str = "Normal", indent: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = page.add_paragraph(printable(text), style=style)
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, side.upper())
    paragraph.paragraph_format.space_after = Pt(6)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * _SIZES_PT["Normal"])


def _table(page: Any, table: BulletinTable) -> None:
    """Draw a table whose headings come again on every page and whose rows are never cut in two."""
    from docx.shared import Cm

    drawn = page.add_table(rows=1, cols=len(table.heads), style="Table Grid")
    drawn.autofit = False
    whole = sum(width for _, width in table.heads)
    widths = [Cm(_TEXT_CM * width / whole) for _, width in table.heads]
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = width
    _mark(drawn.rows[0], "w:tblHeader")
    for cell, (heading, _), width in zip(drawn.rows[0].cells, table.heads, widths, strict=True):
        _fill(cell, heading, width, (_HEAD_FILL, "000000"))
    for row in table.rows:
        _row(drawn.add_row(), row, widths)


def _row(drawn: Any, row: Sequence[Cell], widths: Sequence[Any]) -> None:
    _mark(drawn, "w:cantSplit")
    for cell, one, width in zip(drawn.cells, row, widths, strict=True):
        mark = MARKS.get(one.state)
        _fill(cell, one.text, width, (mark.colour[1:], mark.ink[1:]) if mark else None)


def _fill(cell: Any, text: str, width: Any, colours: tuple[str, str] | None) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    cell.width = width
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(printable(text))
    run.font.size = Pt(_CELL_PT)
    if colours is None:
        return
    run.font.bold, run.font.color.rgb = True, RGBColor.from_string(colours[1])
    shade = OxmlElement("w:shd")
    for key, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colours[0])):
        shade.set(qn(key), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _still(data: bytes) -> bytes:
    """Pack again with fixed days: a .docx is a zip that bears the hour of its making."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as opened, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for info in opened.infolist():
            still = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            still.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(still, opened.read(info.filename))
    return held.getvalue()
