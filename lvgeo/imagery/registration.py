"""Find by how far a scene lies off its baseline, where it bends, and how sure that is.

First a whole shift: peaks of phase and of plain cross-correlation (Guizar-Sicairos et al. 2008, as in scikit-image) are
candidates, and the one under which the two scenes' edges are most alike wins. Then the sub-pixel part by
Gauss–Newton steps (Lucas & Kanade 1981) with weights against what changed, on roots of gradient magnitudes, which
hardly change with light and season. Then tiles: where a smooth field foretells held-out tiles better than one shift
does, the scene bends.

Content is moved by whole pixels of the file, which costs nothing and blurs nothing; what is left over stands in the
residual.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.ndimage import binary_erosion, gaussian_filter, map_coordinates, spline_filter
from skimage.registration import phase_cross_correlation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["RMS_OF_MEDIAN", "Patch", "Registration", "alike", "displacements", "field_at", "follow", "register"]

FLAT_GRADIENT: Final = 0.75  # mean gradient, DN a pixel, below which a patch has nothing to hold on to
EDGE_PX: Final = 3  # gradients this close to unobserved ground are the collar's
MAX_PATCHES: Final = 9  # more do not move the estimate
STEPS: Final = 12
SETTLED_PX: Final = 0.005
UNLIKE: Final = 0.15  # correlation of edges below which the two scenes do not show the same ground
CLEARLY: Final = 0.05  # by how much a shift beyond the limit must be better to be believed
TILE_PX: Final = 96  # about; a smaller tile follows noise
MIN_TILE_PX: Final = 48
MIN_PATCH_PX: Final = 32
RUNAWAY_PX: Final = 2.0
FEW_TILES: Final = 4  # fewer do not tell whether the whole shift is right
RIVAL_PX: Final = 4
# Of 120 windows of 78 m of real summers 99 were believed within a pixel, one wrongly; with it 95, none wrongly.
RIVAL_LESS: Final = 0.03
MIN_PART_PX: Final = TILE_PX**2  # observed ground of a patch that shows less than half of its own
BEND_TILES: Final = 12  # tiles from which a field may be fitted
BEND_GAIN: Final = (0.75, 0.1)  # a field must bring held-out tiles to this share of their distance, and by so many px
RMS_OF_MEDIAN: Final = 1.2011  # √(2 / (2 ln 2)): median distance to RMS of a circular normal scatter


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A piece of both scenes, at the same place of the grid.

    Parameters
    ----------
    before, after
        (y, x) float32 brightness.
    valid
        (y, x); True where both were observed.
    row, col
        Its first pixel in the grid.
    """

    before: NDArray[np.float32]
    after: NDArray[np.float32]
    valid: NDArray[np.bool_]
    row: int = 0
    col: int = 0


