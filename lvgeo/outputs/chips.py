"""Images of a village's plots for its dossier: cut around them, with their outlines and a scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from lvgeo.labels import say
from lvgeo.outputs.pictures import encode_image
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.labels import Language

__all__ = ["Chip", "Outlines", "chip_values"]

MAX_CHIP_PX: Final = 640
_AROUND: Final = 0.4  # of the plots' reach, shown around them
_MAX_RINGS: Final = 500  # outlines of a chip; more are a grey blur

Outlines = tuple[tuple["BaseGeometry", ...], "CRS"]
"""Polygons to draw, with their reference system."""


@dataclass(frozen=True, slots=True, eq=False)
class Chip:
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


def chip_values(chip: Chip, outlines: Outlines, language: Language) -> dict[str, Any]:
    """Return what the template draws of a chip.

    Parameters
    ----------
    chip
        The image; all of it where there are no plots.
    outlines
        The village's plots.
    language
        Of the scale.
    """
    shapes, crs = outlines
    to_chip = between(crs, chip.crs)
    moved = [shapely.transform(shape, to_chip.transform, interleaved=False) for shape in shapes]
    rgb, seen, transform = _cut(chip, moved)
    step = max(1, math.ceil(max(seen.shape) / MAX_CHIP_PX))
    rgb, seen = rgb[::step, ::step], seen[::step, ::step]
    height, width = seen.shape
    away = ~(transform @ type(transform).scale(step))
    rings = [
        " ".join(f"{x:.1f},{y:.1f}" for x, y in (away @ at for at in ring.coords))
        for shape in moved
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    rgba = np.concatenate([np.moveaxis(rgb, -1, 0), (seen * 255).astype(np.uint8)[None]])
    return {
        "uri": encode_image(np.ascontiguousarray(rgba)), "width": width, "height": height, "caption": chip.caption,
        "rings": rings[:_MAX_RINGS], "stroke": round(width / 200, 3),
        "bar": _bar(width, height, chip.pixel_m * step, language),
    }  # fmt: skip


def _bar(width: int, height: int, pixel_m: float, language: Language) -> dict[str, Any]:
    """Scale: a bar of a round length with its metres above, on a dark ground, a quarter of the width at most."""
    unit = width / 100
    metres = _round_length(width * pixel_m / 4)
    long = metres / pixel_m
    return {
        "x": round(3 * unit, 2), "y": round(height - 14 * unit, 2), "width": round(long + 4 * unit, 2),
        "height": round(11 * unit, 2), "left": round(5 * unit, 2), "long": round(long, 2),
        "thick": round(1.4 * unit, 2), "bottom": round(height - 5.6 * unit, 2), "text_y": round(height - 7.6 * unit, 2),
        "size": round(5 * unit, 2), "text": say("dossier_metres", language, metres=metres),
    }  # fmt: skip


def _cut(chip: Chip, shapes: Sequence[BaseGeometry]) -> tuple[NDArray[np.uint8], NDArray[np.bool_], Affine]:
    """Part of an image around the plots; all of it where there are none."""
    height, width = chip.seen.shape
    if not shapes:
        return chip.rgb, chip.seen, chip.transform
    west, south, east, north = shapely.total_bounds(np.array(shapes))
    margin = _AROUND * max(east - west, north - south)
    corners = [~chip.transform @ at for at in ((west - margin, north + margin), (east + margin, south - margin))]
    left, right = sorted(column for column, _ in corners)
    top, bottom = sorted(row for _, row in corners)
    top, left = max(0, int(top)), max(0, int(left))
    bottom, right = min(height, math.ceil(bottom)), min(width, math.ceil(right))
    if bottom - top < 2 or right - left < 2:  # noqa: PLR2004 - nothing of the plots is on it
        return chip.rgb, chip.seen, chip.transform
    part = chip.transform @ type(chip.transform).translation(left, top)
    return chip.rgb[top:bottom, left:right], chip.seen[top:bottom, left:right], part


def _round_length(metres: float) -> int:
    """Return the largest of 1, 2, 5, 10, … m that fits."""
    power = 10 ** math.floor(math.log10(max(metres, 1.0)))
    return int(max(k * power for k in (1, 2, 5) if k * power <= max(metres, 1.0)))
