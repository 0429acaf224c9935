"""`init`: an empty campaign folder with a commented campaign.toml."""

from __future__ import annotations

from pathlib import Path

from lvgeo.campaign.read import SETTINGS_FILE
from lvgeo.campaign.settings import CampaignSettings
from lvgeo.campaign.toml import settings_toml
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.outputs.files import write_text

__all__ = ["init"]


def init(folder: str | Path, settings: CampaignSettings | None = None) -> Path:
    """Make a campaign folder; a campaign.toml that stands is never overwritten.

    Parameters
    ----------
    folder
        Made where it is missing.
    settings
        Written instead of the defaults.

    Returns
    -------
    Path
        The written campaign.toml.

    Raises
    ------
    InputRefusedError
        If there is a campaign.toml already.
    """
    root = Path(folder)
    path = root / SETTINGS_FILE
    if path.exists():
        raise InputRefusedError(Refusal("file_exists", file=str(path)))
    for name in ("boundaries", "plots", "trees", "registers", "no_plant", "imagery"):
        (root / name).mkdir(parents=True, exist_ok=True)
    write_text(path, settings_toml(settings or CampaignSettings()))
    return path
