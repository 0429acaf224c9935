"""Documents whose every text is what the test wants it to be, and cells that attack a spreadsheet."""

from __future__ import annotations

import numpy as np
import shapely
from affine import Affine
from pyproj import CRS

from lvgeo.outputs.bulletin import Bulletin, BulletinTable, Cell
from lvgeo.outputs.chips import Chip
from lvgeo.outputs.dossier import Check, Dossier

HOSTILE_CELLS = (
    "=1+2", "=HYPERLINK(\"http://example.org\",\"x\")", "=cmd|' /C calc'!A0", "+1+2", "+cmd|' /C calc'!A0", "-1+2",
    "-2+3+cmd|' /C calc'!A0", "@SUM(1,2)", "\t=1+2", "\r=1+2", "\n=1+2", " =1+2", "\u3000=1+2", "{=1+2}",
    "=1+2;=3", "\"=1+2\"", "＝1+2", "＋1+2", "＠SUM(1,2)", "a\n=1+2", "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "=IMPORTXML(\"http://example.org\",\"//a\")", "\ufeff=1+2",
)  # fmt: skip
CODES = ("441399001202", "000012345678", "441399001001002003", "123456789012")
"""What General would show as 4.41E+11, or without its zeros."""


def make_bulletin(texts=("龙岗村",), language="zh"):
    """Three villages, one of each state; `texts` fill every place that a person's words reach."""
    text = " ".join(texts)
    rows = tuple(
        (Cell(f"{number} {text}", link=f"evidence/44139900120{number}.html"), Cell("word", f"verdict_{state}"),
         Cell(text))
        for number, state in enumerate(("on_track", "inconclusive", "lagging"))
    )  # fmt: skip
    heads = (("村", 6), ("判定", 5), ("理由", 20))
    tables = (BulletinTable("二、", text, heads, rows), BulletinTable("三、", "", heads, rows),
              BulletinTable("四、", text, heads, ()))  # fmt: skip
    return Bulletin(text, text, language, text, text, (("村", "3"), ("面积", "2.0 亩")), text, tables, (text, text),
                    text, (text, "2024-10-20"))  # fmt: skip


def make_dossier(texts=("龙岗村",), language="zh", **changed):
    """A village with images of 64 × 64 pixels, plots, controls and a history."""
    text = " ".join(texts)
    place = Affine(1.0, 0, 500000, 0, -1.0, 2560064)
    grey = np.full((64, 64, 3), 120, dtype=np.uint8)
    chips = tuple(
        Chip(f"{name} {text}", grey, np.ones((64, 64), dtype=bool), place, CRS.from_epsg(4547), 1.0)
        for name in ("before", "after", "canopy")
    )
    row = {
        "village_code": "441399001202", "village": text, "kind": "village", "area_m2": 1443.64, "area_mu": 2.165,
        "required_mu": 2.0, "status": "meets", "issues": text, "observed_share": 0.99, "adjusted_change_pp": 17.9,
        "interval_low_pp": 15.9, "interval_high_pp": 19.9, "required_pp": 9.0, "controls": 22.0, "model": text,
        "residual_m": 0.053, "verdict": "on_track", "basis": "canopy", "reason": text, "notices": 0, "streak": 0,
    }  # fmt: skip
    parts = {
        "title": text, "under": text, "secrecy": text, "language": language, "row": row, "consequence": text,
        "chips": chips, "plots": ((shapely.box(500010, 2560010, 500030, 2560030),), CRS.from_epsg(4547)),
        "checks": (Check(text, "0.99", "≥ 0.95", holds=True), Check(text, "2 m", "≤ 1 m", holds=False)),
        "errors_pp": (-2.0, -1.0, 0.0, 0.5, 1.5, 2.0), "history": ((f"2024-08 {text}", text), ("2024-09", text)),
        "inputs": ((text, "ab" * 32),), "command": text,
    }  # fmt: skip
    return Dossier(**parts | changed)
