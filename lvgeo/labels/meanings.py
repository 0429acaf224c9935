"""What the figures of tables and dossiers mean, by column."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "meaning_kind": ("村按面积、社区按棵数核查", "a village is held to an area, a community to trees"),
    "meaning_plots": ("计入的合格地块个数", "accepted plots"),
    "meaning_declared_mu": ("上报材料写明的面积，只作对照", "area as handed in; only compared"),
    "meaning_area_m2": ("合格地块并集的椭球面面积，重叠不重复计", "ellipsoidal area of the union of accepted plots"),
    "meaning_area_mu": ("同上，1 亩 = 2000/3 平方米", "the same; 1 mu is 2000/3 m²"),
    "meaning_plane_area_m2": (
        "campaign.toml 所写投影下的平面面积，只作参考",
        "in the campaign's projection",
    ),
    "meaning_uncertainty_m2": ("由界址点误差传递的面积中误差（1σ）", "1 σ, from the error of the boundary points"),
    "meaning_required_mu": ("方案规定的最低面积", "least area by the plan"),
    "meaning_difference_m2": (
        "面积减去标准；小于 2 倍中误差时为临界，需复测",
        "area less what is required; within 2 σ it is borderline, to be surveyed again",
    ),
    "meaning_trees": ("登记表或地块中的棵数", "trees in the register, else on the plots"),
    "meaning_required_trees": ("方案规定的最少棵数", "fewest trees by the plan"),
    "meaning_status": (
        "面积（棵数）与标准相比，按未取整的数值判断",
        "what there is, unrounded, against what is required",
    ),
    "meaning_issues": ("地块的质检问题及个数，见“地块问题”", "issues of the plots, with their counts"),
    "meaning_baseline": ("种植前的影像月份", "month of the image from before planting"),
    "meaning_observed_share": ("地块两期都被拍到的比例", "part of the plots seen at both dates"),
    "meaning_canopy_before_m2": ("基准期地块内的冠层", "canopy on the plots at the baseline"),
    "meaning_canopy_after_m2": ("本月地块内的冠层", "canopy on the plots this month"),
    "meaning_gain_m2": ("基准期不是、本月是冠层的面积", "canopy now that was none at the baseline"),
    "meaning_loss_m2": ("基准期是、本月不是冠层的面积", "canopy at the baseline that is none now"),
    "meaning_net_change_m2": ("增加减去减少", "gain less loss"),
    "meaning_net_change_pp": (
        "本月减基准期，占可见地块的百分点",
        "this month less the baseline, of the plots seen",
    ),
    "meaning_control_change_pp": ("未种植地面同期的变化，须扣除", "what unplanted ground did meanwhile; taken off"),
    "meaning_adjusted_change_pp": ("净变化减对照变化", "net change less that of the controls"),
    "meaning_interval_low_pp": ("校正后变化的区间下限（默认 95%）", "lower end of the interval (95 % by default)"),
    "meaning_interval_high_pp": ("校正后变化的区间上限（默认 95%）", "upper end of the interval (95 % by default)"),
    "meaning_controls": ("对照村的有效个数", "effective number of control villages"),
    "meaning_change": ("区间不含零且变化足够大才称为增或减", "gain or loss only where the interval clears zero"),
    "meaning_expected_pp": ("按最低标准种植的林地此时的中位增加", "median gain of a stand at the legal minimum"),
    "meaning_required_pp": (
        "同一分布的低分位数（默认 10%），不苛求",
        "a low quantile of the same (10 % by default), so that nobody is pressed",
    ),
    "meaning_work": ("影像上有没有挖穴和种植的迹象", "whether pits or planting show in the image"),
    "meaning_growth": ("区间与应有增加相比", "the interval against what is due"),
    "meaning_residual_m": ("两期影像配准后还差多远", "how far the images lie apart once registered"),
    "meaning_model": ("辨认冠层的模型；颜色指数从不单独作为通报依据", "what told canopy; an index alone never accuses"),
    "meaning_verdict": ("本月的判定；“无法判断”不是滞后", "the month's word; “cannot be judged” is not lagging"),
    "meaning_basis": ("判定所依据的：台账资料、施工迹象或冠层", "what the word rests on: registers, work or canopy"),
    "meaning_notices": ("连续被通报的月数，未必有效", "months noticed in a row, effective or not"),
    "meaning_streak": (
        "连续有效的滞后月数，达到方案规定的月数时建议后果",
        "effective lagging months in a row; from the plan's number on a consequence is proposed",
    ),
    "meaning_village_canopy_before_share": (
        "全村范围基准期的冠层比例，只作背景",
        "of the whole village, before",
    ),
    "meaning_village_canopy_after_share": ("全村范围本月的冠层比例，只作背景", "of the whole village, now"),
}
