"""Registered trees with coordinates, on the demo's street: they confirm planting, and accuse nobody."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date

import numpy as np
import pytest
from pyproj import Transformer

import lvgeo
from lvgeo.simulate.street import plan_street

PLANTED, IDLE = ("441399001201", "441399001205"), "441399001206"


def rows_over(bounds):
    west, south, east, north = bounds
    return np.stack(np.meshgrid(np.arange(west, east, 2.0), np.arange(south, north, 3.0)), -1).reshape(-1, 2)


@pytest.fixture(scope="module")
def worked(demo, tmp_path_factory):
    """What March says of Work, once two villages registered stems, one of them 4 m off; an idle one invents some."""
    root = tmp_path_factory.mktemp("registered") / "street"
    shutil.copytree(demo.folder, root)
    (root / "ledger.sqlite").unlink()
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    rng = np.random.default_rng(1)
    rows = []
    for site in plan_street(json.loads((root / "truth.json").read_text(encoding="utf-8"))["seed"]).sites:
        off = {PLANTED[0]: 0.3, PLANTED[1]: 4.0, IDLE: 0.3}.get(site.village_code)
        for planting in site.plantings if off else ():
            stems = planting.stems if len(planting.stems) else rows_over(planting.ring.bounds)
            at = stems + rng.normal(0, off, stems.shape)
            for lon, lat in zip(*to_degrees.transform(*at.T), strict=True):
                rows.append([f"V{len(rows)}", site.village_code, "2024-02-20", "是", f"{lon:.7f}", f"{lat:.7f}"])
    with (root / "trees" / "villages.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["tree_id", "village_code", "planted_on", "alive", "lon", "lat"], *rows])
    lvgeo.month(root, "2024-03", on=date(2024, 4, 3))
    return json.loads((root / "out" / "2024-03" / "run.json").read_text(encoding="utf-8"))["work"]


def test_trees_where_the_register_says_confirm(worked):
    found = worked[PLANTED[0]]
    assert (found["work"], found["by"]) == ("seen", "marks")
    assert found["score"] > 2 * found["threshold"]


def test_places_written_down_metres_off_do_not_hide_the_rows(worked):
    found = worked[PLANTED[1]]
    assert (found["work"], found["by"]) == ("seen", "crowns")
    assert found["marks"] > 100


def test_an_invented_register_clears_nobody(worked):
    found = worked[IDLE]
    assert found["work"] == "not_seen"
    assert found["marks"] > 100
