"""The supervision map: one offline file that opens by a double click, sends nothing and runs nothing but itself."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lvgeo.outputs.files import write_text
from lvgeo.outputs.payload import payload
from lvgeo.outputs.shell import read_shell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from affine import Affine
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.labels import Language

__all__ = ["MapImage", "MapMonth", "MapPage", "MapPlot", "MapVillage", "write_map"]


@dataclass(frozen=True, slots=True)
class MapImage:
    """One picture of one village.

    Parameters
    ----------
    month
        ``YYYY-MM``.
    rgb
        (y, x, 3), 0 to 255.
    seen
        (y, x); False where the picture is see-through.
    transform
        Pixel (column, row) to coordinates.
    crs
        Reference system of `transform`; pyproj's or rasterio's.
    """

    month: str
    rgb: NDArray[np.uint8]
    seen: NDArray[np.bool_]
    transform: Affine
    crs: Any


@dataclass(frozen=True, slots=True)
class MapMonth:
    """What one month said of a village.

    Parameters
    ----------
    month
        ``YYYY-MM``.
    verdict
        Its word.
    low, middle, high, required
        Interval of the canopy change and what was due, points; None where not measured.
    """

    month: str
    verdict: str
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    required: float | None = None


@dataclass(frozen=True, slots=True)
class MapVillage:
    """One village or community on the map.

    Parameters
    ----------
    code, name, kind
        12 digits; what people call it; ``village`` or ``community``.
    geometry
        Its polygon, longitude and latitude in degrees.
    area
        Its row of ``area_compliance.csv``; may be empty.
    change
        Its row of ``canopy_change.csv``, if there is one.
    images
        Before first, after last, those between in order; none to many.
    consequence
        The consequence proposed, as a sentence; empty where none is.
    months
        What was said month by month.
    change_image
        Canopy gained and lost in colours, see-through elsewhere.
    """

    code: str
    name: str
    kind: str
    geometry: BaseGeometry
    area: Mapping[str, object]
    change: Mapping[str, object] | None = None
    images: tuple[MapImage, ...] = ()
    consequence: str = ""
    months: tuple[MapMonth, ...] = ()
    change_image: MapImage | None = None


@dataclass(frozen=True, slots=True)
class MapPlot:
    """One plot on the map.

    Parameters
    ----------
    plot_id, village_code
        Its own id; the village it belongs to, empty where none is known.
    geometry
        Its polygon, longitude and latitude in degrees.
    status
        Severity of its worst issue: ``error``, ``warning``, ``info`` or empty.
    row
        Facts to show, by the key of a column or by a heading of one's own.
    """

    plot_id: str
    village_code: str
    geometry: BaseGeometry
    status: str
    row: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MapPage:
    """Everything that one map shows.

    Parameters
    ----------
    title
        Heading of the page.
    month, baseline
        ``YYYY-MM``; either may be empty.
    language
        ``zh`` or ``en``.
    secrecy_note
        Printed in the heading; empty for none.
    generated_on
        The day, as text: it is given, so that a second run is equal.
    crs_note
        What the coordinates and areas are computed in, as a sentence.
    villages, plots
        What is drawn.
    """

    title: str
    month: str
    baseline: str
    language: Language
    secrecy_note: str
    generated_on: str
    crs_note: str
    villages: tuple[MapVillage, ...]
    plots: tuple[MapPlot, ...]


def write_map(path: Path, page: MapPage) -> None:
    """Write the map as one file that needs no network; the same page gives the same bytes.

    Villages are coloured by verdict where any has one, else by change, else by area status.

    Parameters
    ----------
    path
        The file, ``.html``.
    page
        What it shows.

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
    write_text(path, read_shell().filled(html.escape(page.title), _embedded(payload(page))))


_ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def _embedded(data: object) -> str:
    """Write JSON that no HTML parser can take for anything else."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)
