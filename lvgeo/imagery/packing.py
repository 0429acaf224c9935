"""Pack tiles of classes as DEFLATE (RFC 1951, in zlib's frame, RFC 1950): runs of one class, one fixed set of codes.

Any reader of TIFF unpacks it. zlib itself takes five times as long, for it looks for matches of any distance and
counts codes anew for each tile; runs of one class are nearly all that there is to find in classes, and how long they
are hardly differs between scenes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MOST_CLASSES", "pack", "unpack"]

MOST_CLASSES: Final = 4
_END: Final = 256
_LONGEST: Final = 258  # of a run in one code
# Bits of the codes for the classes 0 to 3, the end, and the 29 ranges of run lengths: Huffman's, from the runs of
# classified aerial and drone scenes.
_BITS: Final = (
    (7, 2, 1, 10),
    (11, 6, 6, 6, 6, 6, 7, 7, 7, 6, 7, 7, 7, 6, 7, 7, 7, 7, 7, 7, 8, 7, 8, 8, 8, 8, 8, 9, 11, 8),
)
# Bits of the codes in which those numbers are themselves written; 18 stands for a stretch of unused ones.
_BITS_OF_BITS: Final = {1: 3, 2: 3, 6: 3, 7: 3, 8: 3, 9: 3, 18: 3, 10: 4, 11: 4}
_ORDER: Final = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_FRAME: Final = 0x0178  # zlib's, its first byte lowest


def _codes(bits: dict[int, int]) -> dict[int, tuple[int, int]]:
    """Canonical codes of symbols, first bit lowest, and their lengths (RFC 1951, 3.2.2)."""
    found, code, before = dict[int, tuple[int, int]](), 0, 0
    for symbol, length in sorted(bits.items(), key=lambda pair: (pair[1], pair[0])):
        code <<= length - before
        found[symbol] = int(f"{code:0{length}b}"[::-1], 2), length
        code, before = code + 1, length
    return found


def _joined(fields: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Bits and lengths, the first lowest, as one."""
    value, at = 0, 0
    for bits, length in fields:
        value |= bits << at
        at += length
    return value, at


def _head() -> tuple[int, int]:
    """Bits before the first code of a tile: frame, one last block with codes of its own, and these; and how many."""
    fields = [(_FRAME, 16), (1, 1), (2, 2), (286 - 257, 5), (0, 5), (len(_ORDER) - 1 - 4, 4)]
    fields += [(_BITS_OF_BITS.get(symbol, 0), 3) for symbol in _ORDER[:-1]]
    write = _codes(_BITS_OF_BITS)
    unused = [write[18], (138 - 11, 7), write[18], (_END - MOST_CLASSES - 138 - 11, 7)]
    # The only distance is 1, in a code of one bit.
    return _joined([*fields, *(write[n] for n in _BITS[0]), *unused, *(write[n] for n in _BITS[1]), write[1]])


