"""The plan, clause by clause: each number and date stands in the rulebook with its clause, and a check fails by it."""

# ruff: noqa: E501 - a table, a rule a row

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.labels import CATALOGUE
from lvgeo.land.compliance import VillageArea
from lvgeo.outputs.palette import MARKS
from lvgeo.progress.tasks.rulebook import Evidence, all_tasks
from lvgeo.progress.tasks.task import STANDINGS, Asked, Place, State
from lvgeo.registers.book import Registers
from lvgeo.registers.checklist import SPOT, BuiltItem
from lvgeo.registers.claims import Claim
from lvgeo.registers.events import Event
from lvgeo.registers.funds import Fund
from lvgeo.registers.inspections import Inspection
from lvgeo.registers.kinds import Register
from lvgeo.registers.plans import VillagePlan
from lvgeo.registers.seedlings import SeedlingDemand
from lvgeo.registers.trees import Tree
from lvgeo.registers.visits import Visit
from lvgeo.units import mu_to_m2

V, C, D = "441302001202", "441302001001", "441302001201"
PLACES = (Place(C, "城南社区", "community"), Place(D, "埔心村", "village"), Place(V, "上田村", "village"))
END = date(2024, 12, 31)
NEXT = date(2025, 1, 1)


def registers(**rows):
    return Registers(**{name: Register(name, tuple(them), reported=True) for name, them in rows.items()})


def area_of(code, mu=None, trees=None):
    """A village's measured ground, as clear of its limit as exact figures are."""
    kind = "community" if code == C else "village"
    required = None if trees is not None or code == C else 2.0
    met = (trees or 0) >= 150 if code == C else (mu or 0) >= 2.0
    return VillageArea(code, "", kind, 1, math.nan, mu_to_m2(mu or 0.0), 0.0, 0.0, required, trees,
                       150 if code == C else None, "meets" if met else "short", ())  # fmt: skip


def tasks(on=END, *, settings=None, areas=(), plots=(), flown=None, **rows):
    asked = Asked(settings or CampaignSettings(), registers(**rows), PLACES, on)
    known = Evidence(areas or [area_of(C, trees=200), area_of(D, mu=3), area_of(V, mu=3)], plots, flown=flown or {})
    return all_tasks(asked, known)


def state(task, code="", item="", **how):
    (found,) = [one for one in tasks(**how) if (one.task, one.village_code, one.item) == (task, code, item)]
    return found.state


def on_day(task, event, code=""):
    """States of a milestone whose event was on its day, and on the day after."""

    def both(due):
        return [
            state(task, code, events=[Event(code, event, day)]) for day in (due, date.fromordinal(due.toordinal() + 1))
        ]

    return both


def quota(code, role):
    def both(each):
        return [
            state("quota", code, role, claims=[Claim(code, "某", role, each, number)]) for number in (each, each - 1)
        ]

    return both


def planted(code):
    def both(due):
        late = date.fromordinal(due.toordinal() + 1)
        return [state("demonstration_planted" if code == D else "planted", code, plots=[(code, day, 2000.0)])
                for day in (due, late)]  # fmt: skip

    return both


def trees_of(number, **kept):
    return [Tree(V, f"T{n}", **kept) for n in range(number)]


def in_year(year):
    """The plan's dates are of its year: with another year they are refused, and no village is late by last year's."""
    try:
        CampaignSettings.model_validate({"campaign": {"year": year}})
    except ValueError:
        return "refused"
    return "read"


def in_season(day):
    (found,) = [
        one for one in tasks(trees=trees_of(1, planted_on=day)) if (one.task, one.village_code) == ("season", V)
    ]
    return found.notes[0].values["golden"]


