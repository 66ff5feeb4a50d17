"""The case system's door: nothing of a body is read for somebody who has no key."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.guards import Role
from app.outreach.api import MOST_BYTES
from app.services import signing
from tests.builders import an_actor


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: nothing is stored."""
    return sqlite_url


def post(app: Flask, key_id: str, length: int) -> tuple[int, bool]:
    body = BytesIO(b"[]")
    reply = app.test_client().post(
        "/api/handover/v1/cases",
        headers={"X-Heard-Key": key_id},
        input_stream=body,
        environ_overrides={"CONTENT_LENGTH": str(length)},
    )
    return reply.status_code, body.tell() > 0


def test_without_a_key_in_use_nothing_is_read(staff_app: Flask, session: Session) -> None:
    by = an_actor(session, Role.ADMINISTRATOR)
    key_id, _ = signing.create_key(session, name="Cases", by=by, now=utc_now())
    assert post(staff_app, "unknown", 2) == (401, False)
    assert post(staff_app, key_id, 2) == (401, True)  # read, and not signed
    assert post(staff_app, key_id, MOST_BYTES + 1) == (413, False)
    signing.revoke_key(session, key_id, by=by, now=utc_now())
    assert post(staff_app, key_id, 2) == (401, False)
