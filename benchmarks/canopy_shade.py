"""What a cloud's shadow does to canopy: a part of images darkened, all else the same; printed by `canopy.py`."""

from __future__ import annotations

import itertools
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import rasterio
from canopy_agreement import rewrite
from canopy_street import street_folds
from pyproj import CRS
from scipy.ndimage import gaussian_filter

from lvgeo.imagery.canopy import recipe_named
from lvgeo.imagery.classify import BaselineJob, Scene, SceneJob, classify, look_at_baseline
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.kernel import shrink
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.shadow_finder import shaded
from lvgeo.imagery.store import Preview

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STREET_PAIRS = (
    ("2016-07", "2018-07"), ("2018-07", "2020-07"), ("2016-07", "2020-07"), ("2020-07", "2020-08"),
    ("2020-07", "2020-09"),
)  # fmt: skip
AERIAL = re.compile(r"_20\d\d(?=_)")  # the year in a name
SIDE_PX = 256
LEVELS = (0.7, 0.5)
MONTHS = ("2020-07", "2018-07")  # the image itself, and one of two summers before
BLUER = np.array([1.0, 1.03, 1.12, 1.0])  # what lights a shadow is the sky
SURE = 0.9  # of the shadow: its soft rim is left out


def shade_table(data: Path) -> pd.DataFrame:
    """How much of a shadow is left out, and how far it moves the change told: beside the same image, and an older one.

    Errors are root mean squares over villages, of the whole image; beside them the same with nothing left out, and
    inside the shadow.
    """
    street = data / "street-naip"
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folds = street_folds(street, folder)
        for name, models in {
            "trees (other villages)": folds, "index": dict.fromkeys(folds, "index"), "nir": dict.fromkeys(folds, "nir"),
        }.items():  # fmt: skip
            for month, level in itertools.product(MONTHS, LEVELS):
                found = pd.DataFrame([
                    _told(street / "imagery", (month, f"{code}.tif"), model, level, folder / f"{name}-{month}-{level}")
                    for code, model in sorted(models.items())
                ])  # fmt: skip
                rmse = {key: round(float(np.sqrt((found[key] ** 2).mean())), 1) for key in ("net", "all", "inside")}
                rows.append({
                    "model": name, "before": month, "light": level, "left out": round(float(found["out"].mean()), 2),
                    "by mistake": round(float(found["mistaken"].mean()), 3), "RMSE": rmse["net"],
                    "RMSE, nothing left out": rmse["all"], "inside": rmse["inside"],
                    "canopy kept": round(float(found["kept"].mean()), 2),
                })  # fmt: skip
    return pd.DataFrame(rows)


def sunlit_table(data: Path) -> pd.DataFrame:
    """Of how many real pairs without any cloud some ground is taken for shade, and how much of it."""
    street, aerial = data / "street-naip" / "imagery", data / "aerial-pairs" / "urban_tree_naip" / "dev" / "images"
    pairs = [
        (f"street, {first} to {second}", path, street / second / path.name)
        for first, second in STREET_PAIRS
        for path in sorted((street / first).glob("*.tif"))
        if (street / second / path.name).exists()
    ]
    pairs += [
        ("aerial pairs", one, two)
        for one, two in itertools.combinations(sorted(aerial.glob("*.tif")), 2)
        if AERIAL.sub("", one.stem) == AERIAL.sub("", two.stem)
    ]
    rows = []
    with tempfile.TemporaryDirectory() as made:
        for name, one, two in pairs:
            before, after = (Scene((inspect_file(path),), (digest_file(path),)) for path in (one, two))
            classes = _classes(before, "index", Path(made) / one.stem)
            _, small = classes(before, "before")
            seen, _ = classes(after, "after")
            compared, _ = classes(after, "after", small)
            rows.append({"pairs": name, "left out": float((compared[seen > 0] == 0).mean())})
    rows += [{"pairs": f"mosaics of 20, {size_m:.1f} m", "left out": share} for size_m, share in _mosaics(street)]
    table = pd.DataFrame(rows).groupby("pairs", sort=False)["left out"]
    return pd.DataFrame({
        "number": table.size(), "with ground left out": table.agg(lambda part: int((part > 0).sum())),
        "most left out": table.max().round(3),
    }).reset_index()  # fmt: skip


