"""Twenty-three real places, with what was planted in them: the figures that the README quotes.

The bounds are wide, and of colour models alone; what is promised, of `trees` too, ``benchmarks/canopy.py`` holds.
"""

import functools

import numpy as np
import pandas as pd
import pytest

import lvgeo


@functools.cache
def compared(shared, out, before, after, model):
    """Compare once; several tests look at the same comparison."""
    street = shared / "street-naip"
    out = out / f"{before}-{after}-{model}"
    result = lvgeo.compare(
        street / "imagery" / before,
        street / "imagery" / after,
        zones=street / "boundaries" / "villages.gpkg",
        plots=street / "plots" / "plots.gpkg",
        model=model,
        out=out,
        language="en",
    )
    truth = pd.read_csv(street / "truth.csv", dtype={"village_code": str}).groupby("village_code")["added_pp"].mean()
    return result, result.canopy_change.set_index("village_code"), truth


def error_pp(table, truth, column):
    return float(np.sqrt(((table[column].astype(float) - truth.reindex(table.index)) ** 2).mean()))


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("street")


@pytest.mark.parametrize(("model", "limit"), [("nir", 3.0), ("index", 4.0)])
def test_planting_alone_is_measured(shared, out, model, limit):
    result, table, truth = compared(shared, out, "2020-07", "2020-08", model)
    assert len(table) == 23
    assert not result.left_out
    assert error_pp(table, truth, "net_change_pp") <= limit
    assert (table.loc[truth[truth > 10].index, "change"] == "gain").all()
    for name in ("map.html", "canopy_change.csv", "plot_change.csv", "area_compliance.csv", "plot_issues.csv",
                 "results.gpkg", "run.json"):  # fmt: skip
        assert (result.folder / name).stat().st_size > 0


@pytest.mark.parametrize(("model", "limit", "gains"), [("nir", 3.0, 8), ("index", 6.0, 0)])
def test_planting_seen_by_another_flight_is_measured(shared, out, model, limit, gains):
    _, table, truth = compared(shared, out, "2020-07", "2020-09", model)
    assert error_pp(table, truth, "adjusted_change_pp") <= limit
    assert (table.loc[truth[truth > 10].index, "change"] == "gain").sum() >= gains
    unplanted = table.loc[truth[truth == 0].index, "change"]
    assert unplanted.isin(["gain", "loss"]).sum() <= 2


@pytest.mark.parametrize("model", ["nir", "index"])
def test_two_years_without_planting_are_hardly_called(shared, out, model):
    _, table, _ = compared(shared, out, "2018-07", "2020-07", model)
    assert table["change"].isin(["gain", "loss"]).sum() <= 6


def test_registration_finds_the_planted_shifts(shared, out):
    import json

    result, _, _ = compared(shared, out, "2020-07", "2020-09", "nir")
    truth = pd.read_csv(shared / "street-naip" / "truth.csv", dtype={"village_code": str}).set_index("village_code")
    scenes = json.loads((result.folder / "run.json").read_text("utf-8"))["scenes"]
    errors = []
    for code, scene in scenes.items():
        row = truth.loc[code].iloc[0]
        errors.append(abs(scene["registration"]["row_estimate_px"] - row["again_shift_rows_px"]))
        errors.append(abs(scene["registration"]["col_estimate_px"] - row["again_shift_cols_px"]))
    # Half a pixel is what whole-pixel registration leaves anyway; the median must be far better.
    assert max(errors) < 0.5
    assert np.median(errors) < 0.15


def test_zones_themselves_are_measured_without_plots(shared, tmp_path):
    street = shared / "street-naip"
    result = lvgeo.compare(
        street / "imagery" / "2020-07", street / "imagery" / "2020-08",
        zones=street / "boundaries" / "villages.gpkg", out=tmp_path, model="nir",
    )  # fmt: skip
    table = result.canopy_change
    assert len(table) == 23
    assert (table["observed_share"].astype(float) > 0.95).all()
    assert not (tmp_path / "area_compliance.csv").exists()
