"""The trees model: its features, its table, its training, and what is stored of it."""

import hashlib
import io
import json
import shutil

import numpy as np
import pytest
from factories import ground, write_tif

from lvgeo.errors import InputRefusedError, UsageError
from lvgeo.imagery.accuracy import estimate_accuracy
from lvgeo.imagery.canopy import recipe_named
from lvgeo.imagery.packing import part
from lvgeo.imagery.radiometry import identity_radiometry
from lvgeo.imagery.shipped import shipped_model
from lvgeo.imagery.texture import CELLS, HALO_PX, cell_of, describe, light_curves, recognise
from lvgeo.imagery.texture_kernel import TILE_PX
from lvgeo.imagery.training import train_trees
from lvgeo.imagery.training_sample import LabelledImage, Recipe
from lvgeo.imagery.trees import band_counts, band_medians
from lvgeo.imagery.trees_folder import load_trees, save_trees

PLAIN = light_curves(np.tile(np.arange(256, dtype=np.float32), (3, 1)))


def test_features_are_those_that_scipy_computes():
    from scipy.ndimage import minimum_filter, uniform_filter

    pixels = ground(size=120)
    found = describe(pixels, np.ones((120, 120), bool), PLAIN).astype(float)
    rgb = pixels.astype(float)
    total, inner = rgb.sum(axis=0), np.s_[8:-8, 8:-8]
    bright = np.floor(total / 3)
    three = uniform_filter(bright, 3)
    wanted = (
        uniform_filter(np.clip(64 + 512 * (3 * rgb[1] - total) / total, 0, 255), 7),
        three,
        np.minimum(4 * uniform_filter(np.abs(bright - uniform_filter(bright, 7)), 9), 255),
        minimum_filter(three, 7),
    )
    for plane, want in zip(found, wanted, strict=True):
        # Whole numbers are cut down at each step, so up to two below.
        assert np.abs(plane - want)[inner].max() <= 3.0


def test_strips_give_what_the_whole_gives():
    rng = np.random.default_rng(3)
    cells = rng.integers(0, 256, CELLS).astype(np.uint8)
    pixels = ground(size=200)
    padded = np.pad(pixels, ((0, 0), (HALO_PX, HALO_PX), (0, 0)), mode="edge")
    valid = np.ones(padded.shape[1:], bool)
    whole = recognise(padded, valid, PLAIN, cells, (3, 120), collars=False)
    top = recognise(padded[:, : 100 + 2 * HALO_PX], valid[: 100 + 2 * HALO_PX], PLAIN, cells, (3, 120), collars=False)
    assert np.array_equal(whole[:100], top)
    whole = part(whole, 200)
    likely = cells[cell_of(describe(pixels, valid[:200, :200], PLAIN))].astype(int)
    # Nine neighbours averaged, by hand, away from the edge.
    by_hand = sum(likely[1 + r : 199 + r, 1 + c : 199 + c] for r in (-1, 0, 1) for c in (-1, 0, 1)) > 9 * 120
    assert np.array_equal(whole[20:180, 20:180] == 2, by_hand[19:179, 19:179])


@pytest.mark.parametrize("smooth_px", [1, 9])
def test_a_scene_wider_than_is_worked_on_at_a_time_is_told_as_its_pieces_are(smooth_px):
    rng = np.random.default_rng(4)
    cells = rng.integers(0, 256, CELLS).astype(np.uint8)
    height, width, cut = 20, TILE_PX + 301, TILE_PX - 200
    values = rng.integers(1, 255, (3, height + 2 * HALO_PX, width)).astype(np.uint8)
    valid = rng.random(values.shape[1:]) < 0.99
    whole = part(recognise(values, valid, PLAIN, cells, (smooth_px, 120), collars=False), width)
    piece = recognise(values[:, :, cut:], valid[:, cut:], PLAIN, cells, (smooth_px, 120), collars=False)
    assert np.array_equal(whole[:, cut + HALO_PX :], part(piece, width - cut)[:, HALO_PX:])


