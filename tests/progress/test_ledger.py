"""The ledger: nothing twice, nothing changed, nothing answered that was not said."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sql

from lvgeo.errors import BusyError, InputRefusedError, StorageError
from lvgeo.progress.ledger import GENESIS, Ledger
from lvgeo.progress.pen import locks_hold
from lvgeo.units import Month

MARCH, APRIL = Month(2024, 3), Month(2024, 4)
ON = date(2024, 4, 1)
WEST, EAST = "441302001201", "441302001202"
BODIES = {
    EAST: {"word": "on_track", "basis": "canopy", "evidence_on": "2024-03-25"},
    WEST: {"word": "lagging", "basis": "register", "evidence_on": "2024-03-25", "reason": "没有地块"},
}


SQLITE = "sqlite:///ledger.sqlite"
POSTGRES = os.environ.get("LVGEO_TEST_POSTGRES", "")  # URL of an empty database that tests may write to
NO_POSTGRES = "LVGEO_TEST_POSTGRES names no PostgreSQL database"


@pytest.fixture(
    params=[SQLITE, pytest.param(POSTGRES, marks=pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES))],
    ids=["sqlite", "postgresql"],
)
def url(request):
    if request.param != SQLITE:
        engine = sql.create_engine(request.param)
        with engine.begin() as connection:
            connection.execute(sql.text("DROP TABLE IF EXISTS records, schema_version"))
        engine.dispose()
    return request.param


@pytest.fixture
def ledger(url, tmp_path):
    with Ledger(url, tmp_path) as opened:
        yield opened


def write_by_hand(ledger, statement, **values):
    with ledger._engine.begin() as connection:
        connection.execute(sql.text(statement), values)


def test_the_file_lies_in_the_campaign_folder(tmp_path):
    with Ledger(SQLITE, tmp_path):
        assert (tmp_path / "ledger.sqlite").is_file()


def test_a_new_ledger_is_empty_and_whole(ledger):
    assert ledger.records() == []
    assert ledger.altered() is None
    assert ledger.head() == GENESIS


def test_a_month_is_recorded_by_village_code(ledger):
    done = ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    assert (done.revision, done.recorded_on, done.added) == (1, ON, 2)
    first, second = ledger.records()
    assert (first.number, first.village_code, first.previous) == (1, WEST, GENESIS)
    assert (second.number, second.village_code, second.previous) == (2, EAST, first.digest)
    assert first.body == BODIES[WEST]
    assert (first.month, first.recorded_on, first.inputs) == (MARCH, ON, "a" * 64)


def test_recording_twice_adds_nothing(ledger):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    before = ledger.records()
    again = ledger.record_month(MARCH, "a" * 64, date(2024, 5, 1), BODIES)
    assert (again.revision, again.recorded_on, again.added) == (1, ON, 0)
    assert ledger.records() == before


def test_other_inputs_add_a_revision_and_the_old_one_stays(ledger):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    before = ledger.records()
    second = ledger.record_month(MARCH, "b" * 64, date(2024, 4, 9), BODIES)
    assert (second.revision, second.recorded_on, second.added) == (2, date(2024, 4, 9), 2)
    assert ledger.records()[:2] == before
    assert [one.revision for one in ledger.records()] == [1, 1, 2, 2]
    assert ledger.recorded(MARCH, "a" * 64) is None  # no longer what the month rests on
    assert ledger.record_month(MARCH, "a" * 64, date(2024, 4, 10), BODIES).revision == 3


def test_months_have_revisions_of_their_own(ledger):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    assert ledger.record_month(APRIL, "a" * 64, ON, BODIES).revision == 1


def test_what_was_written_is_read_by_another_opening(ledger, tmp_path):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    with Ledger(ledger._url, tmp_path) as other:
        assert other.records() == ledger.records()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", '{"word": "on_track"}'),
        ("village_code", EAST),
        ("month", "2024-05"),
        ("recorded_on", "2024-04-02"),
        ("revision", 9),
        ("inputs", "c" * 64),
        ("kind", "reply"),
        ("previous", "d" * 64),
        ("digest", "e" * 64),
    ],
)
def test_an_altered_record_is_found_by_its_number(ledger, column, value):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(APRIL, "a" * 64, ON, BODIES)
    assert ledger.altered() is None
    write_by_hand(ledger, f"UPDATE records SET {column} = :value WHERE number = 3", value=value)
    assert ledger.altered() == 3


def test_a_forged_digest_breaks_the_record_after_it(ledger):
    """Whoever seals the altered record anew cannot seal the next one without altering it too."""
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(APRIL, "a" * 64, ON, BODIES)
    write_by_hand(ledger, "UPDATE records SET revision = 9 WHERE number = 2")
    forged = ledger.records()[1].sealed()
    write_by_hand(ledger, "UPDATE records SET digest = :value WHERE number = 2", value=forged)
    assert ledger.altered() == 3


@pytest.mark.parametrize(("gone", "found"), [(1, 2), (2, 3)])
def test_a_removed_record_leaves_a_gap_that_is_found(ledger, gone, found):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(APRIL, "a" * 64, ON, BODIES)
    write_by_hand(ledger, "DELETE FROM records WHERE number = :gone", gone=gone)
    assert ledger.altered() == found


def test_replies_and_decisions_are_records_that_bear_the_revision_they_answer(ledger):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(MARCH, "b" * 64, ON, BODIES)
    ledger.add_reply(MARCH, WEST, date(2024, 4, 3), {"text": "3月20日已补种", "files": []})
    ledger.add_decision(MARCH, WEST, date(2024, 4, 5), {"decision": "overturned", "reviewer": "李某"})
    reply, decision = ledger.records()[-2:]
    assert (reply.kind, reply.number, reply.revision, reply.recorded_on) == ("reply", 5, 2, date(2024, 4, 3))
    assert (decision.kind, decision.number, decision.revision) == ("decision", 6, 2)
    assert reply.body["text"] == "3月20日已补种"
    assert ledger.altered() is None


@pytest.mark.parametrize("answer", ["add_reply", "add_decision"])
@pytest.mark.parametrize(
    ("month", "code"),
    [(APRIL, WEST), (MARCH, "441302001299"), (MARCH, EAST)],
    ids=["no such month", "no such village", "not lagging"],
)
def test_only_a_notice_can_be_answered(ledger, answer, month, code):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    with pytest.raises(InputRefusedError) as refused:
        getattr(ledger, answer)(month, code, ON, {"text": "…"})
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.feature, refusal.value) == ("ledger_entry_missing", code, str(month))
    assert len(ledger.records()) == 2


def test_a_notice_withdrawn_by_a_revision_can_no_longer_be_answered(ledger):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(MARCH, "b" * 64, ON, {**BODIES, WEST: {"word": "on_track"}})
    with pytest.raises(InputRefusedError):
        ledger.add_reply(MARCH, WEST, ON, {"text": "…"})


def test_a_month_is_written_whole_or_not_at_all(ledger):
    """The disk is full at the second record; the first must not stand alone."""
    if ledger._url != SQLITE:
        pytest.skip("the full disk is played by a trigger in SQLite's words")
    write_by_hand(
        ledger,
        "CREATE TRIGGER full BEFORE INSERT ON records WHEN NEW.number = 2 BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )
    with pytest.raises(StorageError, match="disk full"):
        ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    assert ledger.records() == []


def test_what_is_no_ledger_is_refused(tmp_path):
    (tmp_path / "ledger.sqlite").write_bytes(b"this is no database, and longer than its head" * 40)
    with pytest.raises(StorageError) as refused, Ledger("sqlite:///ledger.sqlite", tmp_path):
        pass
    assert refused.value.exit_code == 5


def test_rules_are_written_when_they_change_and_stand_before_the_verdicts_judged_by_them(ledger):
    mild, strict = {"lagging": {"streak_months": 3}}, {"lagging": {"streak_months": 2}}
    for month, rules, key in ((MARCH, mild, "a"), (APRIL, mild, "b"), (Month(2024, 5), strict, "c")):
        ledger.record_month(month, key * 64, ON, BODIES, rules=rules)
    kinds = [one.kind for one in ledger.records()]
    assert kinds == ["rules", "verdict", "verdict", "verdict", "verdict", "rules", "verdict", "verdict"]
    assert ledger.altered() is None


def test_a_ledger_of_the_first_version_opens_and_keeps_its_records(tmp_path):
    with Ledger(SQLITE, tmp_path) as made:
        made.record_month(MARCH, "a" * 64, ON, BODIES)
        before = made.records()
        write_by_hand(made, "DROP TABLE schema_version")  # the first version had none
    with Ledger(SQLITE, tmp_path) as opened:
        assert opened.records() == before
        assert opened.altered() is None
        opened.record_month(APRIL, "a" * 64, ON, BODIES)
        assert len(opened.records()) == len(before) + 2


def test_a_file_that_the_first_version_wrote_opens(tmp_path):
    """tests/data/ledger_v1.sql was dumped from a file that the first version's own code had written."""
    made = sqlite3.connect(tmp_path / "ledger.sqlite")
    made.executescript((Path(__file__).parents[1] / "data" / "ledger_v1.sql").read_text("utf-8"))
    made.close()
    with Ledger(SQLITE, tmp_path) as opened:
        assert [one.kind for one in opened.records()] == ["verdict", "verdict", "reply", "decision"]
        assert opened.altered() is None
        opened.record_month(APRIL, "a" * 64, ON, BODIES)
        assert opened.altered() is None
    with Ledger(SQLITE, tmp_path) as again:
        assert len(again.records()) == 4 + len(BODIES)


