"""Every word that a person reads, in Chinese and English, by code.

The words stand below everything else, so that an error can say itself wherever it is raised. One module a family:
refusals (files and features), remarks (on how a file was understood), issues (of plots), verdicts and their reasons,
tasks (of the plan), page (the map), console.
"""

from __future__ import annotations

from typing import Final, Literal

from lvgeo.labels import (
    console,
    documents,
    issues,
    meanings,
    page,
    proposals,
    reasons,
    refusals,
    remarks,
    tasks,
    verdicts,
)

__all__ = ["CATALOGUE", "LANGUAGES", "Language", "named", "remedy", "say"]

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

CATALOGUE: Final[dict[str, tuple[str, str]]] = {
    **refusals.WORDS,
    **remarks.WORDS,
    **issues.WORDS,
    **verdicts.WORDS,
    **reasons.WORDS,
    **page.WORDS,
    **console.WORDS,
    **documents.WORDS,
    **meanings.WORDS,
    **tasks.WORDS,
    **proposals.WORDS,
}
"""Code to its words (zh, en), with ``{named}`` places for values."""

_REMEDIES: Final[dict[str, tuple[str, str]]] = {**refusals.REMEDIES, **issues.REMEDIES}


def say(code: str, language: Language, **values: object) -> str:
    """Put a code and its values into words.

    Parameters
    ----------
    code
        Key of the catalogue.
    language
        ``zh`` or ``en``.
    values
        What the words have places for; more than needed does no harm.

    Raises
    ------
    KeyError
        If the catalogue has no such code, or a value is missing: a mistake in the program.

    Examples
    --------
    >>> say("status_meets", "en"), say("status_meets", "zh")
    ('meets', '达标')
    """
    return CATALOGUE[code][LANGUAGES.index(language)].format(**values)


def named(code: str, language: Language) -> str:
    """Name what a code stands for without any value; what is no code stays as it is.

    Examples
    --------
    >>> named("issue_spike", "zh"), named("status_meets", "zh"), named("issue_of_next_year", "zh")
    ('边界有尖刺', '达标', 'issue_of_next_year')
    """
    pair = issues.NAMES.get(code) or CATALOGUE.get(code) or (code, code)
    return pair[LANGUAGES.index(language)]


def remedy(code: str, language: Language, **values: object) -> str:
    """Return what a person can do about a refusal or an issue."""
    return _REMEDIES[code][LANGUAGES.index(language)].format(**values)
