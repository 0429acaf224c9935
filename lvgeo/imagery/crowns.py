"""Find tree crowns one by one: local maxima of how much a place looks like the middle of a crown.

Greenness, brightness and colour are band-passed at five scales set by the expected crown (differences of Gaussians,
Lindeberg 1998), with roughness beside them; a small network of one hidden layer, whose weights are plain numbers, makes
one map of them, and its maxima that stand a crown's radius apart are crowns. A finer image is first brought to
`CROWN_PX` pixels a crown, so that what was measured at one pixel size holds at another. Below `MIN_CROWN_PX` pixels a
crown counting fails (doi:10.1080/17538947.2023.2257636): ask `crown_pixels` before.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = [
    "CROWN_PX",
    "MIN_CROWN_PX",
    "CrownModel",
    "Crowns",
    "crown_factor",
    "crown_pixels",
    "describe_crowns",
    "find_crowns",
    "load_crowns",
    "save_crowns",
    "shipped_crowns",
]

MIN_CROWN_PX: Final = 25.0  # pixels of a crown's disc
CROWN_PX: Final = 20 / 3  # pixels across a crown to which a finer image is brought: 4 m at 0.6 m
SCALES: Final = (0.105, 0.21, 0.42, 0.84, 1.35)  # σ of the Gaussians, in crowns
ROUGH: Final = (0.3, 0.6)
SOFTEN: Final = 0.15  # σ over the map before its maxima are taken, in crowns
APART: Final = 0.6  # least distance of two crowns' middles, in crowns
REACH: Final = 3.0  # σ at which Gaussians are cut off
GAIN: Final = 8.0  # brings colour's shares to the size of the logarithm of brightness
HELD: Final = 4.0  # standard deviations beyond which a feature says no more
TILE_PX: Final = 512
MIN_SCORE: Final = 0.05
CARD_FILE: Final = "model.json"
MAX_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CrownModel:
    """A network of one hidden layer from features to likeness, 0 to about 1.

    Parameters
    ----------
    mean, scale
        (17,) of the features.
    hidden, hidden_bias
        (17, h) and (h,).
    output, output_bias
        (h,) and a number.
    threshold
        Likeness above which a maximum is a crown.
    card
        Where it is from, and its tallies on places held out.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    output_bias: float
    threshold: float
    card: Mapping[str, Any]

    def likeness(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Likeness of features (..., 17)."""
        held = np.clip((features - self.mean) / self.scale, -HELD, HELD)
        within = np.maximum(held @ self.hidden + self.hidden_bias, 0.0)
        found: NDArray[np.float32] = (within @ self.output + self.output_bias).astype(np.float32)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Crowns:
    """Crowns found in one image.

    Parameters
    ----------
    places
        (n, 2) row and column of each, in the image's pixels, from the middle of the first.
    likeness
        (n,).
    """

    places: NDArray[np.int64]
    likeness: NDArray[np.float32]

    def above(self, threshold: float) -> Crowns:
        """Those that look more like a crown than that."""
        kept = self.likeness > threshold
        return Crowns(self.places[kept], self.likeness[kept])


def crown_pixels(crown_m: float, pixel_m: float) -> float:
    """Pixels of a crown's disc.

    Examples
    --------
    >>> round(crown_pixels(4.0, 0.6))
    35
    >>> crown_pixels(0.5, 0.6) < MIN_CROWN_PX
    True
    """
    return math.pi / 4 * (crown_m / pixel_m) ** 2


def crown_factor(crown_m: float, pixel_m: float) -> int:
    """How many of an image's pixels make one that crowns are looked for at, along a side.

    Examples
    --------
    >>> crown_factor(4.0, 0.1), crown_factor(4.0, 0.6)
    (6, 1)
    """
    return max(1, math.floor(crown_m / CROWN_PX / pixel_m + 1e-6))


def find_crowns(
    rgb: NDArray[np.uint8], valid: NDArray[np.bool_], crown_px: float, model: CrownModel, floor: float = MIN_SCORE
) -> Crowns:
    """Find the crowns of one image, tile by tile, the tiles' edges unseen.

    Parameters
    ----------
    rgb
        (3, y, x) red, green, blue, in the image's own light: its median brightness and tint are taken off.
    valid
        (y, x); True where observed.
    crown_px
        Pixels across the expected crown.
    model
        What a crown looks like.
    floor
        Least likeness that is returned; the model's threshold is left to the caller.
    """
    if not valid.any():
        return Crowns(np.zeros((0, 2), np.int64), np.zeros(0, np.float32))
    middle = _medians(rgb, valid)
    halo = math.ceil(REACH * crown_px * (SCALES[-1] + SOFTEN) + crown_px * APART) + 1
    places, likeness = [], []
    for top in range(0, valid.shape[0], TILE_PX):
        for left in range(0, valid.shape[1], TILE_PX):
            rows, cols = (
                slice(max(0, top - halo), top + TILE_PX + halo),
                slice(max(0, left - halo), left + TILE_PX + halo),
            )
            seen = valid[rows, cols]
            if not seen.any():
                continue
            map_ = model.likeness(describe_crowns(rgb[:, rows, cols], seen, crown_px, middle))
            at, strength = _maxima(map_, seen, crown_px, floor)
            at = at + np.array([rows.start, cols.start])
            own = (at >= (top, left)).all(axis=1) & (at < (top + TILE_PX, left + TILE_PX)).all(axis=1)
            places.append(at[own])
            likeness.append(strength[own])
    return Crowns(np.concatenate(places), np.concatenate(likeness))


def describe_crowns(
    rgb: NDArray[np.uint8],
    valid: NDArray[np.bool_],
    crown_px: float,
    middle: tuple[float, float] | None = None,
) -> NDArray[np.float32]:
    """Features of every pixel, (y, x, 17).

    Parameters
    ----------
    rgb, valid, crown_px
        As for `find_crowns`.
    middle
        Medians of log brightness and tint over the whole image; by default of this piece.
    """
    light, tint = middle if middle is not None else _medians(rgb, valid)
    green, bright, warm = _colours(rgb)
    planes = [np.where(valid, green, 0.0), np.where(valid, bright - light, 0.0), np.where(valid, warm - tint, 0.0)]
    found: list[NDArray[np.float32]] = []
    for plane in planes:
        smooth = [_smooth(plane, scale * crown_px) for scale in SCALES]
        found += [fine - coarse for fine, coarse in itertools.pairwise(smooth)] + [smooth[-1]]
    for scale in ROUGH:
        mean = _smooth(planes[1], scale * crown_px)
        found.append(np.sqrt(np.maximum(_smooth(planes[1] ** 2, scale * crown_px) - mean**2, 0.0)))
    return np.stack(found, axis=-1).astype(np.float32)


def _colours(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Excess green, log brightness, and red over blue."""
    values = rgb.astype(np.float32)
    total = values.sum(axis=0) + 3.0
    return GAIN * (3 * values[1] / total - 1), np.log(total / 3), GAIN * (values[0] - values[2]) / total


def _medians(rgb: NDArray[np.uint8], valid: NDArray[np.bool_]) -> tuple[float, float]:
    step = max(1, round(math.sqrt(valid.size / 2**20)))
    _, bright, warm = _colours(rgb[:, ::step, ::step])
    known = valid[::step, ::step]
    if not known.any():
        return 0.0, 0.0
    return float(np.median(bright[known])), float(np.median(warm[known]))


def _smooth(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    found: NDArray[np.float32] = gaussian_filter(plane, sigma, truncate=REACH, mode="nearest")
    return found


def _maxima(
    map_: NDArray[np.float32], valid: NDArray[np.bool_], crown_px: float, floor: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    soft = _smooth(map_, SOFTEN * crown_px)
    radius = APART * crown_px
    reach = math.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    highest = maximum_filter(soft, footprint=y**2 + x**2 <= radius**2, mode="nearest")
    at = np.argwhere((soft == highest) & (soft > floor) & valid)
    return at, soft[at[:, 0], at[:, 1]]


def shipped_crowns() -> Path:
    """Folder of the model that comes with lvgeo, in the installed package or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "data" / "models" / "crowns"
    return installed if installed.is_dir() else package.parent / "data" / "models" / "crowns"


def save_crowns(model: CrownModel, folder: Path) -> None:
    """Write a model as ``model.json``; the same model gives the same bytes."""
    numbers = {
        "mean": model.mean, "scale": model.scale, "hidden": model.hidden, "hidden_bias": model.hidden_bias,
        "output": model.output,
    }  # fmt: skip
    head = {key: np.round(value.astype(float), 5).tolist() for key, value in numbers.items()}
    head |= {"output_bias": round(model.output_bias, 5), "threshold": model.threshold, "card": dict(model.card)}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(head, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def load_crowns(folder: Path) -> CrownModel:
    """Read a model's folder.

    Raises
    ------
    InputRefusedError
        If it is not what `save_crowns` wrote.
    """
    try:
        return _load(folder / CARD_FILE)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefusedError(Refusal("model_broken", file=str(folder), value=str(error))) from error


def _load(path: Path) -> CrownModel:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{CARD_FILE}: size")
    head = json.loads(path.read_text(encoding="utf-8"))
    keys = ("mean", "scale", "hidden", "hidden_bias", "output")
    mean, scale, hidden, bias, output = (np.array(head[key], np.float32) for key in keys)
    count = 3 * len(SCALES) + len(ROUGH)
    sound = mean.shape == scale.shape == (count,) and hidden.shape == (count, len(bias)) and output.shape == bias.shape
    if not sound or not (scale > 0).all() or not all(np.isfinite(a).all() for a in (mean, hidden, bias, output)):
        raise ValueError(f"{CARD_FILE}: {', '.join(keys)}")
    return CrownModel(
        mean, scale, hidden, bias, output, float(head["output_bias"]), float(head["threshold"]), head["card"]
    )
