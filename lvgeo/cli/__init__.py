"""Turn words into one call: the command line. Heavy parts are imported when a command needs them."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from lvgeo.cli import drawing, judging, ledger, preparing
from lvgeo.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["app", "main"]

app = typer.Typer(
    help="Measure planted land and canopy change village by village. 核查种植面积与冠层变化。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
ledger_app = typer.Typer(help="What was recorded: list, reply, review, export, verify. 台账。", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")

_COMMANDS: Final[tuple[Callable[..., None], ...]] = (
    judging.check, judging.compare, judging.month, judging.due, drawing.map_,
    preparing.train, preparing.demo, preparing.init, preparing.calibrate, preparing.doctor,
)  # fmt: skip
_LEDGER_COMMANDS: Final[tuple[Callable[..., None], ...]] = (
    ledger.list_, ledger.reply, ledger.review, ledger.export, ledger.verify,
)  # fmt: skip
for _command in _COMMANDS:
    app.command(_command.__name__.rstrip("_"))(_command)
for _command in _LEDGER_COMMANDS:
    ledger_app.command(_command.__name__.rstrip("_"))(_command)


def main() -> None:
    """Run the command line; the process ends with the exit code that DESIGN §4 gives."""
    for stream in (sys.stdout, sys.stderr):
        # A GBK console cannot print every character; a question mark is better than a traceback.
        with contextlib.suppress(AttributeError):
            cast("Any", stream).reconfigure(errors="replace")
    app()


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit
