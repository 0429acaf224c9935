"""Species outside the lists, exotics, flower and colour, trees too large or too late: for review (二(三), 三(三)).

Nothing here makes a village lag: the plan advises, a person looks.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from lvgeo.progress.tasks.task import Note, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lvgeo.progress.tasks.task import Asked, State
    from lvgeo.registers.trees import Tree

__all__ = ["species_tasks"]

MIN_TREES: Final = 20  # a share of fewer trees says nothing of taste
NAMED: Final = 12


def species_tasks(asked: Asked, plot_trees: Mapping[str, Mapping[str, int]]) -> tuple[Task, ...]:
    """Look through each village's species and trees.

    Parameters
    ----------
    asked
        Rules, registers, places, day.
    plot_trees
        Village code → species → trees that plots declare; looked at where a village keeps no register of trees.
    """
    standing: dict[str, list[Tree]] = defaultdict(list)
    for one in asked.registers.trees.rows:
        if one.alive and asked.past(one.planted_on):
            standing[one.village_code].append(one)
    tasks: list[Task] = []
    for place in asked.places:
        mine = standing.get(place.village_code, [])
        counts = _counted(asked, mine, plot_trees.get(place.village_code, {}))
        tasks += _of_lists(asked, place.village_code, counts)
        tasks += _of_trees(asked, place.village_code, mine)
    return tuple(tasks)


def _counted(asked: Asked, trees: Sequence[Tree], plots: Mapping[str, int]) -> Counter[str]:
    table = asked.settings.species
    if any(one.species for one in trees):
        return Counter(table.named(one.species) for one in trees if one.species)
    found: Counter[str] = Counter()
    for name, number in plots.items():
        found[table.named(name)] += number
    return found


def _of_lists(asked: Asked, code: str, counts: Counter[str]) -> Iterable[Task]:
    """Rows on lists, exotics, and flower and colour."""
    table, whole = asked.settings.species, counts.total()
    if not whole:
        unknown = (Note("no_species"),)
        columns = (("species", "greening"), ("exotic", "exotic"), ("colourful", "colourful"))
        return [Task(code, key, "not_reported", table.clause(column), notes=unknown) for key, column in columns]
    listed = {*table.greening, *table.economic}
    outside = {name: n for name, n in counts.items() if name not in listed}
    exotic = {name: n for name, n in counts.items() if name in table.exotic}
    bright = sum(n for name, n in counts.items() if name in table.colourful)
    share = bright / whole
    much = share > table.max_colourful_share and whole >= MIN_TREES
    return [
        _review(code, "species", table.clause("greening"), outside, whole),
        _review(code, "exotic", table.clause("exotic"), exotic, whole),
        Task(code, "colourful", "review" if much else "met", table.clause("colourful"), value=share,
             required=table.max_colourful_share, notes=(Note("colourful", {"trees": bright, "whole": whole}),)),
    ]  # fmt: skip


def _review(code: str, task: str, clause: str, named: Mapping[str, int], whole: int) -> Task:
    state: State = "review" if named else "met"
    most = sorted(named.items(), key=lambda one: (-one[1], one[0]))
    words = "、".join(f"{name} {n}" for name, n in most[:NAMED]) + (" …" if len(most) > NAMED else "")
    notes = (Note("named", {"named": words, "whole": whole}),) if named else ()
    return Task(code, task, state, clause, value=sum(named.values()), required=0, notes=notes)


def _of_trees(asked: Asked, code: str, trees: Sequence[Tree]) -> Iterable[Task]:
    """Rows on trees too large when planted, and on trees planted after the season; none where nothing is known."""
    table, milestones = asked.settings.species, asked.settings.milestones
    sized = [one for one in trees if math.isfinite(one.crown_m)]
    if sized:
        large = [one for one in sized if one.crown_m > table.max_crown_at_planting_m]
        names = {"trees": _ids(large), "limit": f"{table.max_crown_at_planting_m:g}", "sized": len(sized)}
        yield Task(code, "large_trees", "review" if large else "met", table.clause("max_crown_at_planting_m"),
                   value=len(large), required=0, notes=(Note("large", names),) if large else ())  # fmt: skip
    dated = [one for one in trees if one.planted_on is not None]
    if dated:
        ends = milestones.season_ends
        late = [one for one in dated if one.planted_on is not None and one.planted_on > ends]
        golden = sum(one.planted_on is not None and milestones.season_begins <= one.planted_on <= ends for one in dated)
        names = {"late": len(late), "golden": golden, "dated": len(dated), "ends": str(ends)}
        yield Task(code, "season", "review" if late else "met", milestones.clause("season_ends"), value=len(late),
                   required=0, notes=(Note("season", names),))  # fmt: skip


def _ids(trees: Sequence[Tree]) -> str:
    return "、".join(f"{one.tree_id} {one.crown_m:g}" for one in trees[:NAMED]) + (" …" if len(trees) > NAMED else "")
