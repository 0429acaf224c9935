"""Class rasters on disk: whole, with overviews that were written beside the strips."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import CRS

from lvgeo.errors import StorageError
from lvgeo.imagery import store
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.packing import join
from lvgeo.imagery.store import StripWriter


@pytest.mark.parametrize(("height", "width"), [(1301, 1999), (512, 512), (1, 700)])
@pytest.mark.parametrize("rows", [512, 333])
def test_overviews_are_every_second_pixel_however_the_strips_are_cut(tmp_path, height, width, rows):
    grid = Grid(CRS(4547), Affine(0.2, 0, 551000, 0, -0.2, 2550000), height, width)
    classes = np.random.default_rng(1).integers(0, 3, (height, width)).astype(np.uint8)
    writer = StripWriter(tmp_path / "2024-01-x.tif", grid)
    with writer.open() as tiles:
        for strip in grid.strips(rows):
            tiles.add(join(classes[strip.row : strip.row + strip.height]))
        writer.finish(tiles, {})
    with rasterio.open(tmp_path / "2024-01-x.tif") as opened:
        assert (opened.read(1) == classes).all()
        assert ((opened.read_masks(1) > 0) == (classes > 0)).all()
        factors = opened.overviews(1)
    assert bool(factors) == (max(height, width) > 512)
    for level in range(len(factors)):
        with rasterio.open(tmp_path / "2024-01-x.tif", overview_level=level) as opened:
            small = opened.read(1)
            assert (small == classes[:: 2 ** (level + 1), :: 2 ** (level + 1)]).all()
            assert ((opened.read_masks(1) > 0) == (small > 0)).all()
    assert [path.name for path in tmp_path.iterdir()] == ["2024-01-x.tif"]


def test_a_scene_that_breaks_leaves_nothing_behind(tmp_path):
    grid = Grid(CRS(4547), Affine(0.2, 0, 551000, 0, -0.2, 2550000), 1301, 1999)
    writer = StripWriter(tmp_path / "2024-01-x.tif", grid)
    with pytest.raises(RuntimeError, match="broken"), writer.open():
        raise RuntimeError("broken")
    assert list(tmp_path.iterdir()) == []


def test_many_tiles_wait_on_disk_and_come_out_alike(tmp_path, monkeypatch):
    grid = Grid(CRS(4547), Affine(0.2, 0, 551000, 0, -0.2, 2550000), 1301, 1999)
    joined = join(np.random.default_rng(1).integers(0, 3, (grid.height, grid.width)).astype(np.uint8))
    made = []
    for held in (store._ASIDE_BYTES, 3000):
        monkeypatch.setattr(store, "_ASIDE_BYTES", held)
        writer = StripWriter(tmp_path / f"{held}.tif", grid)
        with writer.open() as tiles:
            tiles.add(joined)
            assert tiles._aside._rolled == (held == 3000)
            made.append(writer.finish(tiles, {}).path.read_bytes())
    assert made[0] == made[1]


def test_a_disk_without_room_for_tiles_is_told(tmp_path, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_ASIDE_BYTES", 3000)
    monkeypatch.setattr(store.tempfile, "TemporaryFile", full)
    grid = Grid(CRS(4547), Affine(0.2, 0, 551000, 0, -0.2, 2550000), 1301, 1999)
    writer = StripWriter(tmp_path / "2024-01-x.tif", grid)
    with pytest.raises(StorageError), writer.open() as tiles:
        tiles.add(join(np.random.default_rng(1).integers(0, 3, (grid.height, grid.width)).astype(np.uint8)))
    assert list(tmp_path.iterdir()) == []
