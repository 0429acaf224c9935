"""evidence/<code>.html: all that a village's word rests on, in one page that can be printed and handed over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import Transformer

from lvgeo.labels import CATALOGUE, say
from lvgeo.outputs.columns import AREA_COMPLIANCE, CANOPY_CHANGE
from lvgeo.outputs.document import write_document
from lvgeo.outputs.facts import facts
from lvgeo.outputs.pictures import encode_image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.labels import Language

__all__ = ["Dossier", "DossierChip", "write_dossier"]

MAX_CHIP_PX: Final = 640
_AROUND: Final = 0.4  # of the plots' reach, shown around them
_LEFT_OUT: Final = {"village_code", "village", "reason", "month"}
_WIDE, _BINS = 640, 15


@dataclass(frozen=True, slots=True, eq=False)
class DossierChip:
    """One image.

    Parameters
    ----------
    caption
        What it shows, as it is said.
    rgb, seen
        (y, x, 3) uint8, and where it was observed.
    transform, crs
        Where its pixels lie.
    pixel_m
        Side of one on the ground.
    """

    caption: str
    rgb: NDArray[np.uint8]
    seen: NDArray[np.bool_]
    transform: Affine
    crs: CRS
    pixel_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """One village's evidence.

    Parameters
    ----------
    title, under, secrecy
        Heads of the page.
    language
        ``zh`` or ``en``.
    row
        Its figures, by column key.
    consequence
        What is proposed, empty where nothing is.
    chips
        Images.
    plots
        Outlines to draw on them, with their reference system.
    errors_pp
        What unplanted ground of each control village showed beyond the others.
    history
        When, and what was said.
    inputs
        Name and hash.
    command
        What makes this page again.
    """

    title: str
    under: str
    secrecy: str
    language: Language
    row: Mapping[str, object]
    consequence: str
    chips: tuple[DossierChip, ...]
    plots: tuple[tuple[BaseGeometry, ...], CRS]
    errors_pp: tuple[float, ...]
    history: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    command: str


def write_dossier(path: Path, dossier: Dossier) -> None:
    """Write the page.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    language, row = dossier.language, dossier.row
    verdict = str(row.get("verdict") or "")
    write_document(path, "dossier.html", language, {
        "title": dossier.title, "under": dossier.under, "secrecy": dossier.secrecy,
        "state": verdict or "not_assessed", "word": say(f"verdict_{verdict}", language) if verdict else "",
        "reason": str(row.get("reason") or ""), "consequence": dossier.consequence,
        "chips": [_chip(one, dossier.plots, language) for one in dossier.chips],
        "figures": _figures(row, language), "histogram": _histogram(dossier), "history": dossier.history,
        "inputs": dossier.inputs, "command": dossier.command,
    })  # fmt: skip


def _figures(row: Mapping[str, object], language: Language) -> list[tuple[str, str, str]]:
    """Every number with what it means, in the tables' order."""
    found = []
    for column in dict.fromkeys((*AREA_COMPLIANCE, *CANOPY_CHANGE)):
        if column.key in _LEFT_OUT:
            continue
        meaning = f"meaning_{column.key}"
        told = say(meaning, language) if meaning in CATALOGUE else ""
        found += [(label, value, told) for label, value in facts(row, [column.key], language)]
    return found


