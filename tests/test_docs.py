"""docs/: the reference is what the code says, links lead somewhere, and a GBK console can print what lvgeo says."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lvgeo.labels import console, reasons, refusals

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def made():
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


def test_the_reference_is_what_the_code_says():
    """Else run docs/make_reference.py."""
    kept = {path.name: path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md")}
    assert kept == made()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8"))
    assert [one for one in targets if "://" not in one and not (path.parent / one).exists()] == []


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["init", "{folder}"], 0), (["check", "no-such-村"], 3)])
def test_a_gbk_console_prints_what_is_said(words, code, tmp_path):
    wanted = [word.format(folder=tmp_path / "绿美\u00e9") for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "lvgeo", *wanted],
        capture_output=True, check=False, cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0", "PYTHONPATH": str(DOCS.parent)},
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode("gbk")
    assert done.returncode == code
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said)
    assert "Traceback" not in said


@pytest.mark.parametrize("family", [console, reasons, refusals], ids=lambda family: family.__name__.rpartition(".")[2])
def test_chinese_words_of_the_console_are_all_in_gbk(family):
    lost = {}
    for code, (zh, _) in family.WORDS.items():
        missing = {letter for letter in zh if not letter.encode("gbk", "ignore")}
        if missing:
            lost[code] = missing
    assert lost == {}
