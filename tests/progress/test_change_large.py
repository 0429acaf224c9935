"""Geometries over many tiles: as exactly as another library counts them, and each tile read once."""

import json
from dataclasses import replace

import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import NumPyRasterSource
from pyproj import CRS, Transformer

from lvgeo.errors import InputRefusedError
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.packing import join
from lvgeo.imagery.store import StripWriter
from lvgeo.progress.change import measure
from lvgeo.progress.state_counts import count_states

GRID = Grid(CRS(4547), Affine(0.5, 0, 551000, 0, -0.5, 2550000), 900, 1100)


class Held:
    def __init__(self, classes):
        self.grid, self.classes = replace(GRID, height=classes.shape[0], width=classes.shape[1]), classes

    def read(self, window):
        return self.classes[window.row : window.row + window.height, window.col : window.col + window.width]


def test_tiles_and_cut_edges_come_to_what_another_library_counts():
    rng = np.random.default_rng(4)
    before, after = (rng.integers(0, 3, (900, 1100)).astype(np.uint8) for _ in range(2))
    turn = np.linspace(0, 2 * np.pi, 90)[:-1]
    ring = np.c_[551280 + 240 * np.cos(turn) * (1 + 0.1 * np.sin(7 * turn)), 2549770 + 200 * np.sin(turn)]
    shape = shapely.Polygon(ring, [shapely.Point(551300, 2549800).buffer(35).exterior.coords])
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    in_degrees = shapely.transform(shape, to_degrees.transform, interleaved=False)
    (one,) = measure(Held(before), Held(after), [in_degrees], CRS(4490))
    states = before * 3 + after
    source = NumPyRasterSource(states, *(GRID.bounds[k] for k in (0, 1, 2, 3)))
    feature = {"type": "Feature", "id": "0", "properties": {}, "geometry": json.loads(shapely.to_geojson(shape))}
    found = exact_extract(source, JSONFeatureSource([feature]), ["unique", "frac", "count"])[0]["properties"]
    px = dict(zip(found["unique"].tolist(), (found["frac"] * found["count"]).tolist(), strict=True))
    seen = sum(px[state] for state in (4, 5, 7, 8))
    assert one.observed_share == pytest.approx(seen / (shape.area / 0.25), rel=1e-6)
    assert one.gain_share == pytest.approx(px[5] / seen, rel=1e-6)
    assert one.loss_share == pytest.approx(px[7] / seen, rel=1e-6)
    assert one.before_share == pytest.approx((px[7] + px[8]) / seen, rel=1e-6)


def test_tiles_on_disk_are_counted_as_pixels_in_memory_are(tmp_path):
    rng = np.random.default_rng(5)
    pair = []
    for name in ("before", "after"):
        classes = rng.integers(0, 3, (GRID.height, GRID.width)).astype(np.uint8)
        writer = StripWriter(tmp_path / f"{name}.tif", GRID)
        with writer.open() as tiles:
            tiles.add(join(classes))
            pair.append((Held(classes), writer.finish(tiles, {})))
    (held_before, before), (held_after, after) = pair
    shape = shapely.Polygon([(551003, 2549990), (551549, 2549999), (551530, 2549553), (551100, 2549600)])
    (counts,) = count_states((before, after), [shape])
    assert (counts == count_states((held_before, held_after), [shape])[0]).all()
    # All but what lies on the edge is whole pixels: so many of each pair as chance gives, one in nine.
    assert counts / (shape.area / 0.25) == pytest.approx(1 / 9, rel=0.01)


def test_borders_on_the_edges_of_blocks_are_cut_as_exactly_as_others():
    """Rounding leaves corners a billionth of a metre to either side."""
    grid = Grid(CRS(26911), Affine(0.6, 0, 389000, 0, -0.6, 3739000), 2048, 2048)

    class Whole:
        def __init__(self):
            self.grid = grid

        def read(self, window):
            return np.ones((window.height, window.width), np.uint8)

    there = Transformer.from_crs(26911, 4269, always_xy=True)
    back = Transformer.from_crs(4269, 26911, always_xy=True)
    for row in range(4):
        for col in range(4):
            west, north = 389000 + 307.2 * col, 3739000 - 307.2 * row
            square = shapely.segmentize(shapely.box(west, north - 307.2, west + 307.2, north), 38.4)
            rounded = shapely.transform(square, lambda xy: np.c_[back.transform(*there.transform(*xy.T))])
            assert count_states((Whole(), Whole()), [rounded]).sum() == pytest.approx(512**2, abs=1e-3)


