"""The map's data block: everything the viewer shows, finished, in the page's language."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import LANGUAGES, page, say
from lvgeo.outputs.card import details, ends, number_of, plot_entry, whole_row
from lvgeo.outputs.columns import AREA_COMPLIANCE, CANOPY_CHANGE
from lvgeo.outputs.facts import figure, signed
from lvgeo.outputs.flows import flow_entries
from lvgeo.outputs.palette import FAMILIES, FLOW, GAIN, LOSS, MARKS, SEVERITIES
from lvgeo.outputs.pictures import MAX_SIDE_PX
from lvgeo.outputs.shapes import centre, rings
from lvgeo.outputs.tables import cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lvgeo.labels import Language
    from lvgeo.outputs.map_values import MapPage, MapPlot, MapVillage
    from lvgeo.outputs.palette import Mark

__all__ = ["all_details", "family_of", "heads", "payload"]

_NOTHING_KNOWN: Final = {"verdict": "not_assessed", "change": "inconclusive", "status": "no_plots"}
_CSV_KEYS: Final = (
    "village_code", "village", "kind", "status", "area_mu", "required_mu", "trees", "required_trees", "verdict",
    "change", "adjusted_change_pp", "interval_low_pp", "interval_high_pp", "required_pp", "basis", "reason",
    "notices", "streak",
)  # fmt: skip
_CSV_COLUMNS: Final = tuple({column.key: column for column in (*AREA_COMPLIANCE, *CANOPY_CHANGE)}[k] for k in _CSV_KEYS)


def payload(map_page: MapPage, side_px: int = MAX_SIDE_PX) -> dict[str, Any]:
    """Build what the viewer reads; only text, numbers, lists and dictionaries.

    Parameters
    ----------
    map_page
        The map.
    side_px
        Longest side of a picture.

    Returns
    -------
    dict
        Villages stand in the order of the list: what wants doing first.
    """
    found = heads(map_page)
    for head, whole in zip(found["villages"], all_details(map_page, side_px), strict=True):
        head.update(whole, lazy=False)
    return found


def heads(map_page: MapPage) -> dict[str, Any]:
    """Build what the list and the map need at once; a village's details are lazy.

    Parameters
    ----------
    map_page
        The map.
    """
    language, villages = map_page.language, map_page.villages
    family = family_of(villages)
    shown = [ends(village) for village in villages if village.images]
    both = [pair for pair in shown if all(pair)] or shown
    lone = {village.code for village in villages}
    return {
        "language": language,
        "title": map_page.title,
        "month": str(map_page.month),
        "baseline": str(map_page.baseline),
        "secrecy": map_page.secrecy_note,
        "generated_on": map_page.generated_on,
        "crs_note": map_page.crs_note,
        "family": family,
        "words": _words(language),
        "states": _states(family, language),
        "statuses": _states("status", language) if family != "status" and any(v.area for v in villages) else [],
        "severities": _severities(map_page.plots),
        "change": {"gain": GAIN, "loss": LOSS},
        "flows": {"colour": FLOW, **flow_entries(map_page.transfers, language)},
        "has_classes": any(len(village.classes) > 1 for village in villages),
        "months": sorted({str(image.month) for village in villages for image in village.images}),
        "ends": [_only(pair[side] for pair in both) for side in (0, 1)],
        "basemap": dataclasses.asdict(map_page.basemap) if map_page.basemap else None,
        "csv": {
            "name": "-".join(filter(None, ("lvgeo", str(map_page.month)))) + ".csv",
            "head": [column.heading(language) for column in _CSV_COLUMNS],
        },
        "villages": [_head(village, family, language) for village in _ordered(map_page)],
        "plot_count": len(map_page.plots),
        "plots": [plot_entry(plot, language) for plot in map_page.plots if plot.village_code not in lone],
    }


def all_details(map_page: MapPage, side_px: int) -> Iterator[dict[str, Any]]:
    """Return the details of every village in the list's order; warping releases the interpreter: two cores share it."""
    plots: dict[str, list[MapPlot]] = {}
    for plot in map_page.plots:
        plots.setdefault(plot.village_code, []).append(plot)
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(
            lambda village: details(village, plots.get(village.code, ()), map_page.language, side_px),
            _ordered(map_page),
        )


def family_of(villages: Sequence[MapVillage]) -> str:
    """Return what the villages are coloured by: the strongest statement that any of them has."""
    for family in ("verdict", "change"):
        if any((village.change or {}).get(family) in FAMILIES[family] for village in villages):
            return family
    return "status"


def _ordered(map_page: MapPage) -> list[MapVillage]:
    family = family_of(map_page.villages)
    return sorted(map_page.villages, key=lambda village: _rank(village, family))


def _only(months: Iterator[str]) -> str:
    """Return the month that all share; empty where they differ."""
    found = set(months)
    return found.pop() if len(found) == 1 else ""


def _words(language: Language) -> dict[str, str]:
    place = LANGUAGES.index(language)
    return {code.removeprefix("page_"): said[place] for code, said in page.WORDS.items() if code.startswith("page_")}


def _states(family: str, language: Language) -> list[dict[str, str]]:
    codes = ((state, f"{family}_{state}") for state in FAMILIES[family])
    return [{"key": state, "word": say(code, language), **_drawn(MARKS[code])} for state, code in codes]


def _severities(plots: Sequence[MapPlot]) -> list[dict[str, Any]]:
    used = {plot.status if plot.status in SEVERITIES else "" for plot in plots}
    return [{"key": key, "used": key in used, **_drawn(mark)} for key, mark in SEVERITIES.items()]


def _drawn(mark: Mark) -> dict[str, str]:
    return dataclasses.asdict(mark)


def _state(row: Mapping[str, object], family: str) -> str:
    state = str(row.get(family))
    return state if state in FAMILIES[family] else _NOTHING_KNOWN[family]


def _count(row: Mapping[str, object], key: str) -> int:
    return int(number_of(row, key) or 0)


def _rank(village: MapVillage, family: str) -> tuple[int, int, int, float, str]:
    row = whole_row(village)
    order = FAMILIES[family].index(_state(row, family))
    change = number_of(row, "adjusted_change_pp")
    return order, -_count(row, "streak"), -_count(row, "notices"), 0.0 if change is None else change, village.code


def _head(village: MapVillage, family: str, language: Language) -> dict[str, Any]:
    row = whole_row(village)
    return {
        "code": village.code,
        "name": village.name,
        "state": _state(row, family),
        "status": _state(row, "status"),
        "figure": _headline(row, family, language),
        "badge": _badge(row, language),
        "cells": [cell(column, row.get(column.key)) for column in _CSV_COLUMNS],
        "shape": rings(village.geometry),
        "centre": centre(village.geometry),
        "lazy": True,
    }


def _headline(row: Mapping[str, object], family: str, language: Language) -> str:
    """Return the one figure that stands in the list: of what the word rests on."""
    change = number_of(row, "adjusted_change_pp")
    if family != "status" and change is not None and row.get("basis") != "register":
        return say("page_figure_pp", language, value=signed(f"{change:.1f}"))
    key, words = ("trees", "page_figure_trees") if row["kind"] == "community" else ("area_mu", "page_figure_mu")
    text = figure(key, row.get(key), language)
    return say(words, language, value=text) if text else ""


def _badge(row: Mapping[str, object], language: Language) -> str:
    for key in ("streak", "notices"):
        count = _count(row, key)
        if count:
            return say(f"page_{key}", language, count=count)
    return ""
