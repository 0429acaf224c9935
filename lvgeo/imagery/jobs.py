"""What is asked of a scene, and what comes of it: values, small and picklable."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.model import Model, Recipe
    from lvgeo.imagery.registration import Registration
    from lvgeo.imagery.scene import Role, SceneFile
    from lvgeo.imagery.store import CanopyRaster

__all__ = ["METHOD", "BaselineJob", "ClassifiedScene", "FilesJob", "Scales", "Scene", "SceneJob"]

# Raised whenever the same inputs would give other classes, or store them otherwise: rasters are then made again.
METHOD: Final = 11
FLIGHTS: Final = 5  # the same of scenes of several files, and what is compared with them
HEIGHTS: Final = 2  # the same of scenes with surface models
SHADE: Final = 1  # the same of scenes held beside their baseline in small
NAME_BYTES: Final = 120  # of a raster's name before its key: systems take 255 in all, or as many for a whole path


@dataclass(frozen=True, slots=True)
class Scene:
    """A village's files of one month.

    Parameters
    ----------
    files
        In the order in which they give a pixel.
    digests
        SHA-256 of each file.
    heights, height_digests
        The same of surface models (DSM) of the flight.
    """

    files: tuple[SceneFile, ...]
    digests: tuple[str, ...]
    heights: tuple[SceneFile, ...] = ()
    height_digests: tuple[str, ...] = ()

    @property
    def flown_on(self) -> str:
        """Last ISO day on which its files say that they were flown, empty where none does."""
        return max((str(file.acquired) for file in self.files if file.acquired is not None), default="")


class Scales(NamedTuple):
    """Digital numbers that become 0 and 255 in files of more than 8 bits, of a scene and of its baseline."""

    scene: tuple[float, float]
    baseline: tuple[float, float]


@dataclass(frozen=True, slots=True)
class FilesJob:
    """Lay the files of a scene beside each other.

    Parameters
    ----------
    scene, baseline
        The month's scene and the village's baseline; the same value where the baseline itself is laid.
    grid
        The village's grid.
    roles
        Bands that are looked at, in order.
    max_shift_m
        Limit of registration.
    """

    scene: Scene
    baseline: Scene
    grid: Grid
    roles: tuple[Role, ...]
    max_shift_m: float


@dataclass(frozen=True, slots=True)
class BaselineJob:
    """Look at one baseline.

    Parameters
    ----------
    village_code
        Whose.
    scene, grid
        What is read, where.
    recipe
        The model before it is fitted to the street.
    max_shift_m
        Limit of registration, where the baseline is of several files.
    """

    village_code: str
    scene: Scene
    grid: Grid
    recipe: Recipe
    max_shift_m: float

    @property
    def files(self) -> FilesJob:
        """The baseline's files."""
        return FilesJob(self.scene, self.scene, self.grid, self.recipe.roles, self.max_shift_m)


@dataclass(frozen=True, slots=True)
class SceneJob:
    """Classify one scene.

    Parameters
    ----------
    village_code
        Whose.
    scene, baseline
        The month's scene and the village's baseline; the same value where the baseline itself is classified.
    grid
        The village's grid.
    model
        Fitted to the street.
    max_shift_m
        Limit of registration.
    folder
        Where class rasters of this village and month go.
    name
        Month, or in `compare` the name of a file or folder, as the beginning of the class raster's name.
    baseline_preview
        The classified baseline in small, from which a cloud's shadow is told; empty where it is not looked for.
    """

    village_code: str
    scene: Scene
    baseline: Scene
    grid: Grid
    model: Model
    max_shift_m: float
    folder: str
    name: str
    baseline_preview: str = ""

    @property
    def place(self) -> Path:
        """Where its class raster goes: of a long name only the beginning, so that the endings have room."""
        name = self.name
        while len(os.fsencode(name)) > NAME_BYTES:
            name = name[:-1]
        return Path(self.folder) / f"{name}-{self.key()}.tif"

    @property
    def files(self) -> FilesJob:
        """The scene's files."""
        return FilesJob(self.scene, self.baseline, self.grid, self.model.roles, self.max_shift_m)

    def key(self) -> str:
        """Hash of all that decides the classes; equal inputs are not classified again."""
        decides = {
            "method": METHOD,
            "scene": self.scene.digests,
            "heights": self.scene.height_digests,
            "baseline": self.baseline.digests,
            "read": [[f.decides() for f in (*one.files, *one.heights)] for one in (self.scene, self.baseline)],
            "grid": [*self.grid.transform, self.grid.height, self.grid.width, self.grid.crs.to_wkt()],
            "model": self.model.facts(),
            "max_shift_m": self.max_shift_m,
        }
        if max(len(self.scene.files), len(self.baseline.files)) > 1:
            decides["flights"] = FLIGHTS
        if self.scene.heights:
            decides["standing"] = HEIGHTS
        if self.baseline_preview:
            decides["shade"] = SHADE
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ClassifiedScene:
    """What came of a scene.

    Parameters
    ----------
    village_code
        Whose.
    canopy
        The class raster.
    preview
        File of the scene in small.
    registration
        How it lay against its baseline.
    """

    village_code: str
    canopy: CanopyRaster
    preview: Path
    registration: Registration
