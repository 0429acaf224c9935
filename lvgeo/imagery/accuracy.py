"""How right a map of canopy is: confusion with the reference, weighted by area (Olofsson et al. 2014).

Good practices for estimating area and assessing accuracy of land change, Remote Sensing of Environment 148, 42–57. Its
intervals hold for a probability sample, ground drawn at random. What an analyst chose to mark is none: there they say
how much the number of marked pixels leaves open, not how far the choice of them leads astray.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.training_sample import LabelledImage

__all__ = ["Accuracy", "ByPlace", "estimate_accuracy", "judge"]

ByPlace = tuple[float | None, float | None, float | None, float | None]

THIN_PX: Final = 9  # accuracy counts every 9th pixel a side: neighbours tell the same
Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Area-weighted accuracy; nan where it cannot be measured, because nothing was mapped or marked that it is about.

    Parameters
    ----------
    matrix
        Counts, rows mapped and columns reference, canopy first.
    overall, precision, recall, iou
        Shares 0 to 1; precision is user's and recall producer's accuracy of canopy.
    overall_half, precision_half, recall_half, area_half
        Half-widths of 95 % intervals of what stands before the underscore, for a sample drawn at random; IoU has none.
    mapped_share, area_share
        Canopy's share of the ground as mapped, and as estimated with the errors allowed for.
    """

    matrix: tuple[tuple[int, int], tuple[int, int]]
    overall: float
    overall_half: float
    precision: float
    precision_half: float
    recall: float
    recall_half: float
    iou: float
    mapped_share: float
    area_share: float
    area_half: float


def estimate_accuracy(matrix: NDArray[np.int64], mapped_share: float) -> Accuracy:
    """Accuracy from a sample stratified by mapped class (Olofsson et al. 2014, eqs. 1–7, 9 and 10).

    Parameters
    ----------
    matrix
        (2, 2) counts, rows mapped and columns reference, canopy first.
    mapped_share
        Canopy's share of all mapped ground, 0 to 1; a class that was mapped and has no sample leaves all but the
        other's precision open, and a sample that holds one class only leaves everything open.
    """
    # Where there is no canopy to be found, or nothing else to be taken for it, no figure is right or wrong.
    counts = matrix.astype(np.float64) if matrix.any(axis=0).all() else np.full((2, 2), np.nan)
    weight = np.array([mapped_share, 1.0 - mapped_share])
    rows = counts.sum(axis=1)
    # An empty stratum of no weight adds nothing; one that has weight makes every sum over strata nan.
    with np.errstate(invalid="ignore", divide="ignore"):
        within = counts / rows[:, None]
        error = within * (1 - within) / (rows - 1)[:, None]  # squared, of each share within its stratum
    share = _weighted(weight[:, None], within)
    true = float(share[:, 0].sum())
    union = float(share[0].sum() + share[1, 0])
    recall = float(share[0, 0]) / true if true > 0 else math.nan
    missed = np.array([(1 - recall) ** 2, recall**2])
    recall_var = float(_weighted(weight**2 * missed, error[:, 0]).sum()) / true**2 if true > 0 else math.nan
    return Accuracy(
        matrix=((int(matrix[0, 0]), int(matrix[0, 1])), (int(matrix[1, 0]), int(matrix[1, 1]))),
        overall=float(share.trace()),
        overall_half=Z95 * math.sqrt(_weighted(weight**2, error.diagonal()).sum()),
        precision=float(within[0, 0]),
        precision_half=Z95 * math.sqrt(float(error[0, 0])),
        recall=recall,
        recall_half=Z95 * math.sqrt(recall_var),
        iou=float(share[0, 0]) / union if union > 0 else math.nan,
        mapped_share=mapped_share,
        area_share=true,
        area_half=Z95 * math.sqrt(_weighted(weight**2, error[:, 0]).sum()),
    )


def _weighted(weight: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight values; what has no weight is 0, known or not."""
    return np.where(weight == 0, 0.0, weight * values)


def judge(
    images: Sequence[LabelledImage], mapped: Sequence[NDArray[np.bool_]], judged: Sequence[NDArray[np.bool_]]
) -> tuple[Accuracy, dict[str, ByPlace]]:
    """Accuracy of canopy mapped (y, x) on each image, and by place: precision, recall, share found, share true.

    Parameters
    ----------
    images
        With their labels.
    mapped
        (y, x) of each; True where canopy was found.
    judged
        (y, x) of each; True where the map may be held against the labels.
    """
    matrix = np.zeros((2, 2), np.int64)
    by_place: dict[str, NDArray[np.int64]] = {}
    canopy_px = all_px = 0
    for image, canopy, part in zip(images, mapped, judged, strict=True):
        seen = image.valid & part
        known = seen & (image.labels >= 0)
        thin = np.s_[::THIN_PX, ::THIN_PX]
        matrix += _confusion(canopy[thin], image.labels[thin], known[thin])
        by_place.setdefault(image.place, np.zeros((2, 2), np.int64))
        by_place[image.place] += _confusion(canopy, image.labels, known)
        canopy_px += int(canopy[seen].sum())
        all_px += int(seen.sum())
    told = {place: _by_place(table) for place, table in sorted(by_place.items())}
    return estimate_accuracy(matrix, canopy_px / all_px if all_px else math.nan), told


def _by_place(table: NDArray[np.int64]) -> ByPlace:
    hit, found, true, total = (int(n) for n in (table[0, 0], table[0].sum(), table[:, 0].sum(), table.sum()))
    return _ratio(hit, found), _ratio(hit, true), _ratio(found, total), _ratio(true, total)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _confusion(canopy: NDArray[np.bool_], labels: NDArray[np.int8], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(2, 2) counts of known pixels, rows mapped and columns reference, canopy first."""
    index = 2 * (~canopy[known]).astype(np.int64) + (labels[known] == 0)
    return np.bincount(index, minlength=4).reshape(2, 2)
