"""What unplanted ground showed, as bars, with the village's own change and what was due."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.labels import say
from lvgeo.outputs.palette import MARKS
from lvgeo.outputs.tables import is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.labels import Language

__all__ = ["histogram_values"]

_WIDE, _TALL, _FOOT = 640, 130, 175
_BINS = 5  # bars between two ticks
_LEAST = 3  # controls; two are no picture
_ROUND: Final = (0.5, 1, 2, 5, 10, 20, 50, 100)


def histogram_values(
    errors_pp: Sequence[float], row: Mapping[str, object], language: Language
) -> dict[str, Any] | None:
    """Return what the template draws; None where there is no change, or too few controls.

    Parameters
    ----------
    errors_pp
        What unplanted ground of each control village showed beyond the others, percentage points.
    row
        The village's figures of canopy_change.
    language
        Of the words.
    """
    keys = ("adjusted_change_pp", "interval_low_pp", "interval_high_pp", "required_pp")
    mine, low, high, due = (None if is_missing(row.get(key)) else float(str(row[key])) for key in keys)
    if len(errors_pp) < _LEAST or mine is None:
        return None
    known = [*errors_pp, 0.0, *(one for one in (mine, low, high, due) if one is not None)]
    step = _step(max(known) - min(known))
    west, east = math.floor(min(known) / step) * step, math.ceil(max(known) / step) * step
    unit = (_WIDE - 40) / max(east - west, step)

    def x(at: float) -> float:
        return round(20 + (at - west) * unit, 1)

    counts, edges = np.histogram(errors_pp, bins=max(1, round((east - west) / step * _BINS)), range=(west, east))
    bars = [
        {"x": x(left), "y": round(_FOOT - _TALL * n / counts.max(), 1), "width": round(step / _BINS * unit - 0.5, 1),
         "height": round(_TALL * n / counts.max(), 1)}
        for left, n in zip(edges, counts, strict=False) if n
    ]  # fmt: skip
    colour = MARKS[f"verdict_{row.get('verdict') or 'not_assessed'}"].colour
    marks = [_mark(x(mine), colour, "", say("dossier_village", language, value=f"{mine:+.1f}"), 0)]
    if due is not None:
        marks.append(_mark(x(due), "#1F2328", "6 4", say("page_required_mark", language, value=f"{due:.1f}"), 1))
    ticks = [{"x": x(at), "text": f"{at:+g}" if at else "0"} for at in np.arange(west, east + step / 2, step)]
    band = None
    if low is not None and high is not None:
        band = {"x": x(low), "width": round(x(high) - x(low), 1), "colour": colour}
    return {"bars": bars, "marks": marks, "ticks": ticks, "band": band, "count": len(errors_pp)}


def _step(wide: float) -> float:
    """Round distance of ticks, about ten over the width."""
    return next((one for one in _ROUND if one >= wide / 10), _ROUND[-1])


def _mark(x: float, colour: str, dash: str, text: str, line: int) -> dict[str, Any]:
    right = x > _WIDE / 2
    return {"x": x, "colour": colour, "dash": dash, "text": text, "y": 14 + 17 * line,
            "text_x": x - 5 if right else x + 5, "anchor": "end" if right else "start"}  # fmt: skip
