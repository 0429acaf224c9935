"""`due`: what is due, late and done, per village; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from lvgeo.labels import say
from lvgeo.land.compliance import measure_villages
from lvgeo.monthly.inputs import open_campaign, read_campaign
from lvgeo.monthly.tasks import compliance_rows, figures_of, tasks_of, title_of
from lvgeo.progress.tasks.task import STANDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from lvgeo.errors import Refusal
    from lvgeo.labels import Language
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.tasks.task import State

__all__ = ["SOON_DAYS", "Deadline", "DueList", "deadlines", "due"]

SOON_DAYS: Final = 30
NAMED: Final = 8  # villages named on one line; `--json` has them all
GROUPS: Final = ("overdue", "unknown", "soon", "late", "done", "ahead")
"""What wants doing first."""
_GROUPS: Final = {"open": "overdue", "look": "unknown", "silent": "unknown", "done": "done"}


@dataclass(frozen=True, slots=True)
class DueList:
    """What is due.

    Parameters
    ----------
    on
        As of which day.
    language
        Of its words.
    rows
        Rows of compliance.csv that have a day, each with its ``group``: ``overdue``, ``unknown``, ``soon``,
        ``late``, ``done``, ``ahead``.
    left_out
        Rows of registers that were refused.
    """

    on: date
    language: Language
    rows: Rows
    left_out: tuple[Refusal, ...]

    def lines(self, *, everything: bool = False) -> list[str]:
        """Say it, a heading a group and a line a village; what lies far ahead only if everything is asked for."""
        told = [say("due_head", self.language, on=self.on)]
        for group in GROUPS if everything else GROUPS[:-1]:
            mine = [row for row in self.rows if row["group"] == group]
            if mine:
                told.append(say(f"due_{group}", self.language, count=len(mine), days=SOON_DAYS))
                told += self._settled(mine) if group == "done" else self._lines(mine)
        return told

    def summary(self) -> dict[str, object]:
        """Return it for machines."""
        left_out = [one.sentence(self.language) for one in self.left_out]
        return {"on": str(self.on), "rows": [dict(row) for row in self.rows], "left_out": left_out}

    @property
    def table(self) -> pd.DataFrame:
        """One row a village and date."""
        import pandas as pd

        return pd.DataFrame.from_records(list(self.rows))

    def _lines(self, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """Return a line a village; villages of which the same is said share one."""
        told: dict[str, list[str]] = {}
        for row in rows:
            parts = (title_of(row, self.language), figures_of(row, self.language), str(row["note"]))
            told.setdefault(" · ".join(part for part in parts if part), []).append(_who(row))
        return [f"  {who[0]} · {text}" if len(who) == 1 else f"  {text} · {_named(who)}" for text, who in told.items()]

    def _settled(self, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """Return a line a task and date, with the days on which it was done: nobody has to do anything about it."""
        told: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for row in rows:
            told.setdefault((str(row["due"]), title_of(row, self.language)), []).append(row)
        lines = []
        for (_, title), mine in told.items():
            days = sorted(str(row["done_on"]) for row in mine if row["done_on"])
            last = f"{days[0]} – {days[-1]}" if days and days[0] != days[-1] else "".join(days[:1])
            value = mine[0]["value"] if len(mine) == 1 else None
            text = figures_of({**mine[0], "value": value, "done_on": last}, self.language)
            names = _who(mine[0]) if len(mine) == 1 else _named([_who(row) for row in mine])
            lines.append(f"  {title} · {text} · {names}")
        return lines


def _who(row: Mapping[str, Any]) -> str:
    return " ".join(part for part in (str(row["village_code"]), str(row["village"])) if part)


def _named(who: Sequence[str]) -> str:
    """Names without their codes, some of many."""
    names = [one.split(" ", 1)[-1] for one in who]
    return f"{'、'.join(names[:NAMED])}{' …' if len(names) > NAMED else ''} ({len(names)})"


def due(folder: str | Path, *, on: date, language: Language | None = None) -> DueList:
    """List what is due, late and done as of a day.

    Parameters
    ----------
    folder
        A campaign folder.
    on
        As of which day; what was done later is not looked at.
    language
        By default the campaign's.

    Raises
    ------
    InputRefusedError
        If the settings are wrong or no village can be read.
    """
    layout, settings = open_campaign(Path(folder))
    spoken = language or settings.campaign.language
    inputs = read_campaign(layout, settings, on, date(settings.campaign.year, 12, 31))
    areas = measure_villages(inputs.villages, inputs.plots, inputs.issues, inputs.trees, settings)
    rows = compliance_rows(tasks_of(inputs, areas, settings, on), areas, spoken)
    dated = [{**row, "group": _group(row, on)} for row in rows if row["due"]]
    ordered = sorted(dated, key=lambda row: (GROUPS.index(str(row["group"])), str(row["due"])))
    return DueList(on, spoken, tuple(ordered), inputs.refused)


def _group(row: Mapping[str, object], on: date) -> str:
    state, day = cast("State", row["state"]), str(row["due"])
    standing = STANDINGS[state]
    if standing == "ahead" or (standing == "look" and day >= str(on)):
        return "soon" if day <= str(on + timedelta(SOON_DAYS)) else "ahead"
    return "late" if state == "late" else _GROUPS[standing]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date, over all villages.

    Parameters
    ----------
    title, clause, due
        What, where in the plan, by when.
    kept, late, unknown
        How many places kept it, were late, cannot be judged: no register, or at the limit.
    overdue
        Who has not done it.
    """

    title: str
    clause: str
    due: str
    kept: int
    late: int
    unknown: int
    overdue: tuple[str, ...]


def deadlines(rows: Sequence[Mapping[str, Any]], on: date, language: Language) -> tuple[Deadline, ...]:
    """Put rows of one date together: what is past or near, in order of time.

    Parameters
    ----------
    rows
        Of compliance.csv.
    on
        As of which day.
    language
        Of the titles.
    """
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["due"] and _group(row, on) != "ahead":
            found.setdefault((str(row["due"]), title_of(row, language), str(row["clause"])), []).append(row)
    return tuple(_deadline(key, mine, on) for key, mine in sorted(found.items()))


def _deadline(key: tuple[str, str, str], rows: Iterable[Mapping[str, Any]], on: date) -> Deadline:
    day, title, clause = key
    groups = [(_group(row, on), str(row["village"])) for row in rows]
    count = {name: sum(group == name for group, _ in groups) for name in GROUPS}
    overdue = tuple(who for group, who in groups if group == "overdue")
    return Deadline(title, clause, day, count["done"], count["late"], count["unknown"], overdue)
