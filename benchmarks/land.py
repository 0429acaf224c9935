"""Areas against a loop over pyproj, and the whole `check` from ten thousand plots to a million.

    python benchmarks/land.py                    areas, and checks of 10,000 and 100,000 plots
    python benchmarks/land.py --plots 1000000    the last check with a million plots in 20,000 villages
    python benchmarks/land.py --smoke            small, for CI

Each check runs in a process of its own, so that its peak memory is its own. Ratios are of one run; the exponent is the
slope of log time over log plots between the first check and the last.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod

from lvgeo import api
from lvgeo.land.area import geodesic_area_m2

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERTICES = 24
PER_VILLAGE = 50
SEED = 7
EAST_M, NORTH_M = 102_477.8, 110_755.9


def rings(count: int, edge_m: float, middles: NDArray[np.float64], seed: int) -> NDArray[np.object_]:
    """Star-shaped plots of 24 vertices, degrees."""
    rng = np.random.default_rng(seed)
    radius = edge_m * VERTICES / (2 * math.pi)
    turn = np.linspace(0, 2 * math.pi, VERTICES, endpoint=False) + rng.uniform(0, 0.2, (count, 1))
    reach = radius * rng.uniform(0.85, 1.15, (count, VERTICES))
    lon = middles[:, :1] + reach * np.cos(turn) / EAST_M
    lat = middles[:, 1:] + reach * np.sin(turn) / NORTH_M
    xy = np.stack([lon, lat], axis=-1)
    return np.asarray(shapely.polygons(np.concatenate([xy, xy[:, :1]], axis=1)), dtype=object)


def areas(count: int) -> None:
    """Print how many times faster than the loop, and how far from it."""
    rng = np.random.default_rng(SEED)
    geod = Geod(ellps="GRS80")
    print(f"areas of {count} plots of {VERTICES} vertices")
    for edge_m, many in ((10.0, count), (1000.0, max(count // 20, 1000))):
        plots = rings(many, edge_m, rng.uniform([113.8, 22.4], [115.5, 24.0], (many, 2)), SEED)
        geodesic_area_m2(plots[:1000])
        start = time.perf_counter()
        ours = geodesic_area_m2(plots)
        middle = time.perf_counter()
        theirs = np.abs([geod.geometry_area_perimeter(plot)[0] for plot in plots])
        end = time.perf_counter()
        apart = np.abs(ours / theirs - 1)
        total = abs(ours.sum() / theirs.sum() - 1)
        print(
            f"  edges of {edge_m:g} m: {(end - middle) / (middle - start):.1f} × faster; relative difference median "
            f"{np.median(apart):.1e}, largest {apart.max():.1e} (of the sum {total:.1e})"
        )
    # Karney's integral in doubles carries its own noise: the same plot measured at another longitude, where the true
    # area is the same to the last bit, differs by this much.
    plots = rings(2000, 10.0, np.tile([[0.0, 23.0]], (2000, 1)), SEED)
    first, second = (
        np.abs([geod.geometry_area_perimeter(shapely.affinity.translate(p, d))[0] for p in plots]) for d in (114.0, 3.0)
    )
    print(f"  pyproj against itself, moved along its parallel: largest {np.abs(first / second - 1).max():.1e}")


def make_folder(root: Path, count: int) -> None:
    """A square of villages, fifty plots in each."""
    villages = max(count // PER_VILLAGE, 1)
    side = math.ceil(math.sqrt(villages))
    step = np.array([2000.0 / EAST_M, 2000.0 / NORTH_M])
    corner = np.array([112.8, 21.5]) + step * np.stack(np.divmod(np.arange(villages), side), axis=-1)
    codes = [f"44{n:010d}" for n in range(1, villages + 1)]
    (root / "campaign.toml").write_text('[campaign]\ncrs = "EPSG:4547"\n', "utf-8")
    for name in ("boundaries", "plots", "trees"):
        (root / name).mkdir()
    frame = gpd.GeoDataFrame(
        {"village_code": codes, "village": codes, "kind": "village"},
        geometry=shapely.box(*corner.T, *(corner + step).T),
        crs=4490,
    )
    frame.to_file(root / "boundaries" / "villages.gpkg", layer="villages")
    rng = np.random.default_rng(SEED)
    home = np.arange(count) % villages
    # A lattice inside each village, so that few plots touch; one in a hundred is moved to where another lies.
    spot = np.stack(np.divmod(np.arange(count) // villages, 8), axis=-1)
    metres = 120.0 + spot * 240.0 + rng.uniform(-20, 20, (count, 2))
    stray = rng.random(count) < 0.01
    metres[stray] += rng.uniform(-240, 240, (int(stray.sum()), 2))
    middles = corner[home] + metres / [EAST_M, NORTH_M]
    plots = gpd.GeoDataFrame(
        {
            "plot_id": [f"P{n:07d}" for n in range(count)],
            "village_code": np.array(codes)[home],
            "planted_on": "2024-02-20",
        },
        geometry=rings(count, 8.0, middles, SEED),
        crs=4490,
    )
    plots.to_file(root / "plots" / "plots.gpkg", layer="plots")


def run_check(folder: str, sent: multiprocessing.connection.Connection) -> None:  # type: ignore[name-defined]
    """Run in a process of its own."""
    from datetime import date

    start = time.perf_counter()
    result = api.check(folder, on=date(2024, 3, 31), language="en")
    seconds = time.perf_counter() - start
    sent.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, len(result.plot_issues)))


def checks(counts: list[int]) -> None:
    """Print time and peak memory of the whole command, reading and writing included."""
    measured = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            make_folder(Path(folder), count)
            get, send = multiprocessing.Pipe()
            process = multiprocessing.get_context("spawn").Process(target=run_check, args=(folder, send))
            process.start()
            seconds, peak_gb, issues = get.recv()
            process.join()
        measured.append((count, seconds))
        villages = max(count // PER_VILLAGE, 1)
        print(f"check of {count} plots in {villages} villages: {seconds:.1f} s, {peak_gb:.2f} GB, {issues} issues")
    if len(measured) > 1:
        (n0, t0), (n1, t1) = measured[0], measured[-1]
        print(f"exponent from {n0} to {n1}: {math.log(t1 / t0) / math.log(n1 / n0):.2f}")


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=100_000)
    parser.add_argument("--smoke", action="store_true")
    given = parser.parse_args()
    areas(5_000 if given.smoke else 200_000)
    checks([500, 2_000] if given.smoke else [10_000, given.plots])


if __name__ == "__main__":
    main()
