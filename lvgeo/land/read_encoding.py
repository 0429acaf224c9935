"""In which encoding a shapefile's table is written, found by trying, since its sidecar may be absent or lie."""

from __future__ import annotations

import codecs
import struct
from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["decoded", "text_encoding"]

_HEADER_BYTES: Final = 32
_LANGUAGE_BYTE: Final = 29
_LANGUAGES: Final = {0x4D: "gb18030", 0x4F: "big5", 0x7A: "gb18030"}  # the driver ids of code pages 936 and 950
_HEADER_END: Final = b"\x0d"
_LONGEST_NAME: Final = 10


def text_encoding(shapefile: Path) -> str | None:
    """Name the encoding in which every text cell and field name of a shapefile's table can be read.

    In order: the .cpg, the table's own language byte, UTF-8, GB 18030. UTF-8 comes before GB 18030, because UTF-8
    Chinese passes for GB 18030 and not the other way round. A character cut off at a field's end is forgiven.

    Parameters
    ----------
    shapefile
        The .shp file.

    Returns
    -------
    str or None
        A codec's name; None where there is no table or none fits.
    """
    table = _beside(shapefile, ".dbf")
    if table is None:
        return None
    raw = table.read_bytes()
    cells = list(_text_cells(raw))
    return next((name for name in _candidates(shapefile, raw) if _reads(cells, name)), None)


def decoded(cell: object, encoding: str) -> object:
    """Text of a cell that was read byte for byte as Latin-1; a character that the field's end cuts off is left out.

    Examples
    --------
    >>> decoded("村".encode("gb18030").decode("latin-1"), "gb18030"), decoded(7, "utf-8")
    ('村', 7)
    """
    if not isinstance(cell, str):
        return cell
    return codecs.getincrementaldecoder(encoding)().decode(cell.encode("latin-1"))


def _reads(cells: list[tuple[bytes, bool]], encoding: str) -> bool:
    return all(_fits(cell, encoding, filled=filled) for cell, filled in cells)


def _beside(shapefile: Path, suffix: str) -> Path | None:
    found = (shapefile.with_suffix(end) for end in (suffix, suffix.upper()))
    return next((path for path in found if path.is_file()), None)


def _candidates(shapefile: Path, raw: bytes) -> Iterator[str]:
    said = _beside(shapefile, ".cpg")
    named = said.read_text("ascii", "replace").strip() if said else ""
    for name in (named, f"cp{named}", _LANGUAGES.get(raw[_LANGUAGE_BYTE] if len(raw) > _LANGUAGE_BYTE else 0, "")):
        known = _codec(name)
        if known:
            yield known
    yield from ("utf-8", "gb18030")


def _codec(name: str) -> str:
    try:
        b" ".decode(name)  # refuses codecs of bytes, such as base64; empty bytes would pass any
    except (LookupError, ValueError):
        return ""
    return codecs.lookup(name).name


def _text_cells(raw: bytes) -> Iterator[tuple[bytes, bool]]:
    """Field names and text cells of a table, each with whether it fills its field and so may be cut off."""
    if len(raw) < _HEADER_BYTES:
        return
    count, header, width = struct.unpack_from("<IHH", raw, 4)
    described = [raw[at : at + _HEADER_BYTES] for at in range(_HEADER_BYTES, header - _HEADER_BYTES + 1, _HEADER_BYTES)]
    fields = list(takewhile(lambda one: len(one) == _HEADER_BYTES and one[:1] != _HEADER_END, described))
    for name in (one[:11].split(b"\x00")[0] for one in fields):
        yield name, len(name) >= _LONGEST_NAME
    spans = list(_text_spans(fields))
    for record in range(min(count, (len(raw) - header) // max(width, 1))):
        base = header + record * width
        for first, last in spans:
            cell = raw[base + first : base + last].rstrip(b" \x00")
            yield cell, len(cell) == last - first


def _text_spans(fields: list[bytes]) -> Iterator[tuple[int, int]]:
    """Where in a record each text field begins and ends; byte 0 of a record is its deletion mark."""
    start = 1
    for one in fields:
        end = start + one[16]
        if one[11:12] == b"C":
            yield start, end
        start = end


def _fits(cell: bytes, encoding: str, *, filled: bool) -> bool:
    """Whether a cell can be read, but for a character that the field's end cuts off."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(cell, final=not filled)
    except UnicodeDecodeError:
        return False
    return True