def labelled(seed, place):
    """Dark rough green crowns on a smooth green lawn: colour alone tells little, texture tells."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(seed)
    crowns = gaussian_filter(rng.standard_normal((240, 240)), 6) > 0.05
    rough = rng.normal(0, 22, (240, 240)) * crowns + rng.normal(0, 3, (240, 240))
    rgb = np.stack([80 + rough, 112 + rough, 70 + rough])
    return LabelledImage(
        place, "", np.clip(rgb, 1, 254).astype(np.uint8), np.ones(crowns.shape, bool), crowns.astype(np.int8)
    )


def test_texture_tells_crowns_from_a_lawn_of_the_same_green():
    pytest.importorskip("sklearn", reason="the extra `train` is not installed")
    images = [labelled(k, f"village {k}") for k in range(4)]
    trained = train_trees(images, Recipe(0.6, lights=0))
    colour = train_trees(images, Recipe(0.6, lights=0, features=("greenness", "brightness")))
    assert trained.accuracy.iou > 0.8
    assert trained.accuracy.iou > colour.accuracy.iou + 0.1
    assert trained.model.card["held_out"] == "places"
    assert trained.model.card["table_loss"] < 0.1
    again = train_trees(images, Recipe(0.6, lights=0))
    assert np.array_equal(trained.model.cells, again.model.cells)


def test_one_class_cannot_be_trained_on():
    image = labelled(0, "one")
    only = LabelledImage("one", "", image.values, image.valid, np.ones_like(image.labels))
    with pytest.raises(UsageError, match="one class"):
        train_trees([only], Recipe(0.6))


def test_accuracy_is_that_of_olofsson_2014():
    """Two classes by hand: 90 % of mapped canopy right, 5 % of mapped other wrong, canopy a quarter of the map."""
    found = estimate_accuracy(np.array([[90, 10], [10, 190]]), 0.25)
    assert found.overall == pytest.approx(0.25 * 0.9 + 0.75 * 0.95)
    assert found.area_share == pytest.approx(0.25 * 0.9 + 0.75 * 0.05)
    assert found.precision == pytest.approx(0.9)
    assert found.recall == pytest.approx(0.225 / 0.2625)
    var = 0.25**2 * 0.9 * 0.1 / 99 + 0.75**2 * 0.05 * 0.95 / 199
    assert found.area_half == pytest.approx(1.959964 * var**0.5)


def test_the_shipped_model_is_whole_and_says_what_it_is():
    model = load_trees(shipped_model("trees"))
    assert model.gsd_m == pytest.approx(0.6, abs=0.01)
    assert model.accuses  # where the month's own image showed what it recovers of young crowns: `lvgeo.monthly.assess`
    card = model.card
    assert card["licence"] and card["source"] and card["cannot_see"] and card["held_out"] == "places"
    assert card["table_loss"] < 0.05


def test_a_model_is_stored_whole_and_a_changed_one_is_refused(tmp_path):
    model = load_trees(shipped_model("trees"))
    for name in ("a", "b"):
        save_trees(model, tmp_path / name)
    digests = [
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / name).iterdir()} for name in ("a", "b")
    ]
    assert digests[0] == digests[1]
    assert recipe_named(str(tmp_path / "a")).digest == model.digest
    table = tmp_path / "a" / "likelihood.npy"
    broken = bytearray(table.read_bytes())
    broken[-1] ^= 1
    table.write_bytes(bytes(broken))
    with pytest.raises(InputRefusedError, match="whole canopy model"):
        load_trees(tmp_path / "a")
    card = tmp_path / "b" / "model.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"threshold": 999}))
    with pytest.raises(InputRefusedError):
        load_trees(tmp_path / "b")


def test_a_pickled_array_is_never_loaded(tmp_path):
    model = load_trees(shipped_model("trees"))
    save_trees(model, tmp_path)
    np.save(tmp_path / "likelihood.npy", np.array([print], dtype=object), allow_pickle=True)
    with pytest.raises(InputRefusedError):
        load_trees(tmp_path)


def test_a_street_is_brought_to_the_models_light_by_one_gain_a_band():
    model = load_trees(shipped_model("trees"))
    half = np.concatenate([np.bincount([round(v / 2)], minlength=256) for v in model.light]).astype(float)
    lit = model.fit(half / half.sum())
    assert lit.gain == pytest.approx((2.0, 2.0, 2.0), rel=0.02)
    assert lit.digest != model.digest
    curves = lit.reader(identity_radiometry(3)).curves
    assert curves[0, 50] == pytest.approx(4 * 50 * lit.gain[0], abs=1)


def test_train_from_points_polygons_and_masks(tmp_path):
    """Three ways to say the same: the model's folder is written, its accuracy told."""
    pytest.importorskip("sklearn", reason="the extra `train` is not installed")
    import geopandas as gpd
    from shapely.geometry import box

    import lvgeo

    (tmp_path / "masks").mkdir()
    for k in range(3):
        image = labelled(k, str(k))
        name = f"44139900120{k}.tif"
        write_tif(tmp_path / "images" / "2024-01" / name, image.values, pixel_m=0.6)
        write_tif(tmp_path / "masks" / name, image.labels[None].astype(np.uint8), pixel_m=0.6)
    made = lvgeo.train(tmp_path / "images", tmp_path / "masks", out=tmp_path / "by-mask", lights=0)
    assert made.trained.accuracy.iou > 0.7
    assert load_trees(tmp_path / "by-mask").gsd_m == pytest.approx(0.6, abs=0.01)
    crowns = labelled(0, "0").labels == 1
    cells = [
        (
            box(551000 + 0.6 * c, 2550000 - 0.6 * (r + 8), 551000 + 0.6 * (c + 8), 2550000 - 0.6 * r),
            "canopy" if share > 0.5 else "other",
        )
        for r in range(0, 240, 8)
        for c in range(0, 240, 8)
        if (share := crowns[r : r + 8, c : c + 8].mean()) > 0.9 or share < 0.1
    ]
    shapes = gpd.GeoDataFrame({"class": [w for _, w in cells]}, geometry=[g for g, _ in cells], crs=4547)
    shapes["village_code"] = "441399001200"
    shapes.to_file(tmp_path / "drawn.gpkg")
    drawn = lvgeo.train(tmp_path / "images", tmp_path / "drawn.gpkg", out=tmp_path / "by-polygon", lights=0)
    assert drawn.trained.model.card["images"] == 1
    assert drawn.trained.model.card["held_out"].startswith("blocks")
    shapes["class"] = "cabbage"
    shapes.to_file(tmp_path / "odd.gpkg")
    with pytest.raises(InputRefusedError, match="cabbage"):
        lvgeo.train(tmp_path / "images", tmp_path / "odd.gpkg", out=tmp_path / "none")


