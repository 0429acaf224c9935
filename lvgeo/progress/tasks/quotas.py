"""Who plants how many trees, and who took part: each role's quota, and who is short of it (二(一)(二))."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.progress.tasks.task import Note, Task, reached, unreported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lvgeo.progress.tasks.task import Asked
    from lvgeo.registers.claims import Claim

__all__ = ["quota_tasks"]

STREET_ROLES: Final = ("leader", "deputy")
VILLAGE_ROLES: Final = ("secretary", "member", "household")
COUNTED: Final = frozenset({"member", "household"})  # roles of so many that a plan says how many
PARTY: Final = frozenset({"leader", "deputy", "secretary", "member"})
NAMED: Final = 12  # people named in one note; the register has them all


@dataclass(frozen=True, slots=True)
class _Person:
    """One person's or household's claims, put together."""

    name: str
    claimed: int
    planted: int | None
    age: int | None
    activities: int | None


def quota_tasks(asked: Asked) -> tuple[Task, ...]:
    """Hold the claims against the quotas: a row a role and place, and one of taking part.

    How many households and party members a village has is said by its plan, where that was filled in: else the register
    of claims is all that is known, and its rows say so. A role that no claim names is not reported.
    """
    people, totals = _people(asked), _totals(asked)
    tasks = [_quota(asked, "", role, people.get(("", role), ()), totals) for role in STREET_ROLES]
    for place in asked.places:
        code = place.village_code
        tasks += [_quota(asked, code, role, people.get((code, role), ()), totals) for role in VILLAGE_ROLES]
    for code in ("", *(one.village_code for one in asked.places)):
        mine = [one for (village, role), them in people.items() if village == code and role in PARTY for one in them]
        if mine or code:
            tasks.append(_activity(asked, code, mine))
    return tuple(tasks)


def _people(asked: Asked) -> dict[tuple[str, str], tuple[_Person, ...]]:
    """(village, role) → its people, in the order of their first claims."""
    trees = _Trees.of(asked)
    found: dict[tuple[str, str], dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in asked.registers.claims.rows:
        if asked.past(claim.claimed_on):
            found[claim.village_code, claim.role][claim.person].append(claim)
    return {
        (code, role): tuple(_person(name, claims, trees) for name, claims in them.items())
        for (code, role), them in found.items()
    }


@dataclass(frozen=True, slots=True)
class _Trees:
    """Living trees planted by the day: by id, and by who planted them in which village."""

    ids: frozenset[str]
    planters: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, asked: Asked) -> _Trees:
        standing = [one for one in asked.registers.trees.rows if one.alive and asked.past(one.planted_on)]
        planters = Counter((one.village_code, one.planter) for one in standing if one.planter)
        return cls(frozenset(one.tree_id for one in standing), planters)


def _person(name: str, claims: Iterable[Claim], trees: _Trees) -> _Person:
    all_of = list(claims)
    counts = [_planted(one, trees) for one in all_of]
    known = [one for one in counts if one is not None]
    ages = [one.age for one in all_of if one.age is not None]
    took_part = [one.activities for one in all_of if one.activities is not None]
    return _Person(
        name, sum(one.claimed for one in all_of), sum(known) if known else None, min(ages, default=None),
        max(took_part, default=None),
    )  # fmt: skip


def _planted(claim: Claim, trees: _Trees) -> int | None:
    """Trees that a claim planted: as it says, else its numbered trees that stand, else the planter's; None unknown."""
    if claim.planted is not None:
        return claim.planted
    if claim.tree_ids:
        return sum(one in trees.ids for one in claim.tree_ids)
    return trees.planters.get((claim.village_code, claim.person))


def _totals(asked: Asked) -> dict[tuple[str, str], int]:
    """(village, role) → how many there are, by the latest row of its plan that says so."""
    found: dict[tuple[str, str], int] = {}
    for plan in asked.registers.plans.rows:
        for role, count in (("household", plan.households), ("member", plan.members)):
            if count is not None:
                found[plan.village_code, role] = count
    return found


def _quota(
    asked: Asked, code: str, role: str, people: Iterable[_Person], totals: Mapping[tuple[str, str], int]
) -> Task:
    table, milestones = asked.settings.trees_per_role, asked.settings.milestones
    each, due, clause = getattr(table, role), milestones.greening, table.clause(role)
    them = tuple(people)
    if not them:
        return Task(code, "quota", unreported(due, asked.on), clause, role, required=each, due=due, on=asked.on,
                    notes=(Note("no_claims"),))  # fmt: skip
    kept = sum(one.planted is not None and one.planted >= each for one in them)
    unknown = [one for one in them if one.planted is None]
    short = [f"{one.name} {one.planted}/{each}" for one in them if one.planted is not None and one.planted < each]
    # Who claimed is there, whatever the plan counted.
    there = max(totals.get((code, role), 0), len(them))
    notes = [Note("people", {"kept": kept, "people": there, "each": each})]
    if role in COUNTED and (code, role) not in totals:
        notes.append(Note("no_total"))
    if there > len(them):
        notes.append(Note("unclaimed", {"count": there - len(them)}))
    if short:
        notes.append(Note("short", {"people": _listed(short)}))
    if unknown:
        notes.append(Note("planted_unknown", {"people": _listed(one.name for one in unknown)}))
    state = reached(kept, there, due, asked.on)
    if state == "short" and not short and there == len(them):
        state = "not_reported"  # nobody is known to be short
    return Task(code, "quota", state, clause, role, kept, there, due=due, notes=tuple(notes), on=asked.on)


def _activity(asked: Asked, code: str, people: Iterable[_Person]) -> Task:
    """Party members under the age take part in planting; who is older need not, who gives no age is not counted."""
    table, due = asked.settings.trees_per_role, asked.settings.milestones.summary
    clause = table.clause("activities")
    held = [one for one in people if one.age is not None and one.age < table.under_age]
    told = [one for one in held if one.activities is not None]
    if not told:
        return Task(code, "activity", unreported(due, asked.on), clause, due=due, on=asked.on, notes=(Note("no_ages"),))
    absent = [one.name for one in told if (one.activities or 0) < table.activities]
    notes = [Note("took_part", {"part": len(told) - len(absent), "people": len(told), "age": table.under_age})]
    if absent:
        notes.append(Note("absent", {"people": _listed(absent)}))
    state = reached(len(told) - len(absent), len(told), due, asked.on)
    return Task(code, "activity", state, clause, value=len(told) - len(absent), required=len(told), due=due,
                notes=tuple(notes), on=asked.on)  # fmt: skip


def _listed(names: Iterable[str]) -> str:
    all_of = list(names)
    more = f" …（{len(all_of)}）" if len(all_of) > NAMED else ""
    return "、".join(all_of[:NAMED]) + more
