"""The figure a gap of the register rests on, frozen as it was shown; and as everyone may see it."""

from typing import Any

from app.figures.pages import View
from app.figures.suppress import Thresholds
from app.figures.tables import SafeCell, few
from app.packs import Pack
from app.services.releasing import public_limits_of

SEXUAL = {"sexual", "sexual_offences", "exploitation"}
CHILDREN = {"under_5", "5_10", "11_15", "16_17", "16_18", "under_18"}
SENSITIVE_LOTS = {"CYP", "SV"}


def frozen(cell: SafeCell, view: View, pack: Pack) -> dict[str, Any]:
    """Return a safe cell as the register keeps it: what was shown, and when."""
    return {
        "count": cell.count,
        "base": cell.base,
        "share": cell.share_words,
        "range": cell.interval_words,
        "period": view.period.label,
        "public": public_words(cell.count, public_limits(pack, view)),
    }


def public_limits(pack: Pack, view: View) -> Thresholds:
    """Return the limits for everyone; doubled for children and for sexual violence."""
    facets = view.facets
    lots = {service.code: service.lot for service in pack.services}
    is_sensitive = (
        facets.get("crime_group") in SEXUAL
        or facets.get("age_band") in CHILDREN
        or lots.get(facets.get("service", "").removesuffix("+")) in SENSITIVE_LOTS
    )
    return public_limits_of(pack, is_sensitive=is_sensitive)


def public_words(count: int | None, limits: Thresholds) -> str:
    """Return how many people said so, rounded for everyone (settled.md 32)."""
    if count is None or count < limits.hide_below:
        return f"{few(limits).capitalize()} people"
    return f"About {limits.rounded(count)} people"
