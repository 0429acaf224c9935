"""Do a job for each village so that one broken raster never harms another's."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from pyproj.exceptions import ProjError
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError

from lvgeo.engine import job_lost, run
from lvgeo.errors import InputRefusedError, LvgeoError, Refusal
from lvgeo.imagery.scene import out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from lvgeo.imagery.classify import Scene
    from lvgeo.monthly.silent import Listener

__all__ = ["Told", "guarded"]

MOST_SAID: Final = 200  # characters of an error


class VillageJob(Protocol):
    """A job on the images of one village."""

    @property
    def village_code(self) -> str:
        """Whose."""
        ...

    @property
    def scene(self) -> Scene:
        """Files that are named where it fails."""
        ...


Job = TypeVar("Job", bound=VillageJob)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Told:
    """Where a stage's jobs run, and who is told of them."""

    progress: Listener
    stage: str
    engine: str

    def __call__(self, done: int, total: int) -> None:
        """Tell of so many jobs done."""
        self.progress(self.stage, done, total)


@dataclass(frozen=True, slots=True)
class _Guarded(Generic[Job, Result]):
    """A job whose broken raster is an answer, not an end; a value, so that a cluster can take it."""

    work: Callable[[Job], Result]

    def __call__(self, job: Job) -> Result | tuple[Refusal, ...]:
        try:
            return self.work(job)
        except InputRefusedError as error:
            return error.refusals
        except (RasterioError, CPLE_BaseError, ProjError, OSError, MemoryError) as error:
            where, said = job.scene.files[0].path, str(error) or type(error).__name__
            if out_of_memory(error):
                return (Refusal("memory_short", file=where, feature=job.village_code),)
            return (Refusal("file_broken", file=where, feature=job.village_code, value=said),)
        except LvgeoError:
            raise
        except Exception as error:  # a village that lvgeo fails on is named; the others are judged
            return (Refusal("job_failed", job.scene.files[0].path, job.village_code, _told(error)),)


def _told(error: Exception) -> str:
    """Say what went wrong and where in lvgeo, on one line."""
    said = " ".join(f"{type(error).__name__}: {error}".split())[:MOST_SAID]
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "lvgeo" in Path(f.filename).parts]
    return f"{said}, {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else said


def guarded(work: Callable[[Job], Result], jobs: list[Job], told: Told, refused: list[Refusal]) -> dict[str, Result]:
    """Do the jobs, each of a scene; village code → what came of it.

    Parameters
    ----------
    work
        Done for each.
    jobs
        With a village's code and scene.
    told
        Where they run.
    refused
        Where what could not be read is named.

    Raises
    ------
    StorageError
        If a class raster cannot be written: no other could be.
    """
    kept: dict[str, Result] = {}
    work_guarded: _Guarded[Job, Result] = _Guarded(work)
    results = run(work_guarded, jobs, done=told, engine=told.engine, lost=_lost)
    for job, result in zip(jobs, results, strict=True):
        if isinstance(result, tuple):
            refused += result
        else:
            kept[job.village_code] = result
    return kept


def _lost(job: VillageJob) -> tuple[Refusal, ...]:
    """Name the village whose job no worker outlived."""
    return (job_lost(job.village_code, job.scene.files[0].path),)
