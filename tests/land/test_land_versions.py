"""What became of plots between months: every kind of change, and a split of area that adds up."""

from __future__ import annotations

import pytest

from lvgeo.land.area import geodesic_area_m2
from lvgeo.land.versions import GroundSet, ground_changes, plot_versions

WEST, EAST = "441302001201", "441302001202"


@pytest.fixture
def sets(box):
    borders = {WEST: box(0, 0, 2000, 2000), EAST: box(2000, 0, 4000, 2000)}

    def of(**plots):
        return GroundSet({name: (code, box(*corners)) for name, (code, corners) in plots.items()}, borders)

    return of


SQUARE = (100, 100, 140, 140)


@pytest.mark.parametrize(("after", "version", "other"), [
    ({}, "removed", ""),
    ({"A": (WEST, (110, 100, 150, 140))}, "moved", ""),
    ({"A": (WEST, (100, 100, 150, 140))}, "grown", ""),
    ({"A": (WEST, (100, 100, 130, 140))}, "shrunk", ""),
    ({"A": (EAST, SQUARE)}, "recoded", WEST),
    ({"B": (WEST, SQUARE)}, "recoded", "A"),
])  # fmt: skip
def test_every_change_has_its_name(sets, after, version, other):
    [one] = plot_versions(sets(A=(WEST, SQUARE)), sets(**after))
    assert (one.version, one.other_id) == (version, other)


def test_the_same_plot_is_no_change_nor_is_one_drawn_a_hair_apart(sets):
    assert plot_versions(sets(A=(WEST, SQUARE)), sets(A=(WEST, SQUARE))) == ()
    assert plot_versions(sets(A=(WEST, SQUARE)), sets(A=(WEST, (100.2, 100, 140.2, 140)))) == ()


def test_an_area_change_is_split_and_adds_up(sets, box):
    before = sets(A=(WEST, SQUARE))
    after = sets(A=(WEST, (100, 100, 150, 140)), B=(WEST, (145, 100, 185, 140)), C=(EAST, (2100, 100, 2140, 140)))
    west, east = ground_changes(before, after)
    new = float(geodesic_area_m2([box(145, 100, 185, 140)])[0])
    assert west.new_m2 == pytest.approx(new, rel=1e-6)
    assert west.before_m2 + west.new_m2 + west.redrawn_m2 == pytest.approx(west.after_m2, abs=1e-6)
    assert east.redrawn_m2 == pytest.approx(0, abs=1e-6)
    assert east.new_m2 == pytest.approx(1600, rel=1e-3)


def test_a_new_id_on_recorded_ground_is_nothing_new(sets):
    west, _ = ground_changes(sets(A=(WEST, SQUARE)), sets(B=(WEST, (100, 100, 140, 150))))
    assert west.new_m2 == pytest.approx(400, rel=1e-2)


def test_a_boundary_that_moved_is_said_by_the_ground_that_changed_hands(sets, box):
    from dataclasses import replace

    before = sets()
    after = replace(before, borders={WEST: box(0, 0, 2010, 2000), EAST: box(2010, 0, 4000, 2000)})
    west, east = ground_changes(before, after)
    assert west.boundary_moved_m2 == pytest.approx(20_000, rel=1e-3)
    assert east.boundary_after_m2 < east.boundary_before_m2
