"""Villages, plots, and what is wrong with a plot: the values that the rest of land gives and takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

import geopandas as gpd
import numpy as np
import shapely

from lvgeo.labels import remedy, say

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from lvgeo.labels import Language

__all__ = ["PLOT_FIELDS", "VILLAGE_FIELDS", "PlotIssue", "Plots", "Severity", "Spot", "Spots", "Villages",
           "plots_from_villages"]  # fmt: skip

Severity = Literal["error", "warning", "info"]

VILLAGE_FIELDS: Final = ("village_code", "village", "kind", "file", "feature")
PLOT_FIELDS: Final = (
    "plot_id", "village_code", "declared_mu", "trees", "species", "planted_on", "accuracy_m", "kind", "placed",
    "unclosed", "file", "feature",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Villages:
    """Boundaries of villages and communities, sorted by code.

    Parameters
    ----------
    frame
        Columns village_code (12 digits), village, kind (``village`` or ``community``), file, feature, geometry
        (longitude first, degrees).
    crs
        Geographic reference system in which all land geometry lives.
    """

    frame: gpd.GeoDataFrame
    crs: CRS


@dataclass(frozen=True, slots=True, eq=False)
class Plots:
    """Planting plots, sorted by id, in the villages' reference system.

    Parameters
    ----------
    frame
        Columns plot_id, village_code (empty where the file names none), declared_mu, trees, accuracy_m (nan where
        neither the plot nor its source says), species, planted_on (date or None), kind (of planting, empty where
        unknown), placed (on what its place rests, a `Word`), unclosed (whether its ring had to be closed), file,
        feature, geometry.
    """

    frame: gpd.GeoDataFrame

    @property
    def ids(self) -> NDArray[np.object_]:
        """(n,) plot ids."""
        return np.asarray(self.frame["plot_id"], dtype=object)

    @property
    def codes(self) -> NDArray[np.object_]:
        """(n,) village codes."""
        return np.asarray(self.frame["village_code"], dtype=object)


class Spot(TypedDict):
    """A place, degrees."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """A point inside each shape, found when it is asked for: most plots have nothing to be pointed at."""

    shapes: NDArray[np.object_]

    def at(self, row: int | np.integer[Any]) -> Spot:
        """Point inside the shape of that row; nan for an empty one."""
        shape = self.shapes[row]
        point = shape.point_on_surface() if not shape.is_empty else shapely.Point(math.nan, math.nan)
        return {"lon": float(point.x), "lat": float(point.y)}


@dataclass(frozen=True, slots=True)
class PlotIssue:
    """One thing that is wrong with a plot.

    Parameters
    ----------
    plot_id, village_code
        Which.
    issue
        Code; its words are ``issue_…`` in the catalogue.
    severity
        ``error`` keeps the plot out of its village's area.
    value, limit
        What was measured and what it was held to; nan where neither applies.
    area_m2
        Area concerned.
    other_id
        The other plot or village.
    lon, lat
        Where, degrees.
    """

    plot_id: str
    village_code: str
    issue: str
    severity: Severity
    value: float = math.nan
    limit: float = math.nan
    area_m2: float = math.nan
    other_id: str = ""
    lon: float = math.nan
    lat: float = math.nan

    def sentence(self, language: Language) -> str:
        """Say what is wrong, and what to do about it."""
        code = f"issue_{self.issue}"
        what = say(code, language, value=f"{self.value:.4g}", limit=f"{self.limit:.0%}")
        return f"{what}{'。' if language == 'zh' else ': '}{remedy(code, language)}"

    def row(self, language: Language) -> dict[str, object]:
        """Row of plot_issues.csv."""
        return {
            "plot_id": self.plot_id,
            "village_code": self.village_code,
            "issue": self.issue,
            "severity": self.severity,
            "value": self.value,
            "limit": self.limit,
            "area_m2": self.area_m2,
            "other_id": self.other_id,
            "remedy": self.sentence(language),
            "lon": self.lon,
            "lat": self.lat,
        }


def plots_from_villages(villages: Villages) -> Plots:
    """Treat each village as one plot, where zones themselves are measured."""
    frame = villages.frame[["village_code", "file", "feature", "geometry"]].copy()
    frame = frame.assign(
        plot_id=frame["village_code"], declared_mu=math.nan, trees=math.nan, species="", planted_on=None,
        accuracy_m=math.nan, kind="", placed="declared", unclosed=False,
    )  # fmt: skip
    return Plots(gpd.GeoDataFrame(frame[[*PLOT_FIELDS, "geometry"]], geometry="geometry", crs=villages.crs))
