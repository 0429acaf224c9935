"""Bring each layer to the villages, and say on whose word: the file's, the campaign's, or an inference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.datum import bd09_to_wgs84, gcj02_to_wgs84
from lvgeo.land.inference import DECIDES, NEAR_DEG, guess_system, middles_of
from lvgeo.land.reference import is_reachable, parse_crs, to_geographic
from lvgeo.projection import between

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from lvgeo.land.inference import Guess
    from lvgeo.land.layer import Layer
    from lvgeo.land.plots import Villages

__all__ = ["Placed", "Word", "on_earth", "place"]

Word = Literal["declared", "assumed", "inferred", "swapped", "metres", "gcj02", "bd09"]
"""On what the place rests: the file's own reference system, `assume_crs`, an inference from the figures, an inference
that the axes are swapped, one that metres stand where degrees should, or a web map's shift undone. Only the first two
can be evidence."""

MAX_LON: Final = 180.0
MAX_LAT: Final = 90.0
_UNDONE: Final = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A layer at its place.

    Parameters
    ----------
    layer
        As read; only its features that have a place.
    geometry
        (n,) in the villages' reference system, longitude first.
    word
        On what the place rests.
    system
        Name of the reference system that was used.
    """

    layer: Layer
    geometry: NDArray[np.object_]
    word: Word
    system: str


def place(layer: Layer, villages: Villages, assume_crs: str, refused: list[Refusal]) -> Placed | None:
    """Bring a layer to the villages' reference system; None, and a refusal, where that cannot be done.

    Parameters
    ----------
    layer
        As read.
    villages
        Whose system counts, and near which a file without one is looked for.
    assume_crs
        What a person says of files without a reference system; empty for nothing.
    refused
        Takes what cannot be placed.
    """
    crs: CRS | None = layer.crs
    word: Word = "declared"
    swapped = False
    if crs is None and assume_crs:
        crs, word = parse_crs(assume_crs, layer.file), "assumed"
    if crs is None or (not _near(layer, crs, villages) and is_reachable(crs, villages.crs)):
        guess = _guessed(layer, villages, crs, refused)
        if guess is not None:
            word = _inferred_word(crs, guess)
            crs, swapped = guess.crs, guess.swapped
        elif crs is None:
            return None
    try:
        flat = shapely.force_2d(layer.geometry) if shapely.has_z(layer.geometry).any() else layer.geometry
        moved = to_geographic(_turned(flat) if swapped else flat, crs, villages.crs, layer.file)
    except InputRefusedError as error:
        refused += error.refusals
        return None
    if layer.datum and word == "declared":
        moved = shapely.transform(moved, _UNDONE[layer.datum], interleaved=False)
        word = layer.datum
    return _in_range(Placed(layer, moved, word, crs.name), refused)


def _near(layer: Layer, crs: CRS, villages: Villages) -> bool:
    """Whether a layer's own reference system brings the middle of it to the villages' neighbourhood."""
    xy = middles_of(layer.geometry)
    if not len(xy) or crs.geodetic_crs is None:
        return True  # said elsewhere
    x, y = np.median(xy, axis=0)
    lon, lat = between(crs, crs.geodetic_crs).transform(x, y)
    west, south, east, north = villages.frame.total_bounds
    return bool(west - NEAR_DEG < lon < east + NEAR_DEG and south - NEAR_DEG < lat < north + NEAR_DEG)


def _guessed(layer: Layer, villages: Villages, stated: CRS | None, refused: list[Refusal]) -> Guess | None:
    """Return the one guess; for a file that states a system, only one that puts it into the villages."""
    guesses = guess_system(layer.geometry, villages)
    if stated is not None:
        return guesses[0] if len(guesses) == 1 and guesses[0].inside_share >= DECIDES else None
    if len(guesses) == 1:
        return guesses[0]
    xy = ", ".join(f"{v:.6g}" for v in shapely.total_bounds(layer.geometry))
    if guesses:
        listed = "; ".join(f"{g.name} {g.inside_share:.0%}" for g in guesses[:4])
        refused.append(Refusal("crs_ambiguous", file=layer.file, value=xy, limit=listed))
    else:
        refused.append(Refusal("crs_missing", file=layer.file, value=xy))
    return None


def _inferred_word(stated: CRS | None, guess: Guess) -> Word:
    if guess.swapped:
        return "swapped"
    return "metres" if stated is not None and stated.is_geographic and guess.crs.is_projected else "inferred"


def _turned(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.asarray(shapely.transform(shapes, lambda xy: xy[:, ::-1]), dtype=object)


def on_earth(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(n,) whether every coordinate is a longitude and a latitude; a NaN among them is in no bounding box."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = ~((np.abs(xy[:, 0]) <= MAX_LON) & (np.abs(xy[:, 1]) <= MAX_LAT))
    good = np.ones(len(shapes), dtype=bool)
    good[owner[bad]] = False
    return good


def _in_range(placed: Placed, refused: list[Refusal]) -> Placed | None:
    """Leave out, by name, what lies nowhere on Earth."""
    good = on_earth(placed.geometry)
    for row in np.flatnonzero(~good):
        where = ", ".join(f"{v:.6g}" for v in shapely.bounds(placed.layer.geometry[row]))
        refused.append(Refusal("geometry_out_of_range", placed.layer.file, str(placed.layer.names[row]), where))
    if good.all():
        return placed
    return Placed(placed.layer.taken(good), placed.geometry[good], placed.word, placed.system) if good.any() else None
