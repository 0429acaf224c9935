"""Who listens to a run's progress: nobody, unless somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Listener", "silent"]

Listener: TypeAlias = Callable[[str, int, int], None]
"""Told a stage, and how many of its jobs of how many are finished."""


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
