"""Take over cases from the case system: idempotent, and every row that cannot be used is named.

What cannot be used may have said "do not contact": a known case with such a row is held, and
nothing is sent to it until a whole one comes. What a row does not name keeps what was stored.

Rows are stored some at a time, each lot in a commit of its own: SQLite lets one write at a time,
and nobody's answer waits for a hundred thousand rows. Cut short, the file is simply sent again.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import Case, HandoverBatch, Touchpoint
from app.packs import Hours, Pack
from app.services.case_rows import (
    GUARDS,
    CaseRow,
    RowProblem,
    fields_given,
    read_case,
    unknown_columns,
)
from app.services.planning import is_not_found
from app.services.raising import raise_case_task
from app.services.tabular import Row, Table, TableError, in_lots, read_strictly
from app.store import audit, cases
from app.store.actors import Actor

MOST_PROBLEMS_KEPT = 1000
ID_LETTERS = 36
CLOSURES = ("closure", "after_closure")
NOT_REACHED = "not_reached"  # the moment, and the task that follows from it
HELD = "nothing is sent for this case: it is held until a good row comes"
TOO_LONG = (
    "this row has more cells than the heading, so nobody can say which belongs where; "
    "put quotation marks around a cell with a comma in it"
)
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


ALL_FIELDS = frozenset(field.name for field in fields(CaseRow)) - {"case_key"}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file, for the person who sent it."""

    read: int
    stored: int
    unchanged: int
    refused: int
    problems: tuple[RowProblem, ...]
    ignored_columns: tuple[str, ...]
    held: int = 0  # cases that nothing is sent to until a good row comes
    missing_columns: tuple[str, ...] = ()  # guards that rows of new cases do not name


@dataclass(frozen=True, slots=True)
class Told:
    """A row that can be used, and the fields it names: the others keep what was stored."""

    line: int
    case: CaseRow
    given: frozenset[str]

    @property
    def lacks(self) -> frozenset[str]:
        """Return the guards that the row does not name."""
        return frozenset(GUARDS) - self.given


@dataclass(slots=True)
class Change:
    """What some rows change: cases by column, and what happened in them that was not noted yet."""

    added: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    moments: list[tuple[UUID, CaseRow, str, date]]
    over: list[UUID]  # touchpoints that the newest row takes back


@dataclass(frozen=True, slots=True)
class Done:
    """What was written of some rows, and which of them tell of a case for the first time."""

    stored: int
    new: list[Told]


@dataclass(slots=True)
class Sorted:
    """A file's rows: those that can be used by key, the keys in doubt, and what is wrong."""

    usable: dict[str, Told]
    doubtful: dict[str, int]  # key to the line that cannot be used
    problems: list[RowProblem]
    read: int = 0


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
    read: Callable[[bytes, str], Table] = read_strictly,
) -> Report:
    """Load a file of cases; raise TableError, and change nothing, when it is no table of cases."""
    table = read(data, name)
    if "case_key" not in table.columns:
        raise TableError(f"{name} has no case_key column.")
    if {"address", "channel"} & set(table.columns):
        raise TableError(
            f"{name} looks like a file of contact details. Send it as contact details: an address "
            "never stands beside what happened to somebody."
        )
    found = _sort(table.rows, pack)
    in_doubt = list(cases.find_cases(session, list(found.doubtful)))
    cases.hold_cases(session, in_doubt, on=now.astimezone(LONDON).date())
    audit.add_event(
        session, by=by, act="handover.begin", kind="handover",
        object_id=hashlib.sha256(data).hexdigest()[:ID_LETTERS], now=now,
        detail={"read": found.read, "held": len(in_doubt)},
    )  # fmt: skip
    session.commit()  # before anything is stored: what may not be sent is held, whatever follows
    stored, new = 0, []
    for told in in_lots(list(found.usable.values())):
        done = _store(session, told, pack.staffed_hours, now=now, is_synthetic=is_synthetic)
        stored += done.stored
        new += done.new
    report = Report(
        read=found.read,
        stored=stored,
        unchanged=len(found.usable) - stored,
        refused=found.read - len(found.usable),
        problems=(
            *found.problems,
            *(RowProblem(found.doubtful[key], "case_key", HELD) for key in in_doubt),
        ),
        ignored_columns=tuple(unknown_columns(table.columns)),
        held=len(in_doubt) + sum(bool(told.lacks) for told in new),
        missing_columns=tuple(sorted({guard for told in new for guard in told.lacks})),
    )
    _record(session, report, data, how=how, by=by, now=now)
    session.commit()
    return report


