"""The plan's numbers and dates, each with its clause: quotas, milestones, species, what each village shows, funds.

A description that begins with a clause and a colon ("附件8: …") says where in the plan the value stands; without one
the plan gives no figure and the office sets its own.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import Field, model_validator

from lvgeo.campaign.table import Share, Table

__all__ = [
    "FundsTable",
    "MilestonesTable",
    "SpeciesTable",
    "SurvivalTable",
    "TreesPerRoleTable",
    "VillagesTable",
]

GREENING: Final = ("香樟", "秋枫", "小叶榄仁", "铁冬青", "大叶紫薇", "洋紫荆", "木棉", "桂花", "簕杜鹃")
ECONOMIC: Final = ("竹子", "荔枝", "龙眼", "桃子", "李子", "杨梅", "柿子", "石榴", "橄榄")
EXOTIC: Final = (
    "桉树", "尾叶桉", "巨尾桉", "马占相思", "大叶相思", "湿地松", "南洋杉", "银海枣", "加拿利海枣",
    "大王椰子", "火焰木", "蓝花楹", "黄花风铃木", "美丽异木棉", "凤凰木", "银合欢",
)  # fmt: skip
COLOURFUL: Final = (
    "大叶紫薇", "洋紫荆", "木棉", "簕杜鹃", "黄花风铃木", "美丽异木棉", "蓝花楹", "火焰木", "凤凰木", "紫玉兰",
    "樱花", "鸡冠刺桐", "红花荷",
)  # fmt: skip
TOWN_PLACES: Final = (
    "公园", "广场", "出入口道路", "街道", "机关单位", "单位", "学校", "居民小区", "江河两岸", "河岸", "高架桥",
    "闲置地", "口袋公园", "绿美示范点", "主题林",
)  # fmt: skip
VILLAGE_PLACES: Final = (
    "庭院", "房前屋后", "村道", "道路", "文化广场", "祠堂周边", "水边", "四旁", "五边", "口袋公园",
    "绿美示范点", "党建林", "主题林", "闲置地", "河岸", "学校", "广场",
)  # fmt: skip
# Names of one and the same, as offices and nurseries write them.
ALIASES: Final = {
    "樟树": "香樟", "樟": "香樟", "三角梅": "簕杜鹃", "勒杜鹃": "簕杜鹃", "大花紫薇": "大叶紫薇",
    "红花羊蹄甲": "洋紫荆", "英雄树": "木棉", "万紫千红": "铁冬青", "熊胆木": "铁冬青",
    "细叶榄仁": "小叶榄仁", "四季桂": "桂花", "丹桂": "桂花", "桂花树": "桂花", "秋枫树": "秋枫", "竹": "竹子",
    "桃": "桃子", "桃树": "桃子", "李": "李子", "李树": "李子", "柿": "柿子", "柿树": "柿子", "荔枝树": "荔枝",
    "龙眼树": "龙眼", "杨梅树": "杨梅", "石榴树": "石榴", "橄榄树": "橄榄", "白榄": "橄榄", "乌榄": "橄榄",
}  # fmt: skip
FUND_ALIASES: Final = {
    "党费出一点": "党费", "留存党费": "党费", "财政出一点": "财政", "财政资金": "财政",
    "党员捐一点": "党员捐款", "党员": "党员捐款", "社会力量": "社会力量“6·30”",
    "社会力量6·30": "社会力量“6·30”", "社会力量“6·30”出一点": "社会力量“6·30”", "630": "社会力量“6·30”",
    "6·30": "社会力量“6·30”", "乡贤群众出一点": "乡贤群众", "乡贤": "乡贤群众", "群众": "乡贤群众",
}  # fmt: skip


class SurvivalTable(Table):
    """[survival]: shares of living stems."""

    qualified: Share = Field(0.85, description="成活率合格")
    replant: Share = Field(0.41, description="低于此值重造，其上补植")
    confidence: float = Field(0.95, gt=0.5, lt=1.0, description="抽查推断全村时区间的置信度；区间跨线的不判")

    @model_validator(mode="after")
    def _classes_in_order(self) -> SurvivalTable:
        if self.replant > self.qualified:
            message = f"replant {self.replant:g} lies above qualified {self.qualified:g}"
            raise ValueError(message)
        return self


class SpeciesGrowth(Table):
    """[species.growth]: species by growth group; others are medium."""

    fast: tuple[str, ...] = Field(("大叶紫薇", "木棉", "竹子"), description="速生")
    slow: tuple[str, ...] = Field(("桂花", "铁冬青"), description="慢生")


class SpeciesTable(Table):
    """[species]: the plan's lists, and what is put to review; none of it refuses a tree."""

    greening: tuple[str, ...] = Field(GREENING, description="二(三): 绿化型树种")
    economic: tuple[str, ...] = Field(ECONOMIC, description="二(三): 实用经济型树种")
    exotic: tuple[str, ...] = Field(EXOTIC, description="二(三): 审慎使用外来树种，列出请核查；名单由本街道定")
    colourful: tuple[str, ...] = Field(COLOURFUL, description="三(三): 防止盲目追求花色树种；花色树种名单由本街道定")
    max_colourful_share: Share = Field(0.5, description="三(三): 花色树种占比超过此值请核查；方案未定数，本街道自定")
    max_crown_at_planting_m: float = Field(
        2.5, gt=0, description="三(三): 防止“大树进城”；种植时冠幅大于此值（米）请核查；方案未定数"
    )
    aliases: dict[str, str] = Field(default_factory=lambda: dict(ALIASES), description="同一树种的其他叫法")
    growth: SpeciesGrowth = Field(default_factory=SpeciesGrowth)

    def named(self, name: str) -> str:
        """Return the name that the lists use.

        Examples
        --------
        >>> SpeciesTable().named("樟树"), SpeciesTable().named("榕树")
        ('香樟', '榕树')
        """
        return self.aliases.get(name, name)


