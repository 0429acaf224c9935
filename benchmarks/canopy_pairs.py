"""Signs and sizes of change on real pairs of images; printed by `canopy.py pairs`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import rasterio
from shapely.geometry import box

import lvgeo

EXPECTED = {
    "riverside_84": ("loss", -100.0, -0.5),
    "riverside_0": ("small loss", -10.0, 0.5),
    "palm_springs_62": ("gain", 0.5, 100.0),
    "chico_69": ("small gain", -0.5, 10.0),
    "claremont_77": ("within ±5", -5.0, 5.0),
    "claremont_69": ("within ±3", -3.0, 3.0),
    "long_beach_92": ("no claim", -100.0, 100.0),
}
YEARS = ((2016, 2018), (2018, 2020), (2016, 2020))


def pairs_table(data: Path) -> pd.DataFrame:
    """Change in points of the scene by the shipped model, which never saw these places, and by the indices.

    `holds` says whether `trees` keeps what was expected: over the whole time, and between any two dates where nothing
    changed.
    """
    images = data / "aerial-pairs" / "urban_tree_naip" / "dev" / "images"
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as made:
        for place, (expected, low, high) in EXPECTED.items():
            for years in YEARS:
                files = _files(images, place, years)
                if files is None:
                    continue
                found = {name: _change(files, place, name, Path(made)) for name in ("trees", "index", "nir")}
                told = years == YEARS[-1] or expected.startswith("within")
                holds = low <= float(found["trees"]) <= high if told else ""
                pair = f"{years[0]}→{years[1]}"
                rows.append({"place": place, "expected": expected, "pair": pair, **found, "holds": holds})
    return pd.DataFrame(rows)


def _files(images: Path, place: str, years: tuple[int, int]) -> list[Path] | None:
    site, number = place.rsplit("_", 1)
    files = [images / f"{site}_{year}_{number}.tif" for year in years]
    return files if all(f.is_file() for f in files) else None


def _change(files: list[Path], place: str, model: str, folder: Path) -> float | str:
    """Net change of the whole scene in points; some sites' fourth band has no name, and then there is no NDVI."""
    with rasterio.open(files[0]) as opened:
        shape, crs = box(*opened.bounds).buffer(-12), opened.crs
    zones = gpd.GeoDataFrame({"village_code": ["999000000001"], "village": [place]}, geometry=[shape], crs=crs)
    zones.to_crs(4490).to_file(folder / "zone.gpkg")
    out = folder / f"{files[0].stem}-{files[1].stem}-{model}"
    try:
        table = lvgeo.compare(*files, zones=folder / "zone.gpkg", model=model, out=out).canopy_change
    except lvgeo.InputRefusedError:
        return "no NIR said"
    return round(float(table["net_change_pp"].iloc[0]), 1)
