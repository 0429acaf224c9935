"""All registers of a campaign, read and held against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lvgeo.errors import Refusal
from lvgeo.registers.checklist import CHECKLIST
from lvgeo.registers.checks import check_claims, check_same, check_trees
from lvgeo.registers.claims import CLAIMS
from lvgeo.registers.events import EVENTS
from lvgeo.registers.funds import FUNDS
from lvgeo.registers.headings import all_fields
from lvgeo.registers.inspections import INSPECTIONS
from lvgeo.registers.kinds import Register
from lvgeo.registers.plans import PLANS
from lvgeo.registers.read import read_register, register_files
from lvgeo.registers.seedlings import DEMAND, SUPPLY
from lvgeo.registers.trees import TREES
from lvgeo.registers.visits import VISITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lvgeo.campaign.settings import RegistersTable
    from lvgeo.land.plots import Villages
    from lvgeo.registers.checklist import BuiltItem
    from lvgeo.registers.claims import Claim
    from lvgeo.registers.events import Event
    from lvgeo.registers.funds import Fund
    from lvgeo.registers.inspections import Inspection
    from lvgeo.registers.kinds import RegisterKind, RowIssue
    from lvgeo.registers.plans import VillagePlan
    from lvgeo.registers.read import Reading
    from lvgeo.registers.seedlings import SeedlingDemand, SeedlingSupply
    from lvgeo.registers.trees import Tree
    from lvgeo.registers.visits import Visit

__all__ = ["KINDS", "REGISTER_KEYS", "Registers", "read_registers"]

KINDS: Final[tuple[RegisterKind[Any], ...]] = (
    TREES, CLAIMS, PLANS, DEMAND, SUPPLY, VISITS, INSPECTIONS, EVENTS, CHECKLIST, FUNDS,
)  # fmt: skip
REGISTER_KEYS: Final = frozenset(one.key for kind in KINDS for one in all_fields(kind))
"""Our names of every register's fields, as [inputs.columns] may map them."""


@dataclass(frozen=True, slots=True)
class Registers:
    """Every register; one that was not handed in is empty and not `reported`."""

    trees: Register[Tree] = field(default_factory=lambda: Register("trees"))
    claims: Register[Claim] = field(default_factory=lambda: Register("claims"))
    plans: Register[VillagePlan] = field(default_factory=lambda: Register("plans"))
    demand: Register[SeedlingDemand] = field(default_factory=lambda: Register("demand"))
    supply: Register[SeedlingSupply] = field(default_factory=lambda: Register("supply"))
    visits: Register[Visit] = field(default_factory=lambda: Register("visits"))
    inspections: Register[Inspection] = field(default_factory=lambda: Register("inspections"))
    events: Register[Event] = field(default_factory=lambda: Register("events"))
    checklist: Register[BuiltItem] = field(default_factory=lambda: Register("checklist"))
    funds: Register[Fund] = field(default_factory=lambda: Register("funds"))
    strangers: tuple[Refusal, ...] = ()

    @property
    def all(self) -> tuple[Register[Any], ...]:
        """Registers in the order of `KINDS`."""
        return tuple(getattr(self, kind.name) for kind in KINDS)

    @property
    def issues(self) -> tuple[RowIssue, ...]:
        """Refused rows and warnings of all of them."""
        return tuple(issue for register in self.all for issue in register.issues)

    def left_out(self) -> tuple[Refusal, ...]:
        """Return every file, sheet and row that was refused."""
        return (*self.strangers, *(one for register in self.all for one in register.left_out()))

    def tree_rows_refused(self) -> dict[str, int]:
        """Village code → refused rows of trees that may yet prove to be its trees; "" for rows of nobody known.

        A second row of the same tree is none: it counts already. Neither is a line of totals. Stems in one place may be
        many trees given the office's own coordinates.
        """
        none = {"row_duplicate", "row_total"}
        return dict(Counter(one.village_code for one in self.trees.refused if one.refusal.code not in none))


def read_registers(
    places: tuple[Sequence[Path], Sequence[Path]], villages: Villages, reading: Reading, limits: RegistersTable
) -> Registers:
    """Read every register and check rows against each other.

    Parameters
    ----------
    places
        Folders or files of trees, whatever their names, and of all registers, told apart by how a name begins.
    villages
        Boundaries, for places of trees.
    reading
        What rows are held against.
    limits
        Distances.
    """
    trees_only, mixed = places
    files: dict[str, list[Path]] = {kind.name: [] for kind in KINDS}
    files["trees"] = register_files(trees_only)
    strangers = []
    for path in register_files(mixed):
        kind = _kind_of(path)
        if kind is None:
            names = "、".join(stem for one in KINDS for stem in one.stems[:2])
            strangers.append(Refusal("register_unknown", file=str(path), value=path.name, limit=names))
        else:
            files[kind.name].append(path)
    read: dict[str, Register[Any]] = {kind.name: read_register(kind, files[kind.name], reading) for kind in KINDS}
    read["trees"] = check_trees(
        check_same(read["trees"], lambda one: one.tree_id), villages, limits.min_tree_distance_m, limits.tolerance_m
    )
    read["claims"] = check_claims(check_same(read["claims"], lambda one: one.claim_id))
    return Registers(**read, strangers=tuple(strangers))


def _kind_of(path: Path) -> RegisterKind[Any] | None:
    """Return the kind by whose word a file's name begins; the longest word decides."""
    name = path.stem.lower()
    fitting = [(len(stem), kind) for kind in KINDS for stem in kind.stems if name.startswith(stem)]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None
