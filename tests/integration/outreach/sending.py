"""A case that is due a check-in, and a sender that keeps what it is given."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.models import Channel, MessageTemplate
from app.packs import load_pack
from app.services.contacts import take_contacts
from app.services.handover import take_cases
from app.services.outbound import Outgoing
from tests.builders import a_collector, a_survey

PACK = load_pack("thames-valley")
PEPPER = "pepper"
BODY = "Hello, how are things? {link} Reply STOP to stop these."
CASES = "case_key,service,contact_outcome,stage_date,consent_checkin\n{rows}"
NEW_CASES = (
    "case_key,service,contact_outcome,stage_date,consent_checkin,"
    "do_not_contact,shared_device,shared_address,avoid_dates,trial_date\n{rows}"
)
CONTACTS = "case_key,channel,address,safe_times,safe_checked_on,safe_until\n{rows}"


class Box:
    """A sender that keeps what it is given, and can be down or refuse."""

    def __init__(self) -> None:
        self.got: list[Outgoing] = []
        self.error: Exception | None = None

    def send(self, message: Outgoing) -> None:
        if self.error is not None:
            raise self.error
        self.got.append(message)


def approved_wording(session: Session, now: datetime, *channels: str) -> None:
    for channel in channels or ("sms",):
        session.add(
            MessageTemplate(
                key="check_in",
                channel=channel,
                language="en",
                body=BODY,
                approved_at=now,
                subject="Hello" if channel == "email" else None,
            )
        )
    session.commit()


def a_check_in(session: Session) -> None:
    survey = a_survey(session, "checkin_adult", is_check_in=True)
    survey.slug = "checkin_adult"
    a_collector(session, survey, Channel.PERSONAL)
    session.commit()


def some_cases(session: Session, now: datetime, rows: list[tuple[str, str, str]]) -> None:
    """Take over cases contacted seven days ago: (key, channel, address)."""
    day = (now - timedelta(days=7)).date()
    cases = "".join(f"{key},sv,reached,{day},yes,,,,,\n" for key, _, _ in rows)
    found = "".join(f"{k},{channel},{to},,2026-11-01,2027-12-01\n" for k, channel, to in rows)
    take_cases(
        session, NEW_CASES.format(rows=cases).encode(), "c.csv", pack=PACK, how="upload", by=None,
        now=now,
    )  # fmt: skip
    take_contacts(
        session, CONTACTS.format(rows=found).encode(), "k.csv", pepper=PEPPER, how="upload",
        by=None, now=now,
    )  # fmt: skip


def a_due_case(session: Session, now: datetime) -> None:
    a_check_in(session)
    approved_wording(session, now)
    some_cases(session, now, [("K1", "sms", "07700 900123")])
