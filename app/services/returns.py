"""What goes back to the case system: that somebody answered and what they asked for, never text."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.store import outreach

COLUMNS = ("case_key", "touchpoint", "date", "completed", "wants_contact", "tier")


@dataclass(frozen=True, slots=True)
class Return:
    """One request to one case, and what came of it. Tier is the highest flag raised."""

    case_key: str
    touchpoint: str
    day: date
    completed: bool
    wants_contact: bool
    tier: str


def list_returns(
    session: Session, *, since: date, until: date, services: frozenset[str] = frozenset()
) -> list[Return]:
    """Return what came of the requests sent between two days, only where linking was agreed.

    `services` narrows it to these; none means the whole body.
    """
    return [
        Return(
            case_key=row.case_key,
            touchpoint=row.kind or "personal_link",
            day=row.received_on or row.issued_on,
            completed=row.received_on is not None,
            wants_contact=bool(row.contact_id),
            tier=row.tier or "",
        )
        for row in outreach.rows_of_returns(session, since=since, until=until, services=services)
    ]


def as_csv_rows(returns: list[Return]) -> Iterator[tuple[str, ...]]:
    """Return heading and rows of the return file, words for yes and no."""
    yield COLUMNS
    for item in returns:
        values = astuple(item)
        yield tuple(
            ("yes" if value else "no") if isinstance(value, bool) else str(value)
            for value in values
        )
