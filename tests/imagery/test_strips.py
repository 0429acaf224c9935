"""A scene in strips: each row is told of once, with its neighbours; where one strip breaks, the others end first."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from factories import ground, write_tif
from hypothesis import given, settings
from hypothesis import strategies as st

from lvgeo.imagery import strips as module
from lvgeo.imagery.registration import Registration
from lvgeo.imagery.scene import inspect_file
from lvgeo.imagery.scene_reader import SceneReader
from lvgeo.imagery.seams import Givers
from lvgeo.imagery.strips import Stream, cut, each

RGB = ("red", "green", "blue")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    pixels = ground(size=300)
    return inspect_file(write_tif(tmp_path_factory.mktemp("strips") / "a.tif", pixels)), pixels


def stream(file, shift=(0, 0)):
    return Stream((file,), file.grid, RGB, (0.0, 255.0), Registration(*map(float, shift)))


def told(one, cutting, threads, tell):
    with ThreadPoolExecutor(threads) as pool:
        return list(each(one, cutting, tell, (pool, threads), Givers(one.grid, 1)))


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(20, 120), halo=st.integers(0, 9), cell=st.sampled_from([1, 8]), shift=st.integers(-9, 9),
       threads=st.integers(1, 3))  # fmt: skip
def test_every_row_is_told_of_once_with_its_neighbours(file, rows, halo, cell, shift, threads):
    scene, pixels = file
    one = stream(scene, (shift, 0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "STRIP_ROWS", rows)
        cutting = cut(one, halo, cell)
        parts = told(one, cutting, threads, lambda _, found: found.values.copy())
    moved = np.zeros_like(pixels)
    here, there = slice(max(0, -shift), 300 - max(0, shift)), slice(max(0, shift), 300 - max(0, -shift))
    moved[:, here] = pixels[:, there]
    around = np.pad(moved, ((0, 0), (halo, halo), (0, 0)), mode="edge")
    row = 0
    for strip, part in zip(cutting.strips, parts, strict=True):
        assert strip.told.row == row
        assert row % cell == 0
        assert np.array_equal(part, around[:, row : row + strip.told.height + 2 * halo])
        row += strip.told.height
    assert row == 300


def test_no_reader_is_closed_while_another_strip_is_in_work(file, monkeypatch):
    scene, _ = file
    monkeypatch.setattr(module, "STRIP_ROWS", 40)
    one = stream(scene)
    busy, closed_at, lock = set(), [], threading.Lock()

    def tell(k, _):
        with lock:
            busy.add(k)
        if k == 0:
            time.sleep(0.05)  # until the next strip is in work
            busy.discard(k)
            raise RuntimeError("broken")
        time.sleep(0.3)
        busy.discard(k)

    monkeypatch.setattr(SceneReader, "__exit__", lambda *_: closed_at.append(set(busy)))
    with pytest.raises(RuntimeError, match="broken"):
        told(one, cut(one, 2, 1), 2, tell)
    assert closed_at == [set(), set()]
