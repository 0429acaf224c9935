"""A scene in strips: each row is told of once, with its neighbours; where one strip breaks, the others end first."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from factories import ground, write_tif
from hypothesis import given, settings
from hypothesis import strategies as st

from lvgeo.imagery import scene_window
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


def test_no_strip_waits_for_rows_of_one_that_was_taken_back():
    """Between taking one back and the next, a thread may come free and begin the next, which needs the first's rows."""
    kept = {1: Future(), 2: Future()}
    free, begun = threading.Event(), threading.Event()

    def second():
        begun.set()
        kept[1].result()

    class Coming(list):
        def __iter__(self):
            for pair in list.__iter__(self):
                yield pair
                free.set()  # the only thread comes free once the first was taken back
                begun.wait(10)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(free.wait)
        coming = Coming([(1, pool.submit(kept[1].set_result, None)), (2, pool.submit(second))])
        ending = threading.Thread(target=module._end, args=(coming, kept))
        ending.start()
        ending.join(10)
        ended = not ending.is_alive()
        kept[1].cancel()  # lets the pool end where the strip waits for ever
        ending.join()
    assert begun.is_set()
    assert ended


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (2.0, -3.0), (1 / 3, 5 / 3)])
def test_a_finer_file_held_by_parts_of_its_columns_is_read_as_a_whole(tmp_path, monkeypatch, shift, masked):
    pixels = ground(size=300)
    alpha = np.where(np.arange(300) % 70 < 50, 255, 0).astype(np.uint8)[None, None] * np.ones((1, 300, 1), np.uint8)
    tiled = {"tiled": True, "blockxsize": 64, "blockysize": 64}
    file = inspect_file(write_tif(tmp_path / "a.tif", np.concatenate([pixels, alpha]) if masked else pixels, **tiled))
    grid = file.grid.coarsened(3)
    found = []
    for held_px in (10_000, 200):
        monkeypatch.setattr(scene_window, "HELD_PX", held_px)
        assert (scene_window.columns_held(file, 3) >= grid.width) == (held_px > 300)
        with SceneReader((file,), grid, RGB) as reader:
            found.append(reader.read(grid.whole, shift))
            parts = [cols for _, cols in reader._opened[0]._parts(grid.whole, shift)]
    # Every part but the last ends where a block does, or none can: at 5 / 3 of the grid's pixels all are 1 px off.
    off = round(3 * shift[1])
    assert [part.stop for part in parts[:-1]] == [part.start for part in parts[1:]]
    assert len(parts) > 1
    assert all((3 * part.stop + off) % 64 == 0 for part in parts[:-1])
    assert (found[0].values == found[1].values).all()
    assert (found[0].valid == found[1].valid).all()
    assert found[0].valid.any()


def test_strips_of_a_wide_finer_file_end_where_its_blocks_do(file):
    """Else every row of blocks is decoded twice."""
    wide = replace(file[0], grid=replace(file[0].grid, height=24_576, width=49_152), block_rows=512, block_cols=512)
    one = Stream((wide,), wide.grid.coarsened(6), RGB, (0.0, 255.0), Registration())
    ends = [strip.read.row + strip.read.height for strip in cut(one, 11, 8).strips]
    assert all(6 * end % 512 == 0 for end in ends)
    assert len(ends) > 4
