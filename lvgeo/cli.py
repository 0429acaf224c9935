"""Turn words into one call: the command line. Heavy parts are imported when a command needs them."""

from __future__ import annotations

import contextlib
import json
import math
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from lvgeo.errors import LvgeoError, Refusal, UsageError
from lvgeo.labels import say
from lvgeo.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lvgeo.labels import Language
    from lvgeo.monthly import Result
    from lvgeo.monthly.silent import Listener

__all__ = ["app", "main"]

SHOWN = 12  # villages or refusals listed on the console; the files have them all

app = typer.Typer(
    help="Measure planted land and canopy change village by village. 核查种植面积与冠层变化。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
ledger_app = typer.Typer(help="What was recorded: list, reply, review, export, verify. 台账。", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A campaign folder. 行动文件夹")]
Lang = Annotated[str, typer.Option("--lang", help="Words of the outputs: zh | en (default: the campaign's).")]
Engine = Annotated[str, typer.Option("--engine", help="Where jobs run: threads | dask://HOST:PORT.")]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
OnDay = Annotated[str, typer.Option("--on", help="As of this day, YYYY-MM-DD.")]


def main() -> None:
    """Run the command line; the process ends with the exit code that DESIGN §4 gives."""
    for stream in (sys.stdout, sys.stderr):
        # A GBK console cannot print every character; a question mark is better than a traceback.
        with contextlib.suppress(AttributeError):
            cast("Any", stream).reconfigure(errors="replace")
    app()


@contextlib.contextmanager
def _reported(language: Language) -> Iterator[None]:
    """Turn an lvgeo error into lines and an exit code."""
    try:
        yield
    except LvgeoError as error:
        for line in error.lines(language):
            typer.echo(f"{say('console_error', language)}{line}", err=True)
        raise typer.Exit(error.exit_code) from error


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


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(Refusal("option_wrong", feature="--on", value=text, limit="YYYY-MM-DD")) from error


def _spoken(lang: str, folder: Path | None = None) -> Language:
    try:
        return _language(lang, folder)
    except UsageError as error:
        typer.echo("\n".join(error.lines("en")), err=True)
        raise typer.Exit(error.exit_code) from error


@contextlib.contextmanager
def _bar(language: Language) -> Iterator[Listener]:
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


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A campaign folder. 行动文件夹")] = Path(),
    assume_crs: Annotated[str, typer.Option("--assume-crs", help="What files without one are in: EPSG:4547.")] = "",
    explain: Annotated[Path | None, typer.Option("--explain", help="Only say how this file is understood.")] = None,
    lang: Lang = "",
    on: OnDay = "",
    as_json: Json = False,
) -> None:
    """Polygons and registers only: area compliance and plot issues.

    Example: lvgeo check demo-street
    Example: lvgeo check demo-street --explain survey.txt
    """
    from lvgeo import api

    language = _spoken(lang, folder)
    with _reported(language):
        if explain is None:
            result = api.check(folder, on=_day(on), language=language, assume_crs=assume_crs)
            _end(result, language, as_json=as_json)
            return
        told = api.explain(explain, folder, language=language)
    if as_json:
        typer.echo(json.dumps(told.summary(), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join((*told.lines, *(one.sentence(language) for one in told.refused))))
    raise typer.Exit(4 if told.refused else 0)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="Raster, or folder of rasters, of the first date.")],
    after: Annotated[Path, typer.Argument(help="The same, of the second date.")],
    zones: Annotated[Path, typer.Option("--zones", help="Village boundaries.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the outputs.")],
    plots: Annotated[Path | None, typer.Option("--plots", help="Plots; without them zones are measured.")] = None,
    model: Annotated[str, typer.Option("--model", help="Canopy model: trees | index | nir | FOLDER.")] = "index",
    required_pp: Annotated[float, typer.Option("--required-pp", help="Gain required, for verdicts.")] = math.nan,
    engine: Engine = "threads",
    lang: Lang = "",
    on: OnDay = "",
    as_json: Json = False,
) -> None:
    """Two rasters, or folders of rasters, and polygons; no campaign folder needed.

    Example: lvgeo compare 2024-01 2024-09 --zones villages.gpkg --plots plots.gpkg -o out
    """
    from lvgeo.api import compare as run

    language = _spoken(lang)
    with _reported(language), _bar(language) as bar:
        result = run(
            before, after, zones=zones, out=out, plots=plots, model=model, required_pp=required_pp,
            language=language, on=_day(on), progress=bar, engine=engine,
        )  # fmt: skip
    _end(result, language, as_json=as_json)


