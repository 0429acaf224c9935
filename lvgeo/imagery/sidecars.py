"""What GDAL opens of its own accord with an image: a mask (``.msk``) and overviews (``.ovr``) beside it.

GDAL takes any format for them: a virtual raster of that name could read any file of the machine, or of the network.
Overviews may lie elsewhere too, where the image or its ``.aux.xml`` says so.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["digest_file", "digest_mask", "refuse_overviews_elsewhere", "refuse_sidecars"]

SUFFIXES: Final = (".msk", ".ovr", ".msk.ovr", ".ovr.msk")
TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # the first bytes of a TIFF, and of a BigTIFF


def refuse_sidecars(path: Path) -> None:
    """Refuse an image beside which lies a mask or an overview that is no TIFF.

    Raises
    ------
    InputRefusedError
        Naming that file.
    """
    for beside in _beside(path):
        try:
            with beside.open("rb") as opened:
                begin = opened.read(4)
        except OSError as error:
            raise InputRefusedError(Refusal("file_broken", file=str(beside), value=str(error))) from error
        if begin not in TIFF:
            value = begin.decode("ascii", "replace") or "0 bytes"
            raise InputRefusedError(Refusal("driver_refused", file=str(beside), value=value, limit="GeoTIFF"))


def refuse_overviews_elsewhere(opened: Any, path: Path) -> None:
    """Refuse an open image that says that its overviews are in another file.

    Raises
    ------
    InputRefusedError
        Naming that file.
    """
    elsewhere = opened.tags(ns="OVERVIEWS").get("OVERVIEW_FILE", "")
    if elsewhere:
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value=elsewhere, limit="GeoTIFF"))


def digest_mask(path: Path) -> str:
    """SHA-256 of the mask that GDAL reads beside a file, empty where there is none."""
    return "".join(digest_file(beside) for beside in _beside(path) if beside.suffix.lower() == ".msk")


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes.

    Raises
    ------
    InputRefusedError
        If it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=str(error))) from error


def _beside(path: Path) -> list[Path]:
    """GDAL finds them whatever the case of their names."""
    wanted = {(path.name + suffix).casefold() for suffix in SUFFIXES}
    try:
        return sorted(one for one in path.parent.iterdir() if one.name.casefold() in wanted)
    except OSError:
        return []  # said where the file itself is opened
