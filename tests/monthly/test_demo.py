"""The simulated street against its own truth, and run again."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import lvgeo
from lvgeo.cli import app
from lvgeo.demonstration import CLOSED_ON
from lvgeo.errors import BusyError


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".log.jsonl")
    }


def test_the_last_month_says_nothing_contrary_to_the_truth_and_dares(demo):
    words = demo.last.counts("canopy_change", "verdict")
    assert demo.truth.contrary == 0
    assert words["on_track"] >= 8
    assert words["lagging"] >= 3
    assert sum(words.values()) == 23


def test_areas_and_shifts_are_true(demo):
    assert demo.truth.area < 1e-6
    assert demo.truth.shift_px < 0.25


def test_lagging_two_months_running_has_its_consequence_proposed(demo):
    august = demo.months["2024-08"].canopy_change.set_index("village_code")["verdict"]
    september = demo.last.canopy_change.set_index("village_code")
    both = september[(september["verdict"] == "lagging") & (august == "lagging")]
    assert len(both) >= 3
    assert (both["basis"] == "register").all()
    assert (both["streak"] >= 2).sum() >= 1
    assert demo.last.consequences
    assert set(demo.last.consequences) <= set(both.index)


def test_replies_and_decisions_are_in_the_ledger_and_count(demo):
    answer = CliRunner().invoke(app, ["ledger", "list", str(demo.folder), "--on", str(CLOSED_ON), "--json"])
    states = {(one["village_code"], one["month"]): one["state"] for one in json.loads(answer.stdout)}
    assert {"effective", "overturned", "replied"} <= set(states.values())
    assert CliRunner().invoke(app, ["ledger", "verify", str(demo.folder)]).exit_code == 0


def test_the_doctor_names_the_month_from_which_a_lag_can_be_proven(demo):
    told = CliRunner().invoke(app, ["doctor", str(demo.folder), "--lang", "en", "--on", str(CLOSED_ON)]).output
    assert re.search(r"canopy lag in \S+ can be proven from 2024-\d\d on", told.replace("\n", " "))
    assert "locks hold on this drive" in told.replace("\n", " ")


def test_the_missing_flight_is_named_and_never_held_against_the_village(demo):
    missing = [one for one in demo.months["2024-08"].left_out if one.code == "scene_missing"]
    assert len(missing) == 1
    code = missing[0].feature.split()[0]
    row = demo.months["2024-08"].canopy_change.set_index("village_code").loc[code]
    assert row["verdict"] == "inconclusive"


def test_shifted_coordinates_are_recognised_and_not_held_against_the_village(demo):
    issues = demo.last.plot_issues.set_index("issue")
    assert 540 < issues.loc["gcj02_suspected", "value"] < 600
    code = issues.loc["gcj02_suspected", "village_code"]
    assert demo.last.canopy_change.set_index("village_code").loc[code, "verdict"] == "inconclusive"


def test_every_planted_fault_of_a_plot_is_found_and_none_invented(demo):
    truth = json.loads((demo.folder / "truth.json").read_text("utf-8"))["villages"]
    kinds = [village["scenario"] for village in truth]
    outside = [plot["outside_m2"] for village in truth for plot in village["plots"] if not plot["gcj02"]]
    assert demo.last.counts("plot_issues", "issue") == {
        "area_differs": kinds.count("short"),  # each declares 0.4 mu that it has not
        "gcj02_suspected": kinds.count("gcj02"),
        "overlap": kinds.count("straddle"),  # one row a pair
        "prior_canopy": kinds.count("forest"),
        "straddles_border": sum(area > 1.0 for area in outside),
    }


def test_csv_files_open_in_a_spreadsheet_as_they_are(demo):
    path = demo.last.folder / "canopy_change.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in path.read_bytes()
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    assert table["行政代码"].str.fullmatch(r"\d{12}").all()


def test_a_month_run_again_gives_the_same_bytes_and_adds_nothing(demo, tmp_path):
    root = tmp_path / "street"
    shutil.copytree(demo.folder, root)
    before = digests(root / "out")
    ledger = (root / "ledger.sqlite").read_bytes()
    lvgeo.month(root, "2024-09", on=CLOSED_ON)
    assert digests(root / "out") == before
    assert (root / "ledger.sqlite").read_bytes() == ledger


def test_class_rasters_made_again_give_the_same_bytes(demo, tmp_path):
    root = tmp_path / "street"
    shutil.copytree(demo.folder, root)
    before = digests(root / "canopy")
    shutil.rmtree(root / "canopy")
    lvgeo.month(root, "2024-09", on=CLOSED_ON)
    after = digests(root / "canopy")
    after.pop("catalog.json")  # lists what is there: here one month and its baseline, before every month
    assert after.items() <= before.items()
    assert len(after) == 3 * (23 + 23)  # class raster, preview and STAC item, of the baseline and of the month


def test_two_runs_at_once_are_one_run_and_one_refusal(demo):
    from lvgeo.monthly.inputs import locked

    with locked(demo.folder / ".lvgeo.lock"), pytest.raises(BusyError):
        lvgeo.check(demo.folder)


def test_check_writes_polygons_and_registers_only(demo, tmp_path):
    root = tmp_path / "street"
    shutil.copytree(demo.folder, root, ignore=shutil.ignore_patterns("imagery", "canopy", "out"))
    result = lvgeo.check(root)
    assert len(result.area_compliance) == 23
    assert {path.name for path in (root / "out" / "check").iterdir()} == {
        "area_compliance.csv", "plot_issues.csv", "plot_versions.csv", "ground_changes.csv", "compliance.csv",
        "results.gpkg", "run.json",
    }  # fmt: skip
    # Nothing was handed in since the last month was recorded.
    assert result.plot_versions.empty
    assert (result.ground_changes["redrawn_m2"].abs() < 0.01).all()


@pytest.mark.slow
def test_a_whole_demo_twice_gives_equal_bytes(demo, tmp_path):
    from lvgeo.demonstration import demo as run

    again = run(tmp_path / "street")
    for part in ("out", "canopy", "plots", "trees", "boundaries"):
        assert digests(again.folder / part) == digests(demo.folder / part)
    assert (again.folder / "truth.json").read_bytes() == (demo.folder / "truth.json").read_bytes()


@pytest.mark.parametrize("words", [[], ["--lang", "en"], ["--json"]])
def test_the_command_tells_of_the_demo_that_it_made(demo, monkeypatch, words):
    asked = []

    def made(folder, **options):
        asked.append((folder, options["seed"], options["language"]))
        options["progress"]("street", 1, 1)
        return demo

    monkeypatch.setattr("lvgeo.demonstration.demo", made)
    answer = CliRunner().invoke(app, ["demo", "some-street", "--seed", "5", *words])
    assert answer.exit_code == 0
    language = "en" if "en" in words else "zh"
    assert asked == [(Path("some-street"), 5, language)]
    if "--json" in words:
        assert json.loads(answer.stdout) == demo.summary()
    else:
        assert all(line in answer.stdout for line in demo.lines(language))


def test_a_folder_that_holds_a_campaign_is_not_overwritten(demo):
    answer = CliRunner().invoke(app, ["demo", str(demo.folder)])
    assert answer.exit_code == 3


def test_registers_that_cannot_be_read_accuse_nobody(demo, tmp_path):
    """A clerk forgot the plots and a tree register is damaged: that is no village's fault."""
    root = tmp_path / "street"
    shutil.copytree(demo.folder, root, ignore=shutil.ignore_patterns("imagery", "canopy", "out", "ledger.sqlite"))
    shutil.rmtree(root / "plots")
    (root / "trees" / "trees.csv").write_bytes(b"\x00\xff\xfe")
    result = lvgeo.month(root, "2024-09", on=CLOSED_ON)
    assert "lagging" not in result.counts("canopy_change", "verdict")
    assert len(result.canopy_change) == 23
