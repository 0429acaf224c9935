"""What an analyst hands in to train from: images of floats, and samples with gaps, words, lines and two minds."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from factories import write_tif
from shapely import LineString, Point, box

import lvgeo
from lvgeo.errors import InputRefusedError
from lvgeo.imagery.labels import labels_from_polygons
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.unplaced import unplaced
from lvgeo.land.read_samples import read_samples
from lvgeo.monthly.training import _image_paths, labeller_of
from lvgeo.monthly.training_labels import read_whole
from lvgeo.monthly.training_masks import MarkedMasks

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


@pytest.mark.parametrize(("twice", "code"), [(True, "samples_overlap"), (False, "sample_outside")])
def test_where_no_ground_is_left_to_train_on_the_cause_is_named(tmp_path, twice, code):
    write_tif(tmp_path / "images" / "a.tif", picture()[0].astype(np.uint8), pixel_m=PIXEL_M)
    shapes = [cell(0, 0), cell(0, 0)] if twice else [cell(0, 9000), cell(0, 9100)]
    samples = drawn(tmp_path / "s.gpkg", shapes, **{"class": ["canopy", "other"]})
    with pytest.raises(InputRefusedError) as refused:
        lvgeo.train(tmp_path / "images", samples, out=tmp_path / "model")
    assert [one.code for one in refused.value.refusals] == [code]


def campaign(folder, settings):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "campaign.toml").write_text(settings, "utf-8")
    return folder


def test_a_campaigns_order_of_bands_and_its_folders_of_images_are_those_of_training(tmp_path):
    """Images in another order, which only campaign.toml tells, in another folder than `imagery`."""
    pytest.importorskip("sklearn", reason="the extra `train` is not installed")
    seen, crowns = picture()
    street = campaign(tmp_path, '[inputs]\nimagery = "flights"\n[imagery]\nbands = ["nir", "blue", "green", "red"]\n')
    stack = np.concatenate([np.full_like(seen[:1], 90), seen[::-1]]).astype(np.uint8)
    image = write_tif(
        street / "flights" / "2024-01" / "a.tif", stack, pixel_m=PIXEL_M, colours=None, photometric="MINISBLACK"
    )
    write_tif(street / "flights" / "2024-01" / "a-dsm.tif", seen[:1].astype(np.float32), pixel_m=PIXEL_M, colours=None)
    mask = write_tif(tmp_path / "masks" / "a.tif", crowns[None].astype(np.uint8), pixel_m=PIXEL_M)
    with pytest.raises(InputRefusedError, match="band"):
        inspect_file(image)
    made = lvgeo.train(street, mask.parent, out=tmp_path / "model", lights=0)
    assert made.left_out == ()
    assert made.trained.accuracy.iou > 0.7


def labeller(samples, *images):
    return labeller_of(samples, images)


def shown(path):
    write_tif(path, picture()[0].astype(np.uint8), pixel_m=PIXEL_M)
    file = inspect_file(path)
    return path, file, file.grid


def test_masks_of_one_name_are_those_of_the_images_that_lie_as_they_do(tmp_path):
    images = [shown(tmp_path / "imagery" / month / "a.tif") for month in ("2024-01", "2024-06")]
    masks = tmp_path / "masks"
    for month, side in (("2024-01", 40), ("2024-06", 80)):
        drawn_on = np.zeros((1, SIDE, SIDE), np.uint8)
        drawn_on[:, :side, :side] = 1
        write_tif(masks / month / "a.tif", drawn_on, pixel_m=PIXEL_M)
    found = labeller(masks, *(path for path, _, _ in images))
    assert [int(found.labels(*image).labels.sum()) for image in images] == [1600, 6400]
    assert found.left_out() == ()


def test_a_mask_of_an_image_laid_on_its_side_is_averaged_as_the_image_is(tmp_path):
    path = write_tif(tmp_path / "images" / "a.tif", picture()[0].astype(np.uint8))
    drawn_px = np.zeros((1, 240, 240), np.uint8)
    drawn_px[:, :20] = 1
    write_tif(tmp_path / "masks" / "a.tif", drawn_px, crs=None)
    with rasterio.open(path, "r+") as opened:
        opened.transform = opened.transform @ rasterio.Affine(0, 1, 0, 1, 0, 0)
    file = inspect_file(path)
    found = MarkedMasks(tmp_path / "masks", [path]).labels(path, file, file.grid.coarsened(2))
    assert found is not None
    assert (found.labels[:10] == 1).all()
    assert (found.labels[10:] == 0).all()


def test_a_mask_that_may_be_of_several_images_and_one_of_none_are_named(tmp_path):
    images = [shown(tmp_path / "imagery" / month / "a.tif") for month in ("2024-01", "2024-06")]
    for name in ("a.tif", "b.tif"):
        write_tif(tmp_path / "masks" / name, np.ones((1, SIDE, SIDE), np.uint8), pixel_m=PIXEL_M)
    found = labeller(tmp_path / "masks", *(path for path, _, _ in images))
    for image in images:
        with pytest.raises(InputRefusedError) as refused:
            found.labels(*image)
        assert [(one.code, one.value) for one in refused.value.refusals] == [("mask_ambiguous", "a.tif")]
    assert [(one.code, one.file) for one in found.left_out()] == [("mask_unmatched", str(tmp_path / "masks" / "b.tif"))]


def test_of_two_masks_that_fit_the_one_that_lies_as_the_image_does_is_its_mask(tmp_path):
    image = shown(tmp_path / "imagery" / "2024-01" / "a.tif")
    for folder, word in ((".", 1), ("2024-01", 0)):
        write_tif(tmp_path / "masks" / folder / "a.tif", np.full((1, SIDE, SIDE), word, np.uint8), pixel_m=PIXEL_M)
    assert not labeller(tmp_path / "masks", image[0]).labels(*image).labels.any()


def test_an_image_is_no_mask_of_its_own_where_masks_lie_beside_the_images(tmp_path):
    image = shown(tmp_path / "a.tif")
    mask = {"driver": "PNG", "width": SIDE, "height": SIDE, "count": 1, "dtype": "uint8"}
    with unplaced(), rasterio.open(tmp_path / "a.png", "w", **mask) as opened:
        opened.write(np.zeros((1, SIDE, SIDE), np.uint8))
    found = labeller(tmp_path, image[0])
    assert not found.labels(*image).labels.any()
    assert found.left_out() == ()


def test_all_layers_of_a_geopackage_are_samples(tmp_path):
    image = shown(tmp_path / "a.tif")
    path = tmp_path / "s.gpkg"
    for layer, word, col, crs in (("crowns", "canopy", 0, 4547), ("lawns", "other", 100, 32649)):
        frame = gpd.GeoDataFrame({"class": [word]}, geometry=[cell(0, col, 20, 20)], crs=4547).to_crs(crs)
        frame.to_file(path, layer=layer)
    labels = labeller(path, image[0]).labels(*image).labels
    assert (labels == 1).sum() == pytest.approx(400, abs=20)
    assert (labels == 0).sum() == pytest.approx(400, abs=20)
    gpd.GeoDataFrame({"class": ["other"]}, geometry=[LineString([(0, 0), (1, 1)])], crs=4547).to_file(
        path, layer="road"
    )
    with pytest.raises(InputRefusedError, match=re.escape("s.gpkg · road")):
        read_samples(path)


def test_a_point_of_other_ground_is_other_and_ground_far_from_chosen_points_is_unknown(tmp_path):
    image = shown(tmp_path / "a.tif")
    points = [Point(WEST + 30, NORTH - 30), Point(WEST + 90, NORTH - 90)]
    path = drawn(tmp_path / "s.gpkg", points, **{"class": ["tree", "grass"]})
    labels = labeller(path, image[0]).labels(*image).labels
    assert labels[50, 50] == 1 and labels[150, 150] == 0 and labels[100, 100] == -1
    assert (labels == 1).sum() * PIXEL_M**2 == pytest.approx(np.pi * 3.0**2, rel=0.15)
    assert (labels == 0).sum() * PIXEL_M**2 == pytest.approx(np.pi * 1.5**2, rel=0.3)
    every = drawn(tmp_path / "t.gpkg", points)
    assert labeller(every, image[0]).labels(*image).labels[100, 100] == 0


def test_ground_near_points_of_both_classes_is_as_the_nearer(tmp_path):
    image = shown(tmp_path / "a.tif")
    crown, lawn = Point(WEST + 30.3, NORTH - 30.3), Point(WEST + 31.5, NORTH - 30.3)  # two pixels apart
    path = drawn(tmp_path / "s.gpkg", [crown, lawn], **{"class": ["tree", "grass"]})
    labels = labeller(path, image[0]).labels(*image).labels
    assert labels[50, 49:54].tolist() == [1, 1, -1, 0, 0]


def test_points_beside_polygons_mark_the_ground_around_them(tmp_path):
    image = shown(tmp_path / "a.tif")
    shapes = [cell(0, 0, 20, 20), Point(WEST + 60, NORTH - 60), Point(WEST + 6, NORTH - 6)]
    path = drawn(tmp_path / "s.gpkg", shapes, **{"class": ["other", "canopy", "canopy"]})
    labels = labeller(path, image[0]).labels(*image).labels
    assert (labels[:20, :20] == 0).all()  # the outline says more exactly what lies there
    assert (labels == 1).sum() * PIXEL_M**2 == pytest.approx(np.pi * 3.0**2, rel=0.15)


def test_rows_that_belong_to_no_image_are_counted(tmp_path):
    """A gap makes pandas read codes as 441399001200.0: the other rows still belong to their villages."""
    image = shown(tmp_path / "2024-01" / "441399001200.tif")
    shapes = [cell(0, 20 * k) for k in range(4)]
    frame = gpd.GeoDataFrame({"class": ["canopy"] * 5}, geometry=[*shapes, None], crs=4547)
    frame["village_code"] = [441399001200.0, np.nan, 441399001200.0, 441399001299.0, 441399001200.0]
    frame["month"] = ["2024-01", "2024-01", "", "2024-01", "2024-01"]
    frame.to_file(tmp_path / "s.gpkg")
    found = labeller(tmp_path / "s.gpkg", image[0])
    assert (found.labels(*image).labels == 1).sum() == 64
    told = {one.code: one.value for one in found.left_out()}
    assert told == {"sample_gap": "2", "sample_no_image": "1", "sample_empty": "1"}


def test_a_class_that_is_none_is_named_by_its_row_in_the_file(tmp_path):
    """The first row has no shape, and is counted all the same."""
    frame = gpd.GeoDataFrame({"class": ["canopy", "other", "shed"]}, geometry=[None, cell(0, 0), cell(0, 20)], crs=4547)
    frame.to_file(tmp_path / "s.gpkg")
    with pytest.raises(InputRefusedError) as refused:
        labeller(tmp_path / "s.gpkg", tmp_path / "a.tif")
    assert [(one.code, one.feature, one.value) for one in refused.value.refusals] == [("class_unknown", "3", "shed")]


@pytest.mark.parametrize("masks", ["mask.tif", "masks"])
def test_masks_among_the_images_are_no_images(tmp_path, masks):
    for name in ("a.tif", "b/c.tif", "mask.tif", "masks/a.tif", "a-dsm.tif", ".hidden.tif", "a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = {path.relative_to(tmp_path).as_posix() for path in _image_paths([tmp_path], tmp_path / masks)}
    assert found == {"a.tif", "b/c.tif", "mask.tif", "masks/a.tif"} - {
        "mask.tif" if masks == "mask.tif" else "masks/a.tif"
    }
