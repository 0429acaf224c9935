"""Do intervals hold, and how often would verdicts be wrong: on real streets, on simulated ones, over a year, for Work.

    python benchmarks/calibration.py [real|simulated|year|work|all] [--data ../shared/data] [--streets 200] [--smoke]

Figures are printed as they come out. `docs/calibration.md` quotes them.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from canopy_street import street_folds
from scipy.ndimage import gaussian_filter
from scipy.ndimage import shift as shifted
from scipy.stats import t as student
from shapely.geometry import box

from lvgeo.imagery.canopy import Colour
from lvgeo.imagery.radiometry import fit_radiometry, identity_radiometry
from lvgeo.imagery.registration import Patch, register
from lvgeo.imagery.spectrum import Index
from lvgeo.progress.budget import Shortfall, joint_test, notice_level, persistent_share
from lvgeo.progress.calibration import summarise, target_of, try_street
from lvgeo.progress.chip import Chip
from lvgeo.progress.controls import PlotRule, compare_with, place_placebos
from lvgeo.progress.lattice import Lattice
from lvgeo.progress.look import WorkLook, look
from lvgeo.progress.pattern import find_pattern
from lvgeo.progress.saplings import Saplings, with_saplings
from lvgeo.progress.standing import LOOKS
from lvgeo.progress.work import judge_work
from lvgeo.simulate.ground import draw_discs, patches

CONFIDENCE, LEAST, OBSERVED, BUDGET, MIN_CHANGE_PP = 0.95, 12, 0.95, 0.5, 2.0


# -- real ground ---------------------------------------------------------------------------------------------------


def real_lattices(folder: Path, pair: tuple[str, str], models: dict[str, str]) -> tuple[dict, PlotRule, frozenset]:
    """Village code → its ground at both dates, each classified by its own model."""
    from lvgeo.monthly.calibration import open_street, street_lattices

    found: dict[str, Lattice] = {}
    rule, gated = None, frozenset()
    for model in sorted(set(models.values())):
        opened = open_street(folder, model, date(2021, 1, 1))
        lattices, rule, out = street_lattices(opened, pair)
        gated |= {code for code in out if models[code] == model}
        found |= {code: lattice for code, lattice in lattices.items() if models[code] == model}
    return found, rule, gated


def window_score(lattices: dict, rule: PlotRule, seed: int, judged: set[str], *, grouped: bool) -> list:
    """(village, miss, half-width) of the plain ways: quantiles of windows of the other villages.

    Independent windows take each plot's stand-in from any village; grouped ones take all of them from one.
    """
    windows = {code: one.windows(rule.side_m, OBSERVED) for code, one in sorted(lattices.items())}
    found = []
    for code, mine in windows.items():
        rng = np.random.default_rng([seed, int(code)])
        own = target_of(mine, rule, rng)
        if own is None or code not in judged:
            continue
        pools = [theirs.change_pp for other, theirs in windows.items() if other != code and theirs.row.size]
        if grouped:
            drawn = np.concatenate([rng.choice(pool, (40, rule.count)).mean(axis=1) for pool in pools])
        else:
            one = np.concatenate([rng.choice(pool, 40) for pool in pools])
            drawn = rng.choice(one, (2000, rule.count)).mean(axis=1)
        low, high = np.quantile(drawn, (0.025, 0.975))
        found.append((own[0] - (low + high) / 2, (high - low) / 2))
    return found


def joined_street(data: Path, folder: Path) -> list[str]:
    """One folder of the street's villages and of the seven other sites, each a village; codes."""
    street, pairs = data / "street-naip", data / "aerial-pairs" / "urban_tree_naip" / "dev" / "images"
    folder.mkdir()
    (folder / "plots").symlink_to(street / "plots")
    (folder / "boundaries").mkdir()
    drawn = gpd.read_file(street / "boundaries" / "villages.gpkg").to_crs("EPSG:4326")
    codes = sorted(drawn["village_code"])
    for month in ("2016-07", "2018-07", "2020-07"):
        (folder / "imagery" / month).mkdir(parents=True)
        for path in (street / "imagery" / month).glob("*.tif"):
            (folder / "imagery" / month / path.name).symlink_to(path)
    sites = sorted({(p.stem.split("_2")[0], p.stem.rsplit("_", 1)[1]) for p in pairs.glob("*.tif")})
    more = []
    for number, (city, site) in enumerate(sites):
        code = f"9020000000{number:02d}"
        for path in pairs.glob(f"{city}_20*_{site}.tif"):
            (folder / "imagery" / f"{path.stem.split('_')[-2]}-07" / f"{code}.tif").symlink_to(path)
            with rasterio.open(path) as opened:
                corners = gpd.GeoSeries([box(*opened.bounds)], crs=opened.crs).to_crs("EPSG:4326").iloc[0]
        more.append({"village_code": code, "village": f"{city} {site}", "kind": "village", "geometry": corners})
    whole = pd.concat([drawn, gpd.GeoDataFrame(more, crs="EPSG:4326")], ignore_index=True)
    whole.to_file(folder / "boundaries" / "villages.gpkg")
    words = '[imagery]\nbaseline = "2016-07"\nbands = ["red", "green", "blue", "nir"]\n'
    (folder / "campaign.toml").write_text(words, encoding="utf-8")
    return [*codes, *(str(one["village_code"]) for one in more)]


