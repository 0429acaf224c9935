"""Words of the workbook, the bulletin, the dossier and the figures."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    # workbook
    "sheet_area": ("面积核查", "Area"),
    "sheet_canopy": ("冠层变化", "Canopy change"),
    "sheet_plots": ("地块变化", "Plots"),
    "sheet_issues": ("地块问题", "Plot issues"),
    "sheet_months": ("连续月份", "Months"),
    "sheet_required": ("应有增加", "Required gain"),
    "sheet_loss": ("冠层损失", "Canopy lost"),
    "sheet_compliance": ("任务完成", "Tasks"),
    "sheet_notes": ("说明", "Notes"),
    "workbook_cut": (
        "“{sheet}”只列出前 {shown} 行，共 {rows} 行，全部见同名 CSV 文件。",
        "“{sheet}” lists the first {shown} of {rows} rows; the CSV of the same name has them all.",
    ),
    "workbook_head": ("{title}，{month}；制表日期 {on}。", "{title}, {month}; made {on}."),
    "workbook_codes": (
        "行政代码为文本格式；比例为 0 至 1；“百分点”指占地块可见面积的百分点。",
        "Village codes are text; shares run from 0 to 1; points are percentage points of the plots' observed area.",
    ),
    "workbook_words": (
        "“无法判断”不是滞后，理由见“理由”一栏；通报须经复核才生效。",
        "“Cannot be judged” is not lagging; the reason says why. A notice counts only once its window or review ends.",
    ),
    # bulletin
    "bulletin_title": ("关于{title} {month} 进度的通报", "{title}: progress in {month}"),
    "bulletin_under": ("统计截至 {on} · 基准期 {baseline}", "as of {on} · baseline {baseline}"),
    "bulletin_overall": ("一、总体情况", "Overall"),
    "bulletin_ranking": ("二、各村（社区）进度", "All villages and communities"),
    "bulletin_flagged": ("三、进度滞后的村（社区）", "Lagging"),
    "bulletin_unjudged": ("四、无法判断的村（社区）及原因", "Cannot be judged, and why"),
    "bulletin_reply": ("五、说明情况的办法", "How to reply"),
    "bulletin_none": ("无。", "None."),
    "bulletin_villages": ("村（社区）", "villages and communities"),
    "bulletin_area": ("新增种植面积（亩）", "mu newly planted"),
    "bulletin_trees": ("社区登记树木（棵）", "trees registered in communities"),
    "bulletin_budget": (
        "本月判定 {assessed} 个村（社区）的长势或施工；即使全部恰好达到要求，"
        "预计误报 {expected:.2f} 个（95% 区间 {low:.2f} 至 {high:.2f}），限额 {allowed:.1f} 个。",
        "Growth or work was judged in {assessed} villages; had all of them done exactly what is required, "
        "{expected:.2f} wrong notices would be expected (95 % interval {low:.2f} to {high:.2f}; limit {allowed:.1f}).",
    ),
    "bulletin_budget_year": (
        "今年至今按冠层判定了 {months} 个月；即使全部通报都被维持，预计误罚 {expected:.3f} 个"
        "（95% 区间 {low:.3f} 至 {high:.3f}），全年限额 {allowed:.2f} 个。",
        " Canopy was judged in {months} months of this year; were every notice upheld, {expected:.3f} wrong "
        "consequences would be expected (95 % interval {low:.3f} to {high:.3f}; limit of the year {allowed:.2f}).",
    ),
    "bulletin_unjudged_intro": (
        "以下村（社区）不计滞后，也不消除此前的记录。",
        "These months neither count against a village nor clear what stood before.",
    ),
    "bulletin_reply_text": (
        "被通报的村（社区）可在 {until} 前书面说明情况，并附带日期的照片、清点表或测量记录，交街道绿美办；"
        "有异议的由复核人现场核实后决定。涉及施工和冠层的通报，未经现场复核不生效。",
        "A village may reply in writing until {until}, with dated photos, counts or survey records, to the greening "
        "office; a reviewer decides after looking on the ground. Notices on work or canopy count only once reviewed.",
    ),
    "bulletin_consequence": ("建议后果（由人决定）", "Proposed consequence (a person decides)"),
    # dossier
    "dossier_title": ("{village} {month} 证据材料", "{village}, {month}: evidence"),
    "dossier_under": ("行政代码 {village_code} · 统计截至 {on}", "code {village_code} · as of {on}"),
    "dossier_images": ("影像", "Images"),
    "dossier_before": ("前期 {month}", "before, {month}"),
    "dossier_after": ("后期 {month}", "after, {month}"),
    "dossier_canopy": ("冠层：绿增、红减、灰为前后均有", "canopy: green gained, red lost, grey at both dates"),
    "dossier_metres": ("{metres} 米", "{metres} m"),
    "dossier_figures": ("数据与含义", "Figures and what they mean"),
    "dossier_what": ("项目", "Figure"),
    "dossier_value": ("数值", "Value"),
    "dossier_meaning": ("含义", "Meaning"),
    "dossier_controls": ("与未种植地面相比", "Against unplanted ground"),
    "dossier_controls_text": (
        "灰柱：其他村未种植地面在同期的变化（扣除共同部分，百分点）；竖线：本村地块。",
        "Grey: what unplanted ground of the other villages did meanwhile, beyond what they share (points); the line: "
        "this village's plots.",
    ),
    "dossier_village": ("本村 {value}", "this village {value}"),
    "dossier_history": ("台账记录", "In the ledger"),
    "dossier_inputs": ("输入文件的 SHA-256", "SHA-256 of the inputs"),
    "dossier_again": ("重新生成本页：", "To make this page again:"),
    "dossier_said": ("{word}：{reason}", "{word}: {reason}"),
    "dossier_replied": ("说明：{text}", "reply: {text}"),
    "dossier_decided": ("复核（{reviewer}）：{decision}。{reason}", "review ({reviewer}): {decision}. {reason}"),
    "decision_upheld": ("维持", "upheld"),
    "decision_overturned": ("撤销", "overturned"),
    # figures
    "figure_change_axis": ("冠层变化（百分点）；竖线为应有增加", "canopy change, points; the tick is what is due"),
    # what figures mean
    "meaning_area_m2": ("合格地块并集的椭球面面积，重叠不重复计", "ellipsoidal area of the union of accepted plots"),
    "meaning_uncertainty_m2": ("由界址点误差传递的面积中误差（1σ）", "1 σ, from the error of the boundary points"),
    "meaning_difference_m2": ("面积减去标准", "area less what is required"),
    "meaning_observed_share": ("地块两期都被拍到的比例", "part of the plots seen at both dates"),
    "meaning_canopy_before_m2": ("基准期地块内的冠层", "canopy on the plots at the baseline"),
    "meaning_canopy_after_m2": ("本月地块内的冠层", "canopy on the plots this month"),
    "meaning_net_change_pp": ("本月减基准期，占可见地块的百分点", "this month less the baseline"),
    "meaning_control_change_pp": ("未种植地面同期的变化，须扣除", "what unplanted ground did meanwhile; taken off"),
    "meaning_adjusted_change_pp": ("净变化减对照变化", "net change less that of the controls"),
    "meaning_interval_low_pp": ("95% 区间的下限", "lower end of the 95 % interval"),
    "meaning_interval_high_pp": ("95% 区间的上限", "upper end of the 95 % interval"),
    "meaning_controls": ("对照村的有效个数", "effective number of control villages"),
    "meaning_expected_pp": ("按最低标准种植的林地此时的中位增加", "median gain of a stand at the legal minimum"),
    "meaning_required_pp": ("同一分布的低分位数，不苛求", "a low quantile of the same, so that nobody is pressed"),
    "meaning_residual_m": ("两期影像配准后的残差", "how far the images lie apart once registered"),
    "meaning_streak": (
        "连续有效的滞后月数；连续两个月有后果",
        "effective lagging months in a row; two have a consequence",
    ),
    "meaning_notices": ("连续被通报的月数，未必有效", "months noticed in a row, effective or not"),
}
