"""Safeguarding in the demonstration: flags closed by two people, a few open, and who is on duty."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import DutyDay, Flag, FlagNote, FlagStatus, Role, StaffUser
from app.packs import Hours
from app.services import rota
from app.services.duty import due_at
from app.services.raising import raise_flag
from app.worker.coding import TIERS
from app.worker.demo.corpus import Written
from app.worker.demo.rows import Codings, at
from app.worker.demo.waves import Planned
from nlp.spans import Level

CLOSED_BECAUSE = "Read by the lead the same day. Nobody is in danger now. (Demonstration.)"
OPEN_HOURS_AGO = (1, 5, 20, 26, 30)


def worrying(
    answers: Sequence[Written], codings: Codings, *, question: str, urgent: int, concern: int
) -> list[Written]:
    """Return answers that the reader and the coder both find urgent, or a concern."""
    picked: list[Written] = []
    for level, count in (("urgent", urgent), ("concern", concern)):
        found = [
            answer
            for answer in answers
            if answer.level == level
            and answer.question == question
            and answer.id in codings
            and codings[answer.id].safeguarding.level.value == level
        ]
        picked += found[:count]
    return picked


def write_closed_flags(
    session: Session,
    planned: Iterable[Planned],
    codings: Codings,
    *,
    lead: StaffUser,
    deputy: StaffUser,
    hours: Hours,
) -> int:
    """Write the flags of old answers as they ended: read at once, closed by two people."""
    count = 0
    for response in planned:
        for question_id, answer in response.written.items():
            level = codings[answer.id].safeguarding.level
            if level is Level.NONE:
                continue
            session.add(_closed(response, question_id, level, lead, deputy, hours))
            count += 1
    return count


def raise_open_flags(
    session: Session,
    planned: Sequence[Planned],
    codings: Codings,
    *,
    hours: Hours,
    now: datetime,
) -> int:
    """Open flags on answers of these days, as the worker would have; return how many."""
    count = 0
    for response in planned:
        for question_id, answer in response.written.items():
            tier = TIERS.get(codings[answer.id].safeguarding.level)
            if tier is None:
                continue
            hours_ago = OPEN_HOURS_AGO[count % len(OPEN_HOURS_AGO)]
            raise_flag(
                session,
                response.id,
                reason=f"text:{question_id}",
                source="text",
                tier=tier,
                hours=hours,
                now=now - timedelta(hours=hours_ago),
                text_id=response.text_ids[question_id],
            )
            count += 1
    return count


def _closed(
    response: Planned,
    question_id: str,
    level: Level,
    lead: StaffUser,
    deputy: StaffUser,
    hours: Hours,
) -> Flag:
    raised = at(response.day, 0)
    tier = TIERS[level]
    flag = Flag(
        response_id=response.id,
        text_id=response.text_ids[question_id],
        reason=f"text:{question_id}",
        source="text",
        tier=tier,
        status=FlagStatus.CLOSED,
        raised_at=raised,
        due_at=due_at(tier, raised, hours),
        owner_id=lead.id,
        acknowledged_at=raised + timedelta(minutes=20),
        closing_by=lead.id,
        closing_reason=CLOSED_BECAUSE,
        closed_by=deputy.id,
        closed_at=raised + timedelta(hours=3),
    )
    note = FlagNote(author_id=lead.id, body=CLOSED_BECAUSE, written_at=flag.acknowledged_at)
    flag.notes.append(note)
    return flag


def write_rota(
    session: Session, people: Mapping[Role, StaffUser], *, hours: Hours, now: datetime
) -> None:
    """Name the lead and the deputy for every staffed day of the next two weeks."""
    lead, deputy = people[Role.SAFEGUARDING_LEAD].id, people[Role.SAFEGUARDING_DEPUTY].id
    for watch in rota.list_days(session, today=now.astimezone(LONDON).date(), hours=hours):
        session.add(DutyDay(day=watch.day, lead_id=lead, deputy_id=deputy, set_by=lead, set_at=now))
