"""Make a `trees` model from labelled images: boosted trees on colour and texture, distilled into one table.

Gradient boosting by histograms (Ke et al. 2017, as in scikit-learn, extra ``train``). Accuracy is measured on places
that the judged model never saw, each decided by threshold and smoothing of the other places, and told by the
area-weighted estimators of Olofsson et al. 2014.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lvgeo.errors import Refusal, UsageError
from lvgeo.imagery.accuracy import Accuracy, judge
from lvgeo.imagery.texture import CELLS, FEATURES, cell_centres, cell_of, describe
from lvgeo.imagery.training_decision import Held, best_decision, nested_decisions, tallies_of
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
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.accuracy import ByPlace

__all__ = ["Trained", "train_trees"]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model and its measured accuracy.

    Parameters
    ----------
    model
        Fitted to all places.
    accuracy
        On held-out places; nan where it cannot be measured.
    by_place
        Place → (precision, recall, canopy share found, canopy share true) on its labelled pixels, None where one
        cannot be measured.
    """

    model: TreesModel
    accuracy: Accuracy
    by_place: dict[str, ByPlace]


def train_trees(
    images: Sequence[LabelledImage], recipe: Recipe, done: Callable[[int, int], None] = lambda _done, _total: None
) -> Trained:
    """Train on all places, choose threshold and smoothing on held-out ones, and measure accuracy there.

    The model's own threshold and smoothing are chosen by all held-out places. Those that accuracy is measured with are
    chosen for each fold by the other folds: by its own answers the figure would flatter. What is left of it: the other
    folds' models were fitted with this fold among their places, and two numbers were chosen by what they say.

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
    folds = folds_of(usable)
    held = [Held(i, np.zeros(i.labels.shape, np.float32), np.full(i.labels.shape, -1, np.int8)) for i in usable]
    for number, parts in enumerate(folds):
        kept = [without(d, part) for d, part in zip(drawn, parts, strict=True)]
        if len({label for d in kept for label in np.unique(d.labels)}) > 1:  # one class teaches nothing
            _hold_out(held, parts, number, gains, partial(_likely, _fit(kept, recipe), recipe))
        done(number + 1, len(folds) + 1)
    tallies = tallies_of(held, len(folds))
    whole = _fit(drawn, recipe)
    table = _likely(whole, recipe, np.arange(CELLS))
    done(len(folds) + 1, len(folds) + 1)
    chosen, decisions = best_decision(tallies), nested_decisions(tallies)
    model = TreesModel(table, chosen.threshold, chosen.smooth_px, recipe.gsd_m, light)
    accuracy, by_place = judge(usable, [one.mapped(decisions) for one in held], [one.fold >= 0 for one in held])
    loss = _table_loss(whole, drawn, table, chosen.threshold, recipe)
    return Trained(_carded(model, usable, accuracy, by_place, loss, recipe), accuracy, by_place)


def _hold_out(
    held: Sequence[Held],
    parts: Sequence[NDArray[np.bool_]],
    fold: int,
    gains: Mapping[str, NDArray[np.float64]],
    likely: Callable[[NDArray[Any]], NDArray[np.uint8]],
) -> None:
    """Put down what a fold's model says of the part of each image that it did not see: once for each cell there is."""
    cells = [
        cell_of(describe(one.image.values, one.image.valid, gain_curves(gains[one.image.date])))[part]
        if part.any()
        else np.empty(0, np.int32)
        for one, part in zip(held, parts, strict=True)
    ]
    shown = np.unique(np.concatenate(cells))
    said = likely(shown)
    for one, part, mine in zip(held, parts, cells, strict=True):
        one.likely[part] = said[np.searchsorted(shown, mine)]
        one.fold[part] = fold


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


def _likely(boosted: Any, recipe: Recipe, cells: NDArray[Any]) -> NDArray[np.uint8]:
    """Likelihood at the middle of cells, (n,)."""
    likely = boosted.predict_proba(cell_centres()[cells] * _used(recipe).astype(np.float32))[:, 1]
    found: NDArray[np.uint8] = np.round(255.0 * likely).astype(np.uint8)
    return found


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
    by_place: dict[str, ByPlace],
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
        "accuracy": {k: _told(v) for k, v in asdict(accuracy).items()},
        "accuracy_by": "threshold and smoothing of the other held-out parts; the model's own are chosen by all of them",
        "intervals": "those of a random sample (Olofsson et al. 2014); marked ground is none, so the truth may lie "
        "farther off",
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


def _told(value: Any) -> Any:
    """Say a figure in JSON, which knows no nan."""
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, 4)
