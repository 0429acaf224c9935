"""What lies in a folder of images: files that are read, and what is passed over, which is named."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from lvgeo.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["code_in", "holds_more", "image_paths", "is_geotiff", "passed_over", "together", "unread_below"]

_SUFFIXES: Final = {".tif", ".tiff"}
_PACKED: Final = {".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
_PICTURES: Final = {".jp2", ".j2k", ".jpx", ".img", ".ecw", ".sid", ".png", ".jpg", ".jpeg", ".bmp", ".pix", ".vrt"}
# What belongs to an image, or tells of it: no image is lost where it is not read.
_BESIDE: Final = {
    ".tfw", ".tifw", ".tiffw", ".wld", ".jgw", ".jpw", ".pgw", ".j2w", ".xml", ".aux", ".ovr", ".rrd", ".msk", ".prj",
    ".txt", ".md", ".json", ".kml", ".csv", ".log", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".htm", ".html",
}  # fmt: skip
_OF_SYSTEMS: Final = {"thumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin", "system volume information"}
_NAMED: Final = 5  # of one kind, each by itself: of thousands of photos no list would be read
_CODE = re.compile(r"[0-9]{12}(?![0-9])")  # 14 digits are a time: 20240915103000.tif


def code_in(path: Path) -> str:
    """Code that a file's name begins with, empty where it begins with none."""
    found = _CODE.match(path.name)
    return found[0] if found else ""


def is_geotiff(path: Path) -> bool:
    """Whether a file's name is that of a raster, and not of one that the system hides."""
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")


def image_paths(places: Sequence[Path]) -> list[Path]:
    """GeoTIFF files in folders (or the files themselves), sorted by name."""
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            found += (path for path in place.iterdir() if is_geotiff(path) and not path.is_dir())
        elif place.is_file():
            found.append(place)
    return sorted(found, key=lambda path: path.name)


def passed_over(places: Sequence[Path]) -> list[Refusal]:
    """Name what lies in folders of images and is not read: other formats, packed files, folders.

    One that begins with the code of a village without an image by itself, others together where there are many of one
    kind. What belongs to an image (a world file, a mask), hidden files and empty folders are not named.

    Parameters
    ----------
    places
        Folders; of files among them, and of folders that do not exist, nothing is said.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("a.tif", "a.tfw", "b.JP2", "b.zip"):
    ...     _ = (folder / name).write_bytes(b"")
    >>> [(one.code, one.value) for one in passed_over([folder])]
    [('image_packed', '.zip'), ('image_unread', '.jp2')]
    """
    return [told for place in places if place.is_dir() for told in _passed_over_in(place)]


def _passed_over_in(place: Path) -> Iterator[Refusal]:
    found = sorted((_kind(path), path.name, path) for path in place.iterdir() if holds_more(path))
    beside_others = {code_in(path) for path in image_paths([place])} | {""}
    for (code, value), group in groupby(found, key=lambda one: one[0]):
        files = [path for _, _, path in group]
        yield from together(code, place, [path for path in files if code_in(path) in beside_others], value)
        alone = (path for path in files if code_in(path) not in beside_others)
        yield from (Refusal(code, file=str(path), value=value) for path in alone)


def together(code: str, place: Path, files: Sequence[Path], value: str = "") -> Iterator[Refusal]:
    """Name files of a folder that are passed over for one reason: each by itself, or in one line where they are many.

    Parameters
    ----------
    code, value
        Of the refusal.
    place
        The folder.
    files
        In it, sorted.
    """
    if len(files) > _NAMED:
        names = f"{files[0].name} … {files[-1].name} ({len(files)})"
        yield Refusal(code, file=str(place), feature=names, value=value)
        return
    yield from (Refusal(code, file=str(path), value=value) for path in files)


def unread_below(root: Path, without: Path) -> list[Refusal]:
    """Name images of other formats and packed files anywhere in a folder that is read with all folders in it.

    Parameters
    ----------
    root
        The folder; of a file nothing is said.
    without
        Samples, which may lie in it.
    """
    own = without.resolve()
    files = (path for path in root.rglob("*") if _is_unread(path) and not path.resolve().is_relative_to(own))
    kinds = sorted((path.parent, _kind(path), path) for path in files)
    told: list[Refusal] = []
    for (folder, (code, ending)), group in groupby(kinds, key=lambda one: one[:2]):
        told += together(code, folder, [path for *_, path in group], ending)
    return told


def _is_unread(path: Path) -> bool:
    """Whether a file's name is that of an image of another format, or of a packed file."""
    return path.suffix.lower() in _PICTURES | _PACKED and not path.name.startswith(".") and path.is_file()


def _kind(path: Path) -> tuple[str, str]:
    """Code of the refusal, and the ending that it names."""
    if path.is_dir():
        return "image_folder", ""
    ending = path.suffix.lower()
    return "image_packed" if ending in _PACKED else "image_unread", ending or path.name


def holds_more(path: Path) -> bool:
    """Whether something is lost where it is passed over; of a folder, whether anything in it is."""
    if path.name.startswith(".") or path.name.lower() in _OF_SYSTEMS:
        return False
    if not path.is_dir():
        return not is_geotiff(path) and path.suffix.lower() not in _BESIDE
    try:
        # A link may lead back here: what is behind it is not looked at.
        return path.is_symlink() or any(is_geotiff(inside) or holds_more(inside) for inside in path.iterdir())
    except OSError:
        return True
