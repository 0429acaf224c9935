"""Has this ground been planted? A regular pattern of small crowns or pits, looked for in one image alone.

Planting is regular: rows at a spacing. Greenness, band-passed to the size of a crown, is folded onto the lattice that
fits best (spacing, angle and phase), and its mean at the lattice's points is set against the rest of the same ground.
Season, light and grass move all of it alike and cancel. The same search on unplanted ground of the same image says how
high chance and texture reach; the same search on that ground with saplings drawn in says what this image could have
shown. Brightness folded in the same way finds pits and bare discs. No baseline is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy import fft
from scipy.ndimage import gaussian_filter
from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "Chip",
    "Pattern",
    "Saplings",
    "Work",
    "WorkLook",
    "draw_cover",
    "find_pattern",
    "judge_work",
    "look",
    "with_saplings",
]

SPACING_M: Final = (1.6, 4.4)  # of plants in a row, and of rows: forestry practice from 2 × 2 to 4 × 4 m
MIN_CHIP_PX: Final = 24
STRONGEST: Final = 60  # frequencies that a lattice's first axis is looked for among
KEPT: Final = 6  # lattices that are folded
SQUARE_COS: Final = 0.09  # rows and lines stand within 5° of square
MAX_POWER: Final = 60.0
FOLDS: Final = 10  # bins of a lattice's cell a side
FALSE_SEEN: Final = 0.0125  # share of unplanted ground that may pass, for greenness and brightness each
FALSE_NOT_SEEN: Final = 0.01  # share of planted ground, at the legal minimum, that may fail
MIN_CONTROLS: Final = 8
SHOWN_PIECES: Final = 2  # a village, drawn into with other crowns and survivals
OPACITY: Final = 0.6  # of a young crown: the ground shows through
JITTER_M: Final = 0.12
CROWN_SLACK_M: Final = 0.05  # crowns that count as of one size
CROWNS_M: Final = (0.3, 0.4, 0.6, 0.8, 1.0, 1.5)  # tried, to name the smallest sapling that would have shown
SURVIVALS: Final = (0.3, 0.5, 0.7, 0.85)  # the same for survival


@dataclass(frozen=True, slots=True, eq=False)
class Chip:
    """A piece of ground as one image shows it.

    Parameters
    ----------
    greenness
        (y, x) excess green on chromatic coordinates.
    brightness
        (y, x) mean of red, green and blue, 0 to 255.
    inside
        (y, x); True on the ground that is asked about, where it was observed.
    pixel_m
        Ground size of a pixel.
    """

    greenness: NDArray[np.float32]
    brightness: NDArray[np.float32]
    inside: NDArray[np.bool_]
    pixel_m: float


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


@dataclass(frozen=True, slots=True)
class Saplings:
    """What is drawn into unplanted ground to learn what an image shows.

    Parameters
    ----------
    crown_m
        Crown diameter.
    survival
        Share of places with a living one.
    spacing_m
        Of rows and plants.
    greenness
        Of a crown; the image's own canopy.
    """

    crown_m: float
    survival: float
    spacing_m: tuple[float, float]
    greenness: float


@dataclass(frozen=True, slots=True)
class Work:
    """Answer to the second question.

    Parameters
    ----------
    word
        ``seen``, ``not_seen``, or ``cannot_tell``.
    score, threshold
        The plots' best contrast, and what unplanted ground reaches by chance.
    least
        What the legal minimum would have scored at least; nan where unknown.
    controls
        Unplanted pieces of ground compared with.
    smallest_crown_m, least_survival
        Smallest sapling at the legal survival, and least survival at the expected sapling, that this image would have
        shown; infinite where none would.
    spacing_m
        Spacing found, rows and plants; nan where nothing was seen.
    by
        ``crowns`` or ``pits``: what was seen; empty where nothing was.
    """

    word: Literal["seen", "not_seen", "cannot_tell"]
    score: float = math.nan
    threshold: float = math.nan
    least: float = math.nan
    controls: int = 0
    smallest_crown_m: float = math.inf
    least_survival: float = math.inf
    spacing_m: tuple[float, float] = (math.nan, math.nan)
    by: Literal["crowns", "pits", ""] = ""


@dataclass(frozen=True, slots=True, eq=False)
class WorkLook:
    """What was looked at of one village, before it is held against the street.

    Parameters
    ----------
    plots
        Best lattice of each plot.
    pits
        Contrast of pits of each plot that is large enough.
    controls, control_pits
        The same contrasts on unplanted ground of the same image.
    saplings
        What was drawn in.
    drawn
        Contrast of unplanted ground with saplings.
    by_crown, by_survival
        The same, with other crowns and with other survivals.
    """

    plots: tuple[Pattern, ...]
    pits: tuple[float, ...]
    controls: tuple[float, ...]
    control_pits: tuple[float, ...]
    saplings: Saplings
    drawn: tuple[float, ...]
    by_crown: Mapping[float, tuple[float, ...]]
    by_survival: Mapping[float, tuple[float, ...]]


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
    passed = _band_passed(values, chip.inside, max(crown_m / 4 / chip.pixel_m, 0.5), SPACING_M[0] / 2 / chip.pixel_m)
    spread = float(passed[chip.inside].std())
    if spread <= 0:
        return none
    passed /= spread
    rows, cols = np.nonzero(chip.inside)
    place = np.stack([rows, cols]).astype(np.float32) * np.float32(chip.pixel_m)
    best, known = none, passed[chip.inside]
    for first, second in _lattices(passed, chip.pixel_m):
        pair = _refined(passed, chip.pixel_m, first), _refined(passed, chip.pixel_m, second)
        for one in _with_halves(pair):
            score = _fold(known, place, one, chip.pixel_m, either=of == "pits")
            if not score <= best.score:
                best = _pattern(score, one)
    return best


def _with_halves(
    pair: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the lattice, and those it may be an overtone of: small crowns are as strong at twice the rows."""
    axes = [[k, k / 2] if np.hypot(*k) / 2 >= 1 / SPACING_M[1] else [k] for k in pair]
    return [(first, second) for first in axes[0] for second in axes[1]]


