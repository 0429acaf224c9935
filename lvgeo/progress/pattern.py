"""A regular pattern of small crowns or pits: the lattice (spacing, angle, phase) that fits a piece of ground best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy import fft

from lvgeo.progress.chip import MIN_CHIP_PX, Chip, band_passed, pooled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SPACING_M", "Pattern", "find_pattern"]

SPACING_M: Final = (1.6, 4.4)  # of plants in a row, and of rows: forestry practice from 2 × 2 to 4 × 4 m
STRONGEST: Final = 60  # frequencies that a lattice's first axis is looked for among
KEPT: Final = 6  # lattices that are folded
SQUARE_COS: Final = 0.09  # rows and lines stand within 5° of square
MAX_POWER: Final = 60.0
FOLDED_M: Final = 0.12  # what passed the band is no finer: a lattice is looked for on pixels up to that
REACH: Final = 2.0  # frequencies kept, in those of the closest rows: their first overtone
RING: Final = 0.1  # cycles a metre; width of the rings within which power is levelled
FOLDS: Final = 10  # bins of a lattice's cell a side


@dataclass(frozen=True, slots=True)
class Pattern:
    """The lattice that fits a chip best.

    Parameters
    ----------
    score
        Contrast of its points, in standard deviations of the ground over √points; nan where the chip is too small.
    spacing_m
        Distances of rows and of plants, the larger last.
    angle_deg
        Direction of the first axis from the image's rows, 0 to 180.
    """

    score: float
    spacing_m: tuple[float, float]
    angle_deg: float


def find_pattern(chip: Chip, crown_m: float, *, of: Literal["crowns", "pits"] = "crowns") -> Pattern:
    """Fit a lattice to a chip.

    Parameters
    ----------
    chip
        The ground.
    crown_m
        Diameter to which the band-pass is tuned.
    of
        ``crowns``: points greener than the rest; ``pits``: brighter or darker.
    """
    none = Pattern(math.nan, (math.nan, math.nan), math.nan)
    if min(chip.inside.shape) < MIN_CHIP_PX or chip.inside.sum() < MIN_CHIP_PX**2:
        return none
    values = chip.greenness if of == "crowns" else chip.brightness
    passed = band_passed(values, chip.inside, max(crown_m / 4 / chip.pixel_m, 0.5), SPACING_M[0] / 2 / chip.pixel_m)
    spread = float(passed[chip.inside].std())
    if spread <= 0:
        return none
    n = max(1, int(FOLDED_M / chip.pixel_m))
    passed, pixel_m = pooled(passed / spread, n), chip.pixel_m * n
    ground = _ground(passed, pooled(chip.inside.astype(np.float32), n), pixel_m)
    best = none
    for first, second in _lattices(passed, pixel_m):
        pair = _refined(passed, pixel_m, first), _refined(passed, pixel_m, second)
        for one in _with_halves(pair):
            score = _fold(ground, one, either=of == "pits")
            if not score <= best.score:
                best = _pattern(score, one)
    return best


def _with_halves(
    pair: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the lattice, and those it may be an overtone of: small crowns are as strong at twice the rows."""
    axes = [[k, k / 2] if np.hypot(*k) / 2 >= 1 / SPACING_M[1] else [k] for k in pair]
    return [(first, second) for first in axes[0] for second in axes[1]]