def _lengths(codes: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Bits for n more pixels of the last class, 3 to 258: range, place in it, and the distance's one 0."""
    found, first = dict[int, tuple[int, int]](), 3
    for k in range(28):
        extra = max(0, k // 4 - 1)
        for place in range(min(1 << extra, _LONGEST - first)):
            found[first + place] = _joined([codes[_END + 1 + k], (place, extra), (0, 1)])
        first += 1 << extra
    return found | {_LONGEST: _joined([codes[_END + 29], (0, 1)])}


def _runs() -> NDArray[np.uint64]:
    """Bits, and how many, of n pixels of a class (0), and of n more (1): (2, 2, class, n); at [0, :, :, 0] the end."""
    codes = _codes(dict(enumerate(_BITS[0])) | {_END + k: n for k, n in enumerate(_BITS[1])})
    lengths = _lengths(codes)
    found = np.zeros((2, 2, MOST_CLASSES, _LONGEST + 2), np.uint64)
    for k in range(MOST_CLASSES):
        for n in range(1, _LONGEST + 1):
            more = [lengths[n]] if n in lengths else [codes[k]] * n
            found[1, :, k, n] = _joined(more)
            found[0, :, k, n + 1] = _joined([codes[k], *more])
        found[0, :, k, 1] = codes[k]
        found[0, :, k, 0] = codes[_END]
    return found


_HEAD: Final = _head()
_START: Final = np.array([_HEAD[0] >> 32 * k & 0xFFFFFFFF for k in range(_HEAD[1] // 32)], np.uint32)
_LEFT: Final = (_HEAD[0] >> 32 * len(_START), _HEAD[1] - 32 * len(_START))
_RUNS: Final = _runs()

_U8: Final = numba.types.Array(numba.uint64, 1, "C", readonly=True)
_TABLE: Final = numba.types.Array(numba.uint64, 4, "C", readonly=True)
_ENDS: Final = numba.types.Array(numba.int32, 1, "C")
_OUT: Final = numba.types.Array(numba.uint32, 1, "C")
_U: Final = numba.uint64
_I: Final = numba.int64


@numba.njit(_I(_U8, _ENDS), nogil=True, cache=True, boundscheck=False)
def _ends(words, ends):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Where runs of one class end, the last one's left out; how many."""
    found, before = 0, words[0] & np.uint64(255)
    for k in range(words.size):
        word = words[k]
        # Each byte beside the one before it.
        changed = word ^ ((word << np.uint64(8)) | before)
        before = word >> np.uint64(56)
        if changed != 0:
            for b in range(8):
                ends[found] = 8 * k + b
                found += (changed >> np.uint64(8 * b)) & np.uint64(255) != 0
    return found


@numba.njit(_I(_U8, _ENDS, _I, _TABLE, _U, _I, _I, _OUT), nogil=True, cache=True, boundscheck=False)
def _pack(words, ends, count, runs, held, bits, at, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, PLR0913, PLR0915, PLR0917
    """Write runs after the first `at` words of `out`; bytes written. Nothing branches on what is usual."""
    low, high = np.int64(1), np.int64(0)  # Adler-32, brought into its range at the end: a tile's sums fit 64 bits
    start = np.int64(0)
    ends[count] = words.size * 8
    for k in range(count + 1):
        run = np.int64(ends[k]) - start
        value = np.int64((words[start >> 3] >> np.uint64(8 * (start & 7))) & np.uint64(3))
        start += run
        high += run * low + value * (run * (run + 1) // 2)
        low += value * run
        first = min(run, np.int64(259))
        held |= runs[0, 0, value, first] << np.uint64(bits)
        bits += np.int64(runs[0, 1, value, first])
        out[at] = np.uint32(held & np.uint64(0xFFFFFFFF))
        full = bits >> 5
        held >>= np.uint64(32 * full)
        at += full
        bits &= 31
        run -= first
        while run > 0:
            more = min(run, np.int64(258))
            held |= runs[1, 0, value, more] << np.uint64(bits)
            bits += np.int64(runs[1, 1, value, more])
            out[at] = np.uint32(held & np.uint64(0xFFFFFFFF))
            full = bits >> 5
            held >>= np.uint64(32 * full)
            at += full
            bits &= 31
            run -= more
    held |= runs[0, 0, 0, 0] << np.uint64(bits)
    bits = (bits + np.int64(runs[0, 1, 0, 0]) + 7) // 8 * 8
    # The checksum, highest byte first.
    low, high = low % 65521, high % 65521
    for byte in (high >> 8, high & 255, low >> 8, low & 255):
        out[at] = np.uint32(held & np.uint64(0xFFFFFFFF))
        full = bits >> 5
        held >>= np.uint64(32 * full)
        at += full
        bits &= 31
        held |= np.uint64(byte) << np.uint64(bits)
        bits += 8
    out[at] = np.uint32(held & np.uint64(0xFFFFFFFF))
    out[at + 1] = np.uint32(held >> np.uint64(32))
    return at * 4 + bits // 8


def pack(classes: NDArray[np.uint8]) -> bytes:
    """Pack a tile.

    Parameters
    ----------
    classes
        (y, x), contiguous, 0 to 3; a multiple of 8 pixels.
    """
    words = classes.reshape(-1).view(np.uint64)
    ends = np.empty(classes.size + 1, np.int32)
    count = _ends(words, ends)
    out = np.empty(len(_START) + count + classes.size // 200 + 8, np.uint32)
    out[: len(_START)] = _START
    size = _pack(words, ends, count, _RUNS, np.uint64(_LEFT[0]), _LEFT[1], len(_START), out)
    return out.view(np.uint8)[:size].tobytes()


def unpack(packed: bytes, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Classes of a tile, (y, x)."""
    return np.frombuffer(zlib.decompress(packed), np.uint8).reshape(shape)
