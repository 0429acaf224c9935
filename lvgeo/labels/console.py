"""Words of the command line."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "due_head": ("截至 {on} 的期限：", "Dates as of {on}:"),
    "due_overdue": ("到期未完成（{count}）", "past and not done ({count})"),
    "due_unknown": (
        "到期而未报或临界，不能判断（{count}）",
        "past, not reported or at the limit: cannot be judged ({count})",
    ),
    "due_soon": ("{days} 天内到期（{count}）", "due within {days} days ({count})"),
    "due_late": ("逾期完成（{count}）", "done late ({count})"),
    "due_done": ("已完成（{count}）", "done ({count})"),
    "due_ahead": ("以后到期（{count}）", "later ({count})"),
    "map_crs_note": ("坐标系 {crs}，面积按 CGCS2000 椭球面计算", "{crs}; areas on the CGCS2000 ellipsoid"),
    "stage_street": ("生成模拟街道", "making the street"),
    "stage_baseline": ("读取基准期", "looking at the baseline"),
    "stage_classify_before": ("识别基准期冠层", "classifying the baseline"),
    "stage_tiles": ("影像切片", "cutting tiles"),
    "console_map": ("地图：{villages} 个村（社区），{plots} 个地块", "map: {villages} villages, {plots} plots"),
    "stage_classify": ("识别本期冠层", "classifying the month"),
    "stage_train_read": ("读取影像与样本", "reading images and samples"),
    "stage_train_fit": ("训练与检验", "training and judging"),
    "console_model": ("模型存于 {file}，工作分辨率 {gsd} 米", "model in {file}, works at {gsd} m"),
    "console_held_out": (
        "以下精度在训练时未用的村（共 {places} 处，轮流留出）上测得",
        "measured on villages held out in turn ({places} places)",
    ),
    "console_one_place": (
        "样本不足三处，以下精度在同一影像留出的方块上测得，会偏高",
        "fewer than three places: measured on blocks held out of the same images, so the figures flatter",
    ),
    "console_matrix": (
        "混淆矩阵（抽样像元）：判为冠层 {hit} 对、{false} 错；判为其他 {clear} 对、{missed} 错",
        "confusion matrix (sampled pixels): called canopy {hit} right, {false} wrong; "
        "called other {clear} right, {missed} wrong",
    ),
    "console_accuracy": (
        "冠层：查准率 {precision}，查全率 {recall}，IoU {iou}（按面积加权）",
        "canopy: precision {precision}, recall {recall}, IoU {iou} (area-weighted)",
    ),
    "console_model_area": (
        "冠层占地：图上 {mapped}，按误差修正后 {true}",
        "canopy's share of the ground: {mapped} as mapped, {true} with the errors allowed for",
    ),
    "console_not_random": (
        "± 只在所标地面是随机抽取时成立；人挑着标的不是，真值可能离得更远",
        "± holds for ground drawn at random; marked ground was chosen, so the truth may lie farther off",
    ),
    "console_unmeasured": ("无法测定", "cannot be measured"),
    "console_table_loss": (
        "查找表与原模型不一致的像元占 {loss}",
        "the table differs from the boosted model on {loss} of pixels",
    ),
    "console_area": ("面积核查：{counts}", "Area: {counts}"),
    "console_verdicts": ("判定：{counts}", "Verdicts: {counts}"),
    "console_change": ("冠层变化：{counts}", "Canopy change: {counts}"),
    "console_flagged": ("进度滞后的村（社区）：", "Lagging:"),
    "console_consequence": ("建议后果（由人决定）：{villages}", "Consequence proposed (people decide): {villages}"),
    "console_files": ("输出文件：", "Outputs:"),
    "console_left_out": ("以下内容未能使用（{count} 项）：", "Left out ({count}):"),
    "console_error": ("出错：", "Error: "),
    "console_more": ("……另有 {count} 项，见 run.json", "… and {count} more, see run.json"),
    "console_demo": (
        "模拟街道已写入 {folder}，共运行 {months} 个月，用时 {seconds:.0f} 秒。",
        "The simulated street is in {folder}; {months} months were run in {seconds:.0f} s.",
    ),
    "console_demo_truth": (
        "对照真值（最后一个月）：{agree} 个村（社区）判定与真值一致，{unjudged} 个不能判断，{contrary} 个相反；"
        "最大配准误差 {shift_px:.2f} 像元，最大面积相对误差 {area:.0e}。",
        "Against its truth (last month): {agree} verdicts agree, {unjudged} cannot be judged, {contrary} are contrary; "
        "largest registration error {shift_px:.2f} px, largest relative area error {area:.0e}.",
    ),
    "console_init": (
        "已写入 {file}。接下来：把村界放入 boundaries/，地块放入 plots/，影像放入 imagery/年-月/。",
        "Wrote {file}. Next: boundaries into boundaries/, plots into plots/, images into imagery/YYYY-MM/.",
    ),
    "console_ledger_ok": (
        "台账完整：{count} 条记录，链条无断裂。",
        "The ledger holds: {count} records, chain unbroken.",
    ),
    "doctor_level_ok": ("正常  ", "ok     "),
    "doctor_level_note": ("提示  ", "note   "),
    "doctor_level_wrong": ("问题  ", "wrong  "),
    "doctor_version": ("lvgeo {lvgeo}，Python {python}", "lvgeo {lvgeo}, Python {python}"),
    "doctor_extras": ("未安装的可选部分：{extras}", "optional parts not installed: {extras}"),
    "doctor_disk": ("磁盘剩余 {free_gb:.0f} GB", "{free_gb:.0f} GB free on the disk"),
    "doctor_inputs": ("读到 {villages} 个村（社区）、{plots} 个地块", "{villages} villages and {plots} plots read"),
    "doctor_refused": ("{why}", "{why}"),
    "doctor_locks": (
        "账本日志方式 {journal}（单文件，可整体拷贝）；本磁盘的锁有效，同时只有一人写入",
        "the ledger keeps a journal ({journal}) and is one file to copy; locks hold on this drive, so that one writes "
        "at a time",
    ),
    "doctor_locks_fail": (
        "本磁盘的锁不起作用（常见于网络盘）：两人同时写入可能损坏账本；请把文件夹放到本机磁盘，或改用 PostgreSQL 账本",
        "locks do not hold on this drive (network drives often have none): two writers at once may damage the ledger; "
        "keep the folder on a local disk, or the ledger in PostgreSQL",
    ),
    "doctor_locks_none": (
        "文件夹不可写：账本只能查看，不能记录",
        "the folder cannot be written: the ledger can be read, and nothing can be recorded",
    ),
    "doctor_months": ("有影像的月份：{months}", "months with images: {months}"),
    "doctor_baseline": (
        "没有基准期 {baseline} 的影像；请放入该月影像，或在 campaign.toml 改 imagery.baseline",
        "no images of the baseline {baseline}: add them, or change imagery.baseline in campaign.toml",
    ),
    "doctor_provable": (
        "{village}：自 {month} 起可以证明冠层滞后",
        "canopy lag in {village} can be proven from {month} on",
    ),
    "doctor_not_provable": (
        "{village}：{year} 年内还不能由冠层证明滞后，只能看台账和施工迹象",
        "canopy lag in {village} cannot be proven within {year}; registers and Work answer for it",
    ),
    "console_all_pairs": ("所有月份对", "all pairs of months"),
    "console_calibration": (
        "{pair}：{villages} 个村 {trials} 次试验，"
        "区间覆盖率 {coverage:.1%}（{coverage_low:.1%} 至 {coverage_high:.1%}），"
        "半宽中位数 {half_width_pp:.1f} 个百分点，误称增减 {called:.1%}，误判滞后 {false_lagging:.1%}；"
        "应有增加达到 {provable_pp:.1f} 个百分点才能证明滞后。",
        "{pair}: {trials} trials in {villages} villages, coverage {coverage:.1%} ({coverage_low:.1%} to "
        "{coverage_high:.1%}), median half-width {half_width_pp:.1f} points, called {called:.1%}, falsely lagging "
        "{false_lagging:.1%}; a lag can be proven from {provable_pp:.1f} points required on.",
    ),
    "console_ledger_exported": (
        "已导出 {count} 条记录至 {file}；链尾 {head}，请另处保存，日后可证明末尾未被删除。",
        "{count} records written to {file}; the chain ends in {head}. Kept elsewhere, it shows if any is cut off.",
    ),
    "console_ledger_broken": ("台账第 {number} 条记录被改动过。", "Record {number} of the ledger was altered."),
    "console_recorded": ("已记入台账。", "Recorded in the ledger."),
    "explain_file": ("{file}：格式 {format}，{layers} 个图层", "{file}: format {format}, {layers} layer(s)"),
    "explain_layer": (
        "图层 {layer}：{features} 个面，其中 {unclosed} 个原本未闭合",
        "Layer {layer}: {features} polygon(s), {unclosed} of them not closed in the file",
    ),
    "explain_crs": ("文件写明的坐标系：{crs}", "reference system in the file: {crs}"),
    "explain_placed": ("定位依据：{word}（{crs}）", "placed by: {word} ({crs})"),
    "explain_area": (
        "椭球面积合计 {area_m2:.2f} ㎡（{area_mu:.3f} 亩）",
        "area in all {area_m2:.2f} m² ({area_mu:.3f} mu)",
    ),
    "explain_columns": ("识别的字段：{taken}；未使用：{rest}", "fields: {taken}; not used: {rest}"),
    "explain_nothing": ("无", "none"),
    "placed_declared": ("文件自己的坐标系", "the file's own reference system"),
    "placed_assumed": ("人工指定的坐标系", "the system that a person named"),
    "placed_inferred": ("推断，须核实后才能用于判定", "an inference, to be confirmed before any verdict"),
    "placed_swapped": ("推断坐标轴写反", "an inference that the axes are swapped"),
    "placed_metres": ("推断声明为经纬度而数值是米", "an inference that metres stand where degrees should"),
    "placed_gcj02": ("火星坐标改正，仅示意", "GCJ-02 shifted back, a sketch"),
    "placed_bd09": ("百度坐标改正，仅示意", "BD-09 shifted back, a sketch"),
    "version_added": ("新增", "added"),
    "version_removed": ("删除", "removed"),
    "version_moved": ("移位", "moved"),
    "version_grown": ("扩大", "grown"),
    "version_shrunk": ("缩小", "shrunk"),
    "version_recoded": ("改号", "re-coded"),
    "state_open": ("说明期内", "reply window open"),
    "state_replied": ("已说明，待复核", "replied, waits for a decision"),
    "state_effective": ("生效", "effective"),
    "state_overturned": ("已撤销", "overturned"),
    "state_unanswered": ("未说明", "unanswered"),
}
