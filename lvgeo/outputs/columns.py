"""Every column of every table, defined once: CSV heads, map cards and docs are made from these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from lvgeo.labels import Language

__all__ = [
    "AREA_COMPLIANCE",
    "CALIBRATION",
    "CANOPY_CHANGE",
    "CANOPY_LOSS",
    "COMPLIANCE",
    "GROUND_CHANGES",
    "MONTHS",
    "PLOT_CHANGE",
    "PLOT_ISSUES",
    "PLOT_VERSIONS",
    "RANKING",
    "REQUIRED_GAIN",
    "SEEDLING_TRANSFERS",
    "SHORTEST",
    "Column",
]

DType = Literal["text", "int", "float", "bool"]
SHORTEST: Final = -2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key
        Name in code, in English CSV files and in GeoPackages.
    zh, en
        Heading for people.
    dtype
        ``text``, ``int``, ``float`` or ``bool``.
    unit
        Unit of the figure, empty for text and counts.
    decimals
        Digits written after the point; -1 for no rounding, `SHORTEST` for counts and shares in one column.
    words
        Prefix of the catalogue's codes where a value is a code ("status", say); empty elsewhere.
    """

    key: str
    zh: str
    en: str
    dtype: DType = "text"
    unit: str = ""
    decimals: int = -1
    words: str = ""

    def heading(self, language: Language) -> str:
        """Column's name in a file of that language: the label in Chinese, the key in English."""
        return self.zh if language == "zh" else self.key


_CODE = Column("village_code", "行政代码", "Village code")
_VILLAGE = Column("village", "村（社区）", "Village")
_PLOT = Column("plot_id", "地块编号", "Plot")
_MONTH = Column("month", "月份", "Month")
_BASELINE = Column("baseline", "基准期", "Baseline")


def _pp(key: str, zh: str, en: str) -> Column:
    return Column(key, f"{zh}（百分点）", en, "float", "pp", 2)


def _m2(key: str, zh: str, en: str) -> Column:
    return Column(key, f"{zh}（㎡）", en, "float", "m²", 2)


def _share(key: str, zh: str, en: str) -> Column:
    return Column(key, zh, en, "float", "", 4)


AREA_COMPLIANCE: Final[tuple[Column, ...]] = (
    _CODE,
    _VILLAGE,
    Column("kind", "类型", "Kind", words="kind"),
    Column("plots", "地块数", "Plots", "int"),
    Column("declared_mu", "申报面积（亩）", "Declared area", "float", "mu", 3),
    _m2("area_m2", "面积", "Area"),
    Column("area_mu", "面积（亩）", "Area", "float", "mu", 3),
    _m2("plane_area_m2", "平面面积", "Plane area"),
    _m2("uncertainty_m2", "面积中误差", "Uncertainty (1σ)"),
    Column("required_mu", "标准（亩）", "Required", "float", "mu", 3),
    _m2("difference_m2", "差值", "Difference"),
    Column("trees", "树木棵数", "Trees", "int"),
    Column("required_trees", "标准（棵）", "Required trees", "int"),
    Column("status", "是否达标", "Status", words="status"),
    Column("issues", "质检问题", "Issues", words="issue"),
)
"""`area_compliance.csv`, one row a village or community; `issues` lists issue codes with their counts."""

PLOT_ISSUES: Final[tuple[Column, ...]] = (
    _PLOT,
    _CODE,
    Column("issue", "问题", "Issue", words="issue"),
    Column("severity", "严重程度", "Severity", words="severity"),
    Column("value", "实测值", "Value", "float", "", 4),
    Column("limit", "限值", "Limit", "float", "", 4),
    _m2("area_m2", "涉及面积", "Area concerned"),
    Column("other_id", "另一地块", "Other plot or village"),
    Column("remedy", "处理建议", "Remedy"),
    Column("lon", "经度", "Longitude", "float", "°", 6),
    Column("lat", "纬度", "Latitude", "float", "°", 6),
)
"""`plot_issues.csv`, one row an issue."""

PLOT_VERSIONS: Final[tuple[Column, ...]] = (
    _PLOT,
    _CODE,
    Column("version", "变化", "What became of it", words="version"),
    _m2("before_m2", "原面积", "Area as recorded"),
    _m2("after_m2", "现面积", "Area now"),
    Column("shift_m", "位移（米）", "Shift", "float", "m", 2),
    Column("other_id", "原编号或原村", "Id or village as recorded"),
)
"""`plot_versions.csv`, one row a plot that is not as it was recorded."""

