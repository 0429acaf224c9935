"""Seedlings: who could give to whom, from the registers of demand and supply, and what to ask for above."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lvgeo.outputs.map_values import MapTransfer
from lvgeo.progress.seedlings import SeedlingNeed, plan_transfers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lvgeo.campaign.rulebook import SpeciesTable
    from lvgeo.land.plots import Villages
    from lvgeo.monthly.results import Rows
    from lvgeo.registers.book import Registers
    from lvgeo.registers.seedlings import SeedlingSupply

__all__ = ["map_transfers", "place_of", "transfer_rows"]

_DECIMALS: Final = 6  # degrees


def transfer_rows(registers: Registers, villages: Villages, species: SpeciesTable, on: date) -> Rows:
    """Rows of seedling_transfers.csv; none where no demand was handed in.

    Demand whose supply was settled by that day asks for nothing more. A village stands at a point inside it.

    Parameters
    ----------
    registers
        Demand and supply.
    villages
        Boundaries.
    species
        Which names are of one species.
    on
        As of which day.
    """
    open_ = [one for one in registers.demand.rows if one.secured_on is None or one.secured_on > on]
    wanted = [SeedlingNeed(one.village_code, species.named(one.species), one.seedlings, one.needed_on) for one in open_]
    held = registers.supply.rows
    given = [SeedlingNeed(_giver(one), species.named(one.species), one.seedlings, one.available_on) for one in held]
    frame = villages.frame
    points = frame.geometry.representative_point()
    places = {code: (at.x, at.y) for code, at in zip(frame["village_code"], points, strict=True)}
    for one in held:
        if math.isfinite(one.lon) and math.isfinite(one.lat):
            places[_giver(one)] = (one.lon, one.lat)
    names = dict(zip(frame["village_code"], frame["village"], strict=True))
    names |= {_giver(one): one.supplier for one in held if one.supplier}
    moved, short = plan_transfers(wanted, given, places)
    rows = [
        _row(one.species, one.seedlings, (one.giver, one.taker), names, places) | {"distance_m": _known(one.distance_m)}
        for one in moved
    ]
    return (*rows, *(_row(one.species, one.seedlings, ("", one.place), names, places) for one in short))


def map_transfers(rows: Rows) -> tuple[MapTransfer, ...]:
    """Return what is proposed to be moved from one place to another, as the map draws it."""
    return tuple(
        MapTransfer(
            str(row["species"]), int(str(row["seedlings"])), str(row["giver"]), str(row["taker_code"]),
            str(row["taker"]), _metre(row["distance_m"]), place_of(row, "giver_"), place_of(row, ""),
        )
        for row in rows
        if row["proposal"] == "transfer"
    )  # fmt: skip


def place_of(row: Mapping[str, object], end: str) -> tuple[float, float] | None:
    """Longitude and latitude of a row's end, ``giver_`` or its own; None where unknown."""
    lon, lat = row[f"{end}lon"], row[f"{end}lat"]
    return None if lon is None or lat is None else (float(str(lon)), float(str(lat)))


def _metre(value: object) -> float | None:
    return None if value is None else float(str(value))


def _giver(one: SeedlingSupply) -> str:
    """Key of a supplier: its village's code, with its own name and place where it is not the village itself."""
    placed = f"{one.lon:.{_DECIMALS}f},{one.lat:.{_DECIMALS}f}" if math.isfinite(one.lon) else ""
    return " ".join(part for part in (one.village_code, one.supplier, placed) if part)


def _row(
    species: str,
    seedlings: int,
    ends: tuple[str, str],
    names: Mapping[str, str],
    places: Mapping[str, tuple[float, float]],
) -> dict[str, object]:
    giver, taker = ends
    here, there = places.get(giver), places.get(taker)
    return {
        "species": species, "seedlings": seedlings,
        "proposal": "raise" if not giver else "own" if giver == taker else "transfer",
        "giver": names.get(giver, giver), "taker_code": taker, "taker": names.get(taker, taker), "distance_m": None,
        "giver_lon": _degree(here, 0), "giver_lat": _degree(here, 1), "lon": _degree(there, 0),
        "lat": _degree(there, 1),
    }  # fmt: skip


def _degree(at: tuple[float, float] | None, axis: int) -> float | None:
    return round(at[axis], _DECIMALS) if at is not None else None


def _known(metre: float) -> float | None:
    return metre if math.isfinite(metre) else None
