"""Tell tree crowns from grass and shadow by colour and texture: a boosted model, kept as one table (`trees`).

A model is trained by `lvgeo.imagery.training` and stored as a folder: ``model.json`` (its card, in words and
numbers) and ``likelihood.npy`` (a plain array). Nothing in either is code.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.imagery.texture import HALO_PX, light_curves, recognise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lvgeo.imagery.radiometry import Radiometry
    from lvgeo.imagery.scene import Role

__all__ = ["TreesModel", "TreesReader", "band_counts", "band_medians"]

GAIN_LIMITS: Final = (0.5, 2.0)  # a street so much darker or brighter than the training scenes is something else
UNCERTAINTY: Final = 13  # of the threshold: 0.05 of likelihood


@dataclass(frozen=True, slots=True, eq=False)
class TreesReader:
    """A model compiled for one scene's light."""

    curves: NDArray[np.int32]
    cells: NDArray[np.uint8]
    decision: tuple[int, int]
    halo_px: int = HALO_PX

    def classify(self, values: NDArray[np.uint8], valid: NDArray[np.bool_], *, collars: bool) -> NDArray[np.uint8]:
        """Classify a strip with its halo above and below: 0 not observed, 1 other, 2 canopy, 3 pure; joined."""
        return recognise(values, valid, self.curves, self.cells, self.decision, collars=collars)


@dataclass(frozen=True, slots=True, eq=False)
class TreesModel:
    """A table from quantised colour and texture to how likely canopy is.

    Parameters
    ----------
    cells
        (2**20,) uint8 likelihood, 0 to 255.
    threshold
        Likelihood above which a pixel is canopy, 0 to 254.
    smooth_px
        Side of the window over which the likelihood is averaged; odd, 1 to 9.
    gsd_m
        Pixel size on the ground at which it was trained; finer scenes are brought to it.
    light
        Median digital numbers (red, green, blue) of the training scenes; see `band_medians`.
    card
        Data, licence, accuracy by place, what it cannot see, and the table's loss.
    gain
        Per band, what brings the street's baseline to the training scenes' light.
    """

    cells: NDArray[np.uint8]
    threshold: int
    smooth_px: int
    gsd_m: float
    light: tuple[float, float, float]
    card: Mapping[str, Any] = field(default_factory=dict)
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def name(self) -> str:
        """``trees``; the verdict names it."""
        return "trees"

    @property
    def roles(self) -> tuple[Role, Role, Role]:
        """Bands it takes."""
        return ("red", "green", "blue")

    @property
    def accuses(self) -> bool:
        """Whether a verdict of lagging may rest on this model alone.

        It may where the share of small crowns that it recovers was measured in the month's own image: at 0.6 m a
        sapling is smaller than a pixel, and what the model cannot see is not missing.
        """
        return True

    @property
    def digest(self) -> str:
        """Hash of all that decides its classes."""
        decides = [self.threshold, self.smooth_px, self.gsd_m, *self.gain]
        return hashlib.sha256(self.cells.tobytes() + json.dumps(decides).encode()).hexdigest()[:16]

    def facts(self) -> dict[str, Any]:
        """Say what run.json and a class raster tell of it."""
        return {
            "name": self.name,
            "threshold": round(self.threshold / 255, 4),
            "table": self.digest,
            "gsd_m": self.gsd_m,
            "gain": [round(g, 4) for g in self.gain],
        }

    def look(self, values: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Histogram of each band over pixels (3, n): (768,)."""
        return band_counts(values)

    def variants(self) -> tuple[TreesModel, TreesModel]:
        """Return the same with a lower and a higher threshold."""
        lower, higher = max(0, self.threshold - UNCERTAINTY), min(254, self.threshold + UNCERTAINTY)
        return replace(self, threshold=lower), replace(self, threshold=higher)

    def fit(self, counts: NDArray[np.float64]) -> TreesModel:
        """Bring the street's pooled baseline, (village, 768) counts, to the training scenes' light: one gain a band.

        One for the whole street, not for each village: a village of forest is darker because it is forest.
        """
        found = np.maximum(band_medians(np.atleast_2d(counts).sum(axis=0)), 1.0)
        red, green, blue = (round(float(g), 4) for g in np.clip(np.array(self.light) / found, *GAIN_LIMITS))
        return replace(self, gain=(red, green, blue))

    def factor(self, pixel_m: float) -> int:
        """How many of a scene's pixels make one of the model's, along a side: what comes nearest as a ratio.

        Nearest as a difference would turn at a common size: of one flight at 0.4 m some villages would be read at 0.4 m
        and some at 0.8 m.
        """
        below = max(1, math.floor(self.gsd_m / pixel_m))
        return below + 1 if self.gsd_m / pixel_m > math.sqrt(below * (below + 1)) else below

    def reader(self, radiometry: Radiometry) -> TreesReader:
        """Compile for a scene: its curves to the baseline's light, and the baseline's to the model's, in one."""
        curves = radiometry.curves * np.asarray(self.gain, np.float32)[:, None]
        return TreesReader(light_curves(curves), self.cells, (self.smooth_px, self.threshold))

    def loss(self, radiometry: Radiometry, values: NDArray[np.uint8]) -> float:  # noqa: ARG002 - of the interface
        """Share of training pixels that the table reads otherwise than the boosted model did; from the card."""
        return float(self.card.get("table_loss", math.nan))


def band_counts(values: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Histogram of each band over pixels (3, n): (768,)."""
    return np.concatenate([np.bincount(band, minlength=256) for band in values]).astype(np.int64)


def band_medians(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Medians of three bands from their histograms (768,), each number spread evenly over its own unit: (3,).

    Not means: a bright roof moves the mean of a small scene, and the model's colours with it.
    """
    share = np.cumsum(counts.reshape(3, 256), axis=1)
    return np.array([np.interp(band[-1] / 2, np.append(0.0, band), np.arange(257) - 0.5) for band in share])
