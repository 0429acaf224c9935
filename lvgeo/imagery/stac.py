"""A class raster as a STAC item (SpatioTemporal Asset Catalog 1.1.0, projection extension 2.0.0): plain JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import shapely
from pyproj import CRS

from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.store import CanopyRaster

__all__ = ["canopy_catalog", "canopy_item"]

VERSION: Final = "1.1.0"
PROJECTION: Final = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
COG: Final = "image/tiff; application=geotiff; profile=cloud-optimized"
DEGREES: Final = CRS(4326)


def canopy_item(
    canopy: CanopyRaster, preview: Path, village_code: str, label: str, observed: BaseGeometry
) -> dict[str, Any]:
    """Describe a class raster: where, when, and what it was made from.

    Parameters
    ----------
    canopy
        The raster.
    preview
        The scene in small; both lie beside the item.
    village_code, label
        Whose, and the name of its date (``YYYY-MM`` for a month).
    observed
        Outline of its observed ground, in the raster's CRS; where it is empty, that of the raster stands for it.
    """
    grid = canopy.grid
    west, south, east, north = grid.bounds
    to_degrees = between(grid.crs, DEGREES)
    ring = shapely.box(west, south, east, north) if observed.is_empty else observed
    straight = shapely.segmentize(ring, max(east - west, north - south) / 4)
    footprint = shapely.transform(straight, to_degrees.transform, interleaved=False)
    epsg = grid.crs.to_epsg()
    made = canopy.told
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [PROJECTION],
        "id": canopy.path.stem,
        "geometry": json.loads(shapely.to_geojson(footprint)),
        "bbox": [round(v, 9) for v in footprint.bounds],
        "properties": {
            "datetime": f"{_day(made.get('acquired', ''), label)}T00:00:00Z",
            "proj:code": f"EPSG:{epsg}" if epsg else None,
            **({} if epsg else {"proj:wkt2": grid.crs.to_wkt()}),
            "proj:shape": [grid.height, grid.width],
            "proj:transform": [round(v, 9) for v in (*grid.transform,)[:6]],
            "lvgeo:village_code": village_code,
            "lvgeo:date": label,
            **{f"lvgeo:{key}": value for key, value in sorted(made.items())},
        },
        "links": [
            {"rel": "root", "href": "../catalog.json", "type": "application/json"},
            {"rel": "parent", "href": "../catalog.json", "type": "application/json"},
        ],
        "assets": {
            "classes": {
                "href": f"./{canopy.path.name}",
                "type": COG,
                "roles": ["data"],
                "title": "0 not observed, 1 other, 2 canopy",
                "data_type": "uint8",
                "nodata": 0,
            },
            "preview": {"href": f"./{preview.name}", "type": "image/tiff; application=geotiff", "roles": ["overview"]},
        },
    }


def canopy_catalog(items: Iterable[str], title: str) -> Mapping[str, Any]:
    """Catalogue of items, by their places relative to it."""
    return {
        "type": "Catalog",
        "stac_version": VERSION,
        "id": "canopy",
        "title": title,
        "description": "Class rasters of canopy, one for each village and date.",
        "links": [
            {"rel": "root", "href": "./catalog.json", "type": "application/json"},
            *({"rel": "item", "href": f"./{place}", "type": "application/geo+json"} for place in sorted(items)),
        ],
    }


def _day(acquired: str, label: str) -> str:
    """Day of the flight, else the first of the month that the label names, else the epoch that stands for unknown."""
    if acquired:
        return acquired
    year, _, month = label.partition("-")
    known = len(year) == 4 and year.isdigit() and month[:2].isdigit() and 1 <= int(month[:2]) <= 12  # noqa: PLR2004
    return f"{year}-{month[:2]}-01" if known else "1970-01-01"
