"""Every guard of settled.md 25 and domain §6.3: it alone stops a message, and its loss is seen.

`breaches` says what a message breaks, from the rules as they are written there and not from the
code that keeps them. Over random cases and clocks it finds nothing; with any one guard taken out
of the scheduler, it finds that one.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clock import LONDON
from app.services import planning
from app.services.planning import (
    RULES,
    CaseFacts,
    ContactFacts,
    Decision,
    Never,
    NotYet,
    decide,
    explain,
)

CASE = CaseFacts(consent=True, contact_outcome="reached")
SAFE = ContactFacts(has_address=True, channel="sms", marked_safe=True, safe_until=date(2027, 6, 1))
DAY = date(2026, 11, 2)  # a Monday
DUE = date(2026, 11, 9)  # seven days on
EARLIEST, LATEST = datetime(2026, 1, 1), datetime(2028, 12, 31)  # noqa: DTZ001 - hypothesis adds UTC
USUAL: dict[str, Any] = {
    "kind": "contact_made", "day": DAY, "case": CASE, "contact": SAFE, "sent_on": (),
    "holidays": frozenset(), "now": datetime(2026, 11, 9, 8, tzinfo=UTC),
}  # fmt: skip


def case(**facts: Any) -> dict[str, Any]:
    return {"case": replace(CASE, **facts)}


def contact(**facts: Any) -> dict[str, Any]:
    return {"contact": replace(SAFE, **facts)}


# What is the matter with one message, and nothing else is.
ALONE: dict[Never | NotYet, dict[str, Any]] = {
    Never.NO_REQUEST: {"kind": "referral"},
    Never.DO_NOT_CONTACT: case(do_not_contact=True),
    Never.STOPPED: case(stopped=True),
    Never.OPTED_OUT: contact(opted_out=True),
    Never.NO_CONSENT: case(consent=False),
    Never.NOT_REACHED_YET: case(contact_outcome=None),
    Never.ON_HOLD: case(on_hold=True),
    Never.HELD: case(held=True),
    Never.NO_ADDRESS: contact(has_address=False),
    Never.NOT_MARKED_SAFE: contact(marked_safe=False),  # so no sensitive crime either, domain 6.1
    Never.SAFETY_EXPIRED: contact(safe_until=date(2026, 11, 8)),
    Never.NO_SAFE_CHANNEL: case(safe_channel="email"),
    Never.SHARED: case(shared=True),
    Never.CLOSED: case(closed_on=DAY),
    Never.MOVED_ON: {"kind": "waiting_for_court", "day": date(2026, 10, 10), **case(stage="trial")},
    Never.VULNERABLE: {"kind": "trial_done", **case(vulnerable=True)},
    Never.EXPIRED: {"now": datetime(2026, 12, 1, 8, tzinfo=UTC)},  # 22 days too late
    NotYet.RECENT_REQUEST: {"sent_on": (date(2026, 10, 27),)},  # 13 days before
    NotYet.TRIAL: case(trial_date=date(2026, 11, 12)),
    NotYet.AVOID: case(avoid=("11-09",)),
    NotYet.BANK_HOLIDAY: {"holidays": frozenset({DUE})},
    NotYet.HOURS: {"now": datetime(2026, 11, 9, 20, tzinfo=UTC)},  # eight in the evening
}
# Three tries in vain stop also what needs no contact before: a link that is passed on by hand.
IN_VAIN = case(contact_outcome="not_reached", contact_attempts=3)


def plan(facts: dict[str, Any]) -> Decision:
    f = USUAL | facts
    return decide(
        f["kind"], f["day"], f["case"], f["contact"], sent_on=f["sent_on"],
        bank_holidays=f["holidays"], now=f["now"],
    )  # fmt: skip


def breaches(facts: dict[str, Any], at: datetime) -> set[Never | NotYet]:
    """Return every rule that a message at a moment breaks."""
    f = USUAL | facts
    about, way, rule = f["case"], f["contact"], RULES[f["kind"]]
    local = at.astimezone(LONDON)
    day, hour = local.date(), local.time()
    gap = 42 if about.less_often else 14
    spans = [way.safe_times, about.safe_times]
    trial = about.trial_date
    after = (f["day"] + timedelta(days=rule.after_days), day)
    rules: dict[Never | NotYet, bool] = {
        Never.NO_REQUEST: rule.form is None,
        Never.DO_NOT_CONTACT: about.do_not_contact,
        Never.STOPPED: about.stopped,
        Never.OPTED_OUT: way.opted_out,
        Never.NO_CONSENT: not about.consent,
        Never.NOT_REACHED_YET: about.contact_outcome != "reached",
        Never.NOT_FOUND: about.contact_outcome == "not_reached" and about.contact_attempts > 2,
        Never.ON_HOLD: about.on_hold,
        Never.HELD: about.held,
        Never.NO_ADDRESS: not way.has_address,
        Never.NOT_MARKED_SAFE: not way.marked_safe,
        Never.SAFETY_EXPIRED: way.safe_until is None or way.safe_until < day,
        Never.NO_SAFE_CHANNEL: about.safe_channel not in (None, way.channel),
        Never.SHARED: about.shared,
        Never.CLOSED: about.closed_on is not None
        and about.closed_on <= f["now"].astimezone(LONDON).date()
        and not (f["kind"] in {"closure", "after_closure"} and about.consent_after_closure),
        Never.MOVED_ON: f["kind"] == "waiting_for_court" and about.stage != "waiting_for_court",
        Never.VULNERABLE: f["kind"] == "trial_done" and about.vulnerable,
        Never.EXPIRED: not 0 <= (after[1] - after[0]).days <= 21 or at < f["now"],
        NotYet.RECENT_REQUEST: any(abs((day - sent).days) < gap for sent in f["sent_on"]),
        NotYet.TRIAL: trial is not None and 0 <= (trial - day).days <= 3,
        NotYet.AVOID: bool({day.isoformat(), f"{day:%m-%d}"} & set(about.avoid)),
        NotYet.BANK_HOLIDAY: day in f["holidays"],
        NotYet.HOURS: not time(9) <= hour < time(20)
        or any(safe and not any(a <= hour < b for a, b in safe) for safe in spans),
    }
    return {guard for guard, is_broken in rules.items() if is_broken}


def take_away(monkeypatch: pytest.MonkeyPatch, guard: Never | NotYet) -> None:
    """Let the scheduler forget one guard."""
    blocks, reasons = planning._blocks, planning._day_reasons
    monkeypatch.setattr(planning, "_blocks", lambda *a: (w for w in blocks(*a) if w != guard))
    monkeypatch.setattr(planning, "_day_reasons", lambda *a: (w for w in reasons(*a) if w != guard))
    if guard is Never.SAFETY_EXPIRED:
        monkeypatch.setattr(
            planning, "_unless_safety_ends", lambda at, _contact, passed: Decision(at, (), passed)
        )
    if guard is Never.EXPIRED:
        monkeypatch.setattr(planning, "DAYS_TO_SEND", 30)
    if guard is NotYet.HOURS:
        monkeypatch.setattr(planning, "_first_moment", lambda _day, _case, _contact, now: now)


def test_every_guard_has_a_case_of_its_own() -> None:
    assert {*ALONE, Never.NOT_FOUND} == {*Never, *NotYet}


@pytest.mark.parametrize("guard", ALONE)
def test_each_guard_alone_stops_a_message_and_says_why(guard: Never | NotYet) -> None:
    decision = plan(ALONE[guard])
    if isinstance(guard, Never):
        assert decision.never == (guard,)
    else:
        assert decision.at is None or decision.at.astimezone(LONDON).date() != DUE
        assert decision.passed_over == (guard,)
    assert any(guard.value in sentence for sentence in explain(decision))
    assert decision.at is None or not breaches(ALONE[guard], decision.at)


@pytest.mark.parametrize("guard", ALONE)
def test_a_guard_that_is_taken_away_is_missed_at_once(
    monkeypatch: pytest.MonkeyPatch, guard: Never | NotYet
) -> None:
    take_away(monkeypatch, guard)
    decision = plan(ALONE[guard])
    assert decision.at is not None
    assert breaches(ALONE[guard], decision.at) == {guard}


@pytest.mark.parametrize("is_there", [True, False])
def test_three_tries_in_vain_stop_whatever_is_passed_on_by_hand(
    monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    if not is_there:
        take_away(monkeypatch, Never.NOT_FOUND)
    against = planning.blocks_by_hand(IN_VAIN["case"], SAFE, USUAL["now"])
    assert against == ((Never.NOT_FOUND,) if is_there else ())


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
times = st.tuples(st.times(), st.times()).map(lambda pair: (min(pair), max(pair)))
cases = st.builds(
    CaseFacts,
    consent=st.booleans(),
    consent_after_closure=st.booleans(),
    contact_outcome=st.sampled_from([None, "reached", "declined", "not_reached"]),
    do_not_contact=st.booleans(),
    stopped=st.booleans(),
    on_hold=st.booleans(),
    held=st.booleans(),
    contact_attempts=st.integers(0, 4),
    stage=st.sampled_from([None, "waiting_for_court", "trial"]),
    safe_channel=st.sampled_from([None, "sms", "email", "none"]),
    safe_times=st.lists(times, max_size=2).map(tuple),
    shared=st.booleans(),
    vulnerable=st.booleans(),
    closed_on=st.none() | days,
    trial_date=st.none() | days,
    avoid=st.lists(days.map(date.isoformat), max_size=3).map(tuple),
    less_often=st.booleans(),
)
willing = cases.map(
    lambda case: replace(
        case,
        consent=True,
        contact_outcome="reached",
        do_not_contact=False,
        stopped=False,
        on_hold=False,
        held=False,
        shared=False,
        safe_channel=None,
        closed_on=None,
    )
)
contacts = st.builds(
    ContactFacts,
    has_address=st.booleans(),
    channel=st.sampled_from(["sms", "email"]),
    marked_safe=st.booleans(),
    safe_until=st.none() | days,
    safe_times=st.lists(times, max_size=2).map(tuple),
    opted_out=st.booleans(),
)
reachable = contacts.map(
    lambda contact: replace(contact, has_address=True, marked_safe=True, opted_out=False)
)


@settings(max_examples=500, deadline=None)
@given(
    kind=st.sampled_from(sorted(RULES)),
    day=days,
    case=cases | willing,
    contact=contacts | reachable,
    sent_on=st.lists(days, max_size=4).map(tuple),
    holidays=st.frozensets(days, max_size=5),
    now=st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    is_near=st.booleans(),
)
def test_over_random_cases_and_clocks_no_guard_is_ever_broken(
    now: datetime, is_near: bool, **facts: Any
) -> None:
    if is_near:  # else nearly every moment lies too far from its day for anything to be sent
        due = facts["day"] + timedelta(days=RULES[facts["kind"]].after_days)
        now = datetime.combine(due, now.timetz())
    decision = plan({**facts, "now": now})
    if decision.at is None:
        assert decision.never
    else:
        assert breaches({**facts, "now": now}, decision.at) == set()
