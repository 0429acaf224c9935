"""Aerial images made ready for a web page: in its projection, see-through where nothing was seen, small."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyproj
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.io import MemoryFile
from rasterio.warp import Resampling, reproject
from scipy.ndimage import label

from lvgeo.imagery.unplaced import unplaced
from lvgeo.projection import between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = [
    "MAX_SIDE_PX",
    "Picture",
    "draw_classes",
    "draw_picture",
    "encode_image",
    "pack_image",
    "warp_picture",
    "without_collar",
]

MAX_SIDE_PX: Final = 768
_QUALITY: Final = 75
_BLACK: Final = 3
_WEB: Final = CRS.from_epsg(3857)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image for a page.

    Parameters
    ----------
    uri
        ``data:`` URI, WebP where the driver is there, else PNG.
    bounds
        West, south, east, north, degrees; the picture is square to them in EPSG:3857.
    """

    uri: str
    bounds: tuple[float, float, float, float]


def draw_picture(
    rgb: NDArray[np.uint8], seen: NDArray[np.bool_], transform: Affine, crs: Any, side_px: int = MAX_SIDE_PX
) -> Picture | None:
    """Bring an image into EPSG:3857, at most so many pixels a side.

    Parameters
    ----------
    rgb
        (y, x, 3), 0 to 255.
    seen
        (y, x); False where the picture is to be see-through.
    transform
        Pixel (column, row) to coordinates.
    crs
        Reference system of `transform`: anything with ``to_wkt``.
    side_px
        Longest side.

    Returns
    -------
    Picture or None
        None where nothing was seen.

    Examples
    --------
    >>> grey = np.full((20, 30, 3), 128, dtype=np.uint8)
    >>> place = Affine(0.2, 0, 500000, 0, -0.2, 2560000)
    >>> picture = draw_picture(grey, np.ones((20, 30), dtype=bool), place, CRS.from_epsg(4547))
    >>> picture.uri[:11], [round(degree, 2) for degree in picture.bounds]
    ('data:image/', [114.0, 23.14, 114.0, 23.14])
    >>> draw_picture(grey, np.zeros((20, 30), dtype=bool), place, CRS.from_epsg(4547)) is None
    True
    """
    if not seen.any():
        return None
    step = max(1, max(seen.shape) // (2 * side_px))
    source, coarse = CRS.from_wkt(crs.to_wkt()), _coarser(transform, step)
    place, width, height = _target(seen.shape, transform, crs, side_px)
    rgba = warp_picture(rgb[::step, ::step], seen[::step, ::step], (coarse, source), (place, width, height))
    return Picture(encode_image(rgba), _in_degrees((height, width), place))


def draw_classes(classes: NDArray[np.uint8], transform: Affine, crs: Any, side_px: int = MAX_SIDE_PX) -> Picture | None:
    """Bring a class raster into EPSG:3857 without mixing classes: not observed black, other grey, canopy white.

    Parameters
    ----------
    classes
        (y, x): 0 not observed, 1 other ground, 2 canopy.
    transform, crs, side_px
        As for `draw_picture`; equal ones give equal bounds, so that months can be held against each other.

    Returns
    -------
    Picture or None
        None where nothing was observed.

    Examples
    --------
    >>> place = Affine(0.2, 0, 500000, 0, -0.2, 2560000)
    >>> draw_classes(np.zeros((9, 9), dtype=np.uint8), place, CRS.from_epsg(4547)) is None
    True
    """
    if not classes.any():
        return None
    source = CRS.from_wkt(crs.to_wkt())
    place, width, height = _target(classes.shape, transform, crs, side_px)
    warped = np.zeros((height, width), dtype=np.uint8)
    with unplaced():  # rasterio opens the pixels themselves without a place
        reproject(
            classes,
            warped,
            src_transform=transform,
            src_crs=source,
            dst_transform=place,
            dst_crs=_WEB,
            resampling=Resampling.nearest,
        )
    grey = (warped.astype(np.uint16) * 255 // 2).astype(np.uint8)
    return Picture(encode_image(np.stack([grey] * 3), exact=True), _in_degrees((height, width), place))


def without_collar(rgb: NDArray[np.uint8], seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what was seen without the black frame that a scene may have: black that reaches the picture's edge.

    Examples
    --------
    >>> picture = np.zeros((5, 5, 3), dtype=np.uint8)
    >>> picture[1:4, 1:4] = 90
    >>> picture[2, 2] = 0  # a shadow
    >>> int(without_collar(picture, np.ones((5, 5), dtype=bool)).sum())
    9
    """
    black = ~seen | (rgb.max(axis=2) <= _BLACK)
    pieces, _ = label(black)
    rim = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    kept: NDArray[np.bool_] = seen & ~np.isin(pieces, rim[rim > 0])
    return kept


def warp_picture(
    rgb: NDArray[np.uint8], seen: NDArray[np.bool_], source: tuple[Affine, CRS], target: tuple[Affine, int, int]
) -> NDArray[np.uint8]:
    """Warp to (4, y, x) in EPSG:3857; colours are weighed by what was seen, so that collars do not bleed into ground.

    Parameters
    ----------
    rgb, seen
        (y, x, 3) and (y, x).
    source
        Transform and reference system of the picture.
    target
        Transform, width and height wanted.
    """
    transform, crs = source
    place, width, height = target
    weight = seen.astype(np.float32)
    planes = np.concatenate([np.moveaxis(rgb, 2, 0) * weight, weight[None]])
    warped = np.zeros((4, height, width), dtype=np.float32)
    shrinks = max(seen.shape) > 1.5 * max(width, height)
    with unplaced():  # rasterio opens the pixels themselves without a place
        reproject(
            planes,
            warped,
            src_transform=transform,
            src_crs=crs,
            dst_transform=place,
            dst_crs=_WEB,
            resampling=Resampling.average if shrinks else Resampling.bilinear,
        )
    shown = warped[3] > 0.5  # noqa: PLR2004 - more than half of the pixel was seen
    warped[:3] /= np.where(shown, warped[3], 1.0)
    return np.where(shown, np.rint([*warped[:3], shown * 255.0]), 0.0).clip(0, 255).astype(np.uint8)


def _target(shape: tuple[int, ...], transform: Affine, crs: Any, side_px: int) -> tuple[Affine, int, int]:
    """Return the web grid: about the image's own pixel size, or coarser so that it fits."""
    to_web = between(pyproj.CRS.from_user_input(crs), 3857)
    west, south, east, north = to_web.transform_bounds(*_bounds(shape, transform))
    own = math.sqrt((east - west) * (north - south) / math.prod(shape))
    pixel = max(own, (east - west) / side_px, (north - south) / side_px)
    width, height = (max(1, math.floor(side / pixel + 0.5)) for side in (east - west, north - south))
    return Affine(pixel, 0.0, west, 0.0, -pixel, north), width, height


def _in_degrees(shape: tuple[int, int], place: Affine) -> tuple[float, float, float, float]:
    """West, south, east, north of a picture on the web grid."""
    west, south, east, north = between(3857, 4326).transform_bounds(*_bounds(shape, place))
    return west, south, east, north


def _bounds(shape: tuple[int, ...], transform: Affine) -> tuple[float, float, float, float]:
    """West, south, east, north of an image's four corners, which may be rotated."""
    a, b, c, d, e, f = transform[:6]
    corners = [(column, row) for column in (0, shape[1]) for row in (0, shape[0])]
    xs = [a * column + b * row + c for column, row in corners]
    ys = [d * column + e * row + f for column, row in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _coarser(transform: Affine, factor: float) -> Affine:
    # Written out: affine 2 multiplies with *, affine 3 with @.
    a, b, c, d, e, f = transform[:6]
    return Affine(a * factor, b * factor, c, d * factor, e * factor, f)


def encode_image(bands: NDArray[np.uint8], *, exact: bool = False) -> str:
    """Pack an image (3 or 4, y, x) as a ``data:`` URI; `exact` keeps every pixel as it is."""
    packed, mime = pack_image(bands, exact=exact)
    return f"data:{mime};base64,{base64.b64encode(packed).decode('ascii')}"


def pack_image(bands: NDArray[np.uint8], *, exact: bool = False) -> tuple[bytes, str]:
    """Pack an image (3 or 4, y, x) as WebP where the driver is there, else PNG; return its bytes and type."""
    driver, mime, options = _format(exact=exact)
    count, height, width = bands.shape
    profile: Mapping[str, object] = {"width": width, "height": height, "count": count, "dtype": "uint8", **options}
    with MemoryFile() as memory:
        # The page holds the place; a transform is given only because a picture without one is warned about.
        with memory.open(driver=driver, transform=Affine(2, 0, 0, 0, -2, 0), **profile) as picture:
            picture.write(bands)
        return bytes(memory.read()), mime


def _format(*, exact: bool) -> tuple[str, str, dict[str, object]]:
    with rasterio.Env() as env:
        has_webp = "WEBP" in env.drivers()
    webp: dict[str, object] = {"LOSSLESS": "YES"} if exact else {"QUALITY": _QUALITY}
    return ("WEBP", "image/webp", webp) if has_webp else ("PNG", "image/png", {"ZLEVEL": 9})
