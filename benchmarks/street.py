"""Figures of `compare` on the real street: error against what was planted, and what was called.

    python benchmarks/street.py [--data ../shared/data/street-naip] [--smoke]

Real figures need the street's images beside the checkout; without them it says so and ends. Errors are root mean
squares over villages, in percentage points.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import lvgeo

PAIRS = (
    ("2020-07", "2020-08", True, "only the planting changed"),
    ("2020-07", "2020-09", True, "the same ground from another flight"),
    ("2018-07", "2020-07", False, "nobody planted, two years went by"),
    ("2016-07", "2018-07", False, "nobody planted, two years went by"),
    ("2018-07", "2020-08", True, "planting, and two years"),
)


def figures(street: Path, before: str, after: str, model: str, *, planted: bool) -> dict[str, object]:
    truth = pd.read_csv(street / "truth.csv", dtype={"village_code": str}).groupby("village_code")["added_pp"].mean()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as out:
        table = lvgeo.compare(
            street / "imagery" / before,
            street / "imagery" / after,
            zones=street / "boundaries" / "villages.gpkg",
            plots=street / "plots" / "plots.gpkg",
            model=model,
            out=out,
        ).canopy_change.set_index("village_code")
    seconds = time.perf_counter() - started
    true = truth.reindex(table.index) if planted else 0.0 * truth.reindex(table.index)
    error = {
        key: float(np.sqrt(((table[key].astype(float) - true) ** 2).mean()))
        for key in ("net_change_pp", "adjusted_change_pp")
    }
    called = table["change"].isin(["gain", "loss"])
    half = (table["interval_high_pp"].astype(float) - table["interval_low_pp"].astype(float)) / 2
    return {
        "before": before,
        "after": after,
        "model": model,
        "net RMSE": round(error["net_change_pp"], 2),
        "adjusted RMSE": round(error["adjusted_change_pp"], 2),
        "half-width": round(float(half.median()), 2),
        "gain where > 10": f"{int((table['change'].eq('gain') & (true > 10)).sum())}/{int((true > 10).sum())}",
        "called, unplanted": f"{int((called & (true == 0)).sum())}/{int((true == 0).sum())}",
        "inconclusive": int(table["change"].eq("inconclusive").sum()),
        "seconds": round(seconds, 1),
    }


def main() -> None:
    default = Path(__file__).resolve().parents[2] / "shared" / "data" / "street-naip"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--smoke", action="store_true", help="one pair only")
    words = parser.parse_args()
    if not words.data.is_dir():
        print(f"no real street at {words.data}: nothing measured")
        return
    pairs = PAIRS[:1] if words.smoke else PAIRS
    rows = [
        figures(words.data, before, after, model, planted=planted)
        for before, after, planted, _ in pairs
        for model in (("nir",) if words.smoke else ("nir", "index"))
    ]
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
