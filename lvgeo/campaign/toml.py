"""Write settings as campaign.toml, each key with its meaning and the plan's clause beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

if TYPE_CHECKING:
    from lvgeo.campaign.settings import CampaignSettings

__all__ = ["settings_toml"]

HEAD: Final = (
    "# 一个街道一年的全部规则、标准和日期；括号内为方案条款。\n# 未知的设置项会被拒绝；删去一行即采用所示的默认值。\n"
)


def settings_toml(settings: CampaignSettings) -> str:
    """Return the text of campaign.toml; reading it gives equal settings.

    Examples
    --------
    >>> import tomllib
    >>> from lvgeo.campaign.settings import CampaignSettings
    >>> CampaignSettings.model_validate(tomllib.loads(settings_toml(CampaignSettings()))) == CampaignSettings()
    True
    """
    return HEAD + "".join(_table(settings, ()))


def _table(table: BaseModel, path: tuple[str, ...]) -> list[str]:
    plain, nested = [], []
    for key, field in type(table).model_fields.items():
        value = getattr(table, key)
        if isinstance(value, BaseModel):
            nested += _table(value, (*path, key))
        else:
            note = f"  # {field.description}" if field.description else ""
            plain.append(f"{key} = {_value(value)}{note}\n")
    head = [f"\n[{'.'.join(path)}]\n"] if path and plain else []
    return [*head, *plain, *nested]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
