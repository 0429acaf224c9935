"""A simulated street's registers, as offices keep them, with known faults that a check must find."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
import xlsxwriter

from lvgeo.projection import between
from lvgeo.simulate.street import AVENUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lvgeo.simulate.street import Site, Street

__all__ = ["LARGE_PLACE", "Sheet", "registers_of", "tree_rows", "write_registers"]

Row = tuple[object, ...]
LARGE_PLACE, LARGE_TREE = 6, 3  # the village whose trees are registered one by one, and its tree with a large crown
FIVE: Final = ("绿美村口", "绿美通道", "绿美公园", "绿美庭院", "党建林")
# Places with a fault, and which; every other place did everything on time.
LATE_PLAN, NO_PLAN, STRANGE_PLACE, NO_VISIT, LATE_PITS, FELLING = 14, 19, 12, 9, 13, 8
SHORT_SECRETARY, SHORT_HOUSEHOLD, LATE_TREE, EXOTIC = 12, 8, 0, 2
UNSETTLED: Final = {(20, "秋枫"), (11, "香樟"), (17, "香樟"), (17, "秋枫"), (6, "木荷")}  # place and species
HOUSEHOLDS, UNCLAIMED = 6, 5  # of each village, all in the register of claims but for two of this one's
NOBODYS: Final = "木荷"  # asked for, and nobody has any
SURVIVAL: Final = {10: (12, 60), 16: (36, 60), 7: (52, 60)}  # alive of looked at; elsewhere 59 of 60
SAPLING_M: Final = 0.5
_CREATED: Final = datetime(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One register.

    Parameters
    ----------
    name
        File without its ending.
    heads
        Headings as an office writes them.
    rows
        Cells.
    refused
        Code → how many of the rows are at fault.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: Counter[str] = field(default_factory=Counter)


def registers_of(street: Street) -> tuple[Sheet, ...]:
    """Make every register but that of trees.

    Parameters
    ----------
    street
        As planned.
    """
    return tuple(make(street.sites) for make in _SHEETS)


def _claims(sites: Sequence[Site]) -> Sheet:
    """Leaders and deputies first, then each village's secretary, four members and six households."""
    rows: list[Row] = [("", "", f"领导{n}", "党政主要领导", 5, 5, "", 50, 1) for n in (1, 2)]
    rows += [("", "", f"班子{n}", "班子成员", 3, 2 if n == 1 else 3, "", 45, 1) for n in (1, 2, 3)]
    for site in sites:
        who = (site.village_code, site.village)
        rows.append((*who, f"{site.village}书记", "村书记", 3, 2 if site.place == SHORT_SECRETARY else 3, "", 52, 2))
        rows += [(*who, f"党员{n}", "党员干部", "１", 1, "", 30 + 12 * n, int(n < 4)) for n in range(1, 5)]  # noqa: PLR2004
        short = site.place == SHORT_HOUSEHOLD
        rows += [
            (*who, f"户主{n}", "群众", 1, 0 if short and n == 1 else 1, "", "", "") for n in range(1, HOUSEHOLDS + 1)
        ]
    code, name = next((site.village_code, site.village) for site in sites if site.place == LARGE_PLACE)
    rows += [
        (code, name, "林某", "群众", 2, "", f"{code}-001、{code}-002", "", ""),
        (code, name, "陈某", "群众", 1, "", f"{code}-002", "", ""),  # claimed by the row before
        (code, name, "张某", "游客", 1, 1, "", "", ""),  # no role of the plan
        ("合计", "", "", "", len(rows), "", "", "", ""),
    ]
    heads = ("行政代码", "村（社区）", "姓名", "身份", "认领棵数", "已种棵数", "树木编号", "年龄", "参加义务植树次数")
    return Sheet("认领登记表", heads, tuple(rows), Counter(row_claimed_twice=1, row_role_unknown=1, row_total=1))


def _plans(sites: Sequence[Site]) -> Sheet:
    rows: list[Row] = []
    for site in sites:
        if site.place == NO_PLAN:
            continue
        filed = date(2024, 2, 5) if site.place == LATE_PLAN else date(2024, 1, 25)
        town = site.kind == "community"
        places = "公园、学校、居民小区" if town else "房前屋后、村道、党建林"
        places += "、屋顶" if site.place == STRANGE_PLACE else ""
        rows.append((site.village, str(filed), "2024年2月6日", places, "" if town else 2.1, 150 if town else "",
                     "" if town else HOUSEHOLDS + 2 * (site.place == UNCLAIMED)))  # fmt: skip
    return Sheet(
        "绿化计划", ("村名", "备案日期", "认领安排备案日期", "种植地点", "计划面积", "计划棵数", "总户数"), tuple(rows)
    )


