"""Time and memory of classifying one large scene, beside only decoding it with the same threads.

    python benchmarks/classify.py [--side 16384] [--source IMAGE ...] [--threads 2] [--smoke] [--peers]

The scene is made of real tiles, repeated, as JPEG (YCbCr) and as ZSTD. Every figure is taken in a process of its
own; times are the better of two. Ratios are of one run. `--peers` also measures other libraries, in an environment
made for them. Beside each ratio of times stands that of processor seconds, which a busy machine does not move.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

BLOCK = 512
LIMIT_MB = 600


def tiles(sources: list[Path]) -> tuple[list[np.ndarray], float]:
    """Pieces of 256 × 256 px of real images, and their pixel size; observed ground only."""
    found = []
    for path in sources:
        with rasterio.open(path) as opened:
            pixels, size = opened.read([1, 2, 3]), abs(opened.transform.a)
        for row in range(0, pixels.shape[1] - 255, 256):
            for col in range(0, pixels.shape[2] - 255, 256):
                piece = pixels[:, row : row + 256, col : col + 256]
                if not ((piece == 0).all(axis=0) | (piece == 255).all(axis=0)).any():
                    found.append(piece)
    return found, size


def make(path: Path, side: int, pieces: list[np.ndarray], pixel_m: float, **options: object) -> None:
    rng = np.random.default_rng(0)
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8", "crs": "EPSG:26911"}
    profile |= {"transform": Affine(pixel_m, 0, 389000, 0, -pixel_m, 3739000), "tiled": True}
    profile |= {"blockxsize": BLOCK, "blockysize": BLOCK, "BIGTIFF": "IF_SAFER", "num_threads": 2} | options
    with rasterio.open(path, "w", **profile) as opened:
        for top in range(0, side, BLOCK):
            rows = np.zeros((3, BLOCK, side), np.uint8)
            for y in (0, 256):
                for x in range(0, side, 256):
                    rows[:, y : y + 256, x : x + 256] = pieces[rng.integers(len(pieces))]
            opened.write(rows, window=Window(0, top, side, BLOCK))


def decode(path: Path, threads: int) -> None:
    with rasterio.open(path) as opened:
        height, width = opened.height, opened.width

    def rows(starts: list[int]) -> None:
        with rasterio.open(path, sharing=False) as opened:
            buffer = np.empty((3, BLOCK, width), np.uint8)
            for top in starts:
                opened.read([1, 2, 3], window=Window(0, top, width, BLOCK), out=buffer)

    with rasterio.Env(GDAL_CACHEMAX=64 * 2**20), ThreadPoolExecutor(threads) as pool:
        list(pool.map(rows, [list(range(0, height, BLOCK))[k::threads] for k in range(threads)]))


def classify(path: Path, model: str, threads: int, folder: Path) -> None:
    from lvgeo.imagery import classify as job
    from lvgeo.imagery.canopy import recipe_named
    from lvgeo.imagery.scene import inspect_file

    file = inspect_file(path)
    recipe = recipe_named(model)
    grid = file.grid.coarsened(recipe.factor(file.grid.ground_pixel_m))
    # A digest decides only whether a scene was done before; hashing is not classifying.
    scene = job.Scene((file,), (path.name,))
    fitted = recipe.fit(job.look_at_baseline(job.BaselineJob("0", scene, grid, recipe), threads))
    job.classify(job.SceneJob("0", scene, scene, grid, fitted, 10.0, str(folder), model), threads)


def child(words: argparse.Namespace) -> None:
    """One measurement in a process of its own: seconds and peak memory."""
    if words.task != "decode":
        # Imports and compiled kernels are not what is measured.
        for name in ("lvgeo.imagery.classify", "lvgeo.imagery.trees", "skimage.filters"):
            importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        started = begun()
        if words.task == "decode":
            decode(words.path, words.threads)
        elif words.task == "change":
            change(words.path, Path(folder), words.threads)
            return
        else:
            classify(words.path, words.task, words.threads, Path(folder))
        print(used(started))


def begun() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def used(started: tuple[float, float]) -> str:
    """Seconds, processor seconds of all threads, and peak memory of this process so far."""
    seconds, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return json.dumps({"s": seconds, "cpu": cpu, "mb": peak})


def change(path: Path, folder: Path, threads: int) -> None:
    """Compare two classified months over one village that is the whole scene."""
    import shapely
    from pyproj import CRS, Transformer

    from lvgeo.imagery.store import open_canopy
    from lvgeo.progress.change import measure

    classify(path, "trees", threads, folder)
    stored = open_canopy(next(p for p in folder.glob("*.tif") if "preview" not in p.name))
    west, south, east, north = stored.grid.bounds
    box = shapely.segmentize(shapely.box(west, south, east, north), (east - west) / 8)
    # A street's polygons and images are of one datum; searching for paths between two is not comparing.
    degrees = CRS.from_user_input(stored.grid.crs.geodetic_crs)
    to_degrees = Transformer.from_crs(stored.grid.crs, degrees, always_xy=True)
    shape = shapely.transform(box, to_degrees.transform, interleaved=False)
    with ThreadPoolExecutor(threads) as pool:
        started = begun()
        measure(stored, stored, [shape], degrees, pool.map)
        print(used(started))


def measured(path: Path, task: str, threads: int, repeats: int = 2) -> dict[str, float]:
    command = [sys.executable, "-W", "ignore", __file__, "--task", task, "--path", str(path), "--threads", str(threads)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(repeats)]
    return {key: min(run[key] for run in runs) if key != "mb" else max(run[key] for run in runs) for key in runs[0]}


def main() -> None:
    data = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=16384)
    parser.add_argument("--source", type=Path, nargs="*")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--smoke", action="store_true", help="2048 px, JPEG only")
    parser.add_argument("--task")
    parser.add_argument("--path", type=Path)
    words = parser.parse_args()
    if words.task:
        child(words)
        return
    street = sorted((data / "street-naip" / "imagery" / "2018-07").glob("*.tif"))
    drone = sorted((data / "canopy-masks" / "restor-tcd" / "data").glob("*0000.tif"))
    if not words.source and not street:
        print(f"no real data at {data}: nothing measured")
        return
    sets = {"given": words.source} if words.source else {"aerial, 0.6 m": street, "drone, 0.1 m": drone}
    table(2048 if words.smoke else words.side, sets, words.threads, smoke=words.smoke)


def table(side: int, sets: dict[str, list[Path]], threads: int, *, smoke: bool) -> None:
    codecs = {"JPEG": {"compress": "JPEG", "photometric": "YCBCR", "jpeg_quality": 85}}
    if not smoke:
        codecs["ZSTD"] = {"compress": "ZSTD", "zstd_level": 9, "predictor": 2, "photometric": "RGB"}
    print(f"{side}² px, {threads} threads; times × decoding, peak memory of the process (limit {LIMIT_MB} MB)")
    with tempfile.TemporaryDirectory() as folder:
        for name, sources in sets.items():
            pieces, pixel_m = tiles(list(sources))
            for codec, options in codecs.items():
                path = Path(folder) / f"{codec}.tif"
                make(path, side, pieces, pixel_m, **options)
                floor = measured(path, "decode", threads)
                line = f"{name:14} {codec:5} decode {floor['s']:6.2f} s (CPU {floor['cpu']:.2f})"
                for task in ("index", "trees", "change"):
                    one = measured(path, task, threads)
                    times, cpu = (one[key] / floor[key] for key in ("s", "cpu"))
                    line += f" | {task} {times:.2f}× (CPU {cpu:.2f}×) {one['mb']:.0f} MB"
                print(f"{line} | floor {floor['s'] * 1e9 / side**2:.0f} s a gigapixel", flush=True)
                path.unlink()


if __name__ == "__main__":
    main()
