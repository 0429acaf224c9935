"""What a street is asked: the ground that is measured, and what its verdicts are held to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lvgeo.engine import THREADS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from lvgeo.land.compliance import VillageArea
    from lvgeo.land.plots import Plots, Villages

__all__ = ["Asked", "Ground"]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is measured.

    Parameters
    ----------
    villages
        All of them.
    measured
        Accepted plots clipped to their villages, or the zones themselves.
    avoided
        Every plot drawn, accepted or not: controls keep away from them.
    zones
        True where the zones themselves are measured, so that the other zones are the controls.
    trees
        Village code → where its registered trees stand, in the villages' reference system.
    """

    villages: Villages
    measured: Plots
    avoided: Plots
    zones: bool
    trees: Mapping[str, BaseGeometry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the verdicts ask.

    Parameters
    ----------
    asked_on
        Day as of which registers are asked, and up to which stands have grown where no flight says its day.
    areas
        Village code → its area check; empty in `compare`.
    missing
        Village code → why it has no pair of scenes.
    required_pp
        Gain required of everybody, instead of the campaign's growth; nan to use that.
    unread
        Kinds (``village``, ``community``) whose registers could not be read whole.
    engine
        Where jobs run.
    """

    asked_on: date
    areas: Mapping[str, VillageArea]
    missing: Mapping[str, str]
    required_pp: float = math.nan
    unread: frozenset[str] = frozenset()
    engine: str = THREADS
