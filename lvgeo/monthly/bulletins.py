"""What the month's bulletin says, from the month's rows and the ledger."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from lvgeo.labels import say
from lvgeo.monthly.bulletin_tasks import deadline_table, task_table, titled_table
from lvgeo.outputs.bulletin import Bulletin, BulletinTable, Cell
from lvgeo.outputs.facts import figure
from lvgeo.outputs.palette import FAMILIES
from lvgeo.progress.standing import answers_to, latest_verdicts, notice_state, rules_of
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lvgeo.labels import Language
    from lvgeo.monthly.published import Published
    from lvgeo.monthly.results import Result
    from lvgeo.progress.budget import WrongNotices
    from lvgeo.progress.consequences import WrongConsequences

__all__ = ["bulletin_of"]

Row = "Mapping[str, object]"

_NOTHING: Final = "—"
_ORDER: Final = {"on_track": 0, "not_assessed": 1, "inconclusive": 2, "lagging": 3}
_MEASURES: Final = {"village": ("area_mu", "required_mu", "page_figure_mu"),
                    "community": ("trees", "required_trees", "page_figure_trees")}  # fmt: skip


def bulletin_of(found: Result, more: Published) -> Bulletin:
    """Put a month into the form of an office's notice.

    Parameters
    ----------
    found
        Its rows.
    more
        Settings, findings, and the ledger as it stood on the day.
    """
    language, settings = found.language, more.settings
    area = {row["village_code"]: row for row in found.rows["area_compliance"]}
    rows = [{**area.get(row["village_code"], {}), **row} for row in found.rows["canopy_change"]]
    flagged = [row for row in rows if row["verdict"] == "lagging"]
    unjudged = [row for row in rows if row["verdict"] in {"inconclusive", "not_assessed"}]
    until = _windows(more)
    title = settings.campaign.name
    return Bulletin(
        say("bulletin_title", language, title=title, month=more.month),
        settings.campaign.secrecy_note,
        language,
        say("bulletin_addressed", language),
        say("bulletin_lead", language, title=title, month=more.month, on=more.counted_on, baseline=more.baseline),
        _overall(rows, language),
        _budget(more.street.wrong, language) + _budget_year(more.year, language),
        (
            _ranking(rows, {row["village_code"]: row for row in found.rows.get("ranking", ())}, language),
            _flagged(flagged, (found.consequences, until, more.counted_on), language),
            _unjudged(unjudged, language),
            task_table(found.rows["compliance"], language),
            deadline_table(
                found.rows["compliance"], min(more.counted_on, str(Month.parse(more.month).last_day)), language
            ),
        ),
        _reply(flagged, until, more, language),
        say("bulletin_attached", language),
        (say("bulletin_office", language), more.counted_on),
    )


def _windows(more: Published) -> dict[str, tuple[str, date]]:
    """Village code → state of this month's notice, and the day before which the village may reply."""
    on = date.fromisoformat(more.counted_on)
    found: dict[str, tuple[str, date]] = {}
    for verdict in latest_verdicts(more.records):
        if str(verdict.month) == more.month and verdict.body.get("word") == "lagging":
            days = rules_of(verdict, more.records, more.settings.lagging).reply_days
            state = notice_state(verdict, answers_to(verdict, more.records), on, days)
            found[verdict.village_code] = state, verdict.recorded_on + timedelta(days)
    return found


def _overall(rows: Sequence[Mapping[str, object]], language: Language) -> tuple[tuple[str, str], ...]:
    """Return counts by word, then what was planted against what the plan asks."""
    words = [str(row["verdict"]) for row in rows]
    counted = [(say(f"verdict_{one}", language), str(words.count(one))) for one in FAMILIES["verdict"] if one in words]
    told = [(say("bulletin_villages", language), str(len(rows))), *counted]
    for kind in ("village", "community"):
        mine = [row for row in rows if row.get("kind") == kind]
        if not mine:
            continue
        done, asked, unit = _MEASURES[kind]
        met = sum(row["status"] == "meets" for row in mine)
        told.append((say(f"bulletin_met_{kind}", language), f"{met} / {len(mine)}"))
        sums = (sum(_number(row.get(key)) for row in mine) for key in (done, asked))
        shown = " / ".join(f"{one:.1f}" if kind == "village" else f"{one:.0f}" for one in sums)
        told.append((say(f"bulletin_planted_{kind}", language), say(unit, language, value=shown)))
    return tuple(told)


def _budget(wrong: WrongNotices, language: Language) -> str:
    if wrong.assessed == 0:
        return say("bulletin_budget_none", language)
    figures = {"assessed": wrong.assessed, "expected": wrong.expected, "low": wrong.low, "high": wrong.high}
    return say("bulletin_budget", language, **figures, allowed=wrong.allowed)


def _budget_year(year: WrongConsequences, language: Language) -> str:
    """Say how many wrong consequences of the year are to be expected; nothing before canopy or Work was judged."""
    if not (year.months or year.on_work):
        return ""
    return say("bulletin_budget_year", language, months=year.months, expected=year.expected, low=year.low,
               high=year.high, on_work=year.on_work, allowed=year.allowed)  # fmt: skip


