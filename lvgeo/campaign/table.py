"""What every table of campaign.toml is: frozen, and closed to keys it does not know."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["CLOSED", "Range", "Share", "Table"]

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Range = tuple[float, float]
CLOSED: Final = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Table(BaseModel):
    """A table of campaign.toml."""

    model_config = CLOSED

    @classmethod
    def clause(cls, key: str) -> str:
        """Clause of the plan that a key comes from, as its description begins; empty where the office set it itself.

        Examples
        --------
        >>> class Milestones(Table):
        ...     pits: int = Field(1, description="附件8: 挖穴")
        ...     season: int = Field(1, description="本街道自定")
        >>> Milestones.clause("pits"), Milestones.clause("season")
        ('附件8', '')
        """
        head, colon, _ = (cls.model_fields[key].description or "").partition(": ")
        return head if colon else ""
