"""What a campaign folder holds, read once: villages, plots, trees, and what was refused of them."""

from __future__ import annotations

import contextlib
import difflib
import glob
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from lvgeo.campaign.folder import CampaignFolder
from lvgeo.campaign.read import SETTINGS_FILE, read_settings
from lvgeo.errors import BusyError, InputRefusedError, Refusal, StorageError, UsageError
from lvgeo.imagery.canopy import MODELS
from lvgeo.imagery.scene import digest_file
from lvgeo.land.checks import check_plots
from lvgeo.land.read import read_plots, read_villages
from lvgeo.land.read_columns import LAYER_KEYS
from lvgeo.land.read_layers import FORMATS
from lvgeo.land.read_no_plant import read_no_plant
from lvgeo.registers.book import REGISTER_KEYS, Registers, read_registers
from lvgeo.registers.read import Reading
from lvgeo.registers.trees import count_by_village
from lvgeo.registers.villages import VillageNames
from lvgeo.units import Month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lvgeo.campaign.settings import CampaignSettings, ImageryTable
    from lvgeo.land.plots import PlotIssue, Plots, Villages

__all__ = [
    "CampaignInputs",
    "digests_of",
    "imagery_of",
    "locked",
    "month_begun",
    "month_of",
    "open_campaign",
    "read_campaign",
]


@dataclass(frozen=True, slots=True)
class CampaignInputs:
    """A campaign's rows.

    Parameters
    ----------
    villages, plots, issues
        Boundaries, plots, and what is wrong with plots.
    trees
        Village code → registered living trees.
    registers
        Every register, as read.
    refused
        Files, features and rows that could not be used.
    unread
        ``village`` where plots, ``community`` where a file of trees could not be read: what is not in them was perhaps
        handed in. Also codes of communities that may have enough trees, were their refused rows mended.
    """

    villages: Villages
    plots: Plots
    issues: tuple[PlotIssue, ...]
    trees: dict[str, int]
    registers: Registers
    refused: tuple[Refusal, ...]
    unread: frozenset[str]


def open_campaign(root: Path) -> tuple[CampaignFolder, CampaignSettings]:
    """Read a campaign folder's settings.

    Raises
    ------
    InputRefusedError
        If there is no such folder, or its settings are wrong.
    """
    if not root.is_dir():
        raise InputRefusedError(Refusal("file_missing", value=str(root)))
    settings = read_settings(root)
    return CampaignFolder(root, settings.inputs), settings


def imagery_of(layout: CampaignFolder, settings: CampaignSettings) -> ImageryTable:
    """Return a campaign's [imagery], with the folder of its own model as it stands from the campaign's folder.

    What is recorded of a run keeps the settings as they were written: the same wherever the folder lies.
    """
    name = settings.imagery.model
    if name in MODELS:
        return settings.imagery
    return settings.imagery.model_copy(update={"model": str(layout.root / name)})


def month_of(text: str | Month) -> Month:
    """Return the month that a person wrote.

    Raises
    ------
    UsageError
        If it is none.
    """
    if isinstance(text, Month):
        return text
    try:
        return Month.parse(text)
    except ValueError as error:
        raise UsageError(Refusal("month_wrong", value=text)) from error


def month_begun(text: str | Month, day: date) -> Month:
    """Return the month that a person wrote, which has begun by a day: a slip of a finger would be recorded for good.

    Raises
    ------
    UsageError
        If it is none, or is still to come.
    """
    wanted = month_of(text)
    if Month.of(day) < wanted:
        raise UsageError(Refusal("month_to_come", value=str(wanted), limit=str(day)))
    return wanted


