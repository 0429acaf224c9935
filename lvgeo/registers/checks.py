"""What rows say against each other: the same id twice, two trees in one place, a tree claimed twice, out of bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import shapely

from lvgeo.errors import Refusal
from lvgeo.land.datum import bd09_to_wgs84, gcj02_to_wgs84
from lvgeo.registers.kinds import RowIssue

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.land.plots import Villages
    from lvgeo.registers.claims import Claim
    from lvgeo.registers.kinds import Register
    from lvgeo.registers.trees import Tree

__all__ = ["check_claims", "check_same", "check_trees"]

T = TypeVar("T")
# A degree of the meridian and of the equator on GRS80, m: within 0.7 % anywhere on the street, far finer than 0.3 m.
_LAT_M: Final = 110_574.0
_LON_M: Final = 111_320.0
MIN_SHIFTED: Final = 5  # trees of a village outside it, from which a shift is spoken of
AT_HOME: Final = 0.9  # share of them that a shift must bring home


def _issue(register: Register[Any], row: int, code: str, found: tuple[str, str]) -> RowIssue:
    origin, one = register.origins[row], register.rows[row]
    value, limit = found
    name = getattr(one, "tree_id", "") or getattr(one, "person", "")
    return RowIssue(
        register.name, Refusal(code, origin.file, str(origin.row), value, limit), "error", one.village_code, name
    )


def check_same(register: Register[T], key: Callable[[T], str]) -> Register[T]:
    """Refuse rows whose key stood before; empty keys are nobody's.

    Parameters
    ----------
    register
        As read.
    key
        Row → what must be its own.
    """
    first: dict[str, int] = {}
    wrong: dict[int, RowIssue] = {}
    for number, row in enumerate(register.rows):
        name = key(row)
        if name and first.setdefault(name, number) != number:
            origin = register.origins[first[name]]
            wrong[number] = _issue(register, number, "row_duplicate", (name, f"{origin.file} · {origin.row}"))
    return register.without(wrong)


def check_claims(claims: Register[Claim]) -> Register[Claim]:
    """Refuse claims of a tree that somebody claimed before; a claim's own repetition counts as one."""
    owner: dict[str, int] = {}
    wrong: dict[int, RowIssue] = {}
    for number, claim in enumerate(claims.rows):
        taken = next((tree for tree in claim.tree_ids if tree in owner), "")
        if taken:
            other = claims.rows[owner[taken]].person
            wrong[number] = _issue(claims, number, "row_claimed_twice", (taken, other))
            continue
        owner |= dict.fromkeys(claim.tree_ids, number)
    return claims.without(wrong)


def check_trees(trees: Register[Tree], villages: Villages, min_distance_m: float, tolerance_m: float) -> Register[Tree]:
    """Refuse trees that stand outside their village, and the later of two that stand in one place.

    Parameters
    ----------
    trees
        As read, ids unique.
    villages
        Boundaries.
    min_distance_m
        Two stems nearer than this are one tree written twice.
    tolerance_m
        How far outside its village a coordinate may lie: a phone is no better.
    """
    kept = trees.without(_outside(trees, villages, tolerance_m))
    return kept.without(_too_close(kept, min_distance_m))


def _metres(trees: Register[Tree]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Rows that have a place; their degrees, longitude first; and metres of a degree east and north."""
    degrees = np.array([(one.lon, one.lat) for one in trees.rows], dtype=np.float64).reshape(-1, 2)
    placed = np.flatnonzero(np.isfinite(degrees).all(axis=1))
    degrees = degrees[placed]
    narrow = np.cos(np.radians(degrees[:, 1].mean())) if len(placed) else 1.0
    return placed, degrees, np.array([_LON_M * narrow, _LAT_M])


def _outside(trees: Register[Tree], villages: Villages, tolerance_m: float) -> dict[int, RowIssue]:
    placed, degrees, scale_m = _metres(trees)
    frame = villages.frame
    shapes = dict(zip(frame["village_code"], frame.geometry, strict=True))
    codes = np.array([trees.rows[row].village_code for row in placed], dtype=object)
    wrong: dict[int, RowIssue] = {}
    for code in sorted(set(codes)):
        mine = np.flatnonzero(codes == code)
        shape = shapes[code]
        shapely.prepare(shape)
        off = mine[~shapely.intersects_xy(shape, degrees[mine, 0], degrees[mine, 1])]
        if not len(off):
            continue
        plane = shapely.transform(shape, lambda xy: xy * scale_m)
        away = shapely.distance(plane, shapely.points(degrees[off] * scale_m))
        datum = _map_datum(shape, degrees[mine], int((away > tolerance_m).sum()))
        what, limit = ("row_outside_shifted", datum) if datum else ("row_outside", f"{tolerance_m:g}")
        for at, metre in zip(off, away, strict=True):
            if metre > tolerance_m:
                row = int(placed[at])
                wrong[row] = _issue(trees, row, what, (f"{metre:.0f}", limit))
    return wrong


def _map_datum(shape: BaseGeometry, degrees: NDArray[np.float64], outside: int) -> str:
    """Web map whose shift, undone, brings a village's trees home; empty where none does, or most are at home already.

    A few trees outside say nothing of the rest, so half of them must lie outside, and nearly all inside once shifted.
    """
    if outside < max(MIN_SHIFTED, len(degrees) / 2):
        return ""
    for name, undone in (("GCJ-02", gcj02_to_wgs84), ("BD-09", bd09_to_wgs84)):
        if shapely.intersects_xy(shape, *undone(degrees[:, 0], degrees[:, 1])).mean() >= AT_HOME:
            return name
    return ""


def _too_close(trees: Register[Tree], min_distance_m: float) -> dict[int, RowIssue]:
    """Refuse each tree that stands too near an earlier one that was kept."""
    from scipy.spatial import cKDTree

    placed, degrees, scale_m = _metres(trees)
    metres = degrees * scale_m
    wrong: dict[int, RowIssue] = {}
    if len(placed) < 2:  # noqa: PLR2004 - a pair
        return wrong
    # Many rows in one place would give a pair for every two of them: only the first in each place is searched around.
    _, first, inverse = np.unique(metres.round(4), axis=0, return_index=True, return_inverse=True)
    leader = first[inverse.ravel()]
    for at in np.flatnonzero(leader != np.arange(len(placed))):
        _near(trees, wrong, (int(placed[at]), int(placed[leader[at]])), 0.0)
    heads = np.sort(first)
    pairs = cKDTree(metres[heads]).query_pairs(min_distance_m, output_type="ndarray")
    for left, right in sorted(map(tuple, np.sort(pairs, axis=1).tolist())):
        a, b = heads[left], heads[right]
        metre = float(np.hypot(*(metres[a] - metres[b])))
        if metre < min_distance_m and int(placed[a]) not in wrong:
            _near(trees, wrong, (int(placed[b]), int(placed[a])), metre)
    return wrong


def _near(trees: Register[Tree], wrong: dict[int, RowIssue], rows: tuple[int, int], metre: float) -> None:
    later, earlier = rows
    if later not in wrong:
        wrong[later] = _issue(trees, later, "row_too_close", (f"{metre:.2f}", trees.rows[earlier].tree_id))
