"""What an analyst hands in to train from: images of floats, and samples with gaps, words, lines and two minds."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from factories import write_tif
from shapely import LineString, Point, box

import lvgeo
from lvgeo.errors import InputRefusedError
from lvgeo.imagery.labels import labels_from_polygons
from lvgeo.imagery.scene import inspect_file
from lvgeo.land.read_samples import read_samples
from lvgeo.monthly.training_labels import read_whole

WEST, NORTH, SIDE, PIXEL_M = 551000.0, 2550000.0, 240, 0.6


def picture(seed=0):
    """Dark rough crowns on a smooth lawn of the same green, and where the crowns are."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(seed)
    crowns = gaussian_filter(rng.standard_normal((SIDE, SIDE)), 6) > 0.05
    rough = rng.normal(0, 22, (SIDE, SIDE)) * crowns + rng.normal(0, 3, (SIDE, SIDE))
    return np.clip(np.stack([80 + rough, 112 + rough, 70 + rough]), 1, 254), crowns


def cell(row, col, rows=8, cols=8):
    """Ground of some pixels."""
    west, north = WEST + PIXEL_M * col, NORTH - PIXEL_M * row
    return box(west, north - PIXEL_M * rows, west + PIXEL_M * cols, north)


def drawn(path, shapes, **columns):
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4547).to_file(path)
    return path


@pytest.mark.parametrize(("scale", "dtype"), [(1 / 500, np.float32), (30, np.uint16)])
def test_images_of_more_than_8_bits_are_read_in_the_scale_in_which_they_are_judged(tmp_path, scale, dtype):
    seen, _ = picture()
    file = inspect_file(write_tif(tmp_path / "a.tif", (seen * scale).astype(dtype), pixel_m=PIXEL_M))
    found = read_whole(file, file.grid, ("red", "green", "blue")).values.astype(float)
    factor = 255 / np.quantile(seen, 0.998)
    assert found == pytest.approx(np.minimum(seen * factor, 255), abs=2.5)


def test_a_model_is_trained_on_images_of_floats_and_says_what_is_marked_twice(tmp_path):
    pytest.importorskip("sklearn", reason="the extra `train` is not installed")
    seen, crowns = picture()
    write_tif(tmp_path / "images" / "2024-01" / "a.tif", (seen / 500).astype(np.float32), pixel_m=PIXEL_M)
    whole = [
        (cell(row, col), "canopy" if share > 0.5 else "other")
        for row in range(0, SIDE, 8)
        for col in range(0, SIDE, 8)
        if (share := crowns[row : row + 8, col : col + 8].mean()) > 0.9 or share < 0.1
    ]
    again = [(shape, "canopy" if word == "other" else "other") for shape, word in whole[:10]]
    shapes, words = zip(*whole, *again, strict=True)
    samples = drawn(tmp_path / "s.gpkg", list(shapes), **{"class": list(words)})
    made = lvgeo.train(tmp_path / "images", samples, out=tmp_path / "model", lights=0)
    assert made.trained.accuracy.iou > 0.7
    (said,) = made.left_out
    assert (said.code, said.file, said.feature) == ("samples_overlap", str(samples), "a.tif")
    assert said.value == f"{10 / len(whole):.1%}"


def test_ground_marked_with_both_classes_is_unknown_whichever_was_drawn_last(tmp_path):
    grid = inspect_file(write_tif(tmp_path / "a.tif", picture()[0].astype(np.uint8), pixel_m=PIXEL_M)).grid
    shapes = [(cell(0, 0, 10, 20), 1), (cell(0, 10, 10, 20), 0)]
    labels, both_share = labels_from_polygons(shapes, grid)
    turned, _ = labels_from_polygons(shapes[::-1], grid)
    assert np.array_equal(labels, turned)
    assert (labels[:10, :10] == 1).all()
    assert (labels[:10, 10:20] == -1).all()
    assert (labels[:10, 20:30] == 0).all()
    assert (labels == -1).sum() == labels.size - 200
    assert both_share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("years", "told"),
    [([2023.0, np.nan, 2024.0], ["2", "", "year"]), ([2023, 2024, "二〇二四"], ["3", "二〇二四", "year"])],
)
def test_a_year_that_is_none_is_named_with_its_row(tmp_path, years, told):
    path = tmp_path / "s.geojson"
    years = [str(year) for year in years] if isinstance(years[-1], str) else years
    drawn(path, [cell(0, 8 * k) for k in range(3)], year=years, **{"class": ["canopy"] * 3})
    with pytest.raises(InputRefusedError) as refused:
        read_samples(path)
    (one,) = refused.value.refusals
    assert [one.code, one.file, one.feature, one.value, one.limit] == ["sample_value", str(path), *told]


