"""The canopy model that a campaign names, held against the pixels that its images may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.canopy import recipe_named

if TYPE_CHECKING:
    from lvgeo.campaign.settings import ImageryTable
    from lvgeo.imagery.model import Recipe

__all__ = ["COARSER", "model_of"]

LEAST_LIMIT_M: Final = 1.0  # a campaign that asks for finer images may read them coarser: the shipped model does
COARSER: Final = 2.0  # times as wide as the model's may an image's pixels be: its texture is another beyond


def model_of(imagery: ImageryTable) -> Recipe:
    """Return the model of a campaign.

    Raises
    ------
    UsageError
        If there is none of that name.
    InputRefusedError
        If its folder is no model, or it was trained on pixels too wide: no young crown would show.
    """
    recipe = recipe_named(imagery.model)
    limit_m = max(imagery.max_gsd_m, LEAST_LIMIT_M)
    if recipe.gsd_m > limit_m:
        found, limit = f"{recipe.gsd_m:g}", f"{limit_m:g}"
        raise InputRefusedError(Refusal("model_coarse", file=imagery.model, value=found, limit=limit))
    return recipe
