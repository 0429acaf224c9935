"""Ground on which nothing may be planted, or only after review, by the layers in ``no_plant/``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.plots import PlotIssue, Spots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from lvgeo.land.measured import Measured

__all__ = ["NoPlantArea", "NoPlantKind", "corridor_m", "kind_of", "no_plant_issues"]

NoPlantKind = Literal["farmland_permanent", "farmland", "power_line", "water", "redline"]

MIN_SHARED_M2: Final = 1.0

# Words by which layers call themselves, the more particular first: 永久基本农田 is 农田 too.
_KINDS: Final[tuple[tuple[str, NoPlantKind], ...]] = (
    ("永久基本农田", "farmland_permanent"),
    ("基本农田", "farmland_permanent"),
    ("永农", "farmland_permanent"),
    ("permanent", "farmland_permanent"),
    ("红线", "redline"),
    ("redline", "redline"),
    ("red_line", "redline"),
    ("耕地", "farmland"),
    ("farmland", "farmland"),
    ("cropland", "farmland"),
    ("电力", "power_line"),
    ("高压", "power_line"),
    ("输电", "power_line"),
    ("power", "power_line"),
    ("水", "water"),
    ("河", "water"),
    ("water", "water"),
    ("river", "water"),
)


@dataclass(frozen=True, slots=True)
class NoPlantArea:
    """One area of a no-plant layer.

    Parameters
    ----------
    kind
        Permanent basic farmland (永久基本农田) and farmland (耕地), a power line's corridor, water, or the ecological
        red line (生态保护红线), in which planting wants review and is not forbidden.
    name
        As the layer calls it: file and feature.
    shape
        In the villages' reference system; a line is already widened to its corridor.
    """

    kind: NoPlantKind
    name: str
    shape: BaseGeometry


def kind_of(text: str) -> NoPlantKind | None:
    """Tell the kind from a layer's own words, or from its file's name.

    Examples
    --------
    >>> kind_of("永久基本农田_2023"), kind_of("110kV power lines"), kind_of("roads")
    ('farmland_permanent', 'power_line', None)
    """
    lowered = text.lower()
    return next((kind for word, kind in _KINDS if word in lowered), None)


def corridor_m(voltage_kv: float, widths: Mapping[str, float]) -> float | None:
    """Distance from a power line within which planting is barred; None for a voltage that no range has.

    The lists of 电力设施保护条例 give ranges with gaps (10 to 35 kV, say): a voltage between two takes the wider.

    Parameters
    ----------
    voltage_kv
        Of the line, kV.
    widths
        "35-110" → m from the outer conductor.

    Examples
    --------
    >>> table = {"1-10": 5.0, "35-110": 10.0, "154-330": 15.0, "500": 20.0}
    >>> corridor_m(110, table), corridor_m(220, table), corridor_m(120, table), corridor_m(0.4, table)
    (10.0, 15.0, 15.0, None)
    """
    ranges = sorted((*(float(end) for end in (text.split("-") * 2)[:2]), metres) for text, metres in widths.items())
    if not ranges or voltage_kv < ranges[0][0]:
        return None
    return next((metres for _, high, metres in ranges if voltage_kv <= high), ranges[-1][2])


def no_plant_issues(measured: Measured, no_plant: Sequence[NoPlantArea]) -> Iterator[PlotIssue]:
    """Name plots on ground that is barred: area and share, one row a plot and area.

    Warnings, and for the red line a review: whether the layer's border or the plot's is right is for people to say, so
    the ground still counts until they do.

    Parameters
    ----------
    measured
        Plots.
    no_plant
        Areas in the same reference system.
    """
    if not no_plant:
        return
    plots, shapes, areas = measured.plots, measured.shapes, measured.areas
    barred = np.array([one.shape for one in no_plant], dtype=object)
    plot, area = shapely.STRtree(barred).query(shapes, predicate="intersects")
    shared = shapely.intersection(shapes[plot], barred[area])
    common, spots = geodesic_area_m2(shared), Spots(shared)
    for pair in np.flatnonzero(common >= MIN_SHARED_M2):
        k, one, m2 = plot[pair], no_plant[area[pair]], float(common[pair])
        severity: Literal["warning", "info"] = "info" if one.kind == "redline" else "warning"
        limit = MIN_SHARED_M2 / float(areas[k])
        yield PlotIssue(
            plots.ids[k], plots.codes[k], f"no_plant_{one.kind}", severity, m2 / float(areas[k]), limit, m2, one.name,
            **spots.at(pair),
        )  # fmt: skip
