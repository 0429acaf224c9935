"""Why a village got its word this month, in sentences that a villager can read."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    # words of the verdict
    "verdict_on_track": ("进度正常", "on track"),
    "verdict_lagging": ("进度滞后", "lagging"),
    "verdict_inconclusive": ("无法判断", "cannot be judged"),
    "verdict_not_assessed": ("未评估", "not assessed"),
    # words of the area check
    "status_meets": ("达标", "meets"),
    "status_short": ("未达标", "short"),
    "status_borderline": ("临界（需复测）", "borderline"),
    "status_no_plots": ("无地块", "no plots"),
    # words of the change
    "change_gain": ("增加", "gain"),
    "change_loss": ("减少", "loss"),
    "change_no_clear_change": ("无明显变化", "no clear change"),
    "change_inconclusive": ("无法判断", "inconclusive"),
    # basis, work and growth
    "basis_register": ("台账资料", "register"),
    "basis_work": ("施工迹象", "work"),
    "basis_canopy": ("冠层", "canopy"),
    "work_seen": ("可见", "seen"),
    "work_not_seen": ("不可见", "not seen"),
    "work_cannot_tell": ("无法分辨", "cannot tell"),
    "group_fast": ("速生", "fast"),
    "group_medium": ("中等", "medium"),
    "group_slow": ("慢生", "slow"),
    "growth_too_early": ("为时尚早", "too early"),
    "growth_on_track": ("正常", "on track"),
    "growth_lagging": ("滞后", "lagging"),
    "growth_inconclusive": ("无法判断", "inconclusive"),
    # reasons
    "reason_no_plots": (
        "截至 {on}，没有上报任何可用的种植地块（要求 {required_mu:.2f} 亩，期限 {deadline}，宽限 {grace_days} 天）。",
        "By {on} no usable plot had been handed in ({required_mu:.2f} mu were due on {deadline}, "
        "with {grace_days} days of grace).",
    ),
    "reason_plots_in_doubt": (
        "截至 {on}，上报的地块坐标有疑（{doubt}），面积无法认定，请提供 CGCS2000 坐标的原始数据；此前不判为滞后。",
        "By {on} the plots handed in are in doubtful coordinates ({doubt}), so their area cannot be counted: hand in "
        "the original data in CGCS2000. Until then this is not held against the village.",
    ),
    "reason_register_unread": (
        "截至 {on}，台账文件缺失或有文件未能读取，未见应报的地块或树木，不能据此判断；"
        "请先补齐或改正文件（见运行结果所列）。",
        "By {on} what was due is not in the registers, but a register file is missing or could not be read, so nothing "
        "can be concluded: mend the files that this run lists first.",
    ),
    "reason_prior_canopy_in_doubt": (
        "截至 {on}，扣除种植前疑似已有冠层 {former_m2:.0f} 平方米后，新增种植面积 {area_mu:.3f} 亩，"
        "不足 {required_mu:.2f} 亩；"
        "但植被指数分不清草和树，不能单独作为通报依据，请现场核实地块原状。",
        "By {on} the new planting measured {area_mu:.3f} mu of the required {required_mu:.2f} once {former_m2:.0f} m² "
        "that look like canopy from before were taken off; but a vegetation index cannot tell grass from trees and "
        "never accuses by itself: look at what stood there.",
    ),
    "doubt_gcj02_suspected": ("疑似火星坐标 GCJ-02", "they look like GCJ-02"),
    "doubt_gcj02_source": ("为火星坐标 GCJ-02", "they are in GCJ-02"),
    "doubt_bd09_source": ("为百度坐标 BD-09", "they are in BD-09"),
    "doubt_crs_inferred": ("没有可靠的坐标系，位置是推断的", "they have no sure reference system"),
    "doubt_axes_swapped": ("坐标轴写反", "their axes are swapped"),
    "doubt_metres_as_degrees": ("声明为经纬度，数值却是米", "they declare degrees and hold metres"),
    "doubt_bd09_suspected": ("疑似百度坐标 BD-09", "they look like BD-09"),
    "reason_area_short": (
        "截至 {on}，新增种植面积 {area_mu:.3f} 亩，比要求的 {required_mu:.2f} 亩少 {short_m2:.1f} 平方米，"
        "超出测量误差（±{error_m2:.1f} 平方米）。",
        "By {on} the new planting measured {area_mu:.3f} mu, {short_m2:.1f} m² under the required "
        "{required_mu:.2f} mu, which is more than the error of measurement (±{error_m2:.1f} m²).",
    ),
    "reason_no_trees": (
        "截至 {on}，没有上报任何树木登记（要求 {required_trees} 棵，期限 {deadline}，宽限 {grace_days} 天）。",
        "By {on} no trees had been registered at all ({required_trees} were due on {deadline}, with {grace_days} days "
        "of grace).",
    ),
    "reason_trees_short": (
        "截至 {on}，登记种植 {trees} 棵，比要求的 {required_trees} 棵少 {short} 棵。",
        "By {on} {trees} trees were registered, {short} fewer than the required {required_trees}.",
    ),
    "reason_growth_on_track": (
        "地块内冠层比基准期增加 {adjusted_pp:+.1f} 个百分点（区间 {low_pp:+.1f} 至 {high_pp:+.1f}），"
        "整个区间都不低于应有的 {required_pp:.1f}。",
        "Canopy on the plots changed by {adjusted_pp:+.1f} points since the baseline (interval {low_pp:+.1f} to "
        "{high_pp:+.1f}); all of it is at or above the {required_pp:.1f} that is due.",
    ),
    "reason_growth_lagging": (
        "地块内冠层比基准期变化 {adjusted_pp:+.1f} 个百分点（区间 {low_pp:+.1f} 至 {high_pp:+.1f}），"
        "整个区间都低于应有的 {required_pp:.1f}。",
        "Canopy on the plots changed by {adjusted_pp:+.1f} points since the baseline (interval {low_pp:+.1f} to "
        "{high_pp:+.1f}); all of it is below the {required_pp:.1f} that is due.",
    ),
    "reason_growth_inconclusive": (
        "地块内冠层变化 {adjusted_pp:+.1f} 个百分点，区间 {low_pp:+.1f} 至 {high_pp:+.1f} "
        "跨过应有的 {required_pp:.1f}，不能下结论。",
        "Canopy on the plots changed by {adjusted_pp:+.1f} points; the interval {low_pp:+.1f} to {high_pp:+.1f} "
        "holds the {required_pp:.1f} that is due, so nothing can be concluded.",
    ),
    "reason_stress_flips": (
        "地块内冠层变化 {adjusted_pp:+.1f} 个百分点（区间 {low_pp:+.1f} 至 {high_pp:+.1f}，应有 {required_pp:.1f}）；"
        "但影像配准或冠层判读稍有出入（{down_pp:+.1f} 至 {up_pp:+.1f}），结论就会改变，不能下结论。",
        "Canopy on the plots changed by {adjusted_pp:+.1f} points (interval {low_pp:+.1f} to {high_pp:+.1f}; "
        "{required_pp:.1f} are due); but were the image placed or read a little otherwise ({down_pp:+.1f} to "
        "{up_pp:+.1f}), the word would change, so nothing can be concluded.",
    ),
    "reason_second_flips": (
        "地块内冠层比基准期变化 {adjusted_pp:+.1f} 个百分点"
        "（区间 {low_pp:+.1f} 至 {high_pp:+.1f}，应有 {required_pp:.1f}）；"
        "但改用种植前的另一期影像（{second}）作基准，变化为 {second_pp:+.1f}，结论就会改变，不能下结论。",
        "Canopy on the plots changed by {adjusted_pp:+.1f} points since the baseline (interval {low_pp:+.1f} to "
        "{high_pp:+.1f}; {required_pp:.1f} are due); but since another image from before the planting ({second}) it "
        "changed by {second_pp:+.1f}, and the word would be another, so nothing can be concluded.",
    ),
    "reason_index_never_accuses": (
        "按植被指数，冠层变化 {adjusted_pp:+.1f} 个百分点，低于应有的 {required_pp:.1f}；"
        "但指数（颜色或近红外）分不清草和树，不能单独作为通报依据，请现场核实。",
        "By a vegetation index alone canopy changed by {adjusted_pp:+.1f} points, below the {required_pp:.1f} that is "
        "due; but an index (of colour or near infrared) cannot tell grass from trees and never accuses by itself: look "
        "on the ground.",
    ),
    "reason_too_early": (
        "为时尚早：到本月应有的冠层增加 {required_pp:.1f} 个百分点，小于可以证明的 {provable_pp:.1f}；"
        "从影像上也无法分辨施工迹象。",
        "Too early: the canopy due by now, {required_pp:.1f} points, is less than the {provable_pp:.1f} that could be "
        "proven; and the image cannot show the work itself.",
    ),
    "reason_work_seen_crowns": (
        "影像上可见种植：地块内小树冠按约 {plants_m:.1f} 米 × {rows_m:.1f} 米成行排列，"
        "反差 {score:.1f}，高于未种植地面可达的 {threshold:.1f}。"
        "冠层增长目前还不能证明（应有 {required_pp:.1f} 个百分点，需达 {provable_pp:.1f}）。",
        "Planting shows: small crowns stand in rows about {plants_m:.1f} m × {rows_m:.1f} m apart, with a contrast of "
        "{score:.1f} where unplanted ground reaches {threshold:.1f}. Growth cannot be proven yet ({required_pp:.1f} "
        "points are due, {provable_pp:.1f} could be proven).",
    ),
    "reason_work_seen_marks": (
        "影像上可见种植：登记的 {marks} 棵树所在位置比株间地面更绿，反差 {score:.1f}；"
        "把同样的点位放到未种植地面上，最多 {threshold:.1f}。"
        "冠层增长目前还不能证明（应有 {required_pp:.1f} 个百分点，需达 {provable_pp:.1f}）。",
        "Planting shows: where the register says that {marks} trees stand, it is greener than between them, with a "
        "contrast of {score:.1f}; the same places laid over unplanted ground reach {threshold:.1f}. Growth cannot be "
        "proven yet ({required_pp:.1f} points are due, {provable_pp:.1f} could be proven).",
    ),
    "reason_work_seen_pits": (
        "影像上可见成行的树穴或新土，反差高于未种植地面。"
        "冠层增长目前还不能证明（应有 {required_pp:.1f} 个百分点，需达 {provable_pp:.1f}）。",
        "Rows of pits or fresh soil show, clearer than on unplanted ground. Growth cannot be proven yet "
        "({required_pp:.1f} points are due, {provable_pp:.1f} could be proven).",
    ),
    "reason_work_not_seen": (
        "影像上看不到种植：地块内没有成行的小树冠（反差 {score:.1f}；按最低标准种植，本影像应显示 {least:.1f} 以上，"
        "未种植地面最多 {threshold:.1f}；对照 {controls} 处，最小可见冠幅 {smallest_m:.1f} 米），也看不到树穴。",
        "No planting shows: no rows of small crowns on the plots (contrast {score:.1f}; planted to the legal minimum "
        "this image would show at least {least:.1f}, and unplanted ground reaches {threshold:.1f}; {controls} pieces "
        "of ground compared, smallest crown that shows {smallest_m:.1f} m), and no pits.",
    ),
    "reason_work_cannot_tell": (
        "影像上能否看到种植不能确定（反差 {score:.1f}，未种植地面最多 {threshold:.1f}，"
        "按最低标准种植至少 {least:.1f}；最小可见冠幅 {smallest_m:.1f} 米）；"
        "冠层增长也还不能证明（应有 {required_pp:.1f} 个百分点，需达 {provable_pp:.1f}）。",
        "Whether planting shows is not certain (contrast {score:.1f}; unplanted ground reaches {threshold:.1f}, the "
        "legal minimum at least {least:.1f}; smallest crown that shows {smallest_m:.1f} m), and growth cannot be "
        "proven yet ({required_pp:.1f} points are due, {provable_pp:.1f} could be proven).",
    ),
    "reason_work_blind": (
        "本月影像分辨不出这样小的树苗，也没有足够的对照地面；冠层增长也还不能证明"
        "（应有 {required_pp:.1f} 个百分点，需达 {provable_pp:.1f}）。",
        "This image cannot show saplings this small, or there is too little unplanted ground to compare with; and "
        "growth cannot be proven yet ({required_pp:.1f} points are due, {provable_pp:.1f} could be proven).",
    ),
    "reason_observed_low": (
        "地块只有 {observed:.0%} 被拍到（需要 {limit:.0%}），不能判断。",
        "Only {observed:.0%} of the plots was seen (wanted: {limit:.0%}), so nothing can be judged.",
    ),
    "reason_residual_high": (
        "影像与基准期的配准残差 {residual_m:.2f} 米，超过 {limit_m:.2f} 米，不能判断。",
        "The image still lies {residual_m:.2f} m off the baseline (limit: {limit_m:.2f} m), so nothing can be judged.",
    ),
    "reason_unregistered": (
        "影像无法与基准期配准（{why}），不能判断。",
        "The image could not be registered to the baseline ({why}), so nothing can be judged.",
    ),
    "reason_few_controls": (
        "可供对照的地块太少（有效对照村 {controls:.1f} 个，需要 {limit}），不能判断。",
        "There is too little ground to compare with ({controls:.1f} effective control villages; wanted: {limit}), "
        "so nothing can be judged.",
    ),
    "reason_no_image": (
        "本月没有可用影像，且没有到期未交的资料；缺影像本身不判为滞后。",
        "There is no usable image this month and nothing else is due; a missing image is never held against a village.",
    ),
    "reason_no_image_due": (
        "本月没有可用影像，冠层不能判断；面积与登记资料符合要求。",
        "There is no usable image this month, so canopy cannot be judged; area and registers are in order.",
    ),
    "reason_image_recycled": (
        "本月提交的影像是旧影像，或日期与月份不符，不能据此判断；请补交当月影像。",
        "The image handed in for this month is an earlier one, or bears another month's date, so nothing is judged by "
        "it: hand in this month's.",
    ),
    "reason_no_baseline": (
        "没有种植前的基准期影像，冠层不能判断。",
        "There is no image from before the planting, so canopy cannot be judged.",
    ),
    "reason_area_borderline": (
        "新增种植面积 {area_mu:.3f} 亩，与要求之差在测量误差（±{error_m2:.1f} 平方米）之内，请用 RTK 复测。",
        "The new planting measures {area_mu:.3f} mu; the difference from what is required lies within the error of "
        "measurement (±{error_m2:.1f} m²): survey it again with RTK.",
    ),
    "reason_baseline_month": (
        "本月是基准期，只留存种植前的状况，不作判断。",
        "This month is the baseline: it records the ground before the planting and judges nothing.",
    ),
    "reason_register_met": (
        "登记种植 {trees} 棵，达到要求的 {required_trees} 棵。",
        "{trees} trees are registered; {required_trees} are required.",
    ),
    "reason_plots_unmeasured": (
        "没有可以量测冠层的地块。",
        "There are no plots on which canopy could be measured.",
    ),
    "register_pending": (
        "（期限 {deadline} 加宽限 {grace_days} 天未到）",
        " (due on {deadline}, with {grace_days} days of grace)",
    ),
    # why a registration was not applied
    "unregistered_flat": ("画面纹理太少", "too little texture"),
    "unregistered_shift": ("位移超过上限", "the shift is beyond the limit"),
    "unregistered_worse": ("配准后并不更相似", "shifting does not make them more alike"),
    # consequence
    "consequence_proposed": (
        "连续 {streak} 个有效月份进度滞后，建议：{consequence}。",
        "Lagging in {streak} consecutive effective months; proposed consequence: {consequence}.",
    ),
}
