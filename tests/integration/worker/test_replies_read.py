"""A text somebody sends back is read for danger like an answer, and the desk is told."""

import pytest
from sqlalchemy import select

from app.guards import Role
from app.models import ConflictSeal, Flag, Response
from app.services.outbound import prepare_due, send_due
from app.services.stopping import take_reply
from app.store import care
from tests.integration.outreach.sending import PACK, PEPPER, Box, a_due_case


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.mark.parametrize("was_asked", [True, False])
@pytest.mark.parametrize(
    ("words", "tiers"), [("he is here, I am in danger", ["SG1"]), ("ring me on Monday", [])]
)
def test_a_reply_that_tells_of_danger_is_a_flag_before_anybody_opened_the_task(
    session, work, now, words, tiers, was_asked
):
    a_due_case(session, now)
    if was_asked:  # else the case never had a link: its phone is known from the contact file
        prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
        send_due(session, Box(), pack=PACK, now=now)
    take_reply(
        session, number="447700900123", words=words, pepper=PEPPER, hours=PACK.staffed_hours,
        now=now, reply_id="one",
    )  # fmt: skip
    work()
    session.expire_all()
    assert session.scalars(select(Flag.tier)).all() == tiers
    kept = session.scalars(select(Response)).one()
    assert kept.quarantined == "reply"
    assert care.find_case_key(session, kept) == "K1"


def test_whoever_is_kept_out_of_a_case_sees_no_flag_on_a_reply_without_a_link(
    session, work, now, sign_in
):
    a_due_case(session, now)
    lead, cousin = sign_in(Role.SAFEGUARDING_LEAD), sign_in(Role.SAFEGUARDING_LEAD)
    session.add(ConflictSeal(user_id=cousin.staff.id, case_key="K1", sealed_at=now))
    take_reply(
        session, number="447700900123", words="he is here, I am in danger", pepper=PEPPER,
        hours=PACK.staffed_hours, now=now, reply_id="one",
    )  # fmt: skip
    work()
    flag = session.scalars(select(Flag)).one()
    assert lead.get(f"/safeguarding/flags/{flag.id}").status_code == 200
    assert cousin.get(f"/safeguarding/flags/{flag.id}").status_code == 404