def _lattices(passed: NDArray[np.float32], pixel_m: float) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Pairs of square frequencies (cycles a metre, (row, col)) with the most power at them and their sums."""
    shape = [fft.next_fast_len(2 * n, real=True) for n in passed.shape]
    power = np.abs(fft.rfft2(passed, shape)) ** 2  # the other half is its mirror
    rows, cols = np.fft.fftfreq(shape[0], pixel_m), np.fft.rfftfreq(shape[1], pixel_m)
    # Nothing beyond the sums of the closest rows is ever asked for.
    reach = REACH / SPACING_M[0]
    low, cols = np.abs(rows) <= reach, cols[cols <= reach]
    kept, rows = power[low][:, : len(cols)], rows[low]
    radius = np.hypot(rows[:, None], cols[None, :])
    power = kept / _ring_means(kept, radius)
    band = (radius >= 1 / SPACING_M[1]) & (radius <= 1 / SPACING_M[0])
    at = np.argwhere(band & ((cols[None, :] > 0) | (rows[:, None] > 0)))
    if len(at) < 2:  # noqa: PLR2004 - two axes
        return []
    vectors = np.column_stack([rows[at[:, 0]], cols[at[:, 1]]])
    return _square_pairs(vectors, _Power(power, np.array([1.0 / (n * pixel_m) for n in shape])))


@dataclass(frozen=True, slots=True, eq=False)
class _Power:
    """Whitened power on the transform's places, `steps` cycles a metre apart."""

    cells: NDArray[np.float64]
    steps: NDArray[np.float64]

    def at(self, k: NDArray[np.float64]) -> NDArray[np.float64]:
        """Power at frequencies (n, 2), 0 beyond the transform; held down, so that one line does not make a lattice."""
        place = np.round(k / self.steps).astype(int)
        place = np.where(place[..., 1:] < 0, -place, place)
        inside = (np.abs(place[..., 0]) <= self.cells.shape[0] // 2) & (place[..., 1] < self.cells.shape[1])
        place = np.where(inside[..., None], place, 0)
        held = np.minimum(self.cells[place[..., 0], place[..., 1]], MAX_POWER)
        found: NDArray[np.float64] = np.where(inside, held, 0.0)
        return found


def _square_pairs(vectors: NDArray[np.float64], power: _Power) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Pairs of frequencies that stand square on each other, the strongest first."""
    strength = power.at
    own = strength(vectors) + 0.5 * strength(2 * vectors)
    best: list[tuple[float, int, int]] = []
    length = np.hypot(*vectors.T)
    for i in np.argsort(-own, kind="stable")[:STRONGEST]:
        square = np.abs(vectors @ vectors[i]) <= SQUARE_COS * length * length[i]
        others = np.nonzero(square)[0]
        if others.size:
            sums = strength(vectors[others] + vectors[i]) + strength(vectors[others] - vectors[i])
            total = own[i] + own[others] + sums
            j = int(np.argmax(total))
            best.append((float(total[j]), int(i), int(others[j])))
    best.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [(vectors[i], vectors[j]) for _, i, j in best[:KEPT]]


def _ring_means(power: NDArray[np.float32], radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean power at each frequency's distance from nothing: natural ground is red, a lattice stands out of its ring."""
    rings = (radius / RING).astype(np.intp)
    total = np.bincount(rings.ravel(), power.ravel())
    means = total / np.maximum(np.bincount(rings.ravel()), 1)
    found: NDArray[np.float64] = np.maximum(means, 1e-12)[rings]
    return found


def _refined(passed: NDArray[np.float32], pixel_m: float, k: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frequency near k with the most power, with its first overtone, between the transform's own places."""
    y, x = ((np.arange(n) - n / 2) * pixel_m for n in passed.shape)
    for scale in (0.25, 0.08):
        reach = [scale / (n * pixel_m) for n in passed.shape]
        offsets = np.arange(-2, 3)
        near_y, near_x = k[0] + offsets * reach[0], k[1] + offsets * reach[1]
        turns = 2 * np.pi * np.outer(np.concatenate([near_y, 2 * near_y]), y)
        # One real product over the whole chip; the rest is small.
        down = np.concatenate([np.cos(turns), np.sin(turns)]).astype(np.float32) @ passed
        across = (down[:10] - 1j * down[10:]).astype(np.complex128)
        power = np.zeros((5, 5))
        for overtone, weight in ((1, 1.0), (2, 0.5)):
            turn_x = np.exp(-2j * np.pi * overtone * np.outer(x, near_x))
            power += weight * np.abs(across[5 * (overtone - 1) : 5 * overtone] @ turn_x) ** 2
        row, col = np.unravel_index(int(np.argmax(power)), power.shape)
        k = np.array([near_y[row], near_x[col]])
    return k


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """Pixels with ground: band-passed sums, how much of each is ground, (row, col) in metres, and all of it in m²."""

    sums: NDArray[np.float32]
    shares: NDArray[np.float32]
    place: NDArray[np.float32]
    area_m2: float


def _ground(passed: NDArray[np.float32], share: NDArray[np.float32], pixel_m: float) -> _Ground:
    rows, cols = np.nonzero(share > 0)
    place = np.stack([rows, cols]).astype(np.float32) * np.float32(pixel_m)
    shares = share[rows, cols]
    return _Ground(passed[rows, cols], shares, place, float(shares.sum()) * pixel_m**2)


def _fold(ground: _Ground, pair: tuple[NDArray[np.float64], NDArray[np.float64]], *, either: bool) -> float:
    """Mean at the best phase of a lattice, over what chance gives one lattice's points."""
    along = np.asarray(pair, dtype=np.float32) @ ground.place
    along -= np.floor(along)
    along *= FOLDS
    u, v = np.minimum(along.astype(np.intp), FOLDS - 1)
    u *= FOLDS
    u += v
    total = np.bincount(u, ground.sums, FOLDS**2)
    count = np.bincount(u, ground.shares, FOLDS**2)
    # A point is as large as about two bins, and lies anywhere among them.
    means = _rolled(total.reshape(FOLDS, FOLDS)) / np.maximum(_rolled(count.reshape(FOLDS, FOLDS)), 1.0)
    points = ground.area_m2 * abs(pair[0][0] * pair[1][1] - pair[0][1] * pair[1][0])
    highest = float(np.abs(means).max() if either else means.max())
    return highest * math.sqrt(max(points, 1.0))


def _rolled(cells: NDArray[Any]) -> NDArray[np.float64]:
    wide = cells + np.roll(cells, 1, axis=0)
    found: NDArray[np.float64] = wide + np.roll(wide, 1, axis=1)
    return found


def _pattern(score: float, pair: tuple[NDArray[np.float64], NDArray[np.float64]]) -> Pattern:
    spacings = [1.0 / float(np.hypot(*k)) for k in pair]
    low, high = sorted(spacings)
    angle = math.degrees(math.atan2(pair[0][0], pair[0][1])) % 180.0
    return Pattern(score, (low, high), angle)
