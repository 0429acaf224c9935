"""The ledger as a person asks it: list, reply, review, verify."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.scene import digest_file
from lvgeo.monthly.inputs import locked, month_of, open_campaign
from lvgeo.outputs.files import write_text
from lvgeo.progress.ledger import Ledger
from lvgeo.progress.standing import answers_to, latest_verdicts, notice_state, rules_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

__all__ = ["Decision", "altered", "export", "notices", "reply", "review"]


def notices(folder: str | Path, *, on: date) -> list[dict[str, object]]:
    """Every notice (a month's `lagging`) with its state, as of a day.

    Parameters
    ----------
    folder
        A campaign folder.
    on
        Later records are not looked at.
    """
    layout, settings = open_campaign(Path(folder))
    with Ledger(settings.ledger.url, layout.root) as ledger:
        records = [r for r in ledger.records() if r.recorded_on <= on]
    listed: list[dict[str, object]] = []
    for verdict in latest_verdicts(records):
        if verdict.body.get("word") != "lagging":
            continue
        answers = answers_to(verdict, records)
        listed.append(
            {
                "month": str(verdict.month),
                "village_code": verdict.village_code,
                "basis": verdict.body.get("basis"),
                "recorded_on": str(verdict.recorded_on),
                "revision": verdict.revision,
                "state": notice_state(verdict, answers, on, rules_of(verdict, records, settings.lagging).reply_days),
                "replies": [str(r.body.get("text", "")) for r in answers if r.kind == "reply"],
            }
        )
    return listed


def reply(
    folder: str | Path, village_code: str, month: str, *, text: str, on: date, files: Sequence[Path] = ()
) -> None:
    """Write a village's reply; its files are copied beside the ledger, named by hash.

    Raises
    ------
    InputRefusedError
        If there is no such notice, or a file is missing.
    """
    layout, settings = open_campaign(Path(folder))
    with locked(layout.lock), Ledger(settings.ledger.url, layout.root) as ledger:
        kept = [{"name": file.name, "sha256": _keep(file, layout.root / "replies")} for file in files]
        ledger.add_reply(month_of(month), village_code, on, {"text": text, "files": kept})


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided on a notice.

    Parameters
    ----------
    decision
        ``upheld`` or ``overturned``.
    reviewer, reason
        Who, and why.
    evidence
        Ground check, dated photo or point count; a notice on work or canopy is upheld only with it.
    """

    decision: Literal["upheld", "overturned"]
    reviewer: str
    reason: str
    evidence: str = ""


def review(folder: str | Path, village_code: str, month: str, decision: Decision, *, on: date) -> None:
    """Write a reviewer's decision.

    Raises
    ------
    InputRefusedError
        If there is no such notice.
    """
    layout, settings = open_campaign(Path(folder))
    with locked(layout.lock), Ledger(settings.ledger.url, layout.root) as ledger:
        ledger.add_decision(month_of(month), village_code, on, asdict(decision))


def altered(folder: str | Path) -> tuple[int | None, int]:
    """Return number of the first altered record (None where the chain holds), and how many records there are."""
    layout, settings = open_campaign(Path(folder))
    with Ledger(settings.ledger.url, layout.root) as ledger:
        return ledger.altered(), len(ledger.records())


def export(folder: str | Path, target: Path) -> tuple[int, str]:
    """Write every record as a line of JSON, and return how many there are and the chain's head.

    Whoever keeps the head elsewhere can show later that nothing was cut off the end.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    layout, settings = open_campaign(Path(folder))
    with Ledger(settings.ledger.url, layout.root) as ledger:
        records, head = ledger.records(), ledger.head()
    lines = [json.dumps(asdict(one) | {"month": str(one.month)}, ensure_ascii=False, default=str) for one in records]
    write_text(target, "".join(line + "\n" for line in lines))
    return len(records), head


def _keep(file: Path, folder: Path) -> str:
    if not file.is_file():
        raise InputRefusedError(Refusal("file_missing", value=str(file)))
    digest = digest_file(file)
    folder.mkdir(parents=True, exist_ok=True)
    # Named by hash alone: what a village calls its file never becomes a path.
    shutil.copyfile(file, folder / digest)
    return digest
