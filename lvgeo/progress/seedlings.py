"""Who gives seedlings to whom: transfers of each species at the least distance, and what stays short.

A transportation problem (Hitchcock 1941), solved by SciPy's HiGHS: its constraints are totally unimodular, so the best
corner is whole seedlings. As many demands as can be are met first; of all ways to meet them the one with the fewest
seedling-metres is taken. Distances are on the ellipsoid. What is to be had only after it is needed meets no demand.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Geod
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

__all__ = ["SeedlingNeed", "Shortage", "Transfer", "plan_transfers"]

_GEOD: Final = Geod(ellps="GRS80")
FAR_M: Final = 1e8  # meeting a demand is worth more than any distance on Earth
UNPLACED_M: Final = 4e7  # once around it: who gives from nobody knows where comes last
_Node = tuple[str, "date | None"]


@dataclass(frozen=True, slots=True)
class SeedlingNeed:
    """Seedlings of a species asked for, or to give, at a place.

    Parameters
    ----------
    place
        Who asks or gives.
    species, seedlings
        What, and how many.
    on
        By when they are needed, or from when they are to be had; None where that does not matter.
    """

    place: str
    species: str
    seedlings: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Seedlings from one place to another, or to itself; the distance is nan where one is unknown."""

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
        Place → longitude and latitude, degrees; a place that is not in it is far from all others.

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
        moved, left = _met(takers, given.get(species, {}), places)
        transfers += [
            Transfer(giver, taker, species, number, round(_apart(giver, taker, places), 1))
            for (giver, taker), number in sorted(moved.items())
        ]
        short += [Shortage(taker, species, number) for taker, number in sorted(left.items())]
    return tuple(transfers), tuple(short)


def _by_species(needs: Sequence[SeedlingNeed]) -> dict[str, dict[_Node, int]]:
    """Species → place and day → seedlings, in order, so that the same registers give the same plan."""
    found: dict[str, dict[_Node, int]] = defaultdict(dict)
    for need in sorted(needs, key=lambda one: (one.species, one.place, str(one.on))):
        if need.seedlings > 0:
            node = need.place, need.on
            found[need.species][node] = found[need.species].get(node, 0) + need.seedlings
    return found


def _met(
    takers: Mapping[_Node, int], givers: Mapping[_Node, int], places: Mapping[str, tuple[float, float]]
) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Seedlings from giver to taker, and what each taker is left short of."""
    seedlings = _moved(takers, givers, places) if givers else np.zeros((0, len(takers)), np.int64)
    moved: Counter[tuple[str, str]] = Counter()
    left: Counter[str] = Counter()
    for i, (giver, _) in enumerate(givers):
        for j, (taker, _) in enumerate(takers):
            moved[giver, taker] += int(seedlings[i, j])
    for ((taker, _), wanted), got in zip(takers.items(), seedlings.sum(axis=0), strict=True):
        left[taker] += wanted - int(got)
    return +moved, +left


def _apart(giver: str, taker: str, places: Mapping[str, tuple[float, float]]) -> float:
    """Metres from one place to another; nan where one is unknown."""
    if giver == taker:
        return 0.0
    if giver not in places or taker not in places:
        return math.nan
    return float(_GEOD.inv(*places[giver], *places[taker])[2])


def _moved(
    takers: Mapping[_Node, int], givers: Mapping[_Node, int], places: Mapping[str, tuple[float, float]]
) -> NDArray[np.int64]:
    """(giver, taker) seedlings."""
    rows, cols = len(givers), len(takers)
    pairs = [(giver, taker) for giver in givers for taker in takers]
    apart = np.array([_apart(giver[0], taker[0], places) for giver, taker in pairs])
    cost = np.nan_to_num(apart, nan=UNPLACED_M) - FAR_M
    late = [giver[1] is not None and taker[1] is not None and giver[1] > taker[1] for giver, taker in pairs]
    most = [(0.0, 0.0 if too_late else None) for too_late in late]
    leave, arrive = np.kron(np.eye(rows), np.ones(cols)), np.kron(np.ones(rows), np.eye(cols))
    limits = np.array([*givers.values(), *takers.values()], np.float64)
    found = linprog(cost, A_ub=np.vstack([leave, arrive]), b_ub=limits, bounds=most, method="highs-ds")
    seedlings: NDArray[np.int64] = np.round(found.x).astype(np.int64).reshape(rows, cols)
    return seedlings