def test_years_in_words_of_figures_are_years(tmp_path):
    path = drawn(tmp_path / "s.gpkg", [cell(0, 0)], year=["2024"], **{"class": ["canopy"]})
    assert list(read_samples(path)["year"]) == [2024]


def test_words_and_gaps_for_x_and_y_are_named_with_their_rows(tmp_path):
    path = tmp_path / "s.csv"
    pd.DataFrame({"x": ["abc", 551010], "y": [2549990, ""]}).to_csv(path, index=False)
    with pytest.raises(InputRefusedError) as refused:
        read_samples(path)
    told = [(one.code, one.file, one.feature, one.value, one.limit) for one in refused.value.refusals]
    assert told == [("sample_value", str(path), "1", "abc", "x"), ("sample_value", str(path), "2", "", "y")]


def test_a_line_is_no_sample(tmp_path):
    path = tmp_path / "s.geojson"
    line = LineString([(WEST, NORTH), (WEST + 5, NORTH - 5)])
    drawn(path, [cell(0, 0), line, Point(WEST + 9, NORTH - 9)], **{"class": ["canopy"] * 3})
    with pytest.raises(InputRefusedError) as refused:
        read_samples(path)
    (one,) = refused.value.refusals
    assert (one.code, one.file, one.feature, one.value) == ("sample_shape", str(path), "2", "LineString")


@pytest.mark.parametrize("order", [1, -1])
def test_crowns_drawn_upon_a_square_of_other_ground_are_crowns(tmp_path, order):
    """So the demonstration's samples are drawn; neighbours that share an edge contradict nobody."""
    grid = inspect_file(write_tif(tmp_path / "a.tif", picture()[0].astype(np.uint8), pixel_m=PIXEL_M)).grid
    shapes = [(cell(0, 0, 40, 40), 0), (cell(5, 5), 1), (cell(0, 40, 40, 10), 1)][::order]
    labels, both_share = labels_from_polygons(shapes, grid)
    assert both_share == 0
    assert (labels[5:13, 5:13] == 1).all()
    assert (labels == 1).sum() == 64 + 400
    assert (labels == 0).sum() == 1600 - 64


def test_no_polygon_is_no_label(tmp_path):
    grid = inspect_file(write_tif(tmp_path / "a.tif", picture()[0].astype(np.uint8), pixel_m=PIXEL_M)).grid
    labels, both_share = labels_from_polygons([], grid)
    assert (labels == -1).all() and both_share == 0


@pytest.mark.parametrize(("twice", "code"), [(True, "samples_overlap"), (False, "samples_unmatched")])
def test_where_no_ground_is_left_to_train_on_the_cause_is_named(tmp_path, twice, code):
    write_tif(tmp_path / "images" / "a.tif", picture()[0].astype(np.uint8), pixel_m=PIXEL_M)
    shapes = [cell(0, 0), cell(0, 0)] if twice else [cell(0, 9000), cell(0, 9100)]
    samples = drawn(tmp_path / "s.gpkg", shapes, **{"class": ["canopy", "other"]})
    with pytest.raises(InputRefusedError) as refused:
        lvgeo.train(tmp_path / "images", samples, out=tmp_path / "model")
    assert [one.code for one in refused.value.refusals] == [code]
