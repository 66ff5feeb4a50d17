"""What organisations said in a provider survey, lot by lot, beside what victims said.

Kept apart from victims' figures in every table: organisations are counted as organisations. On
everybody's page but the engagement team's they keep the same limits as people do (settled.md 32):
a lot that fewer than ten ranked shows no order, and nothing shows before the survey has closed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import Answer, Response, Survey, SurveyStatus, SurveyVersion

from .codebook import Book, words
from .needs import NEEDS_ASKED
from .pages import View
from .questions import Option, Question, read_questions
from .rows import option_row
from .suppress import STAFF, Thresholds
from .surveys import OF_ORGANISATIONS
from .tables import NONE, NOT_YET, SafeCell, SafeRow, SafeTable, few_cell, withheld_cell

RANKED = "priorities"  # variable name of the ranking over all lots; `priorities_<lot>` of one
LOTS = "lots"
MOST_PLACES = 5  # five points for a first place, one for a fifth


@dataclass(frozen=True, slots=True)
class ProviderSurvey:
    """A survey that organisations answer."""

    id: UUID
    name: str
    is_closed: bool
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """One thing ranked: its place, and how many organisations put it among their first five."""

    value: str
    label: str
    place: int
    named: SafeCell


@dataclass(frozen=True, slots=True)
class LotSaid:
    """What organisations said of one lot. `ranking` is empty where it may not be shown."""

    lot: str  # the value of the lot; "" where organisations chose none of those with a ranking
    label: str
    ranking: tuple[Ranked, ...]
    organisations: SafeCell

    def of(self, value: str) -> Ranked | None:
        """Return how one thing was ranked; None where nobody named it, or it is not shown."""
        return next((r for r in self.ranking if r.value == value), None)


def list_provider_surveys(session: Session) -> Sequence[ProviderSurvey]:
    """Return the surveys that organisations answer, the newest first."""
    asked = select(SurveyVersion.survey_id).where(SurveyVersion.document.contains(OF_ORGANISATIONS))
    query = (
        select(Survey.id, Survey.name, Survey.status, Survey.is_synthetic)
        .where(Survey.id.in_(asked), Survey.status != SurveyStatus.DRAFT)
        .order_by(Survey.created_at.desc(), Survey.id)
    )
    return [
        ProviderSurvey(key, name, status == SurveyStatus.CLOSED, is_synthetic)
        for key, name, status, is_synthetic in session.execute(query)
    ]


def said_by_lot(
    session: Session, survey: ProviderSurvey, *, limits: Thresholds = STAFF, is_team: bool = False
) -> tuple[LotSaid, ...]:
    """Return what organisations put first, lot by lot.

    The engagement team sees every order and number as it stands; everybody else what `limits`
    allow, once the survey has closed.
    """
    lots = _lots(session, survey.id)
    held = _rankings(session, survey.id, [question.id for _, question in lots])
    found = []
    for lot, question in lots:
        given = held.get(question.id, [])
        is_shown = is_team or (survey.is_closed and len(given) >= limits.hide_below)
        label = lot.label if lot else "Other lots, or none"
        whole = SafeCell(why=NOT_YET)
        if is_team or survey.is_closed:
            whole = counted(len(given), limits, is_team=is_team)
        order = _order(question, given, limits, is_team=is_team) if is_shown else ()
        found.append(LotSaid(lot.value if lot else "", label, order, whole))
    return tuple(found)


def beside_table(view: View, book: Book, questions: Sequence[Question], said: LotSaid) -> SafeTable:
    """Return each need with what victims say of it and how organisations ranked it for a lot.

    What organisations put first comes first, then what they left out and victims name.
    """
    ticked = _ticked(view, questions)
    rows = [
        SafeRow(need, words(need).capitalize(), _cells(view, need, ticked.get(need), said))
        for need in book.needs
    ]
    shown = [row for row in rows if any(cell.count is not None for cell in row.cells)]
    return SafeTable(said.label, COLUMNS, tuple(sorted(shown, key=_place)), view.count("people"))


COLUMNS = (
    "Victims wrote of it, at least",
    "Victims ticked it",
    "Providers’ place",
    "Providers who named it",
)
WROTE, TICKED, PLACE, NAMED = range(4)


def most_named(table: SafeTable, most: int = MOST_PLACES) -> list[SafeRow]:
    """Return what victims name most: as ticked where the survey has a list, else as written."""
    column = TICKED if any(row.cells[TICKED].count is not None for row in table.rows) else WROTE
    held = [row for row in table.rows if row.cells[column].count is not None]
    return sorted(held, key=lambda row: -(row.cells[column].count or 0))[:most]


def put_first(table: SafeTable, most: int = MOST_PLACES) -> list[SafeRow]:
    """Return what organisations put among their first few; more where places are shared."""
    return [row for row in table.rows if 0 < (row.cells[PLACE].count or 0) <= most]


def _cells(
    view: View, need: str, ticked: SafeCell | None, said: LotSaid
) -> tuple[SafeCell, SafeCell, SafeCell, SafeCell]:
    wrote = _wrote(view, need)
    ranked = said.of(need)
    if ranked is None:
        nobody = SafeCell(why=NONE) if said.ranking else view.release.few
        return wrote, ticked or SafeCell(why=NONE), nobody, nobody
    return wrote, ticked or SafeCell(why=NONE), SafeCell(count=ranked.place), ranked.named


def _wrote(view: View, need: str) -> SafeCell:
    """Return who wrote of a need; where that gives way to its pairs (0047), the largest of them.

    Whatever is withheld reads alike: why it is would tell which needs were named at all.
    """
    rows = [r for r in view.release.wide.rows if r.startswith(f"gap:{need}|")]
    cells = [view.cell(row, "read") for row in (f"need:{need}", *rows)]
    shown = [cell for cell in cells if cell.count is not None]
    return max(shown, key=lambda cell: cell.count or 0, default=view.release.few)


def _place(row: SafeRow) -> tuple[int, int, str]:
    place, victims = row.cells[PLACE].count, row.cells[TICKED].count or row.cells[WROTE].count
    return (place or 10**6, -(victims or 0), row.label)


def _ticked(view: View, questions: Sequence[Question]) -> Mapping[str, SafeCell]:
    """Return how many ticked each need in the survey's own list, where it has one."""
    asked = next((q for q in questions if q.name == NEEDS_ASKED and not q.is_one_of), None)
    if asked is None or not view.release.has(f"asked:{asked.id}"):
        return {}
    base = f"asked:{asked.id}"
    return {o.value: view.cell(option_row(asked.id, o.id), base) for o in asked.options}


