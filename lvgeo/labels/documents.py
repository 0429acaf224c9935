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
    "sheet_words": ("各月判定", "Verdicts"),
    "workbook_cut": (
        "注意：“{sheet}”只列出前 {shown} 行，共 {rows} 行，全部见同名 CSV 文件。",
        "Note: “{sheet}” lists the first {shown} of {rows} rows; the CSV of the same table has them all.",
    ),
    "workbook_head": ("{title}，{month}；统计截至 {on}。", "{title}, {month}; as of {on}."),
    "workbook_codes": (
        "行政代码为文本格式，复制时不要转成数字；比例为 0 至 1；"
        "“百分点”指占地块可见面积的百分点；1 亩 = 2000/3 平方米。",
        "Village codes are text; shares run from 0 to 1; points are percentage points of the plots' observed area; "
        "1 mu is 2000/3 m².",
    ),
    "workbook_words": (
        "“无法判断”不是滞后，原因见“理由”一栏；通报须过说明期或经复核才生效。",
        "“Cannot be judged” is not lagging; the reason says why. A notice counts only once its window or review ends.",
    ),
    "workbook_colours": (
        "颜色与文字同义：红为滞后或未达标，黄为无法判断或临界，蓝为正常或达标，灰为未评估或无地块。",
        "Colours say what the words say: red lagging or short, yellow cannot be judged or borderline, blue on track or "
        "meets, grey not assessed or no plots.",
    ),
    "workbook_files": (
        "机器读取请用同文件夹的 CSV；本表只供查看和打印，改动不会回到台账。",
        "Machines read the CSV files beside this one; what is changed here does not reach the ledger.",
    ),
    "workbook_sheet": ("工作表", "Sheet"),
    # bulletin
    "bulletin_title": ("关于{title} {month} 进度的通报", "{title}: progress in {month}"),
    "bulletin_addressed": ("各村（社区）党组织：", "To all villages and communities:"),
    "bulletin_lead": (
        "按照{title}安排，现将 {month} 进度通报如下。统计截至 {on}；影像与基准期 {baseline} 比较，面积按椭球面计算。",
        "This is the progress of {title} in {month}, as of {on}. Images are compared with the baseline of {baseline}; "
        "areas are on the ellipsoid.",
    ),
    "bulletin_overall": ("一、总体情况", "Overall"),
    "bulletin_ranking": ("二、各村（社区）进度", "All villages and communities"),
    "bulletin_ranking_intro": (
        "按完成率排名，超额部分不计，并列同名次，括号内为误差所及的名次；无法判断或未评定的不排名。村按新增种植面积、社区按登记棵数计；"
        "完成率不进位。",
        "Ranked by completion, where more than is asked counts no more; those that tie share a rank, and brackets hold "
        "the ranks that the errors allow. Who "
        "cannot be judged or was not assessed has none. Area of villages, trees of communities; completion is "
        "rounded down.",
    ),
    "bulletin_rank_range": ("{rank}（{best}–{worst}）", "{rank} ({best}–{worst})"),
    "bulletin_flagged": ("三、进度滞后的村（社区）", "Lagging"),
    "bulletin_unjudged": ("四、无法判断的村（社区）及原因", "Cannot be judged, and why"),
    "bulletin_budget_year": (
        "今年至今按冠层判定了 {months} 个月；即使全部通报都被维持，预计误罚 {expected:.3f} 个"
        "（95% 区间 {low:.3f} 至 {high:.3f}，其中按施工迹象判定的 {on_work:.3f} 个），全年限额 {allowed:.2f} 个。",
        " Canopy was judged in {months} months of this year; were every notice upheld, {expected:.3f} wrong "
        "consequences would be expected (95 % interval {low:.3f} to {high:.3f}; {on_work:.3f} of them by Work; "
        "limit of the year {allowed:.2f}).",
    ),
    "bulletin_unjudged_intro": (
        "以下村（社区）不计滞后，也不消除此前的记录。",
        "These months neither count against a village nor clear what stood before.",
    ),
    "bulletin_tasks": ("五、方案其他任务：未完成和请核查的", "Other tasks of the plan: open, and to be looked at"),
    "bulletin_tasks_intro": (
        "按登记表和影像列出；“未报”是没有交相应登记表，不算未完成；“请核查”只是提示，须现场看过再定。"
        "全部任务见 compliance.csv。",
        "From registers and images. Not reported means that the register was not handed in, which is no lapse; what is "
        "to be looked at is a hint and is settled on the ground. All tasks stand in compliance.csv.",
    ),
    "bulletin_task": ("{title}（{text}）", "{title} ({text})"),
    "bulletin_deadlines": ("六、期限", "Dates"),
    "bulletin_deadlines_intro": (
        "已到期和 30 天内到期的，按日期排列；数字为村（社区）个数，全街道的事项算一个。",
        "What is past, and what falls due within 30 days; villages and communities counted, the sub-district as one.",
    ),
    "bulletin_head_todo": ("未完成", "Open"),
    "bulletin_head_look": ("请核查", "To be looked at"),
    "bulletin_head_settled": ("已完成", "Done"),
    "bulletin_head_silent": ("未报", "Not reported"),
    "bulletin_head_unknown": ("未报或临界", "Not known"),
    "bulletin_head_date": ("期限", "Due"),
    "bulletin_head_task": ("任务", "Task"),
    "bulletin_head_clause": ("条款", "Clause"),
    "bulletin_head_kept": ("按期", "Kept"),
    "bulletin_head_late": ("逾期完成", "Late"),
    "bulletin_head_overdue": ("未完成", "Open"),
    "bulletin_reply": ("七、说明情况的办法", "How to reply"),
    "bulletin_none": ("无。", "None."),
    "bulletin_villages": ("村（社区）总数", "villages and communities"),
    "bulletin_met_village": ("村：面积达标", "villages that meet their area"),
    "bulletin_met_community": ("社区：棵数达标", "communities that meet their trees"),
    "bulletin_planted_village": ("村：新增种植 / 任务", "villages: planted / asked"),
    "bulletin_planted_community": ("社区：登记树木 / 任务", "communities: trees / asked"),
    "bulletin_head_rank": ("名次", "Rank"),
    "bulletin_head_village": ("村（社区）", "Village"),
    "bulletin_head_verdict": ("判定", "Verdict"),
    "bulletin_head_done": ("完成", "Done"),
    "bulletin_head_asked": ("任务", "Asked"),
    "bulletin_head_completion": ("完成率", "Completion"),
    "bulletin_head_status": ("是否达标", "Area or trees"),
    "bulletin_head_change": ("冠层变化（百分点）", "Canopy change, points"),
    "bulletin_head_due": ("应有增加（百分点）", "Due, points"),
    "bulletin_head_basis": ("依据", "Basis"),
    "bulletin_head_reason": ("理由", "Reason"),
    "bulletin_head_notices": ("连续通报（月）", "Notices, months"),
    "bulletin_head_streak": ("其中有效（月）", "Effective, months"),
    "bulletin_head_state": ("通报状态", "State"),
    "bulletin_head_consequence": ("建议后果（由人决定）", "Proposed consequence (a person decides)"),
    "bulletin_until": ("{until} 前可说明", "reply before {until}"),
    "bulletin_budget": (
        "本月按长势或施工判定 {assessed} 个村（社区）；即使它们全部恰好达到要求，"
        "预计误报 {expected:.2f} 个（95% 区间 {low:.2f} 至 {high:.2f}），限额 {allowed:.1f} 个。"
        "台账资料类通报不在此列。",
        "Growth or work was judged in {assessed} villages; had all of them done exactly what is required, "
        "{expected:.2f} wrong notices would be expected (95 % interval {low:.2f} to {high:.2f}; limit {allowed:.1f}). "
        "Notices on registers are not among them.",
    ),
    "bulletin_budget_none": (
        "本月没有按长势或施工判定的村（社区），影像不会造成误报。",
        "Growth and work were judged nowhere this month, so no image can have caused a wrong notice.",
    ),
    "bulletin_reply_open": (
        "说明期限：通报记录之日起 {days} 天，即 {until} 前。",
        "Window: {days} days from the day of the notice, that is before {until}.",
    ),
    "bulletin_reply_over": (
        "本月通报的说明期限（{days} 天）已于 {until} 届满；已提交的说明由复核人处理。",
        "The window of this month's notices ({days} days) ended on {until}; replies made wait for a reviewer.",
    ),
    "bulletin_reply_text": (
        "被通报的村（社区）可书面说明情况，写明村名和月份，附带日期的照片、清点表或测量记录，交街道绿美办登记入台账；"
        "有异议的由复核人现场核实后决定。台账资料类通报在期限届满后生效；施工和冠层类通报未经现场复核不生效。",
        "A village replies in writing, with its name and the month, and with dated photos, counts or survey records, "
        "to the greening office, which enters it in the ledger; a reviewer decides after looking on the ground. A "
        "notice on registers takes effect when its window ends; one on work or canopy only once it was reviewed there.",
    ),
    "bulletin_reply_nobody": ("本月没有被通报的村（社区）。", "No village was noticed this month."),
    "bulletin_attached": (
        "附件：各村（社区）证据材料（evidence 文件夹）、明细表（results.xlsx）、督导地图（map.html）。",
        "Attached: each village's evidence (folder evidence), the tables (results.xlsx), the map (map.html).",
    ),
    "bulletin_office": ("（印发单位）", "(issuing office)"),
    # dossier
    "dossier_title": ("{village} {month} 证据材料", "{village}, {month}: evidence"),
    "dossier_under": ("行政代码 {village_code} · 统计截至 {on}", "code {village_code} · as of {on}"),
    "dossier_images": ("影像", "Images"),
    "dossier_no_images": (
        "没有可以前后对比的影像；本村的判定不依据影像。",
        "There is no pair of images to compare; nothing said of this village rests on one.",
    ),
    "dossier_outline": (
        "黄线为本村上报的地块；左下角为比例尺，上方为北。",
        "Yellow: the village's plots as handed in; the scale is at the lower left; north is up.",
    ),
    "dossier_consequence": ("建议后果（由人决定）：{text}", "Proposed consequence (a person decides): {text}"),
    "dossier_checks": ("判断之前的检查", "What the images were held to"),
    "dossier_asked": ("要求", "Asked"),
    "dossier_holds": ("符合", "Holds"),
    "dossier_yes": ("是", "yes"),
    "dossier_no": ("否，不作判断", "no: nothing is judged"),
    "check_observed": ("地块可见比例（云、边缘之外）", "part of the plots seen at both dates"),
    "check_gsd": ("地面分辨率", "pixel size on the ground"),
    "check_shift": ("配准位移", "shift of registration"),
    "check_residual": ("配准残差", "residual of registration"),
    "check_flights": (
        "本月由几次飞行（几幅影像）拼成；括号内为与其余对齐时移动的距离",
        "put together from several flights or files; in brackets how far one was moved to lie on the others",
    ),
    "check_controls": ("有效对照村数", "effective control villages"),
    "dossier_area": ("面积与树木", "Area and trees"),
    "dossier_change": ("冠层与判定", "Canopy and verdict"),
    "dossier_points": ("百分点", "percentage points"),
    "dossier_before": ("前期 {month}", "before, {month}"),
    "dossier_after": ("后期 {month}", "after, {month}"),
    "dossier_canopy": ("冠层：青色为增，品红为减，深灰为前后均有", "canopy: cyan gained, magenta lost, dark grey both"),
    "dossier_metres": ("{metres} 米", "{metres} m"),
    "dossier_figures": ("数据与含义", "Figures and what they mean"),
    "dossier_what": ("项目", "Figure"),
    "dossier_value": ("数值", "Value"),
    "dossier_meaning": ("含义", "Meaning"),
    "dossier_controls": ("与未种植地面相比", "Against unplanted ground"),
    "dossier_controls_text": (
        "灰柱：{count} 个其他村（或地块组）的未种植地面在同期的变化，已扣除共同部分；"
        "实线和色带：本村地块及其区间；虚线：应有增加。",
        "Grey: what unplanted ground of {count} other villages (or blocks) did meanwhile, beyond what they share. The "
        "line and its band: this village's plots with their interval. Dashed: what is due.",
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
    "figure_change_axis": (
        "校正后的冠层变化（百分点），横线为区间",
        "canopy change less controls, points",
    ),
    "figure_due": ("应有增加", "due"),
    "figure_change_colours": (
        "颜色为本月判定，先看台账资料和面积，再看冠层：冠层已超过应有增加的，也可能因资料或面积不足而滞后或无法判断。",
        "Colours are the month's verdict, which looks at registers and area first: canopy may stand beyond what is due "
        "where these lag or cannot be judged.",
    ),
    "figure_change_more": (
        "另有 {count} 个变化更大的村（社区）未画出，见 canopy_change.csv。",
        "Not drawn, with larger changes: {count}; see canopy_change.csv.",
    ),
    "figure_change_left": (
        "另有 {count} 个村（社区）没有可比的影像，未列入。",
        "Not drawn, without images to compare: {count}.",
    ),
    "figure_note": (
        "统计截至 {on} · 坐标系 {crs} · {secrecy}",
        "as of {on} · {crs} · {secrecy}",
    ),
    "figure_no_font": (
        "未找到中文字体：改用英文和行政代码",
        "no Chinese font was found: words are English, villages are named by code",
    ),
}
