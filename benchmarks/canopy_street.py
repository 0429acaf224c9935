"""Canopy models on the real street, each village judged by a model trained on others; printed by `canopy.py`.

Errors are root mean squares over villages or windows, percentage points.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from shapely.geometry import box

import lvgeo

if TYPE_CHECKING:
    from promises import Promises

FOLDS = 3
WINDOW_M = 30.0
COLOUR_RMSE = {"nir": 2.0, "index": 4.0}  # against what was added, points


def street_folds(street: Path, folder: Path, **options: object) -> dict[str, str]:
    """Village code → folder of a model trained on other villages."""
    codes = sorted(p.stem for p in (street / "imagery" / "2018-07").glob("*.tif"))
    found = {}
    for fold in range(FOLDS):
        held = codes[fold::FOLDS]
        out = folder / f"fold{fold}"
        samples = street / "trees" / "annotated_trees.csv"
        lvgeo.train(dated(street, folder), samples, out=out, leave_out=tuple(held), **options)
        found |= dict.fromkeys(held, str(out))
    return found


def dated(street: Path, folder: Path) -> Path:
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


def hold_street(table: pd.DataFrame, promises: Promises) -> None:
    """Hold the models to what is promised of the street."""
    for _, row in table.iterrows():
        name, two_years = f"{row['model']}, {row['before']} to {row['after']}", row["before"] == "2018-07"
        if row["model"] == "trees (other villages)" and row["slope"] != "":
            gained, planted = map(int, row["gain where > 10"].split("/"))
            promises.hold(f"{name}, slope", float(row["slope"]), least=0.8, most=1.2)
            promises.hold(f"{name}, RMSE", row["net RMSE"], most=6.0)
            promises.hold(f"{name}, planted villages called gain", gained, least=planted)
            promises.hold(f"{name}, unplanted called", int(row["called, unplanted"].split("/")[0]), most=1)
        elif row["slope"] != "" and row["model"] in COLOUR_RMSE:
            promises.hold(f"{name}, RMSE", row["net RMSE"], most=COLOUR_RMSE[row["model"]])
        elif row["model"] == "trees (other villages)" and two_years:
            promises.hold(f"{name}, nobody planted, RMSE", row["net RMSE"], most=3.0)


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
