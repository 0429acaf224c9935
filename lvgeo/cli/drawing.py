"""The command that draws: map."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from lvgeo.cli.options import Folder, Json, Lang, language_of
from lvgeo.cli.reporting import SHOWN, bar, reported
from lvgeo.labels import say

__all__ = ["map_"]


def map_(
    folder: Folder,
    which: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month.")],
    as_folder: Annotated[bool, typer.Option("--folder", help="A folder with images in full, not one file.")] = False,
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Draw a month's supervision map again, from what is recorded.

    Example: lvgeo map demo-street 2024-09 --folder
    """
    from lvgeo.api import draw_map

    language = language_of(lang, folder)
    with reported(language), bar(language) as told:
        drawn = draw_map(folder, which, as_folder=as_folder, language=language, progress=told)
    if as_json:
        typer.echo(json.dumps(drawn.summary(), ensure_ascii=False, indent=2))
    else:
        typer.echo(say("console_map", language, villages=drawn.villages, plots=drawn.plots))
        typer.echo(f"  {drawn.file}")
        for one in drawn.left_out[:SHOWN]:
            typer.echo(f"  {one.sentence(language)}", err=True)
    if drawn.left_out:
        raise typer.Exit(4)
