"""What people made of the demonstration's answers: quotes, the gap register, the evidence shelf.

Everything goes through the services, under made-up accounts; research is real, and cited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.figures import releases
from app.figures.codebook import Book
from app.figures.pages import View, theme_table
from app.figures.periods import default_period, last_complete
from app.figures.quotes import CONTEXT, DELAY
from app.figures.surveys import audience_of
from app.models import Role, StaffUser, Survey
from app.packs import Pack
from app.services import commenting, gap_register, quotes
from app.services.gap_evidence import frozen
from app.services.gap_register import About, Decision, GapState
from app.services.releasing import groups_of, limits_of
from app.store.actors import Actor
from app.worker.demo.corpus import Written
from app.worker.demo.local import Local
from app.worker.demo.rows import Codings
from app.worker.demo.waves import Planned
from nlp.spans import Level

People = Mapping[Role, StaffUser]
REMARK = "Can the panel see next quarter whether this went down? (Demonstration.)"
QUOTES = 3  # of each survey
SHORTEST, LONGEST = 50, 190
QUOTED_AFTER = DELAY + timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Entry:
    """One gap as it will stand in the register; days are counted from today."""

    about: About
    decision: Decision
    due_in: int | None = None
    acted: int | None = None


HEAD = "Head of Victims Services"
OPEN = (
    Entry(
        About("People feel they are not believed", theme="empathy_believed"),
        Decision(
            GapState.DONE,
            "Training for everybody who takes the first call, given by people who were victims.",
            owner=HEAD,
            service="hub",
            said="You felt that the first person you told did not believe you.",
            did="Everybody who takes a first call has now been trained by people who were victims.",
            is_public=True,
        ),
        acted=-200,
    ),
    Entry(
        About(
            "People are sent from one service to the next",
            need="single_point_of_contact",
            barrier="lost_in_handover",
        ),
        Decision(
            GapState.DOING,
            "One named worker from the first call to the end of support.",
            owner=HEAD,
            service="hub",
            said="You had to tell your story again to every new person.",
            did="We are giving you one named worker from the first call on.",
            is_public=True,
        ),
        due_in=75,
    ),
    Entry(
        About(
            "Help that is only online shuts people out",
            need="digital_alternative",
            barrier="digital_only",
        ),
        Decision(
            GapState.DOING,
            "A telephone line and paper forms beside every online form.",
            owner="Contracts and partnerships manager",
            service="adult",
        ),
        due_in=-24,
    ),
    Entry(
        About(
            "Emotional support is not offered",
            need="emotional_support",
            barrier="not_offered",
        ),
        Decision(GapState.LOOKING, "A count of who is offered what, by type of crime.", owner=HEAD),
        due_in=40,
    ),
    Entry(
        About("How long the courts take", theme="court_process"),
        Decision(
            GapState.CANNOT,
            because="When a case is heard is for the courts. We have passed on what you said.",
            owner=HEAD,
        ),
    ),
)
WAVE = (
    Entry(
        About(
            "People do not know what they are entitled to",
            need="rights_information",
            barrier="not_told",
        ),
        Decision(
            GapState.DOING,
            "A page on rights with every first letter and text.",
            owner=HEAD,
            service="hub",
        ),
        due_in=30,
    ),
    Entry(
        About("Waiting for counselling", need="counselling", barrier="waiting"),
        Decision(GapState.HEARD),
    ),
)
# Source: domain.md 8, which gives body, year and finding; links lead to each body's own site.
SHELF: Sequence[tuple[str, Mapping[str, object]]] = (
    (
        "kept_informed",
        {
            "kind": "research",
            "title": "Survey of victims, 2023 (over 3,000 people)",
            "author": "Victims' Commissioner for England and Wales",
            "year": 2023,
            "link": "https://victimscommissioner.org.uk/",
            "finding": "46% disagreed that they were kept informed; 40% were dissatisfied with "
            "the police (45% of disabled victims).",
        },
    ),
    (
        "restorative_justice",
        {
            "kind": "research",
            "title": "Crime Survey for England and Wales, 2018-19: restorative justice",
            "author": "Office for National Statistics",
            "year": 2019,
            "link": "https://www.ons.gov.uk/",
            "finding": "Offered to 4.8%; just under a third accepted; about 1 in 4 would have.",
        },
    ),
    (
        "emotional_support",
        {
            "kind": "research",
            "title": "Crime Survey for England and Wales, 2018-19: victims' services",
            "author": "Office for National Statistics",
            "year": 2019,
            "link": "https://www.ons.gov.uk/",
            "finding": "Where the police knew, 9.8% had contact with victims' services; about 6 in "
            "10 were helped to cope, just over 4 in 10 to recover.",
        },
    ),
    (
        "empathy_believed",
        {
            "kind": "research",
            "title": "Victim survey 2022/23",
            "author": "Police Service of Northern Ireland",
            "year": 2023,
            "link": "https://www.psni.police.uk/",
            "finding": "86.8% felt treated with respect; 70.2% were satisfied.",
        },
    ),
)


def write_shelf(session: Session, people: People, *, now: datetime) -> None:
    """Put research beside four themes."""
    by = _actor(people, Role.ANALYST)
    for theme, values in SHELF:
        gap_register.shelve(session, theme, values, by=by, now=now)


def write_insight(
    session: Session,
    survey: Survey,
    entries: Sequence[Entry],
    planned: Sequence[Planned],
    codings: Codings,
    people: People,
    pack: Pack,
    *,
    now: datetime,
) -> None:
    """Release the figures of a survey, approve quotes and fill the register from them."""
    today = now.astimezone(LONDON).date()
    release = releases.released(
        session, survey.id, groups=groups_of(pack), today=today, now=now, limits=limits_of(pack)
    )
    period = default_period(release.periods, last_complete(today))
    if period is None:
        return
    view = View(release, period, 0)
    _quote(session, view, releases.book_of(session, survey.id), planned, codings, people, now)
    panel = _actor(people, Role.SCRUTINY)
    commenting.remark(session, survey.id, "page_one", period.key, REMARK, by=panel, now=now)
    by = _actor(people, Role.COMMISSIONER)
    for entry in entries:
        _enter(session, survey, entry, view, pack, by, now)


def _quote(
    session: Session,
    view: View,
    book: Book,
    planned: Sequence[Planned],
    codings: Codings,
    people: People,
    now: datetime,
) -> None:
    """Propose and approve a quote of each of the themes most raised, by two people."""
    themes = _most_raised(view, book)
    last = now.date() - QUOTED_AFTER
    analyst, approver = _actor(people, Role.ANALYST), _actor(people, Role.APPROVER)
    for response in planned:
        if not view.period.starts_on <= response.day <= min(view.period.ends_on, last):
            continue
        for question, answer in response.written.items():
            theme = next((t for t in themes if t in _raised(answer)), None)
            if theme is None or not _is_quotable(answer, codings):
                continue
            try:
                quote = quotes.propose(
                    session, response.text_ids[question], answer.text, theme, by=analyst, now=now
                )
            except (quotes.NoConsentError, quotes.NotReviewedError):
                continue
            quotes.approve(session, quote.id, by=approver, now=now)
            themes.remove(theme)
            break


def _most_raised(view: View, book: Book) -> list[str]:
    """Return the themes to quote for: those with enough people behind them."""
    rows = theme_table(view, book).rows
    return [row.code for row in rows if (row.cell.count or 0) >= CONTEXT][:QUOTES]


def _raised(answer: Written) -> set[str]:
    return {code["theme"] for code in answer.gold["themes"]}


def _is_quotable(answer: Written, codings: Codings) -> bool:
    """Return whether an answer is short, calm and holds nothing that had to be hidden."""
    coding = codings[answer.id]
    return (
        SHORTEST <= len(answer.text) <= LONGEST
        and answer.language == "en"
        and answer.level == "none"
        and coding.safeguarding.level is Level.NONE
        and not coding.redactions
        and not answer.gold.get("pii")
    )


def _enter(
    session: Session, survey: Survey, entry: Entry, view: View, pack: Pack, by: Actor, now: datetime
) -> None:
    about, today = entry.about, now.astimezone(LONDON).date()
    row = f"theme:{about.theme}" if about.theme else f"gap:{about.need}|{about.barrier}"
    theme = releases.book_of(session, survey.id).theme(about.theme or "")
    audience = audience_of(session, survey.id)
    evidence = frozen(view.cell(row, "read"), view, pack, audience=audience, theme=theme)
    gap = gap_register.open_gap(session, survey.id, about, evidence=evidence, by=by, now=now)
    service = entry.decision.service
    decision = replace(
        entry.decision,
        service=Local(pack).service(service) if service else None,
        due_on=_day(today, entry.due_in),
        acted_on=_day(today, entry.acted),
    )
    if decision.state is not GapState.HEARD:
        gap_register.decide(session, survey.id, gap.id, decision, by=by, now=now)


def _day(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _actor(people: People, role: Role) -> Actor:
    user = people[role]
    return Actor(user.id, user.name, role, {role: frozenset()}, is_demo=True)
