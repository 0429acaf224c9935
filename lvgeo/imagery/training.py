"""Make a `trees` model from labelled images: boosted trees on colour and texture, distilled into one table.

Gradient boosting by histograms (Ke et al. 2017, as in scikit-learn, extra ``train``). Accuracy is measured on places
that the judged model never saw, by the area-weighted estimators of Olofsson et al. 2014.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.ndimage import uniform_filter

from lvgeo.errors import Refusal, UsageError
from lvgeo.imagery.accuracy import Accuracy, judge, mean_iou
from lvgeo.imagery.texture import FEATURES, cell_centres, cell_of, describe
from lvgeo.imagery.training_sample import (
    MIN_PLACES,
    Drawn,
    LabelledImage,
    Recipe,
    draw,
    folds_of,
    gain_curves,
    light_gains,
    mean_light,
    without,
)
from lvgeo.imagery.trees import TreesModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["Trained", "train_trees"]

SMOOTHS: Final = (1, 3, 5, 9)


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
    recipe = recipe.among(len(usable))
    light = mean_light(usable)
    gains = light_gains(usable, light)
    drawn = [draw(image, gains[image.date], recipe, k) for k, image in enumerate(usable)]
    likely = [np.full(i.labels.shape, -1.0, np.float32) for i in usable]
    folds = folds_of(usable)
    for number, parts in enumerate(folds):
        table = _table(_fit([without(d, part) for d, part in zip(drawn, parts, strict=True)], recipe), recipe)
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
    accuracy, by_place = judge(usable, mapped)
    loss = _table_loss(whole, drawn, table, threshold, recipe)
    return Trained(_carded(model, usable, accuracy, by_place, loss, recipe), accuracy, by_place)


def _used(recipe: Recipe) -> NDArray[np.bool_]:
    return np.array([name in recipe.features for name in FEATURES])


def _fit(drawn: Sequence[Drawn], recipe: Recipe) -> Any:
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
    found: NDArray[np.float32] = table[cell_of(describe(image.values, image.valid, gain_curves(gain)))].astype(
        np.float32
    )
    return found


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
            score = mean_iou(images, [s > threshold for s in smoothed])
            if score > best[0] + 1e-9:
                best = (score, smooth, threshold)
    return best[1], best[2]


def _table_loss(
    boosted: Any,
    drawn: Sequence[Drawn],
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
