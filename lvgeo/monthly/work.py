"""The second question for each village that it is asked of: one job reads a few pieces of the month's image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import CRS

from lvgeo.imagery.chips import NOWHERE, read_pieces
from lvgeo.imagery.store import read_preview
from lvgeo.progress.chip import Chip
from lvgeo.progress.expected import expected_crown_m
from lvgeo.progress.look import look
from lvgeo.progress.saplings import Saplings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from lvgeo.imagery.chips import GroundPiece
    from lvgeo.imagery.classify import Scene
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.registration import Registration
    from lvgeo.monthly.asked import Asked
    from lvgeo.monthly.bench import Bench
    from lvgeo.monthly.findings import Pair
    from lvgeo.progress.lattice import Lattice
    from lvgeo.progress.look import WorkLook

__all__ = ["MIN_CELLS", "WorkJob", "canopy_colours", "look_for_work", "work_job"]

GROWN_SHARE: Final = 0.9  # of a cell under canopy at both dates: trees that stood before
MIN_CELLS: Final = 30
DULL: Final = 0.25  # quantile of grown canopy's greenness that saplings are drawn with: a careful guess


@dataclass(frozen=True, slots=True)
class WorkJob:
    """Look for planting on one village's plots.

    Parameters
    ----------
    village_code
        Whose.
    scene, grid, registration
        The month's files, the village's grid, and how far the content lies off.
    plots
        In `crs`.
    controls
        Unplanted squares, in the grid's CRS.
    crs
        WKT of the plots' reference system.
    saplings
        The legal minimum as it must stand by now.
    seed
        Of the saplings drawn.
    trees
        Where its registered trees stand, in `crs`.
    """

    village_code: str
    scene: Scene
    grid: Grid
    registration: Registration
    plots: tuple[BaseGeometry, ...]
    controls: tuple[BaseGeometry, ...]
    crs: str
    saplings: Saplings
    seed: int
    trees: BaseGeometry = NOWHERE


def look_for_work(job: WorkJob) -> WorkLook:
    """Read the pieces and score them.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    plots = _chips(read_pieces(job.scene, job.grid, job.registration, job.plots, CRS.from_wkt(job.crs), job.trees))
    controls = _chips(read_pieces(job.scene, job.grid, job.registration, job.controls, job.grid.crs))
    if len(plots) < len(job.plots):
        plots = []  # half of a village's plots says nothing of the village
    return look(plots, controls, job.saplings, np.random.default_rng([job.seed, int(job.village_code)]))


def _chips(pieces: Sequence[GroundPiece | None]) -> list[Chip]:
    return [_chip(piece) for piece in pieces if piece is not None]


def _chip(piece: GroundPiece) -> Chip:
    rgb = piece.rgb.astype(np.float32)
    return Chip(_greenness(rgb), rgb.mean(axis=0), piece.inside, piece.pixel_m, piece.marks)


def _greenness(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    total = np.maximum(rgb.sum(axis=0), 1.0)
    found: NDArray[np.float32] = (3.0 * rgb[1] - total) / total
    return found


def canopy_greenness(pair: Pair, lattice: Lattice) -> NDArray[np.float32]:
    """Greenness this month of cells that were canopy at both dates, (n,)."""
    return _greenness(canopy_colours(pair, lattice))


def canopy_colours(pair: Pair, lattice: Lattice) -> NDArray[np.float32]:
    """Red, green and blue this month of cells that were canopy at both dates, (3, n)."""
    known = np.maximum(lattice.observed, 1e-6)
    grown = (lattice.before / known >= GROWN_SHARE) & (lattice.after / known >= GROWN_SHARE) & (lattice.observed > 0)
    rows, cols = np.nonzero(grown)
    small = read_preview(pair.after.preview)
    x, y = lattice.transform @ (cols + 0.5, rows + 0.5)  # type: ignore[operator]  # arrays are taken too
    col, row = ~small.grid.transform @ (x, y)
    at = (
        np.clip(np.asarray(row).astype(int), 0, small.rgb.shape[0] - 1),
        np.clip(np.asarray(col).astype(int), 0, small.rgb.shape[1] - 1),
    )
    colours: NDArray[np.float32] = small.rgb[at].T.astype(np.float32)
    return colours


def work_job(bench: Bench, code: str, asked: Asked) -> WorkJob:
    """Which pieces of the month's image are looked at for planting, and what must show by now."""
    pair, lattice = bench.classified.pairs[code], bench.lattices[code]
    seed = bench.settings.campaign.seed
    frame = bench.ground.measured.frame
    shapes = tuple(frame.geometry[frame["village_code"] == code])
    stands = [stand for stand, _ in bench.stands(code, asked)]
    growth = bench.settings.growth
    crown = min(expected_crown_m(stand, growth, seed) for stand in stands)
    saplings = Saplings(crown, growth.survival, growth.spacing_m, _greenness_of(bench, code))
    return WorkJob(
        code, pair.scene, pair.after.canopy.grid, pair.after.registration, shapes,
        tuple(lattice.places(*bench.bare(code))), bench.ground.villages.crs.to_wkt(), saplings, seed,
        bench.ground.trees.get(code, NOWHERE),
    )  # fmt: skip


def _greenness_of(bench: Bench, code: str) -> float:
    """How green young crowns must be taken to be: as the duller of this image's own trees, else of the street's."""
    own = canopy_greenness(bench.classified.pairs[code], bench.lattices[code])
    if own.size < MIN_CELLS:
        everywhere = [
            canopy_greenness(bench.classified.pairs[other], lattice) for other, lattice in bench.lattices.items()
        ]
        own = np.concatenate(everywhere)
    return float(np.quantile(own, DULL)) if own.size else 0.0
