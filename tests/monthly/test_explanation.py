"""`lvgeo check --explain` and `--assume-crs`, as a clerk would use them."""

from __future__ import annotations

import json

import pytest
from factories import square, write_geojson
from typer.testing import CliRunner

from lvgeo.cli import app

RUN = CliRunner()
CODE = "441399001201"
POINTS = "编号,点号,X,Y\nP1,1,2550000,551000\nP1,2,2550000,551040\nP1,3,2550040,551040\nP1,4,2550040,551000\n"


@pytest.fixture
def street(tmp_path):
    root = tmp_path / "street"
    assert RUN.invoke(app, ["init", str(root)]).exit_code == 0
    write_geojson(root / "boundaries/villages.geojson", [square(114.49, 23.03, 3000, CODE, village="东村")])
    (root / "plots").mkdir(exist_ok=True)
    (root / "plots" / "points.csv").write_text(POINTS, "utf-8")
    return root


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_is_explained(street, language):
    file = str(street / "plots/points.csv")
    answer = RUN.invoke(app, ["check", str(street), "--explain", file, "--lang", language])
    assert answer.exit_code == 0, answer.output
    assert "points.csv" in answer.output
    assert "4547" in answer.output or "114E" in answer.output
    told = json.loads(RUN.invoke(app, ["check", str(street), "--explain", file, "--lang", language, "--json"]).stdout)
    assert told["understood"]


def test_an_inferred_system_gives_no_verdict_and_a_stated_one_does(street):
    def status(*more):
        answer = RUN.invoke(app, ["check", str(street), "--json", "--on", "2024-09-30", *more])
        assert answer.exit_code in {0, 4}, answer.output
        return json.loads(answer.stdout)["area"]

    assert status() == {"no_plots": 1}
    assert status("--assume-crs", "EPSG:4547") == {"meets": 1}
