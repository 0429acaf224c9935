"""`demo`: a whole simulated street, written as a campaign folder, run month by month, and held against its truth."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lvgeo.campaign.read import SETTINGS_FILE, parse_settings
from lvgeo.errors import InputRefusedError, Refusal
from lvgeo.labels import say
from lvgeo.monthly import month
from lvgeo.monthly.book import Decision, reply, review
from lvgeo.monthly.silent import Listener, silent
from lvgeo.monthly.start import init
from lvgeo.simulate.street import MONTHS, plan_street
from lvgeo.simulate.write import write_street

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lvgeo.labels import Language
    from lvgeo.monthly import Result

__all__ = ["DemoResult", "Truthfulness", "demo"]

RECORDED: Final = dict(
    zip(MONTHS, (date(2024, 2, 5), date(2024, 4, 3), date(2024, 9, 4), date(2024, 10, 9)), strict=True)
)
CLOSED_ON: Final = date(2024, 10, 20)  # after the last reply window, when streaks are read


@dataclass(frozen=True, slots=True)
class Truthfulness:
    """The last month against the truth.

    Parameters
    ----------
    agree, unjudged, contrary
        Verdicts that say what is true, that say nothing, and that say the opposite.
    shift_px
        Largest error of a registration, either axis.
    area
        Largest relative error of a village's area.
    """

    agree: int
    unjudged: int
    contrary: int
    shift_px: float
    area: float


@dataclass(frozen=True, slots=True)
class DemoResult:
    """A demo's months.

    Parameters
    ----------
    folder
        The campaign folder.
    months
        Month → what its run found.
    truth
        How the last month holds against the truth.
    seconds
        All of it took.
    """

    folder: Path
    months: Mapping[str, Result]
    truth: Truthfulness
    seconds: float

    @property
    def last(self) -> Result:
        """The last month's result."""
        return self.months[MONTHS[-1]]

    def lines(self, language: Language) -> list[str]:
        """Return what was found, in words."""
        t = self.truth
        return [
            say("console_demo", language, folder=self.folder, months=len(self.months), seconds=self.seconds),
            say(
                "console_demo_truth", language, agree=t.agree, unjudged=t.unjudged, contrary=t.contrary,
                shift_px=t.shift_px, area=t.area,
            ),
        ]  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """Return the last month's summary, for `--json`."""
        return self.last.summary() | {"contrary": self.truth.contrary, "agree": self.truth.agree}


def demo(
    folder: str | Path = "demo-street",
    *,
    seed: int = 2024,
    language: Language = "zh",
    progress: Listener = silent,
) -> DemoResult:
    """Make a simulated street and run its four months, with replies and a reviewer's decisions.

    Parameters
    ----------
    folder
        Made where it is missing; a folder that holds a campaign is refused.
    seed
        The same seed gives the same bytes.
    language
        Of the outputs.
    progress
        Told the stage and how much of it is done.

    Returns
    -------
    DemoResult
        Each month's tables and files, and how the last one holds against the truth.

    Raises
    ------
    InputRefusedError
        If the folder holds a campaign already.
    """
    started = time.perf_counter()
    root = Path(folder)
    if (root / SETTINGS_FILE).exists():
        raise InputRefusedError(Refusal("file_exists", file=str(root / SETTINGS_FILE)))
    street = plan_street(seed)
    campaign = {"campaign": {"name": "模拟街道绿美行动", "language": language, "seed": seed}}
    init(root, parse_settings(campaign | street.settings))
    write_street(street, root, functools.partial(progress, "street"))
    months = {}
    for name in MONTHS:
        day = RECORDED[name]
        on = CLOSED_ON if name == MONTHS[-1] else None
        months[name] = month(root, name, today=day, on=on, language=language, progress=progress)
        if name == MONTHS[-2]:
            _answer(root, [(site.scenario, site.village_code) for site in street.sites], name)
    truth = _held_against_truth(root, months[MONTHS[-1]])
    return DemoResult(root, months, truth, time.perf_counter() - started)


def _answer(root: Path, sites: Sequence[tuple[str, str]], name: str) -> None:
    """Three villages reply; a reviewer upholds one notice and overturns another; one reply waits."""
    resurveyed = next(code for scenario, code in sites if scenario == "short")
    waiting, counted = [code for scenario, code in sites if scenario == "trees_short"][:2]
    reply(root, resurveyed, name, text="已测面积有误，申请复测。", on=date(2024, 9, 7))
    upheld = Decision("upheld", "督导组 李某", "RTK 复测仍不足 2 亩", "2024-09-09 RTK 复测记录")
    review(root, resurveyed, name, upheld, on=date(2024, 9, 10))
    reply(root, counted, name, text="另有 30 棵未及登记，照片附后。", on=date(2024, 9, 6))
    overturned = Decision("overturned", "督导组 李某", "现场清点 161 棵", "2024-09-09 现场清点表")
    review(root, counted, name, overturned, on=date(2024, 9, 10))
    reply(root, waiting, name, text="登记表漏报一批苗木，正在补登。", on=date(2024, 9, 8))


def _held_against_truth(root: Path, last: Result) -> Truthfulness:
    """Compare the last month with truth.json, as anybody could."""
    truth = {row["village_code"]: row for row in json.loads((root / "truth.json").read_text("utf-8"))["villages"]}
    run = json.loads((last.folder / "run.json").read_text("utf-8"))
    agree = unjudged = contrary = 0
    for row in last.rows["canopy_change"]:
        said, true = str(row["verdict"]), truth[str(row["village_code"])]["verdict"][MONTHS[-1]]
        if said not in {"on_track", "lagging"}:
            unjudged += 1
        elif said == true:
            agree += 1
        else:
            contrary += 1
    shifts = [_shift_error(truth[code], scene) for code, scene in run["scenes"].items()]
    areas = [_area_error(truth[str(row["village_code"])], row) for row in last.rows["area_compliance"]]
    return Truthfulness(agree, unjudged, contrary, max(shifts, default=0.0), max(areas, default=0.0))


def _area_error(truth: Mapping[str, Any], row: Mapping[str, object]) -> float:
    """Relative error of a village's area; 0 where it has none, or where former canopy was taken off."""
    true = float(truth["area_m2"])
    measured = truth["scenario"] != "forest" and true > 0
    return abs(float(str(row["area_m2"])) - true) / true if measured else 0.0


def _shift_error(truth: Mapping[str, Any], scene: Mapping[str, Any]) -> float:
    """Error of a shift in the image's own pixels, of which the class raster's may be a multiple."""
    flight, registration = next(f for f in truth["flights"] if f["month"] == MONTHS[-1]), scene["registration"]
    factor = round(float(scene["pixel_m"]) / min(scene["gsd_m"]))
    rows = factor * float(registration["row_estimate_px"]) - float(flight["shift_rows_px"])
    cols = factor * float(registration["col_estimate_px"]) - float(flight["shift_cols_px"])
    return float(max(abs(rows), abs(cols)))
