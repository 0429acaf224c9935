"""What is true of a simulated street, worked out without the code that will measure it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from affine import Affine

from lvgeo.projection import between
from lvgeo.simulate.ground import MARGIN_PX, burnt
from lvgeo.simulate.render import crown_cover
from lvgeo.simulate.street import MONTHS, PIXEL_M, SIZE_PX

if TYPE_CHECKING:
    from lvgeo.simulate.ground import Ground
    from lvgeo.simulate.street import Planting, Site

__all__ = ["canopy_truth", "series_area_m2", "site_truth", "true_word"]

_A: Final = 6378137.0
_F: Final = 1 / 298.257222101
_E2: Final = _F * (2 - _F)
_B2: Final = _A**2 * (1 - _E2)
# 国土调查办发〔2008〕32号: the official series for the area under an edge on the CGCS2000 ellipsoid.
_SERIES: Final = (
    1 + 3 / 6 * _E2 + 30 / 80 * _E2**2 + 35 / 112 * _E2**3 + 630 / 2304 * _E2**4,
    1 / 6 * _E2 + 15 / 80 * _E2**2 + 21 / 112 * _E2**3 + 420 / 2304 * _E2**4,
    3 / 80 * _E2**2 + 7 / 112 * _E2**3 + 180 / 2304 * _E2**4,
    1 / 112 * _E2**3 + 45 / 2304 * _E2**4,
    5 / 2304 * _E2**4,
)


def series_area_m2(shape: shapely.Polygon | shapely.MultiPolygon) -> float:
    """Ellipsoidal area by the official series, in m²; longitude first, degrees."""
    total = 0.0
    for part in shapely.get_parts(shape) if not shape.is_empty else ():
        outer, *holes = shapely.get_rings(part)
        total += _ring_m2(outer) - sum(_ring_m2(hole) for hole in holes)
    return total


def _ring_m2(ring: shapely.LinearRing) -> float:
    xy = np.radians(shapely.get_coordinates(ring))
    xy[:, 0] -= xy[0, 0]
    (l1, b1), (l2, b2) = xy[:-1].T, xy[1:].T
    d_b, b_m = b2 - b1, (b1 + b2) / 2
    signs = (1, -1, 1, -1, 1)
    terms = sum(
        sign * k * np.sin((2 * n + 1) * d_b / 2) * np.cos((2 * n + 1) * b_m)
        for n, (sign, k) in enumerate(zip(signs, _SERIES, strict=True))
    )
    return abs(float((2 * _B2 * (l1 + l2) / 2 * terms).sum()))


def true_word(site: Site, month: str) -> str:
    """Return what a village's word would be if everything were known; empty before anything is due."""
    if month < "2024-03":
        return ""
    return "lagging" if site.lagging or site.scenario == "failed" else "on_track"


def canopy_truth(site: Site, ground: Ground) -> dict[str, dict[str, float]]:
    """Plot id → month → share of the plot under crowns, grown or new."""
    size = SIZE_PX + 2 * MARGIN_PX
    transform = Affine(PIXEL_M, 0, site.west - MARGIN_PX * PIXEL_M, 0, -PIXEL_M, site.north + MARGIN_PX * PIXEL_M)
    found: dict[str, dict[str, float]] = {p.plot_id: {} for p in site.plantings}
    for month in MONTHS:
        cover = np.maximum(crown_cover(site, month)[0], ground.trees)
        for planting in site.plantings:
            here = burnt([planting.ring], transform, size)
            found[planting.plot_id][month] = round(float(cover[here].mean()), 5)
    return found


def site_truth(site: Site, border: shapely.Polygon, canopy: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Everything that is true of a site, as plain values."""
    inside = [_degrees(p).intersection(border) for p in site.plantings if not p.gcj02]
    return {
        "village_code": site.village_code,
        "village": site.village,
        "scenario": site.scenario,
        "registered_trees": site.registered_trees,
        "area_m2": series_area_m2(shapely.union_all(inside)) if inside else 0.0,
        "plots": [
            {
                "plot_id": p.plot_id,
                "area_m2": series_area_m2(_degrees(p)),
                "outside_m2": series_area_m2(_degrees(p).difference(border)),
                "survival": round(p.survival, 4),
                "gcj02": p.gcj02,
                "canopy_share": canopy[p.plot_id],
            }
            for p in site.plantings
        ],
        "flights": [
            {
                "month": f.month,
                "day": str(f.day),
                "shift_rows_px": f.row_shift_px,
                "shift_cols_px": f.col_shift_px,
                "haze": round(f.haze, 4),
                "collar": f.collar,
            }
            for f in site.flights
        ],
        "missing_flights": [m for m in MONTHS if m not in {f.month for f in site.flights}],
        "verdict": {month: true_word(site, month) for month in MONTHS},
    }


def _degrees(planting: Planting) -> shapely.Polygon:
    to_degrees = between(4547, 4490)
    return shapely.transform(planting.ring, to_degrees.transform, interleaved=False)
