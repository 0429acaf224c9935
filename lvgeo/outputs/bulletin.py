"""The month's bulletin (通报) as a page of A4, to read and print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lvgeo.outputs.document import write_document

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.labels import Language

__all__ = ["Bulletin", "BulletinTable", "Cell", "write_bulletin"]


class Cell(NamedTuple):
    """Text of a table's cell; a state's code where it is coloured; a page beside this one that it leads to."""

    text: str
    state: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class BulletinTable:
    """One section.

    Parameters
    ----------
    heading, intro
        Title, and a sentence before the table.
    heads
        Each column's heading, and its width beside the others.
    rows
        As they are shown.
    """

    heading: str
    intro: str
    heads: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]

    def percent(self, width: int) -> float:
        """Return a column's part of the table's width."""
        return round(100 * width / sum(one for _, one in self.heads), 1)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """All that a bulletin says, in the order of an office's notice.

    Parameters
    ----------
    title, secrecy
        Heads of the page.
    language
        ``zh`` or ``en``.
    addressed, lead
        To whom, and what it goes by.
    overall
        Label and figure.
    budget
        Sentence on the wrong notices to expect.
    tables
        Sections.
    reply
        How to reply and until when, a line each.
    attached
        What lies beside it.
    signed
        Who issues it, and the day.
    """

    title: str
    secrecy: str
    language: Language
    addressed: str
    lead: str
    overall: tuple[tuple[str, str], ...]
    budget: str
    tables: tuple[BulletinTable, ...]
    reply: tuple[str, ...]
    attached: str
    signed: tuple[str, ...]


def write_bulletin(path: Path, bulletin: Bulletin) -> None:
    """Write the page.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    write_document(path, "bulletin.html", bulletin.language, {"it": bulletin, "title": bulletin.title})
