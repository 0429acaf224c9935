"""Canopy that lies flat is not canopy, on slopes too; forest without ground in reach is kept."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from factories import ground, write_tif

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.canopy import CanopyModel
from lvgeo.imagery.classify import Scene, SceneJob, classify
from lvgeo.imagery.scene import digest_file, inspect_file
from lvgeo.imagery.scene_height import inspect_height, surface
from lvgeo.imagery.spectrum import SPECTRA


def test_crowns_stand_on_a_slope_and_a_lawn_does_not():
    rows, cols = np.mgrid[:200, :200]
    slope = (0.3 * 0.5 * cols).astype(np.float32)  # 30 %
    crowns = (rows % 40 < 8) & (cols % 40 < 8)
    found = surface(slope + 3.0 * crowns, 0.5).stands
    inner = np.s_[45:155, 45:155]  # at an edge the ground is only half known
    assert found[crowns].all()
    away = ~crowns & (rows % 40 > 16) & (cols % 40 > 16)
    assert found[inner][away[inner]].mean() < 0.05


def test_closed_forest_wider_than_the_reach_is_kept_because_it_is_rough():
    rng = np.random.default_rng(0)
    forest = (12.0 + rng.normal(0, 1.0, (200, 200))).astype(np.float32)
    assert surface(forest, 0.5).stands.mean() > 0.95


def test_unknown_heights_remove_nothing():
    assert surface(np.full((50, 50), np.nan, np.float32), 0.5).stands.all()


def test_a_green_field_with_a_surface_model_is_other_ground(tmp_path):
    path = write_tif(tmp_path / "a.tif", ground(size=300))
    height = np.zeros((1, 300, 300), np.float32)
    height[0, :150] = 4.0 * (ground(size=300)[0, :150] < 90)  # crowns stand in the upper half only
    dsm = write_tif(tmp_path / "a-dsm.tif", height)
    plain = Scene((inspect_file(path),), (digest_file(path),))
    raised = Scene(plain.files, plain.digests, (inspect_height(dsm),), (digest_file(dsm),))
    found = {}
    for name, scene in (("plain", plain), ("raised", raised)):
        grid = scene.files[0].grid
        job = SceneJob("441399001201", scene, plain, grid, CanopyModel(SPECTRA["index"], 0.1), 10.0,
                       str(tmp_path / name), "2024-01")  # fmt: skip
        one = classify(job)
        found[name] = one.canopy.read(grid.whole)
    assert (found["raised"][160:] == 2).mean() < 0.02 < (found["plain"][160:] == 2).mean()
    upper = found["plain"][:140] == 2
    assert (found["raised"][:140] == 2)[upper].mean() > 0.9
    assert one.canopy.provenance["flat_share"] > 0


def test_ground_beyond_a_surface_model_is_of_unknown_height(tmp_path):
    """A model of floats without nodata, of the upper half: below it GDAL hands over zeros."""
    pixels = ground(size=300)
    path = write_tif(tmp_path / "a.tif", pixels)
    height = np.full((1, 150, 300), 20.0, np.float32)
    height[0, :12, :12] = 24.0  # a shed: where nothing stands at all a model is not believed
    dsm = write_tif(tmp_path / "a-dsm.tif", height)
    plain = Scene((inspect_file(path),), (digest_file(path),))
    scene = Scene(plain.files, plain.digests, (inspect_height(dsm),), (digest_file(dsm),))
    grid, model = plain.files[0].grid, CanopyModel(SPECTRA["index"], 0.1)
    job = SceneJob("441399001201", scene, plain, grid, model, 10.0, str(tmp_path), "2024-01")
    found = classify(job).canopy.read(grid.whole) == 2
    assert not found[20:145].any()
    assert found[155:].mean() == pytest.approx((pixels[0, 155:] < 90).mean(), abs=0.02)


def test_a_surface_model_that_claims_more_than_its_bytes_hold_is_refused(tmp_path):
    """40 000 × 40 000 px of nothing, sparse: 6 GB from a few thousand bytes."""
    path = tmp_path / "a-dsm.tif"
    place = Affine(0.5, 0, 551000.0, 0, -0.5, 2550000.0)
    options = {"sparse_ok": True, "tiled": True, "blockxsize": 4096, "blockysize": 4096, "compress": "deflate"}
    with rasterio.open(path, "w", driver="GTiff", dtype="float32", count=1, height=40_000, width=40_000,
                       crs="EPSG:4547", transform=place, **options):  # fmt: skip
        pass
    with pytest.raises(InputRefusedError) as caught:
        inspect_height(path)
    assert caught.value.refusals[0].code == "file_too_large"
