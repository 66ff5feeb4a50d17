"""A text somebody sent back, kept where the risk reader and the safeguarding desk find it.

It is no answer: it is set aside for good, and no figure, sample or quote ever sees it.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import REPLY, Case, SurveyMode
from app.services.sending import CODE_JOB
from app.store import journeys, outbox, outreach, responses


def keep(session: Session, case: Case, words: str, *, now: datetime) -> UUID | None:
    """Keep the words of a reply beside the link it answers, to be read for risk; return its id.

    Where no link was ever sent, or where nobody may know who stands behind the answers, they are
    kept beside the newest check-in, and the task alone names the case. None without a check-in.
    """
    link = outreach.find_last_link(session, case.id)
    if link is not None and link.collector.survey.mode == SurveyMode.ANONYMOUS:
        link = None
    collector = link.collector if link else outreach.find_check_in_collector(session)
    version_id = journeys.latest_version_id(session, collector.survey_id) if collector else None
    if collector is None or version_id is None:
        return None
    today, survey, reply_id = now.astimezone(LONDON).date(), collector.survey, uuid4()
    values = {
        "id": reply_id,
        "survey_id": survey.id,
        "version_id": version_id,
        "collector_id": collector.id,
        "link_id": link.id if link else None,
        "channel": collector.channel,
        "language": case.language,
        "received_on": today,
        "disposition": REPLY,
        "eligible": False,
        "is_test": False,
        "is_synthetic": survey.is_synthetic,
        "quarantined": REPLY,
        "quote_consent": False,
        "submission_key": reply_id.hex,
        "service": case.service,
        "purge_on": today + timedelta(days=survey.retention_days),
    }
    texts = [{"question_id": REPLY, "body": words}]
    responses.insert_response(session, values, *responses.build_rows(reply_id, (), texts))
    outbox.add_job_row(session, CODE_JOB, now=now, subject_id=reply_id)
    return reply_id