def _chip(chip: DossierChip, plots: tuple[tuple[BaseGeometry, ...], CRS], language: Language) -> dict[str, Any]:
    shapes, crs = plots
    to_chip = Transformer.from_crs(crs, chip.crs, always_xy=True)
    moved = [shapely.transform(shape, to_chip.transform, interleaved=False) for shape in shapes]
    rgb, seen, transform = _cut(chip, moved)
    step = max(1, math.ceil(max(seen.shape) / MAX_CHIP_PX))
    rgb, seen = rgb[::step, ::step], seen[::step, ::step]
    height, width = seen.shape
    pixel_m = chip.pixel_m * step
    away = ~(transform @ type(transform).scale(step))
    rings = [
        " ".join(f"{x:.1f},{y:.1f}" for x, y in (away @ at for at in part.exterior.coords))
        for shape in moved
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
    ]
    rgba = np.concatenate([np.moveaxis(rgb, -1, 0), (seen * 255).astype(np.uint8)[None]])
    bar_m = _round_length(width * pixel_m / 4)
    stroke = max(width / 400, 0.4)
    return {
        "uri": encode_image(np.ascontiguousarray(rgba)), "width": width, "height": height, "caption": chip.caption,
        "rings": rings, "stroke": round(stroke, 3), "bar_x": round(width * 0.04, 1), "bar_y": round(height * 0.94, 1),
        "bar_px": round(bar_m / pixel_m, 1), "bar_text": say("dossier_metres", language, metres=bar_m),
    }  # fmt: skip


def _cut(chip: DossierChip, shapes: Sequence[BaseGeometry]) -> tuple[NDArray[np.uint8], NDArray[np.bool_], Affine]:
    """Part of an image around the plots; all of it where there are none."""
    height, width = chip.seen.shape
    if not shapes:
        return chip.rgb, chip.seen, chip.transform
    west, south, east, north = shapely.total_bounds(np.array(shapes))
    margin = _AROUND * max(east - west, north - south)
    col0, row0 = ~chip.transform @ (west - margin, north + margin)
    col1, row1 = ~chip.transform @ (east + margin, south - margin)
    top, left = max(0, int(row0)), max(0, int(col0))
    bottom, right = min(height, math.ceil(row1)), min(width, math.ceil(col1))
    if bottom - top < 2 or right - left < 2:  # noqa: PLR2004 - nothing of the plots is on it
        return chip.rgb, chip.seen, chip.transform
    part = chip.transform @ type(chip.transform).translation(left, top)
    return chip.rgb[top:bottom, left:right], chip.seen[top:bottom, left:right], part


def _round_length(metres: float) -> int:
    """Return the largest of 1, 2, 5, 10, … m that fits."""
    power = 10 ** math.floor(math.log10(max(metres, 1.0)))
    return int(max(k * power for k in (1, 2, 5) if k * power <= max(metres, 1.0)))


def _histogram(dossier: Dossier) -> dict[str, Any] | None:
    value = dossier.row.get("adjusted_change_pp")
    if len(dossier.errors_pp) < 3 or value is None:  # noqa: PLR2004 - two are no picture
        return None
    mine, required = float(str(value)), dossier.row.get("required_pp")
    marks = [(mine, "#C62828", "", say("dossier_village", dossier.language, value=f"{mine:+.1f}"))]
    if required is not None:
        due = float(str(required))
        marks.append((due, "#0C7BDC", "6 4", say("page_required_mark", dossier.language, value=f"{due:.1f}")))
    known = np.array([*dossier.errors_pp, *(one[0] for one in marks), 0.0])
    low, high = float(known.min()) - 1.0, float(known.max()) + 1.0
    counts, edges = np.histogram(dossier.errors_pp, bins=_BINS, range=(low, high))
    unit = _WIDE / (high - low)

    def x(at: float) -> float:
        return round((at - low) * unit, 1)

    bars = [
        {"x": x(a), "y": round(170 - 140 * n / counts.max(), 1), "width": round(_WIDE / _BINS - 2, 1),
         "height": round(140 * n / counts.max(), 1)}
        for a, n in zip(edges, counts, strict=False) if n
    ]  # fmt: skip
    drawn = [
        {"x": x(at), "colour": colour, "dash": dash, "text": text, "y": 14 + 16 * k,
         "anchor": "end" if x(at) > _WIDE / 2 else "start"}
        for k, (at, colour, dash, text) in enumerate(marks)
    ]  # fmt: skip
    steps = range(math.ceil(low), math.floor(high) + 1, max(1, int((high - low) / 8)))
    ticks = [{"x": x(at), "text": f"{at:+.0f}"} for at in steps]
    return {"bars": bars, "marks": drawn, "ticks": ticks}