def test_a_bright_roof_hardly_moves_a_streets_light():
    """One pixel in ten turned white: the mean of 100 would rise by 15 %, the median by less than 2."""
    ground_px = np.random.default_rng(5).normal(100, 12, (3, 20_000)).clip(0, 254).astype(np.uint8)
    roofed = ground_px.copy()
    roofed[:, ::10] = 250
    plain, moved = (band_medians(band_counts(values).astype(float)) for values in (ground_px, roofed))
    assert plain == pytest.approx(np.median(ground_px, axis=1), abs=0.6)
    assert moved == pytest.approx(plain, rel=0.02)
    assert roofed.mean() > 1.14 * ground_px.mean()


def _npz(folder):
    np.savez(folder / "x.npz", a=np.zeros(3, np.uint8))
    (folder / "x.npz").replace(folder / "likelihood.npy")


def _huge(folder):
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": (2**45,)})
    (folder / "likelihood.npy").write_bytes(head.getvalue() + b"x" * 100)


def _with(**changed):
    def change(folder):
        card = folder / "model.json"
        card.write_text(json.dumps(json.loads(card.read_text(encoding="utf-8")) | changed), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    "change",
    [
        _with(threshold=float("inf")),
        _with(light=[float("nan")] * 3),
        _with(light=[-5, 60, 60]),
        _with(light=[60, 60, 1e300]),
        _with(card=[1]),
        _with(card=None),
        _with(card={"table_loss": "x"}),
        _with(card={"table_loss": float("nan")}),
        lambda folder: (folder / "model.json").write_text("[" * 200_000),
        lambda folder: (folder / "likelihood.npy").write_bytes(b""),
        _npz,
        _huge,
    ],
)
def test_a_model_that_is_not_sound_is_refused_by_name(tmp_path, change):
    folder = tmp_path / "model"
    shutil.copytree(shipped_model("trees"), folder)
    load_trees(folder)
    change(folder)
    with pytest.raises(InputRefusedError) as refused:
        load_trees(folder)
    assert [(r.code, r.file) for r in refused.value.refusals] == [("model_broken", str(folder))]
