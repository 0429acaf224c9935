"""GeoPackages: every spatial layer, each of one reference system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.land.gpkg_systems import stored_systems
from lvgeo.land.layer import check_size
from lvgeo.land.read_ogr import Source, ogr_layers, read_ogr, sniff

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lvgeo.land.layer import Layer

__all__ = ["read_gpkg"]


def read_gpkg(path: Path, refused: list[Refusal]) -> list[Layer]:
    """Read a GeoPackage's layers; one that cannot be read is refused by name, the others stay."""
    check_size(path)
    sniff(path, b"SQLite format 3\x00", "GeoPackage")
    names = ogr_layers(path, str(path))
    if not names:
        refused.append(Refusal("layer_empty", file=str(path)))
    layers: list[Layer] = []
    for name in names:
        file = f"{path} · {name}"

        def one_system(info: Mapping[str, Any], file: str = file) -> None:
            systems = stored_systems(path, info["layer_name"], info["geometry_name"])
            if len(systems) > 1:
                raise InputRefusedError(Refusal("crs_mixed", file=file, value=", ".join(systems)))

        try:
            layers += read_ogr(Source(path, "GPKG", "gpkg", file, {"layer": name}), refused, check=one_system)
        except InputRefusedError as error:
            refused += error.refusals
    return layers
