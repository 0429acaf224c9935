"""Notices and streaks, against a recount by a table that a reader can follow with a finger."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lvgeo.campaign.settings import LaggingTable
from lvgeo.progress.ledger import Record
from lvgeo.progress.standing import Standing, derive_standings, notice_state
from lvgeo.units import Month

CODE = "441302001201"
SLOW = pytest.mark.slow
LAGGING = LaggingTable()
MONTHS = (Month(2024, 3), Month(2024, 4), Month(2024, 5))
LATER = date(2024, 12, 31)

WORDS = ("on_track", "lagging-register", "lagging-work", "lagging-canopy", "inconclusive", "not_assessed")
# What may follow a notice: bodies of replies (text) and decisions, in the order in which they were written.
ANSWERS = {
    "silence": (),
    "reply": ({"text": "已补种"},),
    "upheld": ({"decision": "upheld", "evidence": ""},),
    "upheld on evidence": ({"decision": "upheld", "evidence": "实地照片"},),
    "overturned": ({"decision": "overturned"},),
    "reply, then upheld on evidence": ({"text": "已补种"}, {"decision": "upheld", "evidence": "实地照片"}),
    "upheld on evidence, then overturned": ({"decision": "upheld", "evidence": "照片"}, {"decision": "overturned"}),
}
# A year later: on registers silence and a bare "upheld" count too; elsewhere only what is upheld on evidence.
EFFECTIVE_ANYWHERE = {"upheld on evidence", "reply, then upheld on evidence"}
EFFECTIVE_ON_REGISTER = EFFECTIVE_ANYWHERE | {"silence", "upheld"}
STATES = {
    "silence": ("effective", "unanswered"),  # on register, elsewhere
    "reply": ("replied", "replied"),
    "upheld": ("effective", "replied"),
    "upheld on evidence": ("effective", "effective"),
    "overturned": ("overturned", "overturned"),
    "reply, then upheld on evidence": ("effective", "effective"),
    "upheld on evidence, then overturned": ("overturned", "overturned"),
}
STEPS = [
    (word, answer) for word in WORDS for answer in (ANSWERS if word.startswith("lagging") else ("silence",))
]  # 3 × 7 + 3 = 24 things that can happen in a month


def record(kind, month, on, body, revision=1):
    return Record(0, kind, month, CODE, on, revision, "", body, "", "")


def verdict(month, word, evidence_on=None, on=None, revision=1):
    word, _, basis = word.partition("-")
    day = evidence_on or month.last_day
    return record(
        "verdict", month, on or month.last_day, {"word": word, "basis": basis, "evidence_on": str(day)}, revision
    )


def answered(month, answer, on=None):
    return [
        record("decision" if "decision" in body else "reply", month, on or month.last_day + timedelta(3), body)
        for body in ANSWERS[answer]
    ]


def ledger_of(steps):
    return [
        one
        for month, (word, answer) in zip(MONTHS, steps, strict=False)
        for one in (verdict(month, word), *answered(month, answer))
    ]


def standing(records, month=MONTHS[-1], on=LATER, lagging=LAGGING):
    return derive_standings(records, month, on, lagging)[CODE]


def recount(steps):
    """(notices, streak) by the rule's own words."""
    notices = streak = 0
    for word, answer in steps:
        if word == "on_track":
            notices = streak = 0
        if word.startswith("lagging"):
            notices += 1
            streak += answer in (EFFECTIVE_ON_REGISTER if word == "lagging-register" else EFFECTIVE_ANYWHERE)
    return notices, streak


@pytest.mark.parametrize("length", [1, 2, 3])
def test_every_sequence_equals_a_naive_recount(length):
    """24, 576 and 13 824 sequences: all there are."""
    wrong = []
    for steps in itertools.product(STEPS, repeat=length):
        found = standing(ledger_of(steps))
        if (found.notices, found.streak) != recount(steps):
            wrong.append((steps, found))
    assert not wrong[:3]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("word", ["lagging-register", "lagging-work", "lagging-canopy"])
def test_state_of_a_notice_once_its_window_is_over(word, answer):
    on_register, elsewhere = STATES[answer]
    found = notice_state(verdict(MONTHS[0], word), answered(MONTHS[0], answer), LATER, 7)
    assert found == (on_register if word == "lagging-register" else elsewhere)


@pytest.mark.parametrize(("day", "state"), [(6, "open"), (7, "effective")])
def test_the_window_ends_on_its_seventh_day(day, state):
    notice = verdict(MONTHS[0], "lagging-register", on=date(2024, 4, 1))
    assert notice_state(notice, [], date(2024, 4, 1) + timedelta(day), 7) == state
    counted = standing([notice], on=date(2024, 4, 1) + timedelta(day))
    assert (counted.notices, counted.streak) == (1, int(state == "effective"))


