"""Quotes: with consent, redacted, by two people, and gone when consent goes."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.models import AnswerText, Quote, Role
from app.services import quotes
from app.store import quotes as quotes_store
from app.store import responses
from tests.builders import NOW
from tests.client import LookingClient
from tests.integration.coding.builders import a_coded_survey, a_coding, a_text

SignIn = Callable[..., LookingClient]
PROPOSAL = {"words": "Anna waited 11 months", "theme": "waiting", "take_out": "11 months"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these queries are plain, and the suite has ten minutes."""
    return sqlite_url


@pytest.fixture
def text(session: Session) -> AnswerText:
    text = a_text(session, a_coded_survey(session), quote_consent=True)
    a_coding(session, text)
    return text


@pytest.fixture
def analyst(sign_in: SignIn, text: AnswerText) -> LookingClient:
    browser = sign_in(Role.ANALYST, Role.APPROVER)
    browser.post(f"/coding/answers/{text.id}?order=newest", data={"act": "accept"})
    return browser


def url(text: AnswerText) -> str:
    return f"/coding/answers/{text.id}/quote"


def the_quote(session: Session) -> Quote:
    session.expire_all()
    return session.scalars(select(Quote)).one()


@pytest.fixture
def quote(analyst: LookingClient, session: Session, text: AnswerText) -> Quote:
    analyst.post(url(text), data=PROPOSAL | {"words": "[name] waited 11 months"})
    return the_quote(session)


def test_an_approved_quote_waits_again_when_a_newer_coder_hides_more_of_it(
    session: Session, quote: Quote, text: AnswerText
) -> None:
    for shows, waits in (((5, 11), True), ((0, 4), False)):  # "waited", and what is hidden already
        quote.approved_at = NOW
        session.commit()
        redaction = {"start": shows[0], "end": shows[1], "kind": "person"}
        quotes.hold_back(session, {text.id: [redaction]}, now=NOW)
        session.commit()
        assert (the_quote(session).approved_at is None) is waits


def test_a_quote_hides_names_and_what_else_gives_somebody_away(quote: Quote) -> None:
    assert quote.words == "[name] waited […]"
    assert (quote.start, quote.end) == (0, 21)
    assert quote.approved_at is None


def test_who_proposed_cannot_approve_however_often_it_is_replayed(
    analyst: LookingClient, sign_in: SignIn, session: Session, quote: Quote
) -> None:
    for _ in range(2):
        analyst.post(f"/coding/quotes/{quote.id}/approve", data={"safe": "yes"})
    assert the_quote(session).approved_at is None
    second = sign_in(Role.APPROVER)
    assert "[name] waited […]" in second.get("/coding/quotes").text
    second.post(f"/coding/quotes/{quote.id}/approve", data={})  # not ticked
    assert the_quote(session).approved_at is None
    second.post(f"/coding/quotes/{quote.id}/approve", data={"safe": "yes"})
    assert the_quote(session).approved_by == second.staff.id


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"words": "Anna waited"}, "not in the answer"),  # a hidden name cannot be quoted
        ({"take_out": "Reading"}, "not in the answer"),
        ({"theme": "digital"}, "Not a valid choice"),
        ({"words": ""}, "Copy the words from the answer."),
    ],
)
def test_what_cannot_be_quoted_is_asked_for_again(
    analyst: LookingClient, session: Session, text: AnswerText, change: dict[str, str], asked: str
) -> None:
    sent = PROPOSAL | {"words": "waited 11 months", "take_out": ""} | change
    assert asked in analyst.post(url(text), data=sent).text
    assert session.scalars(select(Quote)).all() == []


def test_the_same_words_are_proposed_once(
    analyst: LookingClient, session: Session, text: AnswerText, quote: Quote
) -> None:
    again = analyst.post(url(text), data={"words": "waited", "theme": "waiting"})
    assert "proposed already" in again.text
    assert the_quote(session).id == quote.id


def test_without_consent_nothing_is_proposed(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    text.response.quote_consent = False
    session.commit()
    assert "That settles it" in analyst.get(url(text)).text
    assert analyst.post(url(text), data=PROPOSAL | {"words": "waited"}).status_code == 404


def test_when_consent_goes_the_quote_is_gone_at_once(
    analyst: LookingClient, sign_in: SignIn, session: Session, text: AnswerText, quote: Quote
) -> None:
    responses.set_quote_consent(session, text.response_id, given=False)
    session.commit()
    assert "waited" not in analyst.get("/coding/quotes").text
    approve = f"/coding/quotes/{quote.id}/approve"
    assert sign_in(Role.APPROVER).post(approve, data={"safe": "yes"}).status_code == 404
    assert quotes_store.delete_quotes_of_response(session, text.response_id) == 1


def test_a_quote_in_which_a_newer_coder_hides_more_is_not_approved(
    sign_in: SignIn, session: Session, text: AnswerText, quote: Quote
) -> None:
    newer = a_coding(session, text, coder="themes 2026.2", at=NOW.replace(year=2027))
    newer.redactions = [{"start": 5, "end": 11, "kind": "PLACE"}]  # "waited"
    session.commit()
    page = sign_in(Role.APPROVER).post(
        f"/coding/quotes/{quote.id}/approve", data={"safe": "yes"}, follow_redirects=True
    )
    assert "should be hidden by now" in page.text
    assert the_quote(session).approved_at is None


def test_one_person_is_enough_to_remove_a_quote(
    sign_in: SignIn, session: Session, quote: Quote
) -> None:
    sign_in(Role.ANALYST).post(f"/coding/quotes/{quote.id}/remove")
    assert session.scalars(select(Quote)).all() == []


def test_no_other_role_sees_quotes_here(sign_in: SignIn, quote: Quote) -> None:
    other = sign_in(*(set(Role) - {Role.ANALYST, Role.APPROVER}))
    assert other.get("/coding/quotes").status_code == 403
    assert other.post(f"/coding/quotes/{quote.id}/approve").status_code == 403


def test_who_is_bound_to_a_service_sees_no_quote_of_another(
    quote: Quote, sign_in: SignIn, session: Session
) -> None:
    stranger = sign_in(Role.ANALYST, Role.APPROVER, services=("cyp",))
    assert "waited" not in stranger.get("/coding/quotes").text
    assert stranger.post(f"/coding/quotes/{quote.id}/remove").status_code == 404
    quote_id = quote.id
    session.expire_all()
    assert session.get(Quote, quote_id) is not None
    assert "waited" in sign_in(Role.APPROVER).get("/coding/quotes").text


@pytest.mark.usefixtures("quote")
def test_more_quotes_take_no_more_questions_to_the_database(
    text: AnswerText, session: Session, engine: Engine, sign_in: SignIn
) -> None:
    approver, asked = sign_in(Role.APPROVER), list[str]()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert "waited" in approver.get("/coding/quotes").text
    for_one = len(asked)
    for n in range(5):
        other = a_text(session, text.response.survey, f"{n} waited.", quote_consent=True)
        more = Quote(text_id=other.id, theme="waiting", start=0, end=1, proposed_at=NOW)
        more.words = f"{n} waited"
        session.add(more)
    session.commit()
    asked.clear()
    assert "4 waited" in approver.get("/coding/quotes").text
    assert len(asked) == for_one