def _order(
    question: Question, given: Sequence[Sequence[str]], limits: Thresholds, *, is_team: bool
) -> tuple[Ranked, ...]:
    """Return what was ranked by points: five for a first place, one for a fifth; ties share."""
    points: defaultdict[str, int] = defaultdict(int)
    named: defaultdict[str, int] = defaultdict(int)
    for ranking in given:
        for place, option in enumerate(ranking[:MOST_PLACES]):
            points[option] += MOST_PLACES - place
            named[option] += 1
    options = [option for option in question.options if points[option.id]]
    ordered = sorted(options, key=lambda o: (-points[o.id], o.label))
    return tuple(
        Ranked(
            option.value,
            option.label,
            1 + sum(points[other.id] > points[option.id] for other in options),
            counted(named[option.id], limits, is_team=is_team, of=len(given)),
        )
        for option in ordered
    )


def counts(survey_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an organisation's answer counts."""
    return (
        Response.survey_id == survey_id,
        Response.is_test.is_(False),
        Response.eligible.is_(True),
        Response.quarantined.is_(None),
        Response.withdrawn_on.is_(None),
    )


def counted(count: int, limits: Thresholds, *, is_team: bool, of: int | None = None) -> SafeCell:
    """Return a number of organisations; hidden where it, or those left over, are too few."""
    if is_team:
        return SafeCell(count=count)
    is_safe = count >= limits.hide_below
    if of is None:
        return SafeCell(count=count) if is_safe else few_cell(limits)
    is_safe = is_safe and of - count >= limits.hide_below
    return SafeCell(count=count) if is_safe else withheld_cell(limits)


def newest_questions(session: Session, survey_id: UUID) -> Sequence[Question]:
    """Return the questions of the newest published version."""
    newest = (
        select(SurveyVersion.document)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )
    document = session.scalars(newest).one_or_none()
    return read_questions(document) if document else ()


def _lots(session: Session, survey_id: UUID) -> list[tuple[Option | None, Question]]:
    """Return each lot with the question that ranks for it; None for the one over all lots."""
    asked = {q.name: q for q in newest_questions(session, survey_id)}
    offered = asked[LOTS].options if LOTS in asked else ()
    by_lot: list[tuple[Option | None, Question]] = [
        (lot, asked[f"{RANKED}_{lot.value}"]) for lot in offered if f"{RANKED}_{lot.value}" in asked
    ]
    whole: list[tuple[Option | None, Question]] = [(None, asked[RANKED])] if RANKED in asked else []
    return by_lot + whole


def _rankings(
    session: Session, survey_id: UUID, question_ids: Sequence[str]
) -> Mapping[str, list[list[str]]]:
    """Return the options each organisation ranked, in its order, by question."""
    query = (
        select(Answer.question_id, Answer.response_id, Answer.option_id)
        .join(Response, Response.id == Answer.response_id)
        .where(
            *counts(survey_id),
            Answer.question_id.in_(question_ids),
            Answer.option_id.is_not(None),
        )
        .order_by(Answer.question_id, Answer.response_id, Answer.part)
    )
    held: dict[str, dict[UUID, list[str]]] = {}
    for question, response, option in session.execute(query):
        held.setdefault(question, {}).setdefault(response, []).append(str(option))
    return {question: list(given.values()) for question, given in held.items()}
