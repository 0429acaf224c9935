"""Why a row of a register was refused or wants a look, and what to do about it; part of the refusals."""

from __future__ import annotations

from typing import Final

__all__ = ["TABLE"]

# code → (zh, en, zh remedy, en remedy). {value} is the cell, {limit} the field or what it is held to.
TABLE: Final[dict[str, tuple[str, str, str, str]]] = {
    "row_missing": (
        "必填的“{value}”为空",
        "{value} is empty and must not be",
        "请补填该单元格",
        "fill in the cell",
    ),
    "row_unreadable": (
        "“{limit}”的值“{value}”无法理解",
        "{limit} holds {value}, which cannot be understood",
        "请改正该值；日期请写成 2024-03-01，数量请写数字",
        "mend the value; write dates as 2024-03-01 and counts as figures",
    ),
    "row_scientific": (
        "编号“{value}”被表格软件变成了科学计数，末尾数字已丢失",
        "the code {value} was turned into scientific notation and has lost its last digits",
        "请把该列设为文本格式，重新填写完整编号后另存",
        "make the column text, write the whole code again and save",
    ),
    "row_total": (
        "合计行不计入",
        "a line of totals is not counted",
        "可保留；如不是合计，请改正前几格",
        "it may stay; if it is no total, mend its first cells",
    ),
    "row_village_unknown": (
        "没有名为“{value}”的村（社区）",
        "no village is called {value}",
        "请改正名称，或填写 12 位行政代码",
        "mend the name, or give the 12-digit code",
    ),
    "row_village_differs": (
        "行政代码与村名不一致：{value}",
        "code and name are of different villages: {value}",
        "请核对后改正其中一个",
        "check which is right and mend the other",
    ),
    "row_before_year": (
        "“{limit}”为 {value}，早于本年度",
        "{limit} is {value}, before the campaign's year",
        "请核对日期；往年的不计入本年度",
        "check the date; earlier years do not count for this one",
    ),
    "row_in_future": (
        "“{limit}”为 {value}，晚于核查日期",
        "{limit} is {value}, after the day of the check",
        "请核对日期，完成后再登记",
        "check the date, and register what was done once it was done",
    ),
    "row_species_unknown": (
        "“{value}”不是树种名称",
        "{value} is not the name of a species",
        "请填写树种名称，如香樟；确实不知的请留空",
        "write the species' name; leave the cell empty where it is not known",
    ),
    "row_role_unknown": (
        "没有“{value}”这种身份",
        "there is no role {value}",
        "请填写：党政主要领导、班子成员、书记、党员、户",
        "write leader, deputy, secretary, member or household",
    ),
    "row_duplicate": (
        "“{value}”已登记在 {limit}",
        "{value} stands already in {limit}",
        "请删去重复的一行；不同的请另编编号",
        "delete the second row; if it is another one, give it an id of its own",
    ),
    "row_too_close": (
        "与 {limit} 相距仅 {value} 米，应为同一棵树",
        "it stands {value} m from {limit}: the same tree, it seems",
        "请删去重复的一行，或核对坐标",
        "delete the second row, or check the coordinates",
    ),
    "row_claimed_twice": (
        "树木“{value}”已由 {limit} 认领",
        "tree {value} is claimed already by {limit}",
        "请核对树木编号，每棵树只由一人（户）认领",
        "check the tree's id: a tree is claimed by one person or household",
    ),
    "row_outside": (
        "所登记的位置在本村（社区）界外 {value} 米（限 {limit} 米）",
        "its place lies {value} m outside its village (limit {limit} m)",
        "请核对坐标与村名；手机地图的坐标须先换算为 CGCS2000",
        "check coordinates and village; turn a phone map's coordinates into CGCS2000 first",
    ),
    "row_outside_shifted": (
        "所登记的位置在本村（社区）界外 {value} 米；全村多数树木按 {limit} 还原后落在界内，应为手机地图坐标",
        "its place lies {value} m outside its village; undoing {limit} brings the village's trees home: "
        "a phone map's coordinates, it seems",
        "请向登记人索取 CGCS2000 坐标，或用测量软件换算后重新登记；本系统不自行换算",
        "ask for CGCS2000 coordinates, or convert them with surveying software; none are converted here",
    ),
    "row_alive_exceeds": (
        "成活株数与检查株数不符：{value}",
        "stems alive and stems checked do not fit: {value}",
        "成活株数不能多于检查株数，检查株数不能为 0",
        "no more can be alive than were checked, and some must have been checked",
    ),
    "row_event_unknown": (
        "没有“{value}”这一事项",
        "there is no event {value}",
        "请按方案附件的事项填写，如培训会、挖穴、种植完成",
        "write one of the plan's: training, pits, planted and so on",
    ),
    "register_unknown": (
        "看不出“{value}”是哪一种登记表",
        "the name {value} does not say which register it is",
        "文件名请以登记表的名称开头：{limit}",
        "let the file's name begin with the register's: {limit}",
    ),
}
