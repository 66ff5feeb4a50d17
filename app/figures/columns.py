"""One survey's answers as columns of small numbers: what every figure is counted from.

Nobody's words, ids or dates are in here: a quarter, five facets, and which themes, needs and
options each person's answers hold. Rebuilt from the database; never sent anywhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, Select, or_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.models import (
    Answer,
    AnswerText,
    MachineCode,
    MachineCoding,
    Recoding,
    Response,
    Review,
    ReviewCode,
    ReviewGap,
    Survey,
)

from .lattice import DIMENSIONS, NOT_STATED
from .periods import quarter_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs (unit, row): which answer or person holds which theme, need or option."""

    unit: Ints
    row: Ints
    names: tuple[str, ...]


NOTHING = Hits(np.zeros(0, np.int64), np.zeros(0, np.int64), ())


@dataclass(frozen=True, slots=True)
class Texts:
    """The written answers: whose they are and how far they have been read."""

    owner: Ints  # position of the person
    read: Bools  # by a person
    drawn: Bools  # ... and drawn at random
    coded: Bools  # by the newest coder
    carried: Bools | None = None  # read under an earlier codebook, put under this one

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True, slots=True)
class Columns:
    """The people of one survey and what they told."""

    quarter: Ints
    facets: Mapping[str, Ints]
    values: Mapping[str, tuple[str, ...]]
    texts: Texts
    themes: Hits  # units are texts; decided by people
    machine: Hits  # units are texts; suggested by the coder
    gaps: Hits  # units are texts; decided by people; rows "need|barrier"
    choices: Hits  # units are people; rows "question:option"
    coder: str | None
    is_synthetic: bool
    said: Hits = NOTHING  # units are texts; rows "theme|polarity", as people decided

    def __len__(self) -> int:
        return len(self.quarter)


def counted(survey_id: UUID, as_at: date | None) -> tuple[Any, ...]:
    """Return the conditions under which a response counts.

    A withdrawn response leaves the figures with the next complete period, so that before less
    after reveals no one (settled.md 34); with no `as_at` (the engagement team) it leaves at once.
    """
    gone = Response.withdrawn_on.is_(None)
    still = gone if as_at is None else or_(gone, Response.withdrawn_on > as_at)
    return (
        Response.survey_id == survey_id,
        Response.is_test.is_(False),
        Response.quarantined.is_(None),
        still,
    )


Conditions = Sequence[ColumnElement[bool]]
Known = Mapping[str, Iterable[str]]  # values a dimension has, whether anybody holds them or not


def _raw(column: Any) -> Any:
    """Return an id as the driver gives it: it is only ever compared, and parsing it is slow."""
    return type_coerce(column, NullType())


def load_columns(
    session: Session,
    survey_id: UUID,
    as_at: date | None = None,
    known: Known | None = None,
    *,
    codebook_id: UUID | None = None,
    coder: str | None = None,
) -> Columns:
    """Return the columns of a survey's eligible people up to a day (None: up to now).

    Values of `known` are listed even where nobody holds them, so that a list of areas does not
    tell which have nobody from which have a few. With `codebook_id` and `coder` they are as that
    version has it, which later versions never change; otherwise as those in use now.
    """
    keep = [*counted(survey_id, as_at), Response.eligible.is_(True)]
    if as_at is not None:
        keep.append(Response.received_on <= as_at)
    run = session.connection().execute  # plain rows: the ORM would add nothing but time
    people = run(_people(keep)).all()
    place = {row[0]: i for i, row in enumerate(people)}
    codebook_id = codebook_id or session.scalar(
        select(Survey.codebook_id).where(Survey.id == survey_id)
    )
    decided = (Review.is_current.is_(True), *_under(codebook_id))
    coder = coder or newest_coder(session, survey_id)
    texts, text_place = _texts(run, keep, place, coder, decided)
    facets, values = _facets(people, known or {})
    themes = run(_themes(keep, decided)).all()
    return Columns(
        quarter=np.fromiter((quarter_of(r.received_on) for r in people), np.int64, len(people)),
        facets=facets,
        values=values,
        texts=texts,
        themes=_hits(themes, text_place),
        machine=_hits(run(_machine(keep, coder)), text_place),
        gaps=_hits(run(_gaps(keep, decided)), text_place),
        choices=_hits(run(_choices(keep)), place),
        coder=coder,
        is_synthetic=any(row.is_synthetic for row in people),
        said=_hits(((row[0], f"{row[1]}|{row[2] or ''}") for row in themes), text_place),
    )


