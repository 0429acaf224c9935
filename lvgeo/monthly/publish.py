"""Write the month's documents: workbook, bulletin, dossiers, figures; from the same rows as the tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lvgeo.errors import Refusal
from lvgeo.labels import say
from lvgeo.monthly.bulletins import bulletin_of
from lvgeo.monthly.dossiers import write_dossiers
from lvgeo.monthly.history import months_columns, months_rows, streak_rows
from lvgeo.monthly.pages import TABLES
from lvgeo.outputs.bulletin import write_bulletin
from lvgeo.outputs.bulletin_docx import write_bulletin_docx
from lvgeo.outputs.columns import MONTHS
from lvgeo.outputs.figures import FigureHead, draw_change, draw_street
from lvgeo.outputs.fonts import cjk_fonts
from lvgeo.outputs.workbook import WorkbookHead, write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.monthly.published import Published
    from lvgeo.monthly.results import Result

__all__ = ["publish"]

_SHEETS: Final = (
    ("sheet_area", "area_compliance"), ("sheet_canopy", "canopy_change"), ("sheet_issues", "plot_issues"),
    ("sheet_plots", "plot_change"), ("sheet_required", "required_gain"), ("sheet_loss", "canopy_loss"),
    ("sheet_compliance", "compliance"), ("sheet_ranking", "ranking"), ("sheet_seedlings", "seedling_transfers"),
)  # fmt: skip
_FIRST: Final = 3  # sheets before those of months


def publish(found: Result, more: Published) -> Result:
    """Write every document beside the month's tables.

    Parameters
    ----------
    found
        Its rows, and the files that are written.
    more
        The rest.

    Returns
    -------
    Result
        With the documents among the files, and what a person should know of them.
    """
    folder, bulletin = found.folder, bulletin_of(found, more)
    write_bulletin(folder / "bulletin.html", bulletin)
    write_bulletin_docx(folder / "bulletin.docx", bulletin)
    write_workbook(folder / "results.xlsx", _sheets(found, more), _head(found, more))
    dossiers = write_dossiers(folder / "evidence", found, more)
    figures = _figures(folder / "figures", found, more)
    remarks = () if cjk_fonts() or found.language == "en" else (Refusal("font_missing", feature="figures/*.png"),)
    written = (folder / "bulletin.html", folder / "bulletin.docx", folder / "results.xlsx", *dossiers, *figures)
    return replace(found, files=(*found.files, *written), remarks=(*found.remarks, *remarks))


def _sheets(found: Result, more: Published) -> list[Any]:
    language = found.language
    sheets = [(say(name, language), TABLES[table], found.rows[table]) for name, table in _SHEETS if table in found.rows]
    frame = more.shapes.villages.frame
    names = dict(zip(frame["village_code"], frame["village"], strict=True))
    streaks = streak_rows(more.records, found.rows["canopy_change"], found.consequences)
    return [
        *sheets[:_FIRST],
        (say("sheet_months", language), months_columns(more.records), streaks),
        (say("sheet_words", language), MONTHS, months_rows(more.records, names, language)),
        *sheets[_FIRST:],
    ]


def _head(found: Result, more: Published) -> WorkbookHead:
    campaign, language = more.settings.campaign, found.language
    title = say("workbook_head", language, title=campaign.name, month=more.month, on=more.counted_on)
    notes = [say(f"workbook_{code}", language) for code in ("codes", "words", "colours", "files")]
    return WorkbookHead(title, campaign.secrecy_note, tuple(notes), language)


def _figures(folder: Path, found: Result, more: Published) -> list[Path]:
    campaign = more.settings.campaign
    note = say("figure_note", found.language, on=more.counted_on, crs=campaign.crs, secrecy=campaign.secrecy_note)
    head = FigureHead(f"{campaign.name} {more.month}", note, found.language)
    states = {str(row["village_code"]): str(row["verdict"]) for row in found.rows["canopy_change"]}
    villages = more.shapes.villages.frame.to_crs(campaign.crs)
    street, change = folder / "street.png", folder / "change.png"
    draw_street(street, villages, states, head)
    draw_change(change, found.rows["canopy_change"], head)
    return [street, change]
