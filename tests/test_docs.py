"""docs/: the reference is what the code says, links lead somewhere, every command shown runs, a GBK console prints."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from lvgeo.cli import app
from lvgeo.labels import console, reasons, refusals

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
EXPLAINED = [DOCS / f"{name}.md" for name in ("method", "canopy", "calibration", "scale")]
GUIDES = [DOCS / "tutorial.md", *sorted(p for p in (DOCS / "how-to").glob("*.md") if not p.stem.endswith(".zh-CN"))]
EACH_GUIDE = pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ROW = re.compile(r"^\|", re.MULTILINE)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# After a folder of programs, a prompt or nothing, up to where a shell takes over.
SHOWN = re.compile(r"(?:^|[/\\])lvgeo ([a-z][^\n]*?)(?= >>|$)", re.MULTILINE)


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


def chinese_of(path):
    return path.with_name(f"{path.stem}.zh-CN.md")


def sections(text):
    """Texts between headings of the second level."""
    return re.split(r"^## ", text, flags=re.MULTILINE)


def shown_in(path):
    """Words of every command that a page shows, in order."""
    blocks = [body.replace("\\", "/") for _, body in FENCE.findall(path.read_text("utf-8"))]
    return [shlex.split(found.replace("$(date -d 'last month' +/%Y-/%m)", "2024-09"))
            for body in blocks for found in SHOWN.findall(body)]  # fmt: skip


def test_every_guide_has_its_chinese_twin():
    assert {path.name for path in (DOCS / "how-to").glob("*.md")} == {
        name for path in GUIDES[1:] for name in (path.name, chinese_of(path).name)
    }
    assert len(GUIDES) == 7


def test_every_page_that_explains_has_its_chinese_twin():
    found = {path.name for path in DOCS.glob("*.md")}
    assert found == {name for path in (GUIDES[0], *EXPLAINED) for name in (path.name, chinese_of(path).name)}


@pytest.mark.parametrize("path", [*GUIDES, *EXPLAINED], ids=lambda path: path.stem)
def test_a_page_says_the_same_in_both_languages(path):
    english, chinese = path.read_text("utf-8"), chinese_of(path).read_text("utf-8")
    assert FENCE.findall(english) == FENCE.findall(chinese)
    for one, other in zip(sections(english), sections(chinese), strict=True):
        assert sorted(NUMBER.findall(one)) == sorted(NUMBER.findall(other))
        assert len(ROW.findall(one)) == len(ROW.findall(other))
    levels = [re.findall(r"^(#+) ", FENCE.sub("", text), re.MULTILINE) for text in (english, chinese)]
    assert levels[0] == levels[1]
    pictures = [re.findall(r"!\[[^]]*\]\((.*?)\)", text) for text in (english, chinese)]
    assert pictures[0] == pictures[1]


@EACH_GUIDE
def test_every_command_of_a_guide_is_understood(path):
    """Arguments and options as the command line takes them; what is missing or unknown raises."""
    shown = shown_in(path)
    assert shown or path.stem == "windows"
    for words in shown:
        command, rest = get_command(app), list(words)
        while hasattr(command, "commands"):
            command = command.commands[rest.pop(0)]
        command.make_context("lvgeo", rest)


@pytest.fixture(scope="module")
def office(demo, tmp_path_factory):
    """A folder with a street of its own, and how each command that was run there ended."""
    place = tmp_path_factory.mktemp("office")
    shutil.copytree(demo.folder, place / "demo-street")
    (place / "photo.jpg").write_bytes(b"a photo")
    return place, {}


@pytest.mark.slow
@EACH_GUIDE
def test_every_command_of_a_guide_runs(path, office, monkeypatch):
    """In order, each once; 4 says that rows were left out, as the demo's faulty ones are, or that a folder is empty."""
    place, ended = office
    monkeypatch.chdir(place)
    for words in shown_in(path):
        command = " ".join(words)
        elsewhere = words[0] == "demo" or re.search(r" [A-Z]:| /", command)  # made already, or of another machine
        if not elsewhere and command not in ended:
            # Whatever is no refusal is raised, with its traceback: nobody can mend an exit code.
            ended[command] = CliRunner().invoke(app, words, catch_exceptions=False).exit_code
    assert ended == {command: 4 if leaves_out(command) else 0 for command in ended}


def leaves_out(command):
    """Whether it reads the demo's registers, which hold rows at fault, or a folder that is still empty."""
    reads = re.match(r"(check|month|due) demo-street", command) and "--explain" not in command
    return bool(reads) or command == "doctor greening-2024"


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
