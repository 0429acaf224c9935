"""Which digital numbers of a scene are black and white: those that it really uses, the same for all bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.sample import sample_windows
from lvgeo.imagery.scene_reader import SceneReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import Role, SceneFile

__all__ = ["scale_of"]

SCALE_STEP: Final = 7  # every so many numbers are enough for a quantile
SCALE_PX: Final = 500_000
TOP: Final = 0.998  # of the numbers: above it lie glints
MOST_APART: Final = 20.0  # times as large as another flight's: no exposure differs so, reflectance and counts do


def scale_of(files: Sequence[SceneFile], grid: Grid, roles: Sequence[Role]) -> tuple[float, float]:
    """Digital numbers that become 0 and 255: those a scene really uses, the same for all bands so that colours stay.

    Reflectance and counts begin at nothing, or at the number that the file's own offset makes nothing. What lies below
    is noise, or, far below, stands for ground that was not observed. Files of 8 bits are read as they are.

    Raises
    ------
    InputRefusedError
        If a block cannot be read, or files of more than 8 bits count otherwise than others of the scene do.
    """
    if all(file.dtype == "uint8" for file in files):
        return 0.0, 255.0
    zeros = sorted({file.zero for file in files if file.dtype != "uint8"})
    used = [part[part > zeros[0]] for part in _numbers(files, grid, roles) if part.size]
    tops = [float(np.quantile(part, TOP)) - zeros[0] for part in used if part.size]
    if len(zeros) > 1 or (tops and max(tops) > MOST_APART * min(tops)):
        said = (f"{zero:g} …" for zero in zeros) if len(zeros) > 1 else (f"… {top:.4g}" for top in sorted(tops))
        raise InputRefusedError(Refusal("flights_numbers", file=files[0].path, value=", ".join(said)))
    return (zeros[0], float(np.quantile(np.concatenate(used), TOP))) if tops else (zeros[0], zeros[0] + 255.0)


def _numbers(files: Sequence[SceneFile], grid: Grid, roles: Sequence[Role]) -> list[NDArray[np.float64]]:
    """Take some of the digital numbers of each file of more than 8 bits, (n,)."""
    first, rest = sample_windows(grid, files)
    found: list[list[NDArray[np.float64]]] = [[] for _ in files]
    with SceneReader(files, grid, roles, (0.0, 1.0)) as reader:
        for window in (*first, *rest):
            for kept, numbers in zip(found, reader.observed(window), strict=True):
                kept.append(numbers[::SCALE_STEP])
            if sum(n.size for kept in found for n in kept) >= SCALE_PX and window is not first[0]:
                break
    return [np.concatenate(kept) for file, kept in zip(files, found, strict=True) if file.dtype != "uint8"]
