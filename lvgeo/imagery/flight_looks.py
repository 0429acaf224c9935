"""Look at one file of a scene of several beside the baseline, or beside other files that lie already."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from affine import Affine

from lvgeo.imagery.grid import Grid, Window
from lvgeo.imagery.radiometry import Radiometry, fit_radiometry
from lvgeo.imagery.registration import RMS_OF_MEDIAN, Patch, Registration, alike, field_at, register_tiles
from lvgeo.imagery.sample import Sample, brightness, sampled
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.jobs import FilesJob, Scales
    from lvgeo.imagery.scene import SceneFile

__all__ = ["Below", "Light", "Look", "Table", "continues", "part_under", "shared"]

WINDOWS: Final = (36, 9, 2)  # that are looked at of all files together, and of one at most and at least
MIN_SIDE_PX: Final = 64  # of a window, once cut to what both show
MIN_OVERLAP_PX: Final = 32  # the same of two files of one month, whose edges are the same ones
SAME_LATTICE_PX: Final = 0.01
SAME_EDGES: Final = 0.5  # correlation from which they are
MIN_LIGHT_PX: Final = 5000  # pixels that both must show for their light to be compared


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a file lies beside another picture of the ground.

    Parameters
    ----------
    registration
        Of this file alone.
    places, tiles
        Middles of tiles in the grid and by how much each lies off, (n, 2) both.
    """

    registration: Registration
    places: NDArray[np.float64]
    tiles: NDArray[np.float64]

    @property
    def found(self) -> bool:
        """Whether it could be registered."""
        return not self.registration.refusal

    @property
    def estimate(self) -> NDArray[np.float64]:
        """Rows and columns by which it lies off, (2,)."""
        return np.array([self.registration.row_estimate_px, self.registration.col_estimate_px])

    def read_at(self, registration: Registration, grid: Grid) -> NDArray[np.float64]:
        """Rows and columns by which a registration reads the ground of the tiles off its place, (n, 2)."""
        if not registration.bend:
            return np.tile(registration.shift, (len(self.places), 1))
        v, u = (self.places / (grid.height, grid.width)).T
        return np.stack(field_at(registration, v, u), axis=1)

    def left_px(self, read_at: NDArray[np.float64]) -> float:
        """RMS distance from where tiles are found to where they are read, (n, 2) or (2,)."""
        return float(np.median(np.hypot(*(self.tiles - read_at).T))) * RMS_OF_MEDIAN


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """How a file shines beside another picture of the ground.

    Parameters
    ----------
    curves
        From its light to the other's.
    before, after
        The same ground in the other picture and in this, (band, n).
    """

    curves: Radiometry
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]

    def left_dn(self, curves: Radiometry) -> float:
        """Median difference that curves leave."""
        return float(np.median(np.abs(curves.apply(self.after) - self.before).mean(axis=0)))


