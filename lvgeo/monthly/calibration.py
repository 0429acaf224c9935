"""`calibrate`: how often verdicts on this street would be wrong, measured on its own images and unplanted ground."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.engine import THREADS, checked_engine
from lvgeo.errors import InputRefusedError, Refusal, UsageError
from lvgeo.imagery.store import read_preview
from lvgeo.land.accepted import accepted_plots
from lvgeo.land.area import geodesic_area_m2
from lvgeo.monthly.canopy import classify_street
from lvgeo.monthly.dated import Dated
from lvgeo.monthly.image_folder import image_paths
from lvgeo.monthly.inputs import imagery_of, locked, open_campaign, read_campaign
from lvgeo.monthly.model_of import model_of
from lvgeo.monthly.month_folders import months_of
from lvgeo.monthly.scenes import find_scenes
from lvgeo.monthly.silent import Listener, silent
from lvgeo.outputs.columns import CALIBRATION
from lvgeo.outputs.tables import write_csv
from lvgeo.progress.calibration import summarise, try_street
from lvgeo.progress.controls import PlotRule
from lvgeo.progress.growth import PROVABLE
from lvgeo.progress.lattice import lay_lattice
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings, ImageryTable
    from lvgeo.land.plots import Plots
    from lvgeo.monthly.canopy import Classified
    from lvgeo.monthly.inputs import CampaignInputs
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.calibration import Trial
    from lvgeo.progress.lattice import Lattice

__all__ = ["Calibrated", "OpenStreet", "calibrate", "open_street", "street_lattices"]

SEEDS: Final = 5
DEFAULT_SIDE_M: Final = math.sqrt(2 * 2000 / 3)  # 2 mu, where no plot is known yet


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What came of it.

    Parameters
    ----------
    rows
        One a pair of months, and one for all.
    file
        Where they were written.
    trials
        Pair → its trials.
    left_out
        Images that could not be used, and pairs that nothing could be tried on.
    """

    rows: Rows
    file: Path
    trials: Mapping[tuple[str, str], Sequence[Trial]]
    left_out: tuple[Refusal, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """One row a pair of months, and one for all where there are several."""
        import pandas as pd

        return pd.DataFrame.from_records(list(self.rows))


def calibrate(  # noqa: PLR0913 - each by name
    folder: str | Path,
    *,
    today: date,
    pairs: Sequence[tuple[str, str]] = (),
    model: str = "",
    seeds: int = SEEDS,
    progress: Listener = silent,
    engine: str = THREADS,
) -> Calibrated:
    """Measure how often intervals hold on a street's own unplanted ground.

    Parameters
    ----------
    folder
        A campaign folder.
    today
        Day as of which registers are read.
    pairs
        Months to compare; by default the baseline with every later month that has images.
    model
        Canopy model; by default the campaign's.
    seeds
        Sets of placebo plots a village.
    progress
        Told the stage and how much of it is done.
    engine
        Where jobs run.

    Raises
    ------
    InputRefusedError
        If there are not two months with images, or nothing in them can be tried.
    UsageError
        If there is not a single set of plots.
    """
    if seeds < 1:
        raise UsageError(Refusal("option_wrong", feature="--seeds", value=str(seeds), limit="≥ 1"))
    street = open_street(Path(folder), model, today)
    layout, settings = street.layout, street.settings
    with locked(layout.lock):
        wanted = list(pairs) or _default_pairs(layout, settings)
        if not wanted:
            raise InputRefusedError(Refusal("baseline_missing", value=settings.imagery.baseline))
        refused: list[Refusal] = []
        tried = {pair: _trials(street, pair, seeds, (progress, checked_engine(engine)), refused) for pair in wanted}
        trials = {pair: found for pair, found in tried.items() if found}
        refused += [Refusal("trials_none", feature=" → ".join(pair)) for pair in wanted if pair not in trials]
        told = tuple(dict.fromkeys(map(layout.told, refused)))
        if not trials:
            raise InputRefusedError(told)
        rows = _rows(trials, settings)
        target = layout.root / "out" / "calibration.csv"
        write_csv(target, CALIBRATION, rows, settings.campaign.language)
    return Calibrated(rows, target, trials, told)


def _default_pairs(layout: CampaignFolder, settings: CampaignSettings) -> list[tuple[str, str]]:
    base = Month.parse(settings.imagery.baseline)
    later = [month for month in months_of(layout) if base < month and image_paths(layout.imagery(month))]
    return [(str(base), str(month)) for month in later]


@dataclass(frozen=True, slots=True)
class OpenStreet:
    """A campaign folder's settings and polygons; its [imagery] names the model's folder as it stands from here."""

    layout: CampaignFolder
    settings: CampaignSettings
    imagery: ImageryTable
    inputs: CampaignInputs


def open_street(folder: Path, model: str, today: date) -> OpenStreet:
    """Read a campaign folder, with another canopy model where one is named."""
    layout, settings = open_campaign(folder)
    imagery = imagery_of(layout, settings)
    if model:
        imagery = imagery.model_copy(update={"model": model})
        settings = settings.model_copy(update={"imagery": imagery})
    model_of(imagery)
    return OpenStreet(layout, settings, imagery, read_campaign(layout, settings, today))


def street_lattices(
    street: OpenStreet,
    pair: tuple[str, str],
    how: tuple[Listener, str] = (silent, THREADS),
    refused: list[Refusal] | None = None,
) -> tuple[dict[str, Lattice], PlotRule, frozenset[str]]:
    """Classify two months: each village's ground at both, how plots were chosen, and whose images are not judged.

    What could not be used is named in `refused`, where it is wanted.
    """
    named = [] if refused is None else refused
    layout, settings, inputs = street.layout, street.settings, street.inputs
    dates = []
    for name in pair:
        scenes = find_scenes(name, layout.imagery(Month.parse(name)), inputs.villages, street.imagery)
        dates.append({code: Dated(name, scene) for code, scene in scenes.by_village.items()})
        named += scenes.refused
    classified = classify_street(
        inputs.villages, (dates[0], dates[1]), street.imagery, layout.canopy, *how
    )  # fmt: skip
    named += classified.refused
    plots = accepted_plots(inputs.plots, inputs.villages, inputs.issues)
    rule = _rule(plots)
    limit = settings.imagery.max_residual_px
    gated = frozenset(
        code
        for code, pair in classified.pairs.items()
        if not pair.after.registration.residual_m <= limit * pair.after.canopy.grid.ground_pixel_m
    )
    return _lattices(classified, inputs, rule.side_m, settings), rule, gated


def _trials(
    street: OpenStreet, pair: tuple[str, str], seeds: int, how: tuple[Listener, str], refused: list[Refusal]
) -> list[Trial]:
    """Take each village for planted, once a seed."""
    lattices, rule, gated = street_lattices(street, pair, how, refused)
    settings = street.settings
    lagging = settings.lagging
    asked = (
        lagging.confidence, lagging.min_control_villages, settings.imagery.min_observed_share,
        lagging.max_expected_wrong_notices,
    )  # fmt: skip
    found = []
    for seed in range(seeds):
        found += try_street(lattices, rule, asked, settings.campaign.seed + seed, gated)
    return found


def _rule(plots: Plots) -> PlotRule:
    """Return number and size of a typical village's plots, on bare ground."""
    frame = plots.frame
    if frame.empty:
        return PlotRule(1, DEFAULT_SIDE_M, (0.0, 0.0, 0.0))
    areas = geodesic_area_m2(list(frame.geometry))
    count = int(np.median(frame.groupby("village_code").size()))
    return PlotRule(max(1, count), math.sqrt(float(np.median(areas))), (0.0, 0.0, 0.0))


def _lattices(
    classified: Classified, inputs: CampaignInputs, side_m: float, settings: CampaignSettings
) -> dict[str, Lattice]:
    villages = inputs.villages
    shapes = dict(zip(villages.frame["village_code"], villages.frame.geometry, strict=True))
    near = list(inputs.plots.frame.geometry)
    return {
        code: lay_lattice(
            code, (pair.before.canopy, pair.after.canopy), read_preview(pair.before.preview),
            (shapes[code], near, villages.crs), (side_m, settings.lagging.control_buffer_m),
        )
        for code, pair in sorted(classified.pairs.items())
    }  # fmt: skip


def _rows(trials: Mapping[tuple[str, str], Sequence[Trial]], settings: CampaignSettings) -> Rows:
    lagging, seed = settings.lagging, settings.campaign.seed
    rows = []
    everything: list[Trial] = []
    named = [(*pair, list(found)) for pair, found in sorted(trials.items())]
    for _, _, found in named:
        everything += found
    if len(named) > 1:
        named.append(("", "", everything))
    for before, after, found in named:
        one = summarise(found, lagging.confidence, lagging.min_change_pp, seed)
        rows.append({
            "before": before, "after": after, "model": settings.imagery.model, **asdict(one),
            "provable_pp": PROVABLE * one.half_width_pp,
        })  # fmt: skip
    return tuple(rows)
