"""An ordered map: what is done for each of many things, here or in a pool's threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Each"]

One = TypeVar("One")
Found = TypeVar("Found")


class Each(Protocol):
    """Calls a function for each of many things, in order: `map`, or a pool's."""

    def __call__(self, do: Callable[[One], Found], ones: Iterable[One], /) -> Iterable[Found]:
        """Yield what the function returns."""
        ...
