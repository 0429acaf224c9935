"""One call each: what the command line does, for notebooks and scripts. Here, and only here, the clock is asked."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lvgeo import monthly
from lvgeo.monthly.silent import Listener, silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.labels import Language
    from lvgeo.monthly import Calibrated, DrawnMap, DueList, Explanation, Result, TrainingResult
    from lvgeo.units import Month

__all__ = ["calibrate", "check", "compare", "draw_map", "due", "explain", "month", "train"]


def calibrate(  # noqa: PLR0913 - the words of the command, each by name
    folder: str | Path,
    *,
    pairs: Sequence[tuple[str, str]] = (),
    model: str | Path = "",
    seeds: int = 5,
    on: date | None = None,
    progress: Listener = silent,
    engine: str = "threads",
) -> Calibrated:
    """Measure how often verdicts on this street would be wrong, on its own unplanted ground.

    Parameters
    ----------
    folder
        A campaign folder.
    pairs
        Months to compare, ``("2024-01", "2024-09")``; by default the baseline with every later month that has images.
    model
        Canopy model, or the folder of one that `train` made; by default the campaign's.
    seeds
        Sets of placebo plots a village.
    on
        Day as of which registers are read, by default today.
    progress
        Told the stage and how much of it is done.
    engine
        Where jobs run: ``threads`` or ``dask://HOST:PORT``; changes nothing but the time.

    Returns
    -------
    Calibrated
        Its `table` has a row a pair of months; ``out/calibration.csv`` holds the same.

    Raises
    ------
    InputRefusedError
        If there are not two months with images.
    BusyError
        If another run works on the folder.
    """
    return monthly.calibrate(
        folder, today=on or _today(), pairs=pairs, model=str(model), seeds=seeds, progress=progress, engine=engine
    )


def check(
    folder: str | Path, *, on: date | None = None, language: Language | None = None, assume_crs: str = ""
) -> Result:
    """Check a campaign's polygons and registers: area compliance and plot issues.

    Parameters
    ----------
    folder
        A campaign folder.
    on
        Day of the check, by default today.
    language
        ``zh`` or ``en``; by default the campaign's.
    assume_crs
        What files without a reference system are in ("EPSG:4547"); by default what campaign.toml says.

    Returns
    -------
    Result
        Its `area_compliance` and `plot_issues` are tables; files lie in ``out/check``.

    Raises
    ------
    InputRefusedError
        If the settings are wrong or no village can be read; every fault is listed.
    """
    return monthly.check(folder, on=on or _today(), language=language, assume_crs=assume_crs)


def due(folder: str | Path, *, on: date | None = None, language: Language | None = None) -> DueList:
    """List what is due, late and done of the plan, per village; nothing is written.

    Parameters
    ----------
    folder
        A campaign folder.
    on
        As of which day, by default today.
    language
        ``zh`` or ``en``; by default the campaign's.

    Returns
    -------
    DueList
        Its `table` has a row a village and date.

    Raises
    ------
    InputRefusedError
        If the settings are wrong or no village can be read.
    """
    return monthly.due(folder, on=on or _today(), language=language)


def explain(file: str | Path, folder: str | Path | None = None, *, language: Language = "zh") -> Explanation:
    """Say how a vector file is understood: format, encoding, axes, reference system, columns, rows in and out.

    Parameters
    ----------
    file
        In any format that plots come in.
    folder
        A campaign folder, near whose villages a file without a reference system is looked for.
    language
        ``zh`` or ``en``.

    Raises
    ------
    InputRefusedError
        If the file cannot be read at all.
    """
    return monthly.explain(file, folder, language=language)


def compare(  # noqa: PLR0913 - the words of the command, each by name
    before: str | Path,
    after: str | Path,
    *,
    zones: str | Path,
    out: str | Path,
    plots: str | Path | None = None,
    model: str = "trees",
    required_pp: float = math.nan,
    language: Language = "zh",
    on: date | None = None,
    progress: Listener = silent,
    engine: str = "threads",
) -> Result:
    """Compare canopy between two rasters, or two folders of rasters.

    Parameters
    ----------
    before, after
        GeoTIFF files, or folders of them.
    zones
        Village boundaries.
    out
        Folder for the outputs.
    plots
        Plots to measure; without them the zones themselves are measured.
    model
        ``trees`` (colour and texture), ``index`` (red, green, blue), ``nir`` (red and near infrared), or the folder
        of a model that `train` made.
    required_pp
        Gain required of every village, percentage points, for verdicts.
    language
        ``zh`` or ``en``.
    on
        Day of the comparison, by default today.
    progress
        Told the stage and how much of it is done.
    engine
        Where jobs run: ``threads`` or ``dask://HOST:PORT``.

    Returns
    -------
    Result
        Its `canopy_change` and `plot_change` are tables.

    Raises
    ------
    InputRefusedError
        If no zone or no raster can be used.
    UsageError
        If there is no such model.
    """
    asked = monthly.Comparison(
        Path(before), Path(after), Path(zones), Path(plots) if plots is not None else None, model, required_pp, engine
    )
    return monthly.compare(asked, out, on=on or _today(), language=language, progress=progress)


def month(
    folder: str | Path,
    which: str | Month,
    *,
    on: date | None = None,
    language: Language | None = None,
    progress: Listener = silent,
    engine: str = "threads",
) -> Result:
    """Judge a month: areas, images, verdicts, ledger, every output.

    Parameters
    ----------
    folder
        A campaign folder.
    which
        ``YYYY-MM``.
    on
        Day as of which replies and streaks are counted; by default the day on which the month was first recorded.
    language
        ``zh`` or ``en``; by default the campaign's.
    progress
        Told the stage and how much of it is done.
    engine
        Where jobs run: ``threads`` or ``dask://HOST:PORT``; changes nothing but the time.

    Returns
    -------
    Result
        Its four tables; files lie in ``out/YYYY-MM``.

    Raises
    ------
    InputRefusedError
        If the settings are wrong or no village can be read.
    BusyError
        If another run works on the folder.
    """
    return monthly.month(folder, which, today=_today(), on=on, language=language, progress=progress, engine=engine)


def draw_map(
    folder: str | Path,
    which: str | Month,
    *,
    as_folder: bool = False,
    language: Language | None = None,
    progress: Listener = silent,
) -> DrawnMap:
    """Draw a month's supervision map again, from what is recorded.

    Parameters
    ----------
    folder
        A campaign folder.
    which
        ``YYYY-MM``; `month` has run for it.
    as_folder
        Write ``map/index.html`` with each village's data and full-resolution tiles beside it, instead of one file.
    language
        ``zh`` or ``en``; by default the campaign's.
    progress
        Told how many villages' tiles are cut.

    Returns
    -------
    DrawnMap
        Its `file` is what to open.

    Raises
    ------
    InputRefusedError
        If the month was not recorded, or its outputs are gone.
    BusyError
        If another run works on the folder.
    """
    return monthly.draw_map(folder, which, as_folder=as_folder, language=language, progress=progress)


def train(  # noqa: PLR0913 - the words of the command, each by name
    images: str | Path,
    samples: str | Path,
    *,
    out: str | Path,
    gsd_m: float = 0.0,
    leave_out: tuple[str, ...] = (),
    features: tuple[str, ...] | None = None,
    lights: int = 2,
    seed: int = 2024,
    source: str = "",
    licence: str = "",
    progress: Listener = silent,
) -> TrainingResult:
    """Train a canopy model of your own on what you marked in your images.

    Parameters
    ----------
    images
        A campaign folder (its images, its order of bands), a folder of images (in folders by date, or not), or one.
    samples
        Every visible tree as a point, or polygons and points with a column ``class`` (canopy | other), or masks that
        lie and are named as the images do and are.
    out
        Folder of the model; give it to `compare` as `model`, or to campaign.toml as ``imagery.model``, as it lies in
        the campaign's folder.
    gsd_m
        Pixel size to work at, m; 0 takes the coarsest image's own. Finer images are averaged to it.
    leave_out
        Village codes or image names that are not used, to judge the model on them.
    features
        Those used, all by default; the others are held fixed, for ablations.
    lights
        Other lights (gamma, brightness, tint) in which each image is seen as well.
    seed
        Of samples and lights.
    source, licence
        Of samples and images, for the model's card.
    progress
        Told the stage and how much of it is done.

    Returns
    -------
    TrainingResult
        The model, its area-weighted accuracy on held-out places, and the images left out.

    Raises
    ------
    InputRefusedError
        If nothing can be used.
    UsageError
        If the samples have one class only, or the extra ``train`` is not installed.
    """
    from lvgeo.imagery.training_sample import Recipe

    asked = monthly.Sampling(Path(images), Path(samples), Path(out), gsd_m, tuple(leave_out), source, licence)
    recipe = Recipe(0.0, seed, lights) if features is None else Recipe(0.0, seed, lights, tuple(features))
    return monthly.train(asked, recipe, progress)


def _today() -> date:
    return date.today()  # noqa: TID251 - the one place that asks the clock for a call without a date
