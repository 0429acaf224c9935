"""The notebooks: stored without outputs, public names only, and they run without a network."""

from __future__ import annotations

import ast
import os
import shutil
from pathlib import Path

import nbformat
import pytest

import lvgeo

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CELL_TIMEOUT_S = 600  # the longest cell makes the whole demo: 100 s alone on two cores, several times that on busy ones

# What a notebook's outputs must say, by its number.
SAID = {"01": "map.html", "02": "gcj02", "03": "stress_low_pp", "04": "street's own"}

# Put before the notebook's own cells, so that whoever looks up a host name fails by name.
OFFLINE = """
import socket

def refuse(*args, **kwargs):
    raise OSError("a notebook asked for the network")

socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
"""


def load(path):
    return nbformat.read(path, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def imported_modules(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def names_of_lvgeo(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "lvgeo":
            yield node.attr


def test_there_is_a_notebook():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_without_outputs(path):
    notebook = load(path)
    nbformat.validate(notebook)
    dirty = [cell.id for cell in code_of(notebook) if cell.outputs or cell.execution_count is not None]
    assert dirty == []
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_uses_public_names_only(path):
    source = "\n".join(cell.source for cell in code_of(load(path)))
    deep = [name for name in imported_modules(source) if name.startswith("lvgeo.")]
    used = set(names_of_lvgeo(source))
    assert deep == []
    assert used
    assert used <= set(lvgeo.__all__)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_offline(path, tmp_path, monkeypatch, request):
    from nbclient import NotebookClient

    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where the notebook makes its demo, if it makes one
    given = os.environ.get("LVGEO_DEMO")
    if not given:  # one street made already: that `lvgeo.demo` makes it is for tests/monthly/test_demo.py to show
        given = request.getfixturevalue("demo").folder
    if given:
        # On a copy: running a month again with words of another language rewrites its outputs.
        monkeypatch.setenv("LVGEO_DEMO", str(shutil.copytree(given, tmp_path / "street")))
    notebook = load(path)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(OFFLINE))
    client = NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources={"metadata": {"path": str(tmp_path)}})

    client.execute()

    outputs = [output for cell in code_of(notebook) for output in cell.outputs]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    noise = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    assert len(pictures) >= 2  # before, after and canopy; the intervals
    assert noise == []  # a font without a sign, a deprecation: each is a fault of the notebook
    opened = SAID[path.stem[:2]]
    said = " ".join(str(output.get("data", {}).get("text/plain", "")) for output in outputs)
    assert opened in said
