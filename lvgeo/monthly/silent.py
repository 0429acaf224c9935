"""Who listens to a run's progress: nobody, unless somebody asks."""

from __future__ import annotations

__all__ = ["silent"]


def silent(stage: str, done: int, total: int) -> None:
    """Listen to nothing.

    Parameters
    ----------
    stage
        ``baseline``, ``classify_before``, ``classify``.
    done, total
        Jobs finished, and jobs in all.
    """
    del stage, done, total
