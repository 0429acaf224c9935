"""File geodatabases: a folder that ends in .gdb, or such a folder in an archive."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.archives import BROKEN, fault_of
from lvgeo.land.layer import MAX_BYTES, check_size
from lvgeo.land.read_ogr import Source, ogr_layers, read_ogr

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.land.layer import Layer

__all__ = ["read_filegdb"]

_MAX_FILES: Final = 20_000


def read_filegdb(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Read every layer that has geometry; one that cannot be read is refused by name, the others stay.

    Raises
    ------
    InputRefusedError
        If it is no geodatabase, or larger than any street's.
    """
    source = _archived(path) if path.is_file() else _folder(path)
    names = ogr_layers(source, str(path))
    if not names:
        refused.append(Refusal("layer_empty", file=str(path)))
    layers: list[Layer] = []
    for name in names:
        file = f"{path} · {name}"
        try:
            layers += read_ogr(Source(source, "OpenFileGDB", "gdb", file, {"layer": name}), refused)
        except InputRefusedError as error:
            refused += error.refusals
    return layers


def _folder(path: Path) -> str:
    files = [one for one in path.iterdir() if one.is_file()] if path.is_dir() else []
    if not any(one.name.lower() == "a00000001.gdbtable" for one in files):
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value=path.name, limit="File GDB"))
    _bounded(sum(one.stat().st_size for one in files), len(files), path)
    return str(path)


def _archived(path: Path) -> str:
    """Path by which GDAL reads inside the archive; nothing is unpacked to disk."""
    check_size(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except BROKEN as error:
        raise InputRefusedError(Refusal("file_broken", file=str(path), value=fault_of(error))) from error
    _bounded(sum(one.file_size for one in entries), len(entries), path)
    if not any(one.filename.lower().endswith(".gdbtable") for one in entries):
        raise InputRefusedError(Refusal("driver_refused", file=str(path), value="zip", limit="File GDB"))
    return f"/vsizip/{path.resolve()}"


def _bounded(size: int, files: int, path: Path) -> None:
    if size > MAX_BYTES or files > _MAX_FILES:
        value, limit = f"{size >> 20} MB, {files}", f"{MAX_BYTES >> 20} MB, {_MAX_FILES}"
        raise InputRefusedError(Refusal("file_too_large", file=str(path), value=value, limit=limit))
