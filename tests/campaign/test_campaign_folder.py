"""Where everything in a campaign folder lies."""

from __future__ import annotations

from pathlib import Path

from lvgeo.campaign.folder import CampaignFolder
from lvgeo.campaign.settings import InputsTable
from lvgeo.errors import Refusal
from lvgeo.units import Month

ROOT = Path("street")
MARCH = Month(2024, 3)


def test_the_layout_that_people_know():
    folder = CampaignFolder(ROOT, InputsTable())
    assert folder.villages == (ROOT / "boundaries",)
    assert folder.plots == (ROOT / "plots",)
    assert folder.trees == (ROOT / "trees",)
    assert folder.imagery_roots == (ROOT / "imagery",)
    assert folder.imagery(MARCH) == (ROOT / "imagery" / "2024-03",)
    assert folder.canopy == ROOT / "canopy"
    assert folder.out("check") == ROOT / "out" / "check"
    assert folder.out(str(MARCH)) == ROOT / "out" / "2024-03"


def test_the_log_and_the_lock_lie_beside_the_outputs_and_not_among_them():
    """Every file of a month's folder has the same bytes when it is run again; timings have not."""
    folder = CampaignFolder(ROOT, InputsTable())
    assert folder.log(MARCH) == ROOT / "out" / "2024-03.log.jsonl"
    assert folder.out(str(MARCH)) not in (*folder.log(MARCH).parents, *folder.lock.parents)


def test_inputs_may_be_several_and_elsewhere():
    inputs = InputsTable(plots=("plots", "../东片/plots.gpkg"), imagery=("/data/2024", "imagery"))
    folder = CampaignFolder(ROOT, inputs)
    assert folder.plots == (ROOT / "plots", ROOT / "../东片/plots.gpkg")
    assert folder.imagery(MARCH) == (Path("/data/2024/2024-03"), ROOT / "imagery" / "2024-03")


def test_folders_of_equal_parts_are_equal():
    assert CampaignFolder(ROOT, InputsTable()) == CampaignFolder(Path("street"), InputsTable())


def test_a_refusal_is_told_from_the_folder_and_nothing_else_of_it_is_touched():
    """A folder called "s" is no part of "trees/": only the beginning of a path is taken off."""
    layout = CampaignFolder(Path("s"), InputsTable())
    there = Refusal("row_duplicate", str(Path("s/trees/trees.csv")), "7", "T1", f"{Path('s/trees/trees.csv')} · 2")
    told = layout.told(there)
    assert (told.file, told.feature, told.value) == (str(Path("trees/trees.csv")), "7", "T1")
    assert told.limit == f"{Path('trees/trees.csv')} · 2"
    assert layout.told(Refusal("file_missing", value="plots/trees/x")).value == "plots/trees/x"
