"""Words of the console, the map and the tables' headings that are not columns."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

_PAGE: Final[dict[str, tuple[str, str]]] = {
    # the frame
    "page_baseline": ("基准期 {baseline}", "baseline {baseline}"),
    "page_generated": ("制图日期 {on}", "drawn {on}"),
    "page_made_with": ("lvgeo 制图", "made with lvgeo"),
    "page_how_verdict": (
        "读图：每个村（社区）的颜色、图标和边线同时表示本月判定；点击村名看理由和数据，拖动中间的滑块对比前后影像。",
        "How to read: colour, icon and outline all give the month's verdict. Click a village for the reason and the "
        "figures; drag the handle to compare the images before and after.",
    ),
    "page_how_change": (
        "读图：颜色、图标和边线同时表示地块内冠层的变化；区间跨过零的不称为增减。点击村名看数据，拖动中间的滑块对比前后影像。",
        "How to read: colour, icon and outline all give the change of canopy on the plots; where the interval holds "
        "zero, no change is claimed. Click a village for the figures; drag the handle to compare before and after.",
    ),
    "page_how_status": (
        "读图：颜色、图标和边线同时表示种植面积（棵数）是否达标；点击村名看数据。",
        "How to read: colour, icon and outline all say whether the area planted (or the trees) meets what is required. "
        "Click a village for the figures.",
    ),
    "page_north": ("北", "N"),
    "page_zoom_in": ("放大", "Zoom in"),
    "page_zoom_out": ("缩小", "Zoom out"),
    # the list
    "page_list": ("村（社区）", "Villages and communities"),
    "page_search": ("按名称或代码查找", "Find by name or code"),
    "page_shown": ("显示 {shown} / {all}", "{shown} of {all} shown"),
    "page_none_found": ("没有符合条件的村（社区）", "No village matches"),
    "page_all_villages": ("看全图", "Whole map"),
    "page_csv": ("下载表格", "Download CSV"),
    "page_print": ("打印", "Print"),
    "page_figure_pp": ("{value} 百分点", "{value} points"),
    "page_figure_mu": ("{value} 亩", "{value} mu"),
    "page_figure_trees": ("{value} 棵", "{value} trees"),
    "page_streak": ("连续滞后 {count} 个月", "months lagging: {count}"),
    "page_notices": ("连续通报 {count} 个月", "notices: {count}"),
    "page_pick_before": ("前", "Before"),
    "page_pick_after": ("后", "After"),
    "page_gain": ("增", "Gain"),
    "page_loss": ("减", "Loss"),
    "page_canopy_gain": ("冠层增加（所选两月）", "canopy gained (months shown)"),
    "page_canopy_loss": ("冠层减少（所选两月）", "canopy lost (months shown)"),
    "page_strip": ("各月影像", "Month by month"),
    "page_chart": ("冠层变化与应有增加（百分点）", "Canopy change against what is due (points)"),
    "page_own_month": ("各村自己的", "each village's own"),
    "page_loading": ("正在读取……", "Loading…"),
    "page_off_paper": ("另有 {count} 个未印出，见表格", "{count} more: see the table"),
    "page_filter_verdict": ("本月判定", "Verdict"),
    "page_filter_change": ("冠层变化", "Change of canopy"),
    "page_filter_status": ("面积（棵数）", "Area or trees"),
    # seedlings to be moved
    "page_flows": ("苗木调拨 {count}", "Seedlings {count}"),
    "page_flow_legend": (
        "建议调拨的苗木：箭头指向需苗村，线越宽株数越多；点线看树种和株数",
        "seedlings to be moved: the arrow points to who asks, the wider the more; click a line for species and number",
    ),
    "page_flow_unplaced": (
        "另有 {count} 条供苗方没有位置，画不出，见苗木调拨表",
        "{count} more without a place: see the table of seedlings",
    ),
    "page_flow_count": ("{count} 株", "{count} seedlings"),
    "page_flow_distance": ("距离", "distance"),
    "page_flow_m": ("{value} 米", "{value} m"),
    "page_flow_km": ("{value} 公里", "{value} km"),
    "page_section_flows": ("建议调入的苗木", "Seedlings to come"),
    # the legend
    "page_legend": ("图例", "Legend"),
    "page_plot_error": ("地块：有错误，不计面积", "plot with an error: does not count"),
    "page_plot_warning": ("地块：计入，有警告", "plot counts, with a warning"),
    "page_plot_info": ("地块：计入，有提示", "plot counts, with a remark"),
    "page_plot_": ("地块：计入面积", "plot counts"),
    # the card
    "page_close": ("关闭", "Close"),
    "page_reason": ("理由", "Reason"),
    "page_consequence": ("建议后果", "Proposed consequence"),
    "page_interval": ("区间（百分点）", "Interval (pp)"),
    "page_interval_text": ("{low} 至 {high}", "{low} to {high}"),
    "page_interval_picture": (
        "冠层变化 {middle}，区间 {low} 至 {high} 百分点",
        "Canopy changed by {middle}, interval {low} to {high} points",
    ),
    "page_required_mark": ("应有 {value}", "due {value}"),
    "page_section_area": ("面积与数量", "Area and trees"),
    "page_section_canopy": ("冠层", "Canopy"),
    "page_section_plots": ("地块（{count}）", "Plots ({count})"),
    "page_section_tasks": ("方案任务", "Tasks of the plan"),
    "page_section_more": ("全部数据", "All figures"),
    "page_plot": ("地块", "Plot"),
    "page_to_village": ("返回{village}", "Back to {village}"),
    # before and after
    "page_images": ("影像", "Images"),
    "page_swipe": ("卷帘", "Swipe"),
    "page_fade": ("渐变", "Fade"),
    "page_flicker": ("闪烁", "Flicker"),
    "page_off": ("关", "Off"),
    "page_before": ("前 {month}", "before {month}"),
    "page_after": ("后 {month}", "after {month}"),
    "page_no_image": ("无影像", "no image"),
    "page_slider": ("前后影像对比，用左右方向键移动", "Compare before and after; move with the arrow keys"),
}

WORDS: Final[dict[str, tuple[str, str]]] = {
    "kind_village": ("村", "village"),
    "kind_community": ("社区", "community"),
    "severity_error": ("错误", "error"),
    "severity_warning": ("警告", "warning"),
    "severity_info": ("提示", "info"),
    **_PAGE,
}
