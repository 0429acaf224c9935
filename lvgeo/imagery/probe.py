"""Classify small pieces of a scene again: with another threshold, or with crowns drawn in. Nothing is stored."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine

from lvgeo.imagery.classify import scale_of
from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.kernel import CANOPY
from lvgeo.imagery.packing import part
from lvgeo.imagery.radiometry import Radiometry, identity_radiometry
from lvgeo.imagery.registered import read_registered
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.scene_window import seen
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.classify import ClassifiedScene, Scene
    from lvgeo.imagery.model import Reader
    from lvgeo.imagery.scene import Role

__all__ = ["Probe", "canopy_shares", "read_probes", "stored_radiometry", "with_crowns"]


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A piece of ground in one scene, on the village's grid, with the rows around it that a model looks at.

    Parameters
    ----------
    values
        (role, y, x) uint8.
    valid
        (y, x) observed.
    inside
        (y, x); True on the ground asked about, where it was observed.
    pixel_m
        Ground size of a pixel.
    """

    values: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    pixel_m: float


def stored_radiometry(classified: ClassifiedScene, bands: int) -> Radiometry:
    """Curves that a stored class raster was made with."""
    curves = classified.canopy.provenance.get("curves")
    if not curves:
        return identity_radiometry(bands)
    return Radiometry(np.asarray(curves, dtype=np.float32), 0.0)


def read_probes(
    scene: Scene,
    classified: ClassifiedScene,
    roles: Sequence[Role],
    shapes: Sequence[BaseGeometry],
    crs: CRS,
    halo_px: int,
) -> list[Probe]:
    """Read polygons from a scene as its class raster saw them, to whole pixels; those beyond the grid are left out.

    Parameters
    ----------
    scene, classified
        The files, and what came of them.
    roles
        Bands, in the model's order.
    shapes
        Polygons in `crs`, x first.
    crs
        Their reference system.
    halo_px
        Rows and columns to read around each.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    grid = classified.canopy.grid
    to_grid = between(crs, grid.crs)
    found = []
    with SceneReader(scene.files, grid, roles, scale_of(scene.files, grid, roles)) as reader:
        for shape in shapes:
            moved = shapely.transform(shape, to_grid.transform, interleaved=False)
            cut = grid.cut(moved.bounds)
            offset = cut.offset_in(grid) if cut is not None else None
            if cut is None or offset is None:
                continue
            window = Window(offset[0] - halo_px, offset[1] - halo_px, cut.height + 2 * halo_px, cut.width + 2 * halo_px)
            pixels = read_registered(reader, window, classified.registration)
            transform = cut.transform @ Affine.translation(-halo_px, -halo_px)
            drawn = Grid(cut.crs, transform, window.height, window.width).inside(moved)
            found.append(Probe(pixels.values, pixels.valid, drawn & seen(pixels), grid.ground_pixel_m))
    return found


def canopy_shares(probes: Sequence[Probe], reader: Reader) -> NDArray[np.float64]:
    """Share of each probe's observed ground that a model calls canopy, (n,); nan where nothing was observed."""
    found = []
    for probe in probes:
        halo = reader.halo_px
        joined = reader.classify(np.ascontiguousarray(probe.values), probe.valid, collars=False)
        classes = part(joined, probe.valid.shape[1])
        inside = probe.inside[halo : probe.inside.shape[0] - halo] if halo else probe.inside
        found.append(float((classes[inside] == CANOPY).mean()) if inside.any() else math.nan)
    return np.array(found)


def with_crowns(probe: Probe, cover: NDArray[np.float32], colour: Sequence[float]) -> Probe:
    """Lay crowns of one colour over a probe, each pixel by the share of it that they cover, (y, x) 0 to 1."""
    mixed = probe.values + cover * (np.asarray(colour, np.float32)[:, None, None] - probe.values)
    return replace(probe, values=np.clip(np.round(mixed), 0, 255).astype(np.uint8))
