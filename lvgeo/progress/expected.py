"""What a stand at the plan's legal minimum would have gained by now, and so what is required of a village.

Growth is drawn from the campaign's ranges, by species group and season; required is a low quantile of what comes out,
so that a stand that only just meets the plan is not held against its village.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lvgeo.campaign.settings import GrowthGroup, GrowthTable, SpeciesTable

__all__ = ["ExpectedGain", "Recovery", "Stand", "expected_crown_m", "expected_gain", "growth_group", "recovered_share"]

DRAWS: Final = 4000  # from seed to seed the 10 % quantile then varies by 0.03 points (1 σ)
DAYS_A_MONTH: Final = 365.25 / 12
Group = Literal["fast", "medium", "slow"]


@dataclass(frozen=True, slots=True)
class Stand:
    """What was planted, and when it was seen.

    Parameters
    ----------
    group
        Growth group of its species.
    planted_on, flown_on
        Days of planting and of the flight.
    pixel_m
        Ground size of the image's pixels.
    """

    group: Group
    planted_on: date
    flown_on: date
    pixel_m: float


@dataclass(frozen=True, slots=True)
class ExpectedGain:
    """Gain of canopy on the plots since before planting.

    Parameters
    ----------
    expected_pp
        Median of the stand's gain as this image would show it.
    required_pp
        Its lower quantile; never below 0.
    """

    expected_pp: float
    required_pp: float


def growth_group(species: str, table: SpeciesTable) -> Group:
    """Growth group of a species, ``medium`` where the campaign names none.

    Examples
    --------
    >>> from lvgeo.campaign.settings import SpeciesTable
    >>> growth_group("木棉", SpeciesTable()), growth_group("香樟", SpeciesTable())
    ('fast', 'medium')
    """
    species = table.named(species)
    if species in table.growth.fast:
        return "fast"
    return "slow" if species in table.growth.slow else "medium"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Share of young crowns' area that a model calls canopy, measured by drawing crowns into the image.

    Parameters
    ----------
    crowns_m
        Diameters, ascending.
    shares
        0 to 1.
    """

    crowns_m: tuple[float, ...]
    shares: tuple[float, ...]

    def at(self, crown_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shares for diameters (n,)."""
        found: NDArray[np.float64] = np.interp(crown_m, self.crowns_m, self.shares)
        return found


def expected_gain(stand: Stand, growth: GrowthTable, seed: int, recovery: Recovery | None = None) -> ExpectedGain:
    """Draw stands at the legal minimum and see what the image would show of them.

    Parameters
    ----------
    stand
        What was planted.
    growth
        The campaign's ranges, spacing and survival.
    seed
        Of the draws.
    recovery
        What the model recovers in this image; without it, what any model could at this pixel size.
    """
    if stand.flown_on <= stand.planted_on:
        return ExpectedGain(0.0, 0.0)
    crown = _crowns_m(stand, growth, seed)
    cover = np.minimum(1.0, growth.survival * math.pi / 4.0 * crown**2 / (growth.spacing_m[0] * growth.spacing_m[1]))
    shown = recovered_share(crown / stand.pixel_m)
    if recovery is not None:
        shown = np.minimum(shown, recovery.at(crown))
    gain = 100.0 * cover * shown - growth.clearing_loss_pp
    low, middle = np.quantile(gain, [growth.required_quantile, 0.5])
    return ExpectedGain(max(0.0, float(middle)), max(0.0, float(low)))


def expected_crown_m(stand: Stand, growth: GrowthTable, seed: int) -> float:
    """Crown diameter that all but the campaign's lower quantile of such stands have by the flight."""
    return float(np.quantile(_crowns_m(stand, growth, seed), growth.required_quantile))


def _crowns_m(stand: Stand, growth: GrowthTable, seed: int) -> NDArray[np.float64]:
    """Mean crown diameters of drawn stands at the flight."""
    group: GrowthGroup = getattr(growth, stand.group)
    rng = np.random.default_rng(seed)
    crown = rng.uniform(*group.crown_m, DRAWS)
    yearly = rng.uniform(*group.growth_m, DRAWS)
    lag_days = rng.uniform(*growth.establishment_months, DRAWS) * DAYS_A_MONTH
    if stand.flown_on <= stand.planted_on:
        return crown
    grown: NDArray[np.float64] = crown + yearly * _seasons_grown(stand, growth.month_weights, lag_days)
    return grown


def _seasons_grown(
    stand: Stand, month_weights: tuple[float, ...], lag_days: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of a year's growth between the end of each draw's establishment and the flight."""
    days = (stand.flown_on - stand.planted_on).days
    weights = [month_weights[(stand.planted_on + timedelta(d)).month - 1] / DAYS_A_MONTH for d in range(days)]
    left = np.append(np.cumsum(weights[::-1])[::-1], 0.0)  # growth from day d to the flight
    grown: NDArray[np.float64] = np.interp(lag_days, np.arange(days + 1), left)
    return grown


def recovered_share(crown_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of crowns' area that shows as canopy, by crown diameter in pixels.

    Measured by inserting discs at random sub-pixel places: a pixel shows canopy where at least half of it is crown.

    Parameters
    ----------
    crown_px
        (n,) diameters in pixels.

    Examples
    --------
    >>> [round(float(s), 1) for s in recovered_share(np.array([0.5, 6.0]))]
    [0.0, 1.0]
    """
    diameters, shares = _inserted()
    found: NDArray[np.float64] = np.interp(crown_px, diameters, shares)
    return found


@functools.cache
def _inserted() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    fine = 16  # sub-pixels a side
    diameters = np.arange(0.25, 8.25, 0.25)
    middles = (np.arange(10 * fine) + 0.5) / fine
    places = (np.arange(4) + 0.5) / 4.0
    shares = []
    for diameter in diameters:
        recovered = []
        for dy in places:
            for dx in places:
                inside = (middles[:, None] - 5 - dy) ** 2 + (middles[None, :] - 5 - dx) ** 2 < (diameter / 2) ** 2
                covered = inside.reshape(10, fine, 10, fine).mean(axis=(1, 3))
                recovered.append((covered >= 0.5).sum() / (math.pi / 4 * diameter**2))  # noqa: PLR2004 - half a pixel
        shares.append(min(1.0, float(np.mean(recovered))))
    return diameters, np.array(shares)
