"""The scheduler: what is sent, what never is, and that no guard is ever broken."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clock import LONDON
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
SAFE = ContactFacts(has_address=True, marked_safe=True, safe_until=date(2027, 6, 1))
DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)  # seven days on, before nine
NONE: frozenset[date] = frozenset()
EARLIEST, LATEST = datetime(2026, 1, 1), datetime(2027, 12, 31)  # noqa: DTZ001 - hypothesis adds UTC


def plan(
    case: CaseFacts = CASE,
    contact: ContactFacts = SAFE,
    kind: str = "contact_made",
    day: date = DAY,
    now: datetime = NOW,
    sent_on: tuple[date, ...] = (),
    holidays: frozenset[date] = NONE,
) -> Decision:
    return decide(kind, day, case, contact, sent_on=sent_on, bank_holidays=holidays, now=now)


def test_a_check_in_goes_seven_days_after_contact_when_quiet_hours_end() -> None:
    assert plan().at == datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("case", "contact", "kind", "why"),
    [
        (replace(CASE, consent=False), SAFE, "contact_made", Never.NO_CONSENT),
        (replace(CASE, do_not_contact=True), SAFE, "contact_made", Never.DO_NOT_CONTACT),
        (replace(CASE, stopped=True), SAFE, "contact_made", Never.STOPPED),
        (replace(CASE, on_hold=True), SAFE, "contact_made", Never.ON_HOLD),
        (replace(CASE, shared=True), SAFE, "contact_made", Never.SHARED),
        (replace(CASE, contact_outcome=None), SAFE, "contact_made", Never.NOT_REACHED_YET),
        (replace(CASE, vulnerable=True), SAFE, "trial_done", Never.VULNERABLE),
        (replace(CASE, closed_on=DAY), SAFE, "contact_made", Never.CLOSED),
        (replace(CASE, closed_on=DAY), SAFE, "after_closure", Never.CLOSED),
        (CASE, replace(SAFE, has_address=False), "contact_made", Never.NO_ADDRESS),
        (CASE, replace(SAFE, marked_safe=False), "contact_made", Never.NOT_MARKED_SAFE),
        (CASE, replace(SAFE, safe_until=None), "contact_made", Never.SAFETY_EXPIRED),
        (CASE, replace(SAFE, safe_until=date(2026, 11, 8)), "contact_made", Never.SAFETY_EXPIRED),
        (CASE, replace(SAFE, opted_out=True), "contact_made", Never.OPTED_OUT),
        (CASE, SAFE, "referral", Never.NO_REQUEST),
    ],
)
def test_each_guard_alone_stops_a_message_and_says_why(
    case: CaseFacts, contact: ContactFacts, kind: str, why: Never
) -> None:
    decision = plan(case, contact, kind)
    assert not decision.sends
    assert why in decision.never
    assert any(why.value in sentence for sentence in explain(decision))


@pytest.mark.parametrize(
    ("changes", "goes_on", "why"),
    [
        ({"sent_on": (date(2026, 11, 1),)}, date(2026, 11, 15), NotYet.RECENT_REQUEST),
        ({"case": replace(CASE, trial_date=date(2026, 11, 11))}, date(2026, 11, 12), NotYet.TRIAL),
        ({"case": replace(CASE, avoid=("11-09",))}, date(2026, 11, 10), NotYet.AVOID),
        ({"holidays": frozenset({date(2026, 11, 9)})}, date(2026, 11, 10), NotYet.BANK_HOLIDAY),
        (
            {"contact": replace(SAFE, safe_times=((time(7), time(8, 30)),))},
            None,
            NotYet.HOURS,
        ),
    ],
)
def test_a_day_that_is_not_right_is_passed_over(
    changes: dict[str, object], goes_on: date | None, why: NotYet
) -> None:
    decision = plan(**changes)  # type: ignore[arg-type]
    assert (decision.at.date() if decision.at else None) == goes_on
    assert why in decision.passed_over


def test_less_often_means_six_weeks_between_requests() -> None:
    sent = (date(2026, 10, 20),)
    assert plan(sent_on=sent).sends
    often = plan(replace(CASE, less_often=True), sent_on=sent)
    assert often.at is None


def test_after_an_outage_at_night_nothing_goes_before_morning() -> None:
    late = datetime(2026, 11, 9, 21, 30, tzinfo=UTC)
    assert plan(now=late).at == datetime(2026, 11, 10, 9, 0, tzinfo=UTC)


def test_a_moment_that_has_passed_is_not_made_up_for() -> None:
    decision = plan(now=NOW + timedelta(days=60))
    assert decision.never == (Never.EXPIRED,)


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
times = st.tuples(st.times(), st.times()).map(lambda pair: (min(pair), max(pair)))
cases = st.builds(
    CaseFacts,
    consent=st.booleans(),
    consent_after_closure=st.booleans(),
    contact_outcome=st.sampled_from([None, "reached", "declined"]),
    do_not_contact=st.booleans(),
    stopped=st.booleans(),
    on_hold=st.booleans(),
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
        shared=False,
    )
)
contacts = st.builds(
    ContactFacts,
    has_address=st.booleans(),
    marked_safe=st.booleans(),
    safe_until=st.none() | days,
    safe_times=st.lists(times, max_size=2).map(tuple),
    opted_out=st.booleans(),
)
reachable = contacts.map(
    lambda contact: replace(contact, has_address=True, marked_safe=True, opted_out=False)
)


@settings(max_examples=400)
@given(
    kind=st.sampled_from(sorted(RULES)),
    day=days,
    case=cases | willing,
    contact=contacts | reachable,
    sent_on=st.lists(days, max_size=4).map(tuple),
    holidays=st.frozensets(days, max_size=5),
    now=st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
)
def test_over_random_cases_and_clocks_no_guard_is_ever_broken(
    kind: str,
    day: date,
    case: CaseFacts,
    contact: ContactFacts,
    sent_on: tuple[date, ...],
    holidays: frozenset[date],
    now: datetime,
) -> None:
    decision = plan(case, contact, kind, day, now, sent_on, holidays)
    if decision.at is None:
        assert decision.never
        return
    local = decision.at.astimezone(LONDON)
    assert decision.at >= now
    assert time(9) <= local.time() < time(20)
    assert local.date() not in holidays
    assert local.date().isoformat() not in case.avoid
    assert case.consent
    assert not any((case.do_not_contact, case.stopped, case.on_hold, case.shared))
    assert contact.has_address
    assert contact.marked_safe
    assert not contact.opted_out
    assert contact.safe_until is not None
    assert local.date() <= contact.safe_until
    assert all(abs((local.date() - sent).days) >= 14 for sent in sent_on)
    if case.trial_date is not None:
        assert not 0 <= (case.trial_date - local.date()).days <= 3
    if contact.safe_times:
        assert any(start <= local.time() < end for start, end in contact.safe_times)
