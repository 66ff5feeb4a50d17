"""Invitation, joining and the first set-up."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models import Invitation, Role, StaffUser
from app.services import accounts, api_tokens, setup
from app.services.passwords import hash_password
from tests.builders import a_staff_user, an_actor
from tests.client import LookingClient

PASSWORD = "three random words"


@pytest.fixture
def browser(staff_app: Flask) -> LookingClient:
    client = staff_app.test_client()
    assert isinstance(client, LookingClient)
    return client


def an_invitation(session: Session, now: datetime) -> str:
    return accounts.invite(
        session,
        email="Ana@example.org",
        name="Ana Kowalska",
        grants=[accounts.Grant(Role.ANALYST)],
        by=None,
        now=now,
    )


def code_for(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(utc_now().timestamp()))


def offered(browser: LookingClient, token: str) -> str:
    """Return the key that the page offers to this browser."""
    found = re.search(r"Key: <code>(\w+)</code>", browser.get(f"/join/{token}").text)
    assert found is not None
    return found[1]


def test_an_invited_colleague_joins_and_is_signed_in(
    browser: LookingClient, session: Session
) -> None:
    token = an_invitation(session, utc_now())
    page = browser.get(f"/join/{token}")
    assert b"Ana@example.org" in page.data
    secret = offered(browser, token)

    sent = {"password": PASSWORD, "again": PASSWORD, "code": code_for(secret)}
    joined = browser.post(f"/join/{token}", data=sent)

    assert joined.status_code == 302
    assert b"Needs you today" in browser.get("/").data


def test_whoever_opened_the_invitation_elsewhere_holds_another_key(
    browser: LookingClient, session: Session
) -> None:
    token = an_invitation(session, utc_now())
    thief = offered(browser, token)
    for name in ("heard_staff", "session"):
        browser.delete_cookie(name)

    mine = offered(browser, token)

    assert mine != thief
    assert mine == offered(browser, token)
    sent = {"password": PASSWORD, "again": PASSWORD, "code": code_for(thief)}
    assert browser.post(f"/join/{token}", data=sent).status_code == 200
    assert session.query(StaffUser).count() == 0


def test_opening_an_invitation_does_not_spend_it(browser: LookingClient, session: Session) -> None:
    token = an_invitation(session, utc_now())
    for _ in range(5):
        assert browser.get(f"/join/{token}").status_code == 200


def test_an_invitation_works_once(browser: LookingClient, session: Session) -> None:
    token = an_invitation(session, utc_now())
    secret = offered(browser, token)
    sent = {"password": PASSWORD, "again": PASSWORD, "code": code_for(secret)}
    browser.post(f"/join/{token}", data=sent)

    assert browser.get(f"/join/{token}").status_code == 404


def test_an_invitation_ends_after_72_hours(session: Session, now: datetime) -> None:
    token = an_invitation(session, now)
    accounts.open_invitation(session, token, now + timedelta(hours=71))
    with pytest.raises(accounts.InvitationSpentError):
        accounts.open_invitation(session, token, now + timedelta(hours=72))


def test_an_unknown_invitation_looks_like_a_spent_one(browser: LookingClient) -> None:
    assert browser.get("/join/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("password", "advice"),
    [("short", "12 characters"), ("aaaaaaaaaaaaaa", "different"), ("ana kowalska 1", "own name")],
)
def test_a_weak_password_is_advised_on_and_nothing_is_made(
    browser: LookingClient, session: Session, password: str, advice: str
) -> None:
    token = an_invitation(session, utc_now())
    code = code_for(offered(browser, token))
    page = browser.post(
        f"/join/{token}", data={"password": password, "again": password, "code": code}
    )
    assert advice in page.get_data(as_text=True)
    assert session.query(StaffUser).count() == 0


OWN = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def a_colleague_with_an_account(session: Session) -> StaffUser:
    user = a_staff_user(session, Role.ANALYST)
    user.password_hash = hash_password(PASSWORD)
    user.totp_secret = OWN
    session.commit()
    return user


def invite_again(session: Session, user: StaffUser, now: datetime) -> str:
    return accounts.invite(
        session, email=user.email, name=user.name, grants=[accounts.Grant(Role.COMMISSIONER)],
        by=an_actor(session, Role.ADMINISTRATOR), now=now,
    )  # fmt: skip


def test_a_colleague_proves_who_they_are_and_gains_roles(
    session: Session, now: datetime, browser: LookingClient
) -> None:
    user = a_colleague_with_an_account(session)
    token = invite_again(session, user, now)
    code = pyotp.TOTP(OWN).at(int(now.timestamp()))
    accounts.accept_invitation(
        session, token, password=PASSWORD, totp_secret="unused", code=code, now=now
    )
    assert {r.role for r in user.roles} == {Role.ANALYST, Role.COMMISSIONER}
    again = invite_again(session, user, utc_now())
    assert b"already sign in as" in browser.get(f"/join/{again}").data


def test_whoever_holds_an_invitation_cannot_guess_at_a_working_account(
    session: Session, now: datetime
) -> None:
    token = invite_again(session, a_colleague_with_an_account(session), now)

    def guess(password: str) -> None:
        code = pyotp.TOTP(OWN).at(int(now.timestamp()))
        accounts.accept_invitation(
            session, token, password=password, totp_secret="x", code=code, now=now
        )

    for number in range(accounts.MOST_PER_PAIR):
        with pytest.raises(accounts.SignInRefusedError):
            guess(f"wrong password {number}")
    with pytest.raises(accounts.TooManyTriesError):
        guess(PASSWORD)


def test_a_key_of_a_closed_account_reads_nothing_when_it_opens_again(
    session: Session, now: datetime
) -> None:
    admin, mine = an_actor(session, Role.ADMINISTRATOR), an_actor(session, Role.COMMISSIONER)
    user = session.get_one(StaffUser, mine.user_id)
    key = api_tokens.issue(session, "Power BI", None, by=mine, now=now)
    accounts.deactivate(session, user.id, by=admin, now=now)
    user.is_active = True
    session.commit()
    with pytest.raises(api_tokens.TokenRefusedError):
        api_tokens.authenticate(session, key)


def test_an_invitation_does_not_let_its_sender_become_somebody_else(
    session: Session, now: datetime
) -> None:
    user = a_colleague_with_an_account(session)
    token = invite_again(session, user, now)
    theirs = pyotp.random_base32()
    code = pyotp.TOTP(theirs).at(int(now.timestamp()))
    with pytest.raises(accounts.SignInRefusedError):
        accounts.accept_invitation(
            session, token, password="another good password", totp_secret=theirs, code=code, now=now
        )
    session.refresh(user)
    assert user.totp_secret == OWN


def test_a_closed_account_comes_back_with_the_new_roles_alone(
    session: Session, now: datetime
) -> None:
    user = a_colleague_with_an_account(session)
    accounts.deactivate(session, user.id, by=an_actor(session, Role.ADMINISTRATOR), now=now)
    token = invite_again(session, user, now)
    theirs = pyotp.random_base32()
    code = pyotp.TOTP(theirs).at(int(now.timestamp()))
    accounts.accept_invitation(
        session, token, password="another good password", totp_secret=theirs, code=code, now=now
    )
    assert [r.role for r in user.roles] == [Role.COMMISSIONER]


def test_a_closed_account_that_is_invited_again_opens_again(
    browser: LookingClient, session: Session
) -> None:
    user = a_staff_user(session, Role.ANALYST)
    user.email = "Ana@example.org"
    user.is_active = False
    session.commit()
    token = an_invitation(session, utc_now())
    secret = offered(browser, token)
    sent = {"password": PASSWORD, "again": PASSWORD, "code": code_for(secret)}
    browser.post(f"/join/{token}", data=sent)
    assert b"Needs you today" in browser.get("/").data


@pytest.mark.parametrize("gone", [{"is_active": False}, {"is_demo": True}])
def test_set_up_opens_again_where_nobody_real_can_run_the_installation(
    session: Session, now: datetime, gone: dict[str, bool]
) -> None:
    admin = a_staff_user(session, Role.ADMINISTRATOR)
    assert setup.make_code(session, now=now) is None
    for name, value in gone.items():
        setattr(admin, name, value)
    session.commit()
    assert setup.make_code(session, now=now) is not None


def test_the_set_up_page_opens_only_with_the_code_and_closes_for_good(
    browser: LookingClient, session: Session
) -> None:
    assert browser.get("/set-up").status_code == 404
    code = setup.make_code(session, now=utc_now())
    assert code is not None
    wrong = browser.post("/set-up", data={"code": "WRONG", "name": "Ana", "email": "a@example.org"})
    assert b"Check the code" in wrong.data

    right = browser.post("/set-up", data={"code": code, "name": "Ana", "email": "a@example.org"})
    token = re.search(r"/join/(.+)$", right.location)
    assert token is not None
    sent = {
        "password": PASSWORD,
        "again": PASSWORD,
        "code": code_for(offered(browser, token[1])),
    }
    browser.post(right.location, data=sent)

    assert browser.get("/set-up").status_code == 404
    assert setup.make_code(session, now=utc_now()) is None


def test_an_administrator_invites_a_colleague_and_passes_the_link_on(
    sign_in: Callable[..., LookingClient], browser: LookingClient
) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    sent = {
        "name": "Ana Kowalska", "email": "ana@example.org", "service": "sv",
        "roles": ["caseworker", "analyst"],
    }  # fmt: skip
    page = admin.post("/people/invite", data=sent).get_data(as_text=True)
    link = re.search(r"/join/[\w-]+", page)
    assert link is not None
    assert b"ana@example.org" in browser.get(link[0]).data
    assert b"Ana Kowalska" in admin.get("/people/").data


@pytest.mark.parametrize("email", ["", "ana", "ana@example", "a na@example.org"])
def test_an_address_that_cannot_be_one_is_asked_for_again(
    sign_in: Callable[..., LookingClient], email: str
) -> None:
    sent = {"name": "Ana", "email": email, "roles": ["analyst"], "service": ""}
    page = sign_in(Role.ADMINISTRATOR).post("/people/invite", data=sent)
    assert b"Enter an e-mail address" in page.data


def test_a_provider_is_not_invited_without_a_service(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    sent = {"name": "Jo", "email": "jo@provider.example", "roles": ["provider_lead"], "service": ""}
    page = admin.post("/people/invite", data=sent).get_data(as_text=True)
    assert "Choose the service this provider is to see." in page
    assert session.query(Invitation).count() == 0
    admin.post("/people/invite", data=sent | {"service": "adult"})
    assert session.query(Invitation).count() == 1
