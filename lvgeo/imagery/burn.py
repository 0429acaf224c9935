"""Burn shapes into pixels, one at a time: rasterio hushes a warning in a way that two threads undo for each other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from rasterio.features import rasterize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["burn"]

_ALONE: Final = threading.Lock()


def burn(shapes: Iterable[tuple[Any, int]], **how: Any) -> NDArray[Any]:
    """Return (y, x) pixels with each shape's value.

    Parameters
    ----------
    shapes
        Geometry and value, the later over the earlier.
    how
        As `rasterio.features.rasterize` takes it.
    """
    with _ALONE:
        burnt: NDArray[Any] = rasterize(shapes, **how)
        return burnt
