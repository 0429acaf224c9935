"""Crowns are found where they stand, whatever the tiles; a broken model is refused."""

import csv

import numpy as np
import pytest
import rasterio

from lvgeo.errors import InputRefusedError
from lvgeo.imagery import crowns
from lvgeo.imagery.crown_model import load_crowns, save_crowns
from lvgeo.imagery.crowns import MIN_CROWN_PX, crown_pixels, find_crowns, find_spots
from lvgeo.imagery.shipped import shipped_model
from lvgeo.progress.tree_count import match_trees


def drawn(places, side=120):
    """Dark green discs of 7 px on pale ground."""
    rgb = np.full((3, side, side), 150, np.uint8)
    y, x = np.mgrid[:side, :side]
    for row, col in places:
        rgb[:, (y - row) ** 2 + (x - col) ** 2 <= 12] = np.array([[50], [80], [50]])
    return rgb


def test_drawn_crowns_are_found_where_they_stand():
    places = np.array([(20, 20), (20, 60), (60, 40), (90, 90)])
    model = load_crowns(shipped_model("crowns"))
    found = find_crowns(drawn(places), np.ones((120, 120), bool), 20 / 3, model).above(model.threshold)
    assert len(found.places) == 4
    assert np.abs(np.sort(found.places, axis=0) - np.sort(places, axis=0)).max() <= 1


def test_tiles_leave_no_trace(monkeypatch):
    rng = np.random.default_rng(3)
    rgb = drawn(rng.integers(5, 115, (25, 2)))
    model, valid = load_crowns(shipped_model("crowns")), np.ones((120, 120), bool)
    whole = find_crowns(rgb, valid, 20 / 3, model)
    monkeypatch.setattr(crowns, "TILE_PX", 47)
    pieces = find_crowns(rgb, valid, 20 / 3, model)
    assert {tuple(p) for p in pieces.places} == {tuple(p) for p in whole.places}


def test_unobserved_ground_has_no_crowns():
    model = load_crowns(shipped_model("crowns"))
    assert not len(find_crowns(drawn([(20, 20)]), np.zeros((120, 120), bool), 20 / 3, model).places)


def test_a_sapling_at_0_6_m_is_too_small_to_count():
    assert crown_pixels(4.0, 0.6) >= MIN_CROWN_PX > crown_pixels(1.0, 0.6)


def test_a_changed_model_is_refused(tmp_path):
    model = load_crowns(shipped_model("crowns"))
    save_crowns(model, tmp_path)
    assert np.allclose(load_crowns(tmp_path).hidden, model.hidden)
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    (tmp_path / "model.json").write_text(text.replace('"mean": [', '"mean": [1.0, '), encoding="utf-8")
    with pytest.raises(InputRefusedError):
        load_crowns(tmp_path)


def test_too_small_a_crown_is_not_looked_for():
    model = load_crowns(shipped_model("crowns"))
    with pytest.raises(ValueError, match="too small"):
        find_crowns(drawn([(20, 20)]), np.ones((120, 120), bool), 5.0, model)


def read_at(path, factor=1):
    with rasterio.open(path) as raster:
        rgb = raster.read([1, 2, 3])
    side = rgb.shape[1] // factor * factor
    blocks = rgb[:, :side, :side].reshape(3, side // factor, factor, side // factor, factor)
    return blocks.mean(axis=(2, 4)).astype(np.uint8)


def test_towns_are_a_known_kind_of_image_and_pines_are_not(shared):
    model = load_crowns(shipped_model("crowns"))
    town = read_at(shared / "street-naip" / "imagery" / "2018-07" / "901000000001.tif")
    pines = read_at(shared / "single-trees" / "deepforest" / "OSBS_029.tif", 6)
    for rgb, known in ((town, True), (town[:, :128, :128], True), (pines, False)):
        valid = np.ones(rgb.shape[1:], bool)
        assert model.domain.knows(find_crowns(rgb, valid, 20 / 3, model).spread) is known


def test_spots_on_pines_are_pines(shared):
    """No image taught these spots; of the 61 trees most are seen, and what is seen is a tree."""
    root = shared / "single-trees" / "deepforest"
    rgb = read_at(root / "OSBS_029.tif", 6)
    spots = find_spots(rgb, np.ones(rgb.shape[1:], bool), 20 / 3).astype(float)
    with (root / "OSBS_029.csv").open(encoding="utf-8-sig") as file:
        rows = [[float(row[key]) for key in ("ymin", "ymax", "xmin", "xmax")] for row in csv.DictReader(file)]
    trees = np.array([((a + b) / 2, (c + d) / 2) for a, b, c, d in rows]) / 6 - 0.5
    matched = match_trees(spots, trees, 5.0)  # 3 m
    assert matched / len(spots) > 0.9
    assert matched / len(trees) > 0.6