def test_a_ledger_of_a_later_version_is_refused(tmp_path):
    with Ledger(SQLITE, tmp_path) as made:
        write_by_hand(made, "UPDATE schema_version SET version = 99")
    with pytest.raises(StorageError) as refused, Ledger(SQLITE, tmp_path):
        pass
    assert refused.value.refusals[0].code == "ledger_newer"


def _keep_recording(url, root, told):
    """Say that it has begun, then record month after month and say so after each; run until killed."""
    with Ledger(url, root, wait_s=60) as ledger:
        told.send(None)
        number = 0
        while True:
            number += 1
            month = Month(2000 + number // 12, number % 12 + 1)
            done = ledger.record_month(month, f"{os.getpid():064d}", ON, BODIES)
            told.send((str(month), done.revision))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork are of POSIX")
def test_150_kills_while_recording_lose_nothing_acknowledged(url, tmp_path):
    rng, context, acknowledged = random.Random(5), multiprocessing.get_context("fork"), set()
    with Ledger(url, tmp_path):
        pass
    for _ in range(150):
        here, there = context.Pipe(duplex=False)
        child = context.Process(target=_keep_recording, args=(url, tmp_path, there))
        child.start()
        there.close()
        assert here.recv() is None
        pid = f"{child.pid:064d}"
        # Killed somewhere within its first, second or third recording, however fast the machine is.
        acknowledged |= {(pid, *here.recv()) for _ in range(rng.randrange(3))}
        time.sleep(rng.uniform(0.0, 0.06))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        with contextlib.suppress(EOFError):
            while here.poll():
                acknowledged.add((pid, *here.recv()))
    with Ledger(url, tmp_path) as ledger:
        records = ledger.records()
        assert ledger.altered() is None
    written = {(one.inputs, str(one.month), one.revision) for one in records}
    assert len(acknowledged) > 100
    assert acknowledged <= written
    halves = {key: sum((one.inputs, str(one.month), one.revision) == key for one in records) for key in written}
    assert set(halves.values()) == {len(BODIES)}


def _record_once(url, root, number, results):
    with Ledger(url, root, wait_s=60) as ledger:
        ledger.record_month(Month(2024, number + 1), "a" * 64, ON, BODIES)
        results.put(number)


@pytest.mark.skipif(os.name == "nt", reason="fork is of POSIX")
def test_eight_processes_at_once_write_one_after_the_other(url, tmp_path):
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    children = [context.Process(target=_record_once, args=(url, tmp_path, k, results)) for k in range(8)]
    for child in children:
        child.start()
    assert sorted(results.get(timeout=60) for _ in children) == list(range(8))
    for child in children:
        child.join()
    with Ledger(url, tmp_path) as ledger:
        assert len(ledger.records()) == 8 * len(BODIES)
        assert ledger.altered() is None


def test_who_holds_the_pen_is_named(tmp_path):
    with Ledger(SQLITE, tmp_path, wait_s=0.2) as ledger, ledger._writing():
        with Ledger(SQLITE, tmp_path, wait_s=0.2) as other, pytest.raises(BusyError) as busy:
            other.record_month(MARCH, "a" * 64, ON, BODIES)
        assert f"pid {os.getpid()}" in busy.value.refusals[0].value


def test_every_record_is_flushed_to_the_disk(tmp_path):
    with Ledger(SQLITE, tmp_path) as ledger, ledger._engine.connect() as connection:
        assert connection.execute(sql.text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(sql.text("PRAGMA journal_mode")).scalar() == "delete"
    assert sqlite3.connect(tmp_path / "ledger.sqlite").execute("SELECT count(*) FROM records").fetchone() == (0,)


def _killed(write, *args):
    """Run in a child that kills itself, as a power cut would, once it has written and said so."""
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)

    def child():
        with contextlib.ExitStack() as stack:
            write(stack, *args)
            there.send("acknowledged")
            os.kill(os.getpid(), signal.SIGKILL)

    running = multiprocessing.get_context("fork").Process(target=child)
    running.start()
    assert here.recv() == "acknowledged"
    running.join()


def _record_march(stack, root):
    stack.enter_context(Ledger(SQLITE, root)).record_month(MARCH, "a" * 64, ON, BODIES)


def _write_with_a_log(stack, path):
    opened = stack.enter_context(contextlib.closing(sqlite3.connect(path)))
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("CREATE TABLE records (number)")
    opened.execute("INSERT INTO records VALUES (1)")
    opened.commit()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork are of POSIX")
def test_after_a_crash_the_ledger_copied_alone_holds_all_that_was_acknowledged(tmp_path):
    """Why no write-ahead log is kept: the same crash leaves such a file empty when it is copied without its log."""
    (tmp_path / "stick").mkdir()
    _killed(_record_march, tmp_path)
    shutil.copyfile(tmp_path / "ledger.sqlite", tmp_path / "stick" / "ledger.sqlite")
    with Ledger(SQLITE, tmp_path / "stick") as copied:
        assert [one.village_code for one in copied.records()] == [WEST, EAST]
        assert copied.altered() is None
    _killed(_write_with_a_log, tmp_path / "logged.sqlite")
    shutil.copyfile(tmp_path / "logged.sqlite", tmp_path / "stick" / "logged.sqlite")
    with contextlib.closing(sqlite3.connect(tmp_path / "stick" / "logged.sqlite")) as opened:
        assert opened.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_ledger_that_another_program_gave_a_log_is_one_file_again(tmp_path):
    with Ledger(SQLITE, tmp_path) as made:
        made.record_month(MARCH, "a" * 64, ON, BODIES)
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as opened:
        assert opened.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    with Ledger(SQLITE, tmp_path) as ledger:
        assert ledger.journal() == "delete"
        assert len(ledger.records()) == len(BODIES)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("ledger.sqlite-")] == []


def _read_as_somebody_else(folder, told):
    """Root may write anywhere, so that the child is somebody else."""
    if os.geteuid() == 0:
        os.setuid(65534)
    with Ledger(SQLITE, folder, wait_s=0.2) as ledger:
        told.send((len(ledger.records()), ledger.altered(), locks_hold(folder)))
        try:
            ledger.record_month(APRIL, "a" * 64, ON, BODIES)
        except StorageError as error:
            told.send(error.refusals[0].code)


@pytest.mark.skipif(os.name == "nt", reason="users and fork are of POSIX")
def test_a_ledger_in_a_read_only_folder_is_read_and_refuses_to_record():
    folder = Path(tempfile.mkdtemp())
    try:
        with Ledger(SQLITE, folder) as made:
            made.record_month(MARCH, "a" * 64, ON, BODIES)
        for one in (*folder.iterdir(), folder):
            one.chmod(0o555 if one.is_dir() else 0o444)
        here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
        running = multiprocessing.get_context("fork").Process(target=_read_as_somebody_else, args=(folder, there))
        running.start()
        there.close()
        assert here.recv() == (len(BODIES), None, None)
        assert here.recv() == "write_failed"
        running.join()
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