GROUND_CHANGES: Final[tuple[Column, ...]] = (
    _CODE,
    _m2("before_m2", "原面积", "Plots as recorded"),
    _m2("after_m2", "现面积", "Plots now"),
    _m2("new_m2", "真正新增", "Really new"),
    _m2("redrawn_m2", "重画引起", "Drawn again"),
    _m2("boundary_before_m2", "原村界面积", "Boundary as recorded"),
    _m2("boundary_after_m2", "现村界面积", "Boundary now"),
    _m2("boundary_moved_m2", "村界变动", "Boundary moved"),
)
"""`ground_changes.csv`, one row a village; before + new + redrawn = after."""

_MEASURED: Final[tuple[Column, ...]] = (
    _share("observed_share", "可见比例", "Observed share"),
    _m2("canopy_before_m2", "前期冠层", "Canopy before"),
    _m2("canopy_after_m2", "后期冠层", "Canopy after"),
    _m2("gain_m2", "增加", "Gain"),
    _m2("loss_m2", "减少", "Loss"),
    _m2("net_change_m2", "净变化", "Net change"),
    _pp("net_change_pp", "净变化", "Net change"),
    _pp("control_change_pp", "对照变化", "Control change"),
    _pp("adjusted_change_pp", "校正后变化", "Adjusted change"),
    _pp("interval_low_pp", "区间下限", "Interval, low"),
    _pp("interval_high_pp", "区间上限", "Interval, high"),
    Column("controls", "有效对照村数", "Effective controls", "float", "", 1),
    Column("change", "变化结论", "Change", words="change"),
    _pp("expected_pp", "预期增加", "Expected gain"),
    _pp("required_pp", "应有增加", "Required gain"),
)

CANOPY_CHANGE: Final[tuple[Column, ...]] = (
    _CODE,
    _VILLAGE,
    _MONTH,
    _BASELINE,
    Column("plots", "地块数", "Plots", "int"),
    *_MEASURED,
    Column("work", "施工迹象", "Work", words="work"),
    Column("growth", "长势", "Growth", words="growth"),
    Column("residual_m", "配准残差（米）", "Registration residual", "float", "m", 3),
    Column("model", "冠层模型", "Canopy model"),
    Column("verdict", "判定", "Verdict", words="verdict"),
    Column("basis", "依据", "Basis", words="basis"),
    Column("reason", "理由", "Reason"),
    Column("notices", "连续通报月数", "Notices", "int"),
    Column("streak", "连续有效滞后月数", "Streak", "int"),
    _share("village_canopy_before_share", "全村前期冠层占比", "Village canopy share before"),
    _share("village_canopy_after_share", "全村后期冠层占比", "Village canopy share after"),
)
"""`canopy_change.csv`, one row a village, figures over its plots."""

PLOT_CHANGE: Final[tuple[Column, ...]] = (
    _PLOT,
    _CODE,
    _VILLAGE,
    _MONTH,
    _BASELINE,
    *_MEASURED,
    Column("residual_m", "配准残差（米）", "Registration residual", "float", "m", 3),
    Column("model", "冠层模型", "Canopy model"),
)
"""`plot_change.csv`, the same figures, one row a plot."""

REQUIRED_GAIN: Final[tuple[Column, ...]] = (
    _PLOT,
    _CODE,
    _MONTH,
    Column("planted_on", "种植日期", "Planted on"),
    Column("growth_group", "生长类型", "Growth group", words="group"),
    _pp("expected_pp", "预期增加", "Expected gain"),
    _pp("required_pp", "应有增加", "Required gain"),
    Column("provable_from", "可证明滞后的月份", "Lag provable from"),
)
"""`required_gain.csv`, one row a plot and month of the year."""

CANOPY_LOSS: Final[tuple[Column, ...]] = (
    _CODE,
    _m2("area_m2", "冠层损失", "Canopy lost"),
    Column("lon", "经度", "Longitude", "float", "°", 6),
    Column("lat", "纬度", "Latitude", "float", "°", 6),
)
"""`canopy_loss.csv`, one row a patch of canopy lost since the baseline."""

