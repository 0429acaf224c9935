"""Files that appear whole or not at all: written aside, flushed to the disk, then renamed into place."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lvgeo.errors import Refusal, StorageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["keep_only", "write_bytes", "write_text", "writing"]

_RETRIES: Final = 10
_PAUSE_S: Final = 0.2


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Offer a path to write to; what stands there at the end becomes `path`, at once.

    The path offered lies in the same folder (a rename across disks is a copy, which can be torn) and keeps the suffix,
    by which drivers know their format. Its name is always the same for one output, so that what a killed run left
    behind is written over by the next.

    Parameters
    ----------
    path
        The file wanted; its folder is made where it is missing.

    Yields
    ------
    Path
        Where to write. After an error it is removed, and `path` is as it was.

    Raises
    ------
    StorageError
        If the disk is full, or another program holds the file (tried again for two seconds: virus scanners let go).

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> with writing(folder / "a.txt") as aside:
    ...     _ = aside.write_text("whole")
    >>> [file.name for file in folder.iterdir()]
    ['a.txt']
    """
    aside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        yield aside
        _flush(aside)
        _replace(aside, path)
    except OSError as error:
        raise StorageError(Refusal("write_failed", file=str(path), value=_why(error))) from error
    finally:
        _remove(aside)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file.

    Raises
    ------
    StorageError
        As `writing`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "new" / "a.bin"
    >>> write_bytes(file, b"abc")
    >>> file.read_bytes()
    b'abc'
    """
    with writing(path) as aside:
        aside.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    r"""Write a whole file of UTF-8 text; line ends stay as they are, whatever the system.

    Raises
    ------
    StorageError
        As `writing`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> write_text(file, "村\r\n")
    >>> file.read_bytes()
    b'\xe6\x9d\x91\r\n'
    """
    # A lone surrogate (half a character, from a broken name) must not stop a whole month's output.
    write_bytes(path, text.encode("utf-8", "replace"))


def keep_only(folder: Path, wanted: Collection[Path]) -> None:
    """Remove what an earlier run left in a folder of outputs, and folders that are empty then.

    Parameters
    ----------
    folder
        One that holds nothing but this program's own files; links in it are not followed.
    wanted
        Files that stay.

    Raises
    ------
    StorageError
        If a file cannot be removed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("new", "old/old"):
    ...     write_bytes(folder / name, b"")
    >>> keep_only(folder, {folder / "new"})
    >>> [file.name for file in folder.rglob("*")]
    ['new']
    """
    for place, folders, files in os.walk(folder, topdown=False):
        try:
            for one in (Path(place) / name for name in files):
                if one not in wanted:
                    one.unlink()
            for one in (Path(place) / name for name in folders):
                if not one.is_symlink() and not any(one.iterdir()):
                    one.rmdir()
        except OSError as error:
            raise StorageError(Refusal("write_failed", file=str(place), value=_why(error))) from error


def _flush(file: Path) -> None:
    """Ask the system to put the bytes on the disk; a rename may otherwise overtake them."""
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _replace(aside: Path, path: Path) -> None:
    for _ in range(_RETRIES):
        try:
            aside.replace(path)
        except PermissionError:
            time.sleep(_PAUSE_S)
        else:
            return
    aside.replace(path)


def _remove(aside: Path) -> None:
    try:
        aside.unlink(missing_ok=True)
    except OSError:  # the first error is the one worth reporting
        return


def _why(error: OSError) -> str:
    return error.strerror or str(error)
