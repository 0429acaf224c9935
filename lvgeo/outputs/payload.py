"""The map's data block: everything the viewer shows, finished, in the page's language."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import LANGUAGES, page, say
from lvgeo.outputs.columns import AREA_COMPLIANCE, CANOPY_CHANGE
from lvgeo.outputs.facts import Fact, facts, figure, signed
from lvgeo.outputs.palette import FAMILIES, MARKS, SEVERITIES
from lvgeo.outputs.pictures import draw_picture
from lvgeo.outputs.shapes import centre, rings
from lvgeo.outputs.tables import cell, is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.labels import Language
    from lvgeo.outputs.map import MapImage, MapPage, MapPlot, MapVillage

__all__ = ["family_of", "payload"]

_NOTHING_KNOWN: Final = {"verdict": "not_assessed", "change": "inconclusive", "status": "no_plots"}
_AREA_KEYS: Final = (
    "status", "area_mu", "required_mu", "difference_m2", "uncertainty_m2", "plots", "trees", "required_trees", "issues",
)  # fmt: skip
_CANOPY_KEYS: Final = (
    "adjusted_change_pp", "interval", "required_pp", "net_change_pp", "control_change_pp", "change", "work", "growth",
    "basis", "observed_share", "residual_m", "model", "notices", "streak",
)  # fmt: skip
_CSV_KEYS: Final = (
    "village_code", "village", "kind", "status", "area_mu", "required_mu", "trees", "required_trees", "verdict",
    "change", "adjusted_change_pp", "interval_low_pp", "interval_high_pp", "required_pp", "basis", "reason",
    "notices", "streak",
)  # fmt: skip
_CSV_COLUMNS: Final = tuple({column.key: column for column in (*AREA_COMPLIANCE, *CANOPY_CHANGE)}[k] for k in _CSV_KEYS)


def payload(map_page: MapPage) -> dict[str, Any]:
    """Build what the viewer reads; only text, numbers, lists and dictionaries.

    Parameters
    ----------
    map_page
        The map.

    Returns
    -------
    dict
        Villages stand in the order of the list: what wants doing first.
    """
    language = map_page.language
    family = family_of(map_page.villages)
    ordered = sorted(map_page.villages, key=lambda village: _rank(village, family))
    places = {village.code: place for place, village in enumerate(ordered)}
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
        "severities": _severities(),
        "csv": {
            "name": "-".join(filter(None, ("lvgeo", str(map_page.month)))) + ".csv",
            "head": [column.heading(language) for column in _CSV_COLUMNS],
        },
        "villages": _villages(ordered, family, language),
        "plots": [_plot(plot, places, language) for plot in map_page.plots],
    }


def family_of(villages: Sequence[MapVillage]) -> str:
    """Return what the villages are coloured by: the strongest statement that any of them has."""
    for family in ("verdict", "change"):
        if any((village.change or {}).get(family) in FAMILIES[family] for village in villages):
            return family
    return "status"


def _words(language: Language) -> dict[str, str]:
    place = LANGUAGES.index(language)
    return {code.removeprefix("page_"): said[place] for code, said in page.WORDS.items() if code.startswith("page_")}


def _states(family: str, language: Language) -> list[dict[str, str]]:
    codes = ((state, f"{family}_{state}") for state in FAMILIES[family])
    return [{"key": state, "word": say(code, language), **_drawn(MARKS[code])} for state, code in codes]


def _severities() -> list[dict[str, str]]:
    return [{"key": key, **_drawn(mark)} for key, mark in SEVERITIES.items()]


def _drawn(mark: Any) -> dict[str, str]:
    return dataclasses.asdict(mark)


def _row(village: MapVillage) -> dict[str, object]:
    """One row of both tables; where both have a figure, the area table's stands."""
    return {
        **(village.change or {}),
        **village.area,
        "village_code": village.code,
        "village": village.name,
        "kind": village.kind,
    }


def _state(village: MapVillage, family: str) -> str:
    state = str(_row(village).get(family))
    return state if state in FAMILIES[family] else _NOTHING_KNOWN[family]


def _count(row: Mapping[str, object], key: str) -> int:
    value = row.get(key)
    return 0 if is_missing(value) else int(float(str(value)))


