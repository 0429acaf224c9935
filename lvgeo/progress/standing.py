"""Where each village stands: notices and streaks, derived from the ledger's records and never stored."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from lvgeo.progress.budget import Shortfall, joint_test, persistent_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lvgeo.campaign.settings import LaggingTable
    from lvgeo.progress.ledger import Record
    from lvgeo.units import Month

__all__ = [
    "LOOKS",
    "NoticeState",
    "Standing",
    "answers_to",
    "derive_standings",
    "latest_verdicts",
    "notice_state",
    "placebo_errors",
    "rules_of",
]

LOOKS: Final = 2  # a village is tested anew each month, on much the same months
NoticeState = Literal["open", "replied", "effective", "overturned", "unanswered"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A village's notices as of a month and a day.

    Parameters
    ----------
    notices
        Consecutive machine notices.
    streak
        Consecutive effective lagging months.
    consequence
        Whether the plan's consequence is proposed.
    last_effective
        Day of the last counted lagging month's evidence.
    canopy_in_streak
        Whether one of them rests on canopy, which needs the year's joint test besides.
    shortfalls
        Of every month of the year that was judged on canopy.
    """

    notices: int = 0
    streak: int = 0
    consequence: bool = False
    last_effective: date | None = None
    canopy_in_streak: bool = False
    shortfalls: tuple[Shortfall, ...] = ()


def derive_standings(records: Sequence[Record], month: Month, on: date, lagging: LaggingTable) -> dict[str, Standing]:
    """Recount from the beginning, in calendar order up to a month, with what was written by a day.

    Parameters
    ----------
    records
        The whole ledger.
    month
        Last month that counts.
    on
        "Today": later records do not exist yet, and reply windows that end later are open.
    lagging
        Reply days, days between, months of a streak, for months whose own rules the ledger does not hold.
    """
    known = [r for r in records if r.recorded_on <= on and r.month <= month]
    standings: dict[str, Standing] = {}
    verdicts = latest_verdicts(known)
    share = persistent_share(placebo_errors(verdicts))
    count = len({v.village_code for v in verdicts}) or 1
    for verdict in verdicts:
        answers = answers_to(verdict, known)
        before = standings.get(verdict.village_code, Standing())
        rules = rules_of(verdict, known, lagging)
        joint = _Joint(share, rules.max_expected_wrong_consequences / count / LOOKS)
        standings[verdict.village_code] = _after(before, verdict, answers, on, rules, joint)
    return standings


def rules_of(verdict: Record, records: Sequence[Record], lagging: LaggingTable) -> LaggingTable:
    """Rules that a month was judged by, which stay with it; the campaign's own where the ledger holds none."""
    found = [r.body["lagging"] for r in records if r.kind == "rules" and r.number < verdict.number]
    if not found:
        return lagging
    known = {key: value for key, value in found[-1].items() if key in type(lagging).model_fields}
    return type(lagging).model_validate(known)


def notice_state(verdict: Record, answers: Sequence[Record], on: date, reply_days: int) -> NoticeState:
    """State of one notice.

    A reviewer's last decision settles it, except that a notice on work or canopy is upheld only with evidence. A reply
    that waits for a decision holds it. Else, once the window has ended, a notice on registers is effective and one on
    work or canopy stays unanswered, which is not guilt.
    """
    decisions = [r for r in answers if r.kind == "decision"]
    on_paper = verdict.body.get("basis") == "register"
    if decisions:
        last = decisions[-1].body
        upheld = last.get("decision") == "upheld" and (on_paper or bool(last.get("evidence")))
        return "effective" if upheld else ("overturned" if last.get("decision") == "overturned" else "replied")
    if any(r.kind == "reply" for r in answers):
        return "replied"
    if on < verdict.recorded_on + timedelta(reply_days):
        return "open"
    return "effective" if on_paper else "unanswered"


def latest_verdicts(records: Iterable[Record]) -> list[Record]:
    """Each village's verdict of each month in its newest revision, in calendar order."""
    newest: dict[tuple[Month, str], Record] = {}
    for record in records:
        if record.kind == "verdict":
            newest[record.month, record.village_code] = record
    return [newest[key] for key in sorted(newest)]


def answers_to(verdict: Record, records: Sequence[Record]) -> list[Record]:
    """Return the replies and decisions that answer a verdict, in order.

    What answered an earlier revision answers this one too while word, basis and reason are the same: a late image or a
    mended row elsewhere must not reopen a notice that a person overturned.
    """
    same = (verdict.month, verdict.village_code)
    mine = [r for r in records if (r.month, r.village_code) == same]
    alike = {r.revision for r in mine if r.kind == "verdict" and _says(r) == _says(verdict)}
    return [r for r in mine if r.kind in {"reply", "decision"} and r.revision in alike]


def _says(verdict: Record) -> tuple[object, ...]:
    return tuple(verdict.body.get(key) for key in ("word", "basis", "reason"))


@dataclass(frozen=True, slots=True)
class _Joint:
    """The year's joint test: the part of errors that stays, and each village's level."""

    share: float
    level: float


def placebo_errors(verdicts: Sequence[Record]) -> dict[Month, dict[str, float]]:
    """Month → village code → error of its unplanted ground, as recorded."""
    found: dict[Month, dict[str, float]] = {}
    for one in verdicts:
        if "placebo_error_pp" in one.body:
            found.setdefault(one.month, {})[one.village_code] = float(one.body["placebo_error_pp"])
    return found


def _shortfall(verdict: Record) -> Shortfall:
    """Return what a month on canopy fell short by; nan where the record does not say, so that no test passes on it."""
    keys = ("short_pp", "spread_pp", "freedom")
    return Shortfall(*(float(verdict.body.get(key, math.nan)) for key in keys))


def _after(
    before: Standing, verdict: Record, answers: Sequence[Record], on: date, lagging: LaggingTable, joint: _Joint
) -> Standing:
    word = verdict.body.get("word")
    if "short_pp" in verdict.body:
        # All of the year's months on canopy, not the lagging ones alone: chosen for falling short, they would prove it.
        before = replace(before, shortfalls=(*before.shortfalls, _shortfall(verdict)))
    if word == "on_track":
        return Standing(shortfalls=before.shortfalls)
    if word != "lagging":
        return before
    noticed = replace(before, notices=before.notices + 1)
    if notice_state(verdict, answers, on, lagging.reply_days) != "effective":
        return noticed
    day = date.fromisoformat(str(verdict.body["evidence_on"]))
    if before.last_effective is not None and (day - before.last_effective).days < lagging.min_days_between:
        return noticed
    streak = before.streak + 1
    on_canopy = verdict.body.get("basis") == "canopy"
    canopy = before.canopy_in_streak or on_canopy
    # On canopy two months judged from one baseline repeat one error: the months together must prove the lag.
    proven = not canopy or joint_test(before.shortfalls, joint.share, joint.level)
    # What was proposed stays proposed: a further lagging month is no excuse.
    proposed = before.consequence or (streak >= lagging.streak_months and proven)
    return Standing(noticed.notices, streak, proposed, day, canopy, before.shortfalls)
