"""evidence/<code>.html: all that a village's word rests on, in one page that can be printed and handed over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from lvgeo.labels import say
from lvgeo.outputs.chips import Chip, Outlines, chip_values
from lvgeo.outputs.columns import AREA_COMPLIANCE, CANOPY_CHANGE, Column
from lvgeo.outputs.document import write_document
from lvgeo.outputs.facts import facts
from lvgeo.outputs.histogram import histogram_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.labels import Language

__all__ = ["DEFINED", "Check", "Dossier", "evidence_path", "write_dossier"]

_LEFT_OUT: Final = {"village_code", "village", "reason", "month"}  # they stand in the page's head
_CODE: Final = re.compile(r"\d{12}", re.ASCII)
DEFINED: Final[tuple[Column, ...]] = tuple(
    column for column in dict.fromkeys((*AREA_COMPLIANCE, *CANOPY_CHANGE)) if column.key not in _LEFT_OUT
)
"""Columns shown, each of which has its meaning in the catalogue."""


class Check(NamedTuple):
    """A condition of judging: its name, what was found, what is asked, and whether it holds."""

    name: str
    found: str
    asked: str
    holds: bool


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """One village's evidence.

    Parameters
    ----------
    title, under, secrecy
        Heads of the page.
    language
        ``zh`` or ``en``.
    row
        Its figures, by column key.
    consequence
        What is proposed, empty where nothing is.
    chips
        Images; empty where there is no pair of them.
    plots
        Outlines to draw on them.
    checks
        What the images were held to before anything was judged.
    errors_pp
        What unplanted ground of each control village showed beyond the others.
    history
        When, and what was said.
    inputs
        Name and hash.
    command
        What makes this page again.
    """

    title: str
    under: str
    secrecy: str
    language: Language
    row: Mapping[str, object]
    consequence: str
    chips: tuple[Chip, ...]
    plots: Outlines
    checks: tuple[Check, ...]
    errors_pp: tuple[float, ...]
    history: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    command: str


def evidence_path(folder: Path, village_code: str) -> Path:
    """Return where a village's dossier lies; only a code of twelve digits ever becomes part of a path.

    Raises
    ------
    ValueError
        If the code is anything else: it was to be refused where boundaries are read.

    Examples
    --------
    >>> from pathlib import Path
    >>> evidence_path(Path("evidence"), "441399001202").as_posix()
    'evidence/441399001202.html'
    """
    if not _CODE.fullmatch(village_code):
        message = f"{village_code!r} is no village code"
        raise ValueError(message)
    return folder / f"{village_code}.html"


def write_dossier(path: Path, dossier: Dossier) -> None:
    """Write the page.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    language, row = dossier.language, dossier.row
    verdict = str(row.get("verdict") or "not_assessed")
    write_document(path, "dossier.html", language, {
        "title": dossier.title, "it": dossier, "state": f"verdict_{verdict}",
        "word": say(f"verdict_{verdict}", language), "reason": str(row.get("reason") or ""),
        "chips": [chip_values(one, dossier.plots, language) for one in dossier.chips],
        "groups": [(say("dossier_area", language), _figures(row, AREA_COMPLIANCE, language)),
                   (say("dossier_change", language), _figures(row, CANOPY_CHANGE, language))],
        "histogram": histogram_values(dossier.errors_pp, row, language),
    })  # fmt: skip


def _figures(
    row: Mapping[str, object], columns: Sequence[Column], language: Language
) -> list[tuple[str, str, str, bool]]:
    """Heading, value and meaning of each figure that there is, and whether it is a number."""
    found = []
    for column in columns:
        if column not in DEFINED or (columns is CANOPY_CHANGE and column in AREA_COMPLIANCE):
            continue
        told = say(f"meaning_{column.key}", language)
        number = column.dtype in {"int", "float"}
        found += [(label, value, told, number) for label, value in facts(row, [column.key], language)]
    return found
