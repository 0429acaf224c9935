"""What options and arguments mean, said once for all commands."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from lvgeo.errors import LvgeoError, Refusal, UsageError

if TYPE_CHECKING:
    from lvgeo.labels import Language

__all__ = ["Engine", "Folder", "Json", "Lang", "OnDay", "day_of", "language_of"]

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A campaign folder. 行动文件夹")]
Lang = Annotated[str, typer.Option("--lang", help="Words of the outputs: zh | en (default: the campaign's).")]
Engine = Annotated[str, typer.Option("--engine", help="Where jobs run: threads | dask://HOST:PORT.")]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
OnDay = Annotated[str, typer.Option("--on", help="As of this day, YYYY-MM-DD.")]


def _language(text: str, folder: Path | None = None) -> Language:
    """Language asked for, else the campaign's, else Chinese."""
    if text in {"zh", "en"}:
        return cast("Language", text)
    if text:
        raise UsageError(Refusal("option_wrong", feature="--lang", value=text, limit="zh | en"))
    if folder is not None and (folder / "campaign.toml").is_file():
        from lvgeo.campaign.read import read_settings

        with contextlib.suppress(LvgeoError):
            return read_settings(folder).campaign.language
    return "zh"


def day_of(text: str) -> date | None:
    """Day of ``--on``, None where it was not given.

    Raises
    ------
    UsageError
        If it is no day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(Refusal("option_wrong", feature="--on", value=text, limit="YYYY-MM-DD")) from error


def language_of(lang: str, folder: Path | None = None) -> Language:
    """Language to speak in; what is none ends the command with words in English."""
    try:
        return _language(lang, folder)
    except UsageError as error:
        typer.echo("\n".join(error.lines("en")), err=True)
        raise typer.Exit(error.exit_code) from error
