"""Sign-in, throttling, sessions that end, roles."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.config import Config, Face
from app.models import AuditEvent, Role, StaffUser
from app.services import accounts
from app.services.passwords import hash_password
from tests.builders import a_staff_user
from tests.client import LookingClient

PASSWORD = "three random words"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOME = "192.0.2.1"
ELSEWHERE = "198.51.100.7"


@pytest.fixture
def user(session: Session) -> StaffUser:
    user = a_staff_user(session, Role.ANALYST, Role.COMMISSIONER)
    user.password_hash = hash_password(PASSWORD)
    user.totp_secret = TOTP
    session.commit()
    return user


def code_at(now: datetime) -> str:
    return pyotp.TOTP(TOTP).at(int(now.timestamp()))


def try_in(
    session: Session,
    user: StaffUser,
    now: datetime,
    *,
    password: str = PASSWORD,
    code: str | None = None,
    address: str = HOME,
) -> str:
    return accounts.sign_in(
        session,
        email=user.email.upper(),
        password=password,
        code=code or code_at(now),
        address=address,
        now=now,
    )


def test_the_right_password_and_code_sign_in(
    session: Session, user: StaffUser, now: datetime
) -> None:
    actor = accounts.resume(session, try_in(session, user, now), now=now)
    assert actor is not None
    assert actor.user_id == user.id


def test_a_code_works_once(session: Session, user: StaffUser, now: datetime) -> None:
    try_in(session, user, now)
    with pytest.raises(accounts.SignInRefusedError):
        try_in(session, user, now)


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"code": "000000"}])
def test_a_wrong_part_is_refused_without_saying_which(
    session: Session, user: StaffUser, now: datetime, wrong: dict[str, str]
) -> None:
    with pytest.raises(accounts.SignInRefusedError):
        try_in(session, user, now, **wrong)


def test_a_guesser_is_slowed_down_but_the_real_user_elsewhere_is_not(
    session: Session, user: StaffUser, now: datetime
) -> None:
    for _ in range(accounts.MOST_PER_PAIR):
        with pytest.raises(accounts.SignInRefusedError):
            try_in(session, user, now, password="guess", address=ELSEWHERE)
    with pytest.raises(accounts.TooManyTriesError):
        try_in(session, user, now, address=ELSEWHERE)

    assert try_in(session, user, now, address=HOME)


def test_waiting_lets_the_slowed_address_try_again(
    session: Session, user: StaffUser, now: datetime
) -> None:
    for _ in range(accounts.MOST_PER_PAIR):
        with pytest.raises(accounts.SignInRefusedError):
            try_in(session, user, now, password="guess")
    later = now + accounts.WINDOW + timedelta(seconds=1)
    assert try_in(session, user, later)


def test_a_session_ends_after_thirty_idle_minutes(
    session: Session, user: StaffUser, now: datetime
) -> None:
    secret = try_in(session, user, now)
    assert accounts.resume(session, secret, now=now + timedelta(minutes=29)) is not None
    assert accounts.resume(session, secret, now=now + timedelta(minutes=60)) is None


def test_a_session_ends_after_eight_hours_however_busy(
    session: Session, user: StaffUser, now: datetime
) -> None:
    secret = try_in(session, user, now)
    for minutes in range(0, 8 * 60, 20):
        assert accounts.resume(session, secret, now=now + timedelta(minutes=minutes)) is not None
    assert accounts.resume(session, secret, now=now + timedelta(hours=8, minutes=1)) is None


def test_closing_an_account_ends_its_sessions_at_once(
    session: Session,
    user: StaffUser,
    now: datetime,
    sign_in: Callable[..., LookingClient],
) -> None:
    secret = try_in(session, user, now)
    admin = sign_in(Role.ADMINISTRATOR)
    assert admin.post(f"/people/{user.id}/deactivate").status_code == 302
    session.expire_all()
    assert accounts.resume(session, secret, now=now) is None


def test_only_an_administrator_closes_accounts(
    user: StaffUser, sign_in: Callable[..., LookingClient]
) -> None:
    assert sign_in(Role.ANALYST).post(f"/people/{user.id}/deactivate").status_code == 403


def test_signing_out_ends_the_session_on_the_server(
    sign_in: Callable[..., LookingClient], staff_app: Flask
) -> None:
    browser = sign_in(Role.ANALYST)
    kept = browser.get_cookie("staff")
    assert kept is not None
    browser.post("/sign-out")

    thief = staff_app.test_client()
    thief.set_cookie("staff", kept.value)
    assert thief.get("/").location.startswith("/sign-in")


def test_each_act_is_recorded_under_one_role(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    browser = sign_in(Role.ANALYST, Role.AUDITOR)
    browser.post("/act-as/auditor")
    event = session.query(AuditEvent).filter_by(act="staff.act_as").one()
    assert event.role == Role.AUDITOR
    assert b"staff.act_as" in browser.get("/people/audit").data


def test_nobody_acts_under_a_role_they_do_not_hold(sign_in: Callable[..., LookingClient]) -> None:
    browser = sign_in(Role.ANALYST)
    browser.post("/act-as/administrator")
    assert browser.get("/people/").status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",  # browsers drop a tab or a line end inside an address
        "/\n/evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(
    make_config: Callable[..., Config], session: Session, target: str, engine: object
) -> None:
    from app import create_app

    demo = a_staff_user(session, Role.ANALYST)
    demo.is_demo = True
    session.commit()
    app = create_app(make_config(face=Face.STAFF, demo=True), engine)  # type: ignore[arg-type]
    app.config["WTF_CSRF_ENABLED"] = False
    moved = app.test_client().post(f"/sign-in/demo/{demo.id}", query_string={"next": target})
    assert moved.location == "/"


def test_without_demo_no_account_opens_by_one_click(session: Session, staff_app: Flask) -> None:
    demo = a_staff_user(session, Role.ANALYST)
    demo.is_demo = True
    session.commit()
    client = staff_app.test_client()
    client.post(f"/sign-in/demo/{demo.id}")
    assert client.get("/").location.startswith("/sign-in")
