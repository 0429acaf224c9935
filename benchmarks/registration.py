"""Registration on real scenes: known sub-pixel pairs, and three summers that must agree with each other.

python benchmarks/registration.py [--data ../shared/data]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import rasterio
from promises import Promises

from lvgeo.imagery.registration import Patch, Registration, register


def brightness(path: Path) -> np.ndarray:
    with rasterio.open(path) as opened:
        return opened.read([1, 2, 3]).mean(axis=0, dtype=np.float32)


def found(before: Path, after: Path, pixel_m: float) -> Registration:
    a, b = brightness(before), brightness(after)
    height, width = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    cut = np.s_[:height, :width]
    return register([Patch(a[cut], b[cut], np.ones((height, width), bool))], pixel_m, 10.0)


def derived(data: Path, promises: Promises) -> None:
    folder = data / "registration" / "derived_subpixel"
    for name, true in json.loads((folder / "truth.json").read_text()).items():
        one = found(folder / "dev" / f"{name}_ref.tif", folder / "dev" / f"{name}_tgt.tif", 0.5)
        # truth.json says how the grid was moved; content lies the other way.
        error = np.hypot(one.row_estimate_px + true["dy_px"], one.col_estimate_px + true["dx_px"])
        print(f"{name}: error {error:.3f} px, residual said {one.residual_m / 0.5:.3f} px")
        promises.hold(f"{name}, error, px", float(error), most=0.1)


def street(data: Path, promises: Promises) -> None:
    images = data / "street-naip" / "imagery"
    gaps, rows, started = [], [], time.perf_counter()
    for path in sorted((images / "2016-07").glob("*.tif")):
        summers = [images / month / path.name for month in ("2016-07", "2018-07", "2020-07")]
        legs = [found(summers[a], summers[b], 0.6) for a, b in ((0, 1), (1, 2), (0, 2))]
        rows += legs
        if not any(leg.refusal for leg in legs):
            shifts = [np.array([leg.row_estimate_px, leg.col_estimate_px]) for leg in legs]
            gaps.append(float(np.hypot(*(shifts[0] + shifts[1] - shifts[2]))))
    print("refused:", [(leg.refusal, round(leg.similarity_before, 2)) for leg in rows if leg.refusal])
    worse = sum(leg.similarity_after < leg.similarity_before for leg in rows)
    over = sum(leg.residual_m > 0.6 for leg in rows)
    closed = f"{len(gaps)} of {len(rows) // 3} closed"
    print(f"triangles: median {np.median(gaps):.3f} px, largest {max(gaps):.2f} px, {closed}")
    print(f"pairs: {len(rows)}, refused {sum(bool(leg.refusal) for leg in rows)}, worse than delivered {worse}, "
          f"residual over a pixel {over}, bent {sum(bool(leg.bend) for leg in rows)}, "
          f"{(time.perf_counter() - started) / len(rows):.2f} s each")  # fmt: skip
    promises.hold("triangles, median, px", float(np.median(gaps)), most=0.3)
    promises.hold("triangles that closed", len(gaps), least=len(rows) // 3 - 2)  # two would be laid a dozen pixels off
    promises.hold("pairs worse than delivered", worse, most=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    words = parser.parse_args()
    if not words.data.is_dir():
        print(f"no real data at {words.data}: nothing measured")
        return
    promises = Promises()
    derived(words.data, promises)
    street(words.data, promises)
    promises.end()


if __name__ == "__main__":
    main()
