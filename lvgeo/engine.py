"""Where jobs run: one ordered map. The results, and their order, are the same wherever that is."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from lvgeo.errors import Refusal, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["THREADS", "checked_engine", "run", "threads_for"]

Job = TypeVar("Job")
Result = TypeVar("Result")

THREADS: Final = "threads"
_DASK = re.compile(r"dask://[A-Za-z0-9_.\-\[\]:]+:\d{1,5}")


def checked_engine(engine: str) -> str:
    """Return where jobs shall run, once it is known to be sound.

    Parameters
    ----------
    engine
        ``threads``, or ``dask://HOST:PORT`` of a running scheduler whose workers see the same folders.

    Raises
    ------
    UsageError
        If it is neither, or Dask is not installed.
    """
    if engine in {"", THREADS}:
        return THREADS
    if not _DASK.fullmatch(engine):
        raise UsageError(Refusal("option_wrong", feature="--engine", value=engine, limit="threads | dask://HOST:PORT"))
    try:
        import distributed  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise UsageError(Refusal("extra_missing", value="dask", limit="lvgeo[cluster]")) from error
    return engine


def threads_for(jobs: int) -> int:
    """Threads for each of so many jobs, so that a few large ones use all cores too."""
    return max(1, (os.cpu_count() or 1) // max(jobs, 1))


def run(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    done: Callable[[int, int], None] | None = None,
    engine: str = THREADS,
) -> list[Result]:
    """Do each job and return the results in the jobs' order.

    Parameters
    ----------
    work
        A function of one job; decoding and classification release the interpreter, so threads use all cores.
    jobs
        Small values.
    workers
        Threads; by default one a core.
    done
        Told how many jobs of how many are finished, in order.
    engine
        From `checked_engine`. A Dask worker that dies has its jobs done again by another: a job writes only whole files
        of its own, so nothing is harmed by doing it twice.

    Raises
    ------
    UsageError
        If the scheduler cannot be reached.

    Examples
    --------
    >>> run(abs, [-2, 1], workers=2)
    [2, 1]
    """
    if engine.startswith("dask://"):
        return _on_dask(work, jobs, engine, done)
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        return _gathered(pool.map(work, jobs), len(jobs), done)


def _on_dask(
    work: Callable[[Job], Result], jobs: Sequence[Job], engine: str, done: Callable[[int, int], None] | None
) -> list[Result]:
    from distributed import Client

    try:
        client = Client(engine.replace("dask://", "tcp://", 1), timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
    except OSError as error:
        limit = "a running scheduler"
        raise UsageError(Refusal("option_wrong", feature="--engine", value=engine, limit=limit)) from error
    with client:
        # pure=False: the same job asked twice is two jobs, as with threads.
        futures = [client.submit(work, job, pure=False, retries=3) for job in jobs]
        return _gathered((future.result() for future in futures), len(jobs), done)


def _gathered(found: Iterable[Result], total: int, done: Callable[[int, int], None] | None) -> list[Result]:
    results: list[Result] = []
    for result in found:
        results.append(result)
        if done is not None:
            done(len(results), total)
    return results
