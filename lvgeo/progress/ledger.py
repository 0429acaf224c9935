"""The ledger: what was said, replied and decided, in the order in which it was written; nothing is ever changed.

One table of records, each chained to the one before by SHA-256. The machine's verdict, a village's reply and a
reviewer's decision are records of their own. Notices and streaks are derived (`lvgeo.progress.standing`), never stored.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import sqlalchemy as sql
from sqlalchemy.pool import NullPool

from lvgeo.errors import InputRefusedError, Refusal, StorageError
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

__all__ = ["Ledger", "Record", "Recording"]

Kind = Literal["verdict", "reply", "decision", "ground"]
GENESIS: Final = "0" * 64

_metadata = sql.MetaData()
_records = sql.Table(
    "records",
    _metadata,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("kind", sql.String(16), nullable=False),
    sql.Column("month", sql.String(7), nullable=False),
    sql.Column("village_code", sql.String(12), nullable=False),
    sql.Column("recorded_on", sql.String(10), nullable=False),
    sql.Column("revision", sql.Integer, nullable=False),
    sql.Column("inputs", sql.String(64), nullable=False),
    sql.Column("body", sql.Text, nullable=False),
    sql.Column("previous", sql.String(64), nullable=False),
    sql.Column("digest", sql.String(64), nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the ledger.

    Parameters
    ----------
    number
        From 1, without gaps.
    kind
        ``verdict``, ``reply``, ``decision``, or ``ground``: a village's boundary and plots as they were, written when
        they are not as they were recorded last.
    month, village_code
        What it is about.
    recorded_on
        Day it was written.
    revision
        Of the month, from 1; replies and decisions bear the one they answer.
    inputs
        Hash of the inputs of a verdict, empty otherwise.
    body
        Its content: word, basis and reason; text and files; decision, reviewer, reason and evidence.
    previous, digest
        Chain.
    """

    number: int
    kind: Kind
    month: Month
    village_code: str
    recorded_on: date
    revision: int
    inputs: str
    body: Mapping[str, Any]
    previous: str
    digest: str

    def sealed(self) -> str:
        """Digest that its content and its predecessor's digest give."""
        parts = [
            self.number, self.kind, str(self.month), self.village_code, str(self.recorded_on),
            self.revision, self.inputs, _json(self.body), self.previous,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Recording:
    """What came of recording a month.

    Parameters
    ----------
    revision
        The month's revision with these inputs.
    recorded_on
        Day that revision was written.
    added
        Records written now; 0 where the same month and inputs stood already.
    """

    revision: int
    recorded_on: date
    added: int


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(dict(body), sort_keys=True, ensure_ascii=False)


class Ledger:
    """An open ledger; a context manager.

    Parameters
    ----------
    url
        SQLAlchemy URL; a relative SQLite path lies in `root`.
    root
        The campaign folder.

    Raises
    ------
    StorageError
        If it cannot be opened or written.
    """

    def __init__(self, url: str, root: Path) -> None:
        self._url, self._root = url, root
        self._stack = contextlib.ExitStack()
        self._engine: Any = None

    def __enter__(self) -> Self:
        with self._translated():
            place = sql.make_url(self._url)
            if place.get_backend_name() == "sqlite" and place.database:
                place = place.set(database=str(self._root / place.database))
            # No pool: a file that stays open cannot be copied or moved on Windows.
            self._engine = sql.create_engine(place, poolclass=NullPool)
        if place.get_backend_name() == "sqlite":
            sql.event.listen(self._engine, "connect", _durable)
        with self._translated():
            _metadata.create_all(self._engine)
        self._stack.callback(self._engine.dispose)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sql.exc.SQLAlchemyError, ImportError) as error:
            raise StorageError(Refusal("write_failed", file=self._url, value=str(error))) from error

    def records(self) -> list[Record]:
        """Every record, in order."""
        with self._translated(), self._engine.connect() as connection:
            rows = connection.execute(sql.select(_records).order_by(_records.c.number)).all()
        return [_record(row) for row in rows]

    def altered(self) -> int | None:
        """Return number of the first record that was altered, or follows a gap; None where the chain holds."""
        previous = GENESIS
        for place, record in enumerate(self.records(), start=1):
            if record.number != place or record.previous != previous or record.sealed() != record.digest:
                return record.number
            previous = record.digest
        return None

    def recorded(self, month: Month, inputs: str) -> Recording | None:
        """Return the month's latest revision, if it rests on these inputs."""
        latest = self._latest(month)
        if latest and latest[-1].inputs == inputs:
            return Recording(latest[-1].revision, latest[-1].recorded_on, 0)
        return None

    def grounds(self) -> dict[str, Mapping[str, Any]]:
        """Village code → boundary and plots as they were recorded last."""
        return {one.village_code: one.body for one in self.records() if one.kind == "ground"}

    def record_month(
        self,
        month: Month,
        inputs: str,
        on: date,
        bodies: Mapping[str, Mapping[str, Any]],
        grounds: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Recording:
        """Write a month's verdicts, once for the same inputs.

        Parameters
        ----------
        month
            What is judged.
        inputs
            Hash of all that decided it.
        on
            Day of recording.
        bodies
            Village code → word, basis, reason and figures.
        grounds
            Village code → boundary and plots; only what changed is written.
        """
        standing = self.recorded(month, inputs)
        if standing is not None:
            return standing
        latest = self._latest(month)
        revision = latest[-1].revision + 1 if latest else 1
        drafts = [("verdict", month, code, on, revision, inputs, bodies[code]) for code in sorted(bodies)]
        known = self.grounds()
        changed = {
            code: body for code, body in sorted((grounds or {}).items()) if _json(known.get(code, {})) != _json(body)
        }
        drafts += [("ground", month, code, on, revision, "", body) for code, body in changed.items()]
        self._append(drafts)
        return Recording(revision, on, len(drafts))

    def add_reply(self, month: Month, village_code: str, on: date, body: Mapping[str, Any]) -> None:
        """Write a village's reply to a notice: `text`, and `files` by name and hash.

        Raises
        ------
        InputRefusedError
            If there is no notice to reply to.
        """
        self._answer("reply", month, village_code, on, body)

    def add_decision(self, month: Month, village_code: str, on: date, body: Mapping[str, Any]) -> None:
        """Write a reviewer's decision: `decision` (upheld, overturned), `reviewer`, `reason`, `evidence`.

        Raises
        ------
        InputRefusedError
            If there is no notice to decide on.
        """
        self._answer("decision", month, village_code, on, body)

    def _answer(self, kind: Kind, month: Month, village_code: str, on: date, body: Mapping[str, Any]) -> None:
        latest = [record for record in self._latest(month) if record.village_code == village_code]
        if not latest or latest[-1].body.get("word") != "lagging":
            raise InputRefusedError(Refusal("ledger_entry_missing", feature=village_code, value=str(month)))
        self._append([(kind, month, village_code, on, latest[-1].revision, "", body)])

    def _latest(self, month: Month) -> list[Record]:
        verdicts = [r for r in self.records() if r.kind == "verdict" and r.month == month]
        newest = max((r.revision for r in verdicts), default=0)
        return [r for r in verdicts if r.revision == newest]

    def _append(self, drafts: Sequence[tuple[str, Month, str, date, int, str, Mapping[str, Any]]]) -> None:
        """Chain and write, all or none."""
        before = self.records()
        previous = before[-1].digest if before else GENESIS
        rows = []
        for number, draft in enumerate(drafts, start=len(before) + 1):
            record = Record(number, *draft, previous, "")  # type: ignore[arg-type]
            previous = record.sealed()
            rows.append(_row(record, previous))
        with self._translated(), self._engine.begin() as connection:
            connection.execute(sql.insert(_records), rows)


def _durable(connection: Any, _: Any) -> None:
    """Acknowledged means on disk, wherever the file lies: no WAL, which network drives and sticks cannot hold."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=DELETE")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _row(record: Record, digest: str) -> dict[str, object]:
    return {
        "number": record.number,
        "kind": record.kind,
        "month": str(record.month),
        "village_code": record.village_code,
        "recorded_on": str(record.recorded_on),
        "revision": record.revision,
        "inputs": record.inputs,
        "body": _json(record.body),
        "previous": record.previous,
        "digest": digest,
    }


def _record(row: Any) -> Record:
    return Record(
        row.number,
        row.kind,
        Month.parse(row.month),
        row.village_code,
        date.fromisoformat(row.recorded_on),
        row.revision,
        row.inputs,
        json.loads(row.body),
        row.previous,
        row.digest,
    )
