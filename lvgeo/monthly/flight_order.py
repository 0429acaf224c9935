"""Flights of one village and month that nothing but their names puts in an order, and files that are there twice."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lvgeo.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.scene import SceneFile

__all__ = ["day_of", "undecided", "without_doubles"]

MARGIN: Final = 0.1  # of the village
SAME_GROUND: Final = 0.5  # of the smaller one's part of the village: tiles of one flight share their edges only


def day_of(file: SceneFile) -> int:
    """Day of a flight as a number, 0 where the file says none."""
    return file.acquired.toordinal() if file.acquired is not None else 0


def without_doubles(files: Sequence[tuple[SceneFile, str]], refused: list[Refusal]) -> list[tuple[SceneFile, str]]:
    """Leave out files whose bytes are those of another of the village, by name the first; each is named in `refused`.

    Parameters
    ----------
    files
        With their SHA-256.
    refused
        Where they are named.
    """
    first: dict[tuple[str, str], str] = {}
    kept = []
    for file, digest in files:
        other = first.setdefault((digest, file.mask_digest), file.path)
        if other == file.path:
            kept.append((file, digest))
        else:
            refused.append(Refusal("image_twice", file=file.path, value=Path(other).name))
    return kept


def undecided(
    files: Sequence[SceneFile],
    shape: BaseGeometry,
    footprint: Callable[[SceneFile], BaseGeometry],
    code: str = "flights_undecided",
) -> list[Refusal]:
    """Name flights of one day, or of none, that show the same ground: which goes first is an accident of their names.

    Tiles of one flight overlap at their edges, and a village may end there: of that ground nothing is said.

    Parameters
    ----------
    files
        A village's, in the order in which they give a pixel: of one day by name.
    shape
        The village.
    footprint
        Corners of a file, in the village's reference system.
    code
        Of the refusals.
    """
    found = []
    for _, group in groupby(files, key=day_of):
        alike = list(group)
        parts = np.array([footprint(file).intersection(shape) for file in alike], dtype=object)
        one, two = shapely.STRtree(parts).query(parts, predicate="intersects")
        one, two = one[one < two], two[one < two]
        areas = shapely.area(parts)
        shared = shapely.area(shapely.intersection(parts[one], parts[two]))
        same = np.flatnonzero(
            (shared > SAME_GROUND * np.minimum(areas[one], areas[two])) & (shared > MARGIN * shape.area)
        )
        later = sorted({int(two[k]) for k in same})
        if later:
            rest = ", ".join(Path(alike[k].path).name for k in later[:3]) + (" …" if len(later) > 3 else "")  # noqa: PLR2004
            found.append(Refusal(code, file=alike[int(one[same].min())].path, value=rest))
    return found
