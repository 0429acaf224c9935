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

from lvgeo.imagery.crown_model import (
    FEATURES,
    CrownDomain,
    CrownModel,
    load_crowns,
    save_crowns,
    span_domain,
)
from lvgeo.imagery.crowns import crown_factor, crown_pixels, describe_crowns, find_crowns, find_spots
from lvgeo.imagery.shipped import shipped_model
from lvgeo.progress.tree_count import Tally, count_interval, match_trees

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CROWN_M = 4.0
MATCH_M, WIDE_M = 3.0, 6.0
CONFIDENCE = 0.9
FOLDS = 5
SPREAD = 0.375  # σ of the target around a marked tree, in crowns
NEAR, FAR = 2500, 3000  # pixels an image gives at most
NOWHERE = CrownDomain(np.zeros(FEATURES), np.eye(FEATURES), 0.0)
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
        *(a.astype(np.float32) for a in (mean, scale, hidden, bias, output[:, 0])), float(last[0]), 0.4, NOWHERE, {}
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


def held_out(images: list[Marked], rounds: int) -> list[tuple[Tally, Tally, bool]]:
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
        found.append(counted(image, own, limit, domain_of(*zip(*others, strict=True))))
    return found


def domain_of(images, crowns) -> CrownDomain:
    return span_domain(np.stack([c.spread for c in crowns]), [i.place for i in images])


def counted(image: Marked, crowns, limit: float, domain: CrownDomain) -> tuple[Tally, Tally, bool]:
    """Tallies at both radii, of spots where the image's kind is unknown; and whether it is known."""
    known = domain.knows(crowns.spread)
    at = crowns.above(limit).places if known else find_spots(image.rgb, image.valid, image.crown_px)
    return tally(image, at), tally(image, at, WIDE_M), known


def judged(tallies: list[Tally], others: list[Tally]) -> list[tuple[Tally, float, float, float]]:
    """Tally, median, low and high of each; the interval from other places."""
    found = []
    for one in tallies:
        count = count_interval(one.found, [t for t in others if t.place != one.place], CONFIDENCE)
        found.append((one, count.trees, count.low, count.high))
    return found


def line(name: str, counts: list[tuple[Tally, Tally, bool]], results: list) -> str:
    found, matched, true = (sum(getattr(t, key) for t, _, _ in counts) for key in ("found", "matched", "true"))
    broad = sum(t.matched for _, t, _ in counts)
    said = (
        f"{name:30} found {found:5} of {true:5}  precision {matched / max(found, 1):.3f} recall {matched / true:.3f}"
        f"  (6 m: {broad / max(found, 1):.3f}, {broad / true:.3f})  of an unknown kind {len(counts) - len(results)}"
    )
    if not results:
        return said
    error = [abs(middle - t.true) / max(t.true, 1) for t, middle, _, _ in results]
    within = [low <= t.true <= high for t, _, low, high in results]
    ends = [(low / max(middle, 1) - 1, high / max(middle, 1) - 1) for _, middle, low, high in results]
    low, high = np.median(ends, axis=0)
    return (
        f"{said}  |count error| median {np.median(error):.2f}"
        f"  within {sum(within)}/{len(within)} = {np.mean(within):.2f}  interval {low:+.0%} {high:+.0%}"
    )


def pictured(name: str, counts: list, others: list[Tally] | None = None) -> list[Tally]:
    """Print a line; an interval is given to what is of a known kind alone."""
    known = [t for t, _, is_known in counts if is_known]
    print(line(name, counts, judged(known, known if others is None else others)), flush=True)
    return known


def naive(images: list[Marked]) -> list:
    return [(tally(i, at), tally(i, at, WIDE_M), True) for i in images for at in (plain(i),)]


def by_place(images: list[Marked], counts: list[tuple[Tally, Tally, bool]]) -> None:
    print(f"{'place':16} {'date':5} {'true':>5} {'found':>5} {'prec':>5} {'rec':>5} {'count':>5}  interval")
    known = [t for t, _, is_known in counts if is_known]
    for image, (one, _, is_known) in zip(images, counts, strict=True):
        ((_, middle, low, high),) = judged([one], known)
        mark = "" if low <= one.true <= high else "  outside"
        said = f"{middle:5.0f}  {low:.0f}–{high:.0f}{mark}" if is_known else "    —  of an unknown kind"
        print(f"{one.place:16} {image.date:5} {one.true:5} {one.found:5} {one.precision:5.2f} {one.recall:5.2f} {said}")


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
    domain = span_domain(np.stack([c.spread for c in crowns]), [i.place for i in images])
    save_crowns(replace(model, threshold=held, domain=domain, card=card), folder)


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
    rough = pictured("street, plain local maxima", naive(here))
    counts = held_out(here, 12)
    tallies = pictured("street, lvgeo", counts)
    by_place(here, counts)
    model = fitted([samples(image, k) for k, image in enumerate(here)], 12)
    both = [find_crowns(i.rgb, i.valid, i.crown_px, model) for i in here]
    limit, domain = balanced(here, both), domain_of(here, both)
    for name, images in (("other towns", there), ("pines, 0.1 m", [pines()])):
        pictured(f"{name}, plain local maxima", naive(images), rough)
        found = [counted(i, find_crowns(i.rgb, i.valid, i.crown_px, model), limit, domain) for i in images]
        pictured(f"{name}, by the street's", found, tallies)
    every = [*here, *there]
    counts = held_out(every, 12)
    pictured("all 30 places, lvgeo", counts)
    if words.write:
        write(words.write, every, [t for t, _, is_known in counts if is_known], 12)


def smoke(images: list[Marked]) -> None:
    """Quick, and no test of the model: it was trained on these places, so only its tallies are held out."""
    pictured("street, plain local maxima", naive(images))
    model = load_crowns(shipped_model("crowns"))
    tallies = [Tally(*row) for row in model.card["tallies_place_found_matched_true"]]
    for name, some in (("street, shipped model", images), ("pines, 0.1 m, shipped model", [pines()])):
        crowns = [find_crowns(i.rgb, i.valid, i.crown_px, model) for i in some]
        found = [counted(i, c, model.threshold, model.domain) for i, c in zip(some, crowns, strict=True)]
        pictured(name, found, tallies)


if __name__ == "__main__":
    main()
