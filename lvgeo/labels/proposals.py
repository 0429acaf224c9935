"""Words of what is proposed from the registers: ranks for selections, and seedlings to be moved."""

from __future__ import annotations

from typing import Final

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "unranked_inconclusive": ("无法判断，不排名", "cannot be judged, not ranked"),
    "unranked_not_assessed": ("本月未评定，不排名", "not assessed, not ranked"),
    "unranked_not_reported": ("计分的一项未报，不排名", "a part that counts was not reported, not ranked"),
    "unranked_nothing_required": ("没有任务，不排名", "nothing is asked, not ranked"),
    "meaning_rank": (
        "按完成率，并列取同一名次；空白为不排名",
        "by completion; those that tie share it, empty: not ranked",
    ),
    "meaning_rank_low": ("考虑误差后可能的最好名次（90%）", "best rank that the errors allow (90 %)"),
    "meaning_rank_high": ("考虑误差后可能的最差名次（90%）", "worst rank that the errors allow (90 %)"),
    "meaning_completion": (
        "各项与要求之比（至多计 1）的加权平均，权重见设置",
        "weighted mean of the parts, each at most 1; the weights stand in the settings",
    ),
    "meaning_proposal": (
        "先用本村的，再就近调拨；来不及的不调",
        "its own first, then the nearest; what comes too late is not moved",
    ),
    "sheet_ranking": ("评选排名", "Ranking"),
    "sheet_seedlings": ("苗木调拨建议", "Seedlings"),
    "proposal_own": ("本村自有", "its own"),
    "proposal_transfer": ("建议调拨", "to be moved"),
    "proposal_raise": ("不足，报上级统筹", "short, to be raised above"),
}
