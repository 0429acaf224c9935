"""Commands that measure and judge: check, due, compare, month."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from lvgeo.cli.options import Engine, Folder, Json, Lang, OnDay, day_of, language_of
from lvgeo.cli.reporting import bar, end, left_out, reported

__all__ = ["check", "compare", "due", "month"]


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

    language = language_of(lang, folder)
    with reported(language):
        if explain is None:
            result = api.check(folder, on=day_of(on), language=language, assume_crs=assume_crs)
            end(result, language, as_json=as_json)
            return
        said = api.explain(explain, folder, language=language)
    if as_json:
        typer.echo(json.dumps(said.summary(), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join((*said.lines, *(one.sentence(language) for one in said.refused))))
    raise typer.Exit(4 if said.refused else 0)


def due(
    folder: Folder,
    everything: Annotated[bool, typer.Option("--all", help="Also what falls due later than a month from now.")] = False,
    lang: Lang = "",
    on: OnDay = "",
    as_json: Json = False,
) -> None:
    """List what is due, late and done of the plan, per village; nothing is written.

    Example: lvgeo due demo-street --on 2024-03-01
    """
    from lvgeo import api

    language = language_of(lang, folder)
    with reported(language):
        found = api.due(folder, on=day_of(on), language=language)
    if as_json:
        typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(found.lines(everything=everything)))
    left_out(found.left_out, language)


def compare(
    before: Annotated[Path, typer.Argument(help="Raster, or folder of rasters, of the first date.")],
    after: Annotated[Path, typer.Argument(help="The same, of the second date.")],
    zones: Annotated[Path, typer.Option("--zones", help="Village boundaries.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the outputs.")],
    plots: Annotated[Path | None, typer.Option("--plots", help="Plots; without them zones are measured.")] = None,
    model: Annotated[str, typer.Option("--model", help="Canopy model: trees | index | nir | FOLDER.")] = "trees",
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

    language = language_of(lang)
    with reported(language), bar(language) as told:
        result = run(
            before, after, zones=zones, out=out, plots=plots, model=model, required_pp=required_pp,
            language=language, on=day_of(on), progress=told, engine=engine,
        )  # fmt: skip
    end(result, language, as_json=as_json)


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

    language = language_of(lang, folder)
    with reported(language), bar(language) as told:
        result = run(folder, which, on=day_of(on), language=language, progress=told, engine=engine)
    end(result, language, as_json=as_json)
