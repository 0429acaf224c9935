"""How well canopy models find real trees: street, aerial pairs, masks. Everything is judged on places not trained on.

    python benchmarks/canopy.py [street|masks|pairs|ablation|unchanged|all|default] [--data ../shared/data] [--smoke]

Errors are root mean squares over villages, percentage points of the plots' area. Without the data it says so and ends.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from shapely.geometry import box

import lvgeo

FOLDS = 3
PAIR_EXPECTED = {
    "riverside_84": "loss",
    "riverside_0": "small loss",
    "palm_springs_62": "gain",
    "chico_69": "small gain",
    "claremont_77": "within ±5",
    "claremont_69": "within ±3",
    "long_beach_92": "no claim",
}


def street_folds(street: Path, folder: Path, **options: object) -> dict[str, str]:
    """Village code → folder of a model trained on other villages."""
    codes = sorted(p.stem for p in (street / "imagery" / "2018-07").glob("*.tif"))
    found = {}
    for fold in range(FOLDS):
        held = codes[fold::FOLDS]
        out = folder / f"fold{fold}"
        samples = street / "trees" / "annotated_trees.csv"
        lvgeo.train(_dated(street, folder), samples, out=out, leave_out=tuple(held), **options)
        found |= dict.fromkeys(held, str(out))
    return found


def _dated(street: Path, folder: Path) -> Path:
    """The three real summers only, as links: the derived months are for judging."""
    images = folder / "images"
    for month in ("2016-07", "2018-07", "2020-07"):
        (images / month).mkdir(parents=True, exist_ok=True)
        for path in (street / "imagery" / month).glob("*.tif"):
            link = images / month / path.name
            if not link.exists():
                link.symlink_to(path)
    return images


def compared(street: Path, before: str, after: str, model: str) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as out:
        return lvgeo.compare(
            street / "imagery" / before, street / "imagery" / after,
            zones=street / "boundaries" / "villages.gpkg", plots=street / "plots" / "plots.gpkg", model=model, out=out,
        ).canopy_change.set_index("village_code")  # fmt: skip


def held_out(street: Path, before: str, after: str, models: dict[str, str]) -> pd.DataFrame:
    """Rows of each village from the model that was not trained on it."""
    tables = {folder: compared(street, before, after, folder) for folder in sorted(set(models.values()))}
    return pd.concat([tables[folder].loc[[code]] for code, folder in sorted(models.items())])


def street_rows(street: Path, models: dict[str, str], name: str, *, smoke: bool = False) -> list[dict[str, object]]:
    truth = pd.read_csv(street / "truth.csv", dtype={"village_code": str}).groupby("village_code")
    column = "crown_pp" if name.startswith("trees") else "added_pp"
    planted = truth[column].mean()
    rows = []
    pairs = (("2020-07", "2020-09", True), ("2018-07", "2020-07", False), ("2016-07", "2018-07", False))
    for before, after, new in pairs[: 1 if smoke else 3]:
        table = held_out(street, before, after, models)
        true = planted.reindex(table.index) * (1.0 if new else 0.0)
        net, adjusted = (table[key].astype(float) for key in ("net_change_pp", "adjusted_change_pp"))
        called = table["change"].isin(["gain", "loss"])
        rows.append({
            "model": name, "before": before, "after": after,
            "slope": round(float(np.polyfit(true, net, 1)[0]), 2) if new else "",
            "net RMSE": round(float(np.sqrt(((net - true) ** 2).mean())), 2),
            "adjusted RMSE": round(float(np.sqrt(((adjusted - true) ** 2).mean())), 2),
            "gain where > 10": f"{int((table['change'].eq('gain') & (true > 10)).sum())}/{int((true > 10).sum())}",
            "called, unplanted": f"{int((called & (true == 0)).sum())}/{int((true == 0).sum())}",
            "unregistered": int(table["residual_m"].isna().sum()),
        })  # fmt: skip
    return rows


def street_table(data: Path, *, smoke: bool) -> pd.DataFrame:
    street = data / "street-naip"
    codes = sorted(p.stem for p in (street / "imagery" / "2018-07").glob("*.tif"))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        models = {"trees (other villages)": street_folds(street, Path(folder))}
        if not smoke:
            models |= {name: dict.fromkeys(codes, name) for name in ("trees", "index", "nir")}
        for name, by_code in models.items():
            rows += street_rows(street, by_code, name, smoke=smoke)
    return pd.DataFrame(rows)


WINDOW_M = 30.0


def _unchanged_windows(street: Path, codes: list[str]) -> gpd.GeoDataFrame:
    trees = pd.read_csv(street / "trees" / "annotated_trees.csv", dtype={"village_code": str})
    places: list[dict[str, object]] = []
    for code in codes:
        with rasterio.open(street / "imagery" / "2018-07" / f"{code}.tif") as opened:
            west, south, east, north = opened.bounds
            crs = opened.crs
        mine = trees[trees["village_code"] == code]
        for x in np.arange(west + 6, east - WINDOW_M - 6, WINDOW_M):
            for y in np.arange(south + 6, north - WINDOW_M - 6, WINDOW_M):
                here = mine[mine["x"].between(x, x + WINDOW_M) & mine["y"].between(y, y + WINDOW_M)]
                count = here.groupby("year").size()
                if count.get(2018, 0) == count.get(2020, 0) > 0:
                    places.append({"plot_id": f"{code}-{len(places)}", "village_code": code,
                                   "geometry": box(x, y, x + WINDOW_M, y + WINDOW_M)})  # fmt: skip
    return gpd.GeoDataFrame(places, crs=crs)


def unchanged_table(data: Path) -> pd.DataFrame:
    """Windows in which the annotated number of trees was the same in 2018 and 2020: zeros made by hand."""
    street = data / "street-naip"
    codes = sorted(p.stem for p in (street / "imagery" / "2018-07").glob("*.tif"))
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        plots = folder / "windows.gpkg"
        _unchanged_windows(street, codes).to_file(plots)
        folds = street_folds(street, folder)
        for name in ("trees (other villages)", "index", "nir"):
            models = folds if name.startswith("trees") else dict.fromkeys(codes, name)
            changes = []
            for model in sorted(set(models.values())):
                with tempfile.TemporaryDirectory() as out:
                    table = lvgeo.compare(
                        street / "imagery" / "2018-07", street / "imagery" / "2020-07",
                        zones=street / "boundaries" / "villages.gpkg", plots=plots, model=model, out=out,
                    ).plot_change  # fmt: skip
                mine = table["village_code"].map(models) == model
                changes.append(table.loc[mine, ["net_change_pp", "adjusted_change_pp"]].astype(float))
            found = pd.concat(changes)
            rmse = np.sqrt((found**2).mean()).round(2)
            rows.append({"model": name, "windows": len(found), "net RMSE": rmse["net_change_pp"],
                         "adjusted RMSE": rmse["adjusted_change_pp"]})  # fmt: skip
    return pd.DataFrame(rows)


def ablation_table(data: Path) -> pd.DataFrame:
    street, rows = data / "street-naip", []
    colour = ("greenness", "brightness")
    for name, options in {
        "trees: colour only": {"features": colour, "lights": 0},
        "trees: colour, light": {"features": colour, "lights": 1},
        "trees: + texture": {"lights": 0},
        "trees: + texture, light": {"lights": 1},
        "trees: + texture, light twice": {},
    }.items():
        with tempfile.TemporaryDirectory() as folder:
            rows += street_rows(street, street_folds(street, Path(folder), **options), name)
    return pd.DataFrame(rows)


def make_default(data: Path) -> pd.DataFrame:
    """Train the model that ships with lvgeo, and store it."""
    street, target = data / "street-naip", Path(__file__).resolve().parents[1] / "data" / "models" / "trees"
    with tempfile.TemporaryDirectory() as folder:
        made = lvgeo.train(
            _dated(street, Path(folder)), street / "trees" / "annotated_trees.csv", out=target,
            source="USDA NAIP aerial images (public domain) of 23 places in California, three summers, 0.6 m; "
            "tree points Ventura et al. 2024, urban trees in NAIP",
            licence="images public domain, tree points CC BY 4.0; the model Apache-2.0",
        )  # fmt: skip
    return pd.DataFrame([{k: v for k, v in made.trained.model.card["accuracy"].items() if k != "matrix"}])


def pairs_table(data: Path) -> pd.DataFrame:
    images = data / "aerial-pairs" / "urban_tree_naip" / "dev" / "images"
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        street = data / "street-naip"
        model = folder / "model"
        lvgeo.train(_dated(street, folder), street / "trees" / "annotated_trees.csv", out=model)
        for place, expected in PAIR_EXPECTED.items():
            site, number = place.rsplit("_", 1)
            for before, after in ((2016, 2018), (2018, 2020), (2016, 2020)):
                files = [images / f"{site}_{year}_{number}.tif" for year in (before, after)]
                if not all(f.is_file() for f in files):
                    continue
                with rasterio.open(files[0]) as opened:
                    shape, crs = box(*opened.bounds).buffer(-12), opened.crs
                names = {"village_code": ["999000000001"], "village": [place]}
                zones = gpd.GeoDataFrame(names, geometry=[shape], crs=crs)
                zones.to_crs(4490).to_file(folder / "zone.gpkg")
                row = {"place": place, "expected": expected, "pair": f"{before}→{after}"}
                for name, used in (("trees", str(model)), ("index", "index"), ("nir", "nir")):
                    out = folder / f"{place}-{before}-{after}-{name}"
                    try:
                        table = lvgeo.compare(*files, zones=folder / "zone.gpkg", model=used, out=out).canopy_change
                    except lvgeo.InputRefusedError:
                        row[name] = "no NIR said"  # the fourth band of some sites has no name
                        continue
                    row[name] = round(float(table["net_change_pp"].iloc[0]), 1)
                rows.append(row)
    return pd.DataFrame(rows)


def _agreement(found: np.ndarray, true: np.ndarray) -> dict[str, object]:
    hit = float((found & true).sum())
    return {
        "IoU": round(hit / max((found | true).sum(), 1), 3),
        "precision": round(hit / max(found.sum(), 1), 3),
        "recall": round(hit / max(true.sum(), 1), 3),
        "area error": f"{100 * (found.sum() / max(true.sum(), 1) - 1):+.0f} %",
    }


def _classes(image: Path, model: str, folder: Path) -> tuple[np.ndarray, float]:
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
    fitted = recipe.fit(look_at_baseline(BaselineJob("0", scene, grid, recipe)))
    found = classify(SceneJob("0", scene, scene, grid, fitted, 10.0, str(folder), image.stem))
    seconds = time.perf_counter() - started
    classes = np.repeat(np.repeat(found.canopy.read(grid.whole), factor, 0), factor, 1)
    return classes[: file.grid.height, : file.grid.width], seconds


def _piece(image: Path, mask: np.ndarray, cols: slice, folder: Path, name: str) -> tuple[Path, Path, np.ndarray]:
    """Columns of an image and of its mask as files of their own."""
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
    return part / f"{name}.tif", part / f"{name}-mask.tif", mask[:, cols]


def masks_table(data: Path) -> pd.DataFrame:
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        zurich = data / "canopy-masks" / "detectree"
        pieces = {}
        for tile in ("00", "05"):
            image = zurich / "img" / f"1091-322_{tile}.tif"
            with rasterio.open(zurich / "response_img" / image.name) as opened:
                mask = opened.read(1) > 0
            pieces[tile] = _piece(image, mask, slice(0, mask.shape[1]), folder, f"zurich{tile}")
        rows += _crossed("detectree", pieces, folder)
        drone = next((data / "canopy-masks" / "restor-tcd" / "tests" / "images").glob("*.tif"))
        with rasterio.open(next((data / "canopy-masks" / "restor-tcd" / "tests" / "masks").glob("*.png"))) as opened:
            mask = opened.read(1) > 0
        # The left of the image is a white collar: cut where each side has half of the observed ground.
        with rasterio.open(drone) as opened:
            observed = (opened.read() < 255).any(axis=0).sum(axis=0)
        middle = int(np.searchsorted(np.cumsum(observed), observed.sum() / 2))
        pieces = {
            "left": _piece(drone, mask, slice(0, middle), folder, "left"),
            "right": _piece(drone, mask, slice(middle, mask.shape[1]), folder, "right"),
        }
        rows += _crossed("restor-tcd", pieces, folder)
    return pd.DataFrame(rows)


def _crossed(name: str, pieces: dict[str, tuple[Path, Path, np.ndarray]], folder: Path) -> list[dict[str, object]]:
    """Train on each piece, judge on the other; and the index, which needs no training."""
    rows = []
    for model in ("trees", "index"):
        founds, trues = [], []
        for judged, (image, _, true) in pieces.items():
            other = next(k for k in pieces if k != judged)
            used = model
            if model == "trees":
                used = str(folder / f"{name}-{other}")
                lvgeo.train(pieces[other][0], pieces[other][1], out=used)
            classes, seconds = _classes(image, used, folder / f"{name}-{judged}-{model}")
            founds.append((classes == 2) & (classes > 0))
            trues.append(true)
            row = {"data": name, "model": model, "judged on": judged}
            rows.append(row | _agreement(founds[-1], true) | {"Mpx/s": round(true.size / seconds / 1e6, 2)})
        both = _agreement(np.concatenate([f.ravel() for f in founds]), np.concatenate([t.ravel() for t in trues]))
        mean = np.mean([r["IoU"] for r in rows[-2:]])
        rows.append({"data": name, "model": model, "judged on": f"both (mean IoU {mean:.3f})"} | both)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "part",
        nargs="?",
        default="all",
        choices=["all", "street", "pairs", "masks", "ablation", "unchanged", "default"],
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--smoke", action="store_true", help="one pair of the street and the masks only")
    words = parser.parse_args()
    if not words.data.is_dir():
        print(f"no real data at {words.data}: nothing measured")
        return
    pd.set_option("display.width", 200)
    pd.set_option("display.max_columns", 20)
    parts = {
        "street": lambda: street_table(words.data, smoke=words.smoke),
        "masks": lambda: masks_table(words.data),
        "pairs": lambda: pairs_table(words.data),
        "ablation": lambda: ablation_table(words.data),
        "unchanged": lambda: unchanged_table(words.data),
    }
    if words.part == "default":
        print(make_default(words.data).to_string(index=False))
        return
    chosen = list(parts) if words.part == "all" else [words.part]
    for name in chosen[:2] if words.smoke else chosen:
        print(f"\n{name}")
        print(parts[name]().to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
