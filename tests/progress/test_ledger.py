"""The ledger: nothing twice, nothing changed, nothing answered that was not said."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date

import pytest

from lvgeo.errors import InputRefusedError, StorageError
from lvgeo.progress.ledger import GENESIS, Ledger
from lvgeo.units import Month

MARCH, APRIL = Month(2024, 3), Month(2024, 4)
ON = date(2024, 4, 1)
WEST, EAST = "441302001201", "441302001202"
BODIES = {
    EAST: {"word": "on_track", "basis": "canopy", "evidence_on": "2024-03-25"},
    WEST: {"word": "lagging", "basis": "register", "evidence_on": "2024-03-25", "reason": "没有地块"},
}


@pytest.fixture
def ledger(tmp_path):
    with Ledger("sqlite:///ledger.sqlite", tmp_path) as opened:
        yield opened


def write_by_hand(tmp_path, statement, *values):
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_the_file_lies_in_the_campaign_folder(ledger, tmp_path):
    assert (tmp_path / "ledger.sqlite").is_file()
    assert ledger.records() == []
    assert ledger.altered() is None


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
    with Ledger("sqlite:///ledger.sqlite", tmp_path) as other:
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
def test_an_altered_record_is_found_by_its_number(ledger, tmp_path, column, value):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(APRIL, "a" * 64, ON, BODIES)
    assert ledger.altered() is None
    write_by_hand(tmp_path, f"UPDATE records SET {column} = ? WHERE number = 3", value)
    assert ledger.altered() == 3


def test_a_forged_digest_breaks_the_record_after_it(ledger, tmp_path):
    """Whoever seals the altered record anew cannot seal the next one without altering it too."""
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(APRIL, "a" * 64, ON, BODIES)
    write_by_hand(tmp_path, "UPDATE records SET revision = 9 WHERE number = 2")
    forged = ledger.records()[1].sealed()
    write_by_hand(tmp_path, "UPDATE records SET digest = ? WHERE number = 2", forged)
    assert ledger.altered() == 3


@pytest.mark.parametrize(("gone", "found"), [(1, 2), (2, 3)])
def test_a_removed_record_leaves_a_gap_that_is_found(ledger, tmp_path, gone, found):
    ledger.record_month(MARCH, "a" * 64, ON, BODIES)
    ledger.record_month(APRIL, "a" * 64, ON, BODIES)
    write_by_hand(tmp_path, "DELETE FROM records WHERE number = ?", gone)
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


def test_a_month_is_written_whole_or_not_at_all(ledger, tmp_path):
    """The disk is full at the second record; the first must not stand alone."""
    write_by_hand(
        tmp_path,
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
