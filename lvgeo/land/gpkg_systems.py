"""Reference systems that the rows of a GeoPackage layer carry themselves, which GDAL never looks at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["stored_systems"]

_MAX_STEPS: Final = 50_000_000
_HEAD: Final = 5


def stored_systems(path: Path, table: str, column: str) -> list[str]:
    """Different ``srs_id`` values in a layer's geometries, in order.

    Bytes 4 to 7 of each geometry hold it, in the byte order that the lowest bit of byte 3 names (OGC 12-128, 2.1.3).

    Parameters
    ----------
    path
        A GeoPackage; it is opened for reading alone.
    table, column
        The layer and its geometry column.

    Raises
    ------
    sqlite3.DatabaseError
        If the file is damaged, or a view in it does not end.
    """
    named, blob = (f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (table, column))
    query = f"SELECT DISTINCT substr({blob}, 4, 5) FROM {named} WHERE {blob} IS NOT NULL"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        # A view in a hostile file may never end: give up after so many steps.
        connection.set_progress_handler(lambda: 1, _MAX_STEPS)
        heads = [row[0] for row in connection.execute(query) if isinstance(row[0], bytes) and len(row[0]) == _HEAD]
    numbers = {int.from_bytes(head[1:], "little" if head[0] & 1 else "big", signed=True) for head in heads}
    return [f"srs_id {number}" for number in sorted(numbers)]
