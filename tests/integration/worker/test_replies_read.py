"""A text somebody sends back is read for danger like an answer, and the desk is told."""

import pytest
from sqlalchemy import select

from app.models import Flag, Response
from app.services.outbound import prepare_due, send_due
from app.services.stopping import take_reply
from tests.integration.outreach.sending import PACK, PEPPER, Box, a_due_case


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.mark.parametrize(
    ("words", "tiers"), [("he is here, I am in danger", ["SG1"]), ("ring me on Monday", [])]
)
def test_a_reply_that_tells_of_danger_is_a_flag_before_anybody_opened_the_task(
    session, work, now, words, tiers
):
    a_due_case(session, now)
    prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
    send_due(session, Box(), pack=PACK, now=now)
    take_reply(
        session, number="447700900123", words=words, pepper=PEPPER, hours=PACK.staffed_hours,
        now=now, reply_id="one",
    )  # fmt: skip
    work()
    session.expire_all()
    assert session.scalars(select(Flag.tier)).all() == tiers
    assert session.scalars(select(Response.quarantined)).all() == ["reply"]
