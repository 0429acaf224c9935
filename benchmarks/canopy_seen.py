"""What it does to canopy that a camera saw the same ground otherwise: less sharp, noisier; printed by `canopy.py`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import rasterio
from canopy_agreement import rewrite
from canopy_street import street_folds
from rasterio.io import MemoryFile
from scipy.ndimage import gaussian_filter, uniform_filter1d

import lvgeo
from lvgeo.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

MONTH = "2020-07"
AIRLIGHT_DN = 205.0
SEED = 2024


def seen_table(data: Path) -> pd.DataFrame:
    """How far the change told is off where nothing changed but the camera: the image itself is the baseline.

    Root mean squares over the villages that are judged, and the mean, percentage points of the plots' area; and of how
    many nothing is told, as where the image is refused as blurred.
    """
    street = data / "street-naip"
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folds = street_folds(street, folder)
        models = {"trees": folds, "index": dict.fromkeys(folds, "index"), "nir": dict.fromkeys(folds, "nir")}
        for name, seen in SEEN.items():
            images = folder / name / MONTH
            for path in sorted((street / "imagery" / MONTH).glob("*.tif")):
                rewrite(path, images / path.name, lambda pixels, seen=seen: _numbers(seen(pixels.astype(np.float64))))
            row: dict[str, object] = {"seen": name}
            for model, by_code in models.items():
                off = pd.concat([_change(street, images, one, by_code) for one in sorted(set(by_code.values()))])
                row[model] = round(float(np.sqrt((off**2).mean())), 1)
                row[f"{model}, mean"] = f"{off.mean():+.1f}"
                row[f"{model}, not judged"] = int(off.isna().sum())
            rows.append(row)
            shutil.rmtree(images.parent)
    return pd.DataFrame(rows)


def _change(street: Path, images: Path, model: str, by_code: dict[str, str]) -> pd.Series:
    """Net change of the villages that this model judges; nan where an image is refused."""
    codes = [code for code, judge in by_code.items() if judge == model]
    with tempfile.TemporaryDirectory() as out:
        try:
            found = lvgeo.compare(
                street / "imagery" / MONTH, images, zones=street / "boundaries" / "villages.gpkg",
                plots=street / "plots" / "plots.gpkg", model=model, out=out,
            ).canopy_change.set_index("village_code")  # fmt: skip
        except InputRefusedError as error:  # of all
            if {one.code for one in error.refusals} != {"raster_blurred"}:
                raise
            return pd.Series(np.nan, codes)
    return found.loc[codes, "net_change_pp"].astype(float)


def _numbers(pixels: np.ndarray) -> np.ndarray:
    return np.clip(np.round(pixels), 0, 255).astype(np.uint8)


def _blurred(sigma_px: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pixels: gaussian_filter(pixels, (0, sigma_px, sigma_px))


def _sharpened(by: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pixels: pixels + by * (pixels - _blurred(1.0)(pixels))


def _noisy(sigma_dn: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pixels: np.random.default_rng(SEED).normal(pixels, sigma_dn)


def _packed(quality: int) -> Callable[[np.ndarray], np.ndarray]:
    """Packed as JPEG and unpacked, band by band where there are four."""

    def packed(pixels: np.ndarray) -> np.ndarray:
        whole = _numbers(pixels)
        place = {"height": whole.shape[1], "width": whole.shape[2], "crs": "EPSG:4547", "tiled": True, "dtype": "uint8"}
        place |= {"transform": rasterio.Affine(1, 0, 0, 0, -1, 0), "compress": "JPEG", "jpeg_quality": quality}
        parts = []
        for bands, photometric in ((whole[:3], "YCBCR"), (whole[3:], "MINISBLACK")):
            if len(bands):
                with MemoryFile() as file:
                    with file.open(driver="GTiff", count=len(bands), photometric=photometric, **place) as opened:
                        opened.write(bands)
                    with file.open() as opened:
                        parts.append(opened.read())
        return np.concatenate(parts).astype(np.float64)

    return packed


def _half_darker(pixels: np.ndarray) -> np.ndarray:
    """Of two flights, or of one while a thin cloud came: light of 0.8 on the right half."""
    return np.concatenate([pixels[..., : pixels.shape[2] // 2], pixels[..., pixels.shape[2] // 2 :] * 0.8], axis=2)


SEEN = {
    "blurred by 1 px": _blurred(1.0),
    "blurred by 2 px": _blurred(2.0),
    "moved by 5 px": lambda pixels: uniform_filter1d(pixels, 5, axis=2),
    "sharpened": _sharpened(1.0),
    "noise of 3 DN": _noisy(3.0),
    "noise of 10 DN": _noisy(10.0),
    "JPEG, quality 30": _packed(30),
    "gamma 0.7": lambda pixels: 255 * (pixels / 255) ** 0.7,
    "haze of 40 %": lambda pixels: pixels * 0.6 + AIRLIGHT_DN * 0.4,
    "half of it 20 % darker": _half_darker,
}
