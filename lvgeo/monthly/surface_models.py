"""Surface models of a village: those that together reach over it, each once, and those that know the same of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from lvgeo.errors import Refusal
from lvgeo.monthly.flight_order import undecided, without_doubles
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.classify import ClassifiedScene
    from lvgeo.imagery.scene import SceneFile
    from lvgeo.monthly.dated import Dated

__all__ = ["like_heights", "reaching_over"]

MOST_UNLIKE: Final = 0.03  # of a village, of known height at one date alone
WHOLE: Final = 0.95  # of a village; beyond its model's edge lawns would be canopy at one date and none at the other


def like_heights(
    classified: tuple[ClassifiedScene, ClassifiedScene],
    dates: tuple[Dated, Dated],
    village: tuple[BaseGeometry, CRS],
    refused: list[Refusal],
) -> bool:
    """Whether surface models know the same of a village at both dates: where one has a hole, its lawns stay canopy.

    Parameters
    ----------
    classified, dates
        A village's two dates.
    village
        Its outline, and in which reference system.
    refused
        Where the model that knows less is named.
    """
    if not all(dated.scene.heights for dated in dates):
        return True
    shape, crs = village
    there = shapely.transform(shape, between(crs, classified[0].canopy.grid.crs).transform, interleaved=False)
    grounds = [shapely.from_wkt(one.canopy.provenance["heights_ground"]) for one in classified]
    known = [there.intersection(ground).area / there.area for ground in grounds]
    if abs(known[0] - known[1]) <= MOST_UNLIKE:
        return True
    file = dates[known.index(min(known))].scene.heights[0].path
    refused.append(Refusal("heights_holed", file, classified[0].village_code, f"{min(known):.0%}", f"{max(known):.0%}"))
    return False


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
    refused += undecided([file for file, _ in kept], shape, footprint, "heights_undecided")
    return kept
