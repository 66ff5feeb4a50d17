"""What the case system is told, and how its own calls are checked."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models import Case, Channel, ContactRequest, Flag, PersonalLink, Role
from app.services import signing
from app.services.returns import as_csv_rows, list_returns
from tests.builders import a_collector, a_response, a_survey, an_actor
from tests.client import LookingClient

TEXT = "my own words"


def a_linked_case(
    session: Session, now: datetime, key: str, *, agreed: bool = True
) -> PersonalLink:
    survey = a_survey(session, "checkin_adult", is_check_in=True)
    collector = a_collector(session, survey, Channel.PERSONAL)
    session.add(
        Case(
            case_key=key,
            row_hash="x",
            flags=[],
            avoid_dates=[],
            consent_link=agreed,
            changed_at=now,
        )
    )
    link = PersonalLink(
        collector_id=collector.id, token_hash=key, case_key=key, context={}, issued_on=now.date()
    )
    session.add(link)
    session.commit()
    return link


def returned(session: Session, now: datetime) -> list[tuple[str, ...]]:
    day = now.date()
    return list(as_csv_rows(list_returns(session, since=day, until=day)))[1:]


def test_a_case_is_told_as_answered_with_its_wish_and_tier_and_no_word_of_it(
    session: Session, now: datetime
) -> None:
    link = a_linked_case(session, now, "K1")
    response = a_response(session, link.collector.survey, link_id=link.id, texts={"q": TEXT})
    session.add(ContactRequest(response_id=response.id, wish="soon", asked_on=now.date()))
    for tier in ("SG3", "SG2"):
        session.add(
            Flag(
                response_id=response.id,
                reason=tier,
                source="answer",
                tier=tier,
                raised_at=now,
                due_at=now,
            )
        )
    session.commit()
    rows = returned(session, now)
    assert rows == [("K1", "personal_link", "2026-11-18", "yes", "yes", "SG2")]
    assert TEXT not in str(rows)


def test_a_request_nobody_answered_is_told_as_not_completed(
    session: Session, now: datetime
) -> None:
    a_linked_case(session, now, "K1")
    assert returned(session, now) == [("K1", "personal_link", "2026-11-18", "no", "no", "")]


def test_an_officer_of_one_service_is_told_of_that_one_only(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    now = utc_now()
    for key, service in (("K1", "adult"), ("K2", "sv")):
        a_linked_case(session, now, key)
        session.scalars(select(Case).where(Case.case_key == key)).one().service = service
    session.commit()
    file = sign_in(Role.OUTREACH, services=("adult",)).get("/handover/returns.csv").text
    assert "K1" in file
    assert "K2" not in file
    assert "K2" in sign_in(Role.OUTREACH).get("/handover/returns.csv").text


def test_a_case_that_did_not_agree_to_linking_is_not_in_the_file(
    session: Session, now: datetime
) -> None:
    a_linked_case(session, now, "K1", agreed=False)
    assert returned(session, now) == []


@pytest.fixture
def call(session: Session, now: datetime) -> Callable[..., None]:
    """Return a signed call that can be spoiled in one part."""
    admin = an_actor(session, Role.ADMINISTRATOR)
    key_id, secret = signing.create_key(session, name="Case system", by=admin, now=now)

    def make(**spoiled: object) -> None:
        timestamp = str(int(now.timestamp()))
        parts: dict[str, object] = {
            "key_id": key_id,
            "method": "POST",
            "path": "/api/x",
            "timestamp": timestamp,
            "body": b"{}",
            "signature": signing.sign(secret, "POST", "/api/x", timestamp, b"{}"),
            "now": now,
        }
        signing.verify(session, **(parts | spoiled))  # type: ignore[arg-type]

    make.key_id = key_id  # type: ignore[attr-defined]
    return make


def test_a_call_signed_just_now_is_taken_once(call: Callable[..., None]) -> None:
    call()
    with pytest.raises(signing.ReplayError):
        call()


@pytest.mark.parametrize(
    "spoiled",
    [
        {"key_id": "nobody"}, {"body": b"{ }"}, {"signature": "0" * 64}, {"timestamp": "soon"},
        {"timestamp": "9" * 40}, {"signature": "ünicode"},
        {"method": "GET"}, {"path": "/api/y"}, {"path": "/api/x?since=2020-01-01"},
    ],
)  # fmt: skip
def test_a_call_that_is_wrong_in_one_part_is_refused(
    call: Callable[..., None], spoiled: dict[str, object]
) -> None:
    with pytest.raises(signing.SignatureError):
        call(**spoiled)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_call_is_refused(call: Callable[..., None], now: datetime, minutes: int) -> None:
    with pytest.raises(signing.SignatureError):
        call(now=now + timedelta(minutes=minutes))


def test_a_revoked_key_signs_nothing(
    call: Callable[..., None], session: Session, now: datetime
) -> None:
    admin = an_actor(session, Role.ADMINISTRATOR)
    signing.revoke_key(session, call.key_id, by=admin, now=now)  # type: ignore[attr-defined]
    with pytest.raises(signing.SignatureError):
        call()
