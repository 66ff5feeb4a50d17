"""The kinds of report, each with its sections in the order its readers ask for (domain.md 5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.packs import Pack
from app.services.naming import day_words, value_label

from . import acted, parts, services
from .gathering import Order, Sources, gather
from .snapshot import About, Snapshot
from .writer import Writer

HARMONISED = ("sex", "ethnic_group", "activity_limited", "sexual_orientation", "religion")


def _contract(w: Writer, s: Sources) -> None:
    """Write the quarterly contract report (domain.md 5.3)."""
    mine = services.chain(s)
    w.section("Headline and decision sought")
    w.written(s.order.words)
    _whose_answers(w, s)
    parts.opening(w, s)
    w.section("Demand and funnel against the last four quarters")
    services.demand(w, s)
    parts.trend(w, s)
    w.section("Who used it")
    parts.who(w, s)
    parts.characteristics(w, s, HARMONISED)
    w.section("Timeliness")
    if not parts.option(w, s, "how_soon", draw=True):
        w.fixed("not_asked")
    w.section("Outcomes, and how many have no end form")
    services.outcomes(w, s)
    w.section("Voice: themes, quotations, complaints")
    parts.voice(w, s)
    w.fixed("no_complaints")
    w.section("Supply chain")
    services.supply(w, s)
    w.section("Safeguarding, counts only")
    services.safeguarding(w, s)
    w.section("Actions, and “You said, we did”")
    acted.actions(w, s, mine)
    acted.said_and_did(w, s, mine)
    w.section("Risks, data quality and definitions")
    parts.missing(w, s)
    w.fixed("no_workforce")
    parts.method(w, s)


def _whose_answers(w: Writer, s: Sources) -> None:
    name = s.pack.service_name(s.order.service)
    if not s.has_service:
        w.fixed("no_service", service=name)
    elif s.order.service:
        value = s.view.facets.get("service", "")
        w.fixed("service_is", service=value_label(s.pack, "service", value))


def _raised_and_done(w: Writer, s: Sources, title: Callable[[str], None], actions: str) -> None:
    """Write what people raised, with figures from elsewhere, and what is done about it."""
    title("What people raised")
    parts.voice(w, s)
    title("Beside figures from elsewhere")
    services.benchmarks(w, s)
    w.section(actions)
    acted.actions(w, s)
    w.heading("You said, we did")
    acted.said_and_did(w, s)


def _panel(w: Writer, s: Sources) -> None:
    """Write the panel paper (domain.md 5.4)."""
    w.section("Purpose of this paper")
    w.fixed("panel_purpose", panel=s.pack.panel_name)
    w.section("Recommendation")
    w.fixed(s.order.ask or "for_information")
    w.section("Executive summary")
    w.written(s.order.words)
    parts.opening(w, s)
    w.section("Engagement carried out")
    w.fixed("engagement")
    parts.trend(w, s)
    w.heading("Who is missing")
    parts.missing(w, s)
    w.section("Findings")
    parts.indicators(w, s)
    _raised_and_done(w, s, w.heading, "Next steps")
    w.section("Conclusion")
    w.fixed("conclusion")
    w.section("Appendix: tables and method")
    parts.all_themes(w)
    parts.who(w, s)
    parts.method(w, s)


def _needs(w: Writer, s: Sources) -> None:
    """Write the needs assessment (domain.md 5.6)."""
    w.section("Summary")
    w.written(s.order.words)
    parts.opening(w, s)
    w.section("Background")
    w.fixed("commissioning")
    w.section("Method")
    parts.method(w, s)
    w.section("Victims in the area")
    w.fixed("area_data")
    parts.missing(w, s)
    w.section("History and present services")
    rows = [
        (v.name, v.lot or "–", s.pack.service_name(v.lead) if v.lead else "–")
        for v in s.pack.services
    ]
    labels = ("Service", "Lot", "Led by")
    w.table(acted.words_table("services", "Services named in the area pack", labels, rows))
    parts.option(w, s, "services_used")
    w.section("Referral figures")
    services.demand(w, s)
    w.section("Provider responses")
    w.fixed("no_providers")
    w.section("Statutory requirements")
    w.fixed("law")
    w.section("Needs analysis")
    parts.option(w, s, "needs", draw=True)
    parts.voice(w, s)
    parts.matrix(w, s)
    services.cascade(w)
    w.section("Constraints")
    w.fixed("conclusion")
    w.fixed("no_workforce")
    w.section("Gaps")
    services.groups(w, s)
    w.heading("Evidence from elsewhere")
    acted.evidence(w, s)
    w.section("Recommendations")
    acted.decisions(w, s)
    w.section("Glossary")
    for name in ("base", "theme", "gap", "range", "frozen"):
        w.fixed(f"glossary_{name}")
    w.section("Survey data")
    parts.all_themes(w)
    parts.who(w, s)
    parts.characteristics(w, s, HARMONISED)


LCJB_ASKED = ("told_code", "told_rj", "want_rj", "thought_stopping", "stopping_reasons")


def _lcjb(w: Writer, s: Sources) -> None:
    """Write the pack for the Local Criminal Justice Board (domain.md 3.6)."""
    w.section("Purpose and summary")
    w.fixed("lcjb_purpose")
    w.written(s.order.words)
    parts.people(w, s)
    parts.movements(w, s)
    w.section("Rights of the Victims' Code, by right and agency")
    services.rights(w, s)
    w.section("Being told, restorative justice, and staying with the case")
    asked = [parts.option(w, s, name) for name in LCJB_ASKED]
    if not any(asked):
        w.fixed("not_asked")
    _raised_and_done(w, s, w.section, "Actions")
    w.section("Law, method and caveats")
    w.fixed("law")
    parts.missing(w, s)
    parts.method(w, s)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report."""

    key: str
    name: str
    write: Callable[[Writer, Sources], None]


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("contract", "Quarterly contract report", _contract),
        Kind("panel", "Panel paper", _panel),
        Kind("needs", "Victims' needs assessment", _needs),
        Kind("lcjb", "Victims' Code pack for the Local Criminal Justice Board", _lcjb),
    )
}


def build(session: Session, order: Order, pack: Pack, *, today: date, now: datetime) -> Snapshot:
    """Return a report as data: only released figures, every sentence in its ledger."""
    sources = gather(session, order, pack, today=today, now=now)
    writer = Writer()
    kind = KINDS[order.kind]
    kind.write(writer, sources)
    return writer.snapshot(_about(kind, sources, today))


def _about(kind: Kind, s: Sources, today: date) -> About:
    as_at = s.view.release.about.as_at
    assert as_at is not None  # noqa: S101 - reports are made of released figures only
    title = kind.name
    if s.order.service:
        title = f"{title}: {s.pack.service_name(s.order.service)}"
    return About(
        kind=kind.key,
        title=title,
        subtitle=s.view.period.label,
        survey=s.survey.name,
        period=s.view.period.key,
        as_at=day_words(as_at),
        made_on=day_words(today),
        made_by=s.order.made_by,
        contact=s.pack.contact_email,
        body=s.pack.body_name,
        is_synthetic=s.is_synthetic,
        release=as_at.isoformat(),
    )
