"""What lies under the drone and stays: soil, grass, roads, roofs, grown trees, each textured as from the air."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from lvgeo.imagery.burn import burn
from lvgeo.simulate.street import PIXEL_M, SIZE_PX

if TYPE_CHECKING:
    from lvgeo.simulate.street import Site

__all__ = ["MARGIN_PX", "Ground", "burnt", "draw_discs", "lay_ground", "patches"]

MARGIN_PX: Final = 20  # drawn around the picture, so that shifted content has something to shift in
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Layers of a site, each (y, x), with a margin on every side.

    Parameters
    ----------
    soil
        (3, y, x) bare ground with roads, roofs and water.
    grass
        Share of each pixel under grass.
    lush
        How readily its grass greens, 0 to 1.
    trees
        Share of each pixel under grown trees.
    crown
        (3, y, x) colour of grown trees.
    height_m
        Of roofs and trees, for shadows.
    clumps
        Texture of new crowns.
    plots
        True on plots.
    """

    soil: Floats
    grass: Floats
    lush: Floats
    trees: Floats
    crown: Floats
    height_m: Floats
    clumps: Floats
    plots: NDArray[np.bool_]


def lay_ground(site: Site, seed: int) -> Ground:
    """Draw what does not change.

    Parameters
    ----------
    site
        Where, and which ground its plots were made on.
    seed
        Of the street.
    """
    rng = np.random.default_rng([seed, site.place, 1])
    size = SIZE_PX + 2 * MARGIN_PX
    transform = Affine(PIXEL_M, 0, site.west - MARGIN_PX * PIXEL_M, 0, -PIXEL_M, site.north + MARGIN_PX * PIXEL_M)
    plots = burnt([p.ring for p in site.planted], transform, size)
    soil = _soil(rng, size)
    grass = np.clip((patches(rng, size, 60) + 0.35) * 2.2, 0, 1) * np.clip(0.75 + patches(rng, size, 2), 0, 1)
    grass = np.where(plots, grass * rng.uniform(0.45, 0.7), grass).astype(np.float32)
    height = np.zeros((size, size), dtype=np.float32)
    for ring, colour, metres in _built(rng, site, size):
        here = burnt([ring], transform, size) & ~plots
        soil = np.where(
            here, np.array(colour, dtype=np.float32)[:, None, None] * (1 + 0.04 * patches(rng, size, 1.5)), soil
        )
        grass = np.where(here, 0.0, grass).astype(np.float32)
        height = np.where(here, metres, height).astype(np.float32)
    forest = site.scenario == "forest"
    trees, crown = _grown(rng, size, plots, forest=forest)
    height = np.maximum(height, 4.0 * trees).astype(np.float32)
    return Ground(
        soil.astype(np.float32), grass, np.clip(0.5 + 0.5 * patches(rng, size, 25), 0, 1), trees, crown, height,
        patches(rng, size, 1.2), plots,
    )  # fmt: skip


