"""Every rule, threshold and date of the year, as one immutable value.

A default stands here once. ``lvgeo init`` writes campaign.toml from these models: the first words of a field's
description become its comment, with the clause of the plan it comes from.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from lvgeo.campaign.basemap import MapTable
from lvgeo.campaign.rulebook import (
    FundsTable,
    MilestonesTable,
    SpeciesTable,
    SurvivalTable,
    TreesPerRoleTable,
    VillagesTable,
)
from lvgeo.campaign.table import Range, Share, Table

__all__ = [
    "CampaignSettings",
    "CampaignTable",
    "FundsTable",
    "GrowthGroup",
    "GrowthTable",
    "ImageryTable",
    "InputsTable",
    "LaggingTable",
    "LandTable",
    "LedgerTable",
    "MapTable",
    "MilestonesTable",
    "RegistersTable",
    "SpeciesTable",
    "SurvivalTable",
    "TreesPerRoleTable",
    "VillagesTable",
]

MonthText = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Voltages = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?(-\d+(\.\d+)?)?$")]
Paths = str | tuple[str, ...]


class CampaignTable(Table):
    """[campaign]: what the year is called, and where plane areas are computed."""

    name: str = Field("绿美生态建设攻坚行动", description="行动名称，见于标题")
    year: int = Field(2024, ge=2000, le=2100, description="一(二): 年度，1月至12月底；各期限都须在本年度内")
    language: Literal["zh", "en"] = Field("zh", description="输出语言 zh | en")
    crs: str = Field("EPSG:4547", description="只用于缓冲区和平面面积；面积按椭球面计算，影像保持基准期的格网")
    seed: int = Field(2024, ge=0, description="随机数种子：同样的输入得到同样的结果")
    secrecy_note: str = Field("内部工作用图，不得公开", description="印在地图和通报上")


class InputsTable(Table):
    """[inputs]: where the rows and images lie, relative to the campaign folder."""

    villages: Paths = Field("boundaries", description="村（社区）边界")
    plots: Paths = Field("plots", description="种植地块")
    trees: Paths = Field("trees", description="植树登记表（CSV、XLSX）")
    registers: Paths = Field(
        "registers",
        description="其他登记表（CSV、XLSX），按文件名开头区分：认领、绿化计划、苗木需求、苗木供应、技术服务、成活率、事项、五个一、资金",
    )
    no_plant: Paths = Field("no_plant", description="禁止种植图层")
    imagery: Paths = Field("imagery", description="航拍影像 imagery/年-月/*.tif；文件名以行政代码开头的归该村")
    columns: dict[str, str] = Field(default_factory=dict, description='字段对照，如 plot_id = "地块编号"')


class RegistersTable(Table):
    """[registers]: when rows of registers contradict each other or the map."""

    min_tree_distance_m: float = Field(0.3, ge=0, description="两棵树相距小于此值视为重复登记（米）")
    tolerance_m: float = Field(15.0, ge=0, description="树木坐标可在本村（社区）界外多远（米），手机定位误差")


class LandTable(Table):
    """[land]: what an area is held to."""

    village_min_area_mu: float = Field(2.0, gt=0, description="一(一): 每个行政村新增种植面积原则上不少于2亩")
    community_min_trees: int = Field(150, gt=0, description="一(一): 每个社区种植原则上不少于150棵")
    default_accuracy_m: float = Field(1.0, gt=0, description="地块和来源都没写明时，界址点的点位中误差（米）")
    accuracy_by_source: dict[str, float] = Field(
        default_factory=lambda: {"RTK": 0.03, "gpx": 3.0, "手持GPS": 3.0},
        description="按来源的点位中误差（米）：地块的 source 字段，或文件格式",
    )
    borderline_sigmas: float = Field(2.0, ge=0, description="与标准之差小于几倍中误差时判为临界")
    max_prior_canopy_share: Share = Field(0.2, description="基准期冠层超过此比例，不算新增种植（郁闭度0.2）")
    assume_crs: str = Field("", description="仅用于没有坐标系的文件")
    repair: Literal["report", "apply"] = Field("report", description="图形修复：report 只报告 | apply 采用")
    overlap_tolerance_m2: float = Field(1.0, ge=0, description="小于此面积的重叠只作提示")
    plot_size_m2: Range = Field((20.0, 200_000.0), description="地块面积的合理范围（平方米），超出只作提醒")
    plot_size_m2_by_kind: dict[str, Range] = Field(
        default_factory=lambda: {"片林": (2000 / 3, 200_000.0)}, description="按地块 kind 字段另定的范围；片林最小1亩"
    )
    power_line_m: dict[Voltages, float] = Field(
        default_factory=lambda: {"1-10": 5.0, "35-110": 10.0, "154-330": 15.0, "500": 20.0},
        description="电力线路保护区：电压（千伏）对应边导线外距离（米）",
    )


class ImageryTable(Table):
    """[imagery]: which images count, and how canopy is told from them."""

    baseline: MonthText = Field("2024-01", description="基准期：种植前的月份")
    baseline_by_village: dict[str, MonthText] = Field(default_factory=dict, description="个别村的基准期")
    bands: tuple[str, ...] = Field(
        (), description='影像自己不说明波段时按此顺序，如大疆 Mavic 3M: ["green", "red", "red edge", "nir"]'
    )
    flights: Literal["latest", "best_observed"] = Field(
        "latest", description="同村同月多次飞行的重叠处用哪一次：最近的，或覆盖本村最多的"
    )
    max_gsd_m: float = Field(1.0, gt=0, description="最粗的地面分辨率（米）")
    min_observed_share: Share = Field(0.95, description="地块至少要有这个比例被拍到")
    max_residual_px: float = Field(1.0, gt=0, description="配准残差上限（像元）")
    max_shift_m: float = Field(10.0, gt=0, description="配准位移上限（米）")
    model: str = Field(
        "trees", description="冠层模型 trees | nir | index | lvgeo train 所写的文件夹；颜色指数从不单独作为通报依据"
    )


class LaggingTable(Table):
    """[lagging]: when a village is behind, and how sure lvgeo must be."""

    rule: Literal["expected", "peers", "either"] = Field("expected", description="与应有增加比，或与全街道中位数比")
    confidence: float = Field(0.95, gt=0.5, lt=1.0, description="区间的置信度")
    min_control_villages: int = Field(12, ge=3, description="有效对照村少于此数时不能判断")
    control_buffer_m: float = Field(5.0, ge=0, description="对照地块离种植地块至少多远（米）")
    min_change_pp: float = Field(2.0, ge=0, description="变化小于此值（百分点）不称为增减")
    peers_margin_pp: float = Field(1.0, ge=0, description="低于全街道中位数多少（百分点）才算滞后")
    planting_grace_days: int = Field(30, ge=0, description="种植期限之后的宽限天数")
    work_evidence: bool = Field(default=True, description="是否查看施工迹象")
    min_days_between: int = Field(20, ge=0, description="两次滞后至少相隔几天才算第二个月")
    loss_min_area_m2: float = Field(50.0, ge=0, description="冠层损失斑块从此面积起报告")
    max_expected_wrong_notices: float = Field(0.5, gt=0, description="全街道每月允许的误报期望数")
    max_expected_wrong_consequences: float = Field(0.1, gt=0, description="全街道每年允许的误罚期望数")
    streak_months: int = Field(2, ge=1, description="二(十): 连续2个月被通报进度不利")
    consequence: str = Field(
        "当年党组织绩效考核不得评为“良好”及以上等次", description="二(十): 后果，由人决定，lvgeo 只建议"
    )
    reply_days: int = Field(7, ge=0, description="村（社区）说明情况的期限（天）")


class GrowthGroup(Table):
    """Crown diameter at planting and its growth a year, m, as ranges."""

    crown_m: Range = Field((0.3, 0.6), description="种植时冠幅（米）")
    growth_m: Range = Field((0.3, 0.55), description="每年冠幅生长（米）")


class GrowthTable(Table):
    """[growth]: how fast a stand at the legal minimum closes."""

    establishment_months: Range = Field((0, 6), description="缓苗期（月）")
    clearing_loss_pp: float = Field(1.0, ge=0, description="整地清除的植被（百分点）")
    spacing_m: Range = Field((2.0, 3.0), description="株距和行距（米）")
    survival: Share = Field(0.85, description="成活率合格线")
    month_weights: tuple[float, ...] = Field(
        (0.03, 0.03, 0.10, 0.12, 0.12, 0.13, 0.13, 0.13, 0.12, 0.04, 0.03, 0.02),
        min_length=12,
        max_length=12,
        description="各月生长占全年的比例，合计为1",
    )
    required_quantile: float = Field(0.10, gt=0, lt=1, description="应有增加取预期分布的这个分位数")
    fast: GrowthGroup = Field(default_factory=lambda: GrowthGroup(growth_m=(0.45, 0.7)))
    medium: GrowthGroup = Field(default_factory=GrowthGroup)
    slow: GrowthGroup = Field(default_factory=lambda: GrowthGroup(growth_m=(0.0, 0.35)))

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> GrowthTable:
        if not math.isclose(sum(self.month_weights), 1.0, abs_tol=1e-6):
            message = f"month_weights sum to {sum(self.month_weights):.3f}, not 1"
            raise ValueError(message)
        return self


class LedgerTable(Table):
    """[ledger]: where the ledger is kept."""

    url: str = Field("sqlite:///ledger.sqlite", description="台账，相对本文件夹")


class CampaignSettings(Table):
    """A campaign: one sub-district, one year.

    Examples
    --------
    >>> CampaignSettings().land.village_min_area_mu
    2.0
    """

    campaign: CampaignTable = Field(default_factory=CampaignTable)
    inputs: InputsTable = Field(default_factory=InputsTable)
    registers: RegistersTable = Field(default_factory=RegistersTable)
    land: LandTable = Field(default_factory=LandTable)
    imagery: ImageryTable = Field(default_factory=ImageryTable)
    lagging: LaggingTable = Field(default_factory=LaggingTable)
    growth: GrowthTable = Field(default_factory=GrowthTable)
    survival: SurvivalTable = Field(default_factory=SurvivalTable)
    species: SpeciesTable = Field(default_factory=SpeciesTable)
    trees_per_role: TreesPerRoleTable = Field(default_factory=TreesPerRoleTable)
    milestones: MilestonesTable = Field(default_factory=MilestonesTable)
    villages: VillagesTable = Field(default_factory=VillagesTable)
    funds: FundsTable = Field(default_factory=FundsTable)
    # Left out of every account: a key is nobody's business, and a background changes no verdict.
    map: MapTable = Field(default_factory=MapTable, exclude=True)
    ledger: LedgerTable = Field(default_factory=LedgerTable)

    @model_validator(mode="after")
    def _milestones_in_the_year(self) -> CampaignSettings:
        # Last year's dates left standing would make every village late in January.
        year = self.campaign.year
        wrong = [key for key, day in self.milestones if day.year != year]
        if wrong:
            message = f"milestones.{wrong[0]} is {getattr(self.milestones, wrong[0])}, campaign.year is {year}"
            raise ValueError(message)
        return self
