"""Write a simulated street as an office keeps it: boundaries, plots, registers, images, marks; its truth beside it."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pyogrio
import rasterio
import shapely
from affine import Affine
from rasterio.enums import ColorInterp

from lvgeo.land.datum import wgs84_to_gcj02
from lvgeo.projection import between
from lvgeo.simulate.boundaries import boundaries_path
from lvgeo.simulate.ground import lay_ground
from lvgeo.simulate.marks import is_marked, marks_of, marks_text
from lvgeo.simulate.registers import write_registers
from lvgeo.simulate.render import render_flight
from lvgeo.simulate.street import PIXEL_M, SIZE_PX
from lvgeo.simulate.task_truth import task_truth
from lvgeo.simulate.truth import canopy_truth, site_truth

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lvgeo.simulate.street import Flight, Planting, Site, Street

__all__ = ["write_site", "write_street"]

BITS: Final = {3: ("red", "green", "blue"), 4: ("red", "green", "blue", "alpha")}


def write_street(street: Street, folder: Path, progress: Callable[[int, int], None]) -> None:
    """Write everything of a campaign folder but its campaign.toml.

    Parameters
    ----------
    street
        As planned.
    folder
        The campaign folder.
    progress
        Told how many sites of how many are drawn.
    """
    for name in ("boundaries", "plots", "trees", "imagery", "samples"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(boundaries_path(), folder / "boundaries" / "villages.geojson")
    _write_plots(street, folder / "plots")
    write_registers(street, folder)
    frame = gpd.read_file(boundaries_path())
    borders = dict(zip(frame["village_code"], frame.geometry, strict=True))
    truths = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        drawn = pool.map(lambda site: write_site(site, borders[site.village_code], folder, street.seed), street.sites)
        for done, truth in enumerate(drawn, start=1):
            truths.append(truth)
            progress(done, len(street.sites))
    whole = {"synthetic": True, "seed": street.seed, "villages": truths, "registers": task_truth(street)}
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="")
    marks = [mark for site in street.sites if is_marked(site) for mark in marks_of(site, lay_ground(site, street.seed))]
    (folder / "samples" / "crowns.geojson").write_text(marks_text(marks), encoding="utf-8", newline="")


def write_site(site: Site, border: shapely.Polygon, folder: Path, seed: int) -> dict[str, Any]:
    """Draw a site's flights, and return its truth.

    Parameters
    ----------
    site, border
        The site, and its village's boundary in degrees.
    folder
        The campaign folder.
    seed
        Of the street.
    """
    ground = lay_ground(site, seed)
    for flight in site.flights:
        place = folder / "imagery" / flight.month
        place.mkdir(parents=True, exist_ok=True)
        _write_image(place / f"{site.village_code}.tif", site, flight, render_flight(site, flight, ground, seed))
    return site_truth(site, border, canopy_truth(site, ground))


def _write_image(path: Path, site: Site, flight: Flight, pixels: NDArray[np.uint8]) -> None:
    profile = {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": pixels.shape[0],
        "height": SIZE_PX,
        "width": SIZE_PX,
        "crs": "EPSG:4547",
        "transform": Affine(PIXEL_M, 0, site.west, 0, -PIXEL_M, site.north),
        "tiled": True,
        "blockxsize": 128,
        "blockysize": 128,
        "compress": "DEFLATE",
        "zlevel": 3,
        "photometric": "RGB",
    }
    with rasterio.open(path, "w", **profile) as opened:
        opened.colorinterp = [ColorInterp[name] for name in BITS[pixels.shape[0]]]
        opened.update_tags(TIFFTAG_DATETIME=flight.day.strftime("%Y:%m:%d 10:30:00"))
        opened.write(pixels)


def _write_plots(street: Street, folder: Path) -> None:
    """Surveyed plots in a GeoPackage, EPSG:4547; those drawn on a shifted web map in a GeoJSON that says CGCS2000."""
    plantings = [p for site in street.sites for p in site.plantings]
    surveyed = [p for p in plantings if not p.gcj02]
    rows = [_row(p) for p in surveyed]
    frame = gpd.GeoDataFrame(rows, geometry=[p.ring for p in surveyed], crs=4547)
    path = folder / "plots.gpkg"
    path.unlink(missing_ok=True)
    # GeoPackages bear the time of writing; a fixed one keeps the same street the same bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-03-01T00:00:00.000Z"})
    frame.to_file(path, layer="plots", driver="GPKG")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    features = [{"type": "Feature", "properties": _row(p), "geometry": _shifted(p)} for p in plantings if p.gcj02]
    head = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}}
    text = json.dumps(head | {"features": features}, ensure_ascii=False, indent=1) + "\n"
    (folder / "plots_from_phone.geojson").write_text(text, encoding="utf-8", newline="")


def _row(planting: Planting) -> dict[str, Any]:
    return {
        "plot_id": planting.plot_id,
        "village_code": planting.village_code,
        "declared_mu": planting.declared_mu,
        "trees": len(planting.stems),
        "species": planting.species,
        "planted_on": str(planting.planted_on),
        "accuracy_m": 1.0,
    }


def _shifted(planting: Planting) -> dict[str, Any]:
    to_degrees = between(4547, 4490)
    true = shapely.get_coordinates(shapely.transform(planting.ring, to_degrees.transform, interleaved=False))
    lon, lat = wgs84_to_gcj02(true[:, 0], true[:, 1])
    ring = [[round(float(x), 8), round(float(y), 8)] for x, y in zip(lon, lat, strict=True)]
    return {"type": "Polygon", "coordinates": [ring]}