KEPT_LATE = ["kept", "late"]
MET_SHORT = ["met", "short"]
# (words of the plan, its clause, key of the rulebook, value there, value → states of it kept and of it broken, states)
RULES = [
    ("每个行政村新增种植面积原则上不少于2亩", "一(一)", "land.village_min_area_mu", 2.0,
     lambda mu: [state("area", V, areas=[area_of(V, mu=one)]) for one in (mu, mu - 0.01)], MET_SHORT),
    ("每个社区种植原则上不少于150棵", "一(一)", "land.community_min_trees", 150,
     lambda n: [state("trees", C, areas=[area_of(C, trees=one)]) for one in (n, n - 1)], MET_SHORT),
    ("2024年1月至12月底", "一(二)", "campaign.year", 2024, lambda year: [in_year(one) for one in (year, year + 1)], ["read", "refused"]),
    ("党政主要领导至少种植5棵树", "二(一)", "trees_per_role.leader", 5, quota("", "leader"), MET_SHORT),
    ("其他领导班子成员至少种植3棵树", "二(一)", "trees_per_role.deputy", 3, quota("", "deputy"), MET_SHORT),
    ("党组织书记至少种植3棵树", "二(一)", "trees_per_role.secretary", 3, quota(V, "secretary"), MET_SHORT),
    ("每位党员干部至少种植1棵树", "二(二)", "trees_per_role.member", 1, quota(V, "member"), MET_SHORT),
    ("群众(每户)在房前屋后至少认种认养1棵树", "二(二)", "trees_per_role.household", 1, quota(V, "household"), MET_SHORT),
    ("至少参加1次义务植树活动", "二(一)", "trees_per_role.activities", 1,
     lambda n: [state("activity", V, on=NEXT, claims=[Claim(V, "某", "member", 1, 1, age=40, activities=one)])
                for one in (n, n - 1)], MET_SHORT),
    ("65周岁以下的党员", "二(一)", "trees_per_role.under_age", 65,
     lambda age: [state("activity", V, on=NEXT, claims=[Claim(V, "某", "member", 1, 1, age=one, activities=0)])
                  for one in (age, age - 1)], ["not_reported", "short"]),
    ("每个村至少打造一个绿美示范点", "二(二)", "villages.demonstration_spots", 1,
     lambda n: [state("demonstration_spot", V, SPOT, on=NEXT, checklist=[BuiltItem(V, SPOT)] * one) for one in (n, n - 1)],
     MET_SHORT),
    ("各村(社区)于2024年1月底前制定绿化美化计划", "二(二)", "milestones.plan_filed", date(2024, 1, 31),
     lambda due: [state("plan_filed", V, plans=[VillagePlan(V, day)]) for day in (due, date(2024, 2, 1))], KEPT_LATE),
    ("在2月24日前,23个村(社区)完成挖好树穴", "二(二)", "milestones.pits", date(2024, 2, 24), on_day("pits", "pits", V), KEPT_LATE),
    ("23个村(社区)", "二(二)", "villages.expected", 23,
     lambda n: [state("villages", settings=CampaignSettings.model_validate({"villages": {"expected": one}}))
                for one in (len(PLACES), n)], ["met", "review"]),
    ("3月12日前全面完成各村居绿化美化植树计划", "二(二)", "milestones.greening", date(2024, 3, 12),
     on_day("greening", "greening", V), KEPT_LATE),
    ("该项工作须于2024年1月前完成", "二(四)", "milestones.seedlings_secured", date(2024, 1, 31),
     lambda due: [state("seedlings_secured", demand=[SeedlingDemand(V, "香樟", 9, secured_on=day)])
                  for day in (due, date(2024, 2, 1))], KEPT_LATE),
    ("紧盯3-5月植树黄金期", "二(六)", "milestones.season_ends", date(2024, 5, 31),
     lambda due: [state("season", V, trees=trees_of(1, planted_on=day)) for day in (due, date(2024, 6, 1))], ["met", "review"]),
    ("紧盯3-5月植树黄金期", "二(六)", "milestones.season_begins", date(2024, 3, 1),
     lambda day: [in_season(one) for one in (day, date(2024, 2, 29))], [1, 0]),
    ("在2月底前召开动员部署会", "二(六)", "milestones.mobilisation", date(2024, 2, 29), on_day("mobilisation", "mobilisation"),
     KEPT_LATE),
    ("在2024年2月上旬,各村(社区)党组织要深入属地及挂钩企业", "二(六)", "milestones.outreach", date(2024, 2, 10),
     on_day("outreach", "outreach", V), KEPT_LATE),
    ("在2月上旬、春节期间召开共建绿美乡贤座谈会或居民议事会", "二(六)", "milestones.forum", date(2024, 2, 17),
     on_day("forum", "forum", V), KEPT_LATE),
    ("1月中旬初完成技术顾问小组组建", "二(七)", "milestones.technical_group", date(2024, 1, 15),
     on_day("technical_group", "technical_group"), KEPT_LATE),
    ("1月起每月至少下沉服务一次", "二(七)", "villages.monthly_visits", 1,
     lambda n: [state("visits", V, on=date(2024, 1, 31), visits=[Visit(V, date(2024, 1, 9))] * one) for one in (n, n - 1)],
     MET_SHORT),
    ("1月起每月至少下沉服务一次", "二(七)", "villages.visits_from_month", 1,
     lambda first: [state("visits", V, on=date(2024, 2, 29), visits=[Visit(V, date(2024, month, 9)) for month in months])
                    for months in ((first, 2), (2,))], MET_SHORT),
    ("重点打造1个", "二(八)", "villages.demonstration_villages", 1,
     lambda _n: [state("demonstration_villages", settings=CampaignSettings.model_validate(
         {"villages": {"demonstration": names}})) for names in (["埔心村"], ["埔心"])], MET_SHORT),
    ("1月中旬由街道林业、乡村振兴等部门派出技术团队", "二(八)", "milestones.guidance", date(2024, 1, 20),
     lambda due: [state("guidance", D, events=[Event(D, "guidance", day, date.fromordinal(day.toordinal() - 6))])
                  for day in (due, date(2024, 1, 21))], KEPT_LATE),
    ("利用至少连续一周的时间", "二(八)", "villages.guidance_days", 7,
     lambda days: [state("guidance", D, events=[Event(D, "guidance", date(2024, 1, 20),
                                                      date.fromordinal(date(2024, 1, 20).toordinal() - one + 1))])
                   for one in (days, days - 1)], ["kept", "overdue"]),
    ("在1月底前,完成乡村绿化示范建设植树增绿前期挖穴工作", "二(八)", "milestones.demonstration_pits", date(2024, 1, 31),
     on_day("demonstration_pits", "pits", D), KEPT_LATE),
    ("在2月5日前,完成乡村绿化示范建设植树增绿种植工作", "二(八)", "milestones.demonstration_planted", date(2024, 2, 5),
     planted(D), KEPT_LATE),
    ("6月底前评选一批先进", "二(九)", "milestones.selection", date(2024, 6, 30), on_day("selection", "selection"), KEPT_LATE),
    ("“七一”期间".replace("“", '"').replace("”", '"'), "二(九)", "milestones.commendation", date(2024, 7, 1),
     on_day("commendation", "commendation"), KEPT_LATE),
    ("12月召开总结表彰大会", "二(九)", "milestones.summary", date(2024, 12, 31),
     lambda due: [state("summary", on=day, events=[Event("", "training", due)]) for day in (due, NEXT)], ["ahead", "overdue"]),
    ("每月对圩镇乡村进行植树前后航拍", "二(十)", "villages.monthly_flights", 1,
     lambda _n: [state("flights", V, flown={V: came}) for came in (True, False)], MET_SHORT),
    ("连续2个月被通报进度不利", "二(十)", "lagging.streak_months", 2, None, None),  # tests/progress/test_standing.py
    ("社会力量\"6·30\"出一点", "三(二)", "funds.sources", ("党费", "财政", "党员捐款", "社会力量“6·30”", "乡贤群众"),
     lambda five: [state("funds", "", five[3], on=NEXT, funds=rows)
                   for rows in ([Fund("", "社会力量6·30", 1.0)], [Fund("", "党费", 1.0)])], MET_SHORT),
    ("全体村(社区)\"两委\"干部专门召开专场培训会", "附件1", "milestones.training", date(2024, 1, 31),
     on_day("training", "training"), KEPT_LATE),
    ("1.街道召开动员部署会", "附件2", "milestones.mobilisation_annex", date(2024, 1, 31),
     on_day("mobilisation_annex", "mobilisation"), KEPT_LATE),
    ("前期摸排", "附件3", "milestones.survey_of_sites", date(2024, 2, 10), on_day("survey_of_sites", "survey_of_sites", V),
     KEPT_LATE),
    ("建设一个绿美村口、建设一条绿美通道、建设一个绿美公园、建设一批绿美庭院、建设一片党建林", "附件4", "villages.five_ones",
     ("绿美村口", "绿美通道", "绿美公园", "绿美庭院", "党建林"),
     lambda five: [state("five_ones", V, five[4], on=NEXT, checklist=[BuiltItem(V, item) for item in five[:n]])
                   for n in (5, 4)], MET_SHORT),
    ("2月8日前", "附件5", "milestones.claims_arranged", date(2024, 2, 8),
     lambda due: [state("claims_arranged", V, plans=[VillagePlan(V, claims_filed_on=day)]) for day in (due, date(2024, 2, 9))],
     KEPT_LATE),
    ("协调苗木供应共享调拨", "附件6", "milestones.seedlings_supplied", date(2024, 3, 10),
     on_day("seedlings_supplied", "seedlings_supplied"), KEPT_LATE),
    ("2.在2月底完成", "附件8", "milestones.planted", date(2024, 2, 29), planted(V), KEPT_LATE),
    ("高架桥、城郊结合闲置地", "附件9", "villages.town_places", None,
     lambda _: [state("places", C, plans=[VillagePlan(C, places=(place,))]) for place in ("高架桥", "屋顶")], ["met", "review"]),
    ("房前屋后、村道、文化广场、祠堂周边、水边", "附件9", "villages.village_places", None,
     lambda _: [state("places", V, plans=[VillagePlan(V, places=(place,))]) for place in ("祠堂周边", "屋顶")],
     ["met", "review"]),
    ("香樟、秋枫、小叶榄仁、铁冬青、大叶紫薇、洋紫荆、木棉、桂花、簕杜鹃", "二(三)", "species.greening", None,
     lambda _: [state("species", V, trees=trees_of(1, species=name)) for name in ("簕杜鹃", "榕树")], ["met", "review"]),
    ("竹子、荔枝、龙眼、桃子、李子、杨梅、柿子、石榴、橄榄", "二(三)", "species.economic", None,
     lambda _: [state("species", V, trees=trees_of(1, species=name)) for name in ("橄榄", "芒果")], ["met", "review"]),
    ("审慎使用外来树种", "二(三)", "species.exotic", None,
     lambda _: [state("exotic", V, trees=trees_of(1, species=name)) for name in ("香樟", "巨尾桉")], ["met", "review"]),
    ("防止出现盲目追求花色树种", "三(三)", "species.max_colourful_share", 0.5,
     lambda share: [state("colourful", V, trees=[Tree(V, str(n), "木棉" if n < many else "香樟") for n in range(40)])
                    for many in (int(40 * share), int(40 * share) + 1)], ["met", "review"]),
    ("大树进城", "三(三)", "species.max_crown_at_planting_m", 2.5,
     lambda most: [state("large_trees", V, trees=trees_of(1, crown_m=one)) for one in (most, most + 0.1)], ["met", "review"]),
    ("不得评为\"良好\"及以上等次", "二(十)", "lagging.consequence", None, None, None),  # tests/progress/test_standing.py
]  # fmt: skip
IDS = [rule[2] for rule in RULES]


