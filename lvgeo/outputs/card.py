"""What a village's card shows: reason, figures, pictures, months and plots, finished, in the page's language."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from lvgeo.labels import say
from lvgeo.outputs.columns import AREA_COMPLIANCE, CANOPY_CHANGE
from lvgeo.outputs.facts import Fact, facts, figure
from lvgeo.outputs.palette import SEVERITIES
from lvgeo.outputs.pictures import draw_classes, draw_picture
from lvgeo.outputs.shapes import rings
from lvgeo.outputs.tables import is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.labels import Language
    from lvgeo.outputs.map_values import MapClasses, MapImage, MapPlot, MapVillage
    from lvgeo.outputs.pictures import Picture

__all__ = ["details", "ends", "number_of", "plot_entry", "whole_row"]

_AREA_KEYS: Final = (
    "status", "area_mu", "required_mu", "difference_m2", "uncertainty_m2", "plots", "trees", "required_trees", "issues",
)  # fmt: skip
_CANOPY_KEYS: Final = (
    "adjusted_change_pp", "interval", "required_pp", "net_change_pp", "control_change_pp", "change", "work", "growth",
    "basis", "observed_share", "residual_m", "model", "notices", "streak",
)  # fmt: skip
_PLAIN: Final = (
    "village_code", "village", "kind", "interval_low_pp", "interval_high_pp", "verdict", "reason", "month", "baseline",
)  # fmt: skip
_SHOWN: Final = {*_AREA_KEYS, *_CANOPY_KEYS, *_PLAIN}
_REST: Final = tuple(
    dict.fromkeys(column.key for column in (*AREA_COMPLIANCE, *CANOPY_CHANGE) if column.key not in _SHOWN)
)


def whole_row(village: MapVillage) -> dict[str, object]:
    """One row of both tables; where both have a figure, the area table's stands."""
    return {
        **(village.change or {}),
        **village.area,
        "village_code": village.code,
        "village": village.name,
        "kind": village.kind,
    }


def number_of(row: Mapping[str, object], key: str) -> float | None:
    """Return a figure, None where it is missing."""
    value = row.get(key)
    return None if is_missing(value) else float(str(value))


def details(village: MapVillage, plots: Sequence[MapPlot], language: Language, side_px: int) -> dict[str, Any]:
    """Build a village's details.

    Parameters
    ----------
    village
        The village.
    plots
        Its plots.
    language
        Of the words.
    side_px
        Longest side of its pictures.
    """
    row = whole_row(village)
    return {
        "code": village.code,
        "kind": figure("kind", village.kind, language),
        "reason": figure("reason", row.get("reason"), language),
        "consequence": village.consequence,
        "interval": _interval(row),
        "area": facts(row, _AREA_KEYS, language),
        "canopy": _canopy_facts(row, language),
        "tasks": [list(one) for one in village.tasks],
        "more": facts(row, _REST, language),
        "pictures": [one for image in village.images if (one := _picture(image, side_px)) is not None],
        "ends": ends(village),
        "classes": [one for held in village.classes if (one := _classes(held, side_px)) is not None],
        "months": [dataclasses.asdict(one) for one in village.months],
        "plots": [plot_entry(plot, language) for plot in plots],
    }


def ends(village: MapVillage) -> list[str]:
    """Months shown at first, before and after; a lone picture stands on the side that its month says."""
    months = [str(image.month) for image in village.images]
    now = str(whole_row(village).get("month") or "")
    if len(months) == 1:
        late = bool(now) and months[0] >= now
        return ["", months[0]] if late else [months[0], ""]
    return [months[0], months[-1]] if months else ["", ""]


def plot_entry(plot: MapPlot, language: Language) -> dict[str, Any]:
    """Build one plot's shape and card."""
    return {
        "id": plot.plot_id,
        "village": -1,
        "severity": plot.status if plot.status in SEVERITIES else "",
        "shape": rings(plot.geometry),
        "issues": list(plot.issues),
        "facts": facts(plot.row, plot.row, language),
    }


def _canopy_facts(row: Mapping[str, object], language: Language) -> list[Fact]:
    low, high = (figure(f"interval_{end}_pp", row.get(f"interval_{end}_pp"), language) for end in ("low", "high"))
    heading = say("page_interval", language)
    return facts(
        {**row, heading: say("page_interval_text", language, low=low, high=high) if low and high else None},
        [heading if key == "interval" else key for key in _CANOPY_KEYS],
        language,
    )


def _interval(row: Mapping[str, object]) -> dict[str, float | None] | None:
    low, middle, high = (number_of(row, f"{key}_pp") for key in ("interval_low", "adjusted_change", "interval_high"))
    if low is None or middle is None or high is None:
        return None
    return {"low": low, "middle": middle, "high": high, "required": number_of(row, "required_pp")}


def _picture(image: MapImage, side_px: int) -> dict[str, Any] | None:
    drawn = draw_picture(image.rgb, image.seen, image.transform, image.crs, side_px)
    if drawn is None:
        return None
    tiles = dataclasses.asdict(image.tiles) if image.tiles else None
    return {"month": str(image.month), "uri": drawn.uri, "bounds": _corners(drawn), "tiles": tiles}


def _classes(held: MapClasses, side_px: int) -> dict[str, Any] | None:
    drawn = draw_classes(held.classes, held.transform, held.crs, side_px)
    return None if drawn is None else {"month": str(held.month), "uri": drawn.uri, "bounds": _corners(drawn)}


def _corners(drawn: Picture) -> list[list[float]]:
    west, south, east, north = (round(degree, 8) for degree in drawn.bounds)
    return [[south, west], [north, east]]
