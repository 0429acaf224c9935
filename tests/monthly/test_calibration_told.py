"""What calibration could not use is said: of a street that is half unreadable a coverage alone would say nothing."""

from __future__ import annotations

import pytest
from factories import ground, square, write_geojson, write_tif
from pyproj import Transformer
from typer.testing import CliRunner

import lvgeo
from lvgeo.cli import app
from lvgeo.errors import InputRefusedError, UsageError
from lvgeo.monthly import calibration

CODES = ("441399001201", "441399001202")


@pytest.fixture
def street(tmp_path):
    """Two villages with images of two months; of the second's one is broken."""
    to_degrees, villages = Transformer.from_crs(4547, 4490, always_xy=True), []
    for k, code in enumerate(CODES):
        west = 551000.0 + 400 * k
        villages.append(square(*to_degrees.transform(west + 30, 2549880.0), 90, code, village=code))
        for month in ("2024-01", "2024-09"):
            write_tif(tmp_path / "imagery" / month / f"{code}.tif", ground(300, k + len(month)), west=west)
    (tmp_path / "imagery" / "2024-09" / f"{CODES[1]}.tif").write_bytes(b"II*\0")
    (tmp_path / "imagery" / "2024-09" / "more.jp2").write_bytes(b"x")
    (tmp_path / "campaign.toml").write_text('[campaign]\nyear = 2024\n[imagery]\nmodel = "index"\n', "utf-8")
    write_geojson(tmp_path / "boundaries" / "villages.geojson", villages)
    return tmp_path


def test_where_nothing_can_be_tried_it_is_said_and_why(street):
    with pytest.raises(InputRefusedError) as refused:
        lvgeo.calibrate(street)
    codes = [one.code for one in refused.value.refusals]
    assert codes[-1] == "trials_none"
    assert set(codes) == {"file_broken", "image_unread", "trials_none"}
    answer = CliRunner().invoke(app, ["calibrate", str(street), "--lang", "zh"])
    assert (answer.exit_code, "nan" in answer.output, "more.jp2" in answer.stderr) == (3, False, True)


def test_what_could_not_be_used_is_listed_whole(street, monkeypatch):
    for k in range(15):
        (street / "imagery" / "2024-01" / f"44139900130{k:02}.jp2").write_bytes(b"x")
    tried = {"trial": object()}
    monkeypatch.setattr(calibration, "try_street", lambda *_: [tried["trial"]])
    monkeypatch.setattr(calibration, "_rows", lambda *_: ())
    answer = CliRunner().invoke(app, ["calibrate", str(street), "--lang", "en"])
    assert answer.exit_code == 4, answer.output
    assert answer.stderr.count(".jp2") >= 2
    assert f"imagery/2024-09/{CODES[1]}.tif" in answer.stderr


def test_no_set_of_plots_is_none(street):
    with pytest.raises(UsageError):
        lvgeo.calibrate(street, seeds=0)


def test_a_seed_below_nothing_is_refused_in_words(tmp_path):
    answer = CliRunner().invoke(app, ["demo", str(tmp_path / "d"), "--seed", "-1"])
    assert answer.exit_code == 2
    assert isinstance(answer.exception, SystemExit)
