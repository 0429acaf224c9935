"""The bulletin's part on what the plan asks besides canopy: each village's open tasks, and the dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import CATALOGUE, say
from lvgeo.monthly.due import deadlines
from lvgeo.monthly.tasks import figures_of, joined, title_of
from lvgeo.outputs.bulletin import BulletinTable, Cell
from lvgeo.progress.tasks.task import STANDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lvgeo.labels import Language

__all__ = ["deadline_table", "task_table", "titled_table"]

_NOTHING: Final = "—"
_COUNTED: Final = frozenset({"area", "trees", "survival", "colourful"})
NAMED: Final = 8


def task_table(rows: Sequence[Mapping[str, Any]], language: Language) -> BulletinTable:
    """Give a row to each village with something to do or to look at; the sub-district's own first."""
    by_place: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        by_place.setdefault((str(row["village_code"]), str(row["village"])), []).append(row)
    shown = []
    for (code, village), mine in by_place.items():
        todo, look = (_listed(mine, standing, language) for standing in ("open", "look"))
        if todo or look:
            done, silent = (sum(STANDINGS[row["state"]] == one for row in mine) for one in ("done", "silent"))
            link = f"evidence/{code}.html" if code else ""
            shown.append((Cell(village, link=link), Cell(todo or _NOTHING), Cell(look or _NOTHING), Cell(str(done)),
                          Cell(str(silent))))  # fmt: skip
    heads = (("village", 6), ("todo", 18), ("look", 14), ("settled", 4), ("silent", 4))
    return titled_table("tasks", heads, shown, language)


def _listed(rows: Iterable[Mapping[str, Any]], standing: str, language: Language) -> str:
    told = [
        say("bulletin_task", language, title=title_of(row, language), text=_text(row, language))
        for row in rows if STANDINGS[row["state"]] == standing
    ]  # fmt: skip
    return joined(told, language)


def _text(row: Mapping[str, Any], language: Language) -> str:
    """Say the note where there is one, else the figures; both where the note alone does not tell how much."""
    note, figures = str(row["note"]), figures_of(row, language)
    if row["task"] in _COUNTED and note:
        return joined((figures, note), language)
    return note or figures or say(f"progress_{row['state']}", language)


def deadline_table(rows: Sequence[Mapping[str, Any]], on: str, language: Language) -> BulletinTable:
    """Give a row to each date that is past or near."""
    shown = []
    for one in deadlines(rows, date.fromisoformat(on), language):
        names = "、".join(one.overdue[:NAMED]) + (" …" if len(one.overdue) > NAMED else "")
        count = f"{len(one.overdue)}：" if language == "zh" else f"{len(one.overdue)}: "
        open_ = Cell(count + names, "progress_overdue") if one.overdue else Cell(_NOTHING)
        shown.append((Cell(one.due), Cell(one.title), Cell(one.clause), Cell(str(one.kept)), Cell(str(one.late)), open_,
                      Cell(str(one.unknown))))  # fmt: skip
    heads = (("date", 6), ("task", 10), ("clause", 7), ("kept", 4), ("late", 4), ("overdue", 12), ("unknown", 4))
    return titled_table("deadlines", heads, shown, language)


def titled_table(
    name: str, heads: Sequence[tuple[str, int]], rows: Sequence[tuple[Cell, ...]], language: Language
) -> BulletinTable:
    """Make a section, its words by its name: a heading, an intro where there is one, and each column's heading."""
    intro, titles = (
        f"bulletin_{name}_intro",
        tuple((say(f"bulletin_head_{key}", language), width) for key, width in heads),
    )
    shown = say(intro, language) if intro in CATALOGUE else ""
    return BulletinTable(say(f"bulletin_{name}", language), shown, titles, tuple(rows))