def real_table(data: Path, *, seeds: int, models: tuple[str, ...]) -> pd.DataFrame:
    pairs = (("2016-07", "2018-07"), ("2018-07", "2020-07"), ("2016-07", "2020-07"))
    rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "street"
        codes = joined_street(data, folder)
        folds = street_folds(data / "street-naip", Path(made)) if "trees" in models else {}
        elsewhere = min(folds.values(), default="")
        for name in models:
            by_code = (
                {code: folds.get(code, elsewhere) for code in codes} if name == "trees" else dict.fromkeys(codes, name)
            )
            pooled, plain, grouped = [], [], []
            for pair in pairs:
                lattices, rule, gated = real_lattices(folder, pair, by_code)
                asked = (CONFIDENCE, LEAST, OBSERVED, BUDGET)
                runs = range(100, 100 + seeds)
                trials = [one for seed in runs for one in try_street(lattices, rule, asked, seed, gated)]
                judged = {one.village_code for one in trials}
                loose = [one for s in runs for one in window_score(lattices, rule, s, judged, grouped=False)]
                tied = [one for s in runs for one in window_score(lattices, rule, s, judged, grouped=True)]
                label = "trees, from other villages" if name == "trees" else name
                rows.append(
                    _real_row(label, f"{pair[0]} → {pair[1]}", trials, loose, tied) | {"gated": str(len(gated))}
                )
                pooled, plain, grouped = pooled + trials, plain + loose, grouped + tied
            rows.append(_real_row(label, "all", pooled, plain, grouped) | {"gated": ""})
    return pd.DataFrame(rows)


def _score(found: list) -> tuple[float, float]:
    miss, half = (np.array(values) for values in zip(*found, strict=True))
    return float(np.mean(np.abs(miss) <= half)), float((2 * half + 40 * np.maximum(np.abs(miss) - half, 0)).mean())


def _real_row(name: str, pair: str, trials: list, loose: list, tied: list) -> dict[str, object]:
    one = summarise(trials, CONFIDENCE, MIN_CHANGE_PP, 1)
    (plain, plain_score), (_, tied_score) = _score(loose), _score(tied)
    score = one.interval_score_pp
    return {
        "model": name, "pair": pair, "trials": one.trials, "villages": one.villages, "coverage": round(one.coverage, 3),
        "95 %": f"{one.coverage_low:.3f}–{one.coverage_high:.3f}", "half-width": round(one.half_width_pp, 1),
        "score": round(score, 1), "called": round(one.called, 3), "false lagging": round(one.false_lagging, 3),
        "independent windows: coverage": round(plain, 3), "score of these": round(plain_score, 1),
        "less": f"{100 * (1 - score / plain_score):.0f} %", "windows by village: score": round(tied_score, 1),
    }  # fmt: skip


def speed_table(data: Path) -> pd.DataFrame:
    """Seconds for the controls of a whole street: every village's lattice and windows, and its controls."""
    from lvgeo.monthly.calibration import open_street, street_lattices

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "street"
        joined_street(data, folder)
        opened = open_street(folder, "nir", date(2021, 1, 1))
        street_lattices(opened, ("2018-07", "2020-07"))  # classified once
        started = time.perf_counter()
        lattices, rule, _ = street_lattices(opened, ("2018-07", "2020-07"))
        laid = time.perf_counter()
        try_street(lattices, rule, (CONFIDENCE, LEAST, OBSERVED, BUDGET), 1)
        done = time.perf_counter()
    return pd.DataFrame([{"villages": len(lattices), "rasters read and lattices laid, s": round(laid - started, 1),
                          "controls of every village, s": round(done - laid, 1)}])  # fmt: skip


# -- simulated streets ---------------------------------------------------------------------------------------------

PIXEL_M, SIDE_PX, PLOT_M, VILLAGES, CELL_PX = 0.3, 340, 36.5, 23, 4


def field(rng: np.random.Generator, scale: float) -> np.ndarray:
    return patches(rng, SIDE_PX, scale)


# What changes where nobody plants: share of a village's ground that weeds and crops cover anew, and that dries up, and
# share of its trees that are cut; medians, and the deviation of their logarithms from village to village. Set before
# any verdict was looked at, so that villages differ as unplanted ones of the real street do (docs/calibration.md).
WEEDS, DRYING, CUTTING, UNEVEN, PATCH_M = 0.018, 0.008, 0.03, 0.9, 4.0