def _visits(sites: Sequence[Site]) -> Sheet:
    rows: list[Row] = [
        (site.village_code, f"2024.{month}.{12 + site.place % 9}", "林业站 王某")
        for site in sites for month in range(1, 13) if (site.place, month) != (NO_VISIT, 6)
    ]  # fmt: skip
    rows.append((sites[0].village_code, "2024年2月30日", "林业站 王某"))  # no such day
    rows.append(("441399009999", "2024-03-01", "林业站 王某"))  # no such village
    return Sheet("技术服务记录", ("村社区代码", "服务日期", "技术人员"), tuple(rows),
                 Counter(row_unreadable=1, village_code_unknown=1))  # fmt: skip


def _inspections(sites: Sequence[Site]) -> Sheet:
    rows: list[Row] = []
    for site in sites:
        alive, checked = SURVIVAL.get(site.place, (59, 60))
        rows.append((site.village_code, "2024-09-12", checked, alive, 300))
    rows.append((sites[0].village_code, "2024-09-13", 10, 12, 300))  # more alive than looked at
    return Sheet("成活率检查", ("行政代码", "检查日期", "检查株数", "成活株数", "种植株数"), tuple(rows),
                 Counter(row_alive_exceeds=1))  # fmt: skip


def _events(sites: Sequence[Site]) -> Sheet:
    demonstration = next(site for site in sites if site.village == "埔心村")
    rows: list[Row] = [
        ("", "组建技术顾问小组", "2024-01-12", "", ""), ("", "专场培训会", "2024-01-26", "", ""),
        ("", "动员部署会", "2024-02-20", "", ""), ("", "苗木调拨", "2024-03-08", "", ""),
        ("", "评选先进", "2024-06-28", "", ""), ("", "七一表彰", "2024-07-01", "", ""),
        (demonstration.village_code, "专门指导", "2024-01-19", "2024-01-13", ""),
    ]  # fmt: skip
    for site in sites:
        code = site.village_code
        rows += [(code, "企业动员", "2024-02-08", "", ""), (code, "摸排", "2024-02-06", "", ""),
                 (code, "座谈会", "2024-02-15", "", "")]  # fmt: skip
        if site.scenario != "no_plots":
            holes = "2024-02-27" if site.place == LATE_PITS else "2024-01-30" if site is demonstration else "2024-02-22"
            rows += [(code, "挖穴", holes, "", ""), (code, "绿化完成", "2024-03-10", "", "")]
        if site.place == FELLING:
            rows.append((code, "砍伐", "2024-05-06", "", 7))
    rows.append((sites[0].village_code, "放烟花", "2024-02-10", "", ""))
    return Sheet("工作台账", ("行政代码", "事项", "完成日期", "开始日期", "棵数"), tuple(rows),
                 Counter(row_event_unknown=1))  # fmt: skip


def _checklist(sites: Sequence[Site]) -> Sheet:
    rows: list[Row] = []
    for site in sites:
        if site.kind == "village":
            done = ("绿美示范点", *FIVE[: 2 + site.place % 4])
            rows += [(site.village, item, "已完成", "2024-08-2０", f"{site.village}{item}") for item in done]
    return Sheet("五个一清单", ("村（社区）", "建设项目", "完成情况", "完成日期", "名称"), tuple(rows))


def _demand(sites: Sequence[Site]) -> Sheet:
    rows = [
        (site.village_code, species, 40 + 10 * (site.place % 3),
         "" if (site.place, species) in UNSETTLED else "2024-01-28")
        for site in sites for species in ("香樟", "秋枫", NOBODYS)
        if species != NOBODYS or (site.place, species) in UNSETTLED
    ]  # fmt: skip
    return Sheet("苗木需求", ("行政代码", "树种", "需求数量", "落实日期"), tuple(rows))


def _supply(sites: Sequence[Site]) -> Sheet:
    rows: list[Row] = [(site.village_code, "", "香樟", 30) for site in sites[::4]]
    rows += [("", "市林场苗圃", "香樟", 700), ("", "市林场苗圃", "秋枫", 600)]
    middle = between(4547, 4490).transform(sites[10].west, sites[10].north)
    lon, lat = (f"{degree:.5f}" for degree in middle)
    placed = tuple((*row, lon, lat) if not row[0] else (*row, "", "") for row in rows)
    return Sheet("苗木供应", ("行政代码", "供应单位", "树种", "可供数量", "经度", "纬度"), placed)


def _funds(_sites: Sequence[Site]) -> Sheet:
    rows: tuple[Row, ...] = (
        ("留存党费", "30000元", "2024-02-01"),
        ("财政出一点", 120000, "2024-02-20"),
        ("党员捐一点", "８６００", "2024-03-01"),
        ("社会力量6·30", 50000, "2024-06-30"),
        ("企业冠名", 20000, "2024-04-01"),
    )
    return Sheet("资金台账", ("资金来源", "金额", "到账日期"), rows)


