"""What the canopy benchmarks share: pieces of images with their masks, classes of an image, agreement with a mask."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Part of an image and of its mask, as files of their own."""

    image: Path
    mask: Path
    true: np.ndarray


def agreement(found: np.ndarray, true: np.ndarray) -> dict[str, object]:
    hit = float((found & true).sum())
    return {
        "IoU": round(hit / max((found | true).sum(), 1), 3),
        "precision": round(hit / max(found.sum(), 1), 3),
        "recall": round(hit / max(true.sum(), 1), 3),
        "area error": f"{100 * (found.sum() / max(true.sum(), 1) - 1):+.0f} %",
    }


def classes_of(image: Path, model: str, folder: Path) -> tuple[np.ndarray, float]:
    """Classes of one image, at its own pixels, and seconds."""
    from lvgeo.imagery.canopy import recipe_named
    from lvgeo.imagery.classify import BaselineJob, Scene, SceneJob, classify, look_at_baseline
    from lvgeo.imagery.scene import digest_file, inspect_file

    file = inspect_file(image)
    scene = Scene((file,), (digest_file(image),))
    recipe = recipe_named(model)
    factor = recipe.factor(file.grid.ground_pixel_m)
    grid = file.grid.coarsened(factor)
    started = time.perf_counter()
    fitted = recipe.fit(look_at_baseline(BaselineJob("0", scene, grid, recipe, 10.0)))
    found = classify(SceneJob("0", scene, scene, grid, fitted, 10.0, str(folder), image.stem))
    seconds = time.perf_counter() - started
    classes = np.repeat(np.repeat(found.canopy.read(grid.whole), factor, 0), factor, 1)
    return classes[: file.grid.height, : file.grid.width], seconds


def rewrite(image: Path, target: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """Write an image again whose pixels (band, y, x) are others."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(image) as opened:
        pixels, profile, names, colours = opened.read(), opened.profile, opened.descriptions, opened.colorinterp
    plain: dict[str, Any] = {
        key: profile[key] for key in ("driver", "dtype", "count", "height", "width", "crs", "transform")
    }
    with rasterio.open(target, "w", **plain) as opened:
        opened.write(change(pixels))
        opened.descriptions, opened.colorinterp = names, colours


def cut_piece(image: Path, mask: np.ndarray, cols: slice, folder: Path, name: str) -> Piece:
    """Columns of an image and of its mask."""
    part = folder / name
    part.mkdir(parents=True, exist_ok=True)
    with rasterio.open(image) as opened:
        pixels = opened.read()[:, :, cols]
        profile = opened.profile | {"width": pixels.shape[2], "photometric": "RGB", "driver": "GTiff"}
        profile["transform"] = opened.window_transform(rasterio.windows.Window(cols.start, 0, pixels.shape[2], 1))
    for key in ("blockxsize", "blockysize", "tiled", "interleave", "compress"):
        profile.pop(key, None)
    with rasterio.open(part / f"{name}.tif", "w", **profile) as opened:
        opened.write(pixels)
    with rasterio.open(part / f"{name}-mask.tif", "w", **profile | {"count": 1, "photometric": "MINISBLACK"}) as opened:
        opened.write(mask[:, cols].astype(np.uint8), 1)
    return Piece(part / f"{name}.tif", part / f"{name}-mask.tif", mask[:, cols])
