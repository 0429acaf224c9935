"""Errors, each of which says what, where, why and what to do.

The tree::

    LvgeoError                 exit code 1
      UsageError               2   the words of the command are off
      InputRefusedError        3   files or features that cannot be used, all of them listed
      BusyError                5   another run holds the lock
      StorageError             5   the disk is full, or a file is held open by another program

A refusal is a value: a code with the file, feature and figure it is about. Its words, in Chinese and English, are in
`lvgeo.labels`, so that the same refusal can be listed in a table, printed on a console or shown on a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lvgeo.labels import remedy, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lvgeo.labels import Language

__all__ = ["BusyError", "InputRefusedError", "LvgeoError", "Refusal", "StorageError", "UsageError"]


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """One thing that was refused or left out.

    Parameters
    ----------
    code
        Key into `lvgeo.labels.refusals`.
    file
        The file it is about, as the user wrote it; empty where none is.
    feature
        The feature, row or village in it; empty where the whole file is meant.
    value, limit
        What was found, and what was expected, as text.
    """

    code: str
    file: str = ""
    feature: str = ""
    value: str = ""
    limit: str = ""

    def where(self) -> str:
        """File and feature, as one short text."""
        return " · ".join(part for part in (self.file, self.feature) if part)

    def reason(self, language: Language = "en") -> str:
        """Why it was refused, in the language asked for."""
        return say(self.code, language, file=self.file, feature=self.feature, value=self.value, limit=self.limit)

    def remedy(self, language: Language = "en") -> str:
        """Return what to do about it, in the language asked for."""
        return remedy(self.code, language, value=self.value, limit=self.limit)

    def sentence(self, language: Language = "en") -> str:
        """Where, why and what to do, as one line.

        Examples
        --------
        >>> Refusal("crs_missing", file="plots.shp").sentence("en").startswith("plots.shp: ")
        True
        >>> "cut off. " in Refusal("file_broken", file="a.tif", value="cut off.").sentence("en")
        True
        """
        where = self.where()
        stop = "。" if language == "zh" else ". "
        what = self.remedy(language)
        why = self.reason(language).rstrip(" .。")  # a library's own words may end with a stop
        return f"{where + ': ' if where else ''}{why}{stop}{what[:1].upper()}{what[1:]}"


class LvgeoError(Exception):
    """Root of every error that lvgeo raises on purpose.

    Parameters
    ----------
    refusals
        What it is about, one or many.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, refusals: Refusal | Iterable[Refusal]) -> None:
        self.refusals: tuple[Refusal, ...] = (refusals,) if isinstance(refusals, Refusal) else tuple(refusals)
        super().__init__("\n".join(one.sentence("en") for one in self.refusals))

    def lines(self, language: Language) -> list[str]:
        """One line a refusal, in the language asked for."""
        return [one.sentence(language) for one in self.refusals]


class UsageError(LvgeoError):
    """The words of a command or call are off."""

    exit_code = 2


class InputRefusedError(LvgeoError):
    """Input that cannot be used; every refusal is listed."""

    exit_code = 3


class BusyError(LvgeoError):
    """Another run holds the campaign's lock."""

    exit_code = 5


class StorageError(LvgeoError):
    """An output could not be written."""

    exit_code = 5
