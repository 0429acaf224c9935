"""Rank villages by completion, with ties and with how sure each rank is; nobody is ranked on an inconclusive month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Completion", "Rank", "rank_villages"]

DRAWS: Final = 4000
WHOLE: Final = 1.0  # doing more than is asked earns no more than doing it
DECIMALS: Final = 4  # of completion: what differs by less is a tie
UNRANKED: Final = frozenset({"inconclusive", "not_assessed"})


@dataclass(frozen=True, slots=True)
class Completion:
    """How much of what is asked a village has done.

    Parameters
    ----------
    village_code
        Which.
    done, uncertainty, required
        Area (m²) or trees, its 1 σ, and what is asked.
    verdict
        The month's word.
    """

    village_code: str
    done: float
    uncertainty: float
    required: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Rank:
    """A village's place; rank 0 where it has none.

    Parameters
    ----------
    village_code
        Which.
    completion
        Share of what is asked, 0 to 1.
    rank, low, high
        Place from 1, villages that tie sharing the best of theirs; and its 90 % interval.
    reason
        Why it is not ranked: the month's word; empty where it is.
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
    >>> many = [Completion("a", 1500, 0, 1000, "on_track"), Completion("b", 1000, 0, 1000, "on_track"),
    ...     Completion("c", 500, 0, 1000, "lagging"), Completion("d", 900, 0, 1000, "inconclusive")]
    >>> [(r.village_code, r.rank, r.reason) for r in rank_villages(many, 1)]
    [('a', 1, ''), ('b', 1, ''), ('c', 3, ''), ('d', 0, 'inconclusive')]
    """
    ordered = sorted(completions, key=lambda one: one.village_code)
    kept = [one for one in ordered if one.verdict not in UNRANKED and one.required > 0]
    apart = [one for one in ordered if one not in kept]
    ranked: list[Rank] = []
    if kept:
        done, sigma, required = (
            np.array([getattr(one, key) for one in kept], float) for key in ("done", "uncertainty", "required")
        )
        best = _shares(done, required)
        rng = np.random.default_rng(seed)
        drawn = _ranks(_shares(done + sigma * rng.standard_normal((DRAWS, len(kept))), required))
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0, method="nearest").astype(int)
        places = _ranks(best[None])[0]
        # The rank as it stands belongs to its own interval, however the draws fall.
        ranked = [
            Rank(one.village_code, float(share), int(at), int(min(at, a)), int(max(at, b)))
            for one, share, at, a, b in zip(kept, best, places, low, high, strict=True)
        ]
    left = [
        Rank(one.village_code, float(_share(one)), reason=one.verdict if one.required > 0 else "nothing_required")
        for one in apart
    ]
    return (*sorted(ranked, key=lambda r: (r.rank, r.village_code)), *left)


def _share(one: Completion) -> float:
    return round(min(max(one.done / one.required, 0.0), WHOLE), DECIMALS) if one.required > 0 else 0.0


def _shares(done: NDArray[Any], required: NDArray[Any]) -> NDArray[Any]:
    shares: NDArray[Any] = np.round(np.clip(done / required, 0.0, WHOLE), DECIMALS)
    return shares


def _ranks(shares: NDArray[Any]) -> NDArray[Any]:
    """(draw, village) places from 1: one more than the villages that did more."""
    ranks: NDArray[Any] = 1 + (shares[:, None, :] > shares[:, :, None]).sum(axis=2)
    return ranks
