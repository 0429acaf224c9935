"""Compiled pieces for classes of two bits each: compiled loops elsewhere are made of them."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.extending import intrinsic

__all__ = ["HALVES", "join_row", "ones"]

HALVES = np.uint64(0x5555555555555555)  # of each two bits of a word, the lower
# Of four bytes that hold a class each, brings the first to bits 30 and 31, the next to 28 and 29, and so on.
_GATHER = np.uint32(1 << 30 | 1 << 20 | 1 << 10 | 1)
_TOP = np.uint32(24)


@intrinsic
def _popcount(_typing: Any, _word: Any) -> Any:
    """How many bits of a word are 1, by the processor's own instruction."""

    def generate(_context: Any, builder: Any, _signature: Any, words: Any) -> Any:
        return builder.ctpop(words[0])

    return numba.uint64(numba.uint64), generate


ones: Any = _popcount


@numba.njit(nogil=True, boundscheck=False)
def join_row(classes, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Put each four classes of a row into a byte, the first highest; the lowest of a word first."""
    fours = classes.view(np.uint32)
    for x in range(fours.size):
        out[x] = np.uint8(np.uint32(fours[x] * _GATHER) >> _TOP)