def _ranking(
    rows: Iterable[Mapping[str, object]], ranks: Mapping[object, Mapping[str, object]], language: Language
) -> BulletinTable:
    def key(row: Mapping[str, object]) -> tuple[float, int, float, str]:
        place = _number(ranks.get(row["village_code"], {}).get("rank")) or math.inf
        return place, _ORDER.get(str(row["verdict"]), 9), -_completion(row), str(row["village_code"])

    shown = [
        (
            Cell(_place(ranks.get(row["village_code"], {}), language)),
            _village(row),
            _state("verdict", row, language),
            Cell(_amount(row, 0, language)),
            Cell(_amount(row, 1, language)),
            Cell(_percent(_completion(row))),
            _state("status", row, language),
            Cell(_text("adjusted_change_pp", row, language)),
            Cell(_text("required_pp", row, language)),
        )
        for row in sorted(rows, key=key)
    ]
    heads = (("rank", 5), ("village", 7), ("verdict", 6), ("done", 6), ("asked", 6), ("completion", 5),
             ("status", 6), ("change", 6), ("due", 6))  # fmt: skip
    return titled_table("ranking", heads, shown, language)


def _place(rank: Mapping[str, object], language: Language) -> str:
    """Say a rank with the best and worst that the errors allow."""
    if not rank.get("rank"):
        return _NOTHING
    ends = rank["rank_low"], rank["rank_high"]
    if ends[0] == ends[1]:
        return str(rank["rank"])
    return say("bulletin_rank_range", language, rank=rank["rank"], best=ends[0], worst=ends[1])


def _flagged(
    rows: Iterable[Mapping[str, object]],
    known: tuple[Mapping[str, str], Mapping[str, tuple[str, date]], str],
    language: Language,
) -> BulletinTable:
    consequences, until, _ = known
    ordered = sorted(rows, key=lambda row: (-_number(row["streak"]), -_number(row["notices"]), row["village_code"]))
    shown = []
    for row in ordered:
        code = str(row["village_code"])
        state, day = until.get(code, ("", None))
        windows = say("bulletin_until", language, until=day) if state == "open" else ""
        said = windows or (say(f"state_{state}", language) if state else "")
        shown.append((
            _village(row), Cell(_text("basis", row, language)), Cell(str(row["reason"])), Cell(str(row["notices"])),
            Cell(str(row["streak"])), Cell(said or _NOTHING), Cell(consequences.get(code, _NOTHING)),
        ))  # fmt: skip
    heads = (("village", 6), ("basis", 6), ("reason", 17), ("notices", 5), ("streak", 5), ("state", 6),
             ("consequence", 9))  # fmt: skip
    return titled_table("flagged", heads, shown, language)


def _unjudged(rows: Iterable[Mapping[str, object]], language: Language) -> BulletinTable:
    shown = [(_village(row), _state("verdict", row, language), Cell(str(row["reason"]))) for row in rows]
    return titled_table("unjudged", (("village", 6), ("verdict", 5), ("reason", 30)), shown, language)


def _reply(
    flagged: Sequence[Mapping[str, object]],
    until: Mapping[str, tuple[str, date]],
    more: Published,
    language: Language,
) -> tuple[str, ...]:
    """How, and until when; nothing is asked of villages that were not noticed."""
    if not flagged:
        return (say("bulletin_reply_nobody", language),)
    last = max((day for _, day in until.values()), default=None)
    window = "bulletin_reply_open" if last and str(last) > more.counted_on else "bulletin_reply_over"
    days = more.settings.lagging.reply_days
    return (say(window, language, days=days, until=last or ""), say("bulletin_reply_text", language))


def _village(row: Mapping[str, object]) -> Cell:
    """Name, and the way to its evidence."""
    return Cell(str(row["village"]), link=f"evidence/{row['village_code']}.html")


def _state(key: str, row: Mapping[str, object], language: Language) -> Cell:
    value = row.get(key)
    return Cell(_text(key, row, language), f"{key}_{value}") if value else Cell(_NOTHING)


def _text(key: str, row: Mapping[str, object], language: Language) -> str:
    return figure(key, row.get(key), language) or _NOTHING


def _amount(row: Mapping[str, object], place: int, language: Language) -> str:
    """Say what was done (0), or asked (1), with its unit."""
    done, asked, unit = _MEASURES.get(str(row.get("kind")), _MEASURES["village"])
    key = (done, asked)[place]
    return say(unit, language, value=_text(key, row, language)) if row.get(key) is not None else _NOTHING


def _completion(row: Mapping[str, object]) -> float:
    """Done by asked; -1 where it is not known."""
    done, asked, _ = _MEASURES.get(str(row.get("kind")), _MEASURES["village"])
    whole = _number(row.get(asked))
    return _number(row.get(done)) / whole if whole > 0 else -1.0


def _percent(share: float) -> str:
    """Whole per cent, never rounded up: 99.9 % is not all of it."""
    return f"{math.floor(share * 100 + 1e-9)}%" if share >= 0 else _NOTHING


def _number(value: object) -> float:
    return float(str(value)) if value is not None else 0.0
