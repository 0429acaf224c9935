"""The one pen of an SQLite ledger, and how what it writes comes to stand on the disk.

The ledger keeps SQLite's rollback journal and never a write-ahead log. A log keeps what was acknowledged in a second
file until the first is brought up to date: after a crash the ledger copied alone to a stick lacks its last months, from
a read-only medium it cannot be opened at all, and on a network drive two machines share no memory through which to
agree (https://www.sqlite.org/wal.html, section 1). What a log gives, readers that do not wait for a writer, a ledger
that is written for milliseconds a month does not need. A ledger that another program switched over is switched back.
"""

from __future__ import annotations

import contextlib
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from lvgeo.errors import BusyError, Refusal, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["hold_pen", "locks_hold", "make_durable"]


@contextlib.contextmanager
def hold_pen(ledger: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock beside an SQLite ledger, and leave word who does."""
    lock, holder = FileLock(f"{ledger}.lock", timeout=wait_s), Path(f"{ledger}.holder")
    try:
        lock.acquire()
    except Timeout as error:
        who = holder.read_text("utf-8", "replace") if holder.is_file() else ""
        raise BusyError(Refusal("lock_held", value=f"{lock.lock_file} {who}".strip())) from error
    except OSError as error:
        raise StorageError(Refusal("write_failed", file=str(ledger), value=str(error))) from error
    try:
        with contextlib.suppress(OSError):
            holder.write_text(f"({platform.node()}, pid {os.getpid()})", "utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def locks_hold(folder: Path) -> bool | None:
    """Whether a lock in a folder keeps a second writer out, as some network drives' do not; None where none can be set.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as made:
    ...     locks_hold(Path(made))
    True
    """
    place = folder / f".lvgeo-{platform.node()}-{os.getpid()}.lock"
    first, second = FileLock(place, timeout=0), FileLock(place, timeout=0)
    try:
        with first:
            try:
                with second:
                    return False
            except Timeout:
                return True
    except OSError:
        return None
    finally:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)


def make_durable(connection: Any, _: Any) -> None:
    """Acknowledged means on disk, in one file, wherever it lies."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=DELETE")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