@pytest.fixture(scope="module")
def plan(shared):
    return (shared.parent / "plan" / "plan-2024.zh.txt").read_text("utf-8")


def setting(key):
    table, name = key.split(".")
    return getattr(CampaignSettings(), table), name


@pytest.mark.parametrize(("words", "clause", "key", "value", "_check", "_states"), RULES, ids=IDS)
def test_the_plan_says_it_and_the_rulebook_holds_it_with_its_clause(plan, words, clause, key, value, _check, _states):
    assert words in plan.replace("“", '"').replace("”", '"')
    table, name = setting(key)
    assert clause in table.clause(name).split("、")
    if value is not None:
        assert getattr(table, name) == value


CHECKED = [rule for rule in RULES if rule[4] is not None]


@pytest.mark.parametrize(("_w", "_c", "key", "_v", "check", "states"), CHECKED, ids=[rule[2] for rule in CHECKED])
def test_a_check_passes_what_keeps_it_and_fails_what_breaks_it(_w, _c, key, _v, check, states):
    table, name = setting(key)
    assert check(getattr(table, name)) == states


def test_every_date_of_the_rulebook_has_a_clause():
    table = CampaignSettings().milestones
    assert all(table.clause(key) for key in type(table).model_fields)


NUMBER = re.compile(r"\d+(?:[-.·]\d+)?")
# Numbers that are no rule: names of policies, the year in titles, numbering of the annex's lines and sections.
NO_RULE = re.compile(r"\"1310\"|x?街道2024年高质量|决定2024年以推动|^\s*\d+\.?\s*(?=$|[^\d月])|序号", re.MULTILINE)
# Words with a number that say again what a rule above says.
AGAIN = (
    "紧盯3-5月", "2024年1月至12月底", "2024年1月底前", "2月24日", "23个村", "3月12日", "2024年1月前", "2月底", "2024年2月上旬", "2月上旬",
    "1月中旬", "1月起", "1个\"党建林\"", "1月底前", "2月5日", "6月底前", "12月召开", "12月底", "连续2个月", "6·30", "2月8日前", "3月上旬",
    "1月31前", "5棵树", "3棵树", "1棵树", "1次义务", "65周岁", "2亩", "150棵",
)  # fmt: skip


