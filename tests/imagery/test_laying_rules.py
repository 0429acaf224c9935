"""What decides where a file is laid and how it is lit, on made-up looks that a reader can check by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from affine import Affine
from pyproj import CRS

from lvgeo.imagery import flight_looks
from lvgeo.imagery.flight_looks import Below, Light, Look, Table
from lvgeo.imagery.grid import Grid
from lvgeo.imagery.laying import Laid, Laying
from lvgeo.imagery.radiometry import Radiometry
from lvgeo.imagery.registration import Registration
from lvgeo.imagery.scene import Bands, SceneFile

RGB = ("red", "green", "blue")
HERE = Registration()
UNKNOWN = Look(Registration(refusal="flat"), np.zeros((1, 2)), np.zeros((1, 2)))


def grid(row, height):
    return Grid(CRS(4547), Affine(0.5, 0, 551000.0, 0, -0.5, 2550000.0 - 0.5 * row), height, 200)


def file(row, height=100):
    return SceneFile(
        f"{row}.tif", grid(row, height), Bands(1, 2, 3), "uint8", None, masked=True, block_rows=64, block_cols=64
    )


def look(rows, tiles, residual_m=0.0):
    """Estimated to lie off by rows, with tiles that each lie off by some."""
    off = np.array([[one, 0.0] for one in tiles])
    return Look(Registration(rows, 0.0, rows, 0.0, residual_m), np.zeros_like(off), off)


def laying(files, looks, look_at=None, light=None):
    job = SimpleNamespace(scene=SimpleNamespace(files=files), grid=grid(0, 400), roles=RGB)
    table = SimpleNamespace(job=job, look=look_at, light=light or (lambda *_, **__: None))
    return Laying(table, list(looks), 0, HERE)


@pytest.mark.parametrize(
    ("tiles", "better"),
    [
        ([4.0] * 12, True),
        ([0.0, 8.0] * 6, False),  # as far from where they are estimated to lie as from where they are read
        ([3.0] * 7 + [0.0] * 5, True),
        ([0.7] * 12, False),  # by three px farther from the place of its own
    ],
)
def test_tiles_themselves_tell_whether_a_file_lies_elsewhere(tiles, better):
    assert laying([file(0)], [look(4.0, tiles)]).better_alone(0) is better


@pytest.mark.parametrize(("said_px", "by"), [(0.0, ""), (3.0, "flights")])
def test_files_are_not_believed_where_the_baseline_clearly_says_otherwise(said_px, by):
    """By the baseline the second file lies off by 4 px; by the first, which it overlaps, by 0 or 3."""
    two = laying([file(0), file(50)], [look(0.0, [0.0] * 12), look(4.0, [4.0] * 12)], lambda *_: look(said_px, [0.0]))
    two.put(0, np.zeros(2), "baseline")
    two.put_overlapping()
    assert [one.by for one in two.each] == ["baseline", by]
    assert two.each[1].off == (said_px, 0.0)


@pytest.mark.parametrize(("alike", "beside", "by_itself"), [(0.4, False, True), (0.6, True, True)])
def test_files_of_one_month_must_show_the_same_edges(monkeypatch, alike, beside, by_itself):
    """Two dates may differ by more: edges 0.4 alike lay a file on the baseline, not on another of its day."""
    told = (Registration(similarity_after=alike), np.zeros((1, 2)), np.zeros((1, 2)))
    monkeypatch.setattr(flight_looks, "register_tiles", lambda *_, **__: told)
    away = file(9000)  # nothing of it is read
    table = Table(SimpleNamespace(grid=grid(0, 400), roles=RGB, max_shift_m=10.0), None)
    assert table.look(away, Below((), None)).found is beside
    assert table.look(away).found is by_itself


def test_what_could_not_be_laid_is_tried_again_once_more_lies_there():
    """Only beside both others the second shows enough; with nothing new it is not looked at again."""
    asked = []

    def look_at(one, below):
        asked.append((one.path, len(below.files)))
        return look(0.0, [0.0]) if one.path != "50.tif" or len(below.files) > 1 else UNKNOWN

    three = laying([file(0), file(50), file(40)], [look(0.0, [0.0] * 12), UNKNOWN, UNKNOWN], look_at)
    three.put(0, np.zeros(2), "baseline")
    three.put_overlapping()
    assert [one.by for one in three.each] == ["baseline", "flights", "flights"]
    assert asked == [("50.tif", 1), ("40.tif", 1), ("50.tif", 2)]


def test_a_file_laid_on_another_is_as_unsure_as_both():
    looks = (look(0.0, [0.0]), look(0.0, [0.0], 0.3), UNKNOWN)
    one = Laid(None, ((0.0, 0.0),) * 3, looks, ("baseline", "flights", ""))
    found = one.flights(Registration(residual_m=0.4), grid(0, 400))
    assert [flight.residual_m for flight in found] == pytest.approx([0.4, 0.5, np.inf])


@pytest.mark.parametrize(("own_dn", "lit"), [(0, True), (-20, False)])
def test_light_by_way_of_the_baseline_must_bring_it_nearer(own_dn, lit):
    """The baseline's light is 20 DN away by the first file's curve; the second's own must come clearly nearer."""
    ramp = np.tile(np.arange(40, 200, dtype=np.uint8), (3, 1))

    def light(one, *_, **__):
        more = 20 if one.path == "0.tif" else own_dn
        return Light(Radiometry(np.tile(np.arange(256, dtype=np.float32) + more, (3, 1)), 0.0), ramp, ramp)

    two = laying([file(0), file(150)], [look(0.0, [0.0] * 12)] * 2, light=light)
    two.put(0, np.zeros(2), "baseline")
    two.put(1, np.zeros(2), "baseline")
    assert bool(two.each[1].file.levels) is lit
