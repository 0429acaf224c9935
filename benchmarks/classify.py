"""Time and memory of classifying one large scene, beside only decoding it with the same threads, and beside others.

    python benchmarks/classify.py [--side 16384] [--source IMAGE ...] [--threads 2] [--smoke] [--peers]

The scene is made of real tiles, repeated, as JPEG (YCbCr) and as ZSTD. Every figure is taken in a process of its own,
what it imports not counted. A row is run `--rounds` times, each time right after decoding: a machine's speed drifts by
a third within minutes, and moves both alike. Told are the medians of times and of the rounds' ratios to decoding what
the row reads: one date, or two where both are compared from their images on. Beside each ratio of times stands that of
processor seconds, which a busy machine moves less. `--peers` also has other libraries compare both dates (`peers.py`),
in an environment made for them; that needs a package index.
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
from statistics import median
from typing import Any

import numpy as np
import peers
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


def classify(path: Path, model: str, threads: int, folder: Path, *, months: int = 1) -> list[Path]:
    """Class rasters of the scene, as its own baseline, and as the month after it, registered as if it were another."""
    from lvgeo.imagery import classify as job
    from lvgeo.imagery.canopy import recipe_named
    from lvgeo.imagery.scene import inspect_file

    file = inspect_file(path)
    recipe = recipe_named(model)
    grid = file.grid.coarsened(recipe.factor(file.grid.ground_pixel_m))
    # A digest decides only whether a scene was done before; hashing is not classifying.
    before, after = (job.Scene((file,), (name,)) for name in ("before", "after"))
    fitted = recipe.fit(job.look_at_baseline(job.BaselineJob("0", before, grid, recipe, 10.0), threads))
    return [
        job.classify(job.SceneJob("0", scene, before, grid, fitted, 10.0, str(folder), model), threads).canopy.path
        for scene in (before, after)[:months]
    ]


def compare(before: Path, after: Path, threads: int) -> None:
    """Compare two classified months over 16 villages that are the whole scene."""
    from pyproj import CRS

    from lvgeo.imagery.store import open_canopy
    from lvgeo.progress.change import measure

    first, second = open_canopy(before), open_canopy(after)
    # A street's polygons and images are of one datum; searching for paths between two is not comparing.
    degrees = CRS.from_user_input(first.grid.crs.geodetic_crs)
    with ThreadPoolExecutor(threads) as pool:
        measure(first, second, villages_of(first.grid, degrees), degrees, pool.map)


def villages_of(grid: Any, degrees: Any) -> list[Any]:
    """Sixteen squares, in degrees."""
    import shapely
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(grid.crs, degrees, always_xy=True)
    squares = [shapely.segmentize(shapely.box(*one), (one[2] - one[0]) / 8) for one in squares_of(*grid.bounds)]
    return [shapely.transform(one, to_degrees.transform, interleaved=False) for one in squares]


def squares_of(west: float, south: float, east: float, north: float) -> list[tuple[float, float, float, float]]:
    """Bounds of 4 × 4 squares, or nearly."""
    wide, high = (east - west) / 4, (north - south) / 4
    return [
        (west + col * wide, south + row * high, west + (col + 1) * wide, south + (row + 1) * high)
        for row in range(4)
        for col in range(4)
    ]


def child(words: argparse.Namespace) -> None:
    """One measurement in a process of its own: seconds and peak memory."""
    kind, _, model = words.task.partition(" ")
    if kind != "decode":
        # Imports and compiled kernels are not what is measured.
        for name in ("lvgeo.imagery.classify", "lvgeo.imagery.trees", "lvgeo.progress.change"):
            importlib.import_module(name)
        importlib.import_module("skimage.filters.thresholding")  # skimage.filters itself loads it late
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        ready = classify(words.path, "trees", words.threads, folder) * 2 if kind == "change" else []
        started = begun()
        if kind == "decode":
            decode(words.path, words.threads)
        elif kind == "change":
            compare(*ready, words.threads)
        elif kind == "classify":
            classify(words.path, model, words.threads, folder)
        else:
            compare(*classify(words.path, model, words.threads, folder, months=2), words.threads)
        print(used(started))


def begun() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def used(started: tuple[float, float]) -> str:
    """Seconds, processor seconds of all threads, and peak memory of this process so far."""
    seconds, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return json.dumps({"s": seconds, "cpu": cpu, "mb": peak})


def measured(
    path: Path, task: str, threads: int, script: tuple[str, ...] = (sys.executable, __file__)
) -> dict[str, float]:
    """One run of a task, in a process of its own."""
    python, *rest = script
    command = [python, "-W", "ignore", *rest, "--task", task, "--path", str(path), "--threads", str(threads)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def main() -> None:
    data = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=16384)
    parser.add_argument("--source", type=Path, nargs="*")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--smoke", action="store_true", help="2048 px, JPEG only")
    parser.add_argument("--peers", action="store_true", help="other libraries too, installed for it")
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
    with tempfile.TemporaryDirectory() as made:
        others = peers.installed(Path(made) / "peers") if words.peers else ()
        rounds = 1 if words.smoke else words.rounds
        table(2048 if words.smoke else words.side, sets, (words.threads, rounds), others, smoke=words.smoke)


def table(
    side: int, sets: dict[str, list[Path]], often: tuple[int, int], others: tuple[str, ...], *, smoke: bool
) -> None:
    """Print the rows of all scenes; `often` are threads and rounds."""
    codecs = {"JPEG": {"compress": "JPEG", "photometric": "YCBCR", "jpeg_quality": 85}}
    if not smoke:
        codecs["ZSTD"] = {"compress": "ZSTD", "zstd_level": 9, "predictor": 2, "photometric": "RGB"}
    print(f"{side}² px, {often[0]} threads, {often[1]} rounds; × decoding the same dates (limit {LIMIT_MB} MB)")
    print(
        "both dates: to the share of canopy in 16 squares; lvgeo registers, levels the light and stores, others do not"
    )
    print(f"{'scene':15}{'codec':7}{'task':32}{'s':>8}{'CPU s':>8}{'×':>8}{'CPU ×':>8}{'MB':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for name, sources in sets.items():
            pieces, pixel_m = tiles(list(sources))
            for codec, options in codecs.items():
                path = Path(folder) / f"{codec}.tif"
                make(path, side, pieces, pixel_m, **options)
                rows(f"{name:15}{codec:7}", path, often, others)
                path.unlink()


def rows(head: str, path: Path, often: tuple[int, int], others: tuple[str, ...]) -> None:
    """Print a scene's rows: what one date costs, then both dates from images to the share of canopy in 16 squares."""
    for task in ("decode", "classify index", "classify trees"):
        row(head, task, paired(path, task, often), 1)
    row(head, "change (both classified)", paired(path, "change", often), 1)
    for task in ("both index", "both trees"):
        row(head, f"both dates, lvgeo {task[5:]}", paired(path, task, often), 2)
    for task in peers.TASKS if others else ():
        row(head, f"both dates, {task}", paired(path, task, often, others), 2)


def paired(path: Path, task: str, often: tuple[int, int], script: tuple[str, ...] = ()) -> list[dict[str, float]]:
    """Rounds of a task, each with what decoding one date took right before it."""
    threads, rounds = often
    found = []
    for _ in range(rounds):
        floor = measured(path, "decode", threads)
        one = measured(path, task, threads, *([script] if script else []))
        found.append(one | {"floor_s": floor["s"], "floor_cpu": floor["cpu"]})
    return found


def row(head: str, task: str, rounds: list[dict[str, float]], dates: int) -> None:
    times, cpu = (median(one[key] / (dates * one[f"floor_{key}"]) for one in rounds) for key in ("s", "cpu"))
    seconds, used_cpu = (median(one[key] for one in rounds) for key in ("s", "cpu"))
    most = max(one["mb"] for one in rounds)
    print(f"{head}{task:32}{seconds:8.2f}{used_cpu:8.2f}{times:8.2f}{cpu:8.2f}{most:7.0f}", flush=True)


if __name__ == "__main__":
    main()
