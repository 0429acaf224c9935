"""Repairs: what stands of a shape that crosses itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["areas_only", "whole_shapes"]


def whole_shapes(geometry: Iterable[BaseGeometry]) -> NDArray[np.object_]:
    """(n,) geometries, the invalid ones repaired (GEOS' make_valid, areas only)."""
    shapes = np.array(list(geometry), dtype=object)
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    shapes[wrong] = [areas_only(shape) for shape in shapely.make_valid(shapes[wrong])]
    return shapes


def areas_only(shape: BaseGeometry) -> BaseGeometry:
    """Keep the polygons of what a cut or a repair gave; its lines and points have no area."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
    if len(parts) == 1:
        return parts[0]
    return shapely.MultiPolygon([p for part in parts for p in shapely.get_parts(part)])
