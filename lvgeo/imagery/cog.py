"""Lay packed tiles out as a cloud-optimised GeoTIFF: heads of all levels first, then the overviews, then the raster.

What says where the raster lies (CRS, transform, tags) is written by GDAL, into a raster of one tile in memory, and
taken over as it is. Only what is not known there is written here: sizes, and where each tile lies (TIFF 6.0; BigTIFF
where the file passes 4 GB). `stored_level` finds the raster's tiles again, since GDAL takes 1.5 ns to read a pixel of 2
bits, three times what unpacking a tile takes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.imagery.packing import TIFF_BITS, TIFF_COMPRESSION, TILE
from lvgeo.imagery.pyramid import Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

__all__ = ["FRAME_BYTES", "framed", "layout", "place_tags", "stored_level"]

# What GDAL's own COGs say of themselves, so that readers over a network ask for a tile once.
_LAYOUT: Final = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)
_GHOST: Final = b"GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n" % len(_LAYOUT) + _LAYOUT
_PADDED: Final = _GHOST + b"\0" * (len(_GHOST) % 2)  # a directory begins at an even byte
_SHORT, _LONG, _LONG8 = 3, 4, 16
_SIZES: Final = {1: 1, 2: 1, _SHORT: 2, _LONG: 4, 5: 8, 12: 8, _LONG8: 8}
_PLACE_TAGS: Final = (33550, 33922, 34264, 34735, 34736, 34737, 42112)  # scale, tie points, keys of GeoTIFF; metadata
FRAME_BYTES: Final = 8  # around each tile
MOST_TILE_BYTES: Final = TILE * TILE * TIFF_BITS // 8 + 512  # what cannot be packed grows by a few bytes
_CODES: Final = {_SHORT: "H", _LONG: "I", _LONG8: "Q"}
# Of every class raster: bits, compression, bands, sides of a tile.
_FORM: Final = {258: TIFF_BITS, 259: TIFF_COMPRESSION, 277: 1, 322: TILE, 323: TILE}
_NODATA: Final = (2, 2, b"0\0")  # what was not observed is no data, to GDAL and all that read with it
_SUBFILE, _OFFSETS, _COUNTS = 254, 324, 325


@dataclass(frozen=True, slots=True)
class _Form:
    """Formats of a kind of TIFF: head, number of entries, an entry's count, and an offset."""

    head: bytes
    entries: str
    offset: str

    @property
    def wide(self) -> int:
        """Bytes of an offset."""
        return struct.calcsize(self.offset)


_CLASSIC: Final = _Form(b"II*\0", "<H", "<I")
_BIG: Final = _Form(b"II+\0\x08\0\0\0", "<Q", "<Q")
_MOST_CLASSIC: Final = 2**32 - 2**20

Entries = dict[int, tuple[int, int, bytes]]  # tag: type, count, values


def place_tags(tiff: bytes) -> Entries:
    """Tags of a small classic TIFF that say where it lies and what its metadata are."""
    (at,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, at)
    found: Entries = {}
    for k in range(count):
        tag, kind, n, offset = struct.unpack_from("<HHII", tiff, at + 2 + 12 * k)
        size = n * _SIZES.get(kind, 0)
        if tag in _PLACE_TAGS:
            start = offset if size > 4 else at + 2 + 12 * k + 8  # noqa: PLR2004 - bytes that fit an entry
            found[tag] = kind, n, tiff[start : start + size]
    return found


def stored_level(opened: BinaryIO) -> Level:
    """Return the first level of a class raster, from a file at its beginning.

    Raises
    ------
    ValueError
        If the file was not laid out here.
    """
    try:
        return _stored_level(opened)
    except (struct.error, OverflowError) as error:
        raise ValueError(str(error)) from error


