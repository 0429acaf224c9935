"""The part of each pixel inside a polygon, held against cutting every pixel alone."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from lvgeo.imagery import outline
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.outline import trace
from lvgeo.imagery.packing import join
from lvgeo.imagery.pairs import count_pairs

FOLLOW = outline._follow
HEIGHT, WIDTH = 40, 70
GRID = Grid(CRS(4547), Affine(0.5, 0, 551000, 0, -0.5, 2550000), HEIGHT, WIDTH)


def at(*xy):
    """Pixels, from the grid's corner, as ground."""
    return np.asarray(xy, float) * (0.5, -0.5) + (551000, 2550000)


def inside(shape):
    """Part of each pixel inside, one pixel of class 1 at a time."""
    traced = trace(shape, GRID)
    found = np.zeros((HEIGHT, WIDTH))
    for row, col in np.argwhere(np.ones((HEIGHT, WIDTH), bool)):
        one = np.zeros((512, 128), np.uint8)
        one[row, col // 4] = 1 << (6 - 2 * (col % 4))
        found[row, col] = count_pairs(one[None], one[None], traced, (0, 0))[0, 0]
    return found


def cut(shape):
    """The same by intersection with each pixel."""
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    west, north = 551000 + 0.5 * cols, 2550000 - 0.5 * rows
    pixels = shapely.box(west, north - 0.5, west + 0.5, north)
    whole = shapely.union_all(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    return shapely.area(shapely.intersection(whole, pixels)) / 0.25


SQUARE = shapely.Polygon(at((10, 10), (20, 10), (20, 20), (10, 20)))
SHAPES = {
    "whole pixels": SQUARE,
    "turned the other way": SQUARE.reverse(),
    "parts of pixels": shapely.Polygon(at((3.25, 2.5), (60.75, 2.5), (60.75, 30.125), (3.25, 30.125))),
    "slanted": shapely.Polygon(at((1, 1), (65, 3.7), (69, 38.9), (30, 20), (2, 39))),
    "within a pixel": shapely.Polygon(at((5.2, 5.3), (5.7, 5.4), (5.4, 5.9))),
    "with a hole": shapely.Polygon(at((1, 1), (60, 1), (60, 35), (1, 35)), [at((10.5, 9), (30, 12), (20, 30.3))]),
    "a hole that turns as its shell does": shapely.Polygon(
        at((1, 1), (60, 1), (60, 35), (1, 35)), [at((20, 30.3), (30, 12), (10.5, 9))]
    ),
    "several": shapely.MultiPolygon([SQUARE, shapely.Polygon(at((20, 20), (30, 21.5), (22, 33)))]),
    "crossing itself": shapely.Polygon(at((5, 5), (40, 30), (40, 5), (5, 30))),
    "beyond the grid": shapely.Polygon(at((-20, -7), (90, 11), (80, 60), (30, 50.5), (-9, 44))),
    "around the grid": shapely.Polygon(at((-1e7, -1e7), (1e7, -1e7), (1e7, 1e7), (-1e7, 1e7))),
    "beside the grid": shapely.Polygon(at((80, 10), (90, 10), (90, 20))),
    "overlapping itself": shapely.MultiPolygon([SQUARE, shapely.Polygon(at((15, 13), (25, 13), (25, 23), (15, 23)))]),
    "a collection that overlaps itself": shapely.GeometryCollection(
        [SQUARE, shapely.Polygon(at((15, 13), (25, 13), (25, 23), (15, 23)))]
    ),
    "nothing": shapely.Polygon(),
    "a line": shapely.LineString(at((5, 5), (40, 30))),
    "a collection in a collection": shapely.GeometryCollection(
        [shapely.Point(at((1, 1))[0]), shapely.GeometryCollection([shapely.MultiPolygon([SQUARE])])]
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_pixel_counts_by_its_part_inside(name):
    shape = SHAPES[name]
    found = inside(shape)
    assert found == pytest.approx(cut(shape), abs=1e-7)
    assert found.min() >= 0.0
    assert found.max() <= 1.0


corners = st.lists(
    st.tuples(st.integers(-20, 90 * 4), st.integers(-20, 60 * 4)).map(lambda xy: (xy[0] / 4, xy[1] / 4)),
    min_size=3, max_size=9,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(corners)
def test_whatever_the_corners_the_area_inside_is_the_polygons(found):
    shape = shapely.make_valid(shapely.Polygon(at(*found)))
    ones = join(np.ones((HEIGHT, WIDTH), np.uint8))
    tile = np.zeros((512, 128), np.uint8)
    tile[:HEIGHT] = ones
    px = count_pairs(tile[None], tile[None], trace(shape, GRID), (0, 0)).sum()
    assert px == pytest.approx(shapely.intersection(shape, shapely.box(*GRID.bounds)).area / 0.25, abs=1e-6)


def test_corners_that_rounding_lays_beyond_the_grid_are_its_ends(monkeypatch):
    """With this origin (north + 59 rows) − north is more than 59 rows."""
    grid = Grid(CRS(4547), Affine(0.02, 0, 551813.27, 0, -0.02, 2550912.76), 59, 70)
    west, south, _, north = grid.bounds
    assert (south - north) / -0.02 > 59
    shape = shapely.Polygon([(west - 1, south), (west + 3, south), (west + 3, north), (west, north - 0.3)])
    ones = join(np.ones((59, 70), np.uint8))
    tile = np.zeros((512, 128), np.uint8)
    tile[:59] = ones
    px = shapely.intersection(shape, shapely.box(*grid.bounds)).area / 0.02**2
    assert count_pairs(tile[None], tile[None], trace(shape, grid), (0, 0)).sum() == pytest.approx(px, abs=1e-4)
    followed = []
    monkeypatch.setattr(outline, "_follow", lambda *given: followed.append(given[0]) or FOLLOW(*given))
    trace(shape, grid)
    assert (followed[0] <= (70, 59)).all()  # beyond, compiled loops would write beyond their arrays


def test_no_piece_of_an_edge_ends_beyond_it():
    """Between these ends the row's border is met, by rounding, at a column below 0."""
    edge = np.array([[2.724096165020879, 1.360844904060507], [0.0, np.nextafter(6.0, 7.0)]])
    _, cols, *_ = outline._follow(edge, np.zeros(2, np.int64), np.ones(1))
    assert cols.min() == 0


def test_tiles_are_those_that_hold_ground_inside():
    grid = Grid(CRS(4547), Affine(0.5, 0, 551000, 0, -0.5, 2550000), 1300, 2100)
    exact = shapely.Polygon(at((512, 512), (1024, 512), (1024, 1024), (512, 1024)))
    assert np.argwhere(trace(exact, grid).tiles(512, grid.width)).tolist() == [[1, 1]]
    ring = shapely.Polygon(
        at((100, 100), (1990, 100), (1990, 1000), (100, 1000)), [at((500, 480), (1700, 480), (1700, 990), (500, 990))]
    )
    held = trace(ring, grid).tiles(512, grid.width)
    boxes = [
        [shapely.box(*at((512 * c, 512 * r + 512))[0], *at((512 * c + 512, 512 * r))[0]) for c in range(5)]
        for r in range(2)  # below the ring none is asked for
    ]
    assert held.tolist() == [[bool(ring.intersection(box).area > 0) for box in row] for row in boxes]


def test_rows_that_fill_tiles_are_counted_like_others():
    """A ring that begins and ends within tiles, and crosses whole ones; each row at both dates something else."""
    grid = Grid(CRS(4547), Affine(0.5, 0, 551000, 0, -0.5, 2550000), 1300, 2100)
    ring = shapely.Polygon(
        at((40, 600), (2000, 600), (2000, 1250), (40, 1250)), [at((1100, 700), (1101, 700), (1101, 900), (1100, 900))]
    )
    inside = np.zeros((1536, 2560), bool)
    inside[600:1250, 40:2000] = True
    inside[700:900, 1100] = False
    before, after = np.random.default_rng(7).integers(0, 3, (2, 1536, 2560)).astype(np.uint8)
    traced, found = trace(ring, grid), np.zeros((2, 2))
    for row in range(1, 3):
        one, two = (
            np.stack([join(classes[512 * row : 512 * row + 512, 512 * c : 512 * c + 512]) for c in range(5)])
            for classes in (before, after)
        )
        found += count_pairs(one[:2], two[:2], traced, (row, 0)) + count_pairs(one[2:], two[2:], traced, (row, 2))
    assert found.tolist() == [[(inside & (before == b) & (after == a)).sum() for a in (1, 2)] for b in (1, 2)]


def test_an_outline_holds_no_more_rows_than_it_crosses():
    """A village of thousands of plots on one fine image would fill the memory otherwise."""
    grid = Grid(CRS(4547), Affine(0.5, 0, 551000, 0, -0.5, 2550000), 30000, 30000)
    traced = trace(shapely.Polygon(at((29000, 29000), (29020, 29000), (29020, 29010), (29000, 29010))), grid)
    assert sum(held.nbytes for held in (traced.starts, traced.cols, traced.heights, traced.parts)) < 2000
    assert np.argwhere(traced.tiles(512, grid.width)).tolist() == [[56, 56]]


def test_classes_are_counted_by_pairs_where_both_dates_saw():
    rng = np.random.default_rng(3)
    before, after = (rng.integers(0, 3, (512, 512)).astype(np.uint8) for _ in range(2))
    found = count_pairs(join(before)[None], join(after)[None], trace(SHAPES["slanted"], GRID), (0, 0))
    part = cut(SHAPES["slanted"])
    for one in (1, 2):
        for two in (1, 2):
            both = (before[:HEIGHT, :WIDTH] == one) & (after[:HEIGHT, :WIDTH] == two)
            assert found[one - 1, two - 1] == pytest.approx(part[both].sum(), abs=1e-6)
