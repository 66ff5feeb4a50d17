"""safety.md T8: whoever deletes, edits, reorders, cuts off or puts in is found out by name."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.guards import Role
from app.models import AuditEvent
from app.services import audit_chain
from app.services.audit_chain import Head, link_new, verify
from app.store import audit
from tests.client import LookingClient

OPEN = {
    "sqlite": [
        f"DROP TRIGGER {table}_{act}"
        for table in ("audit_event", "audit_link")
        for act in ("update", "delete")
    ],
    "postgresql": ["SET session_replication_role = replica"],
}


CUT_OFF = (
    "DELETE FROM audit_event WHERE object_id = '4'",
    "DELETE FROM audit_link WHERE position = 5",
)
SWAP = """UPDATE audit_event SET object_id = CASE object_id WHEN '1' THEN '2' ELSE '1' END
    WHERE object_id IN ('1', '2')"""


def write(session: Session, now: datetime, count: int = 5) -> None:
    for n in range(count):
        audit.add_event(
            session, by=None, act=f"act.{n}", kind="thing", object_id=f"{n}", now=now,
            detail={"n": n, "b": [1.5, None]},
        )  # fmt: skip
    session.commit()


@pytest.fixture
def head(session: Session, now: datetime) -> Head | None:
    """Return the end of a chain of five events; its links are in the database."""
    write(session, now)
    return link_new(session)


@pytest.fixture
def insider(session: Session) -> Callable[..., None]:
    """Return what an administrator of the database can do once the triggers are away."""

    def act(*statements: str) -> None:
        for statement in (*OPEN[session.bind.dialect.name], *statements):
            session.execute(text(statement))
        session.commit()
        session.expire_all()

    return act


def event_ids(session: Session) -> list[int]:
    return [event.id for event in session.query(AuditEvent).order_by(AuditEvent.id)]


@pytest.mark.parametrize("table", ["audit_event", "audit_link"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.usefixtures("head")
def test_the_database_refuses_to_change_or_delete(session: Session, table: str, act: str) -> None:
    column = "act" if table == "audit_event" else "mac"
    with pytest.raises(DBAPIError, match="only ever added to"):
        session.execute(text(act.format(table, column, column)))


def test_an_untouched_trail_is_whole_also_after_more_was_added(
    session: Session, head: Head, now: datetime
) -> None:
    write(session, now + timedelta(days=1), 3)
    assert verify(session, head).waiting == 3
    longer = link_new(session)
    assert longer is not None
    assert longer.position == 8
    verdict = verify(session, head)
    assert verdict.is_whole
    assert (verdict.linked, verdict.waiting) == (8, 0)
    assert link_new(session) is None


@pytest.mark.parametrize(
    ("what", "first"),
    [
        ("UPDATE audit_event SET act = 'nothing' WHERE object_id = '2'", 2),
        ("UPDATE audit_event SET detail = '{}' WHERE object_id = '1'", 1),
        ("DELETE FROM audit_event WHERE object_id = '3'", 3),
        ("DELETE FROM audit_link WHERE position = 2", 2),
        (SWAP, 1),
        ("UPDATE audit_link SET mac = 'made up' WHERE position = 5", 4),
    ],
)  # fmt: skip
def test_the_first_row_that_was_tampered_with_is_named(
    session: Session, insider: Callable[..., None], head: Head, what: str, first: int
) -> None:
    ids = event_ids(session)
    insider(what)
    verdict = verify(session, head)
    assert not verdict.is_whole
    assert verdict.event_id == ids[first]


def test_a_tail_cut_off_with_its_links_is_seen_against_the_kept_end(
    session: Session, insider: Callable[..., None], head: Head
) -> None:
    insider(*CUT_OFF)
    assert verify(session).is_whole  # why the end is kept elsewhere, too
    assert "cut off" in verify(session, head).words


def test_a_trail_rewritten_from_an_old_copy_is_seen_against_the_kept_end(
    session: Session, insider: Callable[..., None], head: Head, now: datetime
) -> None:
    insider(*CUT_OFF)
    write(session, now, 1)
    link_new(session)
    assert not verify(session, head).is_whole


def test_a_row_put_in_among_old_ones_is_named(
    session: Session, head: Head, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LATE", 3)
    session.add(
        AuditEvent(
            id=-1,
            at=now,
            actor_kind="staff",
            act="quiet",
            object_kind="x",
            object_id="x",
            detail={},
        )
    )
    session.commit()
    link_new(session)
    assert verify(session, head).event_id == -1


def test_an_event_that_was_committed_late_is_linked_like_any_other(
    session: Session, now: datetime
) -> None:
    write(session, now, 3)
    late = AuditEvent(
        id=500, at=now, actor_kind="staff", act="x", object_kind="x", object_id="x", detail={}
    )
    session.add(late)
    session.commit()
    link_new(session)
    session.add(
        AuditEvent(
            id=499, at=now, actor_kind="staff", act="y", object_kind="x", object_id="x",
            detail={},
        )
    )  # fmt: skip
    session.commit()
    assert link_new(session) is not None
    verdict = verify(session)
    assert verdict.is_whole
    assert verdict.waiting == 0


def test_an_auditor_reads_the_verdict_and_nobody_else(
    session: Session, sign_in: Callable[..., LookingClient], tmp_path: Path, head: Head
) -> None:
    audit_chain.keep_head(tmp_path, head)
    assert audit_chain.find_head(tmp_path) == head
    auditor = sign_in(Role.AUDITOR)
    assert "5 events are as they were written" in auditor.get("/people/audit/check").text
    session.execute(text(OPEN[session.bind.dialect.name][0]))
    session.execute(text("UPDATE audit_event SET act = 'x' WHERE object_id = '0'"))
    session.commit()
    assert "was changed" in auditor.get("/people/audit/check").text
    assert sign_in(Role.ANALYST).get("/people/audit/check").status_code == 403
