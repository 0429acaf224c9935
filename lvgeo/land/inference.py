"""In which reference system coordinates without one would lie where the villages are: an inference, never evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import CRS

from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from lvgeo.land.plots import Villages

__all__ = ["DECIDES", "NEAR_DEG", "Guess", "guess_system", "middles_of"]

NEAR_DEG: Final = 0.3  # how far from the villages a file may lie and still be theirs
DECIDES: Final = 0.5  # share of features that must fall into villages for overlap to settle an ambiguous case
_SAMPLE: Final = 2000


@dataclass(frozen=True, slots=True)
class Guess:
    """A reference system under which a layer comes to lie at the villages.

    Parameters
    ----------
    crs
        The system.
    swapped
        Whether the first coordinate is the northing or the latitude.
    inside_share
        Share of the features whose middle then lies in a village, 0 to 1.
    """

    crs: CRS
    swapped: bool
    inside_share: float

    @property
    def name(self) -> str:
        """Authority's code and name."""
        code = self.crs.to_authority()
        return f"{':'.join(code)} {self.crs.name}" if code else self.crs.name


def guess_system(geometry: NDArray[np.object_], villages: Villages) -> tuple[Guess, ...]:
    """List the systems that bring a layer to the villages, best first (FIELD §1.3).

    Tried are degrees, the 3° and 6° strips of CGCS2000 around the villages with and without a zone's number, the
    UTM zones beside them and Web Mercator, each as written and with its coordinates swapped. The datum cannot be told
    from figures: Xian 80 and Beijing 54 are never guessed. Where one guess puts at least half of the features into
    villages and no other does, it is the only one.

    Parameters
    ----------
    geometry
        (n,) in an unknown system.
    villages
        In a geographic system.
    """
    step = max(1, len(geometry) // _SAMPLE)
    middles = middles_of(geometry[::step])
    if not len(middles):
        return ()
    west, south, east, north = villages.frame.total_bounds
    tree = shapely.STRtree(np.asarray(villages.frame.geometry, dtype=object))
    found = []
    for crs in _candidates((west + east) / 2):
        to_degrees = between(crs, crs.geodetic_crs)
        for swapped in (False, True):
            xy = middles[:, ::-1] if swapped else middles
            lon, lat = to_degrees.transform(xy[:, 0], xy[:, 1], errcheck=False)
            near = (np.abs(lon - (west + east) / 2) < (east - west) / 2 + NEAR_DEG) & (
                np.abs(lat - (south + north) / 2) < (north - south) / 2 + NEAR_DEG
            )
            if near.mean() < DECIDES:
                continue
            inside = tree.query(shapely.points(lon[near], lat[near]), predicate="intersects")[0]
            found.append(Guess(crs, swapped, len(np.unique(inside)) / len(middles)))
    found.sort(key=lambda guess: -guess.inside_share)
    deciding = [guess for guess in found if guess.inside_share >= DECIDES]
    return tuple(deciding if len(deciding) == 1 else found)


def middles_of(geometry: NDArray[np.object_]) -> NDArray[np.float64]:
    """(k, 2) middles of the features that have finite coordinates."""
    bounds = shapely.bounds(geometry)
    middles: NDArray[np.float64] = (bounds[:, :2] + bounds[:, 2:]) / 2
    return np.asarray(middles[np.isfinite(bounds).all(axis=1)], dtype=np.float64)


def _candidates(lon: float) -> Iterator[CRS]:
    """Systems in use around a longitude; strips that are the same plane are named once."""
    yield CRS.from_epsg(4490)
    zone = round(lon / 3)
    for n in (zone, zone - 1, zone + 1):
        yield CRS.from_epsg(4509 + n)  # 3°, easting without the zone's number
        yield CRS.from_epsg(4488 + n)  # 3°, easting with it
    six = int((lon + 180) // 6) + 1 - 30
    for n in (six, six - 1, six + 1):
        yield CRS.from_epsg(4478 + n)  # 6°, with the zone's number; without it a 6° strip is the 3° one of its meridian
        yield CRS.from_epsg(32630 + n)  # UTM north
    yield CRS.from_epsg(3857)
