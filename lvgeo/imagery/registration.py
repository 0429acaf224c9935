"""Find by how far a scene lies off its baseline, and how sure that is.

Whole pixels are applied, as a window offset that costs nothing; the sub-pixel estimate and its residual are reported
and gate the verdict. Phase correlation of gradient magnitudes (Guizar-Sicairos et al. 2008, as in scikit-image):
gradients hardly change with light and season.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import binary_erosion, gaussian_filter
from skimage.registration import phase_cross_correlation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Patch", "Registration", "register"]

UPSAMPLE: Final = 20  # estimates to 1/20 px
MIN_TILE_PX: Final = 96  # a smaller tile correlates by chance
FLAT_GRADIENT: Final = 0.75  # mean gradient, DN a pixel, below which a patch has nothing to hold on to
EDGE_PX: Final = 3  # gradients this close to unobserved ground are the collar's


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of both scenes, at the same place of the grid.

    Parameters
    ----------
    before, after
        (y, x) float32 brightness.
    valid
        (y, x); True where both were observed.
    """

    before: NDArray[np.float32]
    after: NDArray[np.float32]
    valid: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Registration:
    """How a scene lies against its baseline.

    Parameters
    ----------
    row_shift_px, col_shift_px
        Whole pixels applied: the scene's content is read so far down and right of its stated place.
    row_estimate_px, col_estimate_px
        The same with sub-pixel part, as estimated.
    residual_m
        RMS distance still between the two on the ground: the part not applied, and the spread over tiles.
    similarity_before, similarity_after
        Correlation of gradients as delivered, and as registered, -1 to 1.
    refusal
        Empty, or why no shift was applied: ``flat``, ``shift`` (beyond the limit), ``worse``.
    """

    row_shift_px: int = 0
    col_shift_px: int = 0
    row_estimate_px: float = 0.0
    col_estimate_px: float = 0.0
    residual_m: float = 0.0
    similarity_before: float = 1.0
    similarity_after: float = 1.0
    refusal: str = ""

    @property
    def shift(self) -> tuple[int, int]:
        """Rows and columns for `SceneReader.read`."""
        return self.row_shift_px, self.col_shift_px


def register(patches: Sequence[Patch], pixel_m: float, max_shift_m: float) -> Registration:
    """Estimate the shift from patches spread over the scene.

    Parameters
    ----------
    patches
        Pieces of both scenes; the more spread, the better the residual.
    pixel_m
        Pixel size on the ground.
    max_shift_m
        A larger shift is a mistake of estimation, and is not applied.

    Returns
    -------
    Registration
        With `refusal` set where the scenes cannot be registered.
    """
    edges = [pair for pair in (_edges(patch) for patch in patches) if pair is not None]
    if not edges:
        return Registration(residual_m=math.inf, similarity_before=0.0, similarity_after=0.0, refusal="flat")
    estimates = np.array([_offset(before, after) for before, after in edges])
    estimate = np.median(estimates, axis=0)
    as_delivered = _similarity(edges, (0, 0))
    if float(np.hypot(*estimate)) * pixel_m > max_shift_m:
        return _unapplied(estimate, as_delivered, "shift")
    whole = (round(float(estimate[0])), round(float(estimate[1])))
    registered = _similarity(edges, whole)
    if whole != (0, 0) and registered <= as_delivered:
        return _unapplied(estimate, as_delivered, "worse")
    spread = _tile_spread(edges, whole, estimate)
    left = float(np.hypot(*(estimate - whole)))
    return Registration(
        *whole, float(estimate[0]), float(estimate[1]), math.hypot(left, spread) * pixel_m, as_delivered, registered
    )


def _unapplied(estimate: NDArray[np.float64], similarity: float, refusal: str) -> Registration:
    row, col = float(estimate[0]), float(estimate[1])
    return Registration(0, 0, row, col, math.inf, similarity, similarity, refusal)


def _edges(patch: Patch) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Windowed gradient magnitudes of both dates, or None where there is too little to see."""
    usable = binary_erosion(patch.valid, iterations=EDGE_PX, border_value=1)
    if usable.mean() < 0.5:  # noqa: PLR2004 - half a patch
        return None
    weight = np.outer(*(np.hanning(n + 2)[1:-1] for n in usable.shape)).astype(np.float32) * usable
    pair = []
    for picture in (patch.before, patch.after):
        gradient = np.hypot(*np.gradient(gaussian_filter(picture, 1.0)))
        mean = float((gradient * weight).sum() / weight.sum())
        if mean < FLAT_GRADIENT:
            return None
        pair.append(((gradient - mean) * weight).astype(np.float32))
    return pair[0], pair[1]


def _offset(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[float, float]:
    """Rows and columns by which `after` lies down and right of `before`."""
    found, _, _ = phase_cross_correlation(  # type: ignore[no-untyped-call]
        before, after, upsample_factor=UPSAMPLE, normalization="phase"
    )
    return -float(found[0]), -float(found[1])


def _similarity(edges: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]], shift: tuple[int, int]) -> float:
    """Mean correlation of the gradients where they overlap once shifted."""
    found = []
    for before, after in edges:
        a, b = _overlap(before, after, shift)
        scale = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
        found.append(float((a * b).sum()) / scale if scale > 0 else 0.0)
    return float(np.mean(found))


def _overlap(
    before: NDArray[np.float32], after: NDArray[np.float32], shift: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Parts of both that show the same ground once `after` is moved back by the shift."""
    (rows, cols), (height, width) = shift, before.shape
    here = np.s_[max(0, -rows) : height - max(0, rows), max(0, -cols) : width - max(0, cols)]
    there = np.s_[max(0, rows) : height - max(0, -rows), max(0, cols) : width - max(0, -cols)]
    return before[here], after[there]


def _tile_spread(
    edges: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]],
    whole: tuple[int, int],
    estimate: NDArray[np.float64],
) -> float:
    """Robust spread of the shift over tiles, px: what a single shift leaves behind where the scene bends.

    The median distance is scaled to the RMS that a circular normal scatter would have (1.2011 = √(2 / (2 ln 2))), so
    that a tile on moving water or on a new roof does not decide.
    """
    distances = []
    for before, after in edges:
        a, b = _overlap(before, after, whole)
        for rows in _halves(a.shape[0]):
            for cols in _halves(a.shape[1]):
                tile = np.array(_offset(a[rows, cols], b[rows, cols]))
                distances.append(float(np.hypot(*(tile + whole - estimate))))
    return float(np.median(distances)) * 1.2011


def _halves(length: int) -> list[slice]:
    """Two halves of a side, or the whole where halves would be too small to correlate."""
    if length < 2 * MIN_TILE_PX:
        return [slice(0, length)]
    return [slice(0, length // 2), slice(length // 2, length)]
