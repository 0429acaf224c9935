"""How right a map of canopy is: confusion with the reference, weighted by area (Olofsson et al. 2014, eqs. 1–11)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.training_sample import LabelledImage

__all__ = ["Accuracy", "estimate_accuracy", "judge", "mean_iou"]

THIN_PX: Final = 9  # accuracy counts every 9th pixel a side: neighbours tell the same
Z95: Final = 1.959964


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


def mean_iou(images: Sequence[LabelledImage], found: Sequence[NDArray[np.bool_]]) -> float:
    """IoU of canopy found (y, x) over the labelled pixels of all images, 0 to 1."""
    hit, union = 0, 0
    for image, canopy in zip(images, found, strict=True):
        known = image.valid & (image.labels >= 0)
        true = image.labels == 1
        hit += int((canopy & true & known).sum())
        union += int(((canopy | true) & known).sum())
    return hit / max(union, 1)


def judge(
    images: Sequence[LabelledImage], mapped: Sequence[NDArray[np.bool_]]
) -> tuple[Accuracy, dict[str, tuple[float, float, float, float]]]:
    """Accuracy of canopy mapped (y, x) on each image, and by place: precision, recall, share found, share true."""
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
