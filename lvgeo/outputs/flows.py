"""Seedlings to be moved as the map draws them: a line from who gives to who asks, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lvgeo.labels import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.labels import Language
    from lvgeo.outputs.map_values import MapTransfer

__all__ = ["flow_entries"]

_KM_M = 1000.0


def flow_entries(transfers: Sequence[MapTransfer], language: Language) -> dict[str, Any]:
    """Put transfers together by who gives and who asks: one line each, however many species.

    Parameters
    ----------
    transfers
        What is proposed; one whose end is nowhere cannot be drawn, and is counted.
    language
        Of the words.

    Examples
    --------
    >>> from lvgeo.outputs.map_values import MapTransfer
    >>> ends = {"start": (114.0, 23.0), "end": (114.02, 23.0)}
    >>> moved = [MapTransfer(s, n, "东村", "甲", "西村", 2048.6, **ends) for s, n in (("香樟", 30), ("木棉", 5))]
    >>> found = flow_entries(moved, "zh")
    >>> found["lines"][0]["facts"], found["lines"][0]["seedlings"], found["unplaced"]
    ([('香樟', '30 株'), ('木棉', '5 株'), ('距离', '2.0 公里')], 35, 0)
    """
    placed = [one for one in transfers if one.start is not None and one.end is not None]
    together: dict[tuple[object, ...], list[MapTransfer]] = {}
    for one in placed:
        together.setdefault((one.giver, one.taker_code, one.start, one.end), []).append(one)
    lines = [_line(held, language) for held in together.values()]
    # The widest first, so that a thin line is not hidden under it.
    lines.sort(key=lambda line: -line["seedlings"])
    return {"lines": lines, "unplaced": len(transfers) - len(placed)}


def _line(held: Sequence[MapTransfer], language: Language) -> dict[str, Any]:
    first = held[0]
    facts = [(one.species, say("page_flow_count", language, count=one.seedlings)) for one in held]
    facts += [(say("page_flow_distance", language), _far(first.distance_m, language))] if first.distance_m else []
    return {
        "giver": first.giver,
        "taker": first.taker,
        "code": first.taker_code,
        "from": _turned(first.start),
        "to": _turned(first.end),
        "seedlings": sum(one.seedlings for one in held),
        "facts": facts,
    }


def _far(metre: float, language: Language) -> str:
    if metre < _KM_M:
        return say("page_flow_m", language, value=f"{metre:.0f}")
    return say("page_flow_km", language, value=f"{metre / _KM_M:.1f}")


def _turned(lon_lat: tuple[float, float] | None) -> list[float]:
    """Latitude before longitude, as Leaflet has it."""
    return list(lon_lat[::-1]) if lon_lat else []
