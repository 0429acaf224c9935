"""How well canopy models find real trees: street, aerial pairs, masks. Everything is judged on places not trained on.

    python benchmarks/canopy.py [street|masks|pairs|ablation|unchanged|shade|sunlit|seen|all|default]
        [--data FOLDER] [--smoke] [--peers]

Errors are root mean squares over villages, percentage points of the plots' area. Without the data it says so and ends.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pandas as pd
from canopy_masks import SEEDS, hold_masks, masks_table
from canopy_pairs import pairs_table
from canopy_seen import seen_table
from canopy_shade import shade_table, sunlit_table
from canopy_street import ablation_table, dated, hold_street, street_table, unchanged_table
from promises import Promises

import lvgeo


def make_default(data: Path) -> pd.DataFrame:
    """Train the model that ships with lvgeo, and store it."""
    street, target = data / "street-naip", Path(__file__).resolve().parents[1] / "data" / "models" / "trees"
    with tempfile.TemporaryDirectory() as folder:
        made = lvgeo.train(
            dated(street, Path(folder)), street / "trees" / "annotated_trees.csv", out=target,
            source="USDA NAIP aerial images (public domain) of 23 places in California, three summers, 0.6 m; "
            "tree points Ventura et al. 2024, urban trees in NAIP",
            licence="images public domain, tree points CC BY 4.0; the model Apache-2.0",
        )  # fmt: skip
    return pd.DataFrame([{k: v for k, v in made.trained.model.card["accuracy"].items() if k != "matrix"}])


def masks(data: Path, *, peers: bool, smoke: bool) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        return masks_table(data, Path(folder), SEEDS[:1] if smoke else SEEDS, peers=peers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "part",
        nargs="?",
        default="all",
        choices=["all", "street", "pairs", "masks", "ablation", "unchanged", "shade", "sunlit", "seen", "default"],
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--smoke", action="store_true", help="one pair of the street and the masks only")
    parser.add_argument("--peers", action="store_true", help="beside the masks, detectree in an environment of its own")
    words = parser.parse_args()
    if not words.data.is_dir():
        print(f"no real data at {words.data}: nothing measured")
        return
    pd.set_option("display.width", 200)
    pd.set_option("display.max_columns", 20)
    parts = {
        "street": lambda: street_table(words.data, smoke=words.smoke),
        "masks": lambda: masks(words.data, peers=words.peers, smoke=words.smoke),
        "pairs": lambda: pairs_table(words.data),
        "ablation": lambda: ablation_table(words.data),
        "unchanged": lambda: unchanged_table(words.data),
        "shade": lambda: shade_table(words.data),
        "sunlit": lambda: sunlit_table(words.data),
        "seen": lambda: seen_table(words.data),
    }
    if words.part == "default":
        print(make_default(words.data).to_string(index=False))
        return
    chosen = list(parts) if words.part == "all" else [words.part]
    promises, held = Promises(), {"street": hold_street, "masks": hold_masks}
    for name in chosen[:2] if words.smoke else chosen:
        print(f"\n{name}")
        table = parts[name]()
        print(table.to_string(index=False), flush=True)
        held.get(name, lambda _table, _promises: None)(table, promises)
    promises.end()


if __name__ == "__main__":
    main()
