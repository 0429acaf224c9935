"""What is open, late or to be looked at on a simulated street by the end of September, and which rows are at fault.

Written down from what was planted and put into the registers, without the code that will look for it.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lvgeo.simulate import registers
from lvgeo.simulate.registers import registers_of, tree_rows
from lvgeo.simulate.street import PIXEL_M

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lvgeo.simulate.street import Site, Street

__all__ = ["task_truth"]

Found = tuple[str, str, str]
"""Task, item, state."""
_STREET: Final[tuple[Found, ...]] = (
    ("mobilisation_annex", "", "late"), ("seedlings_secured", "", "overdue"), ("quota", "deputy", "short"),
    ("funds_other", "", "review"),
)  # fmt: skip
_GROUND: Final = {
    "short": ("short", "overdue"), "forest": ("review", "not_reported"), "no_plots": ("short", "overdue"),
    "trees_short": ("short", "overdue"), "borderline": ("borderline", "not_reported"),
    "gcj02": ("not_reported", "not_reported"),
}  # fmt: skip
_BY_PLACE: Final[dict[int, tuple[Found, ...]]] = {
    registers.LATE_TREE: (("season", "", "review"),),
    registers.EXOTIC: (("species", "", "review"), ("exotic", "", "review")),
    registers.LARGE_PLACE: (("large_trees", "", "review"),),
    registers.NO_VISIT: (("visits", "", "short"), ("colourful", "", "review")),
    registers.LATE_PITS: (("pits", "", "late"),),
    registers.LATE_PLAN: (("plan_filed", "", "late"),),
    registers.NO_PLAN: (
        ("plan_filed", "", "overdue"), ("claims_arranged", "", "overdue"), ("places", "", "not_reported"),
    ),
    registers.UNCLAIMED: (("quota", "household", "short"),),
    registers.FELLING: (("felling", "", "review"), ("quota", "household", "short")),
    registers.STRANGE_PLACE: (("places", "", "review"), ("quota", "secretary", "short")),
    10: (("survival", "", "reestablish"),),
    16: (("survival", "", "replant"),),
    7: (("survival", "", "borderline"),),
}  # fmt: skip


def task_truth(street: Street) -> dict[str, Any]:
    """Return what a check must find.

    Parameters
    ----------
    street
        As planned.

    Returns
    -------
    dict
        ``tasks``: village code, task, item and state of each that is open or wants a look; ``refused``: code → rows;
        ``seedlings``: how many are asked for and not settled, and how many of them nobody has; ``crowns``: of each
        community the trees that stand, whether the register says where, and pixels of their crowns in the last image.
    """
    tasks = [["", *one] for one in _STREET]
    for site in street.sites:
        tasks += [[site.village_code, *one] for one in _of(site)]
    refused = sum((sheet.refused for sheet in (tree_rows(street), *registers_of(street))), Counter())
    seedlings = {"open": _unsettled(street), "short": _unsettled(street, registers.NOBODYS)}
    crowns = {site.village_code: _crowns(site) for site in street.sites if site.kind == "community"}
    refusals = dict(sorted(refused.items()))
    return {"tasks": sorted(tasks), "refused": refusals, "seedlings": seedlings, "crowns": crowns}


def _crowns(site: Site) -> dict[str, float | bool]:
    crown_m = float(np.median(site.avenue.crowns_m[-1])) if site.avenue else 0.0
    pixels = math.pi / 4 * (crown_m / PIXEL_M) ** 2
    return {"standing": site.registered_trees, "placed": site.avenue is not None, "pixels": round(pixels, 1)}


def _unsettled(street: Street, species: str = "") -> int:
    """Seedlings asked for whose supply is not settled; of all species, or of one."""
    (sheet,) = [one for one in registers_of(street) if one.name == "苗木需求"]
    return sum(int(str(row[2])) for row in sheet.rows if not row[3] and species in {"", row[1]})


def _of(site: Site) -> Iterator[Found]:
    if site.scenario in _GROUND:
        ground, planted = _GROUND[site.scenario]
        yield "trees" if site.kind == "community" else "area", "", ground
        yield "planted", "", planted
    if site.scenario == "no_plots":
        yield "pits", "", "overdue"
        yield "greening", "", "overdue"
    if site.scenario in {"no_plots", "gcj02"}:  # no plot counts, so no species is known
        yield from ((task, "", "not_reported") for task in ("species", "exotic", "colourful"))
    yield from _BY_PLACE.get(site.place, ())
