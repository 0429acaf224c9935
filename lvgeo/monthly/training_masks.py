"""Mask rasters that an analyst drew, each named as its image is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.labels import labels_from_mask
from lvgeo.imagery.scene_mask import read_mask
from lvgeo.monthly.training_labels import Marked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lvgeo.imagery.grid import Grid
    from lvgeo.imagery.scene import SceneFile

__all__ = ["MASK_SUFFIXES", "MarkedMasks"]

MASK_SUFFIXES: Final = {".tif", ".tiff", ".png"}


class MarkedMasks:
    """Masks: one for one image, or a folder of them that lie there as the images lie in theirs.

    A mask in a folder of its own (``2024-01/a.png``) is of the image in a folder of that name; one that lies by itself
    is of the only image of its name.
    """

    def __init__(self, place: Path, images: Sequence[Path]) -> None:
        root = place.parent if place.is_file() else place
        inside = {p for p in place.rglob("*") if p.suffix.lower() in MASK_SUFFIXES}.difference(images)
        self._files = files = [place] if place.is_file() else sorted(inside)
        ways = {mask: mask.relative_to(root).with_suffix("").parts for mask in files}
        alone = place.is_file() and len(images) == 1
        self._of = {image: files if alone else _nearest(image, ways) for image in images}
        self._uses = Counter(mask for masks in self._of.values() for mask in masks)

    def labels(self, path: Path, file: SceneFile, grid: Grid) -> Marked | None:
        """Labels of an image, None where it has no mask."""
        masks = self._of[path]
        if not masks:
            return None
        if len(masks) > 1 or self._uses[masks[0]] > 1:
            told = ", ".join(mask.name for mask in masks)
            raise InputRefusedError(Refusal("mask_ambiguous", file=str(path), value=told))
        nested = grid.nested_in(file.grid)
        return Marked(labels_from_mask(read_mask(masks[0], file.grid), nested[0] if nested else 1))

    def left_out(self) -> tuple[Refusal, ...]:
        """Name masks of no image."""
        return tuple(Refusal("mask_unmatched", file=str(mask)) for mask in self._files if mask not in self._uses)


def _nearest(image: Path, ways: dict[Path, tuple[str, ...]]) -> list[Path]:
    """Masks whose way from their folder is the end of the image's own; of several, those that share most of it."""
    own = image.with_suffix("").parts
    fitting = {mask: len(way) for mask, way in ways.items() if own[-len(way) :] == way}
    return [mask for mask, length in fitting.items() if length == max(fitting.values())]
