"""What the guards have to know of a case and of its contact details, as it is stored now."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from sqlalchemy.orm import Session

from app.models import Case, ContactDetail
from app.services import planning
from app.services.planning import CaseFacts, ContactFacts
from app.store import cases, outreach


def blocks_by_hand(session: Session, case_key: str, *, now: datetime) -> tuple[str, ...]:
    """Return what speaks against passing a link on today, also for a case not known here."""
    contact = outreach.find_contact(session, case_key)
    opted_out = outreach.is_opted_out(session, case_key, contact.address_hash if contact else None)
    said = outreach.what_links_say(session, case_key)
    case = cases.find_cases(session, [case_key]).get(case_key)
    if case is None:  # issued before the case system told us of it
        facts = CaseFacts(consent=True, stopped=said.stopped)
    else:
        facts = case_facts(case, said)
    return planning.blocks_by_hand(facts, contact_facts(contact, opted_out=opted_out), now)


def case_facts(case: Case, said: outreach.Said) -> CaseFacts:
    """Return what the guards need of a case, and of what the person said through a link."""
    return CaseFacts(
        consent=case.consent_check_in,
        consent_after_closure=case.consent_after_closure,
        contact_outcome=case.contact_outcome,
        contact_attempts=case.contact_attempts or 0,
        do_not_contact=case.do_not_contact,
        stopped=case.stopped_on is not None or said.stopped,
        on_hold=case.on_hold,
        held=case.held_on is not None,
        shared=case.shared_device or case.shared_address,
        vulnerable=case.is_vulnerable,
        closed_on=case.closed_on,
        trial_date=case.trial_date,
        avoid=tuple(case.avoid_dates),
        less_often=case.pace == "less_often" or said.less_often,
        stage=case.stage,
        safe_channel=case.safe_channel,
        safe_times=_spans(case.safe_times or ()),
    )


def contact_facts(contact: ContactDetail | None, *, opted_out: bool) -> ContactFacts:
    """Return what the guards need of a person's contact details."""
    if contact is None:
        return ContactFacts(opted_out=opted_out)
    return ContactFacts(
        has_address=contact.address_sealed is not None and contact.channel != "none",
        channel=contact.channel,
        marked_safe=contact.marked_safe,
        safe_until=contact.safe_until,
        safe_times=_spans(contact.safe_times),
        opted_out=opted_out,
    )


def _spans(kept: Iterable[Sequence[str]]) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in kept)
