"""What a verdict holds against a village on paper, and what its row of tasks says: the same, whatever was refused."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import date

import pytest

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.labels import issues
from lvgeo.land.compliance import VillageArea
from lvgeo.progress.evidence import Evidence
from lvgeo.progress.tasks.ground import Doubts, ground_tasks
from lvgeo.progress.tasks.task import Asked, Place
from lvgeo.progress.verdict import judge
from lvgeo.registers.book import Registers

SETTINGS, ON = CampaignSettings(), date(2024, 9, 30)
AREA = VillageArea("441302001201", "西村", "village", 1, math.nan, 900.0, 900.0, 10.0, 2.0, None, None, "short", ())


def both(area, *, unread=False, accuses=False):
    """The verdict's word on paper, and the state of the task."""
    doubts = Doubts(frozenset({"village"} if unread else ()), frozenset({area.village_code}), accuses)
    asked = Asked(SETTINGS, Registers(), (Place(area.village_code, area.village, area.kind),), ON)
    (task,) = ground_tasks(asked, [area], {}, doubts)
    evidence = Evidence(area.village, area.kind, ON, area, None, register_unread=unread, model_accuses=accuses)
    return judge(evidence, SETTINGS), task


@pytest.mark.parametrize(
    "code", sorted(word.removeprefix("issue_") for word in issues.WORDS if word.startswith("issue_"))
)
@pytest.mark.parametrize("status", ["short", "no_plots"])
def test_whatever_plots_were_refused_for_both_say_the_same(code, status):
    verdict, task = both(replace(AREA, status=status, issues=((code, 1),)))
    assert {"lagging": "short", "inconclusive": "not_reported"}[verdict.word] == task.state
    codes = {note.code for note in task.notes}
    assert ("plots_refused" if task.state == "short" else "plots_in_doubt") in codes


def test_former_canopy_and_what_could_not_be_read_excuse_both_or_neither():
    grown = replace(AREA, area_m2=1000.0, prior_canopy_m2=400.0)
    told = {}
    for unread, accuses in itertools.product((False, True), repeat=2):
        verdict, task = both(grown, unread=unread, accuses=accuses)
        told[unread, accuses] = verdict.word, task.state
    assert told == {
        (False, False): ("inconclusive", "review"),
        (False, True): ("lagging", "short"),
        (True, False): ("inconclusive", "not_reported"),
        (True, True): ("inconclusive", "not_reported"),
    }
