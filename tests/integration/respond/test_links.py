"""Ways in, and what a person can say about a personal link."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.clock import shift_clock, utc_now
from app.models import Channel, Collector, Draft, PersonalLink, Response
from app.services.links import find_entry, hash_token, issue_link
from tests.builders import a_collector
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import Person, count

TAPS = ("o_rfqcpv8x", "o_35n48pj4", "o_5m546q3f", "o_mk5jngvh")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


def tap_through(person: Person, token: str) -> Person:
    person.begin(token)
    for tap in TAPS:
        person.tap(tap)
    return person


def find(session: Session, token: str) -> PersonalLink:
    session.rollback()
    return session.scalars(
        select(PersonalLink).where(PersonalLink.token_hash == hash_token(token))
    ).one()


def columns_of(link: PersonalLink) -> dict[str, object]:
    """Return everything that is stored of a link."""
    return {column.key: getattr(link, column.key) for column in inspect(PersonalLink).column_attrs}


def test_t4_opening_a_link_fifty_times_changes_nothing(
    person: Person, link: Callable[..., str], session: Session
):
    token = link()
    before = columns_of(find(session, token))
    for _ in range(50):
        assert person.browser.get(f"/s/{token}").status_code == 200
    session.expire_all()
    assert columns_of(find(session, token)) == before
    assert count(session, Draft) == 0


def test_t17_the_first_page_is_the_same_for_every_token(person: Person, link: Callable[..., str]):
    person.browser.get("/")
    real, unknown = link(), "x" * 24
    pages = [person.browser.get(f"/s/{token}").text.replace(token, "") for token in (real, unknown)]
    same = [page.split('<script nonce="')[0] for page in pages]
    assert same[0].split("csrf_token")[0] == same[1].split("csrf_token")[0]
    assert len(pages[0]) == len(pages[1])


@pytest.mark.usefixtures("survey")
def test_t3_r6_nothing_on_the_first_page_tells_a_bystander_what_it_is_about(person: Person):
    from app.respond.wording import is_neutral

    assert is_neutral(person.browser.get(f"/s/{OPEN}").text)


@pytest.mark.parametrize("state", ["unknown", "spent_on", "sealed_on", "stopped_on", "expired"])
def test_t17_a_link_that_does_not_open_says_the_same_whatever_the_reason(
    person: Person, link: Callable[..., str], session: Session, state: str
):
    token = link()
    found = find(session, token)
    if state == "expired":
        found.expires_on = found.issued_on - timedelta(days=1)
    elif state != "unknown":
        setattr(found, state, found.issued_on)
    session.commit()
    person.open("x" * 24 if state == "unknown" else token)
    assert person.heading == "This link is not open"
    assert count(session, Draft) == 0


def test_a_link_is_used_up_by_the_send_and_not_before(
    person: Person, link: Callable[..., str], session: Session, another: Callable[[], Person]
):
    token = link()
    person.begin(token).tap(TAPS[0])
    assert find(session, token).spent_on is None
    tap_through(another(), token)
    assert find(session, token).spent_on is not None
    for tap in TAPS[1:]:
        person.answer(tap)
    assert person.heading == "We already have answers from this link"
    assert count(session, Response) == 1


def test_t5_the_link_alone_shows_none_of_the_answers_given_before(
    person: Person, link: Callable[..., str], another: Callable[[], Person]
):
    token = link()
    person.begin(token).tap(TAPS[0])
    page = another().begin(token).look().text
    assert "aria-pressed" not in page


def test_not_now_keeps_nothing_and_the_link_stays_good(
    person: Person, link: Callable[..., str], session: Session
):
    token = link()
    assert person.open(token).press("not_now").heading == "That is fine"
    assert count(session, Draft) == 0
    assert person.begin(token).heading == "How are you managing day to day at the moment?"


@pytest.mark.parametrize(
    ("act", "field"),
    [("less_often", "pace"), ("stop_asking", "stopped_on"), ("not_me", "sealed_on")],
)
def test_what_a_person_says_about_the_link_is_written_on_it(
    person: Person, link: Callable[..., str], session: Session, act: str, field: str
):
    token = link()
    person.open(token).press(act)
    assert getattr(find(session, token), field)
    assert count(session, Draft) == 0
    assert person.secret == ""


def test_t4_this_was_not_me_sets_aside_what_somebody_else_sent(
    person: Person, link: Callable[..., str], session: Session, another: Callable[[], Person]
):
    token = link()
    tap_through(another(), token)
    assert person.open(token, act="not_me").heading == "Thank you for telling us"
    assert session.scalars(select(Response.quarantined)).one() == "not_me"
    assert find(session, token).sealed_on


@pytest.mark.usefixtures("survey")
def test_t17_disowning_says_the_same_of_every_token(person: Person, link: Callable[..., str]):
    said = {person.open(token, act="not_me").look().text for token in ("x" * 24, OPEN, link())}
    assert len({page.split("<main")[1].split("</main")[0] for page in said}) == 1


@pytest.mark.usefixtures("survey")
def test_t4_a_link_that_many_share_is_not_said_to_be_closed(
    person: Person, another: Callable[[], Person], session: Session
):
    person.begin(OPEN)
    page = person.open(OPEN, act="not_me").look().text
    assert "Thank you for telling us" in page
    assert "it stays open for them" in page
    assert "The link is closed" not in page
    assert (person.secret, count(session, Draft)) == ("", 0)  # nothing is kept about her
    assert another().begin(OPEN).heading == "Did you tell anyone?"


@pytest.mark.usefixtures("survey")
def test_a_double_tap_on_go_on_begins_once(person: Person, session: Session):
    person.open(OPEN).open(OPEN)
    assert count(session, Draft) == 1


@pytest.mark.usefixtures("survey")
def test_t5_a_poster_opened_again_on_the_same_device_begins_afresh(
    person: Person, session: Session
):
    person.begin(OPEN).answer("yes")
    assert person.begin(OPEN).heading == "Did you tell anyone?"
    assert count(session, Draft) == 2
    assert "checked" not in person.look().text


def test_t5_an_own_link_opened_again_goes_on_and_shows_nothing_of_before(
    person: Person, link: Callable[..., str], session: Session
):
    token = link()
    reached = person.begin(token).tap(TAPS[0]).heading
    assert person.open(token).heading == reached
    assert count(session, Draft) == 1
    assert 'value="back"' not in person.look().text
    for tap in TAPS[1:]:
        person.tap(tap)
    assert count(session, Response) == 1


def test_a_link_that_has_run_out_does_not_open(person: Person, link: Callable[..., str]):
    token = link()
    try:
        shift_clock(timedelta(days=61))
        assert person.open(token).heading == "This link is not open"
    finally:
        shift_clock(timedelta())


def test_t14_in_an_anonymous_survey_link_and_answers_share_neither_day_nor_context(
    person: Person, link: Callable[..., str], session: Session, check_in: Collector
):
    check_in.survey.mode = "anonymous"
    session.commit()
    token = link(service="sv", stage="charged")
    tap_through(person, token)
    response = session.scalars(select(Response)).one()
    assert (response.link_id, response.service, response.stage) == (None, None, None)
    assert find(session, token).spent_on == response.received_on.replace(day=1)


def test_t14_in_an_anonymous_survey_answers_of_two_collectors_cannot_be_told_apart(
    another: Callable[[], Person], session: Session, check_in: Collector
):
    check_in.survey.mode = "anonymous"
    other = a_collector(session, check_in.survey, Channel.PERSONAL, quota=1)
    tokens = [
        issue_link(session, collector, case_key=None, context={}, by=None, now=utc_now())
        for collector in (check_in, other, other)
    ]
    for token in tokens[:2]:
        tap_through(another(), token)
    used = set(session.scalars(select(Response.collector_id)))
    assert len(used) == 1
    # The quota is kept by what came through the links themselves.
    assert find_entry(session, tokens[2], today=utc_now().date()) is None
