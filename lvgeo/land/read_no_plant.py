"""Read the layers in ``no_plant/``: areas, and power lines widened to their corridors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lvgeo.errors import Refusal
from lvgeo.land.area import metres_per_degree
from lvgeo.land.no_plant import NoPlantArea, corridor_m, kind_of
from lvgeo.land.placing import place
from lvgeo.land.read_columns import numbers, texts
from lvgeo.land.read_layers import read_layers
from lvgeo.land.repair import whole_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from lvgeo.campaign.settings import LandTable
    from lvgeo.land.placing import Placed
    from lvgeo.land.plots import Villages

__all__ = ["read_no_plant"]


def read_no_plant(
    paths: Sequence[Path], villages: Villages, land: LandTable, columns: Mapping[str, str]
) -> tuple[tuple[NoPlantArea, ...], tuple[Refusal, ...]]:
    """Read what may not be planted on.

    Parameters
    ----------
    paths
        Files or folders. A feature's kind is its `no_plant_kind` field, else the name of its layer and file; a power
        line has `voltage_kv`, and is widened by it unless it is an area already.
    villages, land, columns
        As for plots; what does not come near a village is of no concern.
    """
    layers, refused = read_layers(paths, columns, lines=True)
    found: list[NoPlantArea] = []
    for layer in layers:
        placed = place(layer, villages, land.assume_crs, refused)
        if placed is not None:
            found += _areas(placed, land, columns, refused)
    return tuple(found), tuple(refused)


def _areas(
    placed: Placed, land: LandTable, columns: Mapping[str, str], refused: list[Refusal]
) -> Iterator[NoPlantArea]:
    layer = placed.layer
    said = texts(layer, "no_plant_kind", columns)
    voltage = numbers(layer, "voltage_kv", columns, refused)
    file = layer.file.replace("\\", "/").rpartition("/")[2]
    is_line = shapely.get_dimensions(placed.geometry) == 1
    for n, shape in enumerate(placed.geometry):
        name = f"{file} {layer.names[n]}"
        kind = kind_of(said[n]) or kind_of(file)
        if kind is None:
            refused.append(Refusal("no_plant_kind_unknown", layer.file, str(layer.names[n]), said[n]))
            continue
        if not is_line[n]:
            yield NoPlantArea(kind, name, whole_shapes([shape])[0])
            continue
        width = corridor_m(float(voltage[n]), land.power_line_m) if kind == "power_line" else None
        if width is None or np.isnan(voltage[n]):
            refused.append(Refusal("voltage_missing", layer.file, str(layer.names[n]), str(voltage[n])))
            continue
        yield NoPlantArea(kind, name, _widened(shape, width))


def _widened(line: BaseGeometry, width_m: float) -> BaseGeometry:
    """Widen a line by metres to either side; the conductors' spread is not known and not added."""
    middle = line.centroid
    scale = metres_per_degree(middle.y)
    flat = shapely.transform(line, lambda xy: (xy - [middle.x, middle.y]) * scale)
    return shapely.transform(shapely.buffer(flat, width_m), lambda xy: xy / scale + [middle.x, middle.y])
