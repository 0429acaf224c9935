"""Burn shapes into pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasterio.features import rasterize

from lvgeo.imagery.unplaced import unplaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["burn"]


def burn(shapes: Iterable[tuple[Any, int]], **how: Any) -> NDArray[Any]:
    """Return (y, x) pixels with each shape's value.

    Parameters
    ----------
    shapes
        Geometry and value, the later over the earlier.
    how
        As `rasterio.features.rasterize` takes it.
    """
    with unplaced():  # rasterio opens the pixels themselves without a place
        burnt: NDArray[Any] = rasterize(shapes, **how)
        return burnt
