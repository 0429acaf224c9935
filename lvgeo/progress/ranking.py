"""Rank villages by completion, with ties and with how sure each rank is; nobody is ranked on an inconclusive month.

Completion is the weighted mean of its parts, each the share done of what is asked: doing more than is asked earns no
more than doing it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Completion", "Part", "Rank", "rank_villages"]

DRAWS: Final = 4000
WHOLE: Final = 1.0
DECIMALS: Final = 4  # of completion: what differs by less is a tie
UNRANKED: Final = frozenset({"inconclusive", "not_assessed"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what is asked.

    Parameters
    ----------
    share, sigma
        Done of what is asked, and its 1 σ; nan where it is not known.
    weight
        In the mean.
    """

    share: float
    sigma: float = 0.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Completion:
    """How much of what is asked a village has done.

    Parameters
    ----------
    village_code
        Which.
    parts
        Those that count, the same for every village of one kind; empty where nothing is asked.
    verdict
        The month's word.
    """

    village_code: str
    parts: tuple[Part, ...]
    verdict: str

    @property
    def unranked(self) -> str:
        """Why it cannot be ranked; empty where it can."""
        if self.verdict in UNRANKED:
            return self.verdict
        if not self.parts:
            return "nothing_required"
        return "not_reported" if any(math.isnan(part.share) for part in self.parts) else ""


@dataclass(frozen=True, slots=True)
class Rank:
    """A village's place; rank 0 where it has none.

    Parameters
    ----------
    village_code
        Which.
    completion
        Share of what is asked, 0 to 1; nan where a part is not known.
    rank, low, high
        Place from 1, villages that tie sharing the best of theirs; and its 90 % interval.
    reason
        Why it is not ranked; empty where it is.
    """

    village_code: str
    completion: float
    rank: int = 0
    low: int = 0
    high: int = 0
    reason: str = ""


def rank_villages(completions: Sequence[Completion], seed: int) -> tuple[Rank, ...]:
    """Rank by completion, the ranked first, those without a rank after them.

    Parameters
    ----------
    completions
        Of every village.
    seed
        Of the draws that say how sure ranks are.

    Examples
    --------
    >>> many = [Completion("a", (Part(1.5),), "on_track"), Completion("b", (Part(1.0),), "on_track"),
    ...     Completion("c", (Part(0.5),), "lagging"), Completion("d", (Part(0.9),), "inconclusive")]
    >>> [(r.village_code, r.rank, r.reason) for r in rank_villages(many, 1)]
    [('a', 1, ''), ('b', 1, ''), ('c', 3, ''), ('d', 0, 'inconclusive')]
    """
    ordered = sorted(completions, key=lambda one: one.village_code)
    kept = [one for one in ordered if not one.unranked]
    ranked: list[Rank] = []
    if kept:
        rng = np.random.default_rng(seed)
        best = np.array([_scores(one, None)[0] for one in kept])
        drawn = _ranks(np.stack([_scores(one, rng) for one in kept], axis=1))
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0, method="nearest").astype(int)
        places = _ranks(best[None])[0]
        # The rank as it stands belongs to its own interval, however the draws fall.
        ranked = [
            Rank(one.village_code, float(share), int(at), int(min(at, a)), int(max(at, b)))
            for one, share, at, a, b in zip(kept, best, places, low, high, strict=True)
        ]
    left = [
        Rank(one.village_code, float(_scores(one, None)[0]) if one.parts else math.nan, reason=one.unranked)
        for one in ordered
        if one.unranked
    ]
    return (*sorted(ranked, key=lambda r: (r.rank, r.village_code)), *left)


def _scores(one: Completion, rng: np.random.Generator | None) -> NDArray[Any]:
    """Completion as it stands, (1,), or as it may be, (draw,)."""
    total = np.zeros(1 if rng is None else DRAWS)
    for part in one.parts:
        off = 0.0 if rng is None else part.sigma * rng.standard_normal(DRAWS)
        total = total + part.weight * np.clip(part.share + off, 0.0, WHOLE)
    scores: NDArray[Any] = np.round(total / sum(part.weight for part in one.parts), DECIMALS)
    return scores


def _ranks(shares: NDArray[Any]) -> NDArray[Any]:
    """(draw, village) places from 1: one more than the villages that did more."""
    ranks: NDArray[Any] = 1 + (shares[:, None, :] > shares[:, :, None]).sum(axis=2)
    return ranks
