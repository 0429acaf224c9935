"""Where jobs run: one ordered map. The results, and their order, are the same wherever that is."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["run"]

Job = TypeVar("Job")
Result = TypeVar("Result")


def run(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    done: Callable[[int, int], None] | None = None,
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

    Examples
    --------
    >>> run(abs, [-2, 1], workers=2)
    [2, 1]
    """
    count = workers or os.cpu_count() or 1
    results: list[Result] = []
    with ThreadPoolExecutor(max_workers=count) as pool:
        for result in pool.map(work, jobs):
            results.append(result)
            if done is not None:
                done(len(results), len(jobs))
    return results
