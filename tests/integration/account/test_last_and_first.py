"""Two at the same moment: a one-time code opens one session, and an administrator remains."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.guards import Role
from app.models import StaffSession, StaffUser
from app.services import accounts
from app.services.passwords import hash_password
from app.store import staff
from tests.builders import a_staff_user, an_actor
from tests.client import LookingClient

PASSWORD = "three random words"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Together = Callable[..., list[object]]


@pytest.fixture
def together(engine: Engine) -> Iterator[Together]:
    """Return a function that does some acts at one moment, each in a session of its own."""
    sessions = sessionmaker(engine, expire_on_commit=False)

    def all_at_once(*acts: Callable[[Session], object]) -> list[object]:
        barrier = Barrier(len(acts))

        def one(act: Callable[[Session], object]) -> object:
            with sessions() as own:
                barrier.wait()
                try:
                    return act(own)
                except Exception as error:
                    return error

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    return all_at_once


def test_a_code_read_by_two_opens_one_session(
    session: Session, now: datetime, together: Together
) -> None:
    user = a_staff_user(session, Role.ANALYST)
    user.password_hash, user.totp_secret = hash_password(PASSWORD), TOTP
    session.commit()
    code = pyotp.TOTP(TOTP).at(int(now.timestamp()))

    def sign_in(own: Session) -> str:
        return accounts.sign_in(
            own, email=user.email, password=PASSWORD, code=code, address="192.0.2.1", now=now
        )

    came = together(sign_in, sign_in, sign_in)
    assert sum(isinstance(c, str) for c in came) == 1
    assert sum(isinstance(c, accounts.SignInRefusedError) for c in came) == 2
    assert session.query(StaffSession).filter_by(user_id=user.id).count() == 1


def test_a_step_that_was_used_since_the_row_was_read_is_refused(
    engine: Engine, session: Session
) -> None:
    user = a_staff_user(session, Role.ANALYST)
    session.commit()
    with sessionmaker(engine)() as other:
        assert staff.take_totp_step(other, other.get_one(StaffUser, user.id), 7)
        other.commit()
    assert user.totp_last_step is None  # what this session believes
    assert not staff.take_totp_step(session, user, 7)
    assert staff.take_totp_step(session, user, 8)


def test_the_last_administrator_cannot_be_closed(
    session: Session, sign_in: Callable[..., LookingClient]
) -> None:
    browser = sign_in(Role.ADMINISTRATOR)
    own = browser.staff.id
    page = browser.post(f"/people/{own}/deactivate", follow_redirects=True)
    assert "This is the last administrator" in page.text
    session.expire_all()
    assert session.get_one(StaffUser, own).is_active


def test_a_made_up_administrator_does_not_count_as_one(session: Session, now: datetime) -> None:
    by = an_actor(session, Role.ADMINISTRATOR)
    made_up = a_staff_user(session, Role.ADMINISTRATOR)
    made_up.is_demo = True
    session.commit()
    with pytest.raises(accounts.LastAdministratorError):
        accounts.deactivate(session, by.user_id, by=by, now=now)
    accounts.deactivate(session, made_up.id, by=by, now=now)


def test_two_administrators_who_close_each_other_leave_one(
    session: Session, now: datetime, together: Together
) -> None:
    one, two = an_actor(session, Role.ADMINISTRATOR), an_actor(session, Role.ADMINISTRATOR)
    session.commit()

    def close(user_id: UUID) -> Callable[[Session], object]:
        return lambda own: accounts.deactivate(own, user_id, by=one, now=now)

    together(close(one.user_id), close(two.user_id))
    session.expire_all()
    assert len(staff.lock_administrators(session)) == 1
