"""The map as a folder: a page, and beside it a script of data for every village, read when somebody looks there.

For a whole county, or for images in full: opened from a disk, a page may load scripts and images that lie beside it,
but may not read any other file.
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Final

from lvgeo.outputs.files import keep_only, write_text
from lvgeo.outputs.map import embedded
from lvgeo.outputs.payload import all_details, heads
from lvgeo.outputs.pictures import MAX_SIDE_PX
from lvgeo.outputs.shell import read_shell

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.outputs.map_values import MapPage

__all__ = ["write_map_folder"]

_TAKE: Final = "lvgeo.take({text});\n"


def write_map_folder(path: Path, page: MapPage) -> None:
    """Write ``index.html`` and ``data/<village code>.js``; the page last, so that it never points at nothing.

    Parameters
    ----------
    path
        The page; the rest goes beside it.
    page
        What it shows.

    Raises
    ------
    StorageError
        If a file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib, shapely
    >>> from lvgeo.outputs.map_values import MapPage, MapVillage
    >>> village = MapVillage("441302001201", "埔心村", "village", shapely.box(114.0, 23.0, 114.01, 23.01), {})
    >>> page = MapPage("绿美", "2024-03", "2024-01", "zh", "", "2024-04-01", "", (village,), ())
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> write_map_folder(folder / "index.html", page)
    >>> sorted(file.name for file in folder.rglob("*.*"))
    ['441302001201.js', 'index.html']
    """
    data, written = path.parent / "data", set()
    for details in all_details(page, MAX_SIDE_PX):
        # A string of JSON inside the script: it is parsed as data, whatever stands in it.
        text = json.dumps(embedded(details), ensure_ascii=True)
        file = data / f"{details['code']}.js"
        write_text(file, _TAKE.format(text=text))
        written.add(file)
    shell = read_shell(basemap=page.basemap.url if page.basemap else "", beside=True)
    write_text(path, shell.filled(html.escape(page.title), embedded(heads(page))))
    keep_only(data, written)
