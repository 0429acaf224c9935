"""What the ledger says of each village, as a page, a sheet and a dossier show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lvgeo.labels import CATALOGUE, say
from lvgeo.outputs.columns import Column
from lvgeo.progress.evidence import Reason
from lvgeo.progress.standing import latest_verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.labels import Language
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.ledger import Record

__all__ = ["history", "months_columns", "months_rows", "sentence_of", "streak_rows"]

_CODE: Final = Column("village_code", "行政代码", "Village code")
_VILLAGE: Final = Column("village", "村（社区）", "Village")
_NOTICES: Final = Column("notices", "连续通报月数", "Notices", "int")
_STREAK: Final = Column("streak", "连续有效滞后月数", "Streak", "int")
_CONSEQUENCE: Final = Column("consequence", "建议后果（由人决定）", "Proposed consequence (a person decides)")


def months_rows(records: Sequence[Record], names: Mapping[str, str], language: Language) -> Rows:
    """Rows of the sheet of words: each village's word of each month, with its reason."""
    return tuple(
        {
            "village_code": one.village_code, "village": names.get(one.village_code, ""), "month": str(one.month),
            "verdict": one.body.get("word"), "basis": one.body.get("basis"), "reason": sentence_of(one, language),
            "recorded_on": str(one.recorded_on), "revision": one.revision,
        }
        for one in sorted(latest_verdicts(records), key=lambda r: (r.village_code, r.month))
    )  # fmt: skip


def months_columns(records: Sequence[Record]) -> tuple[Column, ...]:
    """Columns of the sheet of streaks: a village, a column a month that was run, and what they come to."""
    months = sorted({str(one.month) for one in latest_verdicts(records)})
    return (_CODE, _VILLAGE, *(Column(one, one, one, words="verdict") for one in months), _NOTICES, _STREAK,
            _CONSEQUENCE)  # fmt: skip


def streak_rows(records: Sequence[Record], rows: Rows, consequences: Mapping[str, str]) -> Rows:
    """Rows of the sheet of streaks: each village's words side by side.

    Parameters
    ----------
    records
        The ledger.
    rows
        Of canopy_change, which count the notices and the streak.
    consequences
        Village code → what is proposed.
    """
    words: dict[str, dict[str, object]] = {}
    for one in latest_verdicts(records):
        words.setdefault(one.village_code, {})[str(one.month)] = one.body.get("word")
    return tuple(
        {
            **words.get(str(row["village_code"]), {}),
            **{key: row[key] for key in ("village_code", "village", "notices", "streak")},
            "consequence": consequences.get(str(row["village_code"]), ""),
        }
        for row in rows
    )


def history(code: str, records: Sequence[Record], language: Language) -> tuple[tuple[str, str], ...]:
    """Every verdict, reply and decision on a village, as they were written: when, and what."""
    mine = [one for one in records if one.village_code == code and one.kind in _TOLD]
    return tuple((f"{one.month} · {one.recorded_on} · #{one.number}", _TOLD[one.kind](one, language)) for one in mine)


def _verdict(record: Record, language: Language) -> str:
    word = _worded(f"verdict_{record.body.get('word')}", language)
    return say("dossier_said", language, word=word, reason=sentence_of(record, language))


def _reply(record: Record, language: Language) -> str:
    files = record.body.get("files") or ()
    text = say("dossier_replied", language, text=record.body.get("text", ""))
    return f"{text} [{', '.join(map(str, files))}]" if files else text


def _decision(record: Record, language: Language) -> str:
    body = record.body
    decision = _worded(f"decision_{body.get('decision')}", language)
    told = say("dossier_decided", language, reviewer=body.get("reviewer", ""), decision=decision,
               reason=body.get("reason", ""))  # fmt: skip
    evidence = str(body.get("evidence") or "")
    return f"{told} [{evidence}]" if evidence else told


_TOLD: Final = {"verdict": _verdict, "reply": _reply, "decision": _decision}


def _worded(code: str, language: Language) -> str:
    return say(code, language) if code in CATALOGUE else code


def sentence_of(record: Record, language: Language) -> str:
    """Say a recorded reason; a code that this version no longer has is shown as it is."""
    code = str(record.body.get("reason", ""))
    try:
        return Reason(code, dict(record.body.get("values", {}))).sentence(language)
    except KeyError:
        return code
