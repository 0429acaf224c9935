"""Threshold and smoothing of a `trees` model, chosen on held-out likelihoods, and never on those they are judged on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import uniform_filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.training_sample import LabelledImage

__all__ = ["Decision", "Held", "best_decision", "nested_decisions", "tallies_of"]

SMOOTHS: Final = (1, 3, 5, 9)
THRESHOLDS: Final = np.arange(25, 230, 5)


@dataclass(frozen=True, slots=True)
class Decision:
    """What makes canopy of a likelihood.

    Parameters
    ----------
    smooth_px
        Side of the window over which the likelihood is averaged.
    threshold
        Likelihood, 0 to 255, above which a pixel is canopy.
    """

    smooth_px: int = 1
    threshold: int = 127

    def canopy(self, likely: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell canopy (y, x)."""
        found: NDArray[np.bool_] = _smoothed(likely, self.smooth_px) > self.threshold
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Held-out likelihoods of one image.

    Parameters
    ----------
    image
        The image.
    likely
        (y, x), 0 to 255, each pixel's from the model of the fold that did not see it.
    fold
        (y, x) int8, in which fold a pixel was held out; -1 where no model could be fitted without it.
    """

    image: LabelledImage
    likely: NDArray[np.float32]
    fold: NDArray[np.int8]

    def mapped(self, decisions: Sequence[Decision]) -> NDArray[np.bool_]:
        """Canopy (y, x), each fold's part by that fold's decision."""
        found = np.zeros(self.fold.shape, dtype=bool)
        for number, decision in enumerate(decisions):
            part = self.fold == number
            if part.any():
                found[part] = decision.canopy(self.likely)[part]
        return found


def _smoothed(likely: NDArray[np.float32], smooth_px: int) -> NDArray[np.float32]:
    return uniform_filter(likely, smooth_px, mode="nearest") if smooth_px > 1 else likely


def tallies_of(held: Sequence[Held], folds: int) -> NDArray[np.int64]:
    """Labelled pixels that are called canopy: (fold, smoothing, threshold, label), label 0 other and 1 canopy.

    The last threshold's place holds all labelled pixels of the fold, called canopy or not.
    """
    counts = np.zeros((folds, len(SMOOTHS), 256, 2), np.int64)
    for one in held:
        known = one.image.valid & (one.image.labels >= 0) & (one.fold >= 0)
        fold, label = one.fold[known].astype(np.int64), one.image.labels[known].astype(np.int64)
        for k, smooth_px in enumerate(SMOOTHS):
            # Above a whole number is at or above the next one: ranks of 256 hold all that thresholds can ask.
            rank = np.clip(np.ceil(_smoothed(one.likely, smooth_px)[known]), 0, 255).astype(np.int64)
            flat = np.bincount((fold * 256 + rank) * 2 + label, minlength=folds * 512)
            counts[:, k] += flat.reshape(folds, 256, 2)
    at_least = counts[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
    return np.concatenate([at_least[:, :, THRESHOLDS + 1], at_least[:, :, :1]], axis=2)


def best_decision(tallies: NDArray[np.int64]) -> Decision:
    """Return what has the best IoU of canopy over the labelled pixels of all folds given, pooled.

    Parameters
    ----------
    tallies
        From `tallies_of`, of the folds to choose by.
    """
    pooled = tallies.sum(axis=0)
    hit, false = pooled[:, :-1, 1], pooled[:, :-1, 0]
    true = pooled[:, -1:, 1]
    if not true.any():
        return Decision()
    score = hit / np.maximum(true + false, 1)
    k, t = np.unravel_index(int(np.argmax(score)), score.shape)
    return Decision(SMOOTHS[k], int(THRESHOLDS[t]))


def nested_decisions(tallies: NDArray[np.int64]) -> list[Decision]:
    """For each fold, the best decision of the other folds: its own answers have no part in it."""
    return [best_decision(np.delete(tallies, fold, axis=0)) for fold in range(len(tallies))]