def _stored_level(opened: BinaryIO) -> Level:
    found = opened.read(16)
    form = next((form for form in (_CLASSIC, _BIG) if found.startswith(form.head)), None)
    if form is None:
        raise ValueError("not a class raster")
    opened.seek(struct.unpack_from(form.offset, found, len(form.head))[0])
    (count,) = struct.unpack(form.entries, opened.read(struct.calcsize(form.entries)))
    table, wide = opened.read(count * (4 + 2 * form.wide)), form.wide
    said = dict[int, tuple[int, int, bytes]]()
    for at in range(0, len(table), 4 + 2 * wide):
        tag, kind = struct.unpack_from("<HH", table, at)
        (n,) = struct.unpack_from(form.offset, table, at + 4)
        said[tag] = kind, n, table[at + 4 + wide : at + 4 + 2 * wide]
    width, height, *form_said = (_values(opened, said, tag, form, 1)[0] for tag in (256, 257, *_FORM))
    if form_said != list(_FORM.values()):
        raise ValueError("not a class raster of this version")
    tiles = -(-width // TILE) * -(-height // TILE)
    starts, sizes = (_values(opened, said, tag, form, tiles) for tag in (_OFFSETS, _COUNTS))
    places, end = list(zip(starts, sizes, strict=True)), _length(opened)
    if any(size > MOST_TILE_BYTES or start + size > end for start, size in places):
        raise ValueError("tiles of a class raster lie beyond its end, or are larger than any")
    return Level(height, width, places)


def _length(opened: BinaryIO) -> int:
    return opened.seek(0, 2)


def _values(
    opened: BinaryIO, said: Mapping[int, tuple[int, int, bytes]], tag: int, form: _Form, count: int
) -> Sequence[int]:
    """Whole numbers of a tag, which there must be as many of as are expected."""
    kind, n, held = said.get(tag, (0, 0, b""))
    code = _CODES.get(kind)
    if code is None or n != count:
        raise ValueError(f"tag {tag} of a class raster is wrong")
    size = n * _SIZES[kind]
    if size > form.wide:
        if size > _length(opened):  # as much room would be made as is claimed
            raise ValueError(f"tag {tag} of a class raster is larger than the file")
        opened.seek(struct.unpack(form.offset, held)[0])
        held = opened.read(size)
    return struct.unpack_from(f"<{n}{code}", held)


def framed(tile: bytes) -> bytes:
    """Return a tile between its size and its last bytes again, as the head says that tiles are stored."""
    return struct.pack("<I", len(tile)) + tile + tile[-4:]


def layout(levels: Sequence[Level], place: Mapping[int, tuple[int, int, bytes]]) -> bytes:
    """Everything before the first tile; framed tiles follow without gaps, the smallest level first, each row by row.

    Parameters
    ----------
    levels
        The raster and its overviews.
    place
        From `place_tags`.
    """
    total = sum(size + FRAME_BYTES for level in levels for _, size in level.places)
    form = _CLASSIC if total < _MOST_CLASSIC else _BIG
    # Sizes do not depend on the offsets: once to know how much there is, once with them.
    begin = len(_heads(levels, place, form, 0))
    return _heads(levels, place, form, begin)


def _heads(levels: Sequence[Level], place: Mapping[int, tuple[int, int, bytes]], form: _Form, begin: int) -> bytes:
    starts = list[list[int]]()
    for level in reversed(levels):
        starts.insert(0, [])
        for _, size in level.places:
            starts[0].append(begin + 4)
            begin += size + FRAME_BYTES
    out = bytearray(form.head + struct.pack(form.offset, len(form.head) + form.wide + len(_PADDED)) + _PADDED)
    for k, level in enumerate(levels):
        entries = _entries(level, starts[k], form) | (dict(place) if k == 0 else {_SUBFILE: _numbers(_LONG, [1])})
        out += _directory(entries, len(out), form, last=k == len(levels) - 1)
    return bytes(out)


def _entries(level: Level, starts: Sequence[int], form: _Form) -> Entries:
    """Tags of one level: a single band of classes, in packed tiles."""
    sizes = [size for _, size in level.places]
    return {tag: _numbers(_SHORT, [value]) for tag, value in _FORM.items()} | {
        256: _numbers(_LONG, [level.width]),
        257: _numbers(_LONG, [level.height]),
        262: _numbers(_SHORT, [1]),  # black is zero
        284: _numbers(_SHORT, [1]),
        _OFFSETS: _numbers(_LONG8 if form is _BIG else _LONG, starts),
        _COUNTS: _numbers(_LONG, sizes),
        339: _numbers(_SHORT, [1]),  # unsigned
        42113: _NODATA,
    }


def _numbers(kind: int, values: Sequence[int]) -> tuple[int, int, bytes]:
    return kind, len(values), struct.pack(f"<{len(values)}{_CODES[kind]}", *values)


def _directory(entries: Entries, at: int, form: _Form, *, last: bool) -> bytes:
    """One level's tags and the values that do not fit into them; it begins at a byte of the file."""
    head = struct.calcsize(form.entries) + len(entries) * (4 + 2 * form.wide) + form.wide
    out, beyond = struct.pack(form.entries, len(entries)), b""
    for tag in sorted(entries):
        kind, count, values = entries[tag]
        out += struct.pack("<HH", tag, kind) + struct.pack(form.offset, count)
        if len(values) <= form.wide:
            out += values.ljust(form.wide, b"\0")
        else:
            out += struct.pack(form.offset, at + head + len(beyond))
            beyond += values + b"\0" * (-len(values) % 8)
    beyond += b"\0" * (-(at + head + len(beyond)) % 2)
    return out + struct.pack(form.offset, 0 if last else at + head + len(beyond)) + beyond
