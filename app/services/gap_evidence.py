"""The figure a gap of the register rests on, frozen as it was shown; and as everyone may see it."""

from collections.abc import Mapping
from typing import Any

from app.figures.codebook import Theme
from app.figures.pages import View
from app.figures.suppress import Thresholds
from app.figures.tables import SafeCell, few
from app.packs import Pack
from app.services.naming import facet_words
from app.services.releasing import public_limits_of

SEXUAL = {"sexual", "sexual_offences", "exploitation"}
SEXUAL_WORDS = ("sexual", "rape", "exploitation", "grooming")  # in a theme's name
CHILDREN = {"under_5", "5_10", "11_15", "16_17", "16_18", "under_18"}
CHILD_AUDIENCES = {"child_5_10", "young_11_15", "young_16_18", "parent"}
SENSITIVE_LOTS = {"CYP", "SV"}


def frozen(
    cell: SafeCell, view: View, pack: Pack, *, audience: str = "", theme: Theme | None = None
) -> dict[str, Any]:
    """Return a safe cell as the register keeps it: what was shown, when, and of whom."""
    facets = dict(view.facets)
    limits = public_limits(pack, view, audience=audience, theme=theme)
    return {
        "count": cell.count,
        "base": cell.base,
        "share": cell.share_words,
        "range": cell.interval_words,
        "period": view.period.label,
        "facets": facets,
        "of": facet_words(pack, facets),
        "public": public_words(cell.count, limits, facets, facet_words(pack, facets)),
    }


def public_limits(
    pack: Pack, view: View, *, audience: str = "", theme: Theme | None = None
) -> Thresholds:
    """Return the limits for everyone; doubled for children and for sexual violence."""
    facets = view.facets
    lots = {service.code: service.lot for service in pack.services}
    is_sensitive = (
        audience in CHILD_AUDIENCES
        or (theme is not None and _is_sexual(theme))
        or facets.get("crime_group") in SEXUAL
        or facets.get("age_band") in CHILDREN
        or lots.get(facets.get("service", "").removesuffix("+")) in SENSITIVE_LOTS
    )
    return public_limits_of(pack, is_sensitive=is_sensitive)


def _is_sexual(theme: Theme) -> bool:
    named = f"{theme.id} {theme.label}".lower()
    return any(word in named for word in SEXUAL_WORDS)


def public_words(
    count: int | None, limits: Thresholds, facets: Mapping[str, str] | None = None, of: str = ""
) -> str:
    """Return how many people said so, rounded for everyone (settled.md 32).

    Nothing of one service: its rivals read this too (safety.md T12).
    """
    if "service" in (facets or {}):
        return ""
    whom = f" ({of})" if of else ""
    if count is None or count < limits.hide_below:
        return f"{few(limits).capitalize()} people, or not shown{whom}"
    return f"About {limits.rounded(count)} people{whom}"


def may_read(evidence: Mapping[str, Any], own: frozenset[str] | None) -> bool:
    """Return whether somebody bound to these services may read a frozen figure; None: unbound.

    A figure of everyone less their own is their rivals'.
    """
    return own is None or evidence.get("facets", {}).get("service") in own
