"""The supervision map: one offline file that opens by a double click, sends nothing and runs nothing but itself."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Final

from lvgeo.outputs.files import write_text
from lvgeo.outputs.map_values import (
    MapBasemap,
    MapClasses,
    MapImage,
    MapMonth,
    MapPage,
    MapPlot,
    MapTiles,
    MapVillage,
)
from lvgeo.outputs.payload import payload
from lvgeo.outputs.pictures import MAX_SIDE_PX
from lvgeo.outputs.shell import read_shell

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "MAX_BYTES",
    "MapBasemap",
    "MapClasses",
    "MapImage",
    "MapMonth",
    "MapPage",
    "MapPlot",
    "MapTiles",
    "MapVillage",
    "embedded",
    "write_map",
]

MAX_BYTES: Final = 30_000_000
"""What a chat still carries and an office PC still opens at once; pictures shrink until the page fits."""
_SIDES_PX: Final = (MAX_SIDE_PX, 576, 432, 320, 240, 160)


def write_map(path: Path, page: MapPage, max_bytes: int = MAX_BYTES) -> None:
    """Write the map as one file that needs no network; the same page gives the same bytes.

    Villages are coloured by verdict where any has one, else by change, else by area status.

    Parameters
    ----------
    path
        The file, ``.html``.
    page
        What it shows.
    max_bytes
        Pictures are drawn smaller until the file is at most this large, or they are at their smallest.

    Raises
    ------
    StorageError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib, shapely
    >>> village = MapVillage("441302001201", "埔心村", "village", shapely.box(114.0, 23.0, 114.01, 23.01), {})
    >>> page = MapPage("绿美", "2024-03", "2024-01", "zh", "", "2024-04-01", "", (village,), ())
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "map.html"
    >>> write_map(file, page)
    >>> "埔心村" in file.read_text(encoding="utf-8")
    True
    """
    shell = read_shell(basemap=page.basemap.url if page.basemap else "")
    for side_px in _SIDES_PX:
        text = shell.filled(html.escape(page.title), embedded(payload(page, side_px)))
        if len(text.encode("utf-8", "replace")) <= max_bytes:
            break
    write_text(path, text)


_ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def embedded(data: object) -> str:
    """Write JSON that no HTML parser can take for anything else."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)