@dataclass(frozen=True, slots=True)
class Below:
    """Files that lie already where another is to be laid, and the largest part of the grid that it shares with one."""

    files: tuple[SceneFile, ...]
    place: Window


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Where files of a scene are laid beside each other.

    Parameters
    ----------
    job
        Which scene.
    scales
        Digital numbers that become 0 and 255 in the scene, and in the baseline.
    """

    job: FilesJob
    scales: Scales

    def look(self, file: SceneFile, below: Below | None = None) -> Look:
        """Register a file by itself, to what lies below it or (None) to the baseline."""
        grid, patches = self.job.grid, self._patches(file, below)
        nested = grid.nested_in(file.grid)
        found, *tiles = register_tiles(
            patches,
            grid.ground_pixel_m,
            self.job.max_shift_m,
            extent=(grid.height, grid.width),
            parts=nested[0] if nested is not None else 1,
        )
        if below is not None and not found.refusal and found.similarity_after < SAME_EDGES:
            found = replace(found, refusal="worse")
        return Look(found, *tiles)

    def alike(self, file: SceneFile, *shifts: Sequence[float] | NDArray[np.float64]) -> list[float]:
        """Correlation of edges with the baseline's, the file being read off its place by each of some shifts."""
        return alike(self._patches(file, None), [(float(rows), float(cols)) for rows, cols in shifts])

    def light(
        self, file: SceneFile, below: Below | None = None, shift: tuple[float, float] = (0.0, 0.0)
    ) -> Light | None:
        """Compare light with what lies below or with the baseline, None where they share too little ground."""
        pairs = self._pairs(file, below, shift)
        both = [b.seen & a.seen for b, a in pairs]
        if sum(int(np.count_nonzero(one)) for one in both) < MIN_LIGHT_PX:
            return None
        old, new = [b.pixels.values for b, _ in pairs], [a.pixels.values for _, a in pairs]
        kept = (
            np.concatenate([one[:, here] for one, here in zip(values, both, strict=True)], axis=1)
            for values in (old, new)
        )
        return Light(fit_radiometry(old, new, both), *kept)

    def _patches(self, file: SceneFile, below: Below | None) -> list[Patch]:
        least = MIN_SIDE_PX if below is None else MIN_OVERLAP_PX
        return [patch for pair in self._pairs(file, below) if (patch := _patch(*pair, least)) is not None]

    def _pairs(
        self, file: SceneFile, below: Below | None, shift: tuple[float, float] = (0.0, 0.0)
    ) -> list[tuple[Sample, Sample]]:
        """Read windows of what lies below or the baseline, and of a file whose content lies off by a shift."""
        grid, roles = self.job.grid, self.job.roles
        place = below.place if below is not None else part_under(grid, file.grid)
        if place is None:
            return []
        corner = grid.transform @ Affine.translation(place.col, place.row)
        part = replace(grid, transform=corner, height=place.height, width=place.width)
        files, scale = (
            (self.job.baseline.files, self.scales.baseline) if below is None else (below.files, self.scales.scene)
        )
        found = []
        with (
            SceneReader([file], part, roles, self.scales.scene) as one,
            SceneReader(files, part, roles, scale) as other,
        ):
            with ThreadPoolExecutor(1) as pool:
                samples = sampled([one], [file], pool)
            for sample in samples[:: -(-len(samples) // self._windows) or 1]:
                there = sample.window.moved(place.row, place.col)
                shown = one.read(sample.window, shift) if any(shift) else sample.pixels
                found.append((Sample.of(there, other.read(sample.window)), Sample.of(there, shown)))
        return found

    @property
    def _windows(self) -> int:
        """Windows of a file that are looked at."""
        together, most, least = WINDOWS
        return max(least, min(most, together // len(self.job.scene.files)))


def part_under(grid: Grid, file: Grid) -> Window | None:
    """Part of a grid that a file's corners span, None where that is next to nothing."""
    to_grid = between(file.crs, grid.crs)
    corners = [file.transform @ at for at in ((0, 0), (file.width, 0), (0, file.height), (file.width, file.height))]
    inside = np.array([~grid.transform @ to_grid.transform(*corner) for corner in corners])
    if not np.isfinite(inside).all():
        return None
    (left, top), (right, bottom) = np.floor(inside.min(axis=0)), np.ceil(inside.max(axis=0))
    return shared(grid.whole, Window(int(top), int(left), int(bottom - top), int(right - left)))


def shared(one: Window | None, other: Window | None) -> Window | None:
    """Return what two windows have in common, None where that is next to nothing."""
    if one is None or other is None:
        return None
    top, left = max(one.row, other.row), max(one.col, other.col)
    bottom = min(one.row + one.height, other.row + other.height)
    right = min(one.col + one.width, other.col + other.width)
    if min(bottom - top, right - left) < MIN_OVERLAP_PX:
        return None
    return Window(top, left, bottom - top, right - left)


def continues(one: Grid, other: Grid) -> bool:
    """Whether two files are tiles of one mosaic: the same pixels, edge to edge; two flights never meet so.

    Examples
    --------
    >>> from pyproj import CRS
    >>> left, right, apart = (Grid(CRS(4547), Affine(0.1, 0, x, 0, -0.1, 9), 50, 80) for x in (0, 8, 8.04))
    >>> continues(left, right), continues(left, apart)
    (True, False)
    """
    nested = one.nested_in(other)
    if nested is None or nested[0] != 1:
        return False
    place = ~other.transform @ (one.transform.c, one.transform.f)
    if not np.allclose(place, np.round(place), atol=SAME_LATTICE_PX):
        return False
    top, left = nested[1], nested[2]
    down = min(top + one.height, other.height) - max(top, 0)
    along = min(left + one.width, other.width) - max(left, 0)
    return min(down, along) == 0 < max(down, along)


def _patch(before: Sample, after: Sample, least: int) -> Patch | None:
    """Both pictures, cut to what both show, None where that has fewer rows or columns."""
    both = before.seen & after.seen
    rows, cols = np.flatnonzero(both.any(axis=1)), np.flatnonzero(both.any(axis=0))
    if not rows.size or min(np.ptp(rows), np.ptp(cols)) < least - 1:
        return None
    cut = np.s_[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    old, new = (brightness(one.pixels.values[:, *cut]) for one in (before, after))
    return Patch(old, new, both[cut], before.window.row + int(rows[0]), before.window.col + int(cols[0]))