@dataclass(frozen=True, slots=True)
class Registration:
    """How a scene lies against its baseline.

    Parameters
    ----------
    row_shift_px, col_shift_px
        Applied: the scene's content is read so far down and right of its stated place; whole pixels of the file.
    row_estimate_px, col_estimate_px
        The same, as estimated.
    residual_m
        RMS distance still between the two on the ground: the part not applied, and what held-out tiles show.
    similarity_before, similarity_after
        Correlation of edges as delivered, and as registered, -1 to 1.
    refusal
        Empty, or why no shift was applied: ``flat``, ``shift`` (beyond the limit), ``worse``; ``flights`` where one of
        the scene's files could not be laid beside the others, whose shift is applied.
    bend
        Empty, or coefficients of the local field added to the estimate, rows then columns: 1, u, v (, u², uv, v²),
        with u and v the column and row as shares of the grid.
    """

    row_shift_px: float = 0.0
    col_shift_px: float = 0.0
    row_estimate_px: float = 0.0
    col_estimate_px: float = 0.0
    residual_m: float = 0.0
    similarity_before: float = 1.0
    similarity_after: float = 1.0
    refusal: str = ""
    bend: tuple[tuple[float, ...], ...] = ()

    @property
    def shift(self) -> tuple[float, float]:
        """Rows and columns for `SceneReader.read`."""
        return self.row_shift_px, self.col_shift_px


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Windowed gradients of both dates (for peaks and likeness), and their roots (for the sub-pixel part)."""

    before: NDArray[np.float32]
    after: NDArray[np.float32]
    root_before: NDArray[np.float32]
    root_after: NDArray[np.float32]  # spline coefficients
    usable: NDArray[np.bool_]
    row: int
    col: int


def register(
    patches: Sequence[Patch],
    pixel_m: float,
    max_shift_m: float,
    *,
    extent: tuple[int, int] = (0, 0),
    parts: int = 1,
) -> Registration:
    """Estimate the shift, and the field, from patches spread over the scene.

    Parameters
    ----------
    patches
        Pieces of both scenes; the more spread, the better the residual.
    pixel_m
        Pixel size on the ground.
    max_shift_m
        A larger shift is a mistake of estimation, and is not applied.
    extent
        Rows and columns of the grid; by default the first patch's.
    parts
        The scene's own pixels in one of the grid's, along a side: the shift is applied in steps of that.

    Returns
    -------
    Registration
        With `refusal` set where the scenes cannot be registered.
    """
    edges = _looked(patches)
    if not edges:
        return Registration(residual_m=math.inf, similarity_before=0.0, similarity_after=0.0, refusal="flat")
    as_delivered = _similarity(edges, (0, 0))
    whole, best = _whole_shift(edges, max_shift_m / pixel_m)
    if math.hypot(*whole) * pixel_m > max_shift_m:
        return _unapplied(np.array(whole, float), as_delivered, "shift")
    if best < UNLIKE:
        return _unapplied(np.array(whole, float), as_delivered, "worse")
    estimate = _estimate(edges, np.array(whole, float))
    applied = np.round(estimate * parts) / parts
    registered = _similarity(edges, (round(float(applied[0])), round(float(applied[1]))))
    if registered < best:
        # Near half a pixel the rounded estimate may be less alike than the peak: never apply what is worse.
        applied, registered = np.array(whole, float), best
    places, tiles = _tiles(edges, estimate)
    bend, spread = _field(places, tiles - estimate, extent if any(extent) else patches[0].valid.shape)
    if len(tiles) < FEW_TILES:
        spread = max(spread, _rivals(edges, whole))
    left = float(np.hypot(*(estimate - applied))) if not bend else math.sqrt(1 / 6) / parts
    return Registration(
        float(applied[0]),
        float(applied[1]),
        float(estimate[0]),
        float(estimate[1]),
        math.hypot(left, spread) * pixel_m,
        as_delivered,
        registered,
        bend=bend,
    )


def follow(patches: Sequence[Patch], registration: Registration) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where tiles of the patches are found, from about where a registration says.

    Parameters
    ----------
    patches
        Pieces of both scenes.
    registration
        Of these patches, and not refused.

    Returns
    -------
    tuple[NDArray[np.float64], NDArray[np.float64]]
        Middles of tiles in the grid, (n, 2) rows and columns, and by how much each lies off, (n, 2).
    """
    return _tiles(_looked(patches), np.array([registration.row_estimate_px, registration.col_estimate_px]))


def alike(patches: Sequence[Patch], shift: tuple[float, float]) -> float:
    """Correlation of edges of both pictures once a shift is taken back, -1 to 1; 0 where there are none."""
    edges = _looked(patches)
    return _similarity(edges, (round(shift[0]), round(shift[1]))) if edges else 0.0