class TreesPerRoleTable(Table):
    """[trees_per_role]: how many trees each plants."""

    leader: int = Field(5, ge=0, description="二(一): 党政主要领导")
    deputy: int = Field(3, ge=0, description="二(一): 街道其他领导班子成员")
    secretary: int = Field(3, ge=0, description="二(一): 村(社区)党组织书记")
    member: int = Field(1, ge=0, description="二(二)、附件5: 每位党员干部")
    household: int = Field(1, ge=0, description="二(二)、附件5: 群众每户")
    activities: int = Field(1, ge=0, description="二(一): 不满规定周岁的党员全年至少参加义务植树活动次数")
    under_age: int = Field(65, ge=0, description="二(一): 65周岁以下的党员须参加")


class MilestonesTable(Table):
    """[milestones]: the plan's dates, each the last day on which it is kept."""

    technical_group: date = Field(date(2024, 1, 15), description="二(七): 1月中旬初组建技术顾问小组，取15日")
    guidance: date = Field(date(2024, 1, 20), description="二(八): 1月中旬派技术团队到示范村专门指导")
    training: date = Field(date(2024, 1, 31), description="二(五)、附件1: 专场培训会，1月底前")
    mobilisation: date = Field(date(2024, 2, 29), description="二(六): 动员部署会，2月底前；附件2另写1月底前，见下")
    mobilisation_annex: date = Field(date(2024, 1, 31), description="附件2: 动员部署会，1月底前；与正文不一致")
    plan_filed: date = Field(date(2024, 1, 31), description="二(二)、附件4: 绿化美化计划备案，1月底前")
    seedlings_secured: date = Field(date(2024, 1, 31), description="二(四): 苗木保障，1月前完成，取1月底")
    demonstration_pits: date = Field(date(2024, 1, 31), description="二(八)、附件7: 示范村挖穴，1月底前")
    demonstration_planted: date = Field(date(2024, 2, 5), description="二(八)、附件7: 示范村种植，2月5日前")
    claims_arranged: date = Field(date(2024, 2, 8), description="附件5: 植树安排表（认领）备案，2月8日前")
    outreach: date = Field(date(2024, 2, 10), description="二(六)、附件2: 深入属地及挂钩企业动员，2月上旬")
    survey_of_sites: date = Field(date(2024, 2, 10), description="附件3: 前期摸排，2月上旬")
    forum: date = Field(date(2024, 2, 17), description="二(六)、附件2: 乡贤座谈会或居民议事会，2月上旬、春节期间")
    pits: date = Field(date(2024, 2, 24), description="二(二)、附件8: 挖好树穴，2月24日前")
    planted: date = Field(date(2024, 2, 29), description="附件8: 种植，2月底")
    seedlings_supplied: date = Field(date(2024, 3, 10), description="附件6: 苗木供应共享调拨，3月上旬")
    greening: date = Field(date(2024, 3, 12), description="二(二)、附件9: 各村居绿化美化植树计划，3月12日前")
    season_begins: date = Field(date(2024, 3, 1), description="二(六): 3-5月植树黄金期，开始")
    season_ends: date = Field(date(2024, 5, 31), description="二(六): 3-5月植树黄金期，结束；其后种植的请核查成活")
    selection: date = Field(date(2024, 6, 30), description="二(九)、附件10: 评选一批先进，6月底前")
    commendation: date = Field(date(2024, 7, 1), description="二(九)、附件10: “七一”期间表彰")
    summary: date = Field(date(2024, 12, 31), description="二(九)、附件11: 总结表彰大会，12月底；全年任务以此为期")

    @model_validator(mode="after")
    def _in_order(self) -> MilestonesTable:
        for first, then in (
            ("demonstration_pits", "demonstration_planted"), ("pits", "planted"), ("season_begins", "season_ends"),
        ):  # fmt: skip
            if getattr(self, first) > getattr(self, then):
                message = f"{first} {getattr(self, first)} comes after {then} {getattr(self, then)}"
                raise ValueError(message)
        return self


