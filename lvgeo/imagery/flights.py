"""Files of a scene of several: how each lies beside the others, and how the scene is read once that is known.

A file that lies off the others of its scene is given another place, in whole pixels of its own, and a table that brings
it to their light. It is then read as any other file is, and whoever reads the scene at the scene's own shift reads each
file where it lies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from affine import Affine

from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.jobs import Scene
    from lvgeo.imagery.radiometry import Radiometry
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import Role, SceneFile

__all__ = [
    "LITTLE",
    "Flight",
    "heights_along",
    "laid",
    "lit",
    "moved",
    "places_of",
    "steps_of",
    "with_worst",
]

LITTLE: Final = 0.01  # of the ground that a scene gives: what gives less decides nothing
WARPED_PARTS: Final = 16  # steps of a pixel in which a file that is warped can be moved

By = Literal["baseline", "flights", "scene", ""]


@dataclass(frozen=True, slots=True)
class Flight:
    """How one file of a scene lies.

    Parameters
    ----------
    rows_off_px, cols_off_px
        By how far its content lies off the scene's, pixels of the grid; it is read so.
    residual_m
        RMS distance still between it and what it was laid on; infinite where it could not be laid.
    by
        What it was laid on: the baseline, other flights of its scene (where they overlap), or the scene as a whole
        (it is a tile beside another, or all others lie alike); empty where it could not be laid.
    """

    rows_off_px: float = 0.0
    cols_off_px: float = 0.0
    residual_m: float = math.inf
    by: By = ""

    def facts(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            "rows_off_px": round(self.rows_off_px, 4),
            "cols_off_px": round(self.cols_off_px, 4),
            "residual_m": round(self.residual_m, 4) if math.isfinite(self.residual_m) else None,
            "by": self.by,
        }


def with_worst(registration: Registration, flights: Sequence[Flight], shares: Sequence[float]) -> Registration:
    """Give a scene the residual of the worst of its flights, of those that give more than a hundredth of its ground.

    Parameters
    ----------
    registration
        Of the scene as a whole.
    flights
        Empty for a scene of one file.
    shares
        Part of the grid that each gave.
    """
    if registration.refusal:
        return registration
    telling = [flight for flight, share in zip(flights, shares, strict=False) if share > LITTLE * sum(shares)]
    worst = max((flight.residual_m for flight in telling), default=0.0)
    if math.isinf(worst):
        return replace(registration, residual_m=math.inf, refusal="flights")
    return replace(registration, residual_m=max(registration.residual_m, worst))


def moved(file: SceneFile, grid: Grid, off: tuple[float, float]) -> SceneFile:
    """Give a file the place in which its content, which lies off by rows and columns of a grid, lies right.

    Parameters
    ----------
    file
        As handed over.
    grid
        In whose pixels `off` is counted.
    off
        Rows and columns.

    Examples
    --------
    >>> from pyproj import CRS
    >>> from lvgeo.imagery.grid import Grid
    >>> from lvgeo.imagery.scene import Bands, SceneFile
    >>> grid = Grid(CRS(4547), Affine(0.5, 0, 551000, 0, -0.5, 2550000), 64, 64)
    >>> file = SceneFile("a.tif", grid, Bands(), "uint8", None, True, 64, 64)
    >>> grid.nested_in(moved(file, grid, (3.0, -2.0)).grid)
    (1, 3, -2)
    """
    if off == (0.0, 0.0):
        return file
    there = file.grid.transform
    nested = grid.nested_in(file.grid)
    if nested is not None:
        factor, row, col = nested
        col_now, row_now = ~there @ (grid.transform.c, grid.transform.f)
        # To whole pixels from the place that it was read at: where it lay by a part of one was measured with it.
        down, right = row_now - (row + round(factor * off[0])), col_now - (col + round(factor * off[1]))
        return replace(file, grid=replace(file.grid, transform=there @ Affine.translation(right, down)))
    middle = (grid.width / 2, grid.height / 2)
    to_file = between(grid.crs, file.grid.crs)
    x, y = to_file.transform(*(grid.transform @ middle))
    x_off, y_off = to_file.transform(*(grid.transform @ (middle[0] + off[1], middle[1] + off[0])))
    return replace(file, grid=replace(file.grid, transform=Affine.translation(x - x_off, y - y_off) @ there))


def steps_of(file: SceneFile, grid: Grid, off: tuple[float, float]) -> tuple[float, float]:
    """Rows and columns of a grid to the nearest step by which a file can be moved."""
    nested = grid.nested_in(file.grid)
    parts = nested[0] if nested is not None else WARPED_PARTS
    return round(off[0] * parts) / parts, round(off[1] * parts) / parts


def heights_along(scene: Scene, offs: Sequence[tuple[float, float]], grid: Grid) -> tuple[SceneFile, ...]:
    """Move surface models as the images of their flights, which have the beginnings of their names: a.tif, a-dsm.tif.

    Parameters
    ----------
    scene
        As handed over.
    offs
        Rows and columns of a grid by which the content of each image lies off the scene's.
    grid
        That grid.
    """
    stems = [Path(file.path).stem for file in scene.files]
    found = []
    for height in scene.heights:
        own = [k for k, stem in enumerate(stems) if Path(height.path).stem.startswith(stem)]
        longest = max(own, key=lambda k: len(stems[k]), default=None)
        found.append(height if longest is None else moved(height, grid, steps_of(height, grid, offs[longest])))
    return tuple(found)


def places_of(scene: Scene) -> list[dict[str, Any]]:
    """Return what `laid` needs of a scene that was laid, as JSON has it."""
    return [
        {"transform": list(file.grid.transform)[:6], "levels": {role: table.hex() for role, table in file.levels}}
        for file in scene.files
    ]


def laid(scene: Scene, provenance: Mapping[str, Any]) -> Scene:
    """Return a scene as its class raster saw it: each file where it was found to lie, in the light of the others.

    Parameters
    ----------
    scene
        As handed over.
    provenance
        Of the class raster that was made from it.
    """
    places = provenance.get("places")
    if not places:
        return scene
    files = tuple(_placed(file, place) for file, place in zip(scene.files, places, strict=True))
    return replace(scene, files=files)


def _placed(file: SceneFile, place: Mapping[str, Any]) -> SceneFile:
    levels = tuple((role, bytes.fromhex(table)) for role, table in sorted(place["levels"].items()))
    return replace(file, grid=replace(file.grid, transform=Affine(*place["transform"])), levels=levels)


def lit(
    file: SceneFile,
    roles: Sequence[Role],
    curves: tuple[Radiometry, Radiometry],
    tried: NDArray[np.uint8],
    least_dn: float,
) -> SceneFile:
    """Give a file the tables that bring it to another's light, where they change what it shows by more than a little.

    Parameters
    ----------
    file, roles
        Which, and the bands of the curves.
    curves
        From its light and from the other's to a third.
    tried
        Some of its pixels, (band, n).
    least_dn
        What is little, in the mean of a band.
    """
    tables = [table_between(*pair) for pair in zip(curves[0].curves, curves[1].curves, strict=True)]
    apart = [
        float(np.abs(np.frombuffer(table, np.uint8)[band].astype(np.float32) - band).mean())
        for table, band in zip(tables, tried, strict=True)
    ]
    if max(apart) < least_dn:
        return file
    return replace(file, levels=tuple(sorted(zip(roles, tables, strict=True))))


def table_between(curve: NDArray[Any], anchor: NDArray[Any]) -> bytes:
    """Table that brings one flight's light to another's, of which both curves to a third light are known.

    Black and white stay what they are, and nothing else becomes either: they may be an unmarked collar.

    Examples
    --------
    >>> half = np.arange(256) / 2
    >>> table_between(half, np.arange(256.0))[200]
    100
    """
    levels = np.interp(curve, anchor, np.arange(256.0))
    table = np.clip(np.round(levels), 2, 253).astype(np.uint8)
    table[:2], table[-2:] = (0, 1), (254, 255)
    return bytes(table)
