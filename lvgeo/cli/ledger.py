"""The ledger's commands: list, reply, review, export, verify."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from lvgeo.cli.options import Folder, Json, Lang, OnDay, day_of, language_of
from lvgeo.cli.reporting import reported
from lvgeo.errors import Refusal, UsageError
from lvgeo.labels import say

if TYPE_CHECKING:
    from typing import Literal

__all__ = ["export", "list_", "reply", "review", "verify"]


def list_(folder: Folder, lang: Lang = "", on: OnDay = "", as_json: Json = False) -> None:
    """Every notice and its state.

    Example: lvgeo ledger list demo-street
    """
    from lvgeo.monthly import book

    language = language_of(lang, folder)
    with reported(language):
        found = book.notices(folder, on=day_of(on) or date.today())
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:
        basis, state = say(f"basis_{one['basis']}", language), say(f"state_{one['state']}", language)
        typer.echo(f"{one['month']}  {one['village_code']}  {basis}  {state}  ({one['recorded_on']})")


def reply(
    folder: Folder,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Village code.")],
    which: Annotated[str, typer.Argument(metavar="YYYY-MM", help="Month of the notice.")],
    text: Annotated[str, typer.Option("--text", help="What the village says.")],
    files: Annotated[list[Path] | None, typer.Option("--file", help="A photo or paper; may be repeated.")] = None,
    on: OnDay = "",
    lang: Lang = "",
) -> None:
    """Write down a village's reply to a notice.

    Example: lvgeo ledger reply demo-street 441399001207 2024-09 --text "已申请复测"
    """
    from lvgeo.monthly import book

    language = language_of(lang, folder)
    with reported(language):
        book.reply(folder, code, which, text=text, on=day_of(on) or date.today(), files=files or [])
    typer.echo(say("console_recorded", language))


def review(
    folder: Folder,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Village code.")],
    which: Annotated[str, typer.Argument(metavar="YYYY-MM", help="Month of the notice.")],
    decision: Annotated[str, typer.Option("--decision", help="upheld | overturned")],
    reviewer: Annotated[str, typer.Option("--reviewer", help="Who decides.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    evidence: Annotated[str, typer.Option("--evidence", help="Ground check, dated photo, point count.")] = "",
    on: OnDay = "",
    lang: Lang = "",
) -> None:
    """Write down a reviewer's decision on a notice.

    Example: lvgeo ledger review demo-street 441399001207 2024-09 --decision upheld --reviewer 李某 --reason 复测仍不足
    """
    from lvgeo.monthly import book

    language = language_of(lang, folder)
    with reported(language):
        if decision not in {"upheld", "overturned"}:
            limit = "upheld | overturned"
            raise UsageError(Refusal("option_wrong", feature="--decision", value=decision, limit=limit))
        word = cast("Literal['upheld', 'overturned']", decision)
        day = day_of(on) or date.today()
        book.review(folder, code, which, book.Decision(word, reviewer, reason, evidence), on=day)
    typer.echo(say("console_recorded", language))


def verify(folder: Folder, lang: Lang = "") -> None:
    """Check that no record was altered.

    Example: lvgeo ledger verify demo-street
    """
    from lvgeo.monthly import book

    language = language_of(lang, folder)
    with reported(language):
        number, count = book.altered(folder)
    if number is not None:
        typer.echo(say("console_ledger_broken", language, number=number), err=True)
        raise typer.Exit(3)
    typer.echo(say("console_ledger_ok", language, count=count))


def export(
    folder: Folder,
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write, one JSON record a line.")],
    lang: Lang = "",
) -> None:
    """Write every record to a file, and print the chain's head to keep elsewhere.

    Example: lvgeo ledger export demo-street -o ledger.jsonl
    """
    from lvgeo.monthly import book

    language = language_of(lang, folder)
    with reported(language):
        count, head = book.export(folder, out)
    typer.echo(say("console_ledger_exported", language, count=count, head=head, file=out))
