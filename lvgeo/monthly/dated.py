"""A village's scene with the name of its date, and what two dates must have alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lvgeo.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lvgeo.imagery.classify import Scene

__all__ = ["Dated", "dates_of_like_heights"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A village's scene with the name of its date."""

    label: str
    scene: Scene

    def without_heights(self) -> Dated:
        """Return the same, read by its colours alone."""
        return replace(self, scene=replace(self.scene, heights=(), height_digests=()))


def dates_of_like_heights(
    befores: Mapping[str, Dated], afters: Mapping[str, Dated], refused: list[Refusal]
) -> tuple[dict[str, Dated], dict[str, Dated]]:
    """Lay surface models aside where a village has them at one of its two dates only.

    Lawns that count as canopy at one date and not at the other would be gained or lost though nothing grew or fell.

    Parameters
    ----------
    befores, afters
        Village code → its scene.
    refused
        Where each surface model that is laid aside is named.
    """
    before, after = dict(befores), dict(afters)
    for code in sorted(befores.keys() & afters.keys()):
        with_one, other = befores[code], afters[code]
        if bool(with_one.scene.heights) == bool(other.scene.heights):
            continue
        if other.scene.heights:
            with_one, other = other, with_one
        refused += [
            Refusal("heights_unpaired", file=file.path, feature=code, value=with_one.label, limit=other.label)
            for file in with_one.scene.heights
        ]
        before[code], after[code] = befores[code].without_heights(), afters[code].without_heights()
    return before, after