def test_a_sliver_is_as_little_as_it_is():
    whole = Held(np.ones((900, 1100), np.uint8))
    sliver = shapely.box(551040, 2549900 - 4e-9, 551048, 2549900)
    both = shapely.MultiPolygon([shapely.box(551000.25, 2549950, 551010, 2549960), sliver])
    assert count_states((whole, whole), [both]).sum() == pytest.approx(390, abs=1e-6)
    assert count_states((whole, whole), [sliver]).sum() == pytest.approx(0, abs=1e-6)


def test_ground_that_a_geometry_covers_twice_is_observed_once():
    ones = Held(np.ones((900, 1100), np.uint8))
    two = [shapely.box(551010, 2549900, 551110, 2549980), shapely.box(551060, 2549850, 551160, 2549930)]
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    twice = shapely.transform(shapely.MultiPolygon(two), to_degrees.transform, interleaved=False)
    (change,) = measure(ones, ones, [twice], CRS(4490))
    assert change.observed_share == pytest.approx(1.0, abs=1e-6)


def test_a_tile_is_read_once_however_many_geometries_share_it():
    asked = []

    class Counted(Held):
        def read(self, window):
            asked.append((window.row, window.col, window.width))
            return super().read(window)

    whole = np.ones((900, 6000), np.uint8)
    plots = [shapely.box(551000 + 20 * k, 2549900, 551010 + 20 * k, 2549910) for k in range(20)]
    far = [shapely.box(552600 + 10 * k, 2549900, 552605 + 10 * k, 2549920) for k in range(20)]
    one = shapely.box(551000.25, 2549600, 553900.25, 2549635.25)  # through all columns, of the second row of tiles
    counts = count_states((Counted(whole), Held(whole)), [*plots, *far, one])
    assert counts[:, 0, 0] == pytest.approx([400] * 20 + [10 * 40] * 20 + [5800 * 70.5])
    # Of the first row of tiles those with plots; of the second all, eight at a time.
    assert asked == [(0, 0, 1024), (0, 3072, 1024), (512, 0, 4096), (512, 4096, 1904)]


def test_what_is_counted_of_a_geometry_does_not_depend_on_those_beside_it():
    before, after = (
        Held(classes) for classes in np.random.default_rng(9).integers(0, 3, (2, 600, 9000)).astype(np.uint8)
    )
    turn = np.linspace(0, 2 * np.pi, 70)[:-1]
    one, two = (
        shapely.Polygon(np.c_[x + 1100 * np.cos(turn), 2549850 + 140 * np.sin(turn)]) for x in (553200.3, 552150.7)
    )
    alone = count_states((before, after), [one])[0]
    assert np.array_equal(alone, count_states((before, after), [two, one])[1])


@pytest.mark.parametrize("broken", ["before", "after"])
def test_the_damaged_one_of_two_rasters_is_named(tmp_path, broken):
    pair = []
    for name in ("before", "after"):
        writer = StripWriter(tmp_path / f"{name}.tif", GRID)
        with writer.open() as tiles:
            tiles.add(join(np.random.default_rng(6).integers(0, 3, (GRID.height, GRID.width)).astype(np.uint8)))
            pair.append(writer.finish(tiles, {}))
    path = tmp_path / f"{broken}.tif"
    whole = bytearray(path.read_bytes())
    whole[-60000:-40000] = bytes(20000)  # the last tiles
    path.write_bytes(whole)
    with pytest.raises(InputRefusedError, match=f"{broken}.tif"):
        count_states((pair[0], pair[1]), [shapely.box(*GRID.bounds)])
