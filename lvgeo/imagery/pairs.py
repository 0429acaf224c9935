"""Count which classes stand at two dates on the same ground, 32 pixels at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numba
import numpy as np

from lvgeo.imagery.bits import HALVES, ones

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PAIRS_PX", "count_pairs"]

PAIRS_PX: Final = 32  # a word of them at each date
_WORD_PX: Final = 32

_WORDS = numba.types.Array(numba.uint64, 2, "C", readonly=True)
_MASK = numba.types.Array(numba.boolean, 2, "A", readonly=True)
_I = numba.int64
_ONE = np.uint64(1)


@numba.njit(
    numba.void(_WORDS, _WORDS, _MASK, _I, _I, numba.types.Array(numba.int64, 1, "C")), nogil=True, cache=True,
    boundscheck=False
)  # fmt: skip
def _count_pairs(before, after, blocks, rows, words, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    for i in range(blocks.shape[0]):
        for j in range(blocks.shape[1]):
            if not blocks[i, j]:
                continue
            seen, one, two, kept = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
            for y in range(i * rows, (i + 1) * rows):
                for x in range(j * words, (j + 1) * words):
                    f, s = before[y, x], after[y, x]
                    high_f, high_s = (f >> _ONE) & HALVES, (s >> _ONE) & HALVES
                    both = ((f & HALVES) | high_f) & ((s & HALVES) | high_s)
                    seen += ones(both)
                    one += ones(both & high_f)
                    two += ones(both & high_s)
                    kept += ones(high_f & high_s)
            out[8] += np.int64(kept)
            out[7] += np.int64(one - kept)
            out[5] += np.int64(two - kept)
            out[4] += np.int64(seen + kept - one - two)


def count_pairs(before: NDArray[np.uint8], after: NDArray[np.uint8], blocks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How often each pair of classes occurs where both observed, (9,): before × 3 + after.

    Parameters
    ----------
    before, after
        (y, x / 4), the same ground, four classes a byte: 0 not observed, 1 other, 2 canopy.
    blocks
        Squares of `PAIRS_PX` pixels a side that count; as many as there are.
    """
    out = np.zeros(9, np.int64)
    first, second = (np.ascontiguousarray(joined).view(np.uint64) for joined in (before, after))
    _count_pairs(first, second, blocks, PAIRS_PX, PAIRS_PX // _WORD_PX, out)
    return out
