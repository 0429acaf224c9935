"""Why a village got its word this month, in sentences that a villager can read."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "reason_no_plots": (
        "截至 {on}，本村没有上报可用的种植地块。按要求应在 {deadline} 前种植 {required_mu:.2f} 亩，宽限 {grace_days} "
        "天也已过。"
        "请尽快上报地块边界；已报而没有采用的，请按质检问题清单改正。",
        "By {on} the village had handed in no plot that can be used. {required_mu:.2f} mu were due on {deadline}, and "
        "the "
        "{grace_days} days of grace are over too. Hand in the plots' borders; of those that were handed in and not "
        "used, "
        "the list of plot issues says what to mend.",
    ),
    "reason_plots_in_doubt": (
        "截至 {on}，上报的地块坐标有疑（{doubt}），面积无法认定。请交 CGCS2000 坐标的原始数据；在此之前不判为滞后。",
        "By {on} the plots handed in are in doubtful coordinates ({doubt}), so their area cannot be counted. Hand in "
        "the original data in CGCS2000; until then this is not held against the village.",
    ),
    "reason_register_unread": (
        "截至 {on}，没有见到应报的地块或树木；但台账文件缺失，或有文件没能读取，所以不下结论。"
        "请先补齐或改正运行结果列出的文件。",
        "By {on} what was due is not in the registers, but a register file is missing or could not be read, so nothing "
        "is concluded. Mend the files that the run lists first.",
    ),
    "reason_prior_canopy_in_doubt": (
        "截至 {on}，新增种植面积 {area_mu:.3f} 亩，不足要求的 {required_mu:.2f} 亩；"
        "其中已扣除看来种植前就有树的 {former_m2:.0f} 平方米。"
        "但植被指数分不清草和树，不能单独作为通报依据。请到现场核实地块原来有没有树。",
        "By {on} the new planting measured {area_mu:.3f} mu of the required {required_mu:.2f}, once {former_m2:.0f} m² "
        "that seem to have borne trees before were taken off. But a vegetation index cannot tell grass from trees and "
        "never accuses by itself: look on the ground whether trees stood there.",
    ),
    "reason_area_short": (
        "截至 {on}，新增种植面积 {area_mu:.3f} 亩，比要求的 {required_mu:.2f} 亩少 {short_m2:.1f} 平方米，"
        "超出测量误差（±{error_m2:.1f} 平方米）。请补种并上报，或复测地块边界。",
        "By {on} the new planting measured {area_mu:.3f} mu, {short_m2:.1f} m² under the required "
        "{required_mu:.2f} mu, which is more than the error of measurement (±{error_m2:.1f} m²). Plant what is missing "
        "and hand it in, or survey the plots again.",
    ),
    "reason_no_trees": (
        "截至 {on}，没有上报树木登记。按要求应在 {deadline} 前种植 {required_trees} 棵，宽限 {grace_days} 天也已过。"
        "请尽快上报登记表。",
        "By {on} no register of trees had been handed in. {required_trees} trees were due on {deadline}, and the "
        "{grace_days} days of grace are over too. Hand in the register.",
    ),
    "reason_trees_short": (
        "截至 {on}，登记种植 {trees} 棵，比要求的 {required_trees} 棵少 {short} 棵。请补种，或补报已种而未登记的树。",
        "By {on} {trees} trees were registered, {short} fewer than the required {required_trees}. Plant the rest, or "
        "register what was planted and not written down.",
    ),
    "reason_growth_on_track": (
        "扣除未种植地面同期的变化后，地块树冠面积占比变化 {adjusted_pp:+.1f} 个百分点"
        "（误差范围 {low_pp:+.1f} 至 {high_pp:+.1f}），最低也不少于到本月应增加的 {required_pp:.1f}。",
        "Beyond what unplanted ground did in the same time, the share of the plots under tree crowns changed by "
        "{adjusted_pp:+.1f} points (margin of error {low_pp:+.1f} to {high_pp:+.1f}); even the lowest of these is not "
        "below the {required_pp:.1f} due by this month.",
    ),
    "reason_growth_lagging": (
        "扣除未种植地面同期的变化后，地块树冠面积占比变化 {adjusted_pp:+.1f} 个百分点"
        "（误差范围 {low_pp:+.1f} 至 {high_pp:+.1f}），最高也不到本月应增加的 {required_pp:.1f}。"
        "请到现场查看成活情况；有异议的，请在答复期内附照片说明。",
        "Beyond what unplanted ground did in the same time, the share of the plots under tree crowns changed by "
        "{adjusted_pp:+.1f} points (margin of error {low_pp:+.1f} to {high_pp:+.1f}); even the highest of these is "
        "below the {required_pp:.1f} due by this month. Look on the ground how many trees live; whoever disagrees "
        "replies with photos before the reply window ends.",
    ),
    "reason_growth_inconclusive": (
        "扣除未种植地面同期的变化后，地块树冠面积占比变化 {adjusted_pp:+.1f} 个百分点。"
        "误差范围 {low_pp:+.1f} 至 {high_pp:+.1f} 包含到本月应增加的 {required_pp:.1f}，够不够还看不出来，"
        "下次影像再看。",
        "Beyond what unplanted ground did in the same time, the share of the plots under tree crowns changed by "
        "{adjusted_pp:+.1f} points. The margin of error, {low_pp:+.1f} to {high_pp:+.1f}, holds the {required_pp:.1f} "
        "due by this month, so whether it is enough does not show yet: the next image may tell.",
    ),
    "reason_stress_flips": (
        "地块树冠面积占比变化 {adjusted_pp:+.1f} 个百分点"
        "（误差范围 {low_pp:+.1f} 至 {high_pp:+.1f}，到本月应增加 {required_pp:.1f}）。"
        "但影像位置或树冠判读稍有出入，变化就会差 {down_pp:+.1f} 至 {up_pp:+.1f}，结论也随之改变，所以不下结论。"
        "请到现场查看。",
        "The share of the plots under tree crowns changed by {adjusted_pp:+.1f} points (margin of error {low_pp:+.1f} "
        "to "
        "{high_pp:+.1f}; {required_pp:.1f} are due by this month). But were the image placed or its crowns read a "
        "little "
        "otherwise, this would differ by {down_pp:+.1f} to {up_pp:+.1f} and the word would change, so nothing is "
        "concluded. Look on the ground.",
    ),
    "reason_second_flips": (
        "与基准影像相比，地块树冠面积占比变化 {adjusted_pp:+.1f} 个百分点"
        "（误差范围 {low_pp:+.1f} 至 {high_pp:+.1f}，到本月应增加 {required_pp:.1f}）。"
        "但与种植前的另一期影像（{second}）相比是 {second_pp:+.1f}，结论随之改变，所以不下结论。请到现场查看。",
        "Since the baseline image the share of the plots under tree crowns changed by {adjusted_pp:+.1f} points "
        "(margin "
        "of error {low_pp:+.1f} to {high_pp:+.1f}; {required_pp:.1f} are due by this month). But since another image "
        "from before the planting ({second}) it changed by {second_pp:+.1f}, and the word would be another, so nothing "
        "is concluded. Look on the ground.",
    ),
    "reason_index_never_accuses": (
        "按影像上的绿色推算，地块树冠面积占比变化 {adjusted_pp:+.1f} 个百分点，低于到本月应增加的 {required_pp:.1f}。"
        "但只凭本月影像的颜色分不清草和树，或看不清这样小的树冠，不能单独作为通报依据。请到现场查看。",
        "Going by what is green in the image, the share of the plots under tree crowns changed by {adjusted_pp:+.1f} "
        "points, below the {required_pp:.1f} due by this month. But this month's image cannot tell grass from trees by "
        "its colour, or is not known to show crowns this small, and never accuses by itself. Look on the ground.",
    ),
    "reason_too_early": (
        "还太早：到本月树冠面积占比应增加 {required_pp:.1f} 个百分点，而影像要相差 {provable_pp:.1f} 才看得出来；"
        "影像上也没有可供判断的种植迹象。现在不判断，等树长大些再看。",
        "Too early: the share under tree crowns is due to have grown by {required_pp:.1f} points, and the image tells "
        "only what differs by {provable_pp:.1f}; nor does it answer whether the ground was planted. Nothing is judged "
        "until the trees are larger.",
    ),
    "reason_work_seen_crowns": (
        "影像上看得出已种植：地块内小树冠成行，株距约 {plants_m:.1f} 米、行距约 {rows_m:.1f} 米；"
        "成行的明显程度为 {score:.1f}，未种植地面最多到 {threshold:.1f}。"
        "长势还太早，看不出来（应增加 {required_pp:.1f} 个百分点，相差 {provable_pp:.1f} 才看得出来）。",
        "The image shows planting: small crowns stand in rows on the plots, about {plants_m:.1f} m apart in rows "
        "{rows_m:.1f} m apart; how clearly is {score:.1f}, where unplanted ground reaches {threshold:.1f} at most. It "
        "is "
        "too early for growth ({required_pp:.1f} points are due, {provable_pp:.1f} would show).",
    ),
    "reason_work_seen_marks": (
        "影像上看得出已种植：登记的 {marks} 棵树所在的位置比株间地面更绿，明显程度为 {score:.1f}；"
        "同样的点位放到未种植地面上，最多到 {threshold:.1f}。"
        "长势还太早，看不出来（应增加 {required_pp:.1f} 个百分点，相差 {provable_pp:.1f} 才看得出来）。",
        "The image shows planting: where the register says that {marks} trees stand, it is greener than between them; "
        "how clearly is {score:.1f}, where the same places laid over unplanted ground reach {threshold:.1f} at most. "
        "It "
        "is too early for growth ({required_pp:.1f} points are due, {provable_pp:.1f} would show).",
    ),
    "reason_work_seen_pits": (
        "影像上看得出已动工：地块内有成行的树穴或新土，明显程度为 {score:.1f}，未种植地面最多到 {threshold:.1f}。"
        "长势还太早，看不出来（应增加 {required_pp:.1f} 个百分点，相差 {provable_pp:.1f} 才看得出来）。",
        "The image shows that work has begun: rows of pits or fresh soil on the plots; how clearly is {score:.1f}, "
        "where "
        "unplanted ground reaches {threshold:.1f} at most. It is too early for growth ({required_pp:.1f} points are "
        "due, "
        "{provable_pp:.1f} would show).",
    ),
    "reason_work_not_seen": (
        "影像上看不到种植：地块内没有成行的小树冠，也没有树穴。成行的明显程度只有 {score:.1f}；"
        "若按最低标准种了树，本影像上应在 {least:.1f} 以上（未种植地面最多到 {threshold:.1f}，共比对 {controls} 处；"
        "树冠满 {smallest_m:.1f} 米就看得见）。已经种植的，请在答复期内附现场照片说明。",
        "The image shows no planting: neither rows of small crowns nor pits on the plots. How clearly rows stand out "
        "is "
        "only {score:.1f}; had the legal minimum been planted, this image would show {least:.1f} or more (unplanted "
        "ground reaches {threshold:.1f} at most, in {controls} places compared; crowns of {smallest_m:.1f} m and more "
        "show). Whoever has planted replies with photos of the place before the reply window ends.",
    ),
    "reason_work_cannot_tell": (
        "影像上看不准有没有种植：成行的明显程度为 {score:.1f}，未种植地面最多到 {threshold:.1f}，"
        "按最低标准种植也只保证有 {least:.1f}（树冠满 {smallest_m:.1f} 米才看得见）。"
        "长势也还太早（应增加 {required_pp:.1f} 个百分点，相差 {provable_pp:.1f} 才看得出来）。请到现场查看，"
        "或等更清晰的影像。",
        "The image does not tell whether the ground was planted: how clearly rows stand out is {score:.1f}, unplanted "
        "ground reaches {threshold:.1f} at most, and the legal minimum is sure of {least:.1f} only (crowns of "
        "{smallest_m:.1f} m and more show). It is too early for growth too ({required_pp:.1f} points are due, "
        "{provable_pp:.1f} would show). Look on the ground, or wait for a sharper image.",
    ),
    "reason_work_blind": (
        "影像上看不准有没有种植：本月影像看不清这样小的树苗，或者可供比对的未种植地面太少。"
        "长势也还太早（应增加 {required_pp:.1f} 个百分点，相差 {provable_pp:.1f} 才看得出来）。请到现场查看，"
        "或等更清晰的影像。",
        "The image does not tell whether the ground was planted: it cannot show saplings this small, or there is too "
        "little unplanted ground to compare with. It is too early for growth too ({required_pp:.1f} points are due, "
        "{provable_pp:.1f} would show). Look on the ground, or wait for a sharper image.",
    ),
    "reason_observed_none": (
        "地块没有一处在本月和种植前的影像上都看得见，本月不判断。请核对两期影像是否空白、拍的是否同一处；地块被云挡住或在画面之外的，请补拍。",
        "No part of the plots shows in both this month's image and the one from before the planting, so this month is "
        "not judged. Check whether either is blank, or they show different ground; what lies under cloud or beyond the "
        "image's edge, fly again.",
    ),
    "reason_observed_low": (
        "地块只拍到 {observed:.0%}（至少要 {limit:.0%}），本月不判断。请补拍被云、阴影或画面边缘挡住的部分。",
        "Only {observed:.0%} of the plots was photographed (at least {limit:.0%} is wanted), so this month is not "
        "judged. Fly again over what lies under cloud, in shadow or beyond the image's edge.",
    ),
    "reason_shaded": (
        "地块只有 {observed:.0%} 能比较（至少要 {limit:.0%}），本月不判断："
        "地块有 {shaded:.0%} 的面积在两期之一的影像上落在云影里，云影里分不清冠层。"
        "本月影像有云影的，请在光照均匀（全晴或全阴）时重飞；种植前的影像有云影的，请换一期作基准。",
        "Only {observed:.0%} of the plots can be compared (at least {limit:.0%} is wanted), so this month is not "
        "judged: on {shaded:.0%} of them a cloud's shadow lies in one of the two images, and canopy cannot be told "
        "in it. If it is this month's, fly again in even light (clear, or overcast all over); if it is the one "
        "from before the planting, choose another as the baseline.",
    ),
    "reason_residual_high": (
        "本月影像与种植前的影像对不齐，还差 {residual_m:.2f} 米（最多允许 {limit_m:.2f} 米），本月不判断。"
        "请重新校正影像后再交。",
        "This month's image does not lie on the one from before the planting: it is {residual_m:.2f} m off (at most "
        "{limit_m:.2f} m is allowed), so this month is not judged. Have the image corrected and hand it in again.",
    ),
    "reason_unregistered": (
        "本月影像无法与种植前的影像对齐（{why}），本月不判断。请检查影像的位置和坐标系后再交。",
        "This month's image could not be laid on the one from before the planting ({why}), so this month is not "
        "judged. Check the image's place and reference system and hand it in again.",
    ),
    "reason_repeats": (
        "本月影像错开一行树木，与种植前的影像几乎同样吻合，无法确定位置，本月不判断。"
        "请提供范围更大、拍到道路或房屋的影像，或定位更准（RTK、像控点）的影像。",
        "Moved by a row of trees this month's image fits the one from before the planting nearly as well: where it "
        "lies cannot be told, so this month is not judged. Hand in an image that shows more around it (roads, houses), "
        "or one placed more exactly (RTK, control points).",
    ),
    "reason_few_controls": (
        "可供比对的未种植地面太少：只相当于 {controls:.1f} 个村，至少要 {limit} 个，本月不判断。请补交其他村的影像。",
        "There is too little unplanted ground to compare with: as much as {controls:.1f} villages have, and {limit} "
        "are wanted, so this month is not judged. Hand in the images of other villages.",
    ),
    "reason_no_image": (
        "本月没有可用影像，也没有到期未交的资料，不作评估。缺影像本身不判为滞后。",
        "There is no usable image this month and nothing else is due, so nothing is assessed. A missing image is never "
        "held against a village.",
    ),
    "reason_no_image_due": (
        "本月没有可用影像，树冠长势无法判断；面积与登记资料没有查出不足。请补交本月影像。",
        "There is no usable image this month, so growth cannot be judged; area and registers were not found short. "
        "Hand "
        "in this month's image.",
    ),
    "reason_image_recycled": (
        "本月提交的影像是以前的影像，或拍摄日期与月份不符，不能据此判断。请补交本月拍摄的影像。",
        "The image handed in for this month is an earlier one, or bears another month's date, so nothing is judged by "
        "it. Hand in one flown this month.",
    ),
    "reason_no_baseline": (
        "没有种植前的影像可比，树冠长势无法判断。请补交种植前拍摄的影像；没有的，请到现场查看。",
        "There is no image from before the planting to compare with, so growth cannot be judged. Hand one in; where "
        "none "
        "was flown, look on the ground.",
    ),
    "reason_area_borderline": (
        "新增种植面积 {area_mu:.3f} 亩，与要求的 {required_mu:.2f} 亩相差不超过测量误差（±{error_m2:.1f} 平方米），"
        "够不够分不出来。请用 RTK 复测。",
        "The new planting measures {area_mu:.3f} mu; it differs from the required {required_mu:.2f} mu by no more than "
        "the error of measurement (±{error_m2:.1f} m²), so whether it is enough cannot be told. Survey it again with "
        "RTK.",
    ),
    "reason_baseline_month": (
        "本月影像是种植前的对比依据，只留存原状，不作判断。",
        "This month's image shows the ground before the planting: it is kept to compare with, and judges nothing.",
    ),
    "reason_register_met": (
        "登记种植 {trees} 棵，达到要求的 {required_trees} 棵。",
        "{trees} trees are registered, and {required_trees} are required.",
    ),
    "reason_plots_unmeasured": (
        "没有可以量测的地块，树冠长势无法判断。请上报地块边界；已报而没有采用的，请按质检问题清单改正。",
        "There is no plot that can be measured, so growth cannot be judged. Hand in the plots' borders; of those that "
        "were handed in and not used, the list of plot issues says what to mend.",
    ),
    "register_pending": (
        "（期限 {deadline} 加宽限 {grace_days} 天未到）",
        " (due on {deadline}, with {grace_days} days of grace)",
    ),
    # consequence
    "consequence_proposed": (
        "通报已生效的月份连续 {streak} 个进度滞后，按方案建议：{consequence}。是否采用由人决定。",
        "Lagging in {streak} effective months running; the plan proposes: {consequence}. A person decides.",
    ),
}
