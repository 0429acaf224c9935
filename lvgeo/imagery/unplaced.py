"""Hush rasterio's warning that pixels have no place on the ground, in one thread at a time.

`warnings.catch_warnings`, which rasterio uses too where it burns and warps, is undone by any other thread that does the
same meanwhile: whatever hushes this warning here, or makes rasterio do it, stands in line.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
from typing import TYPE_CHECKING, Final

from rasterio.errors import NotGeoreferencedWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["unplaced"]

_ALONE: Final = threading.RLock()


@contextlib.contextmanager
def unplaced() -> Iterator[None]:
    """Let pixels without a place be opened: who needs one refuses them by name."""
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield
