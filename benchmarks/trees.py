"""Counting crowns on real places where every tree was marked by hand, beside a plain count of local maxima.

    python benchmarks/trees.py [--smoke] [--write FOLDER]

Every place is counted by a network trained on other places, at a threshold chosen on others, and its interval rests
on others' tallies. `--write` stores the model that ships: trained on all places, with those tallies. Needs the extra
`train`. Precision and recall are of crowns paired one to one within 3 m (and, as is often published, within 6 m).
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import warnings
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import rasterio
from scipy.ndimage import gaussian_filter, maximum_filter

from lvgeo.imagery.crowns import (
    CrownModel,
    crown_factor,
    crown_pixels,
    describe_crowns,
    find_crowns,
    load_crowns,
    save_crowns,
    shipped_crowns,
)
from lvgeo.progress.tree_count import Tally, count_interval, match_trees

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CROWN_M = 4.0
MATCH_M, WIDE_M = 3.0, 6.0
CONFIDENCE = 0.9
FOLDS = 5
SPREAD = 0.375  # σ of the target around a marked tree, in crowns
NEAR, FAR = 2500, 3000  # pixels an image gives at most
THRESHOLDS = np.arange(0.2, 0.66, 0.01)


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """An image and its marked trees, rows and columns."""

    place: str
    date: str
    street: str
    rgb: np.ndarray
    valid: np.ndarray
    trees: np.ndarray
    pixel_m: float

    @property
    def crown_px(self) -> float:
        return CROWN_M / self.pixel_m


def opened(path: Path, place: str, date: str, street: str, points: np.ndarray) -> Marked:
    with rasterio.open(path) as raster:
        rgb, valid = raster.read([1, 2, 3]), raster.dataset_mask() > 0
        cols, rows = ~raster.transform @ (points[:, 0], points[:, 1]) if len(points) else (np.zeros(0), np.zeros(0))
        size = abs(raster.transform.a)
    return Marked(place, date, street, rgb, valid, np.column_stack([rows, cols]) - 0.5, size)


def street() -> list[Marked]:
    """Village by summer."""
    root = DATA / "street-naip"
    points = defaultdict(list)
    with (root / "trees" / "annotated_trees.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            points[row["village_code"], row["year"]].append((float(row["x"]), float(row["y"])))
    return [
        opened(root / "imagery" / f"{year}-07" / f"{code}.tif", code, year, "street", np.array(at))
        for (code, year), at in sorted(points.items())
    ]


def elsewhere() -> list[Marked]:
    """Seven places in other towns."""
    root = DATA / "aerial-pairs" / "urban_tree_naip" / "dev"
    found = []
    for path in sorted((root / "json").glob("*.json")):
        city, year, number = path.stem.rsplit("_", 2)
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        at = np.array([f["geometry"]["coordinates"][:2] for f in features]).reshape(-1, 2)
        found.append(opened(root / "images" / f"{path.stem}.tif", f"{city}_{number}", year, "elsewhere", at))
    return found


def pines() -> Marked:
    """61 crowns by boxes, 0.1 m."""
    root = DATA / "single-trees" / "deepforest"
    with (root / "OSBS_029.csv").open(encoding="utf-8-sig") as file:
        boxes = [[float(row[k]) for k in ("ymin", "ymax", "xmin", "xmax")] for row in csv.DictReader(file)]
    at = np.array([((a + b) / 2, (c + d) / 2) for a, b, c, d in boxes])
    with rasterio.open(root / "OSBS_029.tif") as raster:
        rgb = raster.read([1, 2, 3])
    factor = crown_factor(CROWN_M, 0.1)
    side = rgb.shape[1] // factor * factor
    small = rgb[:, :side, :side].reshape(3, side // factor, factor, side // factor, factor).mean(axis=(2, 4))
    valid = np.ones(small.shape[1:], bool)
    return Marked("OSBS_029", "", "pines", small.astype(np.uint8), valid, at / factor - 0.5, 0.1 * factor)


def target(image: Marked) -> np.ndarray:
    y, x = np.mgrid[: image.valid.shape[0], : image.valid.shape[1]]
    found = np.zeros(image.valid.shape, np.float32)
    reach = 2 * (SPREAD * image.crown_px) ** 2
    for row, col in image.trees:
        found = np.maximum(found, np.exp(-((y - row) ** 2 + (x - col) ** 2) / reach))
    return found


def samples(image: Marked, number: int, lights: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Features and likeness of some pixels, in the image's own light and in another."""
    rng = np.random.default_rng([2024, number])
    want = target(image).ravel()
    near, far = np.flatnonzero(want > 0.1), np.flatnonzero(want <= 0.1)
    chosen = np.concatenate([rng.permutation(near)[:NEAR], rng.permutation(far)[:FAR]])
    seen = []
    for k in range(1 + lights):
        gamma = 1.0 if k == 0 else rng.uniform(0.85, 1.18)
        tint = np.ones(3) if k == 0 else rng.uniform(0.88, 1.14) * rng.uniform(0.95, 1.05, 3)
        rgb = np.clip(255 * (image.rgb / 255.0) ** gamma * tint[:, None, None], 0, 255).astype(np.uint8)
        seen.append(describe_crowns(rgb, image.valid, image.crown_px).reshape(want.size, -1)[chosen])
    return np.concatenate(seen), np.tile(want[chosen], 1 + lights)


