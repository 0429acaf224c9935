"""Lay the files of a scene of several beside each other, each where it lies by itself, and in one light.

Flights of one month commonly lie a metre or two apart, and the sun moves in between: one shift and one curve for all of
them would make a later flight's ground look like change. Where files overlap they are laid on each other, which the
same day makes exact; where they do not, on the baseline. There the tiles of one mosaic, which lie alike, must not be
pulled apart by the estimate's own scatter: a file stays where its scene is read unless it is clearly more like the
baseline elsewhere (on halves of 22 aerial images the likeness of edges rose by at most 0.08 where nothing had moved,
by 0.06–0.4 where a half had been moved by two pixels and by 0.09–0.5 where by four).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.flight_looks import Below, Light, Look, Table, continues, part_under, shared
from lvgeo.imagery.flights import Flight, heights_along, lit, moved, steps_of
from lvgeo.imagery.radiometry import identity_radiometry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.flights import By
    from lvgeo.imagery.grid import Grid, Window
    from lvgeo.imagery.jobs import Scene
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import SceneFile

__all__ = ["Laid", "Laying"]

CLEARLY: Final = 0.05  # by how much edges must be more alike elsewhere for a file to be moved there
MANY_TILES: Final = 12  # of so many, the tiles themselves tell
OWN_GAIN: Final = (0.75, 0.25)  # a place of its own must bring tiles to this share of their distance, and by so many px
ALIKE_PX: Final = 0.5  # nearer than this two files lie alike: content is read at whole pixels
CONTRADICTS_PX: Final = 2.0  # so far may the baseline, of another date, say otherwise than files of one month
AGREE_PX: Final = 1.0  # all others must lie so near each other for a file that shows nothing to be put among them
LIGHT_DN: Final = 1.0  # mean difference of light that is evened out between files that overlap
LIGHT_BY_BASELINE: Final = (8.0, 0.75)  # the same by way of the baseline, and the share of the difference left at most


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A scene whose files lie beside each other.

    Parameters
    ----------
    scene
        To be read instead of the one handed over.
    offs
        Rows and columns by which each file's content lies off the scene's.
    looks
        Each file beside what it was laid on.
    by
        What that was.
    """

    scene: Scene
    offs: tuple[tuple[float, float], ...]
    looks: tuple[Look, ...]
    by: tuple[By, ...]

    def flights(self, registration: Registration, grid: Grid) -> tuple[Flight, ...]:
        """Say how each file lies once the scene as a whole is read by a registration."""
        found = []
        for look, off, by in zip(self.looks, self.offs, self.by, strict=True):
            left_m = registration.residual_m
            if by == "flights":
                left_m = math.hypot(left_m, look.registration.residual_m)
            elif by == "baseline" and (off != (0.0, 0.0) or len(look.tiles) >= MANY_TILES):
                # Of a file that stays where it was a few tiles tell less than those of the whole scene.
                left_m = look.left_px(look.read_at(registration, grid) + off) * grid.ground_pixel_m
            found.append(Flight(*off, left_m if by else math.inf, by))
        return tuple(found)


@dataclass(slots=True, eq=False)
class _Placing:
    """A file on its way to its place.

    Parameters
    ----------
    raw, part
        As handed over, and the part of the grid that it covers.
    look
        Beside what it is laid on; before that beside the baseline.
    file
        As it is read: in its place, in the light of the others.
    off
        Rows and columns by which its content lies off the scene's.
    by
        What it was laid on; empty as long as it does not lie.
    tried
        On how many files it was last tried.
    """

    raw: SceneFile
    part: Window | None
    look: Look
    file: SceneFile
    off: tuple[float, float] = (0.0, 0.0)
    by: By = ""
    tried: int = 0