def _looked(patches: Sequence[Patch]) -> list[_Edges]:
    """Edges of as many patches as are looked at, of those that have some."""
    looked = patches[:: max(1, -(-len(patches) // MAX_PATCHES))]
    return [pair for pair in map(_edges, looked) if pair] or [pair for pair in map(_edges_of_part, looked) if pair]


def displacements(
    registration: Registration, window: tuple[int, int, int, int], extent: tuple[int, int]
) -> NDArray[np.float32]:
    """Rows and columns by which the content of each pixel lies off its place, with the field.

    Parameters
    ----------
    registration
        With a field.
    window
        First row, first column, height and width, in the grid.
    extent
        Rows and columns of the grid.

    Returns
    -------
    NDArray[np.float32]
        (2, height, width).
    """
    row, col, height, width = window
    v = (row + np.arange(height)) / extent[0]
    u = (col + np.arange(width)) / extent[1]
    return np.stack(field_at(registration, v[:, None], u[None, :]), dtype=np.float32, casting="same_kind")


def field_at(
    registration: Registration, v: NDArray[np.float64], u: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and columns by which content lies off at places told as shares of the grid down (v) and along (u)."""

    def off(estimate: float, coefficients: Sequence[float]) -> NDArray[np.float64]:
        c = (*coefficients, 0.0, 0.0, 0.0)[:6]
        return estimate + (c[0] + c[2] * v + c[5] * v * v) + (c[1] * u + c[3] * u * u) + c[4] * v * u

    down, along = registration.bend
    return off(registration.row_estimate_px, down), off(registration.col_estimate_px, along)


def _unapplied(estimate: NDArray[np.float64], similarity: float, refusal: str) -> Registration:
    row, col = float(estimate[0]), float(estimate[1])
    return Registration(0.0, 0.0, row, col, math.inf, similarity, similarity, refusal)


def _edges_of_part(patch: Patch) -> _Edges | None:
    """Edges of a patch of which less than half was observed, cut to what was, or None where that is too little."""
    rows, cols = (np.flatnonzero(patch.valid.any(axis=axis)) for axis in (1, 0))
    if min(rows.size, cols.size) < MIN_TILE_PX or np.count_nonzero(patch.valid) < MIN_PART_PX:
        return None
    cut = np.s_[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    row, col = patch.row + int(rows[0]), patch.col + int(cols[0])
    return _edges(Patch(patch.before[cut], patch.after[cut], patch.valid[cut], row, col), 0.0)


def _edges(patch: Patch, least: float = 0.5) -> _Edges | None:
    """Edges of both dates, or None where there is too little to see: observed ground, as a share, or on it edges."""
    usable = binary_erosion(patch.valid, iterations=EDGE_PX, border_value=1)
    if usable.mean() <= least:
        return None
    weight = np.outer(*(np.hanning(n + 2)[1:-1] for n in usable.shape)).astype(np.float32) * usable
    pair, roots = [], []
    for picture in (patch.before, patch.after):
        gradient = np.hypot(*np.gradient(gaussian_filter(picture, 1.0))).astype(np.float32)
        mean = float((gradient * weight).sum() / weight.sum())
        if mean < FLAT_GRADIENT:
            return None
        pair.append(((gradient - mean) * weight).astype(np.float32))
        # Roots: a roof's edge shall not outweigh a street of small ones.
        roots.append(np.where(usable, np.sqrt(gradient), math.sqrt(mean)).astype(np.float32))
    spline = spline_filter(roots[1], order=3, output=np.float32)
    return _Edges(pair[0], pair[1], roots[0], spline, usable, patch.row, patch.col)


def _whole_shift(edges: Sequence[_Edges], limit_px: float) -> tuple[tuple[int, int], float]:
    """Whole shift under which edges are most alike, and how much: beyond the limit only where clearly better."""
    candidates = {(0, 0)}
    for e in edges:
        for blur in (0.0, 1.5):
            before, after = (gaussian_filter(side, blur) if blur else side for side in (e.before, e.after))
            for normalization in ("phase", None):
                found, _, _ = phase_cross_correlation(  # type: ignore[no-untyped-call]
                    before, after, normalization=normalization
                )
                if np.abs(found).max() <= min(before.shape) / 4:  # the rest would overlap too little to tell
                    candidates.add((-int(found[0]), -int(found[1])))
    scored = {c: _similarity(edges, c) for c in sorted(candidates)}
    near = {c: s for c, s in scored.items() if math.hypot(*c) <= limit_px}
    best_near, best = max(near, key=near.__getitem__), max(scored, key=scored.__getitem__)
    if best not in near and scored[best] < near[best_near] + CLEARLY:
        best = best_near
    return best, scored[best]


def _estimate(edges: Sequence[_Edges], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of the patches' sub-pixel shifts; the whole one where none was found, or it ran away from the peak."""
    refined = np.array([_refined(e, whole) for e in edges])
    known = refined[np.isfinite(refined).all(axis=1)]
    if not len(known):
        return whole
    found: NDArray[np.float64] = np.median(known, axis=0)
    return found if float(np.hypot(*(found - whole))) <= RUNAWAY_PX else whole


def _rivals(edges: Sequence[_Edges], best: tuple[int, int]) -> float:
    """How far off, px, the farthest shift nearby lies that is hardly less alike: along a lone road many are."""
    reach = range(-RIVAL_PX, RIVAL_PX + 1)
    near = [(rows, cols) for rows in reach for cols in reach if math.hypot(rows, cols) > RUNAWAY_PX]
    limit = _similarity(edges, best) - RIVAL_LESS
    alike = [by for by in near if _similarity(edges, (best[0] + by[0], best[1] + by[1])) > limit]
    return max((math.hypot(*by) for by in alike), default=0.0)


def _similarity(edges: Sequence[_Edges], shift: tuple[int, int]) -> float:
    """Mean correlation of the edges where they overlap once shifted."""
    found = []
    for e in edges:
        a, b = _overlap(e.before, e.after, shift)
        scale = math.sqrt(float((a * a).sum()) * float((b * b).sum()))
        found.append(float((a * b).sum()) / scale if scale > 0 else 0.0)
    return float(np.mean(found))


def _overlap(
    before: NDArray[np.float32], after: NDArray[np.float32], shift: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Parts of both that show the same ground once `after` is moved back by the shift."""
    (rows, cols), (height, width) = shift, before.shape
    if abs(rows) >= height or abs(cols) >= width:
        return before[:0], after[:0]
    here = np.s_[max(0, -rows) : height - max(0, rows), max(0, -cols) : width - max(0, cols)]
    there = np.s_[max(0, rows) : height - max(0, -rows), max(0, cols) : width - max(0, -cols)]
    return before[here], after[there]


def _refined(edges: _Edges, start: NDArray[np.float64], part: tuple[slice, slice] | None = None) -> NDArray[np.float64]:
    """Sub-pixel shift by Gauss–Newton steps with gain and offset, weighted against what changed (Geman–McClure)."""
    height, width = edges.root_before.shape
    margin = math.ceil(float(np.abs(start).max())) + 4
    rows, cols = part or (slice(0, height), slice(0, width))
    rows = slice(max(rows.start, margin), min(rows.stop, height - margin))
    cols = slice(max(cols.start, margin), min(cols.stop, width - margin))
    least = MIN_PATCH_PX if part is None else MIN_TILE_PX
    if rows.stop - rows.start < least or cols.stop - cols.start < least:
        return np.full(2, math.nan)
    usable = edges.usable[rows, cols].ravel()
    if part is not None and usable.mean() < 0.5:  # noqa: PLR2004 - half a tile
        return np.full(2, math.nan)
    target = edges.root_before[rows, cols].ravel()[usable]
    shift = start.copy()
    for _ in range(STEPS):
        moved = _moved(edges.root_after, rows, cols, shift)
        slopes = np.gradient(moved)
        design = np.stack(
            [slopes[0].ravel()[usable], slopes[1].ravel()[usable], moved.ravel()[usable], np.ones(target.size)]
        )
        step = _robust_step(design, target)
        shift += step
        if float(np.hypot(*step)) < SETTLED_PX:
            break
        if float(np.hypot(*(shift - start))) > margin - 2:
            return np.full(2, math.nan)
    return shift


def _moved(spline: NDArray[np.float32], rows: slice, cols: slice, shift: NDArray[np.float64]) -> NDArray[np.float64]:
    at = np.meshgrid(
        np.arange(rows.start, rows.stop) + shift[0], np.arange(cols.start, cols.stop) + shift[1], indexing="ij"
    )
    found: NDArray[np.float64] = map_coordinates(spline, at, order=3, prefilter=False, mode="nearest")
    return found


def _robust_step(design: NDArray[np.float64], target: NDArray[np.float32]) -> NDArray[np.float64]:
    weight: NDArray[np.floating[Any]] = np.ones(target.size)
    solved: NDArray[np.floating[Any]] = np.zeros(4)
    for _ in range(3):
        weighted = design * weight
        solved = np.linalg.lstsq(weighted @ design.T, weighted @ target, rcond=None)[0]
        left = target - solved @ design
        scale = 1.4826 * float(np.median(np.abs(left))) + 1e-9
        weight = 1.0 / (1.0 + (left / (2.0 * scale)) ** 2) ** 2
    step: NDArray[np.float64] = np.clip(solved[:2] / max(float(solved[2]), 0.2), -1.0, 1.0)
    return step


def _tiles(edges: Sequence[_Edges], estimate: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles (n, 2) and shifts (n, 2) of tiles, those that cannot be followed left out."""
    places, found = [], []
    for e in edges:
        height, width = e.before.shape
        side_y, side_x = (-(-n // max(1, round(n / TILE_PX))) for n in (height, width))
        for top in range(0, height, side_y):
            for left in range(0, width, side_x):
                part = (slice(top, min(top + side_y, height)), slice(left, min(left + side_x, width)))
                shift = _refined(e, estimate.copy(), part)
                if np.isfinite(shift).all():
                    places.append((e.row + top + side_y / 2, e.col + left + side_x / 2))
                    found.append(shift)
    if not found:
        return np.zeros((1, 2)), estimate[None, :]
    return np.array(places), np.array(found)


def _field(
    places: NDArray[np.float64], off: NDArray[np.float64], extent: tuple[int, ...]
) -> tuple[tuple[tuple[float, ...], ...], float]:
    """Coefficients of the smoothest field that earns its keep on held-out tiles, and the RMS left on those, px."""
    plain = _median_distance(off)
    if len(off) < BEND_TILES:
        return (), plain * RMS_OF_MEDIAN
    v, u = places[:, 0] / extent[0], places[:, 1] / extent[1]
    terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1)
    best: tuple[tuple[tuple[float, ...], ...], float] = ((), plain)
    for count in (3, 6):
        if len(off) < 4 * count:
            continue
        held = np.empty_like(off)
        for fold in range(4):
            out = np.arange(len(off)) % 4 == fold
            held[out] = off[out] - terms[out, :count] @ _smooth_fit(terms[~out, :count], off[~out])
        error = _median_distance(held)
        if error < BEND_GAIN[0] * best[1] and error < best[1] - BEND_GAIN[1]:
            solved = _smooth_fit(terms[:, :count], off)
            best = (tuple(tuple(round(float(c), 4) for c in solved[:, axis]) for axis in range(2)), error)
    return best[0], best[1] * RMS_OF_MEDIAN


def _median_distance(off: NDArray[np.float64]) -> float:
    """Median length: a tile on moving water or on a new roof does not decide."""
    return float(np.median(np.hypot(off[:, 0], off[:, 1])))


def _smooth_fit(terms: NDArray[np.float64], off: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares (terms, 2) with tiles far off weighted down, outliers to nothing."""
    weight: NDArray[np.floating[Any]] = np.ones(len(off))
    solved: NDArray[np.floating[Any]] = np.zeros((terms.shape[1], 2))
    for _ in range(8):
        root = np.sqrt(weight)[:, None]
        solved = np.linalg.lstsq(terms * root, off * root, rcond=None)[0]
        left = np.hypot(*(off - terms @ solved).T)
        scale = 1.4826 * float(np.median(left)) + 1e-6
        weight = np.clip(1.0 - (left / (4.0 * scale)) ** 2, 0.0, 1.0) ** 2
    return solved.astype(np.float64)