def changed_alone(rng: np.random.Generator, trees: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Between two dates and without planting: (y, x) patches grown over, patches dried up, and (trees,) those kept."""
    shares = [median * math.exp(UNEVEN * rng.standard_normal()) for median in (WEEDS, DRYING, CUTTING)]
    found = []
    for share in shares[:2]:
        uneven = field(rng, PATCH_M / PIXEL_M)
        edge = float(np.quantile(uneven, 1 - min(share, 0.6)))
        found.append(np.clip((uneven - edge) / 0.15 + 0.5, 0, 1))
    return found[0], found[1], rng.random(trees) > min(shares[2], 0.8)


def village(seed: tuple[int, ...], crown_m: float, gsd_factor: int = 1) -> dict[str, np.ndarray]:
    """One village at two dates, as a camera sees it; the plot lies in the middle of its left half."""
    rng = np.random.default_rng(seed)
    soil = np.array([156.0, 131.0, 104.0])[:, None, None] * (1 + 0.06 * field(rng, 15) + 0.05 * field(rng, 1))
    grass = np.clip((field(rng, 12) + 0.3) * 1.5, 0, 1) * rng.uniform(0.4, 1.0)
    lush = np.clip(0.5 + 0.5 * field(rng, 20), 0, 1)
    at = rng.uniform(0, SIDE_PX, (40, 2))
    side = round(PLOT_M / PIXEL_M)
    top, left = (SIDE_PX - side) // 2, 24
    plot = np.zeros((SIDE_PX, SIDE_PX), bool)
    plot[top : top + side, left : left + side] = True
    radius = rng.uniform(1.2, 3.0, len(at)) / PIXEL_M
    away = (np.abs(at[:, 0] - top - side / 2) > side / 2 + radius) | (
        np.abs(at[:, 1] - left - side / 2) > side / 2 + radius
    )
    at, radius, lit = at[away], radius[away], rng.uniform(0.85, 1.15, int(away.sum()))
    weeds, dried, kept = changed_alone(np.random.default_rng([*seed, 7]), len(at))
    grown = [draw_discs((SIDE_PX, SIDE_PX), at[k], radius[k], lit[k]) for k in (kept | ~kept, kept)]
    stems = np.stack(np.meshgrid(np.arange(1, PLOT_M, 2.0), np.arange(1.5, PLOT_M, 3.0)), -1).reshape(-1, 2) / PIXEL_M
    stems = stems[:, ::-1] + [top, left] + rng.normal(0, 0.3, stems.shape)
    stems = stems[rng.random(len(stems)) < 0.9]
    young = np.zeros((SIDE_PX, SIDE_PX))
    if crown_m > 0:
        young, _ = draw_discs(
            (SIDE_PX, SIDE_PX), stems, np.full(len(stems), crown_m / 2 / PIXEL_M), np.ones(len(stems))
        )
    texture = 1 + 0.12 * field(rng, 1)
    pictures = []
    # Lush grass is as green as crowns, which is what moves a colour index on real streets by 5 to 20 points.
    straw, green = np.array([159.0, 137.0, 108.0]), np.array([112.0, 125.0, 80.0])
    for greening, new in ((rng.uniform(0, 0.3), False), (rng.uniform(0, 1.0), True)):
        trees, shade = grown[new]
        share = greening * (0.4 + 0.6 * lush)
        cover = grass * 0.8
        share = share * (1 - new * dried)
        colour = straw[:, None, None] * (1 - share) + green[:, None, None] * share
        seen = soil * (1 - cover) + colour * cover
        seen = seen + new * 0.9 * weeds * (np.array([92.0, 112.0, 66.0])[:, None, None] * texture - seen)
        crown = np.array([78.0, 99.0, 62.0])[:, None, None] * np.maximum(shade, 0.5) * texture
        seen = seen * (1 - trees) + crown * trees
        noise = rng.normal(0, 4, seen.shape)
        off, haze, sun = rng.uniform(-3, 3, 2), rng.uniform(0, 0.12), rng.uniform(0.8, 1.2) * rng.uniform(0.96, 1.04, 3)

        def photographed(ground: np.ndarray, flight: tuple = (new, off, haze, sun, noise)) -> np.ndarray:
            new, off, haze, sun, noise = flight
            if new:
                ground = np.stack([shifted(band, off, order=1, mode="nearest") for band in ground])
                ground = ground * sun[:, None, None] * (1 - haze) + np.array([196.0, 203, 212])[:, None, None] * haze
            ground = ground + noise
            n = SIDE_PX // gsd_factor
            ground = ground[:, : n * gsd_factor, : n * gsd_factor]
            ground = ground.reshape(3, n, gsd_factor, n, gsd_factor).mean((2, 4))
            return np.clip(ground, 0, 255).astype(np.uint8)

        pictures.append(photographed(seen))
        if new:
            leaves = np.array([84.0, 104.0, 62.0])[:, None, None] * texture
            pictures.append(photographed(seen * (1 - young) + leaves * young))

    def coarse(a: np.ndarray) -> np.ndarray:
        n = SIDE_PX // gsd_factor
        return a[: n * gsd_factor, : n * gsd_factor].reshape(n, gsd_factor, n, gsd_factor).mean((1, 3))

    inside = coarse(plot.astype(float)) > 0.5
    return {
        "before": pictures[0],
        "unplanted": pictures[1],
        "after": pictures[2],
        "plot": inside,
        "young": coarse(young),
    }


def simulate_street(asked: tuple[int, int]) -> list[dict[str, object]]:
    """Judge one street of villages that grew as required, and of villages that did not."""
    seed, gsd_factor = asked
    rng = np.random.default_rng(seed)
    pixel_m = PIXEL_M * gsd_factor
    crowns = [0.0 if rng.random() < 0.2 else float(rng.uniform(0.5, 1.6)) for _ in range(VILLAGES)]
    drawn = [village((seed, k), crown, gsd_factor) for k, crown in enumerate(crowns)]
    counts = []
    spectrum = Index()
    for one in drawn:
        histogram = Colour(spectrum).look(one["before"].reshape(3, -1)[:, ::7])
        counts.append(histogram / histogram.sum())
    model = Colour(spectrum).fit(np.stack(counts))
    lattices, residuals, gains, shown = {}, {}, {}, {}
    for k, one in enumerate(drawn):
        height, width = one["plot"].shape
        valid = np.ones((height, width), bool)
        patch = Patch(one["before"].mean(0, dtype=np.float32), one["after"].mean(0, dtype=np.float32), valid, 0, 0)
        found = register([patch], pixel_m, 10.0, extent=(height, width), parts=1)
        rows, cols = (round(v) for v in found.shift)
        after = np.roll(one["after"], (-rows, -cols), axis=(1, 2))
        rim = 4
        ok = np.zeros_like(valid)
        ok[rim:-rim, rim:-rim] = True
        light = fit_radiometry([one["before"]], [after], [ok])
        before_c = model.table(identity_radiometry(3)).classify(one["before"])
        after_c = model.table(light).classify(after)
        # The same flight over the same ground without the young trees: what the model truly shows of them.
        without = model.table(light).classify(np.roll(one["unplanted"], (-rows, -cols), axis=(1, 2)))
        seen_of = one["plot"] & ok
        shown[k] = 100 * float((after_c == 2)[seen_of].mean() - (without == 2)[seen_of].mean())
        n = max(1, CELL_PX // gsd_factor)
        h, w = height // n, width // n

        def cells(a: np.ndarray, n: int = n, h: int = h, w: int = w) -> np.ndarray:
            return a[: h * n, : w * n].astype(float).reshape(h, n, w, n).mean((1, 3))

        plot = cells(one["plot"]) > 0.5
        free = ok[: h * n : n, : w * n : n] & ~(gaussian_filter(plot.astype(float), 2) > 0.01)
        grey = one["before"].mean(0) / 255
        lattices[k] = Lattice(
            f"{k:012d}", pixel_m * n, cells(ok), cells((before_c == 2) & ok), cells((after_c == 2) & ok), cells(grey),
            cells(grey**2), free, plot, Affine.identity(),
        )  # fmt: skip
        residuals[k] = found.residual_m / pixel_m
        gains[k] = _recovered(one, after, (model, light), ok, crowns[k] / pixel_m)
    return _judged(seed, (gains, shown), crowns, lattices, residuals)


def _recovered(one: dict, after: np.ndarray, read: tuple, ok: np.ndarray, crown_px: float) -> float:
    """Gain that the model would show of the crowns on the plot: drawn into free ground, as the month's run does."""
    cover = 100 * float(one["young"][one["plot"]].mean())
    if cover <= 0:
        return 0.0
    model, light = read
    free = ok & ~one["plot"]
    bare = model.table(light).classify(after)
    grown = after[:, (bare == 2) & (model.table(identity_radiometry(3)).classify(one["before"]) == 2) & free]
    colour = np.median(grown, axis=1) if grown.shape[1] > 200 else np.array([80.0, 100.0, 62.0])
    step = max(8.0, 1.6 * crown_px)
    at = np.stack(np.meshgrid(np.arange(3, after.shape[1], step), np.arange(3, after.shape[2], step)), -1).reshape(
        -1, 2
    )
    at = at + np.random.default_rng(1).uniform(-1, 1, at.shape)
    discs, _ = draw_discs(after.shape[1:], at, np.full(len(at), crown_px / 2), np.ones(len(at)))
    mixed = np.clip(np.round(after + discs * (colour[:, None, None] - after)), 0, 255).astype(np.uint8)
    there = model.table(light).classify(mixed)
    share = float(((there == 2)[free].mean() - (bare == 2)[free].mean()) / max(discs[free].mean(), 1e-6))
    return cover * min(max(share, 0.0), 1.0)


def _judged(
    seed: int, gained: tuple[dict, dict], crowns: list[float], lattices: dict, residuals: dict
) -> list[dict[str, object]]:
    rows = []
    gains, shown = gained
    windows = {k: one.windows(PLOT_M, OBSERVED) for k, one in lattices.items()}
    level = notice_level(BUDGET, VILLAGES, CONFIDENCE)
    rng = np.random.default_rng([seed, 9])
    for k, one in lattices.items():
        if not residuals[k] <= 1.0:
            continue
        net = 100 * float((one.after[one.plots].sum() - one.before[one.plots].sum()) / one.observed[one.plots].sum())
        truth = shown[k]
        rule = PlotRule(1, PLOT_M, tuple(one.plot_covariates()))
        placebos = [
            p for j, other in lattices.items()
            if j != k and (p := place_placebos(other, rule, windows[j], rng)) is not None
        ]  # fmt: skip
        controls = compare_with(placebos, rule, CONFIDENCE, LEAST)
        if not math.isfinite(controls.half_width_pp):
            continue
        adjusted = net - controls.bias_pp
        error = adjusted - truth
        # Planted villages had to gain just what they did, as far as crowns drawn elsewhere tell; idle ones more.
        required = gains[k] if crowns[k] > 0 else float(rng.uniform(2, 30))
        reach = controls.half_width_at(level)
        spread = controls.half_width_pp / float(student.ppf(0.975, controls.freedom))  # of both sides
        early = required < 1.7 * controls.half_width_pp
        word = "too_early" if early else "lagging" if adjusted + reach < required else (
            "on_track" if adjusted - controls.above_pp >= required else "inconclusive")  # fmt: skip
        rows.append({
            "truth": truth, "planted": crowns[k] > 0, "required": required, "word": word, "reach": reach,
            "covered": -controls.below_pp <= error <= controls.above_pp, "half": controls.half_width_pp,
            "floor": min(controls.below_pp, controls.above_pp) <= 2.0, "below": error < -controls.below_pp,
            "scaled": error / controls.above_pp if error > 0 else -error / controls.below_pp, "error": error,
            "uneven": float(np.std([p.change_pp for p in placebos])), "spread": spread,
            "adjusted": adjusted,
        })  # fmt: skip
    return rows


def simulated_rows(streets: int, workers: int) -> pd.DataFrame:
    """Every judged village of all simulated streets, at two pixel sizes."""
    parts = []
    for gsd_factor in (1, 2):
        count = streets if gsd_factor == 1 else max(4, streets // 4)
        started = time.perf_counter()
        with ProcessPoolExecutor(workers) as pool:
            rows = [row for part in pool.map(simulate_street, [(s, gsd_factor) for s in range(count)]) for row in part]
        seconds = round(time.perf_counter() - started)
        parts.append(pd.DataFrame(rows).assign(gsd=PIXEL_M * gsd_factor, streets=count, seconds=seconds))
    return pd.concat(parts, ignore_index=True)


def simulated_table(found: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for gsd, some in found.groupby("gsd"):
        on_track, idle = some[some["planted"]], some[~some["planted"]]
        due = idle["required"] >= 3.5 * idle["spread"]
        strong = idle[due & (idle["word"] != "too_early")]
        rows.append({
            "GSD m": gsd, "streets": int(some["streets"].iloc[0]), "villages": len(some),
            "coverage": round(some["covered"].mean(), 3),
            "missed: fell short": round(some["below"].mean(), 3), "on the floor of 2": round(some["floor"].mean(), 3),
            "half-width": round(some["half"].median(), 1), "villages differ by, σ": round(some["uneven"].median(), 2),
            "coverage off the floor": round(some.loc[~some["floor"], "covered"].mean(), 3),
            "required less shown": round(float((on_track["required"] - on_track["truth"]).mean()), 2),
            "error of planted": round(float(on_track["error"].mean()), 2),
            "false lagging": round((on_track["word"] == "lagging").mean(), 4),
            "lagging found, due ≥ 3.5 σ": f"{(strong['word'] == 'lagging').mean():.3f} of {len(strong)}",
            "too early at ≥ 3.5 σ": int((due & (idle["word"] == "too_early")).sum()),
            "idle called on track": int((idle["word"] == "on_track").sum()),
            "seconds": int(some["seconds"].iloc[0]),
        })  # fmt: skip
    return pd.DataFrame(rows)


SHORTFALLS = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)


def power_table(found: pd.DataFrame) -> pd.DataFrame:
    """Share called lagging, by how far the true gain lies below what is required, in standard errors of prediction."""
    rows = []
    for gsd, some in found.groupby("gsd"):
        row: dict[str, object] = {"GSD m": gsd}
        for sigmas in SHORTFALLS:
            required = some["truth"] + sigmas * some["spread"]
            row[f"{sigmas:g} σ"] = round(float((some["adjusted"] + some["reach"] < required).mean()), 3)
        rows.append(row)
    return pd.DataFrame(rows)


def power_by_gain_table(found: pd.DataFrame) -> pd.DataFrame:
    """Share called lagging where 8 points are required, by what the plots truly gained."""
    rows = []
    edges = (-0.01, 0.01, 1, 2, 3, 4, 6, 8, 100)
    for gsd, some in found.groupby("gsd"):
        early = 1.7 * some["half"] > 8.0
        called = (some["adjusted"] + some["reach"] < 8.0) & ~early
        row: dict[str, object] = {"GSD m": gsd, "too early": round(float(early.mean()), 2)}
        for low, high in itertools.pairwise(edges):
            here = (some["truth"] > low) & (some["truth"] <= high) & ~early
            label = "0" if high < 1 else f"{max(low, 0):g}–{high:g}" if high < 100 else f"over {low:g}"
            row[label] = f"{called[here].mean():.2f} of {int(here.sum())}" if here.any() else "—"
        rows.append(row)
    return pd.DataFrame(rows)


def draw_plots(folder: Path, found: pd.DataFrame) -> None:
    """Power, and errors against their intervals, as small PNG files."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    plt.rcParams.update({"font.size": 8, "savefig.dpi": 110, "axes.grid": True, "grid.alpha": 0.3})
    figure, axes = plt.subplots(figsize=(5.2, 3.2), layout="constrained")
    for gsd, some in found.groupby("gsd"):
        steps = np.linspace(0, 6, 25)
        power = [float((some["adjusted"] + some["reach"] < some["truth"] + s * some["spread"]).mean()) for s in steps]
        axes.plot(steps, power, label=f"{gsd:.1f} m")
    axes.axvline(3.5, color="0.5", linestyle=":")
    axes.axhline(0.9, color="0.5", linestyle=":")
    axes.set(xlabel="true gain below what is required, standard errors of prediction", ylabel="share called lagging")
    axes.legend(title="pixel")
    figure.savefig(folder / "calibration-power.png", metadata={"Software": None})
    figure, axes = plt.subplots(figsize=(5.2, 3.2), layout="constrained")
    nominal = np.linspace(0.5, 0.99, 50)
    for gsd, some in found.groupby("gsd"):
        # Half-widths have a floor, so that the share inside may lie above the line.
        scaled = some["scaled"]
        reach = student.ppf(0.5 + nominal / 2, 18) / student.ppf(0.975, 18)
        axes.plot(nominal, [float((scaled <= r).mean()) for r in reach], label=f"{gsd:.1f} m")
    axes.plot(nominal, nominal, color="0.5", linestyle=":")
    axes.set(xlabel="nominal", ylabel="share of villages whose truth lies inside")
    axes.legend(title="pixel")
    figure.savefig(folder / "calibration-coverage.png", metadata={"Software": None})
    plt.close("all")


def simulated(streets: int, workers: int, plots: Path | None) -> list[pd.DataFrame]:
    found = simulated_rows(streets, workers)
    if plots is not None:
        draw_plots(plots, found)
    return [simulated_table(found), power_table(found), power_by_gain_table(found)]


# -- a year --------------------------------------------------------------------------------------------------------


def year_table(years: int) -> pd.DataFrame:
    """Wrong consequences a street-year: every village grew exactly what is required, every notice is upheld.

    Each street-year draws its own errors, spreads as estimated each month, and placebo villages from which the lasting
    share is estimated month by month. Standard errors are over street-years.
    """
    from lvgeo.units import Month

    rows = []
    spread, freedom, months = 2.0, 18.0, 6
    level = notice_level(BUDGET, VILLAGES, CONFIDENCE)
    names = [Month(2024, 7 + m) for m in range(months)]
    joint = 0.1 / VILLAGES / LOOKS
    so_far = np.arange(1, months + 1)[:, None]
    for correlation in (0.0, 0.5, 0.9):
        rng = np.random.default_rng(int(100 * correlation))
        lasting = rng.normal(0, math.sqrt(correlation), (years, 2, 1, VILLAGES))
        errors = spread * (lasting + rng.normal(0, math.sqrt(1 - correlation), (years, 2, months, VILLAGES)))
        scale = spread * np.sqrt(rng.chisquare(freedom, (years, months, 1)) / freedom)  # as estimated each month
        short, placebo = -errors[:, 0], errors[:, 1]
        called = short > np.maximum(2.0, student.ppf(1 - level, freedom) * scale)
        notices = called.sum(axis=(1, 2)) / months
        # No share of lasting error makes the joint test easier than none does: what fails that is not asked.
        least = student.ppf(1 - joint, freedom) * np.sqrt((scale**2).cumsum(axis=1)) / so_far
        asked = called & (called.cumsum(axis=1) >= 2) & (short.cumsum(axis=1) / so_far > least)
        consequences = np.zeros(years)
        for year in np.nonzero(asked.any(axis=(1, 2)))[0]:
            done = set()
            for m, v in zip(*np.nonzero(asked[year]), strict=True):
                errors_until = {name: dict(enumerate(placebo[year, k])) for k, name in enumerate(names[: m + 1])}
                falls = [Shortfall(float(short[year, k, v]), float(scale[year, k, 0]), freedom) for k in range(m + 1)]
                if joint_test(falls, persistent_share(errors_until), joint):
                    done.add(v)
            consequences[year] = len(done)
        error = math.sqrt(years)
        rows.append({
            "error's correlation": correlation, "street-years": years,
            "wrong notices a month (≤ 0.5)": round(notices.mean(), 3), "its SE": round(notices.std() / error, 4),
            "wrong consequences a year (≤ 0.1)": round(consequences.mean(), 4),
            "SE": round(consequences.std() / error, 4),
        })  # fmt: skip
    return pd.DataFrame(rows)


# -- work ----------------------------------------------------------------------------------------------------------


def work_chip(seed: int, pixel_m: float, side_m: float = 30.0) -> Chip:
    """Greening grass on soil, seen at a pixel size."""
    rng = np.random.default_rng(seed)
    n = round(side_m / pixel_m)
    patches = gaussian_filter(rng.standard_normal((n, n)), 1.5 / pixel_m) * (5 / pixel_m)
    fine = gaussian_filter(rng.standard_normal((n, n)), 0.08 / pixel_m) * max(0.3 / pixel_m, 1)
    green = 0.04 + 0.04 * np.clip(patches, -1, 2) + 0.02 * fine + rng.normal(0, 0.01, (n, n))
    bright = 130 + 12 * fine + rng.normal(0, 3, (n, n))
    inside = np.ones((n, n), bool)
    return Chip(green.astype(np.float32), bright.astype(np.float32), inside, pixel_m)


FINEST_M = 0.06  # pieces are read no finer than that
CROWNS_M, SURVIVALS = (0.4, 0.6, 1.0, 1.5), (0.0, 0.5, 0.85, 1.0)


def as_read(chip: Chip) -> Chip:
    """What the month's run would read of a finer image: means of whole pixels."""
    n = max(1, math.ceil(FINEST_M / chip.pixel_m - 1e-6))
    h, w = (side // n for side in chip.inside.shape)

    def coarse(a: np.ndarray) -> np.ndarray:
        return a[: h * n, : w * n].astype(np.float32).reshape(h, n, w, n).mean((1, 3))

    return Chip(coarse(chip.greenness), coarse(chip.brightness), coarse(chip.inside) > 0.99, chip.pixel_m * n)


def work_table(repeats: int) -> pd.DataFrame:
    """Words for plots planted with saplings at a survival, on ground whose grass greens; 0 % is bare ground."""
    rows = []
    for pixel_m in (0.02, 0.05, 0.1):
        ground = [[as_read(work_chip(100 * k + j, pixel_m)) for j in range(5)] for k in range(4)]
        drawn: dict[tuple[float, float], list[Chip]] = {(c, s): [] for c in CROWNS_M for s in SURVIVALS}
        for k in range(repeats):
            bare = work_chip(5000 + k, pixel_m)
            for (crown_m, survival), chips in drawn.items():
                rng = np.random.default_rng([k, int(100 * survival), int(100 * crown_m)])
                saplings = Saplings(crown_m, survival, (2.0, 3.0), 0.16)
                chips.append(as_read(with_saplings(bare, saplings, rng) if survival else bare))
        for crown_m in CROWNS_M:
            minimum = Saplings(crown_m, 0.85, (2.0, 3.0), 0.16)
            street = [look([some[0]], some, minimum, np.random.default_rng(k)) for k, some in enumerate(ground)]
            row: dict[str, object] = {"pixel cm": round(100 * pixel_m), "crown m": crown_m}
            for survival in SURVIVALS:
                looks = [look([chip], [], minimum, np.random.default_rng(1)) for chip in drawn[crown_m, survival]]
                found = [judge_work(mine, [*street, mine]) for mine in looks]
                share = {w: sum(one.word == w for one in found) / repeats for w in ("seen", "not_seen")}
                row[f"{survival:.0%} alive"] = f"seen {share['seen']:.2f}, not seen {share['not_seen']:.2f}"
            row["least survival shown"] = found[0].least_survival
            row["smallest crown shown, m"] = found[0].smallest_crown_m
            rows.append(row)
    return pd.DataFrame(rows)


def work_false_table(ground: int, streets: int) -> pd.DataFrame:
    """Share of bare plots that pass for planted: scores of bare ground, drawn into streets again and again."""
    rows = []
    minimum = Saplings(0.5, 0.85, (2.0, 3.0), 0.16)
    for pixel_m in (0.02, 0.05, 0.1):
        chips = [as_read(work_chip(20_000 + k, pixel_m)) for k in range(ground)]
        for crown_m in CROWNS_M:
            patterns = [find_pattern(chip, crown_m) for chip in chips]
            pits = np.array([find_pattern(chip, crown_m, of="pits").score for chip in chips])
            row: dict[str, object] = {"pixel cm": round(100 * pixel_m), "crown m": crown_m, "plots": ground}
            for villages, pieces in ((4, 5), (10, 12)):
                rng = np.random.default_rng(1)
                seen = []
                for _ in range(streets):
                    drawn = rng.permutation(ground)
                    looks = []
                    for v in range(villages):
                        known = drawn[v * pieces : (v + 1) * pieces]
                        crowns = tuple(patterns[k].score for k in known)
                        looks.append(WorkLook((), (), crowns, tuple(pits[known]), minimum, (), {}, {}))
                    for k in drawn[villages * pieces :][:20]:
                        mine = replace(looks[0], plots=(patterns[k],), pits=(float(pits[k]),))
                        seen.append(judge_work(mine, looks).word == "seen")
                row[f"{villages * pieces} pieces"] = round(float(np.mean(seen)), 4)
            rows.append(row)
    return pd.DataFrame(rows)


def work_real_table(data: Path) -> pd.DataFrame:
    """The same on a real drone image of 0.1 m: contrast of saplings drawn in, in spreads of the bare ground."""
    import rasterio

    path = next((data / "canopy-masks" / "restor-tcd" / "tests" / "images").glob("*.tif"))
    with rasterio.open(path) as opened:
        rgb = opened.read([1, 2, 3]).astype(np.float32)
    total = np.maximum(rgb.sum(axis=0), 1.0)
    green, seen = (3 * rgb[1] - total) / total, (rgb.max(axis=0) > 0) & (rgb.min(axis=0) < 255)
    chips = [
        Chip(green[s], rgb.mean(axis=0)[s], seen[s], 0.1)
        for r in range(0, rgb.shape[1] - 300, 150)
        for c in range(0, rgb.shape[2] - 300, 150)
        if seen[s := np.s_[r : r + 300, c : c + 300]].mean() > 0.97
    ]
    rows = []
    for crown_m in (0.4, 0.6, 1.0):
        bare = np.array([find_pattern(one, crown_m).score for one in chips])
        for survival in (0.5, 0.85, 1.0):
            rng = np.random.default_rng(1)
            some = [with_saplings(one, Saplings(crown_m, survival, (2.0, 3.0), 0.2), rng) for one in chips]
            score = np.array([find_pattern(one, crown_m).score for one in some])
            rows.append({
                "crown m": crown_m, "survival": survival, "pieces": len(chips),
                "bare": f"{bare.mean():.1f} ± {bare.std():.1f}", "planted, median": round(float(np.median(score)), 1),
                "σ above bare": round(float((np.median(score) - bare.mean()) / bare.std()), 1),
            })  # fmt: skip
    return pd.DataFrame(rows)


def work_tables(data: Path | None, *, smoke: bool) -> list[pd.DataFrame]:
    tables = [work_false_table(*((150, 2) if smoke else (300, 100))), work_table(3 if smoke else 20)]
    return [*tables, work_real_table(data)] if data else tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", default="all", choices=["all", "real", "simulated", "year", "work"])
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--streets", type=int, default=200)
    parser.add_argument("--models", default="trees,index,nir", help="canopy models on real ground")
    parser.add_argument("--plots", type=Path, help="folder for the plots, PNG")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--smoke", action="store_true")
    words = parser.parse_args()
    pd.set_option("display.width", 220)
    pd.set_option("display.max_columns", 20)
    models = tuple(words.models.split(","))
    parts = {
        "year": lambda: [year_table(200 if words.smoke else 20_000)],
        "simulated": lambda: simulated(4 if words.smoke else words.streets, words.workers, words.plots),
        "work": lambda: work_tables(words.data if there else None, smoke=words.smoke),
        "real": lambda: [speed_table(words.data), real_table(words.data, seeds=5, models=models)] if there else [],
    }
    there = words.data.is_dir()
    if not there:
        print(f"no real data at {words.data}: real ground is left out")
    chosen = [name for name in parts if not (words.smoke and name == "real")] if words.part == "all" else [words.part]
    for name in chosen:
        print(f"\n{name}")
        for table in parts[name]():
            print(table.to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
