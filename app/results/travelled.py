"""Distance travelled in words."""

from collections.abc import Mapping
from typing import Any

from app.figures.pages import View
from app.figures.tables import withheld

from .choosing import Choice

COUNTS = ("up", "same", "down")


def outcome_rows(choice: Choice, view: View) -> list[dict[str, str]]:
    """Return the outcomes of the period; a provider's own service only, others in their place."""
    mine = view.facets.get("service") if choice.locked else None
    rows = view.release.about.outcomes.get(view.period.key, ())
    hidden = withheld(view.release.limits)
    return [_printed(choice, row, hidden) for row in rows if mine is None or row["service"] == mine]


def _printed(choice: Choice, row: Mapping[str, Any], hidden: str) -> dict[str, str]:
    shown = {key: f"{row[key]:,}" if row.get(key) is not None else hidden for key in COUNTS}
    means = {key: f"{row[key]:.1f}" if key in row else "–" for key in ("start", "end")}
    service = choice.name("service", row["service"]) if row["service"] else "Everyone"
    missing = f"{row['no_end']}%" if "no_end" in row else "–"
    return {
        "outcome": row["outcome"],
        "service": service,
        "pairs": f"{row['pairs']:,}",
        "change": _change(row),
        "no_end": missing,
        **shown,
        **means,
    }


def _change(row: Mapping[str, Any]) -> str:
    if "change" not in row:
        return "–"
    return f"{row['change']:+.1f}" if row["is_clear"] else "no clear change"