COMPLIANCE: Final[tuple[Column, ...]] = (
    _CODE,
    _VILLAGE,
    Column("kind", "类型", "Kind", words="kind"),
    Column("task", "任务", "Task", words="task"),
    Column("item", "分项", "Item", words="role"),
    Column("clause", "方案条款", "Clause of the plan"),
    Column("state", "完成情况", "State", words="progress"),
    Column("value", "实际", "Counted", "float", "", SHORTEST),
    Column("required", "要求", "Asked", "float", "", SHORTEST),
    Column("low", "下限", "Low", "float", "", SHORTEST),
    Column("high", "上限", "High", "float", "", SHORTEST),
    Column("due", "期限", "Due"),
    Column("done_on", "完成日期", "Done on"),
    Column("days_late", "迟几天", "Days late", "int"),
    Column("note", "说明", "Note"),
)
"""`compliance.csv`, one row a village and task of the plan; the sub-district's own rows come first, without a code."""

RANKING: Final[tuple[Column, ...]] = (
    Column("rank", "名次", "Rank", "int"),
    Column("rank_low", "名次上限", "Rank, best", "int"),
    Column("rank_high", "名次下限", "Rank, worst", "int"),
    _CODE,
    _VILLAGE,
    Column("kind", "类型", "Kind", words="kind"),
    _share("completion", "完成率", "Completion"),
    _share("ground_share", "面积或棵数完成率", "Of area or trees"),
    _share("survival_share", "成活率与合格线之比", "Of survival"),
    _share("milestones_share", "按期完成的任务比例", "Of milestones kept"),
    Column("verdict", "判定", "Verdict", words="verdict"),
    Column("unranked", "不排名的原因", "Why not ranked", words="unranked"),
)
"""`ranking.csv`, one row a village; those that tie share a rank, and some have none."""

SEEDLING_TRANSFERS: Final[tuple[Column, ...]] = (
    Column("species", "树种", "Species"),
    Column("giver", "供苗方", "Giver"),
    Column("taker_code", "需苗村行政代码", "Taker's code"),
    Column("taker", "需苗村（社区）", "Taker"),
    Column("seedlings", "株数", "Seedlings", "int"),
    Column("distance_m", "距离（米）", "Distance", "float", "m", 0),
    Column("proposal", "建议", "Proposal", words="proposal"),
    Column("giver_lon", "供苗方经度", "Giver's longitude", "float", "°", 6),
    Column("giver_lat", "供苗方纬度", "Giver's latitude", "float", "°", 6),
    Column("lon", "需苗方经度", "Taker's longitude", "float", "°", 6),
    Column("lat", "需苗方纬度", "Taker's latitude", "float", "°", 6),
)
"""`seedling_transfers.csv`, one row a proposal; where nobody can give, the giver is empty."""

CALIBRATION: Final[tuple[Column, ...]] = (
    Column("before", "前期", "Before"),
    Column("after", "后期", "After"),
    Column("model", "冠层模型", "Canopy model"),
    Column("trials", "试验次数", "Trials", "int"),
    Column("villages", "村数", "Villages", "int"),
    _share("coverage", "区间覆盖率", "Coverage"),
    _share("coverage_low", "覆盖率下限", "Coverage, low"),
    _share("coverage_high", "覆盖率上限", "Coverage, high"),
    _pp("half_width_pp", "区间半宽中位数", "Median half-width"),
    _pp("interval_score_pp", "区间得分", "Interval score"),
    _share("called", "误称增减的比例", "Called gain or loss"),
    _share("false_lagging", "误判滞后的比例", "False lagging"),
    _pp("provable_pp", "可证明的最小应有增加", "Least required gain that can be proven"),
)
"""`calibration.csv`, one row a pair of months; the last row is all of them."""

MONTHS: Final[tuple[Column, ...]] = (
    _CODE,
    _VILLAGE,
    _MONTH,
    Column("verdict", "判定", "Verdict", words="verdict"),
    Column("basis", "依据", "Basis", words="basis"),
    Column("reason", "理由", "Reason"),
    Column("recorded_on", "记录日期", "Recorded on"),
    Column("revision", "修订", "Revision", "int"),
)
"""Sheet of months in results.xlsx: each village's word of each month, from the ledger."""