def _float(row: Mapping[str, object], key: str) -> float | None:
    value = row.get(key)
    return None if is_missing(value) else float(str(value))


def _rank(village: MapVillage, family: str) -> tuple[int, int, int, float, str]:
    row = _row(village)
    change = _float(row, "adjusted_change_pp")
    order = FAMILIES[family].index(_state(village, family))
    return order, -_count(row, "streak"), -_count(row, "notices"), 0.0 if change is None else change, village.code


def _villages(ordered: Sequence[MapVillage], family: str, language: Language) -> list[dict[str, Any]]:
    """Return the villages in order; warping and encoding pictures releases the interpreter, so two cores share it."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda village: _village(village, family, language), ordered))


def _village(village: MapVillage, family: str, language: Language) -> dict[str, Any]:
    row = _row(village)
    shown = [*_AREA_KEYS, *_CANOPY_KEYS]
    rest = [
        column.key for column in (*AREA_COMPLIANCE, *CANOPY_CHANGE) if column.key not in (*shown, "reason", *_PLAIN)
    ]
    return {
        "code": village.code,
        "name": village.name,
        "kind": figure("kind", village.kind, language),
        "state": _state(village, family),
        "figure": _headline(row, family, language),
        "badge": _badge(row, language),
        "reason": figure("reason", row.get("reason"), language),
        "consequence": village.consequence,
        "interval": _interval(row),
        "area": facts(row, _AREA_KEYS, language),
        "canopy": _canopy_facts(row, language),
        "more": facts(row, dict.fromkeys(rest), language),
        "cells": [cell(column, row.get(column.key)) for column in _CSV_COLUMNS],
        "shape": rings(village.geometry),
        "centre": centre(village.geometry),
        "pictures": [drawn for image in village.images if (drawn := _picture(image)) is not None],
        "ends": _ends(village.images, str(row.get("month") or "")),
        "change": _picture(village.change_image),
        "months": [dataclasses.asdict(one) for one in village.months],
    }


_PLAIN: Final = ("village_code", "village", "kind", "interval_low_pp", "interval_high_pp", "verdict")


def _canopy_facts(row: Mapping[str, object], language: Language) -> list[Fact]:
    low, high = (figure(f"interval_{end}_pp", row.get(f"interval_{end}_pp"), language) for end in ("low", "high"))
    heading = say("page_interval", language)
    return facts(
        {**row, heading: say("page_interval_text", language, low=low, high=high) if low and high else None},
        [heading if key == "interval" else key for key in _CANOPY_KEYS],
        language,
    )


def _headline(row: Mapping[str, object], family: str, language: Language) -> str:
    """Return the one figure that stands in the list."""
    change = _float(row, "adjusted_change_pp")
    if family != "status" and change is not None:
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


def _interval(row: Mapping[str, object]) -> dict[str, float | None] | None:
    low, middle, high = (_float(row, f"{key}_pp") for key in ("interval_low", "adjusted_change", "interval_high"))
    if low is None or middle is None or high is None:
        return None
    return {"low": low, "middle": middle, "high": high, "required": _float(row, "required_pp")}


def _ends(images: tuple[MapImage, ...], month: str) -> list[str]:
    """Months shown at first, before and after; a lone picture stands on the side that its month says."""
    if len(images) == 1:
        late = bool(month) and images[0].month >= month
        return ["", images[0].month] if late else [images[0].month, ""]
    return [images[0].month, images[-1].month] if images else ["", ""]


def _picture(image: MapImage | None) -> dict[str, Any] | None:
    drawn = image and draw_picture(image.rgb, image.seen, image.transform, image.crs)
    if not image or not drawn:
        return None
    west, south, east, north = (round(degree, 8) for degree in drawn.bounds)
    return {"month": str(image.month), "uri": drawn.uri, "bounds": [[south, west], [north, east]]}


def _plot(plot: MapPlot, places: Mapping[str, int], language: Language) -> dict[str, Any]:
    return {
        "id": plot.plot_id,
        "village": places.get(plot.village_code, -1),
        "severity": plot.status if plot.status in SEVERITIES else "",
        "shape": rings(plot.geometry),
        "facts": facts(plot.row, plot.row, language),
    }
