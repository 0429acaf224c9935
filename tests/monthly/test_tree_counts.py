"""Crowns on a community's ground beside its register: counted where they can be, and why not where they cannot."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from factories import write_tif
from pyproj import CRS, Transformer

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.imagery.classify import Scene
from lvgeo.imagery.crown_model import load_crowns
from lvgeo.imagery.registration import Registration
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.shipped import shipped_model
from lvgeo.monthly import tree_counts
from lvgeo.monthly.tree_counts import count_trees
from lvgeo.progress.tree_count import support_register
from lvgeo.registers.trees import Tree

CODE, VILLAGE = "441399001001", "441399001201"
ON = date(2024, 9, 30)
PIXEL_M, SIDE = 0.6, 240
WEST, NORTH = 551000.0, 2550000.0
TO_DEGREES = Transformer.from_crs(4547, 4490, always_xy=True)


def places(count):
    """Rows and columns on a lattice of 12 m, in the middle of the picture."""
    side = math.ceil(math.sqrt(count))
    return [(60 + 20 * (k // side), 60 + 20 * (k % side)) for k in range(count)]


def drawn(at):
    """Dark green crowns of 4 m on pale ground."""
    rgb = np.full((3, SIDE, SIDE), 150, np.uint8)
    y, x = np.mgrid[:SIDE, :SIDE]
    for row, col in at:
        rgb[:, (y - row) ** 2 + (x - col) ** 2 <= 12] = np.array([[50], [80], [50]])
    return rgb


def degrees(at):
    rows, cols = np.array(at, float).T
    return list(zip(*TO_DEGREES.transform(WEST + (cols + 0.5) * PIXEL_M, NORTH - (rows + 0.5) * PIXEL_M), strict=True))


def registered(at, **more):
    return [Tree(CODE, f"T{n}", "香樟", date(2024, 2, 5), lon=lon, lat=lat, **more)
            for n, (lon, lat) in enumerate(degrees(at))]  # fmt: skip


@pytest.fixture
def counted(tmp_path):
    """Count on a picture against a register; without plots unless some are given."""

    def count(rgb, trees, plots=(), *, pixel_m=PIXEL_M, flown=True, refused=()):
        file = inspect_file(write_tif(tmp_path / "scene.tif", rgb, west=WEST, north=NORTH, pixel_m=pixel_m))
        after = SimpleNamespace(canopy=SimpleNamespace(grid=file.grid), registration=Registration())
        pair = SimpleNamespace(after=after, scene=Scene((file,), ("x",)), flown_on="2024-09-15")
        frame = gpd.GeoDataFrame(
            {"village_code": [CODE, VILLAGE], "kind": ["community", "village"]},
            geometry=[shapely.box(114.0, 22.0, 115.0, 24.0)] * 2, crs=4490,
        )  # fmt: skip
        villages = SimpleNamespace(frame=frame, crs=CRS(4490))
        inputs = SimpleNamespace(villages=villages, registers=SimpleNamespace(trees=SimpleNamespace(rows=tuple(trees))))
        accepted = gpd.GeoDataFrame({"village_code": [CODE] * len(plots)}, geometry=list(plots), crs=4490)
        classified = SimpleNamespace(pairs={CODE: pair} if flown else {}, refused=refused)
        return count_trees(inputs, SimpleNamespace(frame=accepted), classified, CampaignSettings(), ON)

    return count


@pytest.fixture
def anywhere(monkeypatch):
    """The shipped model, as if it had seen every kind of image: drawn ones are none of those that it was tried on."""
    model = load_crowns(shipped_model("crowns"))
    open_to_all = replace(model, domain=replace(model.domain, inverse=np.zeros_like(model.domain.inverse)))
    monkeypatch.setattr(tree_counts, "load_crowns", lambda _folder: open_to_all)


@pytest.mark.usefixtures("anywhere")
def test_crowns_are_counted_around_registered_places(counted):
    at = places(30)
    (count,) = counted(drawn([*at, (200, 200), (30, 200)]), registered(at, crown_m=4.0)).values()
    assert count.reason == ""
    assert 27 <= count.found <= 30
    assert count.low < 30 < count.high


def test_an_image_unlike_those_that_were_tried_on_says_nothing_of_the_register(counted):
    at = places(30)
    (count,) = counted(drawn(at), registered(at, crown_m=4.0)).values()
    assert count.reason == "out_of_domain"
    assert 27 <= count.found <= 30  # what is seen there is told all the same
    assert math.isnan(count.low)
    assert support_register(150, count) == "cannot_tell"


@pytest.mark.usefixtures("anywhere")
def test_plots_go_before_coordinates(counted):
    at = places(16)
    corner = shapely.Polygon(degrees([(50, 50), (50, 130), (90, 130), (90, 50)]))
    (count,) = counted(drawn(at), registered(at, crown_m=4.0), [corner]).values()
    assert 7 <= count.found <= 9


def test_only_communities_with_a_register_are_counted(counted):
    at = places(4)
    assert counted(drawn(at), []) == {}
    assert counted(drawn(at), [Tree(VILLAGE, "V1", crown_m=4.0)]) == {}


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (Refusal("memory_short", feature=CODE), "unreadable"),
        (Refusal("memory_short", feature="1"), "no_image"),
        (Refusal("file_broken", file=f"m/{CODE}.tif"), "unreadable"),
        (Refusal("file_broken", file="m/1.tif"), "no_image"),
        (Refusal("file_broken", file=f"m/{CODE}-dsm.tif", feature=CODE), "unreadable"),
        (Refusal("file_broken", file=f"m/{CODE}-dsm.tif"), "no_image"),
        (Refusal("heights_alone", file=f"m/{CODE}-dsm.tif", feature=CODE), "no_image"),
        (Refusal("raster_not_reaching", file=f"m/{CODE}-dsm.tif", feature=CODE), "no_image"),
    ],
)
def test_an_image_that_was_refused_is_not_said_to_be_missing(counted, refusal, reason):
    at = places(4)
    (count,) = counted(drawn(at), registered(at, crown_m=4.0), flown=False, refused=(refusal,)).values()
    assert count.reason == reason


@pytest.mark.parametrize(
    ("more", "options", "reason"),
    [
        ({"crown_m": 4.0}, {"flown": False}, "no_image"),
        ({}, {}, "coarse"),  # saplings
        ({"crown_m": 2.0}, {}, "coarse"),
        ({"crown_m": 4.0}, {"pixel_m": 0.8}, "coarse"),
    ],
)
def test_what_cannot_be_counted_is_said(counted, more, options, reason):
    at = places(9)
    (count,) = counted(drawn(at), registered(at, **more), **options).values()
    assert (count.found, count.reason) == (0, reason)
    assert math.isnan(count.low)


def test_trees_without_a_place_have_no_ground(counted):
    (count,) = counted(drawn(places(4)), [Tree(CODE, "T1", crown_m=4.0)]).values()
    assert count.reason == "no_place"


def test_ground_that_the_image_does_not_show_is_not_counted(counted):
    at = [*places(9), *((20 * k, 400) for k in range(3))]
    (count,) = counted(drawn(places(9)), registered(at, crown_m=4.0)).values()
    assert count.reason == "not_observed"


@pytest.mark.usefixtures("anywhere")
def test_a_count_that_breaks_off_is_told_as_such(counted, monkeypatch):
    at = places(9)

    def gone(_asked):
        raise InputRefusedError(Refusal("file_broken", file="scene.tif"))

    monkeypatch.setattr(tree_counts, "read_crown_image", gone)
    (count,) = counted(drawn(at), registered(at, crown_m=4.0)).values()
    assert count.reason == "unreadable"
    monkeypatch.setattr(tree_counts, "run", lambda _work, jobs, *, lost, **_: [lost(job) for job in jobs])
    (count,) = counted(drawn(at), registered(at, crown_m=4.0)).values()
    assert count.reason == "lost"
