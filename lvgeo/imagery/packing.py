"""Pack tiles of classes: four pixels a byte (TIFF 6.0, 2 bits a sample), then Zstandard (RFC 8878).

Any GDAL of today unpacks that. Four pixels a byte leave Zstandard a quarter to do. It looks for matches of seven bytes
and more and leaves the rest as it is: beside its first level that takes three quarters of the time to pack and two
thirds to unpack, 0.33 and 0.15 ns a pixel of an aerial scene by `trees`, and leaves a quarter more, 0.22 bits of it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import numba
import numpy as np
import zstandard

from lvgeo.imagery.bits import join_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "PER_BYTE",
    "TIFF_BITS",
    "TIFF_COMPRESSION",
    "TILE",
    "blank",
    "deflate",
    "halved",
    "inflate",
    "join",
    "pack",
    "part",
    "part_into",
    "unpack",
]

TIFF_COMPRESSION: Final = 50000  # what TIFF calls it
TIFF_BITS: Final = 2
TILE: Final = 512
PER_BYTE: Final = 8 // TIFF_BITS
_PARAMETERS: Final = zstandard.ZstdCompressionParameters(
    window_log=16, hash_log=14, chain_log=14, search_log=1, min_match=7, target_length=1,
    strategy=zstandard.STRATEGY_FAST, write_content_size=1,
)  # fmt: skip


class _Own(threading.local):
    """Compressor and decompressor of a thread: they serve one at a time."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(compression_params=_PARAMETERS)
        self.decompressor = zstandard.ZstdDecompressor()


_OWN: Final = _Own()

_BITS = numba.types.Array(numba.uint8, 2, "A", readonly=True)
_BITS_OUT = numba.types.Array(numba.uint8, 2, "C")
_PIXELS = numba.types.Array(numba.uint8, 2, "A", readonly=True)
_OUT = numba.types.Array(numba.uint8, 2, "A")


@numba.njit(numba.void(_PIXELS, _BITS_OUT), nogil=True, cache=True, boundscheck=False)
def _join(classes, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    width = classes.shape[1]
    row = np.zeros(-(-width // 4) * 4, np.uint8)
    for y in range(classes.shape[0]):
        row[:width] = classes[y]
        join_row(row, out[y])


@numba.njit(numba.void(_BITS, _OUT), nogil=True, cache=True, boundscheck=False)
def _part(bits, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    width = out.shape[1]
    for y in range(out.shape[0]):
        row, found = bits[y], out[y]
        for x in range(width // 4):
            byte, k = row[x], 4 * x
            found[k], found[k + 1] = byte >> 6, (byte >> 4) & 3
            found[k + 2], found[k + 3] = (byte >> 2) & 3, byte & 3
        for k in range(width // 4 * 4, width):
            found[k] = (row[k // 4] >> (6 - 2 * (k % 4))) & 3


@numba.njit(numba.void(_BITS, numba.int64, _BITS_OUT), nogil=True, cache=True, boundscheck=False)
def _halve(bits, first, out):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    for y in range(out.shape[0]):
        row, found = bits[first + 2 * y], out[y]
        for x in range(row.size // 2):
            one, two = row[2 * x], row[2 * x + 1]
            found[x] = (one & 192) | ((one & 12) << 2) | ((two & 192) >> 4) | ((two & 12) >> 2)


def blank(height: int, width: int) -> NDArray[np.uint8]:
    """Rows of joined classes that fill whole tiles, (y, bytes), nothing observed; `width` in pixels."""
    return np.zeros((height, -(-width // TILE) * TILE // PER_BYTE), np.uint8)


def join(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put four classes 0 to 3 into a byte, the first highest: (y, x) into `blank` rows.

    Examples
    --------
    >>> join(np.array([[1, 1, 2, 0, 3]], dtype=np.uint8))[0, :3].tolist()
    [88, 192, 0]
    """
    joined = blank(*classes.shape)
    _join(classes, joined)
    return joined


def part(joined: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """Take the classes of joined rows apart again, (y, width)."""
    out = np.empty((joined.shape[0], width), np.uint8)
    part_into(joined, out)
    return out


def part_into(joined: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Take four classes out of each byte: (y, bytes) into (y, x)."""
    _part(joined, out)


def halved(joined: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Every second pixel of every second row of joined rows that lie below each other, joined."""
    height = sum(rows.shape[0] for rows in joined)
    out, row = blank(-(-height // 2), joined[0].shape[1] * PER_BYTE // 2), 0
    for rows in joined:
        first, place = row % 2, -(-row // 2)
        row += rows.shape[0]
        _halve(rows, first, out[place : -(-row // 2)])
    return out


def pack(classes: NDArray[np.uint8]) -> bytes:
    """Pack a tile of classes 0 to 3, (512, 512)."""
    return deflate(join(classes))


def deflate(joined: NDArray[np.uint8]) -> bytes:
    """Pack a tile of classes that are joined, (y, x / 4)."""
    packed: bytes = _OWN.compressor.compress(joined.data)
    return packed


def unpack(packed: bytes) -> NDArray[np.uint8]:
    """Classes of a tile, (512, 512).

    Raises
    ------
    ValueError
        If the bytes are no tile.
    """
    return part(inflate(packed), TILE)


def inflate(packed: bytes | memoryview, out: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Classes of a tile, joined as they are stored, (512, 128).

    Parameters
    ----------
    packed
        The tile.
    out
        Where to put them, (512, 128) without gaps, by default somewhere new.

    Raises
    ------
    ValueError
        If the bytes are no tile.
    """
    into = np.empty((TILE, TILE // PER_BYTE), np.uint8) if out is None else out
    try:
        # What the head says is believed by the library, so it is looked at first.
        if zstandard.frame_content_size(packed) != into.nbytes:
            raise ValueError(f"not a tile of {TILE} x {TILE} pixels")
        found = _OWN.decompressor.stream_reader(packed, read_size=len(packed)).readinto(into.data.cast("B"))
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    if found != into.nbytes:
        raise ValueError(f"a tile of {into.nbytes} bytes ends after {found}")
    return into
