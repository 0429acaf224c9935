"""How large the map is, and how fast it opens and moves in a real browser, without a network.

    python benchmarks/outputs.py [--smoke]

A street of 23 villages with 6 months of textured pictures as one file; the same page with 3,000 polygons; a folder for
2,000 villages. Everything is made up; nothing of a campaign is read. Without a browser only sizes and times of writing
are printed. First paint is the browser's own figure; a frame is the time between two frames while the map is dragged.
Each limit is printed beside its figure; where one is missed, the program ends with 1.
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from rasterio.crs import CRS
from scipy.ndimage import gaussian_filter

from lvgeo.outputs.map import write_map
from lvgeo.outputs.map_folder import write_map_folder
from lvgeo.outputs.map_values import MapClasses, MapImage, MapMonth, MapPage, MapPlot, MapVillage

# What the map is held to: one file's size, first paint, and a frame while it is dragged (median).
MOST_MB, MOST_PAINT_MS, MOST_FRAME_MS = 30.0, 2000.0, 33.0
SIDE_PX = 768
SIDE_M = 800.0
MONTHS = ("2024-01", "2024-03", "2024-05", "2024-07", "2024-08", "2024-09")
STATES = ("on_track", "lagging", "inconclusive", "not_assessed")
WEST, NORTH = 114.3, 23.2
DEGREES_A_METRE = 1.0 / 111_000.0
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VIEW = {"width": 1366, "height": 768}
FRAMES = """() => { window.frames_ms = []; let last = performance.now();
const tick = now => { window.frames_ms.push(now - last); last = now; requestAnimationFrame(tick); };
requestAnimationFrame(tick); }"""


def texture(rng: np.random.Generator) -> np.ndarray:
    """A picture about as hard to pack as one from the air: soil, crowns and noise, (y, x, 3) uint8."""
    noise = rng.normal(0, 1, (SIDE_PX, SIDE_PX, 3))
    crowns = gaussian_filter(rng.normal(0, 1, (SIDE_PX, SIDE_PX)), 3)[..., None] * np.array([300.0, 380.0, 200.0])
    return np.clip(np.array([118.0, 120.0, 96.0]) + crowns + 12 * noise, 0, 255).astype(np.uint8)


def ground(rng: np.random.Generator) -> np.ndarray:
    """Classes of a village, a third under canopy in patches of a few metres, (y, x) uint8."""
    return np.where(gaussian_filter(rng.normal(0, 1, (SIDE_PX, SIDE_PX)), 3) > 0.036, 2, 1).astype(np.uint8)


def ring(west: float, north: float, side_m: float, points: int) -> shapely.Polygon:
    """A closed line of so many corners, degrees."""
    angles = np.linspace(0, 2 * math.pi, points, endpoint=False)
    wobble = 1 + 0.15 * np.sin(5 * angles)
    reach = side_m / 2.4 * DEGREES_A_METRE
    return shapely.Polygon(np.c_[west + reach * wobble * np.cos(angles), north + reach * wobble * np.sin(angles)])


def villages(count: int, months: tuple[str, ...], rng: np.random.Generator) -> tuple[MapVillage, ...]:
    """Villages on a square lattice, each with a picture a month."""
    across = math.ceil(math.sqrt(count))
    found = []
    for number in range(count):
        west = WEST + (number % across) * SIDE_M * DEGREES_A_METRE
        north = NORTH - (number // across) * SIDE_M * DEGREES_A_METRE
        state = STATES[number % len(STATES)]
        step = SIDE_M * 0.8 * DEGREES_A_METRE / SIDE_PX
        place = Affine(step, 0, west - SIDE_PX * step / 2, 0, -step, north + SIDE_PX * step / 2)
        seen = np.ones((SIDE_PX, SIDE_PX), dtype=bool)
        images = tuple(MapImage(month, texture(rng), seen, place, CRS.from_epsg(4490)) for month in months)
        held = tuple(MapClasses(month, ground(rng), place, CRS.from_epsg(4490)) for month in months)
        figures = {
            "month": MONTHS[-1], "verdict": state, "reason": "冠层增加 1.0 个百分点，应有 4.0",
            "adjusted_change_pp": 1.0, "interval_low_pp": -1.0, "interval_high_pp": 3.0, "required_pp": 4.0,
        }  # fmt: skip
        said = tuple(MapMonth(month, state, -1.0, 1.0, 3.0, 4.0) for month in MONTHS)
        area = {"status": "meets", "area_mu": 2.1, "required_mu": 2.0}
        shape = ring(west, north, SIDE_M, 24)
        code = f"4413990{number:05d}"
        found.append(MapVillage(code, f"第{number}村", "village", shape, area, figures, images, "", said, held))
    return tuple(found)


def plots(units: tuple[MapVillage, ...], count: int) -> tuple[MapPlot, ...]:
    """Plots spread over the villages."""
    found = []
    for number in range(count):
        unit = units[number % len(units)]
        centre, turn = unit.geometry.centroid, 2.4 * number
        reach = SIDE_M * 0.3 * math.sqrt((number // len(units) + 1) / (count / len(units) + 1)) * DEGREES_A_METRE
        shape = ring(centre.x + reach * math.cos(turn), centre.y + reach * math.sin(turn), 36.0, 24)
        found.append(MapPlot(f"P{number}", unit.code, shape, "", {"area_mu": 2.0}))
    return tuple(found)


def page(units: tuple[MapVillage, ...], drawn: tuple[MapPlot, ...]) -> MapPage:
    """The page of a street."""
    return MapPage(
        title="Benchmark", month=MONTHS[-1], baseline=MONTHS[0], language="en", secrecy_note="",
        generated_on="2024-10-09", crs_note="CGCS2000", villages=units, plots=drawn,
    )  # fmt: skip


def opened(file: Path) -> dict[str, float]:
    """First paint, time to shapes on the map, and frames while it is dragged, ms; empty without a browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    if BROWSER is None:
        return {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        tab = browser.new_context(viewport=VIEW, offline=True).new_page()
        started = time.perf_counter()
        tab.goto(file.as_uri())
        tab.wait_for_selector(".leaflet-container path, .leaflet-container canvas", state="attached")
        drawn_ms = 1000 * (time.perf_counter() - started)
        paint_ms = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        box = tab.locator(".leaflet-container").bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        tab.mouse.move(*middle)
        tab.mouse.down()
        tab.evaluate(FRAMES)
        for step in range(90):
            tab.mouse.move(middle[0] + 150 * math.sin(step / 9), middle[1] + 100 * math.cos(step / 9))
        frames = np.array(tab.evaluate("window.frames_ms"))
        tab.mouse.up()
        browser.close()
    return {"paint_ms": paint_ms, "drawn_ms": drawn_ms, "frame_ms": float(np.median(frames)),
            "slow_frame_ms": float(np.quantile(frames, 0.95))}  # fmt: skip


def line(name: str, megabytes: float, wrote_s: float, seen: dict[str, float]) -> None:
    """Print one row."""
    browser = "no browser here"
    if seen:
        browser = (
            f"first paint {seen['paint_ms']:5.0f} ms | shapes {seen['drawn_ms']:5.0f} ms | "
            f"frame {seen['frame_ms']:4.1f} ms, 95 % under {seen['slow_frame_ms']:4.1f} ms"
        )
    print(f"{name:34s} {megabytes:6.2f} MB | written in {wrote_s:5.1f} s | {browser}", flush=True)


def one_file(name: str, file: Path, sheet: MapPage) -> dict[str, float]:
    """Write and open a map in one file; what was measured."""
    started = time.perf_counter()
    write_map(file, sheet)
    wrote_s = time.perf_counter() - started
    megabytes, seen = file.stat().st_size / 1e6, opened(file)
    line(name, megabytes, wrote_s, seen)
    return {"megabytes": megabytes, **seen}


def folder(name: str, place: Path, sheet: MapPage) -> dict[str, float]:
    """Write and open a map as a folder; what was measured, but its size, which nobody limits."""
    started = time.perf_counter()
    write_map_folder(place / "index.html", sheet)
    wrote_s = time.perf_counter() - started
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    seen = opened(place / "index.html")
    line(name, size / 1e6, wrote_s, seen)
    return seen


def missed(found: dict[str, dict[str, float]]) -> int:
    """Print each limit beside what was measured; how many are missed."""
    limits = {"megabytes": MOST_MB, "paint_ms": MOST_PAINT_MS, "frame_ms": MOST_FRAME_MS}
    count = 0
    for name, figures in found.items():
        for key, most in limits.items():
            if key in figures:
                held = figures[key] <= most
                count += not held
                print(f"{'holds ' if held else 'MISSED'} {key} {figures[key]:.1f}, at most {most:g}: {name}")
    return count


def main() -> int:
    """Print the table and the limits; 1 where one is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="3 villages, 2 months, 100 polygons, a folder of 20")
    words = parser.parse_args()
    rng = np.random.default_rng(2024)
    count, months, many, wide = (3, MONTHS[-2:], 100, 20) if words.smoke else (23, MONTHS, 3000, 2000)
    with tempfile.TemporaryDirectory() as aside:
        root = Path(aside)
        units = villages(count, months, rng)
        bare, county = villages(count, (), rng), villages(wide, (), rng)
        street, crowded = page(units, plots(units, 2 * count)), page(bare, plots(bare, many - count))
        names = f"{count} villages, {len(months)} months", f"{many} polygons", f"folder, {wide} villages"
        found = {
            names[0]: one_file(names[0], root / "street.html", street),
            names[1]: one_file(names[1], root / "many.html", crowded),
            names[2]: folder(names[2], root / "county", page(county, plots(county, 2 * wide))),
        }
    return 1 if missed(found) else 0


if __name__ == "__main__":
    sys.exit(main())
