"""Burn shapes into pixels.

rasterio opens an array without a place for it and hushes the warning of that by `warnings.catch_warnings`, which any
other thread that does the same undoes: one burns at a time, and the warning, which tells nobody anything here, is
filtered for good.
"""

from __future__ import annotations

import threading
import warnings
from typing import TYPE_CHECKING, Any, Final

from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import rasterize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["burn"]

_ALONE: Final = threading.Lock()
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning, module=r"rasterio\.features")


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