def read_campaign(
    folder: CampaignFolder, settings: CampaignSettings, on: date, latest: date | None = None
) -> CampaignInputs:
    """Read and check a campaign's rows as of a day.

    Parameters
    ----------
    folder, settings
        The campaign.
    on
        As of which day rows are counted.
    latest
        After which day nothing can have been done, by default `on`. A month's run reads the whole year's registers, and
        what came after it is no fault of theirs.

    Raises
    ------
    InputRefusedError
        If no village can be read, `inputs.columns` maps a field or `imagery.baseline_by_village` a village that is not.
    """
    columns, file = settings.inputs.columns, str(folder.root / SETTINGS_FILE)
    _check_names(columns, sorted(LAYER_KEYS | REGISTER_KEYS), file, "inputs.columns")
    villages, villages_refused = read_villages(folder.villages, settings.land, columns)
    baselines = settings.imagery.baseline_by_village
    _check_names(baselines, sorted(villages.frame["village_code"]), file, "imagery.baseline_by_village")
    plots, plots_refused = read_plots(_there(folder.plots), villages, settings.land, columns)
    names = VillageNames.of_villages(villages)
    reading = Reading(names, settings.campaign.year, latest or on, columns)
    registers = read_registers((_there(folder.trees), _there(folder.registers)), villages, reading, settings.registers)
    trees = count_by_village(registers.trees.rows, on)
    no_plant, no_plant_refused = read_no_plant(_there(folder.no_plant), villages, settings.land, columns)
    bare_from = Month.parse(settings.imagery.baseline).first_day
    issues = check_plots(plots, villages, settings.land, on, no_plant=no_plant, bare_from=bare_from)
    nothing = [
        Refusal("folder_empty", file=folder.named(paths), limit=kind)
        for paths, kind, empty in (
            (folder.plots, ", ".join(FORMATS), plots.frame.empty and not plots_refused),
            (folder.trees, "CSV, XLSX", not registers.trees.rows and not registers.trees.left_out()),
        )
        if empty
    ]
    refused = (*villages_refused, *plots_refused, *registers.left_out(), *no_plant_refused, *nothing)
    unread = {
        "village": plots.frame.empty or _lost(plots_refused),
        "community": not registers.trees.rows or bool(registers.trees.files),
    }
    kinds = frozenset(kind for kind, missing in unread.items() if missing)
    frame = villages.frame
    communities = frame["village_code"][frame["kind"] == "community"]
    doubted = _doubted(communities, trees, registers, settings.land.community_min_trees)
    return CampaignInputs(villages, plots, issues, trees, registers, refused, kinds | doubted)


def _check_names(named: Iterable[str], known: Sequence[str], file: str, table: str) -> None:
    """Refuse a table's key that names no field or village: read on, it would do nothing, and nobody would know."""
    wrong = [
        Refusal("setting_unknown", file, value=f"{table}.{key}",
                limit=difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0])
        for key in named if key not in known
    ]  # fmt: skip
    if wrong:
        raise InputRefusedError(wrong)


def _doubted(
    communities: Iterable[str], trees: Mapping[str, int], registers: Registers, required: int
) -> frozenset[str]:
    """Communities that are short of trees and would not be, were their refused rows mended."""
    lost = registers.tree_rows_refused()
    nobodys = lost.pop("", 0)
    return frozenset(c for c in communities if trees.get(c, 0) < required <= trees.get(c, 0) + lost.get(c, 0) + nobodys)


def _lost(refused: Sequence[Refusal]) -> bool:
    """Whether a file or row was lost: whose it was is not known, so it may be anybody's."""
    return any(one.code not in {"value_unreadable", "txt_other"} for one in refused)


def _there(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Folders that exist: a campaign before its first plot has none yet."""
    return tuple(path for path in paths if path.exists())


def digests_of(root: Path, places: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of every file in folders, and of files with what lies beside them under the same stem (a .dbf, a .prj).

    Parameters
    ----------
    root
        Files under it are named from there, so that a folder that was moved gives the same account.
    places
        Folders or files.
    """
    found: dict[str, str] = {}
    for place in places:
        files = place.rglob("*") if place.is_dir() else place.parent.glob(f"{glob.escape(place.stem)}.*")
        for file in sorted(files):
            if file.is_file():
                name = file.relative_to(root) if file.is_relative_to(root) else file
                found[name.as_posix()] = digest_file(file)
    return found


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a folder's lock, so that two runs never write the same outputs.

    Raises
    ------
    BusyError
        If another run holds it.
    StorageError
        If the folder cannot be written.
    """
    lock = FileLock(path, timeout=0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise BusyError(Refusal("lock_held", value=str(path))) from error
    except OSError as error:
        raise StorageError(Refusal("write_failed", file=str(path.parent), value=str(error))) from error
    try:
        yield
    finally:
        lock.release()
