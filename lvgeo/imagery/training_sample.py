"""What a `trees` model is trained on: labelled images, brought to one light, sampled, and parted for cross-validation.

Every image is also seen in other light (gamma, brightness, tint), so that the model leans on what light does not move.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.texture import FEATURES, describe, light_curves
from lvgeo.imagery.trees import band_counts, band_medians

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "MIN_PLACES",
    "Drawn",
    "LabelledImage",
    "Recipe",
    "draw",
    "folds_of",
    "gain_curves",
    "light_gains",
    "mean_light",
    "without",
]

CANOPY_PX: Final = 1500  # labelled pixels taken of an image, at most: no one place speaks for all
OTHER_PX: Final = 3600
SIGHTINGS: Final = 12  # images times lights that are enough
FOLDS: Final = 5
MIN_PLACES: Final = 3  # with fewer, blocks of each image are held out instead
BLOCKS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """One image at the model's pixel size, and what is known of it.

    Parameters
    ----------
    place
        Village or site; accuracy is measured on places held out whole.
    date
        Images of one date share their light.
    values
        (3, y, x) uint8: red, green, blue.
    valid
        (y, x); True where observed.
    labels
        (y, x) int8: 1 canopy, 0 other, -1 unknown.
    """

    place: str
    date: str
    values: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    labels: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained.

    Parameters
    ----------
    gsd_m
        Pixel size of the images on the ground.
    seed
        Of samples and light.
    lights
        Other lights in which each image is seen as well, at the least.
    features
        Those used; the others are held at zero (for ablations).
    """

    gsd_m: float
    seed: int = 2024
    lights: int = 2
    features: tuple[str, ...] = FEATURES

    def among(self, images: int) -> Recipe:
        """Return the same for so many images: few are seen in more lights, none or those asked where there are many.

        Which two lights a single image happens to be seen in moves what is learnt more than anything else does.

        Examples
        --------
        >>> Recipe(0.6).among(1).lights, Recipe(0.6).among(40).lights, Recipe(0.6, lights=0).among(1).lights
        (12, 2, 0)
        """
        return replace(self, lights=max(self.lights, SIGHTINGS // images)) if self.lights else self


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Features (n, 4), labels (n,) and places in the flat image (n,) of sampled pixels."""

    features: NDArray[np.uint8]
    labels: NDArray[np.int8]
    at: NDArray[np.int64]


def mean_light(images: Sequence[LabelledImage]) -> tuple[float, float, float]:
    """Median of each band, averaged over dates, each date with equal weight."""
    dates = sorted({image.date for image in images})
    red, green, blue = (float(v) for v in np.mean([_date_light(images, date) for date in dates], axis=0))
    return round(red, 2), round(green, 2), round(blue, 2)


def _date_light(images: Sequence[LabelledImage], date: str) -> NDArray[np.float64]:
    """Median of each band over a date's images, each with equal weight, as `TreesModel.fit` sees a street."""
    counts = [band_counts(i.values[:, i.valid]) / max(int(i.valid.sum()), 1) for i in images if i.date == date]
    return band_medians(np.sum(counts, axis=0))


def light_gains(images: Sequence[LabelledImage], light: tuple[float, float, float]) -> dict[str, NDArray[np.float64]]:
    """For each date, what brings its bands to the light, (3,), as `TreesModel.fit` does."""
    dates = {image.date for image in images}
    return {date: np.clip(np.array(light) / np.maximum(_date_light(images, date), 1.0), 0.5, 2.0) for date in dates}


def gain_curves(gain: NDArray[np.float64], gamma: float = 1.0) -> NDArray[np.int32]:
    """Curves (3, 256) of a gain a band and one gamma, in quarters of a digital number."""
    levels = 255.0 * (np.arange(256) / 255.0) ** gamma
    return light_curves((gain[:, None] * levels[None, :]).astype(np.float32))


def draw(image: LabelledImage, gain: NDArray[np.float64], recipe: Recipe, number: int) -> Drawn:
    """Sample an image's labelled pixels, in its own light and in others."""
    rng = np.random.default_rng([recipe.seed, number])
    flat = np.where(image.valid, image.labels, -1).ravel()
    picked = []
    for label, most in ((1, CANOPY_PX), (0, OTHER_PX)):
        at = np.flatnonzero(flat == label)
        picked.append(rng.choice(at, min(most, at.size), replace=False))
    chosen = np.sort(np.concatenate(picked))
    seen = []
    for k in range(1 + recipe.lights):
        # Drawn so wide that a hazy or a low-sun flight lies within: ±18 % of gamma, ±14 % of brightness, ±5 % of tint.
        gamma = 1.0 if k == 0 else float(rng.uniform(0.85, 1.18))
        tint = np.ones(3) if k == 0 else rng.uniform(0.88, 1.14) * rng.uniform(0.95, 1.05, 3)
        features = describe(image.values, image.valid, gain_curves(gain * tint, gamma))
        seen.append(features.reshape(len(FEATURES), -1)[:, chosen].T)
    times = 1 + recipe.lights
    return Drawn(np.concatenate(seen), np.tile(flat[chosen], times), np.tile(chosen, times))


def folds_of(images: Sequence[LabelledImage]) -> list[list[NDArray[np.bool_]]]:
    """For each fold, which pixels of each image are held out: whole places, or blocks where there are few places."""
    places = sorted({image.place for image in images})
    count = min(FOLDS, len(places))
    if count >= MIN_PLACES:
        held = [set(places[fold::count]) for fold in range(count)]
        return [[np.full(i.labels.shape, i.place in out) for i in images] for out in held]
    return [[_block(image.labels.shape, fold) for image in images] for fold in range(BLOCKS)]


def _block(shape: tuple[int, ...], fold: int) -> NDArray[np.bool_]:
    """Every fourth square of a board of 8 × 8, shifted row by row: each fold sees every corner of an image."""
    rows = np.arange(shape[0]) * 8 // shape[0]
    cols = np.arange(shape[1]) * 8 // shape[1]
    held: NDArray[np.bool_] = (rows[:, None] * 2 + cols[None, :]) % BLOCKS == fold
    return held


def without(drawn: Drawn, part: NDArray[np.bool_]) -> Drawn:
    """Leave out the samples that lie in a part (y, x) of their image."""
    keep = ~part.ravel()[drawn.at]
    return Drawn(drawn.features[keep], drawn.labels[keep], drawn.at[keep])
