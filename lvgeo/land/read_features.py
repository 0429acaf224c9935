"""Features and layers as a file has them, and what every format refuses alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lvgeo.errors import InputRefusedError, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

__all__ = ["Feature", "Layer", "add_layer", "check_size", "polygonal_feature"]

MAX_BYTES: Final = 2**30


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature as its file has it.

    Parameters
    ----------
    name
        Row number from 1, for messages.
    geometry
        In the layer's reference system.
    values
        Field name → value.
    """

    name: str
    geometry: BaseGeometry
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a file.

    Parameters
    ----------
    file
        As the user wrote it.
    crs
        None where the file has none.
    features
        Those that have a polygon.
    """

    file: str
    crs: CRS | None
    features: tuple[Feature, ...]


def check_size(path: Path) -> None:
    """Refuse a file that is larger than any street's, before it is opened."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputRefusedError(
            Refusal("file_too_large", file=str(path), value=f"{size / 2**20:.0f} MB", limit=f"{MAX_BYTES >> 20} MB")
        )


def polygonal_feature(
    geometry: BaseGeometry | None, name: str, file: str, values: Mapping[str, Any], refused: list[Refusal]
) -> Feature | None:
    """Make a feature of a polygon; anything else is added to ``refused``."""
    if geometry is None or geometry.is_empty:
        refused.append(Refusal("geometry_null", file=file, feature=name))
    elif geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        refused.append(Refusal("geometry_not_polygon", file=file, feature=name, value=geometry.geom_type))
    else:
        return Feature(name, geometry, values)
    return None


def add_layer(layers: list[Layer], refused: list[Refusal], layer: Layer, rows: int) -> None:
    """Keep a layer in which a feature is left; one that had no rows is refused."""
    if rows == 0:
        refused.append(Refusal("layer_empty", file=layer.file))
    elif layer.features:
        layers.append(layer)