_SHEETS: Final[tuple[Callable[[Sequence[Site]], Sheet], ...]] = (
    _claims, _plans, _visits, _inspections, _events, _checklist, _demand, _supply, _funds,
)  # fmt: skip


def tree_rows(street: Street) -> Sheet:
    """Make the register of trees: the communities', one dead in each, and one village's by their coordinates.

    Parameters
    ----------
    street
        As planned.
    """
    heads = ("tree_id", "village_code", "species", "planted_on", "alive", "lon", "lat", "planter", "crown_m")
    rows: list[Row] = []
    for site in street.sites:
        rng = np.random.default_rng([street.seed, site.place, 3])
        placed = _placed(site)
        for number in range(1, site.registered_trees + 1 + (site.registered_trees > 0)):
            species = ("香樟", "秋枫", "桂花", "洋紫荆")[int(rng.integers(4))]
            alive = "是" if number <= site.registered_trees else "否"
            day = f"2024-02-{int(rng.integers(10, 29))}"
            if site.place == EXOTIC and number <= 5:  # noqa: PLR2004
                species = "巨尾桉" if number <= 2 else "榕树"  # noqa: PLR2004
            if site.place == LATE_TREE and number == 1:
                day = "2024-06-20"
            lon, lat, crown = placed.get(number, ("", "", ""))
            tree = f"{site.village_code}-{number:03d}"
            rows.append((tree, site.village_code, species, day, alive, lon, lat, "", crown))
    site = next(one for one in street.sites if one.place == LARGE_PLACE)
    rows += _one_by_one(site)
    code = site.village_code
    first = rows[0]
    rows += [
        first,  # the same id again
        (f"{code}-901", code, "香樟", "2024-02-20", "是", rows[-1][5], rows[-1][6], "", ""),  # in the last tree's place
        (f"{code}-902", code, "香樟", "2024-02-20", "是", "115.9", "23.9", "", ""),  # far outside
        (f"{code}-903", code, "？", "2024-02-20", "是", "", "", "", ""),
        (f"{code}-904", code, "香樟", "2023-02-20", "是", "", "", "", ""),
    ]  # fmt: skip
    return Sheet("trees", heads, tuple(rows), Counter(
        row_duplicate=1, row_too_close=1, row_outside=1, row_species_unknown=1, row_before_year=1))  # fmt: skip


def _placed(site: Site) -> dict[int, tuple[str, str, str]]:
    """Return each avenue tree's place by its number, and its crown at planting where that was written down."""
    if site.avenue is None:
        return {}
    to_degrees = between(4547, 4490)
    lon, lat = to_degrees.transform(site.avenue.stems[:, 0], site.avenue.stems[:, 1])
    crown = f"{AVENUES[site.place] + SAPLING_M:g}" if AVENUES[site.place] else ""
    return {n: (f"{x:.8f}", f"{y:.8f}", crown) for n, (x, y) in enumerate(zip(lon, lat, strict=True), start=1)}


def _one_by_one(site: Site) -> list[Row]:
    """Every living stem, its place as GNSS gives it; one is far too large for a sapling."""
    to_degrees = between(4547, 4490)
    rows: list[Row] = []
    for planting in site.plantings:
        lon, lat = to_degrees.transform(planting.stems[:, 0], planting.stems[:, 1])
        for x, y in zip(lon, lat, strict=True):
            number = len(rows) + 1
            crown = "3.2" if number == LARGE_TREE else "0.5"
            tree, day, place = f"{site.village_code}-{number:03d}", str(planting.planted_on), (f"{x:.8f}", f"{y:.8f}")
            rows.append((tree, site.village_code, planting.species, day, "是", *place, f"户主{number % 6 + 1}", crown))
    return rows


def write_registers(street: Street, folder: Path) -> None:
    """Write every register: trees and most others as CSV, claims as a workbook with a merged title above its heads.

    Parameters
    ----------
    street
        As planned.
    folder
        The campaign folder.
    """
    (folder / "registers").mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "trees" / "trees.csv", tree_rows(street))
    for sheet in registers_of(street):
        if sheet.name.startswith("认领"):
            _write_workbook(folder / "registers" / f"{sheet.name}.xlsx", sheet)
        else:
            _write_csv(folder / "registers" / f"{sheet.name}.csv", sheet)


def _write_csv(path: Path, sheet: Sheet) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(sheet.heads)
    writer.writerows(sheet.rows)
    path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")


def _write_workbook(path: Path, sheet: Sheet) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _CREATED})
    page = book.add_worksheet("认领")
    page.merge_range(0, 0, 0, len(sheet.heads) - 1, "2024年植树认领登记表", book.add_format({"align": "center"}))
    for number, row in enumerate((sheet.heads, *sheet.rows), start=1):
        for place, cell in enumerate(row):
            page.write(number, place, cell)
    book.close()
