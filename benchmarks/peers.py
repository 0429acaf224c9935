"""The same comparison by other libraries: excess green over a threshold at two dates, share of canopy in 16 squares.

Run by ``classify.py --peers`` in an environment of their own, which `installed` makes; they are no dependencies.
Each is measured as lvgeo is: a process of its own, its imports not counted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

PACKAGES = ("rioxarray", "dask[array]", "rasterstats", "exactextract", "geopandas", "rasterio")


def installed(folder: Path) -> tuple[str, ...]:
    """Make the environment; what to start there, nothing where it could not be made, which is said."""
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    try:
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1][:100]
        print(f"others are not measured, their environment could not be made: {why}")
        return ()
    return str(python), __file__


def classes(path: Path) -> Any:
    import numpy as np
    import rasterio

    with rasterio.open(path) as opened:
        rgb = opened.read([1, 2, 3]).astype(np.float32)
    return ((2 * rgb[1] - rgb[0] - rgb[2]) / np.maximum(rgb.sum(0), 1) > 0.1).astype(np.uint8)


def by_rioxarray(path: Path, squares: Any, threads: int) -> list[float]:
    import dask
    import rioxarray

    pixels = rioxarray.open_rasterio(path, chunks={"x": 2048, "y": 2048}).astype("float32")
    canopy = (2 * pixels[1] - pixels[0] - pixels[2]) / (pixels.sum("band") + 1) > 0.1
    with dask.config.set(num_workers=threads):
        return [float(canopy.rio.clip_box(*square.bounds).mean()) for square in squares.geometry]


def by_rasterstats(path: Path, squares: Any, _threads: int) -> list[float]:
    import rasterio
    from rasterstats import zonal_stats

    with rasterio.open(path) as opened:
        transform = opened.transform
    found = zonal_stats(squares, classes(path), affine=transform, stats=["mean"], nodata=255)
    return [one["mean"] for one in found]


def by_exactextract(path: Path, squares: Any, _threads: int) -> list[float]:
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    found = exact_extract(NumPyRasterSource(classes(path), *squares.total_bounds), squares, ["mean"])
    return [one["properties"]["mean"] for one in found]


TASKS = {
    "rioxarray + dask": (by_rioxarray, ("rioxarray", "dask.array", "geopandas")),
    "rasterstats": (by_rasterstats, ("rasterstats", "rasterio", "geopandas")),
    "exactextract": (by_exactextract, ("exactextract.raster", "rasterio", "geopandas")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=TASKS, required=True)
    parser.add_argument("--path", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    words = parser.parse_args()
    import importlib

    import classify
    import geopandas as gpd
    import rasterio
    from shapely.geometry import box

    compare, modules = TASKS[words.task]
    for name in modules:
        importlib.import_module(name)
    with rasterio.open(words.path) as opened:
        squares = gpd.GeoDataFrame(geometry=[box(*one) for one in classify.squares_of(*opened.bounds)], crs=opened.crs)
    started = classify.begun()
    before, after = (compare(words.path, squares, words.threads) for _ in range(2))
    change = [second - first for first, second in zip(before, after, strict=True)]
    told = classify.used(started)
    if any(change) or not any(before):
        sys.exit(f"{words.task}: the same image twice has changed, or has no canopy")
    print(told)


if __name__ == "__main__":
    main()