def _band_passed(
    values: NDArray[np.float32], inside: NDArray[np.bool_], fine_px: float, coarse_px: float
) -> NDArray[np.float32]:
    """Difference of two Gaussians over the ground alone; single bushes and cars are held to three deviations."""
    weight = inside.astype(np.float32)

    def smooth(sigma: float) -> NDArray[np.float32]:
        below = gaussian_filter(weight, sigma)
        found: NDArray[np.float32] = gaussian_filter(values * weight, sigma) / np.maximum(below, 1e-3)
        return found

    passed = (smooth(fine_px) - smooth(max(coarse_px, 2 * fine_px))) * weight
    known = passed[inside]
    middle = float(np.median(known))
    limit = 3.0 * 1.4826 * float(np.median(np.abs(known - middle))) or float(np.abs(known).max())
    clipped: NDArray[np.float32] = (np.clip(passed - middle, -limit, limit) * weight).astype(np.float32)
    clipped -= weight * float(clipped[inside].mean())
    return clipped


def _lattices(passed: NDArray[np.float32], pixel_m: float) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Pairs of square frequencies (cycles a metre, (row, col)) with the most power at them and their sums."""
    shape = [fft.next_fast_len(2 * n) for n in passed.shape]
    power = np.abs(fft.fft2(passed, shape)).astype(np.float64) ** 2
    rows, cols = (np.fft.fftfreq(n, pixel_m) for n in shape)
    radius = np.hypot(rows[:, None], cols[None, :])
    power = power / _ring_means(power, radius)
    band = (radius >= 1 / SPACING_M[1]) & (radius <= 1 / SPACING_M[0])
    at = np.argwhere(band & ((rows[:, None] > 0) | ((rows[:, None] == 0) & (cols[None, :] > 0))))
    if len(at) < 2:  # noqa: PLR2004 - two axes
        return []
    vectors = np.column_stack([rows[at[:, 0]], cols[at[:, 1]]])
    return _square_pairs(vectors, _Power(power, np.array([rows[1], cols[1]])))


@dataclass(frozen=True, slots=True, eq=False)
class _Power:
    """Whitened power on the transform's places, `steps` cycles a metre apart."""

    cells: NDArray[np.float64]
    steps: NDArray[np.float64]

    def at(self, k: NDArray[np.float64]) -> NDArray[np.float64]:
        """Power at frequencies (n, 2), 0 beyond the transform; held down, so that one line does not make a lattice."""
        place = np.round(k / self.steps).astype(int)
        inside = (np.abs(place) < np.array(self.cells.shape) // 2).all(axis=-1)
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


def _ring_means(power: NDArray[np.float64], radius: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean power at each frequency's distance from nothing: natural ground is red, a lattice stands out of its ring."""
    rings = np.minimum((radius / radius.max() * 64).astype(int), 63)
    total = np.bincount(rings.ravel(), power.ravel(), 64)
    means = total / np.maximum(np.bincount(rings.ravel(), minlength=64), 1)
    found: NDArray[np.float64] = np.maximum(means, 1e-12)[rings]
    return found


def _refined(passed: NDArray[np.float32], pixel_m: float, k: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frequency near k with the most power, with its first overtone, between the transform's own places."""
    y, x = ((np.arange(n) - n / 2) * pixel_m for n in passed.shape)
    for scale in (0.25, 0.08):
        reach = [scale / (n * pixel_m) for n in passed.shape]
        offsets = np.arange(-2, 3)
        near_y, near_x = k[0] + offsets * reach[0], k[1] + offsets * reach[1]
        power = np.zeros((5, 5))
        for overtone, weight in ((1, 1.0), (2, 0.5)):
            turn_y = np.exp(-2j * np.pi * overtone * np.outer(near_y, y))
            turn_x = np.exp(-2j * np.pi * overtone * np.outer(x, near_x))
            power += weight * np.abs(turn_y @ passed @ turn_x) ** 2
        row, col = np.unravel_index(int(np.argmax(power)), power.shape)
        k = np.array([near_y[row], near_x[col]])
    return k


def _fold(
    known: NDArray[np.float32],
    place: NDArray[np.float32],
    pair: tuple[NDArray[np.float64], NDArray[np.float64]],
    pixel_m: float,
    *,
    either: bool,
) -> float:
    """Mean at the best phase of a lattice, over what chance gives one lattice's points."""
    along = np.asarray(pair, dtype=np.float32) @ place
    u, v = ((along - np.floor(along)) * FOLDS).astype(np.int32) % FOLDS
    cell = u * FOLDS + v
    total = np.bincount(cell, known, FOLDS**2)
    count = np.bincount(cell, minlength=FOLDS**2)
    # A point is as large as about two bins, and lies anywhere among them.
    means = _rolled(total.reshape(FOLDS, FOLDS)) / np.maximum(_rolled(count.reshape(FOLDS, FOLDS) * 1.0), 1.0)
    points = known.size * pixel_m**2 * abs(pair[0][0] * pair[1][1] - pair[0][1] * pair[1][0])
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


def with_saplings(chip: Chip, saplings: Saplings, rng: np.random.Generator) -> Chip:
    """Draw young trees into a chip: rows turned at random, each a hand's breadth off, ground shining through."""
    cover = draw_cover(chip.inside.shape, chip.pixel_m, saplings, rng) * OPACITY
    green = chip.greenness + cover * (saplings.greenness - chip.greenness)
    return Chip(green.astype(np.float32), chip.brightness, chip.inside, chip.pixel_m)


def draw_cover(
    shape: tuple[int, ...], pixel_m: float, saplings: Saplings, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Share of each pixel under young crowns, (y, x), in rows turned at random, each a hand's breadth off."""
    height, width = shape
    turn = rng.uniform(0, math.pi)
    reach = math.hypot(height, width) * pixel_m / 2
    u = np.arange(-reach, reach, saplings.spacing_m[0]) + rng.uniform(0, saplings.spacing_m[0])
    v = np.arange(-reach, reach, saplings.spacing_m[1]) + rng.uniform(0, saplings.spacing_m[1])
    grid = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    axes = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    at = (grid @ axes + rng.normal(0, JITTER_M, grid.shape)) / pixel_m + [height / 2, width / 2]
    at = at[rng.random(len(at)) < saplings.survival]
    return _crowns(at, np.full(len(at), saplings.crown_m / 2 / pixel_m), (height, width))


def _crowns(at: NDArray[np.float64], radius_px: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Share of each pixel under discs; a disc smaller than a pixel keeps its area."""
    cover = np.zeros(shape, dtype=np.float32)
    for (row, col), radius in zip(at, radius_px, strict=True):
        reach = int(radius) + 2
        top, left = max(0, int(row) - reach), max(0, int(col) - reach)
        bottom, right = min(shape[0], int(row) + reach + 1), min(shape[1], int(col) + reach + 1)
        if bottom <= top or right <= left:
            continue
        y = np.arange(top, bottom)[:, None] + 0.5 - row
        x = np.arange(left, right)[None, :] + 0.5 - col
        disc = np.clip(max(radius, 0.5) + 0.5 - np.hypot(y, x), 0.0, 1.0)
        disc *= min(1.0, math.pi * radius**2 / max(float(disc.sum()), 1e-6))
        here = np.s_[top:bottom, left:right]
        cover[here] = np.maximum(cover[here], disc)
    blurred: NDArray[np.float32] = gaussian_filter(cover, 0.5)
    return blurred


def look(plots: Sequence[Chip], controls: Sequence[Chip], saplings: Saplings, rng: np.random.Generator) -> WorkLook:
    """Score a village's plots, unplanted ground of the same image, and that ground with saplings drawn in.

    Parameters
    ----------
    plots
        Its plots.
    controls
        Unplanted ground of the same image, of the plots' size.
    saplings
        The legal minimum as it must stand by now.
    rng
        Draws saplings.
    """

    def drawn(crown_m: float, survival: float, pieces: Sequence[Chip] = controls) -> tuple[float, ...]:
        one = Saplings(crown_m, survival, saplings.spacing_m, saplings.greenness)
        return _scores([with_saplings(chip, one, rng) for chip in pieces], crown_m, "crowns")

    few = controls[:SHOWN_PIECES]  # what else would have shown is told by the street as a whole

    return WorkLook(
        tuple(find_pattern(chip, saplings.crown_m) for chip in plots),
        _scores(plots, saplings.crown_m, "pits"),
        _scores(controls, saplings.crown_m, "crowns"),
        _scores(controls, saplings.crown_m, "pits"),
        saplings,
        drawn(saplings.crown_m, saplings.survival),
        {crown: drawn(crown, saplings.survival, few) for crown in CROWNS_M},
        {share: drawn(saplings.crown_m, share, few) for share in SURVIVALS},
    )


def judge_work(own: WorkLook, street: Sequence[WorkLook]) -> Work:
    """Say whether a village's plots have been planted.

    Parameters
    ----------
    own
        What was looked at of it.
    street
        The same of every village of the month, itself among them: scores are in units of their own ground, so that
        all unplanted pieces tell how high chance reaches.
    """
    chance = tuple(score for one in street for score in one.controls)
    dug = tuple(score for one in street for score in one.control_pits)
    known = [pattern for pattern in own.plots if math.isfinite(pattern.score)]
    if len(chance) < MIN_CONTROLS or not known or len(known) < len(own.plots):
        return Work("cannot_tell", controls=len(chance))
    # Smaller saplings of another village show less, so that counting them in only lowers the bar.
    alike = [one for one in street if one.saplings.crown_m <= own.saplings.crown_m + CROWN_SLACK_M]
    threshold = max(_limit(scores, FALSE_SEEN, upper=True) for scores in (chance, own.controls) if _enough(scores))
    pit_threshold = max(_limit(scores, FALSE_SEEN, upper=True) for scores in (dug, own.control_pits) if _enough(scores))
    drawn = tuple(score for one in alike for score in one.drawn)
    least = min((_limit(s, FALSE_NOT_SEEN, upper=False) for s in (drawn, own.drawn) if _enough(s)), default=-math.inf)
    score = float(np.mean([one.score for one in known]))
    found = Work(
        "cannot_tell", score, threshold, least, len(chance), _shown(street, "by_crown", threshold),
        _shown(alike, "by_survival", threshold),
    )  # fmt: skip
    if score > threshold:
        best = max(known, key=lambda one: one.score)
        return replace(found, word="seen", spacing_m=best.spacing_m, by="crowns")
    if own.pits and float(np.mean(own.pits)) > pit_threshold:
        return replace(found, word="seen", by="pits")
    # Only an image on which the legal minimum stands clear of chance may say that nothing is there.
    return replace(found, word="not_seen") if least > threshold and score < least else found


def _enough(scores: Sequence[float]) -> bool:
    return len(scores) >= MIN_CONTROLS


def _scores(chips: Sequence[Chip], crown_m: float, of: Literal["crowns", "pits"]) -> tuple[float, ...]:
    found = (find_pattern(chip, crown_m, of=of).score for chip in chips)
    return tuple(score for score in found if math.isfinite(score))


def _limit(scores: Sequence[float], share: float, *, upper: bool) -> float:
    """Value that so small a share of further scores lies beyond: a t interval for one more."""
    n = len(scores)
    wide = float(student.ppf(1 - share, n - 1)) * float(np.std(scores, ddof=1)) * math.sqrt(1 + 1 / n)
    middle = float(np.mean(scores))
    return middle + wide if upper else middle - wide


def _shown(street: Sequence[WorkLook], of: Literal["by_crown", "by_survival"], threshold: float) -> float:
    """Least of the sizes or survivals drawn from which on nine in ten would have been seen."""
    least = math.inf
    for value in sorted({value for one in street for value in getattr(one, of)}, reverse=True):
        scores = [score for one in street for score in getattr(one, of).get(value, ())]
        if not scores or float(np.quantile(scores, 0.1)) <= threshold:
            break
        least = value
    return least
