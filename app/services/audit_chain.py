"""The chain over the audit trail (safety.md T8): who changes a row later is found out.

The worker links events some minutes after they happened, in the order it finds them, so that no
act of a respondent or of staff waits for a lock. Until then triggers alone protect them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.models import AuditEvent, AuditLink, SealError, key_ring
from app.store import audit

PURPOSE = b"heard audit chain"
BATCH = 2000
HEAD_FILE = "audit-head"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some moment; kept elsewhere, it shows that no end was cut off."""

    position: int
    mac: str

    def __str__(self) -> str:
        """Return "position:mac"."""
        return f"{self.position}:{self.mac}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Return the head in "position:mac"; raise ValueError."""
        position, _, mac = text.strip().partition(":")
        return cls(int(position), mac)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; `event_id` names the first row that is not as it was."""

    linked: int
    waiting: int = 0
    event_id: int | None = None
    problem: str | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether nothing was changed, taken away or put in between."""
        return self.problem is None

    @property
    def words(self) -> str:
        """Return the verdict in a sentence."""
        if self.problem is not None:
            return f"{self.problem} The {self.linked} events before it are as they were."
        return (
            f"{self.linked} events are as they were written; "
            f"{self.waiting} newer ones are linked within five minutes."
        )


def link_new(session: Session) -> Head | None:
    """Link what was added since the last time; return the new end, None where nothing was."""
    head = None
    while events := audit.list_unlinked(session, limit=BATCH):
        last = audit.find_last_link(session)
        links = _links(events, last.position if last else 0, last.mac if last else "")
        audit.insert_links(session, links)
        session.commit()
        head = Head(links[-1]["position"], links[-1]["mac"])
    return head


def verify(session: Session, head: Head | None = None) -> Verdict:
    """Walk the chain and return the verdict; `head` is an end that it had before."""
    before, position = "", 0
    for link, event in audit.walk_chain(session):
        problem = _problem(link, event, position, before, head)
        if problem is not None:
            return Verdict(position, event_id=link.event_id, problem=problem)
        before, position = link.mac, link.position
    if head is not None and head.position > position:
        gone = (
            f"The end of the trail was cut off after link {position}: it reached {head.position}."
        )
        return Verdict(position, problem=gone)
    outside = audit.find_outside(session)
    if outside is not None:
        put_in = f"Event {outside} was put in later, under an old number."
        return Verdict(position, event_id=outside, problem=put_in)
    return Verdict(position, audit.count_unlinked(session))


def keep_head(instance: Path, head: Head) -> None:
    """Keep the end of the chain outside the database."""
    (instance / HEAD_FILE).write_text(f"{head}\n", encoding="utf-8")


def find_head(instance: Path) -> Head | None:
    """Return the end that was kept, None where there is none."""
    path = instance / HEAD_FILE
    return Head.parse(path.read_text(encoding="utf-8")) if path.exists() else None


def _links(events: Iterable[AuditEvent], position: int, before: str) -> list[dict[str, Any]]:
    links = []
    for event in events:
        position += 1
        key_id, before = key_ring().mac(_content(event, position, before), purpose=PURPOSE)
        links.append({"position": position, "event_id": event.id, "key_id": key_id, "mac": before})
    return links


def _problem(
    link: AuditLink, event: AuditEvent | None, position: int, before: str, head: Head | None
) -> str | None:
    if link.position != position + 1:
        return f"The link before event {link.event_id} was taken away."
    if event is None:
        return f"Event {link.event_id} was taken away."
    content = _content(event, link.position, before)
    try:
        _, mac = key_ring().mac(content, purpose=PURPOSE, key_id=link.key_id)
    except SealError:
        return f"Event {link.event_id} was linked under a key that is not here."
    is_end = head is not None and head.position == link.position
    if mac != link.mac or (is_end and head is not None and mac != head.mac):
        return f"Event {link.event_id} is not as it was written."
    return None


def _content(event: AuditEvent, position: int, before: str) -> bytes:
    actor = str(event.actor_id) if event.actor_id else None
    fields = [
        position, before, event.id, event.at.astimezone(UTC).isoformat(), event.actor_kind, actor,
        event.role, event.act, event.object_kind, event.object_id, event.detail,
    ]  # fmt: skip
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
