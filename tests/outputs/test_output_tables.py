"""CSV: the bytes that Excel, WPS and machines get."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from lvgeo.outputs.columns import Column
from lvgeo.outputs.facts import facts, figure
from lvgeo.outputs.tables import cell, write_csv

TEXT = Column("village", "村（社区）", "Village")
AREA = Column("area_mu", "面积（亩）", "Area", "float", "mu", 3)
COUNT = Column("plots", "地块数", "Plots", "int")
WORD = Column("verdict", "判定", "Verdict", words="verdict")
RAW = Column("value", "值", "Value", "float")
TRUTH = Column("seen", "可见", "Seen", "bool")


def test_bytes_of_a_small_table(tmp_path):
    rows = [{"village": "埔心村", "area_mu": 2.0004, "verdict": "lagging"}]
    write_csv(tmp_path / "a.csv", (TEXT, AREA, WORD), rows, "zh")
    expected = "\ufeff村（社区）,面积（亩）,判定\r\n埔心村,2.000,lagging\r\n"
    assert (tmp_path / "a.csv").read_bytes() == expected.encode("utf-8")


def test_english_heads_are_keys_and_codes_stay(tmp_path):
    rows = [{"village": "441302001201", "area_mu": None, "verdict": "on_track"}]
    write_csv(tmp_path / "a.csv", (TEXT, AREA, WORD), rows, "en")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").splitlines() == [
        "village,area_mu,verdict",
        "441302001201,,on_track",
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-0.0004, "0.000"),
        (-0.0, "0.000"),
        (-1.25, "-1.250"),
        (float("nan"), ""),
        (np.float32("nan"), ""),
        (None, ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (np.float64(1 / 3), "0.333"),
        (3, "3.000"),
    ],
)
def test_figures(value, written):
    assert cell(AREA, value) == written


def test_counts_truths_and_unrounded_figures():
    assert cell(COUNT, 3.0) == "3"
    assert cell(COUNT, np.int64(4)) == "4"
    assert cell(TRUTH, np.bool_(1)) == "true"
    assert cell(RAW, 0.1 + 0.2) == "0.30000000000000004"
    assert cell(RAW, -0.0) == "0.0"


@pytest.mark.parametrize(
    "start",
    [
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "\0",
        "＝",
        "＋",
        "－",
        "＠",
        " =",
        "\u3000=",
        "\ufeff=",
        "\u200b+",
        "\u202e@",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_guarded(tmp_path, start):
    rows = [{"village": f"{start}1+2", "area_mu": -1.2}]
    write_csv(tmp_path / "a.csv", (TEXT, AREA), rows, "en")
    raw = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    text, number = list(csv.reader(io.StringIO(raw, newline="")))[1]
    assert text == f"'{start}1+2"
    assert number == "-1.200"


@pytest.mark.parametrize("text", ["甲,乙", '甲"乙', "甲\r\n乙", "0012", "1E5", "a=b", ""])
def test_other_text_stays(tmp_path, text):
    write_csv(tmp_path / "a.csv", (TEXT, AREA), [{"village": text, "area_mu": 1}], "en")
    raw = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(raw, newline="")))[1][0] == text


@pytest.mark.parametrize("row", [{"village": "a"}, {"village": "a", "area_mu": 1, "extra": 2}])
def test_a_row_that_is_not_the_tables_is_a_mistake(tmp_path, row):
    with pytest.raises(KeyError):
        write_csv(tmp_path / "a.csv", (TEXT, AREA), [row], "en")
    assert list(tmp_path.iterdir()) == []


def test_cards_say_codes_in_words():
    assert figure("verdict", "lagging", "zh") == "进度滞后"
    assert figure("verdict", "unheard of", "zh") == "unheard of"
    assert figure("net_change_pp", -1.0, "en") == "−1.00"
    assert figure("trees", 150, "zh") == "150"
    assert facts({"自定": "值"}, ["自定"], "zh") == [("自定", "值")]
    assert facts({"observed_share": 1.0}, ["observed_share"], "en") == [("Observed share", "100.0%")]
