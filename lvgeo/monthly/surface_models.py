"""Which surface models a village's scene is read with: those that together reach over it, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from lvgeo.errors import Refusal
from lvgeo.monthly.flight_order import undecided, without_doubles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.scene import SceneFile

__all__ = ["reaching_over"]

WHOLE: Final = 0.95  # of a village; beyond its model's edge lawns would be canopy at one date and none at the other


def reaching_over(
    code: str,
    files: Sequence[tuple[SceneFile, str]],
    shape: BaseGeometry,
    footprint: Callable[[SceneFile], BaseGeometry],
    refused: list[Refusal],
) -> list[tuple[SceneFile, str]]:
    """Surface models of a village, none where they leave out a part of it.

    Parameters
    ----------
    code
        The village's.
    files
        With their SHA-256, by name: the first that knows a pixel gives its height.
    shape
        The village.
    footprint
        Corners of a file, in the village's reference system.
    refused
        Where those that are not used, or that only their names put in an order, are named.
    """
    kept = without_doubles(files, refused)
    if not kept:
        return []
    reached = shapely.union_all([footprint(file) for file, _ in kept]).intersection(shape).area / shape.area
    if reached < WHOLE:
        refused += [
            Refusal("heights_partly", file=file.path, feature=code, value=f"{reached:.0%}", limit=f"{WHOLE:.0%}")
            for file, _ in kept
        ]
        return []
    refused += undecided([file for file, _ in kept], shape, footprint)
    return kept
