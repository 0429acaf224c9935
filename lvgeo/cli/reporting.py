"""What a command says and shows on the console, and how it ends."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any, Final

import typer

from lvgeo.errors import LvgeoError
from lvgeo.labels import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lvgeo.errors import Refusal
    from lvgeo.labels import Language
    from lvgeo.monthly import Result
    from lvgeo.monthly.silent import Listener

__all__ = ["SHOWN", "bar", "end", "left_out", "reported", "show"]

SHOWN: Final = 12  # villages or refusals listed on the console; the files have them all


@contextlib.contextmanager
def reported(language: Language) -> Iterator[None]:
    """Turn an lvgeo error into lines and an exit code."""
    try:
        yield
    except LvgeoError as error:
        for line in error.lines(language):
            typer.echo(f"{say('console_error', language)}{line}", err=True)
        raise typer.Exit(error.exit_code) from error


@contextlib.contextmanager
def bar(language: Language) -> Iterator[Listener]:
    """Show a progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def told(stage: str, done: int, total: int) -> None:
            if done <= 1 or stage not in tasks:
                tasks[stage] = progress.add_task(say(f"stage_{stage}", language), total=total)
            progress.update(tasks[stage], completed=done)

        yield told


def end(result: Result, language: Language, *, as_json: bool) -> None:
    """Say what was found and where it lies; 4 where something was left out."""
    if as_json:
        typer.echo(json.dumps(result.summary(), ensure_ascii=False, indent=2))
    else:
        show(result, language)
    if result.left_out:
        raise typer.Exit(4)


def left_out(refusals: Sequence[Refusal], language: Language) -> None:
    """Say all that was left out, which no file of the command's holds, and end with 4 where anything was."""
    if not refusals:
        return
    typer.echo(say("console_left_out", language, count=len(refusals)), err=True)
    for one in refusals:
        typer.echo(f"  {one.sentence(language)}", err=True)
    raise typer.Exit(4)


def show(result: Result, language: Language) -> None:
    """Say what was found, who is flagged, where the files lie and what was left out."""
    for name, table, key, words in (
        ("console_area", "area_compliance", "status", "status"),
        ("console_verdicts", "canopy_change", "verdict", "verdict"),
        ("console_change", "canopy_change", "change", "change"),
    ):
        counts = {k: n for k, n in result.counts(table, key).items() if k}
        if counts:
            listed = ", ".join(f"{say(f'{words}_{k}', language)} {n}" for k, n in counts.items())
            typer.echo(say(name, language, counts=listed))
    _show_flagged(result, language)
    typer.echo(say("console_files", language))
    # A folder of many files (a dossier a village) by its name alone.
    for file in dict.fromkeys(one if one.parent == result.folder else one.parent for one in result.files):
        typer.echo(f"  {file}")
    _show_left_out(result, language)


def _show_left_out(result: Result, language: Language) -> None:
    for one in result.remarks[:SHOWN]:
        typer.echo(f"  {one.sentence(language)}", err=True)
    if result.left_out:
        typer.echo(say("console_left_out", language, count=len(result.left_out)), err=True)
    for one in _some_of_each(result.left_out):
        typer.echo(f"  {one.sentence(language)}", err=True)
    if len(result.left_out) > SHOWN:
        typer.echo("  " + say("console_more", language, count=len(result.left_out) - SHOWN), err=True)


def _some_of_each(refusals: Sequence[Refusal]) -> list[Refusal]:
    """As many as are shown, in their order; of each kind one before there are two: many of a kind hide no other."""
    first: dict[str, int] = {}
    for k, one in enumerate(refusals):
        first.setdefault(one.code, k)
    ranked = sorted(range(len(refusals)), key=lambda k: (first[refusals[k].code] != k, k))
    return [refusals[k] for k in sorted(ranked[:SHOWN])]


def _show_flagged(result: Result, language: Language) -> None:
    flagged = [row for row in result.rows.get("canopy_change", ()) if row["verdict"] == "lagging"]
    if flagged:
        typer.echo(say("console_flagged", language))
    for row in flagged[:SHOWN]:
        typer.echo(f"  {row['village_code']} {row['village']}: {row['reason']}")
    if result.consequences:
        typer.echo(say("console_consequence", language, villages=", ".join(result.consequences)))
