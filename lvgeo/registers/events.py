"""What happened on a day: meetings, training, pits dug, planting done, felling; the office's diary of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lvgeo.registers.cells import count, day, word
from lvgeo.registers.kinds import Field, RegisterKind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["EVENTS", "EVENT_WORDS", "Event"]

# Keys as in [milestones], besides those of activities, dispatch meetings, flights and felling.
EVENT_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "training": ("培训", "培训会", "专场培训会", "专场培训"),
    "plan_filed": ("计划备案", "绿化计划备案", "绿化美化计划备案"),
    "claims_arranged": ("认领安排", "植树安排表", "认领安排备案"),
    "mobilisation": ("动员", "动员会", "动员部署会", "动员部署"),
    "outreach": ("企业动员", "动员宣传", "深入企业宣传", "企业宣传"),
    "forum": ("座谈会", "乡贤座谈会", "居民议事会", "议事会"),
    "survey_of_sites": ("摸排", "前期摸排", "选址摸排"),
    "technical_group": ("技术顾问小组", "组建技术顾问小组", "技术小组"),
    "guidance": ("专门指导", "示范村指导", "技术团队指导", "驻村指导"),
    "pits": ("挖穴", "挖好树穴", "挖穴完成", "树穴"),
    "planted": ("种植", "种植完成", "完成种植"),
    "greening": ("绿化完成", "植树计划完成", "完成绿化美化植树计划"),
    "seedlings_secured": ("苗木落实", "苗木保障", "苗木需求清单"),
    "seedlings_supplied": ("苗木到位", "苗木供应", "苗木调拨"),
    "activity": ("义务植树", "义务植树活动", "植树活动"),
    "dispatch": ("调度会", "推进会", "工作调度会"),
    "selection": ("评选先进", "评选"),
    "commendation": ("七一表彰", "表彰"),
    "summary": ("总结表彰大会", "总结会", "总结表彰"),
    "felling": ("砍伐", "采伐", "迁移树木", "乱砍滥伐"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Parameters
    ----------
    village_code
        Where; empty for the whole sub-district.
    event
        What, a key of `EVENT_WORDS`.
    held_on
        When, or when it ended.
    held_from
        When it began, of what lasts; None where it was one day.
    people
        How many took part; None where not written.
    trees
        How many trees it was about; None where not written.
    """

    village_code: str
    event: str
    held_on: date
    held_from: date | None = None
    people: int | None = None
    trees: int | None = None

    @property
    def days(self) -> int:
        """How many days it lasted, the first and the last counted."""
        return 1 if self.held_from is None else max(1, (self.held_on - self.held_from).days + 1)


EVENTS: Final = RegisterKind(
    "events",
    ("events", "事项", "会议", "工作台账"),
    (
        Field("event", ("事项", "工作内容", "会议名称", "内容", "类型"), word(EVENT_WORDS, "row_event_unknown"),
              required=True),
        Field("held_on", ("完成日期", "日期", "时间", "召开日期", "结束日期"), day, required=True, when="done"),
        Field("held_from", ("开始日期", "起始日期"), day, None, when="done"),
        Field("people", ("参加人数", "人数", "到会人数"), count, None),
        Field("trees", ("棵数", "株数", "涉及棵数"), count, None),
    ),
    Event,
    key="event",
    street=True,
)  # fmt: skip
"""工作事项台账, 附件."""
