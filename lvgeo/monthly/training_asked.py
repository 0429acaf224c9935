"""What `train` is asked, and what of it cannot be done."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.errors import Refusal, StorageError, UsageError
from lvgeo.imagery.trees_folder import MAX_GSD_M

if TYPE_CHECKING:
    from pathlib import Path

    from lvgeo.imagery.training_sample import Recipe

__all__ = ["Sampling", "refuse_options"]

LEAST_GSD_M: Final = 0.01


@dataclass(frozen=True, slots=True)
class Sampling:
    """What `train` is asked.

    Parameters
    ----------
    images
        A campaign folder (its images, its order of bands), a folder of images (in folders by date, or not), or one.
    samples
        Points or polygons (GeoPackage, GeoJSON, shapefile, CSV with x and y in the images' own CRS), or a folder of
        mask rasters that lie and are named as the images do and are, or one mask.
    out
        Folder of the model.
    gsd_m
        Pixel size to work at; 0 takes the coarsest image's own.
    leave_out
        Village codes or image names that are not used.
    licence, source
        Of the samples and images, for the card.
    """

    images: Path
    samples: Path
    out: Path
    gsd_m: float = 0.0
    leave_out: tuple[str, ...] = ()
    source: str = ""
    licence: str = ""


def refuse_options(asked: Sampling, recipe: Recipe) -> None:
    """Refuse what would fail after a minute of work, or make a model that cannot be read again.

    Parameters
    ----------
    asked
        What from, where to.
    recipe
        Seed.

    Raises
    ------
    UsageError
        If an option is out of its range.
    StorageError
        If the model has no place to go: no folder stands there, or one that cannot be written.
    """
    if not (asked.gsd_m == 0 or LEAST_GSD_M <= asked.gsd_m <= MAX_GSD_M):  # nan is none either
        limit = f"0 | {LEAST_GSD_M:g} – {MAX_GSD_M:g}"
        raise UsageError(Refusal("option_wrong", feature="--gsd", value=f"{asked.gsd_m:g}", limit=limit))
    if recipe.seed < 0:
        raise UsageError(Refusal("option_wrong", feature="--seed", value=str(recipe.seed), limit="≥ 0"))
    try:
        there = next(place for place in (asked.out, *asked.out.absolute().parents) if place.exists())
    except OSError as error:
        raise StorageError(Refusal("write_failed", file=str(asked.out), value=str(error))) from error
    wrong = errno.ENOTDIR if not there.is_dir() else 0 if os.access(there, os.W_OK) else errno.EACCES
    if wrong:
        raise StorageError(Refusal("write_failed", file=str(asked.out), value=f"{there}: {os.strerror(wrong)}"))
