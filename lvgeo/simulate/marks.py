"""What an analyst marks for training on a few images from before planting: every grown crown, the rest as other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from affine import Affine
from rasterio.features import shapes

from lvgeo.simulate.ground import MARGIN_PX
from lvgeo.simulate.street import MONTHS, PIXEL_M, SIZE_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lvgeo.simulate.ground import Ground
    from lvgeo.simulate.street import Site

__all__ = ["is_marked", "marks_of", "marks_text"]

EVERY: Final = 4  # one village in so many is marked
HALF: Final = 0.5  # of a pixel under a crown
TOLERANCE_M: Final = 0.15  # as a hand follows a crown


def is_marked(site: Site) -> bool:
    """Whether somebody marked this village's first image."""
    return site.place % EVERY == 0 and any(flight.month == MONTHS[0] for flight in site.flights)


def marks_of(site: Site, ground: Ground) -> list[dict[str, Any]]:
    """Features of a village: its whole frame as other, and each crown in it as canopy, in the images' own system.

    Parameters
    ----------
    site, ground
        Where, and what grew there before.
    """
    inner = np.s_[MARGIN_PX : MARGIN_PX + SIZE_PX, MARGIN_PX : MARGIN_PX + SIZE_PX]
    crowns = (ground.trees[inner] >= HALF).astype(np.uint8)
    transform = Affine(PIXEL_M, 0, site.west, 0, -PIXEL_M, site.north)
    frame = shapely.box(site.west, site.north - SIZE_PX * PIXEL_M, site.west + SIZE_PX * PIXEL_M, site.north)
    drawn = [shapely.geometry.shape(ring) for ring, _ in shapes(crowns, mask=crowns > 0, transform=transform)]
    return [_feature(site, "other", frame)] + [
        _feature(site, "canopy", one.simplify(TOLERANCE_M)) for one in sorted(drawn, key=lambda one: one.bounds)
    ]


def marks_text(features: Sequence[dict[str, Any]]) -> str:
    """Return the file of all marks."""
    head = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}}
    return json.dumps(head | {"features": list(features)}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _feature(site: Site, word: str, ring: shapely.Polygon) -> dict[str, Any]:
    columns = {"village_code": site.village_code, "month": MONTHS[0], "class": word}
    # Two decimals are a centimetre.
    drawn = shapely.geometry.mapping(shapely.transform(ring, lambda xy: np.round(xy, 2)))
    return {"type": "Feature", "properties": columns, "geometry": drawn}
