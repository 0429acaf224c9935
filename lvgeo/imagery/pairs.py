"""Count which classes stand at two dates on the same ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PAIRS_PX", "count_pairs"]

PAIRS_PX: Final = 128

_U1C = numba.types.Array(numba.uint8, 2, "C", readonly=True)
_MASK = numba.types.Array(numba.boolean, 2, "A", readonly=True)
_I = numba.int64


@numba.njit(
    numba.void(_U1C, _U1C, _MASK, _I, numba.types.Array(numba.int64, 1, "C")), nogil=True, cache=True,
    boundscheck=False
)  # fmt: skip
def _count_pairs(before, after, blocks, side, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    height, width = before.shape
    for top in range(0, height, side):
        for left in range(0, width, side):
            if not blocks[top // side, left // side]:
                continue
            for y in range(top, min(top + side, height)):
                first, second = before[y, left : left + side], after[y, left : left + side]
                # Four counts of at most 128 pixels ride in one number.
                total = np.uint32(0)
                for x in range(first.size):
                    f, s = np.uint32(first[x]), np.uint32(second[x])
                    both = (f | (f >> np.uint32(1))) & (s | (s >> np.uint32(1))) & np.uint32(1)
                    f, s = f >> np.uint32(1), s >> np.uint32(1)
                    found = both | ((both & f) << np.uint32(8)) | ((both & s) << np.uint32(16))
                    total = np.uint32(total + np.uint32(found | ((f & s) << np.uint32(24))))
                seen, one, two, kept = total & 255, (total >> 8) & 255, (total >> 16) & 255, total >> 24
                out[8] += kept
                out[7] += one - kept
                out[5] += two - kept
                out[4] += seen - one - two + kept


def count_pairs(before: NDArray[np.uint8], after: NDArray[np.uint8], blocks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How often each pair of classes occurs where both observed, (9,): before × 3 + after.

    Parameters
    ----------
    before, after
        (y, x), the same ground: 0 not observed, 1 other, 2 canopy.
    blocks
        Squares of `PAIRS_PX` pixels a side that count.
    """
    out = np.zeros(9, np.int64)
    _count_pairs(np.ascontiguousarray(before), np.ascontiguousarray(after), blocks, PAIRS_PX, out)
    return out
