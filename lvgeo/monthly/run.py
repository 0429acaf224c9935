"""One run of a month: its fixed facts, and the months it may look at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lvgeo.imagery.jobs import METHOD
from lvgeo.monthly.month_folders import months_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.campaign.folder import CampaignFolder
    from lvgeo.campaign.settings import CampaignSettings
    from lvgeo.labels import Language
    from lvgeo.units import Month

__all__ = ["Run", "months_up_to"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run's fixed facts."""

    layout: CampaignFolder
    settings: CampaignSettings
    month: Month
    language: Language
    inputs: Mapping[str, str]
    engine: str

    def digest(self) -> str:
        """Hash of all that decides the month: inputs, settings, method."""
        decides = {"inputs": dict(self.inputs), "settings": self.settings.model_dump(mode="json"), "method": METHOD}
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def months_up_to(layout: CampaignFolder, last: Month) -> list[Month]:
    """Months that have an image folder, up to one: a month is judged only from itself and earlier ones."""
    return [month for month in months_of(layout) if month <= last]