def fitted(drawn: list[tuple[np.ndarray, np.ndarray]], rounds: int) -> CrownModel:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    features, want = (np.concatenate([pair[k] for pair in drawn]) for k in (0, 1))
    mean, scale = features.mean(axis=0), features.std(axis=0)
    net = MLPRegressor(
        hidden_layer_sizes=(16,), max_iter=rounds, batch_size=1024, alpha=1e-3, learning_rate_init=2e-3,
        random_state=2024,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
        net.fit(np.clip((features - mean) / scale, -4, 4), want)
    (hidden, output), (bias, last) = net.coefs_, net.intercepts_
    return CrownModel(
        *(a.astype(np.float32) for a in (mean, scale, hidden, bias, output[:, 0])), float(last[0]), 0.4, {}
    )


def plain(image: Marked) -> np.ndarray:
    """What is commonly done: maxima of smoothed excess green, a crown's radius apart, above Otsu's threshold."""
    from skimage.filters import threshold_otsu

    values = image.rgb.astype(np.float32)
    green = gaussian_filter(3 * values[1] / (values.sum(axis=0) + 3) - 1, image.crown_px / 4)
    radius = image.crown_px / 2
    y, x = np.mgrid[-int(radius) : int(radius) + 1, -int(radius) : int(radius) + 1]
    highest = maximum_filter(green, footprint=y**2 + x**2 <= radius**2)
    return np.argwhere((green == highest) & (green > threshold_otsu(green)) & image.valid)


def tally(image: Marked, places: np.ndarray, radius_m: float = MATCH_M) -> Tally:
    matched = match_trees(places.astype(float), image.trees, radius_m / image.pixel_m)
    return Tally(image.place, len(places), matched, len(image.trees))


def balanced(images: list[Marked], crowns: list) -> float:
    """Threshold at which as many crowns are found as trees stand."""
    trees = sum(len(image.trees) for image in images)
    apart = [abs(math.log(max(sum((c.likeness > t).sum() for c in crowns), 1) / trees)) for t in THRESHOLDS]
    return round(float(THRESHOLDS[int(np.argmin(apart))]), 2)


def held_out(images: list[Marked], rounds: int) -> list[Tally]:
    """Tallies of every image, by networks and thresholds of other places."""
    drawn = [samples(image, k) for k, image in enumerate(images)]
    places = sorted({image.place for image in images})
    crowns: list = [None] * len(images)
    for fold in range(FOLDS):
        out = set(places[fold::FOLDS])
        model = fitted([d for d, image in zip(drawn, images, strict=True) if image.place not in out], rounds)
        for k, image in enumerate(images):
            if image.place in out:
                crowns[k] = find_crowns(image.rgb, image.valid, image.crown_px, model)
    found = []
    for image, own in zip(images, crowns, strict=True):
        others = [(i, c) for i, c in zip(images, crowns, strict=True) if i.place != image.place]
        limit = balanced(*(list(part) for part in zip(*others, strict=True)))
        found.append((image, own.above(limit).places))
    return [(tally(image, at), tally(image, at, WIDE_M)) for image, at in found]


def judged(tallies: list[Tally], others: list[Tally] | None = None) -> list[tuple[Tally, float, float, float]]:
    """Tally, median, low and high of each; the interval from other places."""
    found = []
    for one in tallies:
        rest = [t for t in (others if others is not None else tallies) if t.place != one.place]
        count = count_interval(one.found, rest, CONFIDENCE)
        found.append((one, count.trees, count.low, count.high))
    return found


def line(name: str, tallies: list[Tally], wide: list[Tally], results: list) -> str:
    found, matched, true = (sum(getattr(t, key) for t in tallies) for key in ("found", "matched", "true"))
    broad = sum(t.matched for t in wide)
    error = [abs(middle - t.true) / max(t.true, 1) for t, middle, _, _ in results]
    within = [low <= t.true <= high for t, _, low, high in results]
    width = [(high - low) / 2 / max(middle, 1) for _, middle, low, high in results]
    return (
        f"{name:34} found {found:5} of {true:5}  precision {matched / max(found, 1):.3f} recall {matched / true:.3f}"
        f"  (6 m: {broad / max(found, 1):.3f}, {broad / true:.3f})  |count error| median {np.median(error):.2f}"
        f"  within {sum(within)}/{len(within)} = {np.mean(within):.2f}  half-width {np.median(width):.2f}"
    )


def pictured(name: str, pairs: list, others: list[Tally] | None = None) -> list[Tally]:
    tallies, wide = ([pair[k] for pair in pairs] for k in (0, 1))
    results = judged(tallies, others)
    print(line(name, tallies, wide, results), flush=True)
    return tallies


def by_place(images: list[Marked], tallies: list[Tally]) -> None:
    print(f"{'place':16} {'date':5} {'true':>5} {'found':>5} {'prec':>5} {'rec':>5} {'count':>5}  interval")
    for image, (one, middle, low, high) in zip(images, judged(tallies), strict=True):
        mark = "" if low <= one.true <= high else "  outside"
        print(
            f"{one.place:16} {image.date:5} {one.true:5} {one.found:5} {one.precision:5.2f} {one.recall:5.2f}"
            f" {middle:5.0f}  {low:.0f}–{high:.0f}{mark}"
        )


def write(folder: Path, images: list[Marked], tallies: list[Tally], rounds: int) -> None:
    model = fitted([samples(image, k) for k, image in enumerate(images)], rounds)
    crowns = [find_crowns(i.rgb, i.valid, i.crown_px, model) for i in images]
    held = balanced(images, crowns)
    card = {
        "source": "USDA NAIP aerial images (public domain) of 30 places in California, summers 2016, 2018 and 2020; "
        "every visible tree marked by hand, Ventura et al. 2024, CC BY 4.0. The images are not part of lvgeo.",
        "gsd_m": 0.6,
        "crown_m": CROWN_M,
        "match_m": MATCH_M,
        "held_out": "places",
        "tallies_place_found_matched_true": [[t.place, t.found, t.matched, t.true] for t in tallies],
        "cannot_see": [
            "saplings: crowns of fewer than 25 pixels are refused, and young ones were not among the marked",
            "trees whose crowns have closed over one another",
            "trees without leaves, dead trees",
        ],
        "not_tried": "subtropical forest, Guangdong, drones",
    }
    save_crowns(replace(model, threshold=held, card=card), folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="the shipped model on one summer and on the pines")
    parser.add_argument("--write", type=Path)
    words = parser.parse_args()
    if not (DATA / "street-naip").is_dir():
        print(f"no real data at {DATA}: nothing measured")
        return
    print(f"crowns of {CROWN_M} m, {crown_pixels(CROWN_M, 0.6):.0f} px at 0.6 m; interval at {CONFIDENCE}")
    here = street()
    if words.smoke:
        here = [image for image in here if image.date == "2020"]
        smoke(here)
        return
    there = elsewhere()
    naive = [(tally(i, plain(i)), tally(i, plain(i), WIDE_M)) for i in here]
    pictured("street, plain local maxima", naive)
    tallies = pictured("street, lvgeo", held_out(here, 12))
    by_place(here, tallies)
    model = fitted([samples(image, k) for k, image in enumerate(here)], 12)
    both = [find_crowns(i.rgb, i.valid, i.crown_px, model) for i in here]
    limit = balanced(here, both)
    for name, images in (("other towns", there), ("pines, 0.1 m", [pines()])):
        rough = [(tally(i, plain(i)), tally(i, plain(i), WIDE_M)) for i in images]
        pictured(f"{name}, plain local maxima", rough, [t for t, _ in naive])
        own = [find_crowns(i.rgb, i.valid, i.crown_px, model).above(limit).places for i in images]
        pairs = [(tally(i, at), tally(i, at, WIDE_M)) for i, at in zip(images, own, strict=True)]
        pictured(f"{name}, trained on the street", pairs, tallies)
    every = [*here, *there]
    tallies = pictured("all 30 places, lvgeo", held_out(every, 12))
    if words.write:
        write(words.write, every, tallies, 12)


def smoke(images: list[Marked]) -> None:
    """Quick, and no test of the model: it was trained on these places, so only its tallies are held out."""
    naive = [(tally(i, plain(i)), tally(i, plain(i), WIDE_M)) for i in images]
    pictured("street, plain local maxima", naive)
    model = load_crowns(shipped_crowns())
    tallies = [Tally(*row) for row in model.card["tallies_place_found_matched_true"]]
    for name, some in (("street, shipped model", images), ("pines, 0.1 m, shipped model", [pines()])):
        own = [find_crowns(i.rgb, i.valid, i.crown_px, model).above(model.threshold).places for i in some]
        pairs = [(tally(i, at), tally(i, at, WIDE_M)) for i, at in zip(some, own, strict=True)]
        pictured(name, pairs, tallies)


if __name__ == "__main__":
    main()
