"""Read campaign.toml, and say what is wrong with it in words."""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = ["SETTINGS_FILE", "read_settings"]

SETTINGS_FILE: Final = "campaign.toml"


def read_settings(folder: Path) -> CampaignSettings:
    """Read the settings of a campaign folder.

    Parameters
    ----------
    folder
        Folder that holds campaign.toml.

    Raises
    ------
    InputRefusedError
        If there is no such file, it is not TOML, or a key or value is wrong; every fault is listed.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise InputRefusedError(Refusal("file_missing", value=str(path)))
    try:
        words = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputRefusedError(Refusal("settings_broken", file=str(path), value=str(error))) from error
    return parse_settings(words, str(path))


def parse_settings(words: dict[str, Any], file: str = SETTINGS_FILE) -> CampaignSettings:
    """Turn parsed TOML into settings.

    Raises
    ------
    InputRefusedError
        Naming the nearest known key for each unknown one.
    """
    try:
        return CampaignSettings.model_validate(words)
    except ValidationError as error:
        raise InputRefusedError(_refusal(one, file) for one in error.errors()) from error


def _refusal(error: ErrorDetails, file: str) -> Refusal:
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = _keys_beside(error["loc"])
        nearest = (difflib.get_close_matches(str(error["loc"][-1]), known, n=1, cutoff=0.0) or ["?"])[0]
        return Refusal("setting_unknown", file=file, value=name, limit=nearest)
    # A fault between keys has a whole table for its input: its message names the keys.
    value = name or file if isinstance(error["input"], dict) else repr(error["input"])
    return Refusal("setting_wrong", file=file, feature=name, value=value, limit=error["msg"])


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    """Keys that the table of an unknown key does know."""
    model: type[BaseModel] = CampaignSettings
    for part in loc[:-1]:
        inner: Any = model.model_fields[str(part)].annotation
        if not isinstance(inner, type) or not issubclass(inner, BaseModel):
            break
        model = inner
    return list(model.model_fields)
