"""Colour, pattern and icon of every state, defined once for the map and for the GeoPackage.

No state is told by colour alone: each has its word, its own icon and its own dash. The four colours of the verdict stay
at least 20 CIEDE2000 apart for protan, deutan and tritan eyes (tested).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAMILIES", "FLOW", "GAIN", "GROUND", "KEPT", "LOSS", "MARKS", "SEVERITIES", "Mark"]

RED: Final = "#C62828"
YELLOW: Final = "#FFC20A"
BLUE: Final = "#0C7BDC"
GREY: Final = "#9E9E9E"
GAIN: Final = "#00D5E8"
LOSS: Final = "#F0148C"
"""Canopy gained and lost on top of photographs: hues that no ground or leaf has, and that differ for every eye."""
FLOW: Final = "#4A148C"
"""Seedlings to be moved."""
KEPT: Final = "#465046"
GROUND: Final = "#F5F0D2"
"""Canopy at both dates and at neither, where there is no photograph: as far from the two above for every eye."""
_DARK: Final = "#1F2328"
_LIGHT: Final = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Mark:
    """How one state is drawn.

    Parameters
    ----------
    colour
        Fill and outline, ``#RRGGBB``.
    ink
        Colour of the icon on top of it, chosen for contrast.
    icon
        SVG path in a box of 16 × 16.
    dash
        Outline's dash pattern in pixels; empty for a solid line.
    """

    colour: str
    ink: str
    icon: str
    dash: str


_DOWN: Final = "M3 4h10l-5 9z"
_UP: Final = "M8 3l5 9H3z"
_TICK: Final = "M3 8.6l1.6-1.7 2.5 2.4 4.8-5.2 1.7 1.5-6.4 7z"
_QUERY: Final = (
    "M4.9 6C4.9 4 6.3 2.9 8.1 2.9c1.9 0 3.2 1 3.2 2.7 0 1.3-.8 2-1.6 2.6-.7.5-.9.8-.9 1.5H7c0-1.5.5-2 1.4-2.7"
    ".6-.4.9-.7.9-1.3 0-.7-.5-1.1-1.2-1.1-.8 0-1.3.5-1.3 1.4zM7 10.9h1.9v2H7z"
)
_DASH: Final = "M3.5 7h9v2h-9z"
_EQUAL: Final = "M3.5 5h9v2h-9zm0 4h9v2h-9z"

MARKS: Final[Mapping[str, Mark]] = {
    "verdict_lagging": Mark(RED, _LIGHT, _DOWN, ""),
    "verdict_inconclusive": Mark(YELLOW, _DARK, _QUERY, "8 5"),
    "verdict_on_track": Mark(BLUE, _LIGHT, _TICK, "14 3"),
    "verdict_not_assessed": Mark(GREY, _DARK, _DASH, "2 5"),
    "change_loss": Mark(RED, _LIGHT, _DOWN, ""),
    "change_inconclusive": Mark(YELLOW, _DARK, _QUERY, "8 5"),
    "change_no_clear_change": Mark(GREY, _DARK, _EQUAL, "2 5"),
    "change_gain": Mark(BLUE, _LIGHT, _UP, "14 3"),
    "status_short": Mark(RED, _LIGHT, _DOWN, ""),
    "status_no_plots": Mark(GREY, _DARK, _DASH, "2 5"),
    "status_borderline": Mark(YELLOW, _DARK, _QUERY, "8 5"),
    "status_meets": Mark(BLUE, _LIGHT, _TICK, "14 3"),
    **{f"progress_{one}": Mark(RED, _LIGHT, _DOWN, "") for one in ("overdue", "short", "reestablish")},
    **{
        f"progress_{one}": Mark(YELLOW, _DARK, _QUERY, "8 5")
        for one in ("late", "borderline", "replant", "review", "not_reported", "undated")
    },
    **{f"progress_{one}": Mark(BLUE, _LIGHT, _TICK, "14 3") for one in ("kept", "met")},
    "progress_ahead": Mark(GREY, _DARK, _DASH, "2 5"),
}
"""Mark of each state, by the code of its word in the labels."""

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "verdict": ("lagging", "inconclusive", "on_track", "not_assessed"),
    "change": ("loss", "inconclusive", "no_clear_change", "gain"),
    "status": ("short", "no_plots", "borderline", "meets"),
}
"""What villages can be coloured by, and each one's states in the order of the list: what wants doing first."""

SEVERITIES: Final[Mapping[str, Mark]] = {
    "error": Mark("#B3261E", _LIGHT, _DOWN, "5 4"),
    "warning": Mark("#E07B00", _DARK, _QUERY, "10 4"),
    "info": Mark("#5B3FA0", _LIGHT, _DASH, "2 4"),
    "": Mark("#0B6E4F", _LIGHT, _TICK, ""),
}
"""Outline of a plot, by its worst issue; "" is a plot without any."""
