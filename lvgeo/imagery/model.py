"""The one interface of all canopy models: before they have seen a street, fitted to it, and compiled for a scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lvgeo.imagery.radiometry import Radiometry
    from lvgeo.imagery.scene import Role

__all__ = ["Model", "Reader", "Recipe"]


class Reader(Protocol):
    """A model compiled for one scene's light."""

    @property
    def halo_px(self) -> int:
        """Rows that it needs above and below a strip."""
        ...

    def classify(self, values: NDArray[np.uint8], valid: NDArray[np.bool_], *, collars: bool) -> NDArray[np.uint8]:
        """Classify a strip (3, y + 2 · halo, x): 0 not observed, 1 other, 2 canopy, 3 pure black or white.

        Returns
        -------
        NDArray[np.uint8]
            (y, bytes), joined: `lvgeo.imagery.packing.part` takes the classes apart.
        """
        ...


class Model(Protocol):
    """What tells canopy from other ground on a whole street, at every date."""

    @property
    def name(self) -> str:
        """``index``, ``nir`` or ``trees``."""
        ...

    @property
    def roles(self) -> tuple[Role, Role, Role]:
        """Bands it takes, in order."""
        ...

    @property
    def accuses(self) -> bool:
        """Whether a verdict of lagging may rest on it alone."""
        ...

    def facts(self) -> dict[str, Any]:
        """All that decides its classes, for run.json and for the key of a class raster."""
        ...

    def factor(self, pixel_m: float) -> int:
        """How many of a scene's pixels make one of the class raster's, along a side."""
        ...

    def reader(self, radiometry: Radiometry) -> Reader:
        """Compile for a scene."""
        ...

    def loss(self, radiometry: Radiometry, values: NDArray[np.uint8]) -> float:
        """Share of pixels (3, n) that the table reads otherwise than the model does."""
        ...

    def variants(self) -> tuple[Model, Model]:
        """Return the same model with its threshold at either end of its uncertainty."""
        ...


class Recipe(Protocol):
    """A model before it has seen the street's baseline."""

    @property
    def name(self) -> str:
        """``index``, ``nir`` or ``trees``."""
        ...

    @property
    def roles(self) -> tuple[Role, Role, Role]:
        """Bands it takes, in order."""
        ...

    @property
    def gsd_m(self) -> float:
        """Pixel size on the ground at which it was trained; nan where it reads any."""
        ...

    def look(self, values: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Count pixels (3, n) as `fit` takes them, summed over villages of equal weight."""
        ...

    def fit(self, counts: NDArray[np.float64]) -> Model:
        """Fit to the street: counts of each village's baseline, (village, n), each summing to 1."""
        ...

    def factor(self, pixel_m: float) -> int:
        """As of `Model`."""
        ...
