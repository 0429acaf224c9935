"""The READMEs: two languages that say the same, commands that exist, files that are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from lvgeo.cli import app

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
BOTH = pytest.mark.parametrize("name", [ENGLISH, CHINESE])
FIRST_SCREEN_LINES = 22
MAX_PICTURE_BYTES = 250_000

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What CI does: the one line within the block that follows the marker.
MARKED = re.compile(r"^<!-- command: (\w+) -->\n```sh\n([^\n]+)\n```$", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")


def text_of(name):
    return (ROOT / name).read_text("utf-8")


def blocks(name, language):
    return [body for found, body in FENCE.findall(text_of(name)) if found == language]


def prose(name):
    return FENCE.sub("", text_of(name))


def headings(name):
    return [len(marks) for marks in re.findall(r"^(#+) ", prose(name), re.MULTILINE)]


def section(name, number):
    """The text under the so-manyth heading of the second level."""
    return re.split(r"^## .*$", prose(name), flags=re.MULTILINE)[number]


def first_cells(text):
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def commands():
    """Every command's words after `lvgeo`, and its options, as the command line knows them."""
    found = {}

    def gather(command, words):
        if hasattr(command, "commands"):
            for name, inner in command.commands.items():
                gather(inner, (*words, name))
        else:
            found[words] = {option for parameter in command.params for option in parameter.opts} | {"--help"}

    gather(typer.main.get_command(app), ())
    return found


def named(words, known):
    """The longest command that these words begin with, or nothing."""
    return max((k for k in known if tuple(words[: len(k)]) == k), key=len, default=())


def spoken(name):
    """The words after each `lvgeo ` in code, whether inline or in a block of commands."""
    pieces = INLINE.findall(prose(name)) + blocks(name, "sh")
    return [tail.split() for piece in pieces for tail in re.findall(r"(?:^|[/ ])lvgeo ([^\n&]+)", piece)]


def test_same_headings_in_both_languages():
    assert headings(ENGLISH)[0] == 1
    assert headings(ENGLISH) == headings(CHINESE)


def test_same_commands_in_both_languages():
    assert MARKED.findall(text_of(ENGLISH)) == MARKED.findall(text_of(CHINESE))
    assert blocks(ENGLISH, "sh") == blocks(CHINESE, "sh")
    assert first_cells(section(ENGLISH, 3)) == first_cells(section(CHINESE, 3))


@BOTH
def test_two_marked_commands_on_the_first_screen(name):
    top = "\n".join(text_of(name).splitlines()[:FIRST_SCREEN_LINES])
    found = dict(MARKED.findall(top))
    assert list(found) == ["demo", "test"]
    assert found["demo"].endswith("lvgeo demo demo-street")
    assert found["test"].endswith("python -m pytest -n auto --dist loadfile")
    assert all(line.startswith("python3 -m venv ") for line in found.values())


@BOTH
def test_every_command_that_is_spoken_of_exists(name):
    known = commands()
    said = spoken(name)
    assert len(said) >= len(known)
    for words in said:
        command = named(words, known)
        assert command, " ".join(words)
        options = {word for word in words if re.fullmatch(r"-o|--[a-z-]+", word)}
        assert options <= known[command], " ".join(words)


@BOTH
def test_every_command_stands_in_the_table(name):
    rows = {tuple(cell.split()[1:]) for cell in first_cells(section(name, 3))}
    assert rows == set(commands())


@BOTH
def test_every_command_with_json_is_said_to_have_it(name):
    (sentence,) = re.findall(r"[^.。]*`--json`", prose(name))
    wanted = {" ".join(words) for words, options in commands().items() if "--json" in options}
    assert wanted == set(INLINE.findall(sentence)) - {"--json"}


def test_same_outputs_in_both_languages():
    assert first_cells(section(ENGLISH, 1)) == first_cells(section(CHINESE, 1))


def test_outputs_are_those_that_are_written():
    listed = set(first_cells(section(ENGLISH, 1)))
    source = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "lvgeo").rglob("*.py")))
    tables = {"area_compliance.csv", "plot_issues.csv", "canopy_change.csv", "plot_change.csv", "compliance.csv",
              "ranking.csv", "seedling_transfers.csv"}  # fmt: skip
    documents = {"bulletin.html", "bulletin.docx", "results.xlsx"}
    assert listed == tables | documents | {"results.gpkg", "map.html", "run.json"}
    assert [file for file in sorted(listed - tables) if f'"{file}"' not in source] == []


@BOTH
def test_links_lead_somewhere(name):
    targets = re.findall(r"\]\(([^)#]+)\)", prose(name))
    local = [target for target in targets if "://" not in target]
    assert "docs/images/map.png" in local
    assert [target for target in local if not (ROOT / target).is_file()] == []


@BOTH
def test_python_block_is_valid_and_uses_public_names(name):
    import lvgeo

    (block,) = blocks(name, "python")
    compile(block, name, "exec")
    assert set(re.findall(r"\blvgeo\.(\w+)", block)) <= set(lvgeo.__all__)


def test_picture_is_small_and_of_a_laptop_screen():
    data = (ROOT / "docs" / "images" / "map.png").read_bytes()
    assert len(data) <= MAX_PICTURE_BYTES
    # PNG: signature, length and name of the header, then width and height, big-endian.
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1366, 768)