def newest_coder(session: Session, survey_id: UUID) -> str | None:
    """Return the coder version that last coded an answer of the survey.

    One that is still coding earlier answers anew is not in use before it has read them all.
    """
    under_way = select(Recoding.coder).where(
        Recoding.switched_at.is_(None), Recoding.coder.is_not(None), Recoding.total > 0
    )
    query = (
        select(MachineCoding.coder)
        .join(AnswerText, AnswerText.id == MachineCoding.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(Response.survey_id == survey_id, MachineCoding.coder.not_in(under_way))
        .order_by(MachineCoding.coded_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _people(keep: Iterable[Any]) -> AnySelect:
    columns = (getattr(Response, name) for name in DIMENSIONS)
    return select(_raw(Response.id), Response.received_on, Response.is_synthetic, *columns).where(
        *keep
    )


def _facets(
    people: Sequence[AnyRow], known: Known
) -> tuple[dict[str, Ints], dict[str, tuple[str, ...]]]:
    facets, values = {}, {}
    for at, name in enumerate(DIMENSIONS, start=3):
        column = [row[at] or NOT_STATED for row in people]
        held = set(column)
        if held - {NOT_STATED}:
            held |= set(known.get(name, ()))
        values[name] = tuple(sorted(held))
        codes = {value: i for i, value in enumerate(values[name])}
        facets[name] = np.fromiter((codes[v] for v in column), np.int64, len(column))
    return facets, values


def _texts(
    run: Callable[[Any], Any],
    keep: Sequence[Any],
    place: Mapping[Any, int],
    coder: str | None,
    decided: Conditions,
) -> tuple[Texts, dict[Any, int]]:
    rows = run(
        select(_raw(AnswerText.id), _raw(AnswerText.response_id))
        .join(Response, Response.id == AnswerText.response_id)
        .where(*keep, AnswerText.part == "")
    ).all()
    text_place = {row[0]: i for i, row in enumerate(rows)}
    reviews = run(_reviews(keep, decided)).all()
    coded = run(_coded(keep, coder)).all()
    texts = Texts(
        owner=np.fromiter((place[row[1]] for row in rows), np.int64, len(rows)),
        read=_marked((r[0] for r in reviews), text_place),
        drawn=_marked((r[0] for r in reviews if r[1] == "random"), text_place),
        coded=_marked((r[0] for r in coded), text_place),
        carried=_marked((r[0] for r in reviews if r[1] == "carried"), text_place),
    )
    return texts, text_place


def _marked(ids: Iterable[Any], place: Mapping[Any, int]) -> Bools:
    marks = np.zeros(len(place), dtype=np.bool_)
    marks[[place[i] for i in ids if i in place]] = True
    return marks


def _of_survey(query: AnySelect, keep: Iterable[Any]) -> AnySelect:
    return query.join(Response, Response.id == AnswerText.response_id).where(*keep)


def _under(codebook_id: UUID | None) -> Conditions:
    """Return what keeps to the decisions under one codebook version; all where none is named."""
    return () if codebook_id is None else (Review.codebook_id == codebook_id,)


def _reviews(keep: Iterable[Any], decided: Conditions) -> AnySelect:
    query = select(_raw(Review.text_id), Review.drawn).join(
        AnswerText, AnswerText.id == Review.text_id
    )
    return _of_survey(query, keep).where(*decided)


def _themes(keep: Iterable[Any], decided: Conditions) -> AnySelect:
    query = select(_raw(Review.text_id), ReviewCode.theme, ReviewCode.polarity).join(
        Review, Review.id == ReviewCode.review_id
    )
    query = query.join(AnswerText, AnswerText.id == Review.text_id)
    return _of_survey(query, keep).where(*decided)


def _gaps(keep: Iterable[Any], decided: Conditions) -> AnySelect:
    pair = ReviewGap.need + "|" + ReviewGap.barrier
    query = select(_raw(Review.text_id), pair).join(Review, Review.id == ReviewGap.review_id)
    query = query.join(AnswerText, AnswerText.id == Review.text_id)
    return _of_survey(query, keep).where(*decided)


def _coded(keep: Iterable[Any], coder: str | None) -> AnySelect:
    query = select(_raw(MachineCoding.text_id)).join(
        AnswerText, AnswerText.id == MachineCoding.text_id
    )
    return _of_survey(query, keep).where(MachineCoding.coder == coder)


def _machine(keep: Iterable[Any], coder: str | None) -> AnySelect:
    query = select(_raw(MachineCoding.text_id), MachineCode.theme).join(
        MachineCoding, MachineCoding.id == MachineCode.coding_id
    )
    query = query.join(AnswerText, AnswerText.id == MachineCoding.text_id)
    return _of_survey(query, keep).where(MachineCoding.coder == coder)


def _choices(keep: Iterable[Any]) -> AnySelect:
    return (
        select(_raw(Answer.response_id), Answer.question_id + ":" + Answer.option_id)
        .join(Response, Response.id == Answer.response_id)
        .where(*keep, Answer.state == "answered", Answer.option_id.is_not(None))
    )


def _hits(rows: Iterable[AnyRow | tuple[Any, str]], place: Mapping[Any, int]) -> Hits:
    pairs = [(place[row[0]], row[1]) for row in rows if row[0] in place]
    names = tuple(sorted({name for _, name in pairs}))
    codes = {name: i for i, name in enumerate(names)}
    return Hits(
        np.fromiter((unit for unit, _ in pairs), np.int64, len(pairs)),
        np.fromiter((codes[name] for _, name in pairs), np.int64, len(pairs)),
        names,
    )
