"""What can be wrong with a plot, and what to do about it."""

from __future__ import annotations

from typing import Final

__all__ = ["REMEDIES", "WORDS"]

# code → (zh, en, zh remedy, en remedy). The code of an issue in plot_issues.csv is the key without "issue_".
_TABLE: Final[dict[str, tuple[str, str, str, str]]] = {
    "issue_self_intersection": (
        "边界自相交",
        "the boundary crosses itself",
        "请重画边界，使其不交叉",
        "draw the boundary again without the crossing",
    ),
    "issue_overlap": (
        "与另一地块重叠",
        "it overlaps another plot",
        "请核对两个地块的边界；重叠部分只计算一次",
        "check both boundaries; the shared ground counts once",
    ),
    "issue_duplicate": (
        "与另一地块图形相同",
        "it is the same shape as another plot",
        "请删除其中一个",
        "delete one of the two",
    ),
    "issue_outside_village": (
        "地块不在其所属村（社区）内",
        "it lies outside its village",
        "请核对村代码与坐标系",
        "check the village code and the reference system",
    ),
    "issue_straddles_border": (
        "地块跨越村界",
        "it straddles the village's border",
        "村界以外的部分不计入；如村界有误请先更正",
        "the part outside is not counted; if the border is wrong, mend that first",
    ),
    "issue_gcj02_suspected": (
        "坐标疑似火星坐标（GCJ-02），偏移约 {value} 米",
        "the coordinates look like GCJ-02, about {value} m off",
        "请提供 CGCS2000 坐标的原始数据；偏移后的图形仅示意，不能作为达标依据",
        "hand in the original data in CGCS2000; shifted back it is a sketch, not evidence",
    ),
    "issue_bd09_suspected": (
        "坐标疑似百度坐标（BD-09），偏移约 {value} 米",
        "the coordinates look like BD-09, about {value} m off",
        "请提供 CGCS2000 坐标的原始数据；偏移后的图形仅示意，不能作为达标依据",
        "hand in the original data in CGCS2000; shifted back it is a sketch, not evidence",
    ),
    "issue_village_code_unknown": (
        "边界图层中没有这个村（社区）代码",
        "no boundary has this village code",
        "请改正代码，或补充该村的边界",
        "mend the code, or add that village's boundary",
    ),
    "issue_no_village": (
        "地块不在任何村（社区）内",
        "it lies in no village",
        "请核对坐标系，并填写村代码",
        "check the reference system, and fill in the village code",
    ),
    "issue_area_differs": (
        "申报面积与量测面积不符",
        "the declared area is not the measured one",
        "请核对申报面积；以椭球面积为准",
        "check the declared area; the ellipsoidal area counts",
    ),
    "issue_prior_canopy": (
        "种植前已有较多林木冠层",
        "much of it was under canopy before the planting",
        "已成林的部分不算新增种植；请核对地块位置",
        "ground already under canopy is not new planting; check where the plot lies",
    ),
    "issue_planted_in_future": (
        "种植日期晚于核查日期",
        "its planting date lies after the day of the check",
        "请核对种植日期",
        "check the planting date",
    ),
}

WORDS: Final[dict[str, tuple[str, str]]] = {code: (row[0], row[1]) for code, row in _TABLE.items()}
REMEDIES: Final[dict[str, tuple[str, str]]] = {code: (row[2], row[3]) for code, row in _TABLE.items()}
