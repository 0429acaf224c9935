"""One budget of wrong notices a month, for Work and growth together."""

from __future__ import annotations

import math

import pytest

from lvgeo.campaign.settings import CampaignSettings
from lvgeo.monthly.assess import _at_budget, _work_share
from lvgeo.progress.change import CanopyChange
from lvgeo.progress.controls import Controls
from lvgeo.progress.evidence import CanopyEvidence
from lvgeo.progress.expected import ExpectedGain
from lvgeo.progress.work import Work

SETTINGS = CampaignSettings()
BUDGET = SETTINGS.lagging.max_expected_wrong_notices
JUDGED = CanopyEvidence(
    CanopyChange(1400.0, 1.0, 0.0, 0.25, 0.25, 0.0), Controls(1.0, 4.0, 20.0, 0.05, "matched", 0.1, 2.0, 19.0),
    ExpectedGain(20.0, 15.0), residual_m=0.1, residual_limit_m=0.2, unregistered="", accuses=True,
)  # fmt: skip


@pytest.mark.parametrize("answers", [0, 10, 40])
def test_work_and_growth_share_the_budget(answers):
    """40 villages judged by growth, and Work's one chance in a hundred for each of its answers."""
    worked = {str(n): Work("not_seen" if n % 2 else "seen") for n in range(answers)}
    spent = _work_share(worked | {"blind": Work("cannot_tell")})
    assert spent == pytest.approx(0.01 * answers)
    levels = [one.level for one in _at_budget({str(n): JUDGED for n in range(40)}, spent, SETTINGS).values()]
    assert spent + sum(levels) == pytest.approx(BUDGET)


def test_a_budget_that_work_has_spent_leaves_growth_no_notice():
    (one,) = _at_budget({"1": JUDGED}, 0.7, SETTINGS).values()
    assert one.level == 0.0
    assert one.notice_high_pp == math.inf
