"""Commands around the monthly run: demo, init, train, calibrate, doctor."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lvgeo.cli.options import Engine, Folder, Json, Lang, OnDay, day_of, language_of
from lvgeo.cli.reporting import bar, left_out, reported, show
from lvgeo.labels import say

__all__ = ["calibrate", "demo", "doctor", "init", "train"]


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

    language = language_of(lang, folder)
    with reported(language), bar(language) as told:
        found = run(folder, samples, out=out, gsd_m=gsd_m, source=source, licence=licence, seed=seed, progress=told)
    if as_json:
        typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=2))
    else:
        for line in found.lines(language):
            typer.echo(line)
    left_out(found.left_out, language)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder to make.")] = Path("demo-street"),
    seed: Annotated[int, typer.Option(min=0, help="Of the simulated street.")] = 2024,
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Make a whole simulated street and run it: folder, images, four months, every output.

    Example: lvgeo demo demo-street
    """
    from lvgeo.demonstration import demo as run

    language = language_of(lang)
    with reported(language), bar(language) as told:
        found = run(folder, seed=seed, language=language, progress=told)
    if as_json:
        typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=2))
        return
    show(found.last, language)
    for line in found.lines(language):
        typer.echo(line)


def init(folder: Folder, lang: Lang = "") -> None:
    """Make an empty campaign folder with a commented campaign.toml.

    Example: lvgeo init greening-2024
    """
    from lvgeo.monthly.start import init as run

    language = language_of(lang)
    with reported(language):
        written = run(folder)
    typer.echo(say("console_init", language, file=written))


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
    from lvgeo.api import calibrate as run

    language = language_of(lang, folder)
    with reported(language), bar(language) as told:
        found = run(folder, on=day_of(on), model=model, seeds=seeds, progress=told, engine=engine)
    if as_json:
        typer.echo(json.dumps(list(found.rows), ensure_ascii=False, indent=2))
    else:
        for row in found.rows:
            pair = f"{row['before']} → {row['after']}" if row["before"] else say("console_all_pairs", language)
            typer.echo(say("console_calibration", language, **{**row, "pair": pair}))
        typer.echo(f"  {found.file}")
    left_out(found.left_out, language)


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

    language = language_of(lang, folder)
    with reported(language):
        found = examine(folder, on=day_of(on) or date.today())
    if as_json:
        rows = [{"level": one.level, "code": one.code, "text": one.sentence(language)} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for one in found:
            typer.echo(say(f"doctor_level_{one.level}", language) + one.sentence(language))
    if any(one.level == "wrong" for one in found):
        raise typer.Exit(4)
