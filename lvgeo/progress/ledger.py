"""The ledger: what was said, replied and decided, in the order in which it was written; nothing is ever changed.

One table of records, each chained to the one before by SHA-256. The machine's verdict, a village's reply and a
reviewer's decision are records of their own, and so are the rules that a month was judged by. Notices and streaks are
derived (`lvgeo.progress.standing`), never stored.

One process writes at a time: a lock file beside an SQLite ledger, a table lock in PostgreSQL. How SQLite keeps it
is said in `lvgeo.progress.pen`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import sqlalchemy as sql
from sqlalchemy.pool import NullPool

from lvgeo.errors import BusyError, InputRefusedError, Refusal, StorageError
from lvgeo.progress.pen import hold_pen, make_durable
from lvgeo.progress.records import GENESIS, METADATA, RECORDS, SCHEMA, Record, Recording, body_text, record_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from types import TracebackType

    from lvgeo.progress.records import Kind
    from lvgeo.units import Month

__all__ = ["GENESIS", "Ledger", "Record", "Recording"]

VERSION: Final = 2  # of the tables; 1 had no table that says so
WAIT_S: Final = 30.0  # for another writer
ADVISORY: Final = 7_305_911_204  # number of the lock that writers of a PostgreSQL ledger hold


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
            sql.event.listen(self._engine, "connect", make_durable)
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
                version = connection.execute(sql.select(sql.func.max(SCHEMA.c.version))).scalar() or 1
            if version > VERSION:
                raise StorageError(Refusal("ledger_newer", file=self._url, value=str(version), limit=str(VERSION)))
            if version == VERSION:
                return
        with self._writing() as connection:
            METADATA.create_all(connection)
            if connection.execute(sql.select(sql.func.max(SCHEMA.c.version))).scalar() != VERSION:
                connection.execute(sql.insert(SCHEMA), [{"version": VERSION}])

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:
        """Hold the one pen: a transaction that no other process's can overlap."""
        with contextlib.ExitStack() as stack:
            place = self._engine.url
            if place.get_backend_name() == "sqlite" and place.database:
                stack.enter_context(hold_pen(Path(place.database), self._wait_s))
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
            rows = connection.execute(sql.select(RECORDS).order_by(RECORDS.c.number)).all()
        return [record_of(row) for row in rows]

    def journal(self) -> str:
        """How SQLite keeps it whole while it is written: ``delete``, a rollback journal; empty on PostgreSQL."""
        if self._engine.url.get_backend_name() != "sqlite":
            return ""
        with self._translated(), self._engine.connect() as connection:
            return str(connection.execute(sql.text("PRAGMA journal_mode")).scalar())

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
        if rules is not None and body_text(self._rules()) != body_text(rules):
            drafts.append(("rules", month, "", on, revision, "", rules))
        drafts += [("verdict", month, code, on, revision, inputs, bodies[code]) for code in sorted(bodies)]
        known = self.grounds()
        changed = {
            code: body
            for code, body in sorted((grounds or {}).items())
            if body_text(known.get(code, {})) != body_text(body)
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
                sql.select(RECORDS.c.number, RECORDS.c.digest).order_by(RECORDS.c.number.desc()).limit(1)
            ).first()
            first, previous = (end.number + 1, end.digest) if end else (1, GENESIS)
            rows = []
            for number, draft in enumerate(drafts, start=first):
                record = Record(number, *draft, previous, "")  # type: ignore[arg-type]
                previous = record.sealed()
                rows.append(row_of(record, previous))
            connection.execute(sql.insert(RECORDS), rows)