def _sort(rows: Iterable[Row], pack: Pack) -> Sorted:
    """Return what can be used of some rows, and what is wrong with the others.

    The same row twice is one row. One key with two different rows, or with one that cannot be
    read, is nobody's truth: none of them is taken.
    """
    found = Sorted({}, {}, [])
    conflicts: dict[str, list[int]] = {}
    repeats = 0
    for row in rows:
        found.read += 1
        told, problems = _read(row, pack)
        found.problems += problems
        key = row.values.get("case_key", "").strip()
        if told is None:
            found.doubtful.setdefault(key, row.line)
            continue
        first = found.usable.setdefault(key, told)
        if (first.case, first.given) != (told.case, told.given):
            conflicts.setdefault(key, [first.line]).append(row.line)
        elif first is not told:
            repeats += 1
    for key, lines in conflicts.items():
        where = " and ".join(str(line) for line in lines)
        message = f"case {key} stands on lines {where} with different values; none was taken"
        found.problems.append(RowProblem(lines[0], "case_key", message))
        found.doubtful.setdefault(key, lines[0])
    for key, line in found.doubtful.items():
        if found.usable.pop(key, None) and key not in conflicts:
            message = f"not taken: line {line} is about the same case, and cannot be used"
            found.problems.append(RowProblem(line, "case_key", message))
    found.read -= repeats
    return found


def _read(row: Row, pack: Pack) -> tuple[Told | None, list[RowProblem]]:
    if row.is_too_long:
        return None, [RowProblem(row.line, "the whole row", TOO_LONG)]
    case, problems = read_case(row.line, row.values, pack)
    if case is None:
        return None, problems
    return Told(row.line, case, fields_given(row.values.keys() - row.missing)), []


def _store(
    session: Session, rows: Sequence[Told], hours: Hours, *, now: datetime, is_synthetic: bool
) -> Done:
    """Store some rows in a commit of their own, and open the tasks that follow from them."""
    change = _compare(session, rows, now, is_synthetic=is_synthetic)
    try:
        with session.begin_nested():
            _write(session, change, hours, now)
    except IntegrityError:  # the same file came twice in one moment: now its cases are known
        change = _compare(session, rows, now, is_synthetic=is_synthetic)
        _write(session, change, hours, now)
    session.commit()
    new = {values["case_key"] for values in change.added}
    return Done(
        len(change.added) + len(change.changed), [t for t in rows if t.case.case_key in new]
    )


def _compare(
    session: Session, rows: Sequence[Told], now: datetime, *, is_synthetic: bool
) -> Change:
    """Return what is to be written: all that is read is read before, while nothing is locked."""
    today = now.astimezone(LONDON).date()
    known = cases.find_cases(session, [told.case.case_key for told in rows])
    change, moments = Change([], [], [], []), []
    told_now: dict[UUID, CaseRow] = {}
    for told in rows:
        before = known.get(told.case.case_key)
        row = told.case if before is None else _beside(before, told)
        held_on = _held_on(before, told, today)
        if before and (before.row_hash, before.held_on) == (row.row_hash, held_on):
            continue
        case_id = before.id if before is not None else uuid4()
        moments += [(case_id, row, kind, day) for kind, day in touchpoints(before, row, today)]
        values = _values(case_id, row, now) | {"held_on": held_on}
        if before is None:
            change.added.append({**values, "is_synthetic": is_synthetic})
        else:
            change.changed.append(values)
            told_now[case_id] = row
    noted = cases.known_touchpoints(session, {case_id for case_id, *_ in moments})
    change.moments = [m for m in moments if (m[0], m[2], m[3]) not in noted]
    change.over = [
        touchpoint.id
        for touchpoint in cases.list_open_touchpoints(session, list(told_now))
        if _is_taken_back(touchpoint, told_now[touchpoint.case_id], today)
    ]
    return change


