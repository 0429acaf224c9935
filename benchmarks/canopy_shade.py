"""What a cloud's shadow does to canopy: a part of images darkened, all else the same; printed by `canopy.py`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from canopy_street import street_folds
from scipy.ndimage import gaussian_filter

from lvgeo.imagery.canopy import recipe_named
from lvgeo.imagery.classify import BaselineJob, Scene, SceneJob, classify, look_at_baseline
from lvgeo.imagery.scene import digest_file, inspect_file

LEVELS = (0.7, 0.5)
BLUER = np.array([1.0, 1.03, 1.12, 1.0])  # what lights a shadow is the sky
SURE = 0.9  # of the shadow: its soft rim is left out


def shade_table(data: Path) -> pd.DataFrame:
    """Change told on ground in shadow, which did not change, and the share of its canopy that is still called so."""
    street = data / "street-naip"
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folds = street_folds(street, folder)
        for name, models in {
            "trees (other villages)": folds, "index": dict.fromkeys(folds, "index"), "nir": dict.fromkeys(folds, "nir"),
        }.items():  # fmt: skip
            for level in LEVELS:
                found = np.array([
                    _told(street / "imagery" / "2020-07" / f"{code}.tif", model, level, folder / f"{name}-{level}")
                    for code, model in sorted(models.items())
                ])  # fmt: skip
                rows.append({
                    "model": name, "light": level, "RMSE": round(float(np.sqrt((found[:, 0] ** 2).mean())), 1),
                    "median": round(float(np.median(found[:, 0])), 1), "most": round(float(found[:, 0].max()), 1),
                    "canopy kept": round(float(np.nanmean(found[:, 1])), 2),
                })  # fmt: skip
    return pd.DataFrame(rows)


def _told(image: Path, model: str, level: float, folder: Path) -> tuple[float, float]:
    """Net change inside the shadow, points, and the share of its canopy that is kept."""
    folder.mkdir(exist_ok=True)
    with rasterio.open(image) as opened:
        pixels, profile, names, colours = opened.read(), opened.profile, opened.descriptions, opened.colorinterp
    height, width = pixels.shape[1:]
    shadow = np.zeros((height, width))
    shadow[height // 4 : height * 3 // 4, width // 4 : width * 2 // 3] = 1
    shadow = gaussian_filter(shadow, 2)
    dark = pixels * (1 - shadow * (1 - level * BLUER[:, None, None]))
    plain = {key: profile[key] for key in ("driver", "dtype", "count", "height", "width", "crs", "transform")}
    with rasterio.open(folder / image.name, "w", **plain) as opened:
        opened.write(np.clip(dark, 2, 253).astype(np.uint8))
        opened.descriptions, opened.colorinterp = names, colours
    before, after = (Scene((inspect_file(path),), (digest_file(path),)) for path in (image, folder / image.name))
    grid, recipe = before.files[0].grid, recipe_named(model)
    grid = grid.coarsened(recipe.factor(grid.ground_pixel_m))
    fitted = recipe.fit(look_at_baseline(BaselineJob("0", before, grid, recipe, 10.0))[None])
    first, second = (
        classify(SceneJob("0", scene, before, grid, fitted, 10.0, str(folder), name)).canopy.read(grid.whole)
        for scene, name in ((before, "before"), (after, image.stem))
    )
    inside = (shadow > SURE) & (first > 0) & (second > 0)
    canopy = inside & (first == 2)
    net = 100.0 * ((second[inside] == 2).mean() - (first[inside] == 2).mean())
    return float(net), float((second[canopy] == 2).mean()) if canopy.any() else float("nan")
