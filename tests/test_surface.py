"""What lvgeo offers: in Python, on the command line, and in the README, and nothing heavier than need be."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import lvgeo
from lvgeo.cli import app

README = Path(__file__).parent.parent / "README.md"
HEAVY = ("folium", "geopandas", "numba", "sqlalchemy", "skimage", "matplotlib", "pandas", "rasterio", "scipy")
PUBLIC = [name for name in lvgeo.__all__ if not name.startswith("__")]


def leaves(command, path=()):
    if not hasattr(command, "commands"):
        return {path: command}
    return {k: v for name, inner in command.commands.items() for k, v in leaves(inner, (*path, name)).items()}


COMMANDS = leaves(get_command(app))
ids = [" ".join(path) for path in COMMANDS]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there_and_says_what_it_is(name):
    thing = getattr(lvgeo, name)
    assert thing.__name__ == name
    assert thing.__doc__


def test_a_call_stays_a_call_after_its_module_was_imported():
    """`lvgeo.demo` was the call at the first look, and the module lvgeo.demo at the second."""
    module = importlib.import_module("lvgeo.demonstration")
    assert isinstance(lvgeo.demo, FunctionType)
    assert lvgeo.demo is module.demo


@pytest.mark.parametrize("name", ["calibrate", "check", "compare", "demo", "month"])
def test_every_call_is_typed_and_tells_its_parameters(name):
    call = getattr(lvgeo, name)
    wanted = list(inspect.signature(call).parameters)
    assert set(call.__annotations__) == {*wanted, "return"}
    for one in wanted:
        assert one in call.__doc__


def test_dir_is_all():
    assert dir(lvgeo) == sorted(lvgeo.__all__)
    assert len(set(lvgeo.__all__)) == len(lvgeo.__all__)


def test_other_names_are_missing_in_the_usual_way():
    with pytest.raises(AttributeError, match="no attribute 'measure_everything'"):
        _ = lvgeo.measure_everything


def imported_by(statement):
    program = f"{statement}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("statement", ["import lvgeo", "import lvgeo.cli"])
def test_importing_is_light(statement):
    assert imported_by(statement).isdisjoint(HEAVY)


def test_the_guard_against_heavy_imports_can_fail():
    assert "pandas" in imported_by("import pandas")


def test_help_is_shown_by_the_module_and_names_every_command():
    done = subprocess.run(
        [sys.executable, "-m", "lvgeo", "--help"], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    for path in COMMANDS:
        assert path[0] in done.stdout


@pytest.mark.parametrize("path", COMMANDS, ids=ids)
def test_every_command_has_help_with_an_example_of_itself(path):
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    assert f"Example: lvgeo {' '.join(path)} " in " ".join(shown.output.split())


@pytest.mark.parametrize("path", COMMANDS, ids=ids)
def test_every_option_says_what_it_is(path):
    silent = [one.name for one in COMMANDS[path].params if not getattr(one, "help", None)]
    assert silent == []


@pytest.mark.parametrize("path", COMMANDS, ids=ids)
def test_every_command_stands_in_the_readme(path):
    assert f"lvgeo {' '.join(path)}" in README.read_text("utf-8")


def test_the_version_is_said():
    shown = CliRunner().invoke(app, ["--version"])
    assert (shown.exit_code, shown.output.strip()) == (0, lvgeo.__version__)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check", "no-such-folder", "--lang", "en"], 3),
        (["month", "no-such-folder", "2024-03", "--lang", "en"], 3),
        (["check", ".", "--lang", "fr"], 2),
        (["check", ".", "--on", "1. März"], 2),
        (["ledger", "review", ".", "1", "2024-03", "--decision", "no", "--reviewer", "a", "--reason", "b"], 2),
        (["measure"], 2),
    ],
    ids=lambda words: " ".join(words[:2]) if isinstance(words, list) else str(words),
)
def test_what_is_wrong_ends_with_its_exit_code_and_no_traceback(words, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == code
    assert "Traceback" not in done.output
    assert done.output.strip()
    assert list(tmp_path.iterdir()) == []  # and nothing was written
