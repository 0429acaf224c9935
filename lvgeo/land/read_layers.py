"""One door for every format: a file's suffix picks its reader, and the reader looks at the bytes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.layer import polygonal_layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lvgeo.land.layer import Layer

__all__ = ["FORMATS", "SIDECARS", "read_file", "read_layers", "suffix_of"]

SIDECARS: Final = {
    ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qml", ".qgz", ".xml", ".md",
    ".gpkg-wal", ".gpkg-shm", ".gpkg-journal",
}  # fmt: skip

# Suffix → module and function; a module is imported when a file of its format comes.
FORMATS: Final[dict[str, str]] = {
    ".geojson": "read_geojson",
    ".json": "read_geojson",
    ".gpkg": "read_gpkg",
    ".shp": "read_shapefile",
    ".gdb": "read_filegdb",
    ".gdb.zip": "read_filegdb",
    ".kml": "read_kml",
    ".kmz": "read_kml",
    ".ovkml": "read_kml",
    ".ovkmz": "read_kml",
    ".ovobj": "read_kml",
    ".gpx": "read_gpx",
    ".dxf": "read_dxf",
    ".txt": "read_survey_txt",
    ".csv": "read_table",
    ".xlsx": "read_table",
    ".xls": "read_table",
}


def read_layers(
    paths: Sequence[Path], columns: Mapping[str, str] | None = None, *, lines: bool = False
) -> tuple[list[Layer], list[Refusal]]:
    """Read every layer of files, or of folders of files, in order of name.

    Parameters
    ----------
    paths
        Files or folders.
    columns
        Our field name → theirs, for tables of vertices.
    lines
        Whether lines are wanted too, power lines say; else only polygons are kept.

    Returns
    -------
    tuple[list[Layer], list[Refusal]]
        Layers, and every file, layer or feature that could not be used.
    """
    layers: list[Layer] = []
    refused: list[Refusal] = []
    for path in _files(paths, refused):
        try:
            found = read_file(path, refused, columns or {})
        except InputRefusedError as error:
            refused += error.refusals
            continue
        layers += found if lines else [kept for layer in found for kept in polygonal_layer(layer, refused)]
    return layers, refused


def read_file(path: Path, refused: list[Refusal], columns: Mapping[str, str]) -> list[Layer]:
    """Read one file's layers, lines and polygons.

    Raises
    ------
    InputRefusedError
        If nothing of it can be read.
    """
    suffix = suffix_of(path)
    if suffix not in FORMATS:
        limit = ", ".join(FORMATS)
        raise InputRefusedError(Refusal("format_unknown", file=str(path), value=suffix or path.name, limit=limit))
    name = FORMATS[suffix]
    reader = getattr(import_module(f"lvgeo.land.{name}"), name)
    # Only a table of vertices has coordinates under names that an office chooses.
    found: list[Layer] = reader(path, refused, columns) if name == "read_table" else reader(path, refused)
    return found


def suffix_of(path: Path) -> str:
    """Suffix by which a file's reader is found; the double one of a geodatabase in an archive counts as one."""
    lowered = path.name.lower()
    return ".gdb.zip" if lowered.endswith(".gdb.zip") else path.suffix.lower()


def _files(paths: Sequence[Path], refused: list[Refusal]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir() and suffix_of(path) not in FORMATS:
            found += sorted(p for p in path.iterdir() if not p.name.startswith("."))
        elif path.exists():
            found.append(path)
        else:
            refused.append(Refusal("file_missing", value=str(path)))
    kept = []
    for path in found:
        suffix = suffix_of(path)
        # A File GDB is a folder; everything else is a file.
        if suffix in FORMATS and (path.is_file() or suffix == ".gdb"):
            kept.append(path)
        elif suffix not in SIDECARS:
            limit = ", ".join(FORMATS)
            refused.append(Refusal("format_unknown", file=str(path), value=suffix or path.name, limit=limit))
    return kept
