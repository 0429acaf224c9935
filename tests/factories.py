"""Small scenes and zones, made in a test's own folder."""

import json

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp


def write_tif(path, pixels, *, crs="EPSG:4547", west=551000.0, north=2550000.0, pixel_m=0.5, colours="auto", **options):
    """Write (band, y, x) as a GeoTIFF whose bands say what they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count, height, width = pixels.shape
    profile = {"driver": "GTiff", "dtype": pixels.dtype, "count": count, "height": height, "width": width} | options
    # A transform even without a CRS: rasterio warns of files that have neither, and warnings are errors here.
    profile |= {"transform": Affine(pixel_m, 0, west, 0, -pixel_m, north)} | ({"crs": crs} if crs else {})
    if colours == "auto" and count >= 3:
        profile.setdefault("photometric", "RGB")
    with rasterio.open(path, "w", **profile) as opened:
        if colours == "auto" and count == 4:
            opened.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
        opened.write(pixels)
    return path


def ground(size=160, seed=0, *, shift=(0, 0), gain=1.0):
    """Textured RGB ground with dark green blobs; the content may be moved down and right, and dimmed."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(seed)
    big = size + 40
    soil = 140 + 40 * gaussian_filter(rng.standard_normal((big, big)), 1.5)
    blobs = gaussian_filter(rng.standard_normal((big, big)), 5) > 0.06
    rgb = np.stack([np.where(blobs, 70, soil), np.where(blobs, 105, soil * 0.86), np.where(blobs, 55, soil * 0.7)])
    rgb = rgb + rng.normal(0, 2, rgb.shape)
    rows, cols = 20 - shift[0], 20 - shift[1]
    cut = rgb[:, rows : rows + size, cols : cols + size] * gain
    return np.clip(cut, 2, 253).astype(np.uint8)


def square(west, south, side, code, **properties):
    """A GeoJSON feature: a square in degrees, about `side` metres wide at 23° north."""
    step_x, step_y = side / 102_500.0, side / 110_750.0
    ring = [
        [west, south], [west + step_x, south], [west + step_x, south + step_y], [west, south + step_y], [west, south],
    ]  # fmt: skip
    return {
        "type": "Feature",
        "properties": {"village_code": code} | properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def write_geojson(path, features, crs="urn:ogc:def:crs:EPSG::4490"):
    """Write features as GeoJSON, by default in CGCS2000."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"type": "FeatureCollection", "features": features}
    if crs:
        whole["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path
