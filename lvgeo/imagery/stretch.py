"""Bring digital numbers of more than 8 bits to 8, compiled: one pass over what was decoded.

Levels 0, 1, 254 and 255 may be an unmarked collar (see `collar`), so ground becomes none of them, however dark: deep
water has numbers that are small beside the brightest roof's, but they are not the 0 of a frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["stretched"]

_F = numba.float32
_DARK, _BRIGHT = np.float32(2), np.float32(253)
_FAR_BELOW = np.float32(-25)  # a tenth of the scale: noise around nothing does not reach so far, -9999 does
_OUT = numba.types.Array(numba.uint8, 1, "C")
_DTYPES = (numba.uint16, numba.int16, numba.float32, numba.float64)


@numba.njit(
    [numba.void(numba.types.Array(dtype, 1, "C", readonly=True), _F, _F, _F, _OUT) for dtype in _DTYPES],
    nogil=True, cache=True, boundscheck=False
)  # fmt: skip
def _stretch(raw, low, factor, most, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    for i in range(raw.size):
        number = np.float32(raw[i])
        level = (number - low) * factor
        black = (level < _FAR_BELOW) | ((number == np.float32(0)) & (level < np.float32(1)))
        white = number == most
        ground = np.uint8(min(max(level, _DARK), _BRIGHT))
        out[i] = np.uint8(255) if white else np.uint8(0) if black else ground


def stretched(raw: NDArray[Any], scale: tuple[float, float]) -> NDArray[np.uint8]:
    """Levels of digital numbers, of the same shape.

    Parameters
    ----------
    raw
        (band, y, x), finite, of uint16, int16, float32 or float64.
    scale
        Numbers of no light and of the brightest ground. Black are 0 at the dark end and what lies far below, white the
        second number, of whole numbers the greatest that there is: they fill collars. All others become 2 to 253.

    Examples
    --------
    >>> stretched(np.array([[[0, 3, 2000, 4001, 65535]]], dtype=np.uint16), (0.0, 4000.0)).tolist()
    [[[0, 2, 127, 253, 255]]]
    """
    low, high = scale
    most = float(np.iinfo(raw.dtype).max) if raw.dtype.kind in "ui" else high
    out = np.empty(raw.shape, np.uint8)
    _stretch(np.ascontiguousarray(raw).reshape(-1), low, 255.0 / max(high - low, 1e-6), most, out.reshape(-1))
    return out