def test_a_reply_holds_the_notice_until_someone_decides():
    notice, reply = verdict(MONTHS[0], "lagging-register"), answered(MONTHS[0], "reply")
    assert standing([notice, *reply]).streak == 0
    assert standing([notice, *reply, *answered(MONTHS[0], "upheld")]).streak == 1


def test_overturned_neither_counts_nor_clears():
    first = verdict(MONTHS[0], "lagging-register")
    second = [verdict(MONTHS[1], "lagging-register"), *answered(MONTHS[1], "overturned")]
    assert standing([first, *second]).streak == 1
    assert standing([first, *second, verdict(MONTHS[2], "lagging-register")]).streak == 2


@pytest.mark.parametrize(("apart", "streak"), [(19, 1), (20, 2)])
def test_a_second_month_counts_when_flown_twenty_days_later(apart, streak):
    first = verdict(MONTHS[0], "lagging-register", evidence_on=date(2024, 3, 25))
    second = verdict(MONTHS[1], "lagging-register", evidence_on=date(2024, 3, 25) + timedelta(apart))
    assert standing([first, second]).streak == streak
    assert standing([first, second]).notices == 2


def test_days_are_counted_from_the_last_month_that_counted():
    """25 March counts; 10 April, 16 days on, does not; 20 April, 26 days after 25 March, does."""
    days = (date(2024, 3, 25), date(2024, 4, 10), date(2024, 4, 20))
    flown = [verdict(m, "lagging-register", evidence_on=day) for m, day in zip(MONTHS, days, strict=True)]
    assert standing(flown) == Standing(3, 2, consequence=True, last_effective=days[2])


def test_two_effective_months_on_registers_propose_the_consequence():
    steps = [("lagging-register", "silence")] * 2
    assert not standing(ledger_of(steps[:1])).consequence
    assert standing(ledger_of(steps)).consequence


def test_on_track_takes_the_proposal_back():
    steps = [("lagging-register", "silence")] * 2 + [("on_track", "silence")]
    assert standing(ledger_of(steps)) == Standing()


def test_canopy_alone_proposes_nothing_without_the_joint_test():
    steps = [("lagging-canopy", "upheld on evidence")] * 3
    found = standing(ledger_of(steps))
    assert (found.streak, found.consequence, found.canopy_in_streak) == (3, False, True)


@pytest.mark.parametrize(("short_pp", "proposed"), [(9.0, True), (4.0, False)])
def test_months_on_canopy_propose_once_together_they_prove_the_lag(short_pp, proposed):
    """Spread 2 points, 20 degrees of freedom, all errors taken to stay: 0.01 wrong consequences want 5.1 points."""
    records = ledger_of([("lagging-canopy", "upheld on evidence")] * 2)
    strict = LAGGING.model_copy(update={"max_expected_wrong_consequences": 0.01})
    for one in records:
        if one.kind == "verdict":
            one.body.update(short_pp=short_pp, spread_pp=2.0, freedom=20.0)
    assert standing(records, lagging=strict).consequence is proposed


def test_a_further_lagging_month_never_takes_a_proposal_back():
    """Two months on registers propose; a third, on canopy, once withdrew that."""
    steps = [("lagging-register", "silence")] * 2 + [("lagging-canopy", "upheld on evidence")]
    assert standing(ledger_of(steps)).consequence


def test_later_records_do_not_exist_yet():
    records = ledger_of([("lagging-register", "overturned"), ("on_track", "silence")])
    before_decision = MONTHS[0].last_day + timedelta(2)
    assert standing(records, on=before_decision) == Standing(notices=1)
    assert standing(records, on=MONTHS[0].last_day + timedelta(3)) == Standing(notices=1)  # overturned by now
    assert derive_standings(records, MONTHS[-1], MONTHS[0].last_day - timedelta(1), LAGGING) == {}


def test_later_months_do_not_count():
    records = ledger_of([("lagging-register", "silence"), ("on_track", "silence")])
    assert standing(records, month=MONTHS[0]).streak == 1
    assert standing(records, month=MONTHS[1]).streak == 0


def test_months_count_in_calendar_order_however_they_were_recorded():
    """April was recorded first, then March: lagging in March, on track in April, is cleared."""
    april = verdict(MONTHS[1], "on_track", on=date(2024, 5, 1))
    march = verdict(MONTHS[0], "lagging-register", on=date(2024, 5, 2))
    assert standing([april, march]) == Standing()


def test_a_late_file_does_not_reopen_a_notice_that_a_person_overturned():
    """The new revision says the same: what answered the old one answers it too. Another reason is another notice."""
    old, reply = verdict(MONTHS[0], "lagging-register"), answered(MONTHS[0], "overturned")
    same = verdict(MONTHS[0], "lagging-register", on=date(2024, 4, 10), revision=2)
    assert standing([old, *reply]).streak == 0
    assert standing([old, *reply, same]) == Standing(1, 0)
    other = replace(same, body={**same.body, "reason": "reason_area_short"})
    assert standing([old, *reply, other]) == Standing(1, 1, last_effective=MONTHS[0].last_day)


