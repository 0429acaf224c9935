"""The same comparison by other libraries, beside lvgeo: time against decoding, and peak memory.

    python benchmarks/peers.py [--side 8192]

Excess green over a threshold at two dates, share of canopy in 16 zones. The peers are installed in an environment of
their own; they are no dependencies. Needs a package index.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import classify

PEERS = ("rioxarray", "dask[array]", "rasterstats", "exactextract", "geopandas", "rasterio")

SCRIPT = """
import json, resource, sys, time
import numpy as np, rasterio, geopandas as gpd
from shapely.geometry import box
name, path = sys.argv[1:]
with rasterio.open(path) as o:
    w, s, e, n = o.bounds; crs = o.crs; transform = o.transform; height, width = o.height, o.width
k = 4; dx, dy = (e - w) / k, (n - s) / k
cells = [(w + i * dx, s + j * dy, w + (i + 1) * dx, s + (j + 1) * dy) for i in range(k) for j in range(k)]
zones = gpd.GeoDataFrame(geometry=[box(*cell) for cell in cells], crs=crs)

def classes():
    with rasterio.open(path) as o:
        rgb = o.read([1, 2, 3]).astype(np.float32)
    return ((2 * rgb[1] - rgb[0] - rgb[2]) / np.maximum(rgb.sum(0), 1) > 0.1).astype(np.uint8)

def rioxarray_dask():
    import rioxarray, xarray as xr
    found = []
    for _ in range(2):
        a = rioxarray.open_rasterio(path, chunks={"x": 2048, "y": 2048}).astype("float32")
        canopy = (2 * a[1] - a[0] - a[2]) / (a.sum("band") + 1) > 0.1
        found.append([float(canopy.rio.clip_box(*z.bounds).mean()) for z in zones.geometry])
    return found

def rasterstats_():
    from rasterstats import zonal_stats
    return [zonal_stats(zones, classes(), affine=transform, stats=["mean"], nodata=255) for _ in range(2)]

def exactextract_():
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource
    return [exact_extract(NumPyRasterSource(classes(), w, s, e, n), zones, ["mean"]) for _ in range(2)]

started = time.perf_counter()
{"rioxarray + dask": rioxarray_dask, "rasterstats": rasterstats_, "exactextract": exactextract_}[name]()
print(json.dumps({"s": time.perf_counter() - started, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def main() -> None:
    data = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=8192)
    words = parser.parse_args()
    street = sorted((data / "street-naip" / "imagery" / "2018-07").glob("*.tif"))
    if not street:
        print(f"no real data at {data}: nothing measured")
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
        (folder / "peer.py").write_text(SCRIPT)
        pieces, pixel_m = classify.tiles(street)
        path = folder / "scene.tif"
        classify.make(path, words.side, pieces, pixel_m, compress="JPEG", photometric="YCBCR", jpeg_quality=85)
        # Two dates are decoded.
        floor = 2 * classify.measured(path, "decode", 2)["s"]
        print(f"{words.side}² px, two dates; decoding both {floor:.2f} s")
        for name in ("rioxarray + dask", "rasterstats", "exactextract"):
            command = [python, "-W", "ignore", folder / "peer.py", name, path]
            one = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            print(f"{name:18} {one['s'] / floor:5.1f}× {one['mb']:6.0f} MB")
        for model in ("index", "trees"):
            first, change = (classify.measured(path, task, 2) for task in (model, "change"))
            peak, seconds = max(first["mb"], change["mb"]), 2 * first["s"] + change["s"]
            print(f"{'lvgeo ' + model:18} {seconds / floor:5.1f}× {peak:6.0f} MB (registered, stored)")


if __name__ == "__main__":
    sys.exit(main())
