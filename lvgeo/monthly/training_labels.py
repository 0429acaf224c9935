"""What an analyst marked, image by image: the one interface of masks and of points and polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lvgeo.imagery.classify import scale_of
from lvgeo.imagery.scene_reader import SceneReader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lvgeo.errors import Refusal
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import Role, SceneFile
    from lvgeo.imagery.scene_reader import Pixels

__all__ = ["Labeller", "Marked", "read_whole"]


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """What is marked on an image.

    Parameters
    ----------
    labels
        (y, x) int8: 1 canopy, 0 other, -1 unknown.
    left_out
        What of the marks could not be used.
    """

    labels: NDArray[np.int8]
    left_out: tuple[Refusal, ...] = ()


class Labeller(Protocol):
    """Samples of one kind, opened."""

    def labels(self, path: Path, file: SceneFile, grid: Grid) -> Marked | None:
        """Say what is marked on an image, on a grid of its ground; None where nothing is.

        Raises
        ------
        InputRefusedError
            If what is marked cannot be read, or cannot be told apart from another image's.
        """
        ...

    def left_out(self) -> tuple[Refusal, ...]:
        """Name samples that belong to none of the images."""
        ...


def read_whole(file: SceneFile, grid: Grid, roles: Sequence[Role]) -> Pixels:
    """Read all of an image, in the scale in which a scene is read that is judged."""
    with SceneReader([file], grid, roles, scale_of([file], grid, roles)) as reader:
        return reader.read(grid.whole)
