"""Two images from before planting: which is taken, and what the other one says of the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from factories import ground, write_tif
from pyproj import CRS, Transformer

from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.spectrum import SPECTRA
from lvgeo.monthly.baselines import second_scenes
from lvgeo.monthly.dated import Dated
from lvgeo.monthly.findings import Pair
from lvgeo.monthly.probing import ProbeJob, _from_second
from lvgeo.units import Month

CODE = "441399001201"
PLOT, BARE = (60, 60, 120, 120), (180, 180, 260, 260)  # rows and columns of pixels of half a metre


def scene(path):
    return Scene((inspect_file(path),), (digest_file(path),))


def square(grid, place, crs=None):
    top, left, bottom, right = place
    (west, north), (east, south) = grid.transform @ (left, top), grid.transform @ (right, bottom)
    found = shapely.box(west, south, east, north)
    if crs is None:
        return found
    return shapely.transform(found, Transformer.from_crs(grid.crs, crs, always_xy=True).transform, interleaved=False)


@pytest.fixture
def asked(tmp_path):
    """A baseline, and an older image on which the plot was wooded, all ground else as it is."""
    before = scene(write_tif(tmp_path / "before.tif", ground(size=300)))
    old = ground(size=300, gain=0.9)
    top, left, bottom, right = PLOT
    old[:, top:bottom, left:right] = (np.array([63, 95, 50])[:, None, None]).astype(np.uint8)
    older = scene(write_tif(tmp_path / "older.tif", old))
    grid, model = before.files[0].grid, CanopyModel(SPECTRA["index"], 0.1)

    def job(one, name):
        return SceneJob(CODE, one, before, grid, model, 10.0, str(tmp_path / "canopy"), name)

    first, crs = classify(job(before, "2024-01")), CRS.from_epsg(4490)
    pair = Pair(first, first, "2024-01", "", before, before)
    plots, controls = (square(grid, PLOT, crs),), (square(grid, BARE),)

    def probe(second):
        return ProbeJob(CODE, pair, model, plots, controls, crs.to_wkt(), (2.0, 3.0), (), 1, second, 1.5)

    return probe, {"older": job(older, "2023-11"), "itself": job(before, "2023-12")}, tmp_path


def test_ground_that_was_wooded_before_makes_the_gain_smaller(asked):
    probe, jobs, _ = asked
    name, more = _from_second(probe(jobs["older"]), CRS.from_epsg(4490))
    first = classify(jobs["itself"]).canopy
    inside = first.read(first.grid.whole)[PLOT[0] : PLOT[2], PLOT[1] : PLOT[3]]
    assert name == "2023-11"
    assert more == pytest.approx(100 * ((inside == 2).mean() - 1), abs=3)  # light is fitted, edges are shared out


def test_the_same_ground_twice_changes_nothing(asked):
    probe, jobs, _ = asked
    assert _from_second(probe(jobs["itself"]), CRS.from_epsg(4490)) == ("2023-12", pytest.approx(0, abs=1e-9))


def test_an_older_image_that_cannot_be_placed_or_read_says_nothing(asked):
    from dataclasses import replace

    probe, jobs, folder = asked
    elsewhere = scene(write_tif(folder / "elsewhere.tif", ground(size=300, seed=9)))
    broken = folder / "broken.tif"
    broken.write_bytes((folder / "older.tif").read_bytes())
    opened = scene(broken)
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])
    for other in (elsewhere, opened):
        assert _from_second(probe(replace(jobs["older"], scene=other)), CRS.from_epsg(4490)) == ("", 0.0)
    assert _from_second(probe(None), CRS.from_epsg(4490)) == ("", 0.0)


@dataclass(frozen=True)
class Flown:
    by_village: dict


@dataclass(frozen=True)
class Drawn:
    frame: gpd.GeoDataFrame


@pytest.mark.parametrize(("planted", "second"), [
    (date(2024, 3, 12), "2024-02"),  # March may have been flown after the planting
    (date(2024, 2, 1), "2023-11"),
    (None, "2023-11"),  # not known: only what lies before the baseline is surely before the planting
])  # fmt: skip
def test_the_newest_other_scene_from_before_planting_is_taken(planted, second):
    scenes = {
        Month.parse(m): Flown({CODE: m}) for m in ("2023-10", "2023-11", "2024-01", "2024-02", "2024-03", "2024-08")
    }
    plots = Drawn(gpd.GeoDataFrame({"village_code": [CODE], "planted_on": [planted]}))
    assert second_scenes(scenes, {CODE: Dated("2024-01", None)}, plots) == {CODE: Dated(second, second)}


def test_one_scene_alone_has_no_second():
    scenes = {Month.parse("2024-01"): Flown({CODE: "a"}), Month.parse("2024-08"): Flown({CODE: "b"})}
    plots = Drawn(gpd.GeoDataFrame({"village_code": [CODE], "planted_on": [date(2024, 3, 1)]}))
    assert second_scenes(scenes, {CODE: Dated("2024-01", None)}, plots) == {}
