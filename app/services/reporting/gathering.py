"""What a report is made from: released figures of a period, the register, counts from elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.figures import releases
from app.figures.codebook import Book
from app.figures.pages import View
from app.figures.questions import Question
from app.figures.quotes import list_voices
from app.figures.reference import Margin, margins_for
from app.figures.release import Release
from app.figures.surveys import SurveyName, list_surveys
from app.models import EvidenceNote, Gap
from app.packs import Pack
from app.services.naming import facet_words, value_label
from app.services.releasing import groups_of, limits_of
from app.store import gaps
from app.store.errors import NotFoundError

MOST_QUOTES = 6


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for."""

    kind: str
    survey_id: UUID
    period: str
    made_by: str
    service: str = ""  # of a contract report: the service of the pack that holds the lot
    ask: str = ""  # of a panel paper: for_information | to_note | to_agree
    words: str = ""  # what the author adds in front
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Other:
    """Another survey with figures of the same period."""

    survey: SurveyName
    view: View
    questions: Sequence[Question]


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a report may draw on. Only safe figures, and words staff have written."""

    session: Session
    order: Order
    pack: Pack
    survey: SurveyName
    view: View
    book: Book
    questions: Sequence[Question]
    margins: Sequence[Margin]
    register: Sequence[Gap]
    shelf: Sequence[tuple[str, EvidenceNote]]
    quotes: Sequence[tuple[str, str | None]]  # id and theme
    others: Sequence[Other]
    survey_ids: Sequence[UUID]
    now: datetime
    has_service: bool  # of a contract report: whether its answers can be told apart

    def name(self, dimension: str) -> Callable[[str], str]:
        """Return what calls the values of a dimension by name."""
        return lambda value: value_label(self.pack, dimension, value)

    @property
    def whom(self) -> str:
        """Return whom the figures are of, or nothing for everyone."""
        return facet_words(self.pack, self.view.facets)

    @property
    def is_synthetic(self) -> bool:
        """Return whether the report must say that its people are made up."""
        made_up = self.survey.is_synthetic or self.view.release.about.is_synthetic
        return made_up or any(o.survey.is_synthetic for o in self.others)


def gather(session: Session, order: Order, pack: Pack, *, today: date, now: datetime) -> Sources:
    """Return the sources of a report; raise NotFoundError where there are no figures."""
    surveys = list_surveys(session)
    survey = next((s for s in surveys if s.id == order.survey_id), None)
    if survey is None:
        raise NotFoundError(f"survey {order.survey_id}")

    def released(survey_id: UUID) -> Release:
        return releases.released(
            session, survey_id, groups=groups_of(pack), today=today, now=now, limits=limits_of(pack)
        )

    release = released(survey.id)
    period = release.period(order.period)
    if period is None:
        raise NotFoundError(f"period {order.period}")
    held = release.lattice.dimension("service")
    value = service_value(pack, order.service, held.values if held else ())
    facets = dict(order.facets) | ({"service": value} if value else {})
    node = release.lattice.find(facets)
    if node is None:
        raise NotFoundError("no such filter")
    view = View(release, period, node)
    book = releases.book_of(session, survey.id)
    return Sources(
        session=session,
        order=order,
        pack=pack,
        survey=survey,
        view=view,
        book=book,
        questions=releases.questions_of(session, survey.id),
        margins=margins_for(session, period.starts_on, period.ends_on),
        register=gaps.list_gaps(session, survey.id, frozenset()),
        shelf=[(t.label, note) for t in book.themes for note in gaps.list_evidence(session, t.id)],
        quotes=[
            (str(v.id), v.theme)
            for v in list_voices(
                session, survey.id, view, today=today, most=MOST_QUOTES, by_service=True
            )
        ],
        others=_others(session, surveys, survey, period.key, released),
        survey_ids=[s.id for s in surveys],
        now=now,
        has_service=not order.service or value is not None,
    )


def _others(
    session: Session,
    surveys: Sequence[SurveyName],
    mine: SurveyName,
    period: str,
    released: Callable[[UUID], Release],
) -> list[Other]:
    found = []
    for survey in surveys:
        if survey.id == mine.id:
            continue
        release = released(survey.id)
        same = release.period(period)
        if same is not None:
            questions = releases.questions_of(session, survey.id)
            found.append(Other(survey, View(release, same, 0), questions))
    return found


def service_value(pack: Pack, code: str, held: Sequence[str]) -> str | None:
    """Return under which value a survey records a service of the pack; None where it does not.

    A supply chain counts with its lead. Questionnaires name services as people know them, so the
    value whose name begins the service's own name is taken too.
    """
    if not code:
        return None
    for value in (f"{code}+", code):
        if value in held:
            return value
    name = pack.service_name(code).casefold()
    known = [v for v in held if name.startswith(value_label(pack, "service", v).casefold())]
    return max(known, key=len, default=None)
