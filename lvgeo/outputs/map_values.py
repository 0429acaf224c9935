"""What a map shows, as values: pictures, classes, months, villages, plots, the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from affine import Affine
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.labels import Language

__all__ = [
    "MapBasemap",
    "MapClasses",
    "MapImage",
    "MapMonth",
    "MapPage",
    "MapPlot",
    "MapTiles",
    "MapTransfer",
    "MapVillage",
]


@dataclass(frozen=True, slots=True)
class MapTiles:
    """Where a picture lies in full, as XYZ tiles beside the page.

    Parameters
    ----------
    url
        Relative, with ``{z}``, ``{x}`` and ``{y}``.
    first, last
        Zoom levels that are there.
    """

    url: str
    first: int
    last: int


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
    tiles
        The same picture in full; None where there is only this.
    """

    month: str
    rgb: NDArray[np.uint8]
    seen: NDArray[np.bool_]
    transform: Affine
    crs: Any
    tiles: MapTiles | None = None


@dataclass(frozen=True, slots=True)
class MapClasses:
    """One month's ground of one village, in classes.

    Parameters
    ----------
    month
        ``YYYY-MM``.
    classes
        (y, x): 0 not observed, 1 other ground, 2 canopy.
    transform, crs
        As of `MapImage`; the months of a village share them, else they are not compared.
    """

    month: str
    classes: NDArray[np.uint8]
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
    classes
        Months whose ground was told into classes: canopy gained and lost between any two is worked out on the page.
    tasks
        What the plan asks besides canopy, and how far it is done, in words.
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
    classes: tuple[MapClasses, ...] = ()
    tasks: tuple[tuple[str, str], ...] = ()


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
        Severity of its worst issue, which says whether its area counts: ``error``, ``warning``, ``info`` or empty.
    row
        Facts to show, by the key of a column or by a heading of one's own.
    issues
        What is wrong with it, as sentences.
    """

    plot_id: str
    village_code: str
    geometry: BaseGeometry
    status: str
    row: Mapping[str, object]
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MapTransfer:
    """Seedlings of a species that are proposed to be moved.

    Parameters
    ----------
    species, seedlings
        What, and how many.
    giver
        Who gives.
    taker_code, taker
        The village that asks.
    distance_m
        None where it is unknown.
    start, end
        Longitude and latitude of giver and taker, degrees; None where one is unknown.
    """

    species: str
    seedlings: int
    giver: str
    taker_code: str
    taker: str
    distance_m: float | None
    start: tuple[float, float] | None
    end: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class MapBasemap:
    """A background from the network, which a campaign asked for by name.

    Parameters
    ----------
    url
        Address of a tile, with ``{z}``, ``{x}`` and ``{y}``; EPSG:3857, not shifted.
    credit
        Whose it is.
    max_zoom
        Finest level that is served.
    """

    url: str
    credit: str
    max_zoom: int


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
    basemap
        Background from the network; None loads nothing.
    transfers
        Seedlings proposed to be moved.
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
    basemap: MapBasemap | None = None
    transfers: tuple[MapTransfer, ...] = ()