def test_no_number_of_the_plan_is_left_out(plan):
    """Take away what the rules say, and what is no rule: nothing with a figure in it is left."""
    rest = NO_RULE.sub("", plan.replace("“", '"').replace("”", '"'))
    for words in AGAIN:
        assert words in rest, words
    for words in sorted([*AGAIN, *(rule[0] for rule in RULES)], key=len, reverse=True):
        rest = rest.replace(words, "")
    left = [rest[max(0, found.start() - 12) : found.end() + 12] for found in NUMBER.finditer(rest)]
    assert left == []


def test_inspections_of_survival_have_classes_and_limits():
    """85 and 41 per cent: the law's, and the provinces' practice; a sample that cannot tell is borderline."""

    def classed(alive, checked, planted):
        return state("survival", V, inspections=[Inspection(V, date(2024, 9, 1), checked, alive, planted)])

    assert [classed(n, 100, 100) for n in (85, 84, 41, 40)] == ["met", "replant", "replant", "reestablish"]
    assert classed(85, 100, 1000) == "borderline"
    assert classed(0, 10, 10) == "reestablish"


def test_nothing_handed_in_is_not_reported_and_nobody_is_late():
    states = {one.state for one in all_tasks(Asked(CampaignSettings(), Registers(), PLACES, END),
                                            Evidence([area_of(C, trees=200), area_of(D, mu=3), area_of(V, mu=3)]))
              if one.task not in {"villages"}}  # fmt: skip
    assert states <= {"not_reported", "ahead", "met", "undated"}


def test_every_state_has_its_word_its_mark_and_what_it_comes_to():
    assert (
        set(STANDINGS)
        == set(get_args(State))
        == {code.removeprefix("progress_") for code in MARKS if "progress" in code}
    )
    assert all(f"progress_{one}" in CATALOGUE for one in STANDINGS)


def test_what_looked_like_canopy_before_accuses_nobody():
    """An image's word of former canopy is for a person to see on the ground, as it is for the verdict."""
    doubted = replace(area_of(V, mu=0.4), prior_canopy_m2=1200.0)
    assert state("area", V, areas=[doubted]) == "review"
    assert state("planted", V, areas=[doubted]) == "not_reported"
    assert state("area", V, areas=[replace(doubted, prior_canopy_m2=100.0)]) == "short"