def _is_taken_back(touchpoint: Touchpoint, row: CaseRow, today: date) -> bool:
    """Return whether the newest row says otherwise: a case opened again, a day put off."""
    if touchpoint.kind in CLOSURES:
        return touchpoint.day != row.closed_on
    return touchpoint.day > today and touchpoint.day != row.stage_date


def _write(session: Session, change: Change, hours: Hours, now: datetime) -> None:
    cases.add_cases(session, change.added)
    cases.change_cases(session, change.changed)
    cases.drop_touchpoints(session, change.over)
    cases.add_touchpoints(
        session,
        [{"id": uuid4(), "case_id": i, "kind": k, "day": d} for i, _, k, d in change.moments],
    )
    for _, row, kind, _ in change.moments:
        if kind == NOT_REACHED:
            raise_case_task(session, row.case_key, row.service, kind=kind, hours=hours, now=now)


def _beside(before: Case, told: Told) -> CaseRow:
    """Return what is known of a case now: what the row names, and what was stored of the rest."""
    kept = {name: _frozen(getattr(before, name)) for name in ALL_FIELDS - told.given}
    if "safe_times" in kept:
        kept["safe_times"] = kept["safe_times"] or ()  # a case from before they were kept
    if "stage" in told.given and told.case.stage != before.stage:
        kept.pop("stage_date", None)  # the day of the stage before is not the day of this one
    return replace(told.case, **kept)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value


def _held_on(before: Case | None, told: Told, today: date) -> date | None:
    """Return since when a case is held: only a row that names every guard lets it go."""
    if not told.lacks:
        return None
    return today if before is None else before.held_on


def _values(case_id: UUID, row: CaseRow, now: datetime) -> dict[str, Any]:
    values = asdict(row)
    values |= {
        "id": case_id,
        "row_hash": row.row_hash,
        "flags": list(row.flags),
        "avoid_dates": list(row.avoid_dates),
        "safe_times": [list(span) for span in row.safe_times],
        "changed_at": now,
    }
    return values


def touchpoints(before: Case | None, row: CaseRow, today: date) -> list[tuple[str, date]]:
    """Return what happened in a case between what we knew and what we are told.

    What changed between two rows changed today, as far as anybody can tell: the day of the stage
    may lie months back, and a check-in counted from there would have expired before it began.
    """
    found: list[tuple[str, date]] = []
    newly_reached = row.contact_outcome == "reached" and (
        before is None or before.contact_outcome != "reached"
    )
    reached_on = today if before is not None else row.stage_date or row.referral_date
    if newly_reached and reached_on:
        found.append(("contact_made", reached_on))
    gave_up = before is not None and is_not_found(before.contact_outcome, before.contact_attempts)
    if is_not_found(row.contact_outcome, row.contact_attempts) and not gave_up:
        found.append((NOT_REACHED, today))
    kind = STAGE_TOUCHPOINTS.get(row.stage or "")
    if kind and row.stage_date:
        found.append((kind, row.stage_date))
    moved = before is not None and before.trial_date and before.trial_date != row.trial_date
    if moved and row.trial_date:
        found.append(("court_date_changed", today))
    if row.closed_on:
        found += [(kind, row.closed_on) for kind in CLOSURES]
    return found


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
