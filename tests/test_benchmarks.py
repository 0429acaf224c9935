"""Every benchmark finds what it takes from the others: long ones are run by hand, and must not break unseen."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.parametrize("name", sorted(path.stem for path in BENCHMARKS.glob("*.py")))
def test_a_benchmark_finds_its_parts(name, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module(name)
    assert Path(module.__file__).parent == BENCHMARKS
    assert callable(getattr(module, "main", None)) or name.startswith("canopy_") or name == "promises"


def test_other_libraries_stand_in_the_same_table_measured_alike(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    classify, peers = importlib.import_module("classify"), importlib.import_module("peers")
    asked = []

    def measured(_path, task, threads, script=("here",)):
        asked.append((task, threads, script))
        slow = 1.0 + asked.count(("decode", 2, ("here",))) % 2  # half of the time the machine is twice as slow
        return {"s": slow * (2.0 if task == "decode" else 8.0), "cpu": slow * 4.0, "mb": 100.0}

    monkeypatch.setattr(classify, "measured", measured)
    monkeypatch.setattr(classify, "tiles", lambda _sources: ([], 0.6))
    monkeypatch.setattr(classify, "make", lambda path, *_, **__: path.touch())
    classify.table(64, {"aerial": []}, (2, 3), ("python", "peers.py"), smoke=True)
    said = capsys.readouterr().out.splitlines()
    assert [task for task, _, script in asked if script[0] == "python"] == [task for task in peers.TASKS for _ in "123"]
    for name in ("lvgeo index", "lvgeo trees", *peers.TASKS):
        (line,) = (line for line in said if f"both dates, {name}" in line)
        assert line.split()[-3:] == ["2.00", "0.50", "100"]  # two dates are decoded
    (one,) = (line for line in said if "classify index" in line)
    assert one.split()[-3] == "4.00"
