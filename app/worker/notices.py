"""Telling the duty lead that a flag waits. A notice says that, and nothing of what was written."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import london_words
from app.models import Channel, Flag, FlagStatus, Job, SurveyMode
from app.services import rota
from app.services.outbound import Outgoing, Sender, SenderDownError, SenderRefusedError
from app.services.raising import NOTICE
from app.store import audit, care, machine, outbox
from app.store.errors import NotFoundError
from app.worker.loop import hand_back, leave

log = logging.getLogger("heard.worker")

TRY_AGAIN = timedelta(minutes=1)


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
        """Send each notice and note that it went; wait for a mail server that is down."""
        notify_each(session, jobs, lambda job: self._notify(session, job, now), now)

    def _notify(self, session: Session, job: Job, now: datetime) -> None:
        flag = _open_flag(session, job)
        if flag is None:
            return
        to = rota.addresses(session, to_deputy=job.payload.get("to") == "deputy", now=now)
        reached = sum(self._send(flag, address) for address in to)
        audit.add_event(
            session,
            by=None,
            act="flag.notify",
            kind="flag",
            object_id=flag.id,
            now=now,
            detail={"tier": flag.tier, "people": reached},
        )

    def _send(self, flag: Flag, address: str) -> bool:
        message = Outgoing(
            reference=f"{flag.id}/{uuid4().hex[:8]}",
            channel="email",
            address=address,
            subject=subject(flag),
            body=words(flag, self.staff_url),
        )
        return is_taken(self.sender, message)


def notify_each(
    session: Session, jobs: Sequence[Job], notify: Callable[[Job], None], now: datetime
) -> None:
    """Send the notice of each job in a commit of its own; wait for a mail server that is down.

    A server that keeps each try waiting is asked once: while it is, no answer is read for danger.
    """
    began, is_down = time.monotonic(), False
    for job in jobs:
        try:
            if is_down:
                raise SenderDownError
            notify(job)
            outbox.finish_job(session, job)
        except OperationalError:
            session.rollback()
            raise
        except outbox.LeaseLostError:
            leave(session, job)
        except SenderDownError:
            session.rollback()
            is_down, waited = True, timedelta(seconds=round(time.monotonic() - began))
            machine.postpone_job(session, job, until=now + waited + TRY_AGAIN)
        except Exception as error:  # the outermost edge: one bad job harms no other
            hand_back(session, job, error, now)
        session.commit()


def is_taken(sender: Sender, message: Outgoing) -> bool:
    """Send a notice to one colleague; return whether the sender took it."""
    try:
        sender.send(message)
    except SenderRefusedError:
        log.warning("a notice was refused by the sender; see the addresses of colleagues")
        return False
    return True


def _open_flag(session: Session, job: Job) -> Flag | None:
    """Return the flag to tell of; None where it was purged, or somebody has it already.

    A flag on an imported answer waits at the desk without a notice: a file of thousands would
    bury the one notice that matters.
    """
    try:
        flag = care.get_flag(session, job.subject_id) if job.subject_id else None
    except NotFoundError:
        return None
    if flag is None or flag.status != FlagStatus.OPEN:
        return None
    return None if flag.response.channel == Channel.IMPORT else flag


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