@app.command()
def month(
    folder: Folder,
    which: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month.")],
    engine: Engine = "threads",
    lang: Lang = "",
    on: OnDay = "",
    as_json: Json = False,
) -> None:
    """Judge a month: areas, images, verdicts, ledger, every output.

    Example: lvgeo month demo-street 2024-09
    """
    from lvgeo.api import month as run

    language = _spoken(lang, folder)
    with _reported(language), _bar(language) as bar:
        result = run(folder, which, on=_day(on), language=language, progress=bar, engine=engine)
    _end(result, language, as_json=as_json)


@app.command()
def train(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A campaign folder, or a folder of images.")],
    samples: Annotated[Path, typer.Argument(help="Points or polygons (or CSV with x, y), or a folder of masks.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the model.")],
    gsd_m: Annotated[float, typer.Option("--gsd", help="Pixel size to work at, m; 0: the coarsest image's.")] = 0.0,
    source: Annotated[str, typer.Option("--source", help="Of samples and images, for the model's card.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="Of samples and images, for the model's card.")] = "",
    seed: Annotated[int, typer.Option(help="Of samples and lights.")] = 2024,
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Train a canopy model on trees that you marked, and measure it on villages held out.

    Example: lvgeo train greening-2024 trees.gpkg -o models/street
    """
    from lvgeo.api import train as run

    language = _spoken(lang, folder)
    with _reported(language), _bar(language) as bar:
        found = run(folder, samples, out=out, gsd_m=gsd_m, source=source, licence=licence, seed=seed, progress=bar)
    if as_json:
        typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=2))
    else:
        for line in found.lines(language):
            typer.echo(line)
    for one in found.left_out[:SHOWN]:
        typer.echo(f"  {one.sentence(language)}", err=True)
    if found.left_out:
        raise typer.Exit(4)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder to make.")] = Path("demo-street"),
    seed: Annotated[int, typer.Option(help="Of the simulated street.")] = 2024,
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Make a whole simulated street and run it: folder, images, four months, every output.

    Example: lvgeo demo demo-street
    """
    from lvgeo.demonstration import demo as run

    language = _spoken(lang)
    with _reported(language), _bar(language) as bar:
        found = run(folder, seed=seed, language=language, progress=bar)
    if as_json:
        typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=2))
        return
    _show(found.last, language)
    for line in found.lines(language):
        typer.echo(line)


@app.command()
def init(folder: Folder, lang: Lang = "") -> None:
    """Make an empty campaign folder with a commented campaign.toml.

    Example: lvgeo init greening-2024
    """
    from lvgeo.monthly.start import init as run

    language = _spoken(lang)
    with _reported(language):
        written = run(folder)
    typer.echo(say("console_init", language, file=written))


@app.command()
def calibrate(
    folder: Folder,
    model: Annotated[str, typer.Option("--model", help="Canopy model; default: the campaign's.")] = "",
    seeds: Annotated[int, typer.Option(help="Sets of placebo plots a village.")] = 5,
    engine: Engine = "threads",
    lang: Lang = "",
    on: OnDay = "",
    as_json: Json = False,
) -> None:
    """Measure how often verdicts on this street would be wrong, on its own unplanted ground.

    Example: lvgeo calibrate demo-street
    """
    from lvgeo.monthly.calibration import calibrate as run

    language = _spoken(lang, folder)
    with _reported(language), _bar(language) as bar:
        found = run(folder, today=_day(on) or date.today(), model=model, seeds=seeds, progress=bar, engine=engine)
    if as_json:
        typer.echo(json.dumps(list(found.rows), ensure_ascii=False, indent=2))
        return
    for row in found.rows:
        typer.echo(say("console_calibration", language, **{**row, "pair": f"{row['before']} → {row['after']}"}))
    typer.echo(f"  {found.file}")


@app.command()
def doctor(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A campaign folder. 行动文件夹")] = None,
    lang: Lang = "",
    on: OnDay = "",
    as_json: Json = False,
) -> None:
    """Say what is installed, what is wrong with a folder, and from when on a lag can be proven.

    Example: lvgeo doctor demo-street
    """
    from lvgeo.monthly.doctor import examine

    language = _spoken(lang, folder)
    with _reported(language):
        found = examine(folder, on=_day(on) or date.today())
    if as_json:
        rows = [{"level": one.level, "code": one.code, "text": one.sentence(language)} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for one in found:
            typer.echo(say(f"doctor_level_{one.level}", language) + one.sentence(language))
    if any(one.level == "wrong" for one in found):
        raise typer.Exit(4)


@ledger_app.command("list")
def ledger_list(folder: Folder, lang: Lang = "", on: OnDay = "", as_json: Json = False) -> None:
    """Every notice and its state.

    Example: lvgeo ledger list demo-street
    """
    from lvgeo.monthly.book import notices

    language = _spoken(lang, folder)
    with _reported(language):
        found = notices(folder, on=_day(on) or date.today())
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:
        basis, state = say(f"basis_{one['basis']}", language), say(f"state_{one['state']}", language)
        typer.echo(f"{one['month']}  {one['village_code']}  {basis}  {state}  ({one['recorded_on']})")


@ledger_app.command("reply")
def ledger_reply(
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
    from lvgeo.monthly.book import reply

    language = _spoken(lang, folder)
    with _reported(language):
        reply(folder, code, which, text=text, on=_day(on) or date.today(), files=files or [])
    typer.echo(say("console_recorded", language))


@ledger_app.command("review")
def ledger_review(
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
    from lvgeo.monthly.book import Decision, review

    language = _spoken(lang, folder)
    with _reported(language):
        if decision not in {"upheld", "overturned"}:
            limit = "upheld | overturned"
            raise UsageError(Refusal("option_wrong", feature="--decision", value=decision, limit=limit))
        word = cast("Literal['upheld', 'overturned']", decision)
        day = _day(on) or date.today()
        review(folder, code, which, Decision(word, reviewer, reason, evidence), on=day)
    typer.echo(say("console_recorded", language))


@ledger_app.command("verify")
def ledger_verify(folder: Folder, lang: Lang = "") -> None:
    """Check that no record was altered.

    Example: lvgeo ledger verify demo-street
    """
    from lvgeo.monthly.book import altered

    language = _spoken(lang, folder)
    with _reported(language):
        number, count = altered(folder)
    if number is not None:
        typer.echo(say("console_ledger_broken", language, number=number), err=True)
        raise typer.Exit(3)
    typer.echo(say("console_ledger_ok", language, count=count))


@ledger_app.command("export")
def ledger_export(
    folder: Folder,
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write, one JSON record a line.")],
    lang: Lang = "",
) -> None:
    """Write every record to a file, and print the chain's head to keep elsewhere.

    Example: lvgeo ledger export demo-street -o ledger.jsonl
    """
    from lvgeo.monthly.book import export

    language = _spoken(lang, folder)
    with _reported(language):
        count, head = export(folder, out)
    typer.echo(say("console_ledger_exported", language, count=count, head=head, file=out))


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def _end(result: Result, language: Language, *, as_json: bool) -> None:
    """Say what was found and where it lies; 4 where something was left out."""
    if as_json:
        typer.echo(json.dumps(result.summary(), ensure_ascii=False, indent=2))
    else:
        _show(result, language)
    if result.left_out:
        raise typer.Exit(4)


def _show(result: Result, language: Language) -> None:
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
    for file in result.files:
        typer.echo(f"  {file}")
    _show_left_out(result, language)


def _show_left_out(result: Result, language: Language) -> None:
    for one in result.remarks[:SHOWN]:
        typer.echo(f"  {one.sentence(language)}", err=True)
    if result.left_out:
        typer.echo(say("console_left_out", language, count=len(result.left_out)), err=True)
    for one in result.left_out[:SHOWN]:
        typer.echo(f"  {one.sentence(language)}", err=True)
    if len(result.left_out) > SHOWN:
        typer.echo("  " + say("console_more", language, count=len(result.left_out) - SHOWN), err=True)


def _show_flagged(result: Result, language: Language) -> None:
    flagged = [row for row in result.rows.get("canopy_change", ()) if row["verdict"] == "lagging"]
    if flagged:
        typer.echo(say("console_flagged", language))
    for row in flagged[:SHOWN]:
        typer.echo(f"  {row['village_code']} {row['village']}: {row['reason']}")
    if result.consequences:
        typer.echo(say("console_consequence", language, villages=", ".join(result.consequences)))
