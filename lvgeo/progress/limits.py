"""How high chance reaches: a limit that so small a share of further scores lies beyond.

Scores of the best of many lattices have a longer tail than a bell curve. Where there are scores enough the limit is
read off; what lies farther out is reckoned with an exponential tail, as excesses over a high threshold tend to
(Pickands 1975), allowing for how few of them it is fitted to: given m excesses of sum S, one more exceeds y with
probability (1 + y/S)^-m.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["least_of", "reach_of"]

TAIL: Final = 0.25  # share of the scores that the tail is fitted to
FEWEST, MOST = 4, 40  # of them


def reach_of(scores: Sequence[float], share: float) -> float:
    """Return the value that one more score lies above with a probability of `share`.

    Parameters
    ----------
    scores
        Of ground of the same kind, at least five.
    share
        0 to 1.

    Examples
    --------
    >>> scores = [k / 400 for k in range(400)]
    >>> round(reach_of(scores, 0.1), 2)  # a body that is full enough is read off
    0.9
    >>> reach_of(scores[::40], 0.01) > 1.0  # the tail of ten is reckoned
    True
    """
    ordered = np.sort(np.asarray(scores, dtype=np.float64))
    n = len(ordered)
    m = min(max(math.ceil(TAIL * n), FEWEST), MOST, n - 1)
    if share * (n + 1) >= m:
        return float(ordered[max(0, n - int(share * (n + 1)))])
    threshold = float(ordered[n - m - 1])
    excess = float((ordered[n - m :] - threshold).sum())
    return threshold + excess * float((m / (share * (n + 1))) ** (1 / m) - 1)


def least_of(scores: Sequence[float], share: float) -> float:
    """Return the value that one more score lies below with a probability of `share`; as `reach_of`, mirrored."""
    return -reach_of([-one for one in scores], share)