class Laying:
    """Files of a scene, laid one after the other."""

    def __init__(self, table: Table, looks: Sequence[Look], anchor: int, reference: Registration) -> None:
        self.table, self.anchor, self.reference = table, anchor, reference
        grid = table.job.grid
        self.each = [
            _Placing(file, part_under(grid, file.grid), look, file)
            for file, look in zip(table.job.scene.files, looks, strict=True)
        ]

    def laid(self) -> Laid:
        """Return the scene."""
        scene, grid = self.table.job.scene, self.table.job.grid
        files, offs = tuple(one.file for one in self.each), tuple(one.off for one in self.each)
        looks, by = tuple(one.look for one in self.each), tuple(one.by for one in self.each)
        return Laid(replace(scene, files=files, heights=heights_along(scene, offs, grid)), offs, looks, by)

    def better_alone(self, k: int, off: Sequence[float] | NDArray[np.float64] = (0.0, 0.0)) -> bool:
        """Whether a file is clearly more like the baseline where it lies by itself than off the scene by so much."""
        one = self.each[k]
        look = one.look
        read_at, place = look.read_at(self.reference, self.table.job.grid) + off, self._place(k) + off
        if float(np.hypot(*(look.estimate - place))) < ALIKE_PX:
            return False
        as_read, alone = look.left_px(read_at), look.left_px(look.estimate)
        if len(look.tiles) >= MANY_TILES:
            return alone < OWN_GAIN[0] * as_read and alone < as_read - OWN_GAIN[1]
        there, elsewhere = self.table.alike(one.raw, place, look.registration.shift)
        return elsewhere >= there + CLEARLY

    def put_overlapping(self) -> None:
        """Lay what overlaps files that lie already, as long as there is some."""
        while any(self._put_beside(k) for k, one in enumerate(self.each) if not one.by):
            pass

    def _put_beside(self, k: int) -> bool:
        """Lay a file on those that it overlaps; not tried again until there are more of them."""
        one, below = self.each[k], self._below(k)
        if below is None or len(below.files) == one.tried:
            return False
        one.tried = len(below.files)
        beside = self.table.look(one.raw, below)
        if not beside.found or self._contradicts(k, beside.estimate):
            return False
        one.look = beside
        self.put(k, beside.estimate, "flights")
        return True

    def _below(self, k: int) -> Below | None:
        """Files that lie already where a file lies."""
        found = [
            (other.file, both)
            for n, other in enumerate(self.each)
            if other.by and n != k and (both := shared(self.each[k].part, other.part)) is not None
        ]
        if not found:
            return None
        return Below(
            tuple(file for file, _ in found), max((both for _, both in found), key=lambda w: w.height * w.width)
        )

    def _contradicts(self, k: int, off: NDArray[np.float64]) -> bool:
        """Whether the baseline clearly says that a file lies elsewhere than files which it overlaps say."""
        look = self.each[k].look
        if not look.found:
            return False
        apart = look.estimate - self._place(k) - off
        return float(np.hypot(*apart)) > CONTRADICTS_PX and self.better_alone(k, off)

    def _place(self, k: int) -> NDArray[np.float64]:
        """Rows and columns by which the scene is read off its place where a file lies."""
        return np.asarray(np.median(self.each[k].look.read_at(self.reference, self.table.job.grid), axis=0))

    def put_on_baseline(self, k: int) -> None:
        """Lay a file as the tile beside it lies, else where the scene is read, unless it clearly lies elsewhere."""
        for n, other in enumerate(self.each):
            if self._is_beside(k, n) and not self.better_alone(k, other.off):
                self._put_along(k, n, "baseline")
                return
        off = self.each[k].look.estimate - self._place(k)
        self.put(k, off if self.better_alone(k) else np.zeros(2), "baseline")

    def put_unknown(self, known: Sequence[int]) -> None:
        """Put files of which nothing can be told where the tile beside them is, else where all others are, if alike."""
        waiting = [k for k, one in enumerate(self.each) if not one.by]
        while found := next(((k, n) for k in waiting for n in range(len(self.each)) if self._is_beside(k, n)), None):
            self._put_along(*found, "scene")
            waiting.remove(found[0])
        places = np.array([self.each[k].look.estimate for k in known if self.each[k].by == "baseline"])
        unmoved = not any(any(one.off) for one in self.each)
        if len(known) > 1 and unmoved and bool((np.ptp(places, axis=0) <= AGREE_PX).all()):
            for k in waiting:
                self.each[k].by = "scene"

    def _is_beside(self, k: int, n: int) -> bool:
        """Whether a file is a tile of the same mosaic as one that lies already."""
        return bool(self.each[n].by) and continues(self.each[k].raw.grid, self.each[n].raw.grid)

    def _put_along(self, k: int, n: int, by: By) -> None:
        """Lay a file as another one lies, and in its light."""
        one, other = self.each[k], self.each[n]
        one.by, one.off = by, other.off
        one.file = replace(moved(one.raw, self.table.job.grid, one.off), levels=other.file.levels)

    def put(self, k: int, off: NDArray[np.float64], by: By) -> None:
        """Lay a file that lies off the scene by rows and columns, and bring it to the light of what lies there."""
        one, grid = self.each[k], self.table.job.grid
        if float(np.hypot(*off)) >= ALIKE_PX:
            one.off = steps_of(one.raw, grid, (float(off[0]), float(off[1])))
        one.by, one.file = by, moved(one.raw, grid, one.off)
        if k != self.anchor:
            one.file = self._lit(k)

    def _lit(self, k: int) -> SceneFile:
        """Give a file its tables, where they change what it shows by more than a little."""
        file, below = self.each[k].file, self._below(k)
        beside = self.table.light(file, below) if below is not None else None
        if beside is not None:
            itself = identity_radiometry(len(beside.curves.curves))
            return lit(file, self.table.job.roles, (beside.curves, itself), beside.after, LIGHT_DN)
        if self.each[k].by != "baseline":
            return file
        own, anchor = self._baselines_light(k), self._anchors_light
        least, share = LIGHT_BY_BASELINE
        if own is None or anchor is None or own.left_dn(own.curves) > share * own.left_dn(anchor.curves):
            return file
        return lit(file, self.table.job.roles, (own.curves, anchor.curves), own.after, least)

    @functools.cached_property
    def _anchors_light(self) -> Light | None:
        return self._baselines_light(self.anchor)

    def _baselines_light(self, k: int) -> Light | None:
        return self.table.light(self.each[k].raw, shift=self.each[k].look.registration.shift)
