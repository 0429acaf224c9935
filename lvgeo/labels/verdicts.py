"""The short words of verdicts, area checks and changes, as columns and pages show them."""

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
    # why coordinates are in doubt, and why a registration was not applied: parts of a reason
    "doubt_gcj02_suspected": ("疑似火星坐标 GCJ-02", "they look like GCJ-02"),
    "doubt_gcj02_source": ("为火星坐标 GCJ-02", "they are in GCJ-02"),
    "doubt_bd09_source": ("为百度坐标 BD-09", "they are in BD-09"),
    "doubt_crs_inferred": ("没有可靠的坐标系，位置是推断的", "they have no sure reference system"),
    "doubt_axes_swapped": ("坐标轴写反", "their axes are swapped"),
    "doubt_metres_as_degrees": ("声明为经纬度，数值却是米", "they declare degrees and hold metres"),
    "doubt_bd09_suspected": ("疑似百度坐标 BD-09", "they look like BD-09"),
    "unregistered_flat": ("画面太平，找不到可对齐的细节", "the image has too little detail to go by"),
    "unregistered_shift": ("偏移超过允许的上限", "it is farther off than the limit"),
    "unregistered_flights": (
        "本月由几幅影像拼成，其中有的无法与其余对齐",
        "it is put together from several files, and one of them cannot be laid beside the others",
    ),
    "unregistered_worse": ("移动后并没有更吻合", "moving it makes them no more alike"),
}
