"""Telling the duty lead that a flag waits. A notice says that, and nothing of what was written."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.clock import london_words
from app.models import Flag, FlagStatus, Job, Role, SurveyMode
from app.services.raising import NOTICE
from app.store import audit, care, staff
from app.store.errors import NotFoundError
from app.worker.loop import one_by_one

log = logging.getLogger("heard.worker")

DEPUTIES = frozenset({Role.SAFEGUARDING_DEPUTY})
ON_DUTY = frozenset({Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY})


class Sender(Protocol):
    """A way to reach staff."""

    def send(self, to: Sequence[str], subject: str, words: str) -> None:
        """Send one message to several people."""
        ...


class ConsoleSender:
    """Development's sender: the message appears where the worker runs."""

    def send(self, to: Sequence[str], subject: str, words: str) -> None:
        """Print the message."""
        log.info("to %s: %s | %s", ", ".join(to), subject, " ".join(words.split()))


@dataclass(frozen=True, slots=True)
class FlagNotices:
    """Sends the notice of a flag.

    At least once: killed between the sending and the commit, it sends again. A second notice
    costs a glance; a notice that never came could cost more.
    """

    sender: Sender
    staff_url: str
    kind: str = NOTICE
    batch: int = 20

    def prepare(self, _session: Session, _now: datetime, /) -> bool:
        """Return True: a notice needs nothing loaded."""
        return True

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Send each notice and note that it went."""
        one_by_one(session, jobs, lambda job: self._notify(session, job, now), now)

    def _notify(self, session: Session, job: Job, now: datetime) -> None:
        if job.subject_id is None:
            return
        try:
            flag = care.get_flag(session, job.subject_id)
        except NotFoundError:
            return  # purged with its response
        to = recipients(session, DEPUTIES if job.payload.get("to") == "deputy" else ON_DUTY)
        if flag.status != FlagStatus.OPEN or not to:
            return  # somebody has it already, or there is nobody yet; the desk shows it
        self.sender.send(to, subject(flag), words(flag, self.staff_url))
        audit.add_event(
            session,
            by=None,
            act="flag.notify",
            kind="flag",
            object_id=flag.id,
            now=now,
            detail={"tier": flag.tier, "people": len(to)},
        )


def recipients(session: Session, roles: Collection[Role] = ON_DUTY) -> list[str]:
    """Return the addresses of those who hold one of these roles."""
    return [
        user.email
        for user in staff.list_users(session)
        if user.is_active and any(held.role in roles for held in user.roles)
    ]


def subject(flag: Flag) -> str:
    """Return the line people see first, which says nothing of whom or what."""
    return f"Heard: something needs you ({flag.tier})"


def words(flag: Flag, staff_url: str) -> str:
    """Return the notice: that a flag waits, until when, and where."""
    lines = [
        f"A new item ({flag.tier}) waits at the safeguarding desk.",
        f"Please act before {london_words(flag.due_at)}.",
    ]
    if flag.response.survey.mode == SurveyMode.ANONYMOUS:
        lines.append("It came through an anonymous survey: who wrote it is not known to us.")
    lines.append(f"Sign in to read it: {staff_url}/safeguarding")
    return "\n".join(lines)
