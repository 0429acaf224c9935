"""Make a `trees` model from labelled images: boosted trees on colour and texture, distilled into one table.

Gradient boosting by histograms (Ke et al. 2017, as in scikit-learn, extra ``train``). Every image is also seen in other
light (gamma, brightness, tint), so that the model leans on what light does not move. Accuracy is measured on places
that the judged model never saw, by the area-weighted estimators of Olofsson et al. 2014 (eqs. 1–11).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.ndimage import uniform_filter

from lvgeo.errors import Refusal, UsageError
from lvgeo.imagery.texture import FEATURES, cell_centres, cell_of, describe, light_curves
from lvgeo.imagery.trees import TreesModel, band_counts, band_medians

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["Accuracy", "LabelledImage", "Recipe", "Trained", "estimate_accuracy", "train_trees"]

CANOPY_PX: Final = 1500  # labelled pixels taken of an image, at most: no one place speaks for all
OTHER_PX: Final = 3600
SMOOTHS: Final = (1, 3, 5, 9)
FOLDS: Final = 5
MIN_PLACES: Final = 3  # with fewer, blocks of each image are held out instead
BLOCKS: Final = 4
THIN_PX: Final = 9  # accuracy counts every 9th pixel a side: neighbours tell the same
Z95: Final = 1.959964


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """One image at the model's pixel size, and what is known of it.

    Parameters
    ----------
    place
        Village or site; accuracy is measured on places held out whole.
    date
        Images of one date share their light.
    values
        (3, y, x) uint8: red, green, blue.
    valid
        (y, x); True where observed.
    labels
        (y, x) int8: 1 canopy, 0 other, -1 unknown.
    """

    place: str
    date: str
    values: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    labels: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained.

    Parameters
    ----------
    gsd_m
        Pixel size of the images on the ground.
    seed
        Of samples and light.
    lights
        Other lights in which each image is seen as well.
    features
        Those used; the others are held at zero (for ablations).
    """

    gsd_m: float
    seed: int = 2024
    lights: int = 2
    features: tuple[str, ...] = FEATURES


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Area-weighted accuracy (Olofsson et al. 2014), each with the half-width of its 95 % interval.

    Parameters
    ----------
    matrix
        Counts, rows mapped and columns reference, canopy first.
    overall, precision, recall, iou
        Shares 0 to 1; precision is user's and recall producer's accuracy of canopy.
    overall_half, precision_half, area_half
        Half-widths.
    mapped_share, area_share
        Canopy's share of the ground as mapped, and as estimated with the errors allowed for.
    """

    matrix: tuple[tuple[int, int], tuple[int, int]]
    overall: float
    overall_half: float
    precision: float
    precision_half: float
    recall: float
    iou: float
    mapped_share: float
    area_share: float
    area_half: float


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model and its measured accuracy.

    Parameters
    ----------
    model
        Fitted to all places.
    accuracy
        On held-out places.
    by_place
        Place → (precision, recall, canopy share found, canopy share true) on its labelled pixels.
    """

    model: TreesModel
    accuracy: Accuracy
    by_place: dict[str, tuple[float, float, float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Features (n, 4), labels (n,) and places in the flat image (n,) of sampled pixels."""

    features: NDArray[np.uint8]
    labels: NDArray[np.int8]
    at: NDArray[np.int64]


def estimate_accuracy(matrix: NDArray[np.int64], mapped_share: float) -> Accuracy:
    """Accuracy from a sample stratified by mapped class (Olofsson et al. 2014, eqs. 1, 2, 5, 6, 9, 10).

    Parameters
    ----------
    matrix
        (2, 2) counts, rows mapped and columns reference, canopy first.
    mapped_share
        Canopy's share of all mapped ground, 0 to 1.
    """
    counts = matrix.astype(np.float64)
    rows = np.maximum(counts.sum(axis=1), 1.0)
    weight = np.array([mapped_share, 1.0 - mapped_share])
    share = weight[:, None] * counts / rows[:, None]
    users = counts.diagonal() / rows
    spread = np.maximum(rows - 1.0, 1.0)
    overall_var = float((weight**2 * users * (1 - users) / spread).sum())
    area_var = float((weight**2 * (counts[:, 0] / rows) * (1 - counts[:, 0] / rows) / spread).sum())
    true = float(share[:, 0].sum())
    union = float(share[0].sum() + share[1, 0])
    return Accuracy(
        matrix=((int(matrix[0, 0]), int(matrix[0, 1])), (int(matrix[1, 0]), int(matrix[1, 1]))),
        overall=float(share.trace()),
        overall_half=Z95 * math.sqrt(overall_var),
        precision=float(users[0]),
        precision_half=Z95 * math.sqrt(float(users[0] * (1 - users[0]) / spread[0])),
        recall=float(share[0, 0]) / true if true > 0 else math.nan,
        iou=float(share[0, 0]) / union if union > 0 else math.nan,
        mapped_share=mapped_share,
        area_share=true,
        area_half=Z95 * math.sqrt(area_var),
    )


def train_trees(
    images: Sequence[LabelledImage], recipe: Recipe, done: Callable[[int, int], None] = lambda _done, _total: None
) -> Trained:
    """Train on all places, choose threshold and smoothing on held-out ones, and measure accuracy there.

    Parameters
    ----------
    images
        At `recipe.gsd_m`.
    recipe
        How.
    done
        Told how many of how many fits are finished.

    Raises
    ------
    UsageError
        If no image has both classes, or scikit-learn is not installed.
    """
    usable = [i for i in images if (i.labels >= 0).any()]
    if not any((i.labels == 1).any() for i in usable) or not any((i.labels == 0).any() for i in usable):
        raise UsageError(Refusal("samples_one_class"))
    light = _mean_light(usable)
    gains = _gains(usable, light)
    drawn = [_draw(image, gains[image.date], recipe, k) for k, image in enumerate(usable)]
    likely = [np.full(i.labels.shape, -1.0, np.float32) for i in usable]
    folds = _folds(usable)
    for number, parts in enumerate(folds):
        table = _table(_fit([_without(d, part) for d, part in zip(drawn, parts, strict=True)], recipe), recipe)
        for k, part in enumerate(parts):
            if part.any():
                likely[k][part] = _likelihood(usable[k], gains[usable[k].date], table)[part]
        done(number + 1, len(folds) + 1)
    smooth, threshold = _decision(usable, likely)
    whole = _fit(drawn, recipe)
    table = _table(whole, recipe)
    done(len(folds) + 1, len(folds) + 1)
    model = TreesModel(table, threshold, smooth, recipe.gsd_m, light)
    mapped = [_canopy(p, smooth, threshold) for p in likely]
    accuracy, by_place = _judge(usable, mapped)
    loss = _table_loss(whole, drawn, table, threshold, recipe)
    return Trained(_carded(model, usable, accuracy, by_place, loss, recipe), accuracy, by_place)


def _mean_light(images: Sequence[LabelledImage]) -> tuple[float, float, float]:
    """Median of each band, averaged over dates, each date with equal weight."""
    dates = sorted({image.date for image in images})
    red, green, blue = (float(v) for v in np.mean([_date_light(images, date) for date in dates], axis=0))
    return round(red, 2), round(green, 2), round(blue, 2)


def _date_light(images: Sequence[LabelledImage], date: str) -> NDArray[np.float64]:
    """Median of each band over a date's images, each with equal weight, as `TreesModel.fit` sees a street."""
    counts = [band_counts(i.values[:, i.valid]) / max(int(i.valid.sum()), 1) for i in images if i.date == date]
    return band_medians(np.sum(counts, axis=0))


def _gains(images: Sequence[LabelledImage], light: tuple[float, float, float]) -> dict[str, NDArray[np.float64]]:
    dates = {image.date for image in images}
    return {date: np.clip(np.array(light) / np.maximum(_date_light(images, date), 1.0), 0.5, 2.0) for date in dates}


def _curves(gain: NDArray[np.float64], gamma: float = 1.0) -> NDArray[np.int32]:
    levels = 255.0 * (np.arange(256) / 255.0) ** gamma
    return light_curves((gain[:, None] * levels[None, :]).astype(np.float32))


def _draw(image: LabelledImage, gain: NDArray[np.float64], recipe: Recipe, number: int) -> _Drawn:
    """Sample an image's labelled pixels, in its own light and in others."""
    rng = np.random.default_rng([recipe.seed, number])
    flat = np.where(image.valid, image.labels, -1).ravel()
    picked = []
    for label, most in ((1, CANOPY_PX), (0, OTHER_PX)):
        at = np.flatnonzero(flat == label)
        picked.append(rng.choice(at, min(most, at.size), replace=False))
    chosen = np.sort(np.concatenate(picked))
    seen = []
    for k in range(1 + recipe.lights):
        # Drawn so wide that a hazy or a low-sun flight lies within: ±18 % of gamma, ±14 % of brightness, ±5 % of tint.
        gamma = 1.0 if k == 0 else float(rng.uniform(0.85, 1.18))
        tint = np.ones(3) if k == 0 else rng.uniform(0.88, 1.14) * rng.uniform(0.95, 1.05, 3)
        features = describe(image.values, image.valid, _curves(gain * tint, gamma))
        seen.append(features.reshape(len(FEATURES), -1)[:, chosen].T)
    times = 1 + recipe.lights
    return _Drawn(np.concatenate(seen), np.tile(flat[chosen], times), np.tile(chosen, times))


def _used(recipe: Recipe) -> NDArray[np.bool_]:
    return np.array([name in recipe.features for name in FEATURES])


def _fit(drawn: Sequence[_Drawn], recipe: Recipe) -> Any:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError as error:
        raise UsageError(Refusal("extra_missing", value="scikit-learn", limit="lvgeo[train]")) from error
    features = np.concatenate([d.features for d in drawn]).astype(np.float32) * _used(recipe)
    labels = np.concatenate([d.labels for d in drawn])
    boosted = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.08, max_leaf_nodes=6, min_samples_leaf=200, random_state=recipe.seed
    )
    return boosted.fit(features, labels)


def _table(boosted: Any, recipe: Recipe) -> NDArray[np.uint8]:
    """Likelihood at the middle of every cell."""
    likely = boosted.predict_proba(cell_centres() * _used(recipe).astype(np.float32))[:, 1]
    table: NDArray[np.uint8] = np.round(255.0 * likely).astype(np.uint8)
    return table


def _likelihood(image: LabelledImage, gain: NDArray[np.float64], table: NDArray[np.uint8]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = table[cell_of(describe(image.values, image.valid, _curves(gain)))].astype(np.float32)
    return found


def _folds(images: Sequence[LabelledImage]) -> list[list[NDArray[np.bool_]]]:
    """For each fold, which pixels of each image are held out: whole places, or blocks where there are few places."""
    places = sorted({image.place for image in images})
    count = min(FOLDS, len(places))
    if count >= MIN_PLACES:
        held = [set(places[fold::count]) for fold in range(count)]
        return [[np.full(i.labels.shape, i.place in out) for i in images] for out in held]
    return [[_block(image.labels.shape, fold) for image in images] for fold in range(BLOCKS)]


def _block(shape: tuple[int, ...], fold: int) -> NDArray[np.bool_]:
    """Every fourth square of a board of 8 × 8, shifted row by row: each fold sees every corner of an image."""
    rows = np.arange(shape[0]) * 8 // shape[0]
    cols = np.arange(shape[1]) * 8 // shape[1]
    held: NDArray[np.bool_] = (rows[:, None] * 2 + cols[None, :]) % BLOCKS == fold
    return held


def _without(drawn: _Drawn, part: NDArray[np.bool_]) -> _Drawn:
    keep = ~part.ravel()[drawn.at]
    return _Drawn(drawn.features[keep], drawn.labels[keep], drawn.at[keep])


def _smoothed(likely: NDArray[np.float32], smooth: int) -> NDArray[np.float32]:
    return uniform_filter(likely, smooth, mode="nearest") if smooth > 1 else likely


def _canopy(likely: NDArray[np.float32], smooth: int, threshold: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = _smoothed(likely, smooth) > threshold
    return found


def _decision(images: Sequence[LabelledImage], likely: Sequence[NDArray[np.float32]]) -> tuple[int, int]:
    """Smoothing and threshold with the best mean IoU over places."""
    best = (-1.0, 1, 127)
    for smooth in SMOOTHS:
        smoothed = [_smoothed(p, smooth) for p in likely]
        for threshold in range(25, 230, 5):
            score = _mean_iou(images, [s > threshold for s in smoothed])
            if score > best[0] + 1e-9:
                best = (score, smooth, threshold)
    return best[1], best[2]


def _mean_iou(images: Sequence[LabelledImage], found: Sequence[NDArray[np.bool_]]) -> float:
    hit, union = 0, 0
    for image, canopy in zip(images, found, strict=True):
        known = image.valid & (image.labels >= 0)
        true = image.labels == 1
        hit += int((canopy & true & known).sum())
        union += int(((canopy | true) & known).sum())
    return hit / max(union, 1)


def _judge(
    images: Sequence[LabelledImage], mapped: Sequence[NDArray[np.bool_]]
) -> tuple[Accuracy, dict[str, tuple[float, float, float, float]]]:
    matrix = np.zeros((2, 2), np.int64)
    by_place: dict[str, NDArray[np.int64]] = {}
    canopy_px = all_px = 0
    for image, canopy in zip(images, mapped, strict=True):
        known = image.valid & (image.labels >= 0)
        thin = np.s_[::THIN_PX, ::THIN_PX]
        matrix += _confusion(canopy[thin], image.labels[thin], known[thin])
        by_place.setdefault(image.place, np.zeros((2, 2), np.int64))
        by_place[image.place] += _confusion(canopy, image.labels, known)
        canopy_px += int(canopy[image.valid].sum())
        all_px += int(image.valid.sum())
    told = {}
    for place, table in sorted(by_place.items()):
        total = max(int(table.sum()), 1)
        told[place] = (
            round(table[0, 0] / max(table[0].sum(), 1), 3),
            round(table[0, 0] / max(table[:, 0].sum(), 1), 3),
            round(table[0].sum() / total, 3),
            round(table[:, 0].sum() / total, 3),
        )
    return estimate_accuracy(matrix, canopy_px / max(all_px, 1)), told


def _confusion(canopy: NDArray[np.bool_], labels: NDArray[np.int8], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(2, 2) counts of known pixels, rows mapped and columns reference, canopy first."""
    index = 2 * (~canopy[known]).astype(np.int64) + (labels[known] == 0)
    return np.bincount(index, minlength=4).reshape(2, 2)


def _table_loss(
    boosted: Any,
    drawn: Sequence[_Drawn],
    table: NDArray[np.uint8],
    threshold: int,
    recipe: Recipe,
) -> float:
    features = np.concatenate([d.features for d in drawn])[::7]
    exact = boosted.predict_proba(features.astype(np.float32) * _used(recipe))[:, 1] * 255.0 > threshold
    return float((exact != (table[cell_of(features.T)] > threshold)).mean())


def _carded(
    model: TreesModel,
    images: Sequence[LabelledImage],
    accuracy: Accuracy,
    by_place: dict[str, tuple[float, float, float, float]],
    loss: float,
    recipe: Recipe,
) -> TreesModel:
    from dataclasses import asdict, replace

    places = sorted({image.place for image in images})
    card = {
        "places": len(places),
        "dates": sorted({image.date for image in images}),
        "images": len(images),
        "labelled_canopy_px": int(sum((i.labels == 1).sum() for i in images)),
        "labelled_other_px": int(sum((i.labels == 0).sum() for i in images)),
        "held_out": "places" if len(places) >= MIN_PLACES else "blocks of the same images",
        "accuracy": {k: v if isinstance(v, tuple) else round(v, 4) for k, v in asdict(accuracy).items()},
        "by_place_precision_recall_found_true": by_place,
        "table_loss": round(loss, 5),
        "features": list(recipe.features),
        "lights": recipe.lights,
        "seed": recipe.seed,
        "cannot_see": [
            "crowns narrower than about two pixels of gsd_m",
            "trees without leaves, dead trees",
            "which plants are trees where shrubs stand as dense and cast the same shadow",
        ],
    }
    return replace(model, card=card)
