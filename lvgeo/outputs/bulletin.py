"""The month's bulletin (通报), to read, print and edit: one page of HTML, and the same in Word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from lvgeo.labels import CATALOGUE, say
from lvgeo.outputs.document import write_document
from lvgeo.outputs.facts import figure
from lvgeo.outputs.files import writing
from lvgeo.outputs.palette import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lvgeo.labels import Language

__all__ = ["Bulletin", "BulletinTable", "write_bulletin", "write_bulletin_docx"]

_FAMILY: Final = {"verdict": "verdict", "status": "status", "change": "change"}
_UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_CREATED: Final = datetime(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class BulletinTable:
    """One section.

    Parameters
    ----------
    heading, intro
        Title, and a sentence before the table; either as it is shown.
    columns
        Heading and key of each column.
    rows
        Keys to values; codes are put into words.
    """

    heading: str
    intro: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """All that a bulletin says.

    Parameters
    ----------
    title, under, secrecy
        Heads of the page.
    language
        ``zh`` or ``en``.
    overall
        Label and figure.
    budget
        Sentence on the wrong notices to expect.
    tables
        Sections.
    reply
        How to reply, and until when.
    """

    title: str
    under: str
    secrecy: str
    language: Language
    overall: tuple[tuple[str, str], ...]
    budget: str
    tables: tuple[BulletinTable, ...]
    reply: str


def write_bulletin(path: Path, bulletin: Bulletin) -> None:
    """Write the page.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    tables = [
        (
            one.heading,
            one.intro,
            [heading for heading, _ in one.columns],
            [[_shown(key, row.get(key), bulletin.language) for _, key in one.columns] for row in one.rows],
        )
        for one in bulletin.tables
    ]
    write_document(path, "bulletin.html", bulletin.language, {
        "title": bulletin.title, "under": bulletin.under, "secrecy": bulletin.secrecy, "overall": bulletin.overall,
        "budget": bulletin.budget, "tables": tables, "reply": bulletin.reply,
    })  # fmt: skip


def write_bulletin_docx(path: Path, bulletin: Bulletin) -> None:
    """Write the same for Word, with the same tables; the same bulletin gives the same bytes.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn

    language = bulletin.language
    page = Document()
    page.core_properties.created = page.core_properties.modified = _CREATED
    for name in ("Normal", "Title", "Heading 1"):
        style = page.styles[name]
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "SimSun")
    page.add_heading(_plain(bulletin.title), 0)
    for text in (bulletin.under, bulletin.secrecy):
        page.add_paragraph(_plain(text)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    page.add_heading(say("bulletin_overall", language), 1)
    page.add_paragraph("；".join(f"{label} {value}" for label, value in bulletin.overall))
    page.add_paragraph(bulletin.budget)
    for one in bulletin.tables:
        page.add_heading(one.heading, 1)
        page.add_paragraph(one.intro or ("" if one.rows else say("bulletin_none", language)))
        if one.rows:
            _docx_table(page, one, language)
    page.add_heading(say("bulletin_reply", language), 1)
    page.add_paragraph(_plain(bulletin.reply))
    with writing(path) as aside:
        page.save(str(aside))
        _still(aside)


def _docx_table(page: object, table: BulletinTable, language: Language) -> None:
    drawn = page.add_table(rows=1, cols=len(table.columns), style="Table Grid")  # type: ignore[attr-defined]
    for cell, (heading, _) in zip(drawn.rows[0].cells, table.columns, strict=True):
        cell.text = heading
    for row in table.rows:
        for cell, (_, key) in zip(drawn.add_row().cells, table.columns, strict=True):
            cell.text = _plain(_shown(key, row.get(key), language)[0])


def _still(path: Path) -> None:
    """Pack again with fixed days: a .docx is a zip that bears the hour of its making."""
    import zipfile

    with zipfile.ZipFile(path) as opened:
        parts = [(info.filename, opened.read(info.filename)) for info in opened.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, content)


def _shown(key: str, value: object, language: Language) -> tuple[str, str]:
    """Text of a cell, and its class where it is a state."""
    family = _FAMILY.get(key)
    code = f"{family}_{value}"
    if family and code in CATALOGUE:
        return say(code, language), f"s-{value}" if code in MARKS else ""
    return figure(key, value, language), ""


def _plain(text: str) -> str:
    """Text that XML can hold: control characters would break the file."""
    return _UNSPEAKABLE.sub("", text)
