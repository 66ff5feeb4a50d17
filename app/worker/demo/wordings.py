"""The demonstration's messages, let out by two people, and which survey asks which form."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from app.models import MessageTemplate, Role, StaffUser
from app.services import demonstration
from app.store import outreach

TEXT = "Hello, how are things? Four quick questions: {link} Reply STOP to stop these."
MAIL = (
    "Hello, how are things?\n\nFour quick questions, only if it suits you: {link}\n\n"
    "You can stop these at any time on that page."
)
FORMS = {
    "checkin_adult": demonstration.CHECK_IN,
    "checkin_adult_informed": demonstration.CHECK_IN,
    "checkin_court": demonstration.COURT_CHECK_IN,
}


def write_wordings(session: Session, people: Mapping[Role, StaffUser], *, now: datetime) -> None:
    """Write the wording of texts and mails, and the plan of check-ins."""
    for channel, body, subject in (("sms", TEXT, None), ("email", MAIL, "How are things?")):
        session.add(
            MessageTemplate(
                id=uuid4(),
                key="check_in",
                channel=channel,
                language="en",
                subject=subject,
                body=body,
                written_by=people[Role.OUTREACH].id,
                approved_by=people[Role.APPROVER].id,
                approved_at=now,
            )
        )
    outreach.put_forms(session, FORMS)
