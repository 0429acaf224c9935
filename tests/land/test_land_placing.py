"""On whose word a plot lies where it lies: the file's, a person's, or an inference that is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Transformer

from lvgeo.land.checks import check_plots
from lvgeo.land.datum import wgs84_to_gcj02
from lvgeo.land.layer import Layer
from lvgeo.land.placing import place

TRUE = shapely.box(114.505, 23.055, 114.5054, 23.0554)


def layer(shape, crs=None, datum=""):
    shapes = np.array([shape], dtype=object)
    return Layer("a.shp", "shp", crs, np.array(["1"], dtype=object), shapes, pd.DataFrame(index=[0]),
                 np.array([False]), datum)  # fmt: skip


def drawn_in(code, *, swap=False):
    to = Transformer.from_crs(4490, code, always_xy=True)
    moved = shapely.transform(TRUE, to.transform, interleaved=False)
    return shapely.transform(moved, lambda xy: xy[:, ::-1]) if swap else moved


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("code", [4490, 4547, 4526, 4525, 4527, 4498, 3857])
def test_a_file_without_a_system_is_inferred_and_said(villages, code, swap):
    placed = place(layer(drawn_in(code, swap=swap)), villages, "", [])
    assert placed.word == ("swapped" if swap else "inferred")
    assert placed.geometry[0].centroid.distance(TRUE.centroid) < 1e-5


@pytest.mark.parametrize("code", [4546, 4548])
def test_a_strip_and_the_utm_zone_of_its_meridian_are_told_apart_by_nobody(villages, code):
    """They differ by 4 in 10 000: a kilometre, which villages of two kilometres do not settle."""
    refused = []
    assert place(layer(drawn_in(code)), villages, "", refused) is None
    assert [one.code for one in refused] == ["crs_ambiguous"]
    assert "UTM" in refused[0].limit
    assert "Gauss" in refused[0].limit


@pytest.mark.parametrize("code", [4548, 32650])
def test_overlap_with_villages_settles_where_it_can(villages, code):
    from dataclasses import replace

    near = replace(villages, frame=villages.frame.iloc[[1]].assign(geometry=[TRUE.buffer(0.002)]))
    assert place(layer(drawn_in(code)), near, "", []).word == "inferred"


def test_a_persons_word_is_no_inference(villages):
    placed = place(layer(drawn_in(4547)), villages, "EPSG:4547", [])
    assert placed.word == "assumed"


def test_what_lies_nowhere_near_is_refused_with_its_figures(villages):
    refused = []
    assert place(layer(shapely.box(12.0, 47.0, 12.1, 47.1)), villages, "", refused) is None
    assert [one.code for one in refused] == ["crs_missing"]
    assert "12" in refused[0].value


def test_metres_in_a_file_that_says_degrees(villages):
    placed = place(layer(drawn_in(4547), CRS(4490)), villages, "", [])
    assert placed.word == "metres"
    assert placed.geometry[0].centroid.distance(TRUE.centroid) < 1e-5


def test_latitude_first_in_a_file_that_says_degrees(villages):
    placed = place(layer(drawn_in(4490, swap=True), CRS(4490)), villages, "", [])
    assert placed.word == "swapped"


def test_a_sketch_in_gcj02_comes_back_to_its_place_and_stays_a_sketch(villages):
    moved = shapely.transform(TRUE, wgs84_to_gcj02, interleaved=False)
    placed = place(layer(moved, CRS(4326), "gcj02"), villages, "", [])
    assert placed.word == "gcj02"
    assert placed.geometry[0].centroid.distance(TRUE.centroid) < 1e-7


@pytest.mark.parametrize(("word", "issue"), [
    ("inferred", "crs_inferred"), ("swapped", "axes_swapped"), ("metres", "metres_as_degrees"),
    ("gcj02", "gcj02_source"), ("bd09", "bd09_source"),
])  # fmt: skip
def test_no_verdict_rests_on_an_inference(villages, make_plots, settings, box, word, issue):
    from datetime import date

    plots = make_plots(("P1", "441302001201", box(100, 100, 140, 140)), placed=word)
    found = [one for one in check_plots(plots, villages, settings.land, date(2024, 9, 30)) if one.issue == issue]
    assert [one.severity for one in found] == ["error"]
