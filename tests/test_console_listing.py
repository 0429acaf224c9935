"""What a command lists on the console of what was left out."""

from lvgeo.cli.reporting import SHOWN, _some_of_each
from lvgeo.errors import Refusal


def test_many_of_a_kind_hide_no_other():
    missing = [Refusal("scene_missing", feature=str(k)) for k in range(30)]
    others = [Refusal("file_broken", file="a.tif"), Refusal("crs_missing", file="b.shp")]
    assert _some_of_each([*missing, *others]) == [*missing[: SHOWN - 2], *others]


def test_few_are_listed_as_they_are():
    few = [Refusal("scene_missing", feature="1"), Refusal("file_broken"), Refusal("scene_missing", feature="2")]
    assert _some_of_each(few) == few


def test_of_more_kinds_than_are_listed_the_first_stand():
    kinds = [Refusal(f"kind_{k}") for k in range(SHOWN + 3)]
    assert _some_of_each([kinds[0], *kinds]) == kinds[:SHOWN]