def patches(rng: np.random.Generator, size: int, scale_px: float) -> Floats:
    """Smooth random field of a scale, mean 0 and deviation 1, (size, size)."""
    step = max(1, int(scale_px / 2))
    small = gaussian_filter(
        rng.standard_normal((size // step + 4, size // step + 4)).astype(np.float32), scale_px / step
    )
    field = zoom(small, step, order=1)[:size, :size] if step > 1 else small[:size, :size]
    field = field - field.mean()
    return np.asarray(field / field.std(), dtype=np.float32)


def burnt(rings: list[shapely.Polygon], transform: Affine, size: int) -> NDArray[np.bool_]:
    """Return True where a pixel's middle lies in one of the rings, (size, size)."""
    if not rings:
        return np.zeros((size, size), dtype=bool)
    shapes = [(ring, 1) for ring in rings]
    return np.asarray(burn(shapes, out_shape=(size, size), transform=transform, dtype=np.uint8) > 0)


def _soil(rng: np.random.Generator, size: int) -> Floats:
    tone = 1 + 0.07 * patches(rng, size, 40) + 0.05 * patches(rng, size, 6) + 0.05 * patches(rng, size, 1)
    red = np.array([156.0, 131.0, 104.0]) * (1 + rng.uniform(-0.04, 0.04, 3))
    warmth = 0.03 * patches(rng, size, 50)
    tint = np.stack([1 + warmth, np.ones_like(warmth), 1 - warmth])
    return np.asarray(red[:, None, None] * tone * tint, dtype=np.float32)


def _built(
    rng: np.random.Generator, site: Site, size: int
) -> list[tuple[shapely.Polygon, tuple[float, float, float], float]]:
    """Road, path, roofs and now and then a pond: ring, colour, height."""
    side = size * PIXEL_M
    west, north = site.west - MARGIN_PX * PIXEL_M, site.north + MARGIN_PX * PIXEL_M
    offset = rng.uniform(0.08, 0.2) * side
    road = shapely.LineString([(west, north - offset), (west + side, north - offset - rng.uniform(-6, 6))])
    path_x = west + side * rng.uniform(0.82, 0.94)
    path = shapely.LineString([(path_x, north), (path_x + rng.uniform(-4, 4), north - side)])
    built = [(road.buffer(3.0), (168.0, 166.0, 160.0), 0.0), (path.buffer(1.0), (182.0, 170.0, 150.0), 0.0)]
    for _ in range(int(rng.integers(3, 7))):
        x, y = west + rng.uniform(0.04, 0.9) * side, north - rng.uniform(0.03, 0.3) * side
        shape = shapely.affinity.rotate(
            shapely.box(x, y - rng.uniform(6, 10), x + rng.uniform(8, 14), y), rng.uniform(-20, 20)
        )
        colour = ((176.0, 94.0, 76.0), (96.0, 118.0, 158.0), (196.0, 194.0, 190.0))[int(rng.integers(3))]
        built.append((shape, colour, float(rng.uniform(3, 7))))
    if rng.random() < 0.3:  # noqa: PLR2004 - three sites in ten
        at = shapely.Point(west + 0.14 * side, north - 0.86 * side)
        built.append((at.buffer(rng.uniform(6, 9)), (92.0, 104.0, 96.0), 0.0))
    return built


def _grown(rng: np.random.Generator, size: int, plots: NDArray[np.bool_], *, forest: bool) -> tuple[Floats, Floats]:
    """Grown trees in clusters, kept off plots unless the plot was drawn on a wood."""
    count = int(rng.integers(70, 130))
    centres = rng.uniform(0, size, (8, 2))
    at = centres[rng.integers(0, 8, count)] + rng.normal(0, 34, (count, 2))
    if forest:
        rows, cols = np.nonzero(plots)
        pick = rng.integers(0, len(rows), 150)
        at = np.vstack([at, np.column_stack([rows[pick], cols[pick]])])
    radius = rng.uniform(1.3, 3.2, len(at)) / PIXEL_M
    kept = np.ones(len(at), dtype=bool)
    if not forest and plots.any():
        from scipy.ndimage import distance_transform_edt

        away = distance_transform_edt(~plots)
        inside = np.clip(at.astype(int), 0, size - 1)
        kept = away[inside[:, 0], inside[:, 1]] > radius + 2
    lit = rng.uniform(0.85, 1.15, len(at))
    trees, shade = draw_discs((size, size), at[kept], radius[kept], lit[kept])
    texture = 1 + 0.16 * patches(rng, size, 2.2) + 0.10 * patches(rng, size, 1)
    colour = np.array([78.0, 99.0, 62.0]) * (1 + rng.uniform(-0.05, 0.05, 3))
    crown = colour[:, None, None] * np.maximum(shade, 0.5) * texture
    return trees, np.asarray(crown, dtype=np.float32)


def draw_discs(
    shape: tuple[int, int], at: NDArray[np.float64], radius_px: NDArray[np.float64], lit: NDArray[np.float64]
) -> tuple[Floats, Floats]:
    """Draw anti-aliased crowns.

    Parameters
    ----------
    shape
        (y, x) of the picture.
    at
        (n, 2) row and column of each centre; pixel (0, 0) has its middle at 0.5, 0.5.
    radius_px
        (n,) radii.
    lit
        (n,) brightness of each crown.

    Returns
    -------
    tuple
        Share of each pixel under a crown, and brightness there, both (y, x): the north-west side is lit.
    """
    cover = np.zeros(shape, dtype=np.float32)
    shade = np.ones(shape, dtype=np.float32)
    for (row, col), radius, light in zip(at, radius_px, lit, strict=True):
        reach = int(radius) + 2
        top, left = max(0, int(row) - reach), max(0, int(col) - reach)
        bottom, right = min(shape[0], int(row) + reach + 1), min(shape[1], int(col) + reach + 1)
        if bottom <= top or right <= left:
            continue
        y = np.arange(top, bottom)[:, None] + 0.5 - row
        x = np.arange(left, right)[None, :] + 0.5 - col
        distance = np.hypot(y, x)
        alpha = np.clip(radius - distance + 0.5, 0.0, 1.0).astype(np.float32)
        side = light * (1.0 - 0.22 * (y + x) / max(radius, 1.0)) * (1.0 - 0.10 * (distance / max(radius, 1.0)) ** 2)
        here = np.s_[top:bottom, left:right]
        cover[here] = np.maximum(cover[here], alpha)
        shade[here] = np.where(alpha > 0.5, side, shade[here])  # noqa: PLR2004 - half a pixel
    return cover, shade
