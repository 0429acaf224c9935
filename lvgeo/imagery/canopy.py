"""Tell canopy from other ground: models of one interface, each compiled once to a look-up table.

``index`` and ``nir`` compare a spectrum (`lvgeo.imagery.spectrum`) with a threshold that is fitted once on the street's
baseline scenes and shared by every village and date: one for each date would move with what the scene shows.

Neither can tell grass from trees, so neither may accuse (`accuses`). ``trees`` (`lvgeo.imagery.trees`) goes by
texture too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.errors import Refusal, UsageError
from lvgeo.imagery.kernel import look_up
from lvgeo.imagery.shipped import shipped_model
from lvgeo.imagery.spectrum import SPECTRA, Spectrum, fit_threshold, index_histogram
from lvgeo.imagery.trees_folder import CARD_FILE, load_trees

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.imagery.model import Recipe
    from lvgeo.imagery.radiometry import Radiometry
    from lvgeo.imagery.scene import Role

__all__ = ["MODELS", "CanopyModel", "Colour", "ColourReader", "LookUpTable", "recipe_named", "table_loss"]

MODELS: Final = (*SPECTRA, "trees")  # the names that need no folder
HISTOGRAM_COUNTS: Final = 1_000_000
MIN_JACKKNIFE: Final = 3
LEAST_UNCERTAINTY: Final = 0.005  # one bin
# One odd baseline of 23 real ones moved the pooled threshold by up to 0.06 (excess green) and 0.09 (NDVI); so, by 0.01.
# Without an odd one the two lie within 0.02 of each other on 95 or more of 100 streets drawn from these.
ODD: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class LookUpTable:
    """A model as a table over three quantised inputs, radiometry folded in.

    Parameters
    ----------
    cells
        Flat uint8, 1 other and 2 canopy, indexed by (a >> s0) << k0 | (b >> s1) << k1 | (c >> s2).
    shifts
        s0, s1, s2: bits dropped of each 8-bit input; 8 drops an input altogether.
    """

    cells: NDArray[np.uint8]
    shifts: tuple[int, int, int]

    @property
    def places(self) -> tuple[int, int]:
        """k0 and k1: how far the first two inputs are moved up."""
        low = 8 - self.shifts[2]
        return low + 8 - self.shifts[1], low

    def classify(self, values: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Look up pixels (3, ...): 1 other, 2 canopy. The kernel does the same, faster."""
        a, b, c = (values[k].astype(np.int64) >> self.shifts[k] for k in range(3))
        found: NDArray[np.uint8] = self.cells[(a << self.places[0]) | (b << self.places[1]) | c]
        return found


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour model before its threshold is known."""

    spectrum: Spectrum

    @property
    def name(self) -> str:
        """``index`` or ``nir``."""
        return self.spectrum.name

    @property
    def roles(self) -> tuple[Role, Role, Role]:
        """Bands it takes, in order."""
        return self.spectrum.roles

    @property
    def gsd_m(self) -> float:
        """Colour is read at any pixel size: nan."""
        return math.nan

    def look(self, values: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Histogram of the index."""
        return index_histogram(self.spectrum, values)

    def fit(self, counts: NDArray[np.float64]) -> CanopyModel:
        """Find the street's threshold, and by leaving out a village at a time how sure it is (jackknife).

        That of all villages together, unless it is an odd one that makes it: where the middle third of the villages, of
        each bin, say clearly otherwise, theirs holds.
        """

        def pooled(kept: NDArray[np.float64]) -> float:
            return fit_threshold(self.spectrum, (kept.sum(axis=0) * HISTOGRAM_COUNTS).astype(np.int64))

        def threshold(kept: NDArray[np.float64]) -> float:
            odd = max(1, (len(kept) - 1) // 3)
            middle = np.sort(kept, axis=0)[odd:-odd]
            found, robust = pooled(kept), pooled(middle) if middle.any() else math.nan
            return robust if abs(robust - found) > ODD else found

        counts = np.atleast_2d(counts)
        n = len(counts)
        if n < MIN_JACKKNIFE:
            return CanopyModel(self.spectrum, threshold(counts))
        left_out = np.array([threshold(np.delete(counts, k, axis=0)) for k in range(n)])
        spread = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
        return CanopyModel(self.spectrum, threshold(counts), max(LEAST_UNCERTAINTY, spread))

    def factor(self, pixel_m: float) -> int:  # noqa: ARG002 - of the interface
        """Colour is read at the scene's own pixels."""
        return 1


def recipe_named(name: str) -> Recipe:
    """Return the model of that name, or the trees model stored in the folder of that name.

    Raises
    ------
    UsageError
        If there is none, naming those there are.
    InputRefusedError
        If the folder is not a model.
    """
    if name in SPECTRA:
        return Colour(SPECTRA[name])
    if name == "trees":
        return load_trees(shipped_model("trees"))
    if (Path(name) / CARD_FILE).is_file():
        return load_trees(Path(name))
    raise UsageError(Refusal("model_unavailable", value=name, limit=" | ".join(MODELS)))


@dataclass(frozen=True, slots=True, eq=False)
class ColourReader:
    """A colour table as a reader of strips."""

    table: LookUpTable
    halo_px: int = 0

    def classify(self, values: NDArray[np.uint8], valid: NDArray[np.bool_], *, collars: bool) -> NDArray[np.uint8]:
        """Look every pixel up; classes are joined."""
        return look_up(values, valid, self.table, collars=collars)


@dataclass(frozen=True, slots=True)
class CanopyModel:
    """A spectrum with the street's threshold.

    Parameters
    ----------
    spectrum
        What is computed of a pixel.
    threshold
        At and above it a pixel is canopy.
    uncertainty
        1 σ of the threshold.
    """

    spectrum: Spectrum
    threshold: float
    uncertainty: float = 0.01

    @property
    def name(self) -> str:
        """``index`` or ``nir``; the verdict names it."""
        return self.spectrum.name

    @property
    def roles(self) -> tuple[Role, Role, Role]:
        """Bands it takes, in order."""
        return self.spectrum.roles

    @property
    def accuses(self) -> bool:
        """Whether a verdict of lagging may rest on this model alone: never on colour."""
        return False

    def facts(self) -> dict[str, Any]:
        """Name and threshold."""
        return {"name": self.name, "threshold": self.threshold}

    def variants(self) -> tuple[CanopyModel, CanopyModel]:
        """Return the same with a lower and a higher threshold."""
        lower, higher = self.threshold - self.uncertainty, self.threshold + self.uncertainty
        return replace(self, threshold=lower), replace(self, threshold=higher)

    def factor(self, pixel_m: float) -> int:  # noqa: ARG002 - of the interface
        """Colour is read at the scene's own pixels."""
        return 1

    def reader(self, radiometry: Radiometry) -> ColourReader:
        """Compile for a scene."""
        return ColourReader(self.table(radiometry))

    def loss(self, radiometry: Radiometry, values: NDArray[np.uint8]) -> float:
        """Share of pixels (3, n) that the table reads otherwise."""
        return table_loss(self, self.table(radiometry), radiometry, values)

    def classify(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Classify pixels (3, ...) in the baseline's light: 1 other, 2 canopy."""
        return (self.spectrum.index(values) >= self.threshold).astype(np.uint8) + np.uint8(1)

    def table(self, radiometry: Radiometry) -> LookUpTable:
        """Compile to a table that takes the scene's own digital numbers.

        Each cell stands for the middle of the values that fall in it, brought to the baseline's light by the curves.
        """
        axes = []
        for shift, curve in zip(self.spectrum.shifts, radiometry.curves, strict=True):
            width = 1 << shift
            axes.append(curve.reshape(-1, width).mean(axis=1).astype(np.float32))
        colours = np.empty((3, axes[1].size * axes[2].size), np.float32)
        colours[1:] = np.stack(np.meshgrid(*axes[1:], indexing="ij")).reshape(2, -1)
        cells = np.empty((axes[0].size, colours.shape[1]), np.uint8)
        for k, value in enumerate(axes[0]):  # a slice at a time stays in the caches
            colours[0] = value
            cells[k] = self.classify(colours)
        return LookUpTable(cells.reshape(-1), self.spectrum.shifts)


def table_loss(model: CanopyModel, table: LookUpTable, radiometry: Radiometry, values: NDArray[np.uint8]) -> float:
    """Share of pixels (3, n) that the table reads otherwise than the model does, 0 to 1."""
    exact = model.classify(radiometry.apply(values))
    return float((exact != table.classify(values)).mean()) if values.size else 0.0