class RankingWeights(Table):
    """[villages.ranking_weights]: what each part counts in completion; 0 leaves it out."""

    ground: float = Field(1.0, ge=0, description="二(九): 评选权重：村的面积、社区的棵数与要求之比")
    survival: float = Field(0.0, ge=0, description="二(九): 评选权重：成活率与合格线之比；未报的不排名")
    milestones: float = Field(0.0, ge=0, description="二(九): 评选权重：到期任务中按期完成的比例；未报的不排名")

    @model_validator(mode="after")
    def _something_counts(self) -> RankingWeights:
        if self.ground + self.survival + self.milestones == 0:
            message = "ranking_weights are all 0"
            raise ValueError(message)
        return self


class VillagesTable(Table):
    """[villages]: the demonstration village and what each village shows."""

    expected: int = Field(23, ge=0, description="二(二): 村(社区)个数；0 为不核对")
    demonstration: tuple[str, ...] = Field(("埔心村",), description="二(八): 示范村（社区）")
    demonstration_villages: int = Field(1, ge=0, description="二(八): 重点打造示范村(社区)个数")
    demonstration_spots: int = Field(1, ge=0, description="二(二)、附件4: 每村至少打造绿美示范点个数")
    guidance_days: int = Field(7, ge=0, description="二(八): 示范村专门指导至少连续一周（天）")
    monthly_visits: int = Field(1, ge=0, description="二(七): 每月至少下沉服务次数")
    visits_from_month: int = Field(1, ge=1, le=12, description="二(七): 从几月起下沉服务")
    monthly_flights: int = Field(1, ge=0, description="二(十): 每月对圩镇乡村进行植树前后航拍的次数")
    ranking: Literal["completion"] = Field(
        "completion", description="二(九): 评选先进的排序方法: 各项完成率的加权平均，每项至多计 1"
    )
    ranking_weights: RankingWeights = Field(default_factory=RankingWeights)
    five_ones: tuple[str, ...] = Field(
        ("绿美村口", "绿美通道", "绿美公园", "绿美庭院", "党建林"), description="附件4: “五个一”"
    )
    town_places: tuple[str, ...] = Field(TOWN_PLACES, description="一(一)、二(二)、附件9: 圩镇（社区）的种植地点")
    village_places: tuple[str, ...] = Field(VILLAGE_PLACES, description="二(二)、附件9: 乡村的种植地点，“四旁”“五边”")


class FundsTable(Table):
    """[funds]: where the money comes from."""

    sources: tuple[str, ...] = Field(
        ("党费", "财政", "党员捐款", "社会力量“6·30”", "乡贤群众"), description="三(二): “五个一点”"
    )
    aliases: dict[str, str] = Field(default_factory=lambda: dict(FUND_ALIASES), description="同一来源的其他叫法")
