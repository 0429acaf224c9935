"""What became of plots and boundaries since they were recorded: added, removed, moved, grown, shrunk, re-coded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from lvgeo.land.area import GRS80, geodesic_area_m2
from lvgeo.land.repair import whole_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.labels import Language

__all__ = ["GroundChange", "GroundSet", "PlotVersion", "Version", "ground_changes", "plot_versions"]

Version = Literal["added", "removed", "moved", "grown", "shrunk", "recoded"]

STABLE: Final = 0.02  # relative change of area that two drawings of one plot may have (JRC's 2 % stability rule)
SAME_SHAPE: Final = 0.95  # intersection over union from which a plot with another id is the same plot
SAME_PLACE: Final = 0.5  # intersection over union below which a plot is elsewhere
MOVED_M: Final = 3.0  # shift of the middle that is more than a handheld receiver's error


@dataclass(frozen=True, slots=True, eq=False)
class GroundSet:
    """Plots at one time, as they were drawn.

    Parameters
    ----------
    plots
        Plot id → (village code, shape), in one geographic reference system.
    borders
        Village code → boundary.
    """

    plots: Mapping[str, tuple[str, BaseGeometry]]
    borders: Mapping[str, BaseGeometry]


@dataclass(frozen=True, slots=True)
class PlotVersion:
    """What became of a plot.

    Parameters
    ----------
    plot_id, village_code
        Now; as recorded where it was removed.
    version
        What happened. A plot that grew in another place is ``moved``.
    before_m2, after_m2
        Areas; nan where there is none.
    shift_m
        How far its middle went.
    other_id
        Its id (or village) as recorded, where that changed.
    """

    plot_id: str
    village_code: str
    version: Version
    before_m2: float = math.nan
    after_m2: float = math.nan
    shift_m: float = math.nan
    other_id: str = ""

    def row(self, language: Language) -> dict[str, object]:
        """Row of plot_versions.csv; codes are the same in every language."""
        del language
        return {
            "plot_id": self.plot_id,
            "village_code": self.village_code,
            "version": self.version,
            "before_m2": self.before_m2,
            "after_m2": self.after_m2,
            "shift_m": self.shift_m,
            "other_id": self.other_id,
        }


@dataclass(frozen=True, slots=True)
class GroundChange:
    """A village's plots and boundary against those recorded.

    Parameters
    ----------
    village_code
        Which.
    before_m2, after_m2
        Union of its plots, then and now.
    new_m2
        Ground of added plots on which no plot was recorded: really new.
    redrawn_m2
        The rest of the difference: plots drawn again, moved or removed. Before + new + redrawn = after.
    boundary_before_m2, boundary_after_m2
        Area of the village; nan where it was not recorded.
    boundary_moved_m2
        Ground that changed hands, either way.
    """

    village_code: str
    before_m2: float
    after_m2: float
    new_m2: float
    redrawn_m2: float
    boundary_before_m2: float
    boundary_after_m2: float
    boundary_moved_m2: float

    def row(self, language: Language) -> dict[str, object]:
        """Row of ground_changes.csv."""
        del language
        return {field: getattr(self, field) for field in self.__slots__}


def plot_versions(before: GroundSet, after: GroundSet) -> tuple[PlotVersion, ...]:
    """List every plot that is not as it was recorded, sorted by id.

    Plots are matched by id, then by shape: a plot that only changed its id, or its village, is ``recoded``.

    Parameters
    ----------
    before, after
        As recorded, and now.
    """
    old, new = _valid(before), _valid(after)
    added = [plot_id for plot_id in new if plot_id not in old]
    removed = {plot_id for plot_id in old if plot_id not in new}
    found = []
    renamed = _same_shapes(added, sorted(removed), new, old)
    for plot_id in added:
        code, shape = after.plots[plot_id][0], new[plot_id]
        if plot_id in renamed:
            other = renamed[plot_id]
            removed.discard(other)
            found.append(PlotVersion(plot_id, code, "recoded", *_areas(old[other], shape), 0.0, other))
        else:
            found.append(PlotVersion(plot_id, code, "added", after_m2=_m2(shape)))
    found += [PlotVersion(one, before.plots[one][0], "removed", _m2(old[one])) for one in removed]
    for plot_id in new.keys() & old.keys():
        changed = _changed(plot_id, (before.plots[plot_id][0], old[plot_id]), (after.plots[plot_id][0], new[plot_id]))
        if changed is not None:
            found.append(changed)
    return tuple(sorted(found, key=lambda one: (one.plot_id, one.version)))


def ground_changes(before: GroundSet, after: GroundSet) -> tuple[GroundChange, ...]:
    """Split each village's change of area into ground that is really new and ground drawn again.

    Parameters
    ----------
    before, after
        As recorded, and now.
    """
    old, new = _valid(before), _valid(after)
    added = {one.plot_id for one in plot_versions(before, after) if one.version == "added"}
    was_anybodys = shapely.union_all(list(old.values()))
    found = []
    for code in sorted({*before.borders, *after.borders}):
        then = shapely.union_all([shape for plot_id, shape in old.items() if before.plots[plot_id][0] == code])
        mine = {plot_id: shape for plot_id, shape in new.items() if after.plots[plot_id][0] == code}
        now = shapely.union_all(list(mine.values()))
        fresh = shapely.union_all([shape for plot_id, shape in mine.items() if plot_id in added])
        new_m2 = _m2(shapely.difference(fresh, was_anybodys))
        before_m2, after_m2 = _m2(then), _m2(now)
        one, other = before.borders.get(code), after.borders.get(code)
        moved = _m2(shapely.symmetric_difference(one, other)) if one is not None and other is not None else math.nan
        found.append(
            GroundChange(
                code,
                before_m2,
                after_m2,
                new_m2,
                after_m2 - before_m2 - new_m2,
                math.nan if one is None else _m2(one),
                math.nan if other is None else _m2(other),
                moved,
            )
        )
    return tuple(found)


def _changed(plot_id: str, then: tuple[str, BaseGeometry], now: tuple[str, BaseGeometry]) -> PlotVersion | None:
    areas = _areas(then[1], now[1])
    shift = _shift_m(then[1], now[1])
    version: Version | None = None
    if then[0] != now[0]:
        version = "recoded"
    elif _alike(then[1], now[1]) < SAME_PLACE or (shift > MOVED_M and abs(areas[1] / areas[0] - 1) <= STABLE):
        version = "moved"
    elif abs(areas[1] / areas[0] - 1) > STABLE:
        version = "grown" if areas[1] > areas[0] else "shrunk"
    other = then[0] if version == "recoded" else ""
    return None if version is None else PlotVersion(plot_id, now[0], version, *areas, shift, other)


def _valid(ground: GroundSet) -> dict[str, BaseGeometry]:
    ids = sorted(ground.plots)
    shapes = np.empty(len(ids), dtype=object)
    shapes[:] = [ground.plots[plot_id][1] for plot_id in ids]
    return dict(zip(ids, whole_shapes(shapes), strict=True))


def _same_shapes(
    added: list[str], removed: list[str], new: Mapping[str, BaseGeometry], old: Mapping[str, BaseGeometry]
) -> dict[str, str]:
    """Match added id → removed id of the same shape; each is used once."""
    if not added or not removed:
        return {}
    theirs = _shapes_of(removed, old)
    left, right = shapely.STRtree(theirs).query(_shapes_of(added, new), predicate="intersects")
    found: dict[str, str] = {}
    for one, other in zip(left, right, strict=True):
        mine, gone = added[one], removed[other]
        if mine not in found and gone not in found.values() and _alike(new[mine], old[gone]) >= SAME_SHAPE:
            found[mine] = gone
    return found


def _shapes_of(ids: list[str], shapes: Mapping[str, BaseGeometry]) -> NDArray[np.object_]:
    found = np.empty(len(ids), dtype=object)
    found[:] = [shapes[plot_id] for plot_id in ids]
    return found


def _alike(one: BaseGeometry, other: BaseGeometry) -> float:
    """Intersection over union."""
    whole = shapely.area(shapely.union(one, other))
    return float(shapely.area(shapely.intersection(one, other)) / whole) if whole else 1.0


def _areas(then: BaseGeometry, now: BaseGeometry) -> tuple[float, float]:
    return max(_m2(then), 1e-9), _m2(now)


def _m2(shape: BaseGeometry) -> float:
    return float(geodesic_area_m2([shape])[0])


def _shift_m(then: BaseGeometry, now: BaseGeometry) -> float:
    a, b = then.centroid, now.centroid
    return float(GRS80.inv(a.x, a.y, b.x, b.y)[2])
