"""What can be wrong with a plot, and what to do about it."""

from __future__ import annotations

from typing import Final

__all__ = ["NAMES", "REMEDIES", "WORDS"]

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
        "请核对两个地块的边界；重叠部分只计算一次，也不会在两村重复计算",
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
        "坐标疑似火星坐标（GCJ-02），偏移约 {value} 米；改正后该文件这类地块有 {limit} 落在村内",
        "the coordinates look like GCJ-02, about {value} m off; shifted back, {limit} of its file's such plots fit",
        "请提供 CGCS2000 坐标的原始数据；偏移后的图形仅示意，不能作为达标依据",
        "hand in the original data in CGCS2000; shifted back it is a sketch, not evidence",
    ),
    "issue_bd09_suspected": (
        "坐标疑似百度坐标（BD-09），偏移约 {value} 米；改正后该文件这类地块有 {limit} 落在村内",
        "the coordinates look like BD-09, about {value} m off; shifted back, {limit} of its file's such plots fit",
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
    "issue_unclosed": (
        "边界没有闭合，首尾相距 {value} 米",
        "its boundary is not closed: {value} m between the ends",
        "已按直线闭合计算；请核对缺口处的界址点",
        "it was closed with a straight line; check the points at the gap",
    ),
    "issue_spike": (
        "边界有尖刺，夹角 {value} 度",
        "its boundary has a spike of {value} degrees",
        "多半是错点；请核对该处的界址点",
        "most likely a stray point; check the point there",
    ),
    "issue_sliver": (
        "图形过于狭长，平均宽度 {value} 米",
        "it is a strip, {value} m wide on average",
        "请核对是否为边界误差形成的碎条",
        "check whether it is left over between two boundaries",
    ),
    "issue_duplicate_vertex": (
        "有重复的界址点（{value} 处）",
        "points of its boundary are repeated ({value})",
        "不影响面积；重新导出时可去除",
        "the area is not changed; drop them at the next export",
    ),
    "issue_multipart": (
        "一个地块由 {value} 个部分组成",
        "one plot has {value} parts",
        "请按部分拆成不同编号的地块",
        "give each part a plot id of its own",
    ),
    "issue_hole": (
        "图形中有 {value} 个空洞",
        "it has {value} holes",
        "空洞不计面积；如不应有请改正",
        "holes are not counted; mend them if they should not be there",
    ),
    "issue_too_small": (
        "面积 {value} 平方米，小于该类地块的合理范围",
        "{value} m² is less than a plot of its kind has",
        "请核对图形；如属实可忽略",
        "check the drawing; if it is right, leave it",
    ),
    "issue_too_large": (
        "面积 {value} 平方米，大于该类地块的合理范围",
        "{value} m² is more than a plot of its kind has",
        "请核对图形和单位；如属实可忽略",
        "check the drawing and its unit; if it is right, leave it",
    ),
    "issue_no_planting_date": (
        "没有种植日期",
        "it has no planting date",
        "请填写种植日期，以便判断长势",
        "fill in the planting date, by which growth is judged",
    ),
    "issue_planted_before_baseline": (
        "种植日期比基准期影像早 {value} 天",
        "it was planted {value} days before the baseline image",
        "基准期影像未必是种植前的裸地；请核对日期，或为该村另定基准期",
        "the baseline may not show bare ground; check the date, or set that village's own baseline",
    ),
    "issue_crs_inferred": (
        "文件没有坐标系（或写错），位置是推断的",
        "its place is inferred: the file has no reference system, or a wrong one",
        "请核实后用 --assume-crs 或 land.assume_crs 写明；在此之前不能作为达标依据",
        "confirm it by --assume-crs or land.assume_crs; until then it is no evidence",
    ),
    "issue_axes_swapped": (
        "坐标的两个轴写反了（X 应为东，Y 应为北）",
        "its axes are swapped (x is to be east, y north)",
        "位置是按对调后推断的；请改正后重新提交",
        "the place is inferred by swapping them; mend the file and hand it in again",
    ),
    "issue_metres_as_degrees": (
        "文件声明为经纬度，数值却是米",
        "the file declares degrees, and holds metres",
        "位置是推断的；请写明真正的坐标系后重新提交",
        "the place is inferred; state the real reference system and hand it in again",
    ),
    "issue_gcj02_source": (
        "奥维等软件导出的火星坐标（GCJ-02），已改正，仅示意",
        "exported in GCJ-02; shifted back, a sketch only",
        "请改用不加密的格式（shp、dxf）或 CGCS2000 实测坐标；示意图形不能作为达标依据",
        "export in a format that is not shifted (shp, dxf), or survey it in CGCS2000; a sketch is no evidence",
    ),
    "issue_bd09_source": (
        "百度坐标（BD-09），已改正，仅示意",
        "in BD-09; shifted back, a sketch only",
        "请提供 CGCS2000 坐标的原始数据；示意图形不能作为达标依据",
        "hand in the original data in CGCS2000; a sketch is no evidence",
    ),
    "issue_no_plant_farmland_permanent": (
        "位于永久基本农田",
        "it lies on permanent basic farmland",
        "永久基本农田严禁植树绿化；请核对边界，如属实须另选地块",
        "planting there is forbidden; check both borders, and if it is so choose other ground",
    ),
    "issue_no_plant_farmland": (
        "位于耕地",
        "it lies on farmland",
        "未经批准不得占用耕地绿化；请提供批准文件或另选地块",
        "greening farmland wants an approval; hand it in, or choose other ground",
    ),
    "issue_no_plant_power_line": (
        "位于电力线路保护区",
        "it lies in a power line's corridor",
        "保护区内不得种植；请与供电部门核对",
        "nothing may be planted there; check with the power company",
    ),
    "issue_no_plant_water": (
        "位于水域",
        "it lies in water",
        "请核对地块边界",
        "check the plot's boundary",
    ),
    "issue_no_plant_redline": (
        "位于生态保护红线内，需要审核",
        "it lies inside the ecological red line and wants a review",
        "核心区外只允许提升生态质量的活动；请报主管部门审核",
        "outside the core only work that betters the ecology is allowed; ask the authority",
    ),
    "issue_boundary_overlap": (
        "两村（社区）边界重叠",
        "two villages' boundaries overlap",
        "重叠部分暂计入代码在前的村；请核对村界",
        "the shared ground counts for the first code; check the boundaries",
    ),
    "issue_boundary_gap": (
        "村（社区）边界之间有空隙",
        "there is a gap between villages' boundaries",
        "空隙内的地块不计入任何村；请核对村界",
        "plots in the gap count for nobody; check the boundaries",
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

# Of those whose words have places for values: for a cell that counts issues, or names one beside its value.
NAMES: Final[dict[str, tuple[str, str]]] = {
    "issue_gcj02_suspected": ("坐标疑似火星坐标（GCJ-02）", "coordinates look like GCJ-02"),
    "issue_bd09_suspected": ("坐标疑似百度坐标（BD-09）", "coordinates look like BD-09"),
    "issue_unclosed": ("边界没有闭合", "boundary not closed"),
    "issue_spike": ("边界有尖刺", "spike in the boundary"),
    "issue_sliver": ("图形过于狭长", "a narrow strip"),
    "issue_duplicate_vertex": ("有重复的界址点", "repeated points"),
    "issue_multipart": ("一个地块由几个部分组成", "several parts"),
    "issue_hole": ("图形中有空洞", "holes"),
    "issue_too_small": ("面积小于合理范围", "too small"),
    "issue_too_large": ("面积大于合理范围", "too large"),
    "issue_planted_before_baseline": ("种植日期早于基准期影像", "planted before the baseline image"),
}