def test_the_newest_revision_counts():
    old = verdict(MONTHS[0], "lagging-register")
    cleared = verdict(MONTHS[0], "on_track", on=date(2024, 4, 10), revision=2)
    assert standing([old, cleared]) == Standing()


def test_villages_do_not_share_a_streak():
    other = Record(0, "verdict", MONTHS[0], "441302001202", MONTHS[0].last_day, 1, "", {"word": "on_track"}, "", "")
    found = derive_standings([verdict(MONTHS[0], "lagging-register"), other], MONTHS[0], LATER, LAGGING)
    assert {code: one.streak for code, one in found.items()} == {CODE: 1, "441302001202": 0}


# Single records: verdicts, each of a month of its own, and answers, each to the last notice.
SAID = {"reply": {"text": "已补种"}, "upheld": {"decision": "upheld", "evidence": ""},
        "proven": {"decision": "upheld", "evidence": "照片"}, "overturned": {"decision": "overturned"}}  # fmt: skip


def sequences(length):
    """Every sequence of so many records that a ledger would take: only a notice can be answered."""
    for one in itertools.product((*WORDS, *SAID), repeat=length):
        waiting, sound = False, True
        for word in one:
            sound = sound and (waiting or word not in SAID)
            waiting = waiting if word in SAID else word.startswith("lagging")
        if sound:
            yield one


def recount_records(said):
    """(notices, streak, consequence) from each month's last answers; without figures canopy proves nothing."""
    months = []
    for word in said:
        if word in SAID:
            months[-1][1].append(word)
        else:
            months.append((word, []))
    last_clear = max((k for k, (word, _) in enumerate(months) if word == "on_track"), default=-1)
    since = [(word, answers) for word, answers in months[last_clear + 1 :] if word.startswith("lagging")]
    counted = [word for word, answers in since if counts(word, answers)]
    return len(since), len(counted), len(counted) >= 2 and "lagging-canopy" not in counted[:2]


def counts(word, answers):
    decided = [one for one in answers if one != "reply"]
    if decided:
        return decided[-1] == "proven" or (word == "lagging-register" and decided[-1] == "upheld")
    return word == "lagging-register" and not answers


def found_of(said):
    records, month = [], MONTHS[0]
    for word in said:
        if word in SAID:
            kind = "reply" if word == "reply" else "decision"
            records.append(record(kind, month, month.last_day + timedelta(3), SAID[word]))
        else:
            month = Month(2024, 3 + sum(one.kind == "verdict" for one in records))
            records.append(verdict(month, word))
    one = standing(records, month=Month(2024, 8))
    return one.notices, one.streak, one.consequence


@pytest.mark.parametrize("length", [1, 2, 3, 4, pytest.param(5, marks=SLOW), pytest.param(6, marks=SLOW)])
def test_every_sequence_of_verdicts_replies_and_decisions_equals_a_naive_recount(length):
    """6, 48, 408, 3 504, 30 144 and 259 392 sequences: all that a ledger can hold."""
    wrong = [said for said in sequences(length) if found_of(said) != recount_records(said)]
    assert not wrong[:3]


@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=24))
@settings(max_examples=150, deadline=None)
def test_longer_years_equal_a_naive_recount(steps):
    months = [Month(2024 + k // 12, k % 12 + 1) for k in range(len(steps))]
    records = [
        one
        for month, (word, answer) in zip(months, steps, strict=True)
        for one in (verdict(month, word), *answered(month, answer))
    ]
    found = standing(records, month=months[-1], on=date(2030, 1, 1))
    assert (found.notices, found.streak) == recount(steps)


def test_a_month_keeps_the_rules_it_was_judged_by():
    """Three months were wanted when March and April were judged; two since: May's own rules count for May."""
    wanted = {"lagging": {"streak_months": 3, "reply_days": 7, "min_days_between": 20, "gone_key": 1}}
    now = {"lagging": {"streak_months": 2, "reply_days": 7, "min_days_between": 20}}
    steps = [("lagging-register", "silence")] * 3
    records = [record("rules", MONTHS[0], MONTHS[0].last_day, wanted), *ledger_of(steps[:2])]
    records += [record("rules", MONTHS[2], MONTHS[2].last_day, now), verdict(MONTHS[2], "lagging-register")]
    numbered = [replace(one, number=k) for k, one in enumerate(records, start=1)]
    assert not standing(numbered, month=MONTHS[1]).consequence
    assert standing(numbered, month=MONTHS[2]).consequence
