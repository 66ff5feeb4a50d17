"""Contact details in a store of their own: sealed, opened only to send, forgotten on stop."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from uuid import uuid4

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import ContactDetail, HandoverBatch, OptOut
from app.services.case_rows import CHANNELS, CellError, RowProblem, code_cell, day_cell, list_cell
from app.services.tabular import Row, TableError, read_table
from app.store import audit, outreach
from app.store.actors import Actor

LEADS_TO_44 = re.compile(r"^(?:0044|440|044|0)(?!0)")  # 07700…, 0044 7700…, +44 (0)7700…
COLUMNS = ("case_key", "channel", "address", "safe_times", "safe_checked_on", "safe_until")


@dataclass(frozen=True, slots=True)
class ContactRow:
    """How one case may be reached."""

    case_key: str
    channel: str
    address: str | None
    safe_times: tuple[tuple[str, str], ...]
    safe_checked_on: date | None
    safe_until: date | None

    @property
    def marked_safe(self) -> bool:
        """Whether somebody asked, and until when the answer holds."""
        return self.safe_checked_on is not None and self.safe_until is not None


@dataclass(frozen=True, slots=True)
class ContactReport:
    """What became of a file of contact details; never a detail itself."""

    read: int
    stored: int
    refused: int
    problems: tuple[RowProblem, ...]


def address_hash(pepper: str, address: str) -> str:
    """Return a keyed fingerprint: a stop word is honoured without keeping the address open."""
    plain = "".join(address.split()).lower()
    digits = re.sub(r"[^0-9]", "", plain)
    if "@" not in plain and digits:
        plain = "+" + LEADS_TO_44.sub("44", digits)
    return hmac.new(pepper.encode(), plain.encode(), hashlib.sha256).hexdigest()


def take_contacts(
    session: Session,
    data: bytes,
    name: str,
    *,
    pepper: str,
    how: str,
    by: Actor | None,
    now: datetime,
) -> ContactReport:
    """Load a file of contact details in one commit; raise TableError when it is no table."""
    table = read_table(data, name)
    if "case_key" not in table.columns:
        raise TableError(f"{name} has no case_key column.")
    rows, doubtful, problems, read = _usable(table.rows)
    for key in doubtful:
        _doubt(session, key, now)
    for row in rows.values():
        _store(session, row, pepper, now)
    report = ContactReport(read, len(rows), read - len(rows), tuple(problems))
    batch = HandoverBatch(
        kind="contacts",
        how=how,
        sha256=hashlib.sha256(data).hexdigest(),
        read=read,
        stored=len(rows),
        unchanged=0,
        refused=report.refused,
        problems=[asdict(problem) for problem in problems[:1000]],
        by_id=by.user_id if by else None,
        at=now,
    )
    session.add(batch)
    audit.add_event(
        session,
        by=by,
        act="handover.contacts",
        kind="handover",
        object_id=batch.id,
        now=now,
        detail={"read": read, "stored": len(rows)},
    )
    session.commit()
    return report


def stop(
    session: Session,
    *,
    case_key: str | None,
    address: str | None,
    pepper: str,
    how: str,
    by: Actor | None,
    now: datetime,
) -> None:
    """Honour a stop word on every channel: by case, by address, at once."""
    fingerprint = address_hash(pepper, address) if address else None
    if fingerprint is None and case_key:
        fingerprint = outreach.find_address_hash(session, case_key)
    if not outreach.is_opted_out(session, case_key, fingerprint):
        today = now.astimezone(LONDON).date()
        session.add(
            OptOut(case_key=case_key, address_hash=fingerprint, how=how, opted_out_on=today)
        )
    outreach.drop_waiting_messages(session, case_key, fingerprint)
    audit.add_event(
        session, by=by, act="outreach.stop", kind="case", object_id=case_key or "address", now=now
    )
    session.commit()


def _usable(
    rows: Iterable[Row],
) -> tuple[dict[str, ContactRow], set[str], list[RowProblem], int]:
    """Return the rows that can be used by key, the keys in doubt, and what is wrong.

    Two addresses for one case are nobody's truth, and the wrong one may be the abuser's: neither
    is taken. The same row twice is one row.
    """
    usable: dict[str, ContactRow] = {}
    doubtful: set[str] = set()
    problems: list[RowProblem] = []
    read = repeats = 0
    for row in rows:
        read += 1
        contact, found = read_contact(row)
        problems += found
        if contact is None:
            continue
        first = usable.setdefault(contact.case_key, contact)
        if first is contact:
            continue
        if first == contact:
            repeats += 1
            continue
        doubtful.add(contact.case_key)
        message = "this case stands in the file twice with different details; neither was taken"
        problems.append(RowProblem(row.line, "case_key", message))
    sure = {key: contact for key, contact in usable.items() if key not in doubtful}
    return sure, doubtful, problems, read - repeats


def read_contact(row: Row) -> tuple[ContactRow | None, list[RowProblem]]:
    """Return the contact details in a row, or None with every reason they cannot be used."""
    values = row.values
    problems = []
    key = values.get("case_key", "").strip()
    if not key:
        problems.append(RowProblem(row.line, "case_key", "give each row its case key"))
    channel = code_cell(values.get("channel", "")) or "none"
    if channel not in CHANNELS:
        problems.append(RowProblem(row.line, "channel", "write sms, email or none"))
    address = values.get("address", "").strip() or None
    if address and not _fits(channel, address):
        problems.append(RowProblem(row.line, "address", f"this is no address for {channel}"))
    read: dict[str, object] = {}
    readers = {"safe_times": times_cell, "safe_checked_on": day_cell, "safe_until": day_cell}
    for column, reader in readers.items():
        try:
            read[column] = reader(values.get(column, ""))
        except CellError as error:
            problems.append(RowProblem(row.line, column, str(error)))
    if problems:
        return None, problems
    return ContactRow(key, channel, address, **read), []  # type: ignore[arg-type]  # read above


def times_cell(cell: str) -> tuple[tuple[str, str], ...]:
    """Return spans like "09:00-12:00; 14:00-16:00"; raise CellError."""
    spans = []
    for part in list_cell(cell):
        opens, _, closes = part.replace("–", "-").partition("-")
        try:
            start, end = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
        except ValueError as error:
            raise CellError("write times like 09:00-12:00") from error
        if start >= end:
            raise CellError("let each span end after it starts")
        spans.append((f"{start:%H:%M}", f"{end:%H:%M}"))
    return tuple(spans)


def _fits(channel: str, address: str) -> bool:
    if channel == "email":
        name, _, domain = address.partition("@")
        return bool(name) and "." in domain and " " not in address
    digits = "".join(address.split()).removeprefix("+")
    return channel == "none" or (digits.isdigit() and 9 < len(digits) < 16)


def _doubt(session: Session, key: str, now: datetime) -> None:
    """Send nothing to an address that the case system itself is no longer sure of."""
    detail = outreach.find_contact(session, key)
    if detail is not None:
        detail.marked_safe = False
        detail.changed_at = now


def _store(session: Session, row: ContactRow, pepper: str, now: datetime) -> None:
    detail = outreach.find_contact(session, row.case_key)
    if detail is None:
        detail = ContactDetail(id=uuid4(), case_key=row.case_key, channel="none", safe_times=[])
        session.add(detail)
    detail.channel = row.channel
    detail.address = row.address
    detail.address_hash = address_hash(pepper, row.address) if row.address else None
    detail.marked_safe = row.marked_safe
    detail.safe_times = [list(span) for span in row.safe_times]
    detail.safe_checked_on = row.safe_checked_on
    detail.safe_until = row.safe_until
    detail.changed_at = now
