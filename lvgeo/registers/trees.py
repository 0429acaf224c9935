"""A register of trees: one value a tree, counted by village."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Tree", "Trees"]


@dataclass(frozen=True, slots=True)
class Tree:
    """One registered tree.

    Parameters
    ----------
    tree_id
        Unique in the campaign.
    village_code
        Where it stands.
    species
        As written, empty where unknown.
    planted_on
        None where unknown.
    alive
        False only where the register says so.
    lon, lat
        Where it stands, degrees; NaN where unknown.
    """

    tree_id: str
    village_code: str
    species: str
    planted_on: date | None
    alive: bool
    lon: float = math.nan
    lat: float = math.nan


@dataclass(frozen=True, slots=True)
class Trees:
    """A register, in the order of its files.

    Examples
    --------
    >>> oak = Tree("1", "441399001001", "", None, True)
    >>> Trees((oak,)).count_by_village()
    {'441399001001': 1}
    """

    trees: tuple[Tree, ...]

    def count_by_village(self) -> dict[str, int]:
        """Living trees by village code."""
        return dict(sorted(Counter(tree.village_code for tree in self.trees if tree.alive).items()))
