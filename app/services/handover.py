"""Take over cases from the case system: idempotent, and every row that cannot be used is named."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.models import Case, HandoverBatch
from app.packs import Pack
from app.services.case_rows import CaseRow, RowProblem, read_case, unknown_columns
from app.services.tabular import Row, TableError, read_table
from app.store import audit, cases
from app.store.actors import Actor

MOST_PROBLEMS_KEPT = 1000
# Stages that are moments to ask at; the stage's own date is the touchpoint's day.
STAGE_TOUCHPOINTS = {
    "support_started": "support_start",
    "in_support": "during_support",
    "investigation": "investigation_update",
    "decision": "investigation_update",
    "waiting_for_court": "waiting_for_court",
    "trial": "trial_done",
    "outcome": "outcome",
    "rj_offered": "rj_offer",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file, for the person who sent it."""

    read: int
    stored: int
    unchanged: int
    refused: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]


def take_cases(
    session: Session,
    data: bytes,
    name: str,
    *,
    pack: Pack,
    how: str,
    by: Actor | None,
    now: datetime,
    is_synthetic: bool = False,
) -> Report:
    """Load a file of cases in one commit; raise TableError when it is no table."""
    table = read_table(data, name)
    if "case_key" not in table.columns:
        raise TableError(f"{name} has no case_key column.")
    rows, problems, read = _usable(table.rows, pack)
    stored, unchanged = _store(session, rows, now=now, is_synthetic=is_synthetic)
    report = Report(
        read=read,
        stored=stored,
        unchanged=unchanged,
        refused=read - len(rows),
        problems=tuple(problems),
        ignored_columns=tuple(unknown_columns(table.columns)),
    )
    _record(session, report, data, how=how, by=by, now=now)
    session.commit()
    return report


def _usable(rows: Iterable[Row], pack: Pack) -> tuple[dict[str, CaseRow], list[RowProblem], int]:
    """Return the rows that can be used by key, and why the others cannot.

    The same row twice is one row. One key with two different rows is nobody's truth: both are
    refused, and named.
    """
    usable: dict[str, tuple[int, CaseRow]] = {}
    conflicts: dict[str, list[int]] = {}
    problems: list[RowProblem] = []
    read = repeats = 0
    for row in rows:
        read += 1
        case, found = read_case(row.line, row.values, pack)
        problems += found
        if case is None:
            continue
        first = usable.get(case.case_key)
        if first is None:
            usable[case.case_key] = (row.line, case)
        elif first[1] != case:
            conflicts.setdefault(case.case_key, [first[0]]).append(row.line)
        else:
            repeats += 1
    for key, lines in conflicts.items():
        where = " and ".join(str(line) for line in lines)
        message = f"case {key} stands on lines {where} with different values; none was taken"
        problems.append(RowProblem(lines[0], "case_key", message))
        del usable[key]
    return {key: case for key, (_, case) in usable.items()}, problems, read - repeats


def _store(
    session: Session, rows: Mapping[str, CaseRow], *, now: datetime, is_synthetic: bool
) -> tuple[int, int]:
    known = cases.find_cases(session, list(rows))
    added, changed, moments, unchanged = [], [], [], 0
    for key, row in rows.items():
        before = known.get(key)
        if before is not None and before.row_hash == row.row_hash:
            unchanged += 1
            continue
        case_id = before.id if before is not None else uuid4()
        moments += [(case_id, kind, day) for kind, day in touchpoints(before, row)]
        values = _values(case_id, row, now)
        if before is None:
            added.append({**values, "is_synthetic": is_synthetic})
        else:
            changed.append(values)
    cases.add_cases(session, added)
    cases.change_cases(session, changed)
    _note(session, moments)
    return len(added) + len(changed), unchanged


def _values(case_id: UUID, row: CaseRow, now: datetime) -> dict[str, Any]:
    values = asdict(row)
    values |= {
        "id": case_id,
        "row_hash": row.row_hash,
        "flags": list(row.flags),
        "avoid_dates": list(row.avoid_dates),
        "changed_at": now,
    }
    return values


def touchpoints(before: Case | None, row: CaseRow) -> list[tuple[str, date]]:
    """Return what happened in a case between what we knew and what we are told."""
    found: list[tuple[str, date]] = []
    newly_reached = row.contact_outcome == "reached" and (
        before is None or before.contact_outcome != "reached"
    )
    reached_on = row.stage_date or row.referral_date
    if newly_reached and reached_on:
        found.append(("contact_made", reached_on))
    kind = STAGE_TOUCHPOINTS.get(row.stage or "")
    if kind and row.stage_date:
        found.append((kind, row.stage_date))
    moved = before is not None and before.trial_date and before.trial_date != row.trial_date
    if moved and row.trial_date and row.stage_date:
        found.append(("court_date_changed", row.stage_date))
    if row.closed_on:
        found += [("closure", row.closed_on), ("after_closure", row.closed_on)]
    return found


def _note(session: Session, moments: list[tuple[UUID, str, date]]) -> None:
    known = cases.known_touchpoints(session, {case_id for case_id, _, _ in moments})
    fresh = dict.fromkeys(moment for moment in moments if moment not in known)
    cases.add_touchpoints(
        session,
        [{"id": uuid4(), "case_id": case_id, "kind": k, "day": d} for case_id, k, d in fresh],
    )


def _record(
    session: Session, report: Report, data: bytes, *, how: str, by: Actor | None, now: datetime
) -> None:
    batch = HandoverBatch(
        kind="cases",
        how=how,
        sha256=hashlib.sha256(data).hexdigest(),
        read=report.read,
        stored=report.stored,
        unchanged=report.unchanged,
        refused=report.refused,
        problems=[asdict(problem) for problem in report.problems[:MOST_PROBLEMS_KEPT]],
        by_id=by.user_id if by else None,
        at=now,
    )
    session.add(batch)
    audit.add_event(
        session,
        by=by,
        act="handover.take",
        kind="handover",
        object_id=batch.id,
        now=now,
        detail={"read": report.read, "stored": report.stored, "refused": report.refused},
    )
