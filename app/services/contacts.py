"""Contact details in a store of their own: sealed, opened only to send, forgotten on stop."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from app.models import ContactDetail, HandoverBatch
from app.services.case_rows import (
    CHANNELS,
    CellError,
    RowProblem,
    code_cell,
    day_cell,
    garbled_cells,
    times_cell,
)
from app.services.stops import GONE, PUNCTUATION, address_hash, international
from app.services.tabular import Row, Table, TableError, in_lots, read_strictly
from app.store import audit, outreach, stops
from app.store.actors import Actor

NEEDED = ("case_key", "channel", "address")
HELD = "the address kept before is not used either: it is held until a good row comes"
TOO_LONG = "this row has more cells than the heading, so nobody can say which belongs where"


@dataclass(frozen=True, slots=True)
class ContactRow:
    """How one case may be reached."""

    case_key: str
    channel: str
    address: str | None
    safe_times: tuple[tuple[str, str], ...]
    safe_checked_on: date | None
    safe_until: date | None
    given: frozenset[str] = frozenset()  # the columns that the row names


@dataclass(frozen=True, slots=True)
class ContactReport:
    """What became of a file of contact details; never a detail itself."""

    read: int
    stored: int
    refused: int
    problems: tuple[RowProblem, ...]
    held: int = 0  # addresses known before that are not used until a good row comes


def take_contacts(
    session: Session,
    data: bytes,
    name: str,
    *,
    pepper: str,
    how: str,
    by: Actor | None,
    now: datetime,
    read_rows: Callable[[bytes, str], Table] = read_strictly,
) -> ContactReport:
    """Load a file of contact details; raise TableError, and change nothing, when it is none.

    Some rows at a time, each lot in a commit of its own, as handover.py does.
    """
    table = read_rows(data, name)
    for column in NEEDED:
        if column not in table.columns:
            raise TableError(
                f"{name} has no {column} column, so it is no file of contact details. "
                "Nothing was taken. A file of cases is sent as cases."
            )
    rows, doubtful, problems, read = _usable(table.rows)
    held = stops.doubt_addresses(session, list(doubtful), now=now)
    session.commit()  # before anything is stored: what is in doubt is used no more
    problems += [RowProblem(doubtful[key], "case_key", HELD) for key in held]
    for lot in in_lots(list(rows.values())):
        _store_all(session, lot, pepper, now)
        session.commit()
    report = ContactReport(read, len(rows), read - len(rows), tuple(problems), len(held))
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


def _usable(
    rows: Iterable[Row],
) -> tuple[dict[str, ContactRow], dict[str, int], list[RowProblem], int]:
    """Return the rows that can be used by key, the keys in doubt by line, and what is wrong.

    Two addresses for one case are nobody's truth, and the wrong one may be the abuser's: neither
    is taken. So is an address beside one that cannot be read. The same row twice is one row.
    """
    usable: dict[str, ContactRow] = {}
    doubtful: dict[str, int] = {}
    problems: list[RowProblem] = []
    read = repeats = 0
    for row in rows:
        read += 1
        contact, found = read_contact(row)
        problems += found
        if contact is None:
            doubtful.setdefault(row.values.get("case_key", "").strip(), row.line)
            continue
        first = usable.setdefault(contact.case_key, contact)
        if first is contact:
            continue
        if first == contact:
            repeats += 1
            continue
        doubtful.setdefault(contact.case_key, row.line)
        message = "this case stands in the file twice with different details; neither was taken"
        problems.append(RowProblem(row.line, "case_key", message))
    sure = {key: contact for key, contact in usable.items() if key not in doubtful}
    return sure, doubtful, problems, read - repeats


def read_contact(row: Row) -> tuple[ContactRow | None, list[RowProblem]]:
    """Return the contact details in a row, or None with every reason they cannot be used."""
    values, given = row.values, frozenset(row.values.keys() - row.missing)
    problems = [*_cut_short(row, given), *garbled_cells(row.line, values)]
    key = values.get("case_key", "").strip()
    if not key:
        problems.append(RowProblem(row.line, "case_key", "give each row its case key"))
    channel = code_cell(values.get("channel", "")) or "none"
    if channel not in CHANNELS:
        problems.append(RowProblem(row.line, "channel", "write sms, email or none"))
    address = values.get("address", "").strip() or None
    if address and not _fits(channel, address):
        problems.append(RowProblem(row.line, "address", f"this is no address for {channel}"))
    elif address and channel == "sms":
        address = international(address)
    read: dict[str, object] = {}
    readers = {"safe_times": times_cell, "safe_checked_on": day_cell, "safe_until": day_cell}
    for column, reader in readers.items():
        try:
            read[column] = reader(values.get(column, ""))
        except CellError as error:
            problems.append(RowProblem(row.line, column, str(error)))
    if problems:
        return None, problems
    return ContactRow(key, channel, address, given=given, **read), []  # type: ignore[arg-type]


def _cut_short(row: Row, given: frozenset[str]) -> list[RowProblem]:
    """Return why a row's cells do not stand under the heading, if they do not."""
    if row.is_too_long:
        return [RowProblem(row.line, "the whole row", TOO_LONG)]
    missing = (column for column in NEEDED if column not in given)
    return [RowProblem(row.line, column, "name this in every row") for column in missing]


def _fits(channel: str, address: str) -> bool:
    if channel == "email":
        name, _, domain = address.partition("@")
        return bool(name) and "." in domain and not any(c.isspace() for c in address)
    digits = PUNCTUATION.sub("", address).removeprefix("+")
    return channel == "none" or (digits.isdecimal() and digits.isascii() and 9 < len(digits) < 16)


def _store_all(session: Session, rows: Sequence[ContactRow], pepper: str, now: datetime) -> None:
    """Store some rows; all that is read is read before, while nothing is locked."""
    stopped = stops.list_stopped(session)
    keys = [row.case_key for row in rows]
    known = outreach.find_contacts(session, keys)
    gone = outreach.days_gone(session, keys, GONE)
    for row in rows:
        detail = known.get(row.case_key)
        if detail is None:
            detail = ContactDetail(id=uuid4(), case_key=row.case_key, channel="none", safe_times=[])
            session.add(detail)
        _store(detail, row, pepper, now, stopped, gone.get(row.case_key))


def _store(
    detail: ContactDetail,
    row: ContactRow,
    pepper: str,
    now: datetime,
    stopped: frozenset[str],
    gone_on: date | None,
) -> None:
    fingerprint = address_hash(pepper, row.address) if row.address else None
    is_same = (detail.channel, detail.address_hash) == (row.channel, fingerprint)
    detail.channel = row.channel
    detail.address_hash = fingerprint
    # Of somebody who said stop the fingerprint is enough: there is nothing to send them.
    is_stopped = row.case_key in stopped or fingerprint in stopped
    detail.address = None if is_stopped or row.channel == "none" else row.address
    if "safe_times" in row.given:
        detail.safe_times = [list(span) for span in row.safe_times]
    # A file without these columns says nothing new; but a new address is safe only if it says so.
    if "safe_checked_on" in row.given or not is_same:
        detail.safe_checked_on = row.safe_checked_on
    if "safe_until" in row.given or not is_same:
        detail.safe_until = row.safe_until
    checked, is_gone = detail.safe_checked_on, False
    if checked and gone_on:  # a message came back from it, and nobody has asked since
        is_gone = is_same and checked <= gone_on
    detail.marked_safe = bool(checked and detail.safe_until) and not is_stopped and not is_gone
    detail.changed_at = now