def _mosaics(street: Path) -> Iterator[tuple[float, float]]:
    """Pixel size, and what is left out, of 20 places side by side as one village is looked at in small, 0.8 × 0.6 km.

    Wider pixels stand for larger villages.
    """
    for first, second in STREET_PAIRS[:3]:
        dates = []
        for month in (first, second):
            pieces = []
            for path in sorted((street / month).glob("*.tif"))[:20]:
                with rasterio.open(path) as opened:
                    pieces.append(opened.read([1, 2, 3])[:, :SIDE_PX, :SIDE_PX])
                    place, crs = opened.transform, opened.crs
            rows = [np.concatenate(pieces[k : k + 5], axis=2) for k in range(0, 20, 5)]
            dates.append(np.concatenate(rows, axis=1))
        for factor in (2, 4, 6, 8, 13):
            small = []
            for pixels in dates:
                rgb, seen = shrink(pixels, np.ones(pixels.shape[1:], bool), factor)
                whole = Grid(CRS.from_user_input(crs), place, *pixels.shape[1:])
                small.append(Preview(np.moveaxis(rgb, 0, -1), seen, whole.coarsened(factor)))
            yield whole.ground_pixel_m * factor, float(shaded(*small).mean())


def _told(images: Path, which: tuple[str, str], model: str, level: float, folder: Path) -> dict[str, float]:
    """What an image and the same in shadow tell beside an earlier one; shares of the shadow and the rest, points."""
    month, name = which
    sunlit = images / "2020-07" / name
    shadow = _darkened(sunlit, level, folder)
    before, clear, dark = (
        Scene((inspect_file(path),), (digest_file(path),)) for path in (images / month / name, sunlit, folder / name)
    )
    classes = _classes(before, model, folder)
    first, small = classes(before, "before")
    true, everywhere, compared = classes(clear, "sun")[0], classes(dark, "dark")[0], classes(dark, "dark", small)[0]
    seen = (first > 0) & (true > 0)
    inside = seen & (shadow > SURE)
    canopy = inside & (true == 2)
    held = seen & (compared > 0)
    return {
        "out": float((compared[inside] == 0).mean()),
        "mistaken": float((compared[(shadow < 1 - SURE) & seen] == 0).mean()),
        "net": _net(first, compared, held) - _net(first, true, held),
        "all": _net(first, everywhere, seen) - _net(first, true, seen),
        "inside": _net(first, everywhere, inside) - _net(first, true, inside),
        "kept": float((everywhere[canopy] == 2).mean()) if canopy.any() else float("nan"),
    }  # fmt: skip


def _classes(before: Scene, model: str, folder: Path) -> Callable[..., tuple[np.ndarray, str]]:
    """How scenes beside this baseline are classified: classes (y, x), and the scene in small."""
    grid, recipe = before.files[0].grid, recipe_named(model)
    grid = grid.coarsened(recipe.factor(grid.ground_pixel_m))
    fitted = recipe.fit(look_at_baseline(BaselineJob("0", before, grid, recipe, 10.0))[None])

    def classes(scene: Scene, name: str, small: str = "") -> tuple[np.ndarray, str]:
        done = classify(SceneJob("0", scene, before, grid, fitted, 10.0, str(folder), name, small))
        return done.canopy.read(grid.whole), str(done.preview)

    return classes


def _net(first: np.ndarray, second: np.ndarray, where: np.ndarray) -> float:
    """Change of canopy, in points of what was seen at both dates."""
    both = where & (second > 0)
    return 100.0 * float((second[both] == 2).mean() - (first[both] == 2).mean())


def _darkened(image: Path, level: float, folder: Path) -> np.ndarray:
    """Write an image with a shadow on a fifth of it; how deep it lies in it, (y, x), 0 to 1."""
    with rasterio.open(image) as opened:
        height, width = opened.shape
    shadow = np.zeros((height, width))
    shadow[height // 4 : height * 3 // 4, width // 4 : width * 2 // 3] = 1
    shadow = gaussian_filter(shadow, 2)

    def darkened(pixels: np.ndarray) -> np.ndarray:
        return np.clip(pixels * (1 - shadow * (1 - level * BLUER[:, None, None])), 2, 253).astype(np.uint8)

    rewrite(image, folder / image.name, darkened)
    return shadow
