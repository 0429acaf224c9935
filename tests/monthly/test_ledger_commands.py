"""`lvgeo ledger list | reply | review | export | verify`, on a folder with one notice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from typer.testing import CliRunner

from lvgeo.cli import app
from lvgeo.monthly.doctor import examine
from lvgeo.progress.ledger import Ledger
from lvgeo.simulate.boundaries import boundaries_path
from lvgeo.units import Month

WEST, EAST = "441302001201", "441302001202"
WORK = {"word": "lagging", "basis": "work", "evidence_on": "2024-03-25", "reason": "reason_work_not_seen", "values": {}}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "campaign.toml").write_text('[campaign]\nlanguage = "en"\n', encoding="utf-8")
    with Ledger("sqlite:///ledger.sqlite", tmp_path) as ledger:
        ledger.record_month(
            Month(2024, 3), "a" * 64, date(2024, 4, 1), {WEST: WORK, EAST: {"word": "on_track", "basis": "canopy"}}
        )
    return tmp_path


def run(folder, command, *words):
    return CliRunner().invoke(app, ["ledger", command, str(folder), *words])


def state(folder, on):
    answer = run(folder, "list", "--on", on, "--json")
    assert answer.exit_code == 0, answer.output
    ((only,),) = [json.loads(answer.stdout)]
    assert (only["village_code"], only["month"], only["basis"]) == (WEST, "2024-03", "work")
    return only["state"]


def test_a_notice_is_answered_decided_and_told_as_it_stood_on_each_day(folder, tmp_path):
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(b"a photo")
    assert run(folder, "reply", WEST, "2024-03", "--text", "3月20日已补种", "--file", str(photo), "--on",
               "2024-04-03").exit_code == 0  # fmt: skip
    kept = folder / "replies" / hashlib.sha256(b"a photo").hexdigest()
    assert kept.read_bytes() == b"a photo"
    upheld = ("review", WEST, "2024-03", "--decision", "upheld", "--reviewer", "李某", "--reason", "复核")
    # A notice on work takes effect only on evidence that the image does not share.
    assert run(folder, *upheld, "--on", "2024-04-05").exit_code == 0
    assert state(folder, "2024-04-05") == "replied"
    assert run(folder, *upheld, "--evidence", "4月6日现场照片", "--on", "2024-04-06").exit_code == 0
    days = {on: state(folder, on) for on in ("2024-04-01", "2024-04-04", "2024-04-30")}
    assert days == {"2024-04-01": "open", "2024-04-04": "replied", "2024-04-30": "effective"}


def test_a_window_that_ends_without_a_reply_is_no_guilt(folder):
    assert state(folder, "2024-04-30") == "unanswered"


def test_what_was_never_said_cannot_be_answered(folder):
    answer = run(folder, "reply", EAST, "2024-03", "--text", "…")
    assert answer.exit_code == 3
    assert EAST in answer.output


def test_the_export_holds_every_record_and_its_head_is_the_last_ones_digest(folder, tmp_path):
    target = tmp_path / "ledger.jsonl"
    answer = run(folder, "export", "-o", str(target))
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [one["village_code"] for one in lines] == [WEST, EAST]
    assert lines[-1]["digest"] in answer.output.replace("\n", "")
    assert lines[1]["previous"] == lines[0]["digest"]


def test_verify_names_the_first_record_that_was_altered(folder):
    assert run(folder, "verify").exit_code == 0
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as opened:
        opened.execute("UPDATE records SET body = '{}' WHERE number = 2")
        opened.commit()
    answer = run(folder, "verify")
    assert answer.exit_code == 3
    assert "2" in answer.output


def test_the_doctor_says_how_the_ledger_is_kept_and_that_its_chain_is_broken(folder):
    (folder / "boundaries").mkdir()
    (folder / "boundaries" / "villages.geojson").write_bytes(boundaries_path().read_bytes())
    told = {one.code: one for one in examine(folder, on=date(2024, 4, 30))}
    assert told["doctor_locks"].values == {"journal": "delete"}
    assert "console_ledger_ok" in told
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as opened:
        opened.execute("DELETE FROM records WHERE number = 1")
        opened.commit()
    again = {one.code: one for one in examine(folder, on=date(2024, 4, 30))}
    assert (again["console_ledger_broken"].level, again["console_ledger_broken"].values) == ("wrong", {"number": 2})
