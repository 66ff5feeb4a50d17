"""The watch over readers, every few seconds, and the notice that says only that there is one."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.models import Job
from app.services import alerts
from app.services.outbound import Outgoing, Sender
from app.store import alerts as store
from app.store import audit
from app.worker.loop import Chore
from app.worker.notices import is_taken, notify_each

log = logging.getLogger("heard.worker")

EVERY = timedelta(seconds=15)  # safety.md T7: an alert within 60 seconds
SUBJECT = "Heard: please look at who read what"


@dataclass(frozen=True, slots=True)
class AlertNotices:
    """Tells those who answer for the watch; at least once, never whom it is about."""

    sender: Sender
    staff_url: str
    kind: str = alerts.NOTICE
    batch: int = 20

    def prepare(self, _session: Session, _now: datetime, /) -> bool:
        """Return True: a notice needs nothing loaded."""
        return True

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Send each notice and note that it went; wait for a mail server that is down."""
        notify_each(session, jobs, lambda job: self._notify(session, job, now), now)

    def _notify(self, session: Session, job: Job, now: datetime) -> None:
        about = job.subject_id or UUID(int=0)
        to = [user.email for user in alerts.recipients(session, about)]
        reached = sum(self._send(address) for address in to)
        audit.add_event(
            session,
            by=None,
            act="alert.notify",
            kind=store.STAFF,
            object_id=about,
            now=now,
            detail={"people": reached},
        )

    def _send(self, address: str) -> bool:
        reference = f"alert/{uuid4().hex[:8]}"
        message = Outgoing(reference, "email", address, SUBJECT, words(self.staff_url))
        return is_taken(self.sender, message)


def words(staff_url: str) -> str:
    """Return the notice: that there is something to look at, and where."""
    return (
        "A colleague opened something that nobody has a reason to open, or more than is usual in "
        "a day. There may be a good reason: please look, and ask.\n"
        f"Sign in to see it: {staff_url}/safeguarding/alerts"
    )


def alert_chore() -> Chore:
    """Return the chore that looks at the trail whenever there is more of it."""
    looked_at = [-1]

    def act(session: Session, now: datetime) -> None:
        newest = store.find_newest_event(session)
        if newest == looked_at[0]:
            return
        found = alerts.look(session, now=now)
        looked_at[0] = newest
        if found:
            log.info("raised %d alerts about reading", found)

    return Chore("alerts", EVERY, act)
