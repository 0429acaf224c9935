"""What the month's documents are made from, besides its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.monthly.assess import Street
    from lvgeo.monthly.pages import Shapes
    from lvgeo.progress.consequences import WrongConsequences
    from lvgeo.progress.ledger import Record

__all__ = ["Published"]


@dataclass(frozen=True, slots=True)
class Published:
    """What documents are made from, besides the rows.

    Parameters
    ----------
    settings
        The year's rules.
    month, baseline
        ``YYYY-MM``.
    counted_on
        Day as of which streaks are counted.
    street
        Findings.
    shapes
        Boundaries and plots.
    records
        The ledger up to the month, as it stood on the day.
    inputs
        File → SHA-256.
    year
        Wrong consequences to expect of the year so far.
    """

    settings: CampaignSettings
    month: str
    baseline: str
    counted_on: str
    street: Street
    shapes: Shapes
    records: Sequence[Record]
    inputs: Mapping[str, str]
    year: WrongConsequences
