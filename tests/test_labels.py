"""Every word in both languages, with the same places for values, and a remedy wherever something is wrong."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import lvgeo
from lvgeo.errors import BusyError, InputRefusedError, LvgeoError, Refusal, StorageError, UsageError
from lvgeo.labels import (
    CATALOGUE,
    LANGUAGES,
    console,
    documents,
    issues,
    meanings,
    named,
    page,
    proposals,
    reasons,
    refusals,
    remarks,
    remedy,
    say,
    tasks,
    verdicts,
)

FAMILIES = (refusals, remarks, issues, reasons, page, console, documents, meanings, tasks, proposals, verdicts)
WRONG = {**refusals.WORDS, **issues.WORDS}
SOURCES = sorted(Path(lvgeo.__file__).parent.rglob("*.py"))


def places(words):
    return {(name, form) for _, name, form, _ in string.Formatter().parse(words) if name is not None}


def names(words):
    return {name for name, _ in places(words)}


@pytest.mark.parametrize("code", CATALOGUE)
def test_both_languages_have_the_same_places(code):
    """A value that one language drops is a value that half of the readers never see."""
    zh, en = CATALOGUE[code]
    assert names(zh) == names(en)


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_code_has_words_in_its_own_language(code):
    zh, en = CATALOGUE[code]
    assert zh.strip()
    assert en.strip()
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in en)


@pytest.mark.parametrize("code", issues.WORDS)
def test_an_issue_has_a_name_without_values(code):
    assert [places(named(code, language)) for language in LANGUAGES] == [set(), set()]
    assert set(issues.NAMES) == {code for code in issues.WORDS if places(issues.WORDS[code][0])}


def test_no_code_stands_in_two_families():
    assert sum(len(family.WORDS) for family in FAMILIES) == len(CATALOGUE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", WRONG)
def test_everything_wrong_has_a_remedy(code, language):
    said = remedy(code, language, value="v", limit="l")
    assert said.strip()
    assert said != say(code, language, file="f", feature="e", value="v", limit="l")


@pytest.mark.parametrize("code", issues.WORDS)
def test_the_remedy_of_an_issue_needs_no_values(code):
    """plot_issues.csv gives it none."""
    assert [names(words) for words in issues.REMEDIES[code]] == [set(), set()]


@pytest.mark.parametrize("code", refusals.REMEDIES)
def test_both_remedies_have_the_same_places(code):
    zh, en = refusals.REMEDIES[code]
    assert names(zh) == names(en) <= {"value", "limit"}


def test_there_is_no_remedy_for_what_is_not_wrong():
    assert {**refusals.REMEDIES, **issues.REMEDIES}.keys() == WRONG.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", refusals.WORDS)
def test_a_refusal_says_where_why_and_what_to_do(code, language):
    """File and feature first; no place for a value stays unfilled, in the remedy neither (it once did)."""
    said = Refusal(code, "plots.shp", "feature 7", "THE-VALUE", "THE-LIMIT").sentence(language)
    assert said.startswith("plots.shp · feature 7: ")
    what = remedy(code, language, value="THE-VALUE", limit="THE-LIMIT")
    assert said.endswith(what[0].upper() + what[1:])
    assert "{" not in said
    for value, shown in (("value", "THE-VALUE"), ("limit", "THE-LIMIT")):
        if value in names(refusals.WORDS[code][0]):
            assert shown in said


def test_a_refusal_of_no_file_begins_with_its_reason():
    assert Refusal("month_wrong", value="2024-13").sentence("en") == "2024-13 is not a month. Write it like 2024-03"
    assert Refusal("month_wrong", value="2024-13").sentence("zh") == "“2024-13”不是月份。请写成 2024-03 的形式"


def test_braces_in_a_users_value_are_only_text():
    """A file may be called {0}.shp."""
    said = Refusal("file_missing", file="{0}.shp", value="{value.__class__}").sentence("en")
    assert "{0}.shp" in said
    assert "{value.__class__}" in said


@pytest.mark.parametrize(
    ("kind", "code"),
    [(LvgeoError, 1), (UsageError, 2), (InputRefusedError, 3), (BusyError, 5), (StorageError, 5)],
)
def test_each_error_has_its_exit_code_and_lists_every_refusal(kind, code):
    error = kind([Refusal("layer_empty", "a.shp"), Refusal("geometry_null", "b.shp", "3")])
    assert error.exit_code == code
    assert isinstance(error, LvgeoError)
    assert str(error).splitlines() == error.lines("en")
    assert [line[:5] for line in error.lines("zh")] == ["a.shp", "b.shp"]


def refusals_raised():
    """Codes that any module gives to Refusal as plain text."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refusal", "CellError"}
            if named and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def test_every_refusal_that_is_raised_has_words():
    found = set(refusals_raised())
    assert len(found) > 10
    assert found <= refusals.WORDS.keys()


@pytest.mark.parametrize("code", refusals.WORDS)
def test_no_refusal_stands_unused(code):
    """Words that nothing says are words that nobody keeps true."""
    homes = [
        path
        for path in SOURCES
        if path.name not in {"refusals.py", "rows.py"} and f'"{code}"' in path.read_text("utf-8")
    ]
    assert homes
