"""Where jobs run: one ordered map. The results, and their order, are the same wherever that is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lvgeo.errors import InputRefusedError, Refusal, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["THREADS", "checked_engine", "job_lost", "run", "threads_for"]

Job = TypeVar("Job")
Result = TypeVar("Result")

THREADS: Final = "threads"
CONNECT_S: Final = 10  # a scheduler that answers at all does so at once
IDLE_S: Final = 60  # for workers to come, or to come back: a batch system needs some time to start them
LOGGERS: Final = ("distributed", "distributed.client", "distributed.core", "distributed.comm", "tornado", "asyncio")
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
    lost: Callable[[Job], Result] | None = None,
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
    lost
        What stands for a job on a cluster at which worker after worker dies, as for want of memory; the others go on.
        Without it such a job ends the run.

    Raises
    ------
    UsageError
        If the scheduler cannot be reached, or has no workers for a minute.
    InputRefusedError
        If workers die of a job and nothing may stand for it.

    Examples
    --------
    >>> run(abs, [-2, 1], workers=2)
    [2, 1]
    """
    if engine.startswith("dask://"):
        with _cluster(engine) as cluster:
            return cluster.run(work, jobs, done, lost)
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        return _gathered(pool.map(work, jobs), len(jobs), done)


@contextlib.contextmanager
def _cluster(engine: str) -> Iterator[_Cluster]:
    """Turn what Dask says of a scheduler that is not there, or goes away, into words."""
    from distributed import Client

    with _quiet():
        # A client that fails to connect is never closed: where it is collected while another is made, both wait for the
        # same lock for ever. So none is made before something answers as a scheduler does.
        _ask(engine)
        with _gone(engine, Exception):
            client = Client(_address(engine), timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
        try:
            with _gone(engine, CancelledError):
                yield _Cluster(client, engine)
        finally:
            with contextlib.suppress(TimeoutError):  # it says goodbye, and who is gone does not answer
                client.close()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _gone(engine: str, kind: type[BaseException]) -> Iterator[None]:
    try:
        yield
    except kind as error:
        raise UsageError(Refusal("engine_unreachable", feature="--engine", value=engine)) from error


def _address(engine: str) -> str:
    return engine.replace("dask://", "tcp://", 1)


def _ask(engine: str) -> None:
    """Ask whether a scheduler is there; what does not answer is not waited for."""
    # Of what is no scheduler, as a web page's port, Dask takes any bytes for sizes: any error may come of it.
    with _gone(engine, Exception), ThreadPoolExecutor(1) as pool:  # in a notebook this thread has a loop already
        pool.submit(asyncio.run, _answer(_address(engine))).result()


async def _answer(address: str) -> None:
    from distributed.comm.core import connect

    async with asyncio.timeout(CONNECT_S):
        comm = await connect(address, timeout=CONNECT_S)  # type: ignore[no-untyped-call]
        try:
            await comm.write({"op": "identity", "reply": True})
            if (await comm.read())["type"] != "Scheduler":
                raise OSError(f"{address} is no scheduler")
        finally:
            comm.abort()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from logging tracebacks beside what is said in words: it logs from threads of its own."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A Dask client whose waits end."""

    client: Any
    engine: str

    def run(
        self,
        work: Callable[[Job], Result],
        jobs: Sequence[Job],
        done: Callable[[int, int], None] | None,
        lost: Callable[[Job], Result] | None,
    ) -> list[Result]:
        self._await_workers()
        # pure=False: the same job asked twice is two jobs, as with threads.
        futures = [self.client.submit(work, job, pure=False, retries=3) for job in jobs]
        found = _gathered((self._outcome(future) for future in futures), len(jobs), done)
        # Jobs that lay beside a deadly one died with its worker: those that are lost are tried again, one by one.
        return [
            self._alone(work, job, lost) if isinstance(one, _Lost) else one
            for job, one in zip(jobs, found, strict=True)
        ]

    def _alone(self, work: Callable[[Job], Result], job: Job, lost: Callable[[Job], Result] | None) -> Result:
        found: Result | _Lost = self._outcome(self.client.submit(work, job, pure=False, retries=3))
        if not isinstance(found, _Lost):
            return found
        if lost is None:
            raise InputRefusedError(job_lost(str(getattr(job, "village_code", ""))))
        return lost(job)

    def _outcome(self, future: Any) -> Any:
        from distributed import KilledWorker

        while True:
            try:
                return future.result(timeout=IDLE_S)
            except KilledWorker:
                return _Lost()
            except TimeoutError:
                if future.done():
                    raise  # the job's own
                _ask(self.engine)  # Dask waits for ever for one that stands still
                self._await_workers()

    def _await_workers(self) -> None:
        try:
            self.client.wait_for_workers(1, timeout=IDLE_S)
        except TimeoutError as error:
            raise UsageError(
                Refusal("engine_idle", feature="--engine", value=self.engine, limit=f"{IDLE_S}")
            ) from error


class _Lost:
    """Stands for a job whose workers died."""


def job_lost(village_code: str, file: str = "") -> Refusal:
    """Name a job at which worker after worker died."""
    return Refusal("job_lost", file=file, feature=village_code)


def _gathered(found: Iterable[Result], total: int, done: Callable[[int, int], None] | None) -> list[Result]:
    results: list[Result] = []
    for result in found:
        results.append(result)
        if done is not None:
            done(len(results), total)
    return results
