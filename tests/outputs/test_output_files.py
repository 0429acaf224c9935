"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lvgeo.errors import StorageError
from lvgeo.outputs import files
from lvgeo.outputs.files import write_bytes, write_text, writing
from lvgeo.outputs.report import write_run
from lvgeo.units import Month


def test_what_stood_there_survives_a_failure(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("old")
    with pytest.raises(RuntimeError), writing(file) as aside:
        aside.write_text("half")
        raise RuntimeError
    assert file.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_the_temporary_file_lies_beside_and_keeps_its_suffix(tmp_path):
    with writing(tmp_path / "a.gpkg") as aside:
        assert (aside.parent, aside.suffix) == (tmp_path, ".gpkg")
        assert not (tmp_path / "a.gpkg").exists()
        aside.write_bytes(b"x")
    assert (tmp_path / "a.gpkg").read_bytes() == b"x"


def test_what_a_killed_run_left_is_written_over(tmp_path):
    with writing(tmp_path / "a.gpkg") as aside:
        aside.write_bytes(b"x")
        left = aside
    left.write_bytes(b"half of something")
    with writing(tmp_path / "a.gpkg") as aside:
        assert not aside.exists()
        aside.write_bytes(b"y")
    assert (tmp_path / "a.gpkg").read_bytes() == b"y"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StorageError) as refused:
        write_bytes(tmp_path / "a.csv", b"x")
    refusal = refused.value.refusals[0]
    assert (refusal.code, refusal.file, refusal.value) == (
        "write_failed",
        str(tmp_path / "a.csv"),
        "No space left on device",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("refusals", "written"), [(10, True), (11, False)])
def test_a_held_file_is_tried_again_ten_times(tmp_path, monkeypatch, refusals, written):
    calls = []
    replace = Path.replace

    def held(self, target):
        calls.append(target)
        if len(calls) <= refusals:
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(files, "_PAUSE_S", 0.0)
    monkeypatch.setattr(Path, "replace", held)
    if written:
        write_bytes(tmp_path / "a.csv", b"x")
    else:
        with pytest.raises(StorageError):
            write_bytes(tmp_path / "a.csv", b"x")
    assert (tmp_path / "a.csv").exists() is written
    assert len(calls) == 11


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        write_text(tmp_path / "out" / "a.csv", "x")


def test_half_a_character_does_not_stop_the_run(tmp_path):
    write_text(tmp_path / "a.txt", "村\ud800")
    assert (tmp_path / "a.txt").read_bytes() == "村?".encode()


def test_run_account_has_one_way_to_be_written(tmp_path):
    run = {"b": np.float64(0.1), "a": [np.int64(3), float("nan")], "on": date(2024, 3, 1), "m": Month(2024, 3)}
    write_run(tmp_path / "run.json", run | {"file": Path("a") / "b", "set": {"y", "x"}, "none": None})
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert json.loads(text) == {
        "a": [3, None],
        "b": 0.1,
        "file": "a/b",
        "m": "2024-03",
        "none": None,
        "on": "2024-03-01",
        "set": ["x", "y"],
    }
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert text.endswith("}\n")


def test_run_account_refuses_what_it_does_not_know(tmp_path):
    with pytest.raises(TypeError):
        write_run(tmp_path / "run.json", {"a": object()})
    assert list(tmp_path.iterdir()) == []
