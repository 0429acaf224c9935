"""Look for a shift that sampled windows are too small to show: on larger ground, in fewer pixels.

A window of 512 px shows shifts of up to 128; at 2 cm those are 2.6 m, and a drone without ground control may lie 10 m
off. Only where what was found is doubtful, one to three larger windows are decoded.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.imagery.flights import moved
from lvgeo.imagery.grid import Window
from lvgeo.imagery.registration import register
from lvgeo.imagery.sample import Sample, patches_of
from lvgeo.imagery.scene_reader import Pixels, SceneReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.jobs import Scales, Scene, SceneJob
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import SceneFile

__all__ = ["far_off", "moved_by", "told_from_afar"]

SIDE_PX: Final = 512  # of a window, in the coarser pixels
REACH: Final = 4  # a shift of more than a fourth of a window leaves too little in common
STRIP_ROWS: Final = 32
SURE: Final = 0.3  # correlation of edges from which a shift is not doubted
SHARE: Final = 0.05  # of the scene that is decoded for it; one window in any case
CLEARLY: Final = 0.05


def far_off(
    job: SceneJob,
    near: Registration,
    before: Sequence[Sample],
    scales: Scales,
) -> tuple[float, float] | None:
    """Whole pixels of the grid, rows and columns, by which a scene lies off farther than was looked; None where not.

    Parameters
    ----------
    job
        Which scene.
    near
        What was found in the sampled windows.
    before
        Those of the baseline.
    scales
        Digital numbers that become 0 and 255, in the scene and in its baseline.

    Raises
    ------
    InputRefusedError
        If a block cannot be read.
    """
    grid = job.grid
    seen_px = min((min(one.window.height, one.window.width) for one in before), default=0) / REACH
    wanted_px = job.max_shift_m / grid.ground_pixel_m
    sure = near.refusal in {"", "flights"} and near.similarity_after >= SURE
    if wanted_px <= seen_px or sure or near.refusal == "flat":
        return None
    factor = math.ceil(wanted_px * REACH / SIDE_PX)
    coarse = grid.coarsened(factor)
    windows = _windows(coarse)
    there, here = (
        _read(files, coarse, job, scale, windows)
        for files, scale in zip((job.scene.files, job.baseline.files), scales, strict=True)
    )
    extent = (coarse.height, coarse.width)
    found = register(patches_of(here, there), coarse.ground_pixel_m, job.max_shift_m, extent=extent)
    off = round(factor * found.row_estimate_px), round(factor * found.col_estimate_px)
    return None if found.refusal or max(map(abs, off)) <= seen_px / 2 else (float(off[0]), float(off[1]))


def moved_by(scene: Scene, grid: Grid, off: tuple[float, float]) -> Scene:
    """Give each file of a scene the place in which content that lies off by rows and columns lies right."""
    return replace(scene, files=tuple(moved(file, grid, off) for file in scene.files))


def told_from_afar(
    near: Registration, there: Registration, off: tuple[float, float], limit_px: float
) -> Registration | None:
    """How a scene lies, as handed over, of which was told once it was moved; None where that is no better.

    Parameters
    ----------
    near
        What was found before.
    there
        What was found once it was moved.
    off
        By how much it was.
    limit_px
        Largest shift.
    """
    total = replace(
        there,
        row_shift_px=there.row_shift_px + off[0],
        col_shift_px=there.col_shift_px + off[1],
        row_estimate_px=there.row_estimate_px + off[0],
        col_estimate_px=there.col_estimate_px + off[1],
        similarity_before=near.similarity_before,
    )
    better = not there.refusal and there.similarity_after >= near.similarity_after + CLEARLY
    return total if better and math.hypot(*total.shift) <= limit_px else None


def _windows(grid: Grid) -> list[Window]:
    """One to three windows from one corner to the other, the first in the middle."""
    height, width = min(SIDE_PX, grid.height), min(SIDE_PX, grid.width)
    count = int(np.clip(SHARE * grid.height * grid.width / (height * width), 1, 3))
    return [Window(round(t * (grid.height - height)), round(t * (grid.width - width)), height, width)
            for t in (0.5, 0.0, 1.0)[:count]]  # fmt: skip


def _read(
    files: Sequence[SceneFile], grid: Grid, job: SceneJob, scale: tuple[float, float], windows: Sequence[Window]
) -> list[Sample]:
    """Read windows a few rows at a time: each of their pixels is made of many."""
    found = []
    with SceneReader(files, grid, job.model.roles, scale) as reader:
        for window in windows:
            rows = range(0, window.height, STRIP_ROWS)
            parts = [
                reader.read(Window(window.row + k, window.col, min(STRIP_ROWS, window.height - k), window.width))
                for k in rows
            ]
            values = np.concatenate([p.values for p in parts], axis=1)
            whole = Pixels(values, np.concatenate([p.valid for p in parts]), parts[0].marked)
            found.append(Sample.of(window, whole))
    return found
