"""Of how many a quota is: the plan says how many people and households there are, the register who claimed."""

from __future__ import annotations

from datetime import date

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.progress.tasks.quotas import quota_tasks
from lvgeo.progress.tasks.task import Asked, Place
from lvgeo.registers.book import Registers
from lvgeo.registers.claims import Claim
from lvgeo.registers.kinds import Register
from lvgeo.registers.plans import VillagePlan

CODE, ON = "441302001201", date(2024, 9, 30)


def quota(role, planted, plans=(), on=ON):
    claims = tuple(Claim(CODE, f"户{n}", role, 1, number) for n, number in enumerate(planted))
    registers = Registers(claims=Register("claims", claims), plans=Register("plans", tuple(plans)))
    asked = Asked(CampaignSettings(), registers, (Place(CODE, "西村", "village"),), on)
    (found,) = [one for one in quota_tasks(asked) if (one.village_code, one.task, one.item) == (CODE, "quota", role)]
    return found, {note.code: note.values for note in found.notes}


def test_without_a_number_in_the_plan_only_those_who_claimed_are_known_and_the_row_says_so():
    found, notes = quota("household", [1, 1])
    assert (found.state, found.value, found.required) == ("met", 2, 2)
    assert "no_total" in notes
    assert "unclaimed" not in notes


def test_households_of_the_plan_that_claimed_nothing_are_short_after_the_day():
    plan = VillagePlan(CODE, households=5, members=2)
    found, notes = quota("household", [1, 1], [plan])
    assert (found.state, found.value, found.required) == ("short", 2, 5)
    assert notes["unclaimed"] == {"count": 3}
    assert "no_total" not in notes
    assert quota("household", [1, 1], [plan], date(2024, 3, 1))[0].state == "ahead"
    assert quota("member", [1, 1], [plan])[0].state == "met"


def test_more_claims_than_the_plan_counts_are_all_counted():
    found, notes = quota("household", [1, 1, 0], [VillagePlan(CODE, households=2)])
    assert (found.state, found.value, found.required) == ("short", 2, 3)
    assert "unclaimed" not in notes


def test_the_latest_plan_that_says_how_many_there_are_is_taken():
    plans = [VillagePlan(CODE, households=9), VillagePlan(CODE, households=2), VillagePlan(CODE)]
    assert quota("household", [1, 1], plans)[0].state == "met"


def test_secretaries_are_counted_by_nobody():
    assert "no_total" not in quota("secretary", [3])[1]
