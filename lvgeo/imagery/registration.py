"""Find by how far a scene lies off its baseline, where it bends, and how sure that is.

First a whole shift: peaks of phase and of plain cross-correlation (Kuglin & Hines 1975) are candidates, and the one
under which the two scenes' edges are most alike wins, unless another does nearly as well. Then the sub-pixel part by
Gauss–Newton steps (Lucas & Kanade 1981) with weights against what changed, on roots of gradient magnitudes, which
hardly change with light and season. Then tiles: where a smooth field foretells held-out tiles better than one shift
does, the scene bends.

Content is moved by whole pixels of the file, which costs nothing and blurs nothing; what is left over stands in the
residual.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.bend import RMS_OF_MEDIAN, fit_field
from lvgeo.imagery.edges import Patch, looked, rivals, similarity
from lvgeo.imagery.subpixel import sub_pixel, tiles_of
from lvgeo.imagery.whole import whole_shift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Window
    from lvgeo.imagery.ordered import Each
    from lvgeo.imagery.repeats import Whole

__all__ = [
    "RMS_OF_MEDIAN",
    "Patch",
    "Registration",
    "alike",
    "displacements",
    "field_at",
    "register",
    "register_tiles",
]

UNLIKE: Final = 0.15  # correlation of edges below which the two scenes do not show the same ground
UP_TO_HALF_PX: Final = math.sqrt(1 / 6)  # RMS distance of what lies anywhere in a pixel from its middle
FEW_TILES: Final = 4  # fewer do not tell whether the whole shift is right


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
        Empty, or why no shift was applied: ``flat``, ``shift`` (beyond the limit), ``worse``, ``repeats`` (another
        shift does nearly as well, as along rows of trees); ``flights`` where one of the scene's files could not be
        laid beside the others, whose shift is applied.
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


def register(
    patches: Sequence[Patch],
    pixel_m: float,
    max_shift_m: float,
    *,
    extent: tuple[int, int] = (0, 0),
    parts: int = 1,
    each: Each = map,
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
    each
        Goes through the patches; a pool's does it in threads.

    Returns
    -------
    Registration
        With `refusal` set where the scenes cannot be registered.
    """
    return register_tiles(patches, pixel_m, max_shift_m, extent=extent, parts=parts, each=each)[0]


def register_tiles(
    patches: Sequence[Patch],
    pixel_m: float,
    max_shift_m: float,
    *,
    extent: tuple[int, int] = (0, 0),
    parts: int = 1,
    each: Each = map,
) -> tuple[Registration, NDArray[np.float64], NDArray[np.float64]]:
    """Estimate the shift and the field, and say where the tiles lie that they were estimated from.

    Parameters
    ----------
    patches, pixel_m, max_shift_m, extent, parts, each
        As `register` takes them.

    Returns
    -------
    tuple[Registration, NDArray[np.float64], NDArray[np.float64]]
        The registration; middles of tiles in the grid, (n, 2) rows and columns; and by how much each lies off, (n, 2)
        px. Of scenes that cannot be registered a single tile that says nothing.
    """
    edges, nowhere = looked(patches, each), np.zeros((1, 2))
    if not edges:
        flat = Registration(residual_m=math.inf, similarity_before=0.0, similarity_after=0.0, refusal="flat")
        return flat, nowhere, nowhere
    as_delivered = similarity(edges, (0, 0))
    one = whole_shift(edges, max_shift_m / pixel_m, each)
    whole, best, _ = one
    refusal = _refusal(one, max_shift_m / pixel_m)
    if refusal:
        return _unapplied(whole, as_delivered, refusal), nowhere, nowhere
    start = np.array(whole, float)
    estimate = sub_pixel(edges, start, each)
    applied = np.round(estimate * parts) / parts
    registered = similarity(edges, (round(float(applied[0])), round(float(applied[1]))))
    if registered < best:
        # Near half a pixel the rounded estimate may be less alike than the peak: never apply what is worse.
        applied, registered = start, best
    places, tiles = tiles_of(edges, estimate, each)
    bend, spread = fit_field(places, tiles - estimate, extent if any(extent) else patches[0].valid.shape)
    if len(tiles) < FEW_TILES:
        spread = max(spread, rivals(edges, whole))
    left = float(np.hypot(*(estimate - applied))) if not bend else UP_TO_HALF_PX / parts
    if estimate is start:  # no part of a pixel was found
        left = max(left, UP_TO_HALF_PX)
    found = Registration(
        float(applied[0]),
        float(applied[1]),
        float(estimate[0]),
        float(estimate[1]),
        math.hypot(left, spread) * pixel_m,
        as_delivered,
        registered,
        bend=bend,
    )
    return found, places, tiles


def alike(patches: Sequence[Patch], shifts: Sequence[tuple[float, float]]) -> list[float]:
    """Correlation of edges of both pictures once each of some shifts is taken back, -1 to 1; 0 where there are none."""
    edges = looked(patches)
    return [similarity(edges, (round(rows), round(cols))) if edges else 0.0 for rows, cols in shifts]


def displacements(registration: Registration, window: Window, extent: tuple[int, int]) -> NDArray[np.float32]:
    """Rows and columns by which the content of each pixel lies off its place, with the field.

    Parameters
    ----------
    registration
        With a field.
    window
        In the grid.
    extent
        Rows and columns of the grid.

    Returns
    -------
    NDArray[np.float32]
        (2, height, width).
    """
    v = (window.row + np.arange(window.height)) / extent[0]
    u = (window.col + np.arange(window.width)) / extent[1]
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


def _refusal(whole: Whole, limit_px: float) -> str:
    """Why a whole shift is not applied, empty where it is."""
    if math.hypot(*whole.shift) > limit_px:
        return "shift"
    if whole.similarity < UNLIKE:
        return "worse"
    return "" if whole.sure else "repeats"


def _unapplied(estimate: tuple[int, int], similarity: float, refusal: str) -> Registration:
    row, col = map(float, estimate)
    return Registration(0.0, 0.0, row, col, math.inf, similarity, similarity, refusal)
