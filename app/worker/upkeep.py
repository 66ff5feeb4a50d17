"""What keeps the house: the daily purge, the clock on flags, and a sign of life."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import Job
from app.packs import Hours, Pack
from app.services import audit_chain, fingerprints, flags, outbound, packs, retention
from app.services.outbound import Sender
from app.store import machine, outbox
from app.store.alone import alone
from app.worker.coders import Coders
from app.worker.loop import Chore, one_by_one
from app.worker.senders import Stoppable

log = logging.getLogger("heard.worker")

PURGE = "purge"
PURGE_AT = time(2, 30)  # London; nobody answers or reads
STATE_EVERY = timedelta(seconds=30)
CHECK_INS_EVERY = timedelta(minutes=1)
ESCALATE_EVERY = timedelta(minutes=1)
SCHEDULE_EVERY = timedelta(minutes=10)
LINK_EVERY = timedelta(minutes=5)  # safety.md T8


@dataclass(frozen=True, slots=True)
class Purges:
    """The daily purge, which schedules the next one itself."""

    pack: Pack
    kind: str = PURGE
    batch: int = 1

    def prepare(self, _session: Session, _now: datetime, /) -> bool:
        """Return True: deleting needs nothing loaded."""
        return True

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Purge; twice a day by accident is as good as once."""
        one_by_one(session, jobs, lambda job: self._purge(session, job, now), now)

    def _purge(self, session: Session, job: Job, now: datetime) -> None:
        for other in machine.list_waiting_jobs(session, PURGE):
            if other.id != job.id:
                outbox.drop_job(session, other)
        outbox.add_job(session, PURGE, now=now, run_after=next_purge(now))
        present = packs.in_force(session, self.pack)
        life = timedelta(days=present.complaint_days)
        # Commits, the next purge with it.
        purged = retention.purge(session, now=now, complaint_life=life)
        log.info("purged %s", {name: n for name, n in asdict(purged).items() if n})


def next_purge(now: datetime) -> datetime:
    """Return the next night's hour for the purge."""
    local = now.astimezone(LONDON)
    at = datetime.combine(local.date(), PURGE_AT, LONDON)
    if at <= local:
        at = datetime.combine(local.date() + timedelta(days=1), PURGE_AT, LONDON)
    return at.astimezone(UTC)


def schedule_purge(session: Session, now: datetime) -> None:
    """See to it that a purge is promised: at once where none is, parked ones left aside."""
    if not machine.list_waiting_jobs(session, PURGE):
        outbox.add_job(session, PURGE, now=now)
        session.commit()


def check_in_chore(pack: Pack, *, public_url: str, sender: Sender | None, secret_key: str) -> Chore:
    """Return the chore that sends check-ins; without a sender they wait to be exported."""

    def send(session: Session, now: datetime) -> None:
        # Two at a time could each ask one person something, neither knowing of the other's.
        with alone(session, "check-ins") as is_ours:
            if is_ours:
                act(session, now)

    def act(session: Session, now: datetime) -> None:
        present = packs.in_force(session, pack)  # a bank holiday may have come with a new one
        outbound.note_missed(session, hours=present.staffed_hours, now=now)
        outbound.prepare_due(session, pack=present, public_url=public_url, now=now)
        if sender is None:
            return
        stoppable = Stoppable(sender, public_url, fingerprints.pepper(session, secret_key))
        sent = outbound.send_due(session, stoppable, pack=present, now=now)
        if sent.sent or sent.dropped:
            log.info("check-ins: %d sent, %d dropped", sent.sent, sent.dropped)

    return Chore("check-ins", CHECK_INS_EVERY, send)


def chores(coders: Coders, hours: Hours) -> tuple[Chore, ...]:
    """Return what is done every so often."""

    def escalate(session: Session, now: datetime) -> None:
        present = packs.hours_in_force(session, hours)
        late = flags.escalate_due(session, now=now, hours=present)
        if late:
            log.info("passed %d flags to the deputy", late)

    def link_audit(session: Session, _now: datetime) -> None:
        head = audit_chain.link_new(session)
        if head is not None:
            # Said aloud, so that a log kept elsewhere holds it as well as the file beside the data.
            log.info("audit trail up to %s", head)
            audit_chain.keep_head(coders.instance, head)

    def say_state(session: Session, now: datetime) -> None:
        machine.set_state(session, {"seen_at": now.isoformat(), "problems": dict(coders.problems)})
        session.commit()

    return (
        Chore("purge", SCHEDULE_EVERY, schedule_purge),
        Chore("state", STATE_EVERY, say_state),
        Chore("audit", LINK_EVERY, link_audit),
        Chore("escalate", ESCALATE_EVERY, escalate),
    )
