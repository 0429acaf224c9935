"""Who gives seedlings to whom: transfers of each species at the least distance, and what stays short.

A transportation problem (Hitchcock 1941), solved by SciPy's HiGHS: its constraints are totally unimodular, so the best
corner is whole seedlings. As many demands as can be are met first; of all ways to meet them the one with the fewest
seedling-metres is taken. Distances are on the ellipsoid.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Geod
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["SeedlingNeed", "Shortage", "Transfer", "plan_transfers"]

_GEOD: Final = Geod(ellps="GRS80")
FAR_M: Final = 1e8  # meeting a demand is worth more than any distance on Earth


@dataclass(frozen=True, slots=True)
class SeedlingNeed:
    """Seedlings of a species asked for, or to give, at a place."""

    place: str
    species: str
    seedlings: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Seedlings from one place to another; the same place where it helps itself."""

    giver: str
    taker: str
    species: str
    seedlings: int
    distance_m: float


@dataclass(frozen=True, slots=True)
class Shortage:
    """What remains short after all transfers: for the upper level."""

    place: str
    species: str
    seedlings: int


def plan_transfers(
    demand: Sequence[SeedlingNeed], supply: Sequence[SeedlingNeed], places: Mapping[str, tuple[float, float]]
) -> tuple[tuple[Transfer, ...], tuple[Shortage, ...]]:
    """Propose transfers, and say what they cannot meet.

    Parameters
    ----------
    demand, supply
        Several rows of one place and species are summed.
    places
        Place → longitude and latitude, degrees; every place named above.

    Examples
    --------
    >>> asked = [SeedlingNeed("a", "oak", 10)]
    >>> given = [SeedlingNeed("a", "oak", 4), SeedlingNeed("b", "oak", 3)]
    >>> moved, short = plan_transfers(asked, given, {"a": (114.0, 23.0), "b": (114.1, 23.0)})
    >>> [(t.giver, t.seedlings) for t in moved], short[0].seedlings
    ([('a', 4), ('b', 3)], 3)
    """
    asked, given = _by_species(demand), _by_species(supply)
    transfers: list[Transfer] = []
    short: list[Shortage] = []
    for species, takers in sorted(asked.items()):
        givers = given.get(species, {})
        moved = _moved(takers, givers, places) if givers else np.zeros((0, len(takers)), np.int64)
        apart = _distances(givers, takers, places)
        for i, giver in enumerate(givers):
            for j, taker in enumerate(takers):
                if moved[i, j]:
                    transfers.append(Transfer(giver, taker, species, int(moved[i, j]), round(float(apart[i, j]), 1)))
        left = np.array(list(takers.values())) - moved.sum(axis=0)
        short += [Shortage(taker, species, int(n)) for taker, n in zip(takers, left, strict=True) if n]
    return tuple(transfers), tuple(short)


def _by_species(needs: Sequence[SeedlingNeed]) -> dict[str, dict[str, int]]:
    """Species → place → seedlings, places in order, so that the same registers give the same plan."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for need in sorted(needs, key=lambda one: (one.species, one.place)):
        if need.seedlings > 0:
            found[need.species][need.place] = found[need.species].get(need.place, 0) + need.seedlings
    return found


def _distances(
    givers: Mapping[str, int], takers: Mapping[str, int], places: Mapping[str, tuple[float, float]]
) -> NDArray[np.float64]:
    """(giver, taker) metres."""
    pairs = [(*places[giver], *places[taker]) for giver in givers for taker in takers]
    if not pairs:
        return np.zeros((len(givers), len(takers)))
    from_lon, from_lat, to_lon, to_lat = (list(part) for part in zip(*pairs, strict=True))
    _, _, apart = _GEOD.inv(from_lon, from_lat, to_lon, to_lat)
    return np.array(apart, np.float64).reshape(len(givers), len(takers))


def _moved(
    takers: Mapping[str, int], givers: Mapping[str, int], places: Mapping[str, tuple[float, float]]
) -> NDArray[np.int64]:
    """(giver, taker) seedlings."""
    rows, cols = len(givers), len(takers)
    cost = _distances(givers, takers, places).ravel() - FAR_M
    leave, arrive = np.kron(np.eye(rows), np.ones(cols)), np.kron(np.ones(rows), np.eye(cols))
    limits = np.array([*givers.values(), *takers.values()], np.float64)
    found = linprog(cost, A_ub=np.vstack([leave, arrive]), b_ub=limits, bounds=(0, None), method="highs-ds")
    seedlings: NDArray[np.int64] = np.round(found.x).astype(np.int64).reshape(rows, cols)
    return seedlings
