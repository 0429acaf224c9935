"""Text of a file whose encoding nobody states: UTF-8 before GB 18030, since Chinese UTF-8 passes for the latter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import check_size

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_text"]


def read_text(path: Path) -> tuple[str, str]:
    """Return a file's text and its encoding.

    Raises
    ------
    InputRefusedError
        If it is no text in UTF-8, UTF-16 with its mark, or GB 18030.
    """
    check_size(path)
    raw = path.read_bytes()
    if b"\x00" in raw[:4096] and raw[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value="binary"))
    tried = ("utf-16",) if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in tried:
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise InputRefusedError(Refusal("file_broken", file=str(path), value="encoding"))
