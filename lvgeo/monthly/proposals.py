"""What a month proposes and nobody is held to: ranks for selections, seedlings to be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lvgeo.monthly.ranking import ranking_rows
from lvgeo.monthly.seedlings import transfer_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.land.compliance import VillageArea
    from lvgeo.monthly.inputs import CampaignInputs
    from lvgeo.monthly.results import Rows
    from lvgeo.progress.tasks.task import Task

__all__ = ["proposed_rows"]


def proposed_rows(
    inputs: CampaignInputs,
    areas: Sequence[VillageArea],
    tasks: Sequence[Task],
    words: Mapping[str, str],
    settings: CampaignSettings,
    on: date,
) -> dict[str, Rows]:
    """Rows of ranking.csv, and of seedling_transfers.csv where a demand was handed in.

    Parameters
    ----------
    inputs
        Boundaries and registers.
    areas, tasks
        What was done of what is asked.
    words
        Village code → the month's word.
    settings
        The year's rules.
    on
        As of which day.
    """
    rows = {"ranking": ranking_rows(areas, tasks, words, settings)}
    if inputs.registers.demand.reported:
        rows["seedling_transfers"] = transfer_rows(inputs.registers, inputs.villages, settings.species, on)
    return rows
