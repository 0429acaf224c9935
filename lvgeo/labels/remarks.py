"""How a file was understood, for ``lvgeo check --explain``."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

# code → (zh, en)
WORDS: Final[dict[str, tuple[str, str]]] = {
    "remark_encoding": ("文字编码：{value}", "text encoding: {value}"),
    "remark_axes_survey": ("坐标为测量习惯：X 北、Y 东", "survey axes: X is north, Y is east"),
    "remark_axes_map": ("坐标为先东后北", "the easting comes first"),
    "remark_axes_unsure": (
        "数值看不出哪个轴是北，按 X 北、Y 东",
        "the figures do not tell north; taken as X north, Y east",
    ),
    "remark_axes_degrees": ("坐标为经纬度", "degrees of longitude and latitude"),
    "remark_crs_stated": ("文件写明的坐标系：{value}", "reference system as stated: {value}"),
    "remark_area_unit": ("文件中的面积单位：{value}", "unit of the stated area: {value}"),
    "remark_area_unit_unsure": ("面积与图形都不相符，按{value}", "the stated area agrees in no unit; taken as {value}"),
    "remark_path_closed": ("轨迹已首尾相连成面", "paths were closed into rings"),
    "remark_gcj02": ("奥维导出，坐标为 GCJ-02，改正后仅示意", "an Ovital export, in GCJ-02: a sketch only"),
    "remark_wgs84": ("格式规定的坐标系：WGS 84", "WGS 84, by the format's own rule"),
    "remark_unit_scaled": ("图形单位换算为米：×{value}", "drawing units to metres: ×{value}"),
    "remark_header_row": ("表头在第 {value} 行", "headings in row {value}"),
    "remark_sheet": ("工作表：{value}", "sheet: {value}"),
}
