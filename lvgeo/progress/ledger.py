"""The ledger: what was said, replied and decided, in the order in which it was written; nothing is ever changed.

One table of records, each chained to the one before by SHA-256. The machine's verdict, a village's reply and a
reviewer's decision are records of their own, and so are the rules that a month was judged by. Notices and streaks are
derived (`lvgeo.progress.standing`), never stored.

One process writes at a time: a lock file beside an SQLite ledger, a table lock in PostgreSQL. SQLite keeps its rollback
journal: write-ahead logs do not work on network drives, and nothing here writes often enough to need one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import sqlalchemy as sql
from filelock import FileLock, Timeout
from sqlalchemy.pool import NullPool

from lvgeo.errors import BusyError, InputRefusedError, Refusal, StorageError
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

__all__ = ["Ledger", "Record", "Recording"]

Kind = Literal["verdict", "reply", "decision", "ground", "rules"]
GENESIS: Final = "0" * 64
VERSION: Final = 2  # of the tables; 1 had no table that says so
WAIT_S: Final = 30.0  # for another writer
ADVISORY: Final = 7_305_911_204  # number of the lock that writers of a PostgreSQL ledger hold

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

_schema = sql.Table("schema_version", _metadata, sql.Column("version", sql.Integer, primary_key=True))


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the ledger.

    Parameters
    ----------
    number
        From 1, without gaps.
    kind
        ``verdict``, ``reply``, ``decision``; ``ground``, a village's boundary and plots, and ``rules``, the settings
        that later verdicts were judged by: both written when they are not as they were recorded last.
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
    wait_s
        How long a writer waits for another.

    Raises
    ------
    StorageError
        If it cannot be opened or written, or a later version of lvgeo made it.
    BusyError
        If another process writes for longer than that; it is named.
    """

    def __init__(self, url: str, root: Path, wait_s: float = WAIT_S) -> None:
        self._url, self._root, self._wait_s = url, root, wait_s
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
            self._migrate()
        self._stack.callback(self._engine.dispose)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _migrate(self) -> None:
        """Make the tables, or bring an earlier version's up to date; records are never touched."""
        known = sql.inspect(self._engine).get_table_names()
        if "schema_version" in known and "records" in known:
            with self._engine.connect() as connection:
                version = connection.execute(sql.select(sql.func.max(_schema.c.version))).scalar() or 1
            if version > VERSION:
                raise StorageError(Refusal("ledger_newer", file=self._url, value=str(version), limit=str(VERSION)))
            if version == VERSION:
                return
        with self._writing() as connection:
            _metadata.create_all(connection)
            if connection.execute(sql.select(sql.func.max(_schema.c.version))).scalar() != VERSION:
                connection.execute(sql.insert(_schema), [{"version": VERSION}])

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:
        """Hold the one pen: a transaction that no other process's can overlap."""
        with contextlib.ExitStack() as stack:
            place = self._engine.url
            if place.get_backend_name() == "sqlite" and place.database:
                stack.enter_context(_pen(Path(place.database), self._wait_s))
            connection = stack.enter_context(self._engine.begin())
            if place.get_backend_name() == "postgresql":
                connection.execute(sql.text(f"SET LOCAL lock_timeout = {int(self._wait_s * 1000)}"))
                connection.execute(sql.text(f"SELECT pg_advisory_xact_lock({ADVISORY})"))
            yield connection

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sql.exc.SQLAlchemyError, ImportError) as error:
            if "lock timeout" in str(error):
                raise BusyError(Refusal("lock_held", value=self._url)) from error
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
        rules: Mapping[str, Any] | None = None,
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
        rules
            Settings judged by; written when they are not as they were recorded last.
        """
        standing = self.recorded(month, inputs)
        if standing is not None:
            return standing
        latest = self._latest(month)
        revision = latest[-1].revision + 1 if latest else 1
        drafts: list[tuple[str, Month, str, date, int, str, Mapping[str, Any]]] = []
        if rules is not None and _json(self._rules()) != _json(rules):
            drafts.append(("rules", month, "", on, revision, "", rules))
        drafts += [("verdict", month, code, on, revision, inputs, bodies[code]) for code in sorted(bodies)]
        known = self.grounds()
        changed = {
            code: body for code, body in sorted((grounds or {}).items()) if _json(known.get(code, {})) != _json(body)
        }
        drafts += [("ground", month, code, on, revision, "", body) for code, body in changed.items()]
        self._append(drafts)
        return Recording(revision, on, len(drafts))

    def _rules(self) -> Mapping[str, Any]:
        found = [one.body for one in self.records() if one.kind == "rules"]
        return found[-1] if found else {}

    def head(self) -> str:
        """Digest of the last record. Kept elsewhere, it shows whether the ledger's end was cut off."""
        records = self.records()
        return records[-1].digest if records else GENESIS

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
        """Chain and write, all or none; the chain's end is read with the pen in hand."""
        with self._translated(), self._writing() as connection:
            end = connection.execute(
                sql.select(_records.c.number, _records.c.digest).order_by(_records.c.number.desc()).limit(1)
            ).first()
            first, previous = (end.number + 1, end.digest) if end else (1, GENESIS)
            rows = []
            for number, draft in enumerate(drafts, start=first):
                record = Record(number, *draft, previous, "")  # type: ignore[arg-type]
                previous = record.sealed()
                rows.append(_row(record, previous))
            connection.execute(sql.insert(_records), rows)


@contextlib.contextmanager
def _pen(ledger: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock beside an SQLite ledger, and leave word who does."""
    lock, holder = FileLock(f"{ledger}.lock", timeout=wait_s), Path(f"{ledger}.holder")
    try:
        lock.acquire()
    except Timeout as error:
        who = holder.read_text("utf-8", "replace") if holder.is_file() else ""
        raise BusyError(Refusal("lock_held", value=f"{lock.lock_file} {who}".strip())) from error
    except OSError as error:
        raise StorageError(Refusal("write_failed", file=str(ledger), value=str(error))) from error
    try:
        with contextlib.suppress(OSError):
            holder.write_text(f"({platform.node()}, pid {os.getpid()})", "utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


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
