"""The benchmark of the map says when a limit is missed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "outputs.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmark_outputs", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_limit_that_is_missed_is_counted_and_named(benchmark, capsys):
    held = {"megabytes": 30.0, "paint_ms": 2000.0, "frame_ms": 33.0}
    assert benchmark.missed({"street": held, "no browser": {}}) == 0
    assert "MISSED" not in capsys.readouterr().out
    for key, most in held.items():
        assert benchmark.missed({"street": held | {key: most + 1}}) == 1
        assert f"MISSED {key}" in capsys.readouterr().out
