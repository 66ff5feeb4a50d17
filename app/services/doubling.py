"""Coding twice: draw a random sample, compare two people's codings, settle where they differ."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.figures import agreement
from app.figures.agreement import MachineAgreement, ThemeAgreement
from app.models import Review, Sample, SampleText
from app.services.codebooks import Book, read_book
from app.store import audit, coding, samples, surveys
from app.store.actors import Actor

FIRST_DAY = date(2000, 1, 1)  # a draw over the whole survey
SEED_BELOW = 2**31


class NothingToDrawError(Exception):
    """No answer read at random is left that was not drawn for a second coding before."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two codings of one answer that are not the same."""

    text_id: UUID
    first: Review
    second: Review
    themes: frozenset[str]  # used by one of the two only
    polarities: frozenset[str]  # used by both, but spoken of differently
    is_settled: bool


@dataclass(frozen=True, slots=True)
class MachineReport:
    """One coder version against people.

    `is_blind` says that these people saw no suggestions; otherwise the machine is flattered.
    """

    coder: str
    is_blind: bool
    pairs: int
    themes: Sequence[MachineAgreement]


def draw(session: Session, survey_id: UUID, size: int, *, by: Actor, now: datetime) -> Sample:
    """Draw answers of one's services for a second, blind coding; raise NothingToDrawError."""
    population = list(samples.list_drawable(session, survey_id, by))
    if not population:
        raise NothingToDrawError
    seed = secrets.randbelow(SEED_BELOW)
    chosen = random.Random(seed).sample(population, min(size, len(population)))  # noqa: S311
    sample = Sample(
        survey_id=survey_id,
        purpose=samples.DOUBLE,
        first_day=FIRST_DAY,
        last_day=now.date(),
        seed=seed,
        drawn_by=by.user_id,
        drawn_at=now,
    )
    sample.items = [SampleText(text_id=text_id, position=n) for n, text_id in enumerate(chosen)]
    session.add(sample)
    audit.add_event(
        session,
        by=by,
        act="sample.draw",
        kind="survey",
        object_id=survey_id,
        now=now,
        detail={"purpose": samples.DOUBLE, "size": len(chosen), "seed": seed},
    )
    session.commit()
    return sample


def people(session: Session, survey_id: UUID, by: Actor) -> list[ThemeAgreement]:
    """Return how far two people agree, theme by theme; themes neither used are left out."""
    pairs = [
        (_themes(first), _themes(second))
        for first, second in samples.list_pairs(session, survey_id, by)
    ]
    used = frozenset().union(*(themes for pair in pairs for themes in pair))
    return agreement.between_people(pairs, _in_order(session, survey_id, used))


def machine(session: Session, survey_id: UUID, coder: str, by: Actor) -> MachineReport:
    """Return how one coder version fares against people, blind ones where they are enough."""
    rows = samples.list_machine_pairs(session, survey_id, coder, by, blind=True)
    is_blind = len(rows) >= agreement.MACHINE_PAIRS
    if not is_blind:
        rows = samples.list_machine_pairs(session, survey_id, coder, by, blind=False)
    pairs = [(frozenset(c.theme for c in coded.codes), _themes(r)) for coded, r in rows]
    used = frozenset().union(*(themes for pair in pairs for themes in pair))
    themes = _in_order(session, survey_id, used)
    found = agreement.machine_against_people(pairs, themes)
    return MachineReport(coder, is_blind, len(pairs), found)


def list_differences(session: Session, survey_id: UUID, by: Actor) -> list[Difference]:
    """Return the answers two people coded differently, unsettled ones first."""
    pairs = samples.list_pairs(session, survey_id, by)
    settled = samples.list_settled(session, [first.text_id for first, _ in pairs])
    found = [_difference(first, second, settled) for first, second in pairs]
    return sorted((d for d in found if d.themes or d.polarities), key=lambda d: d.is_settled)


def book_of(session: Session, survey_id: UUID) -> Book | None:
    """Return the codebook of a survey, if it has one."""
    codebook_id = surveys.get_survey(session, survey_id).codebook_id
    return read_book(coding.get_codebook(session, codebook_id).document) if codebook_id else None


def _difference(first: Review, second: Review, settled: set[UUID]) -> Difference:
    one = {code.theme: code.polarity for code in first.codes}
    two = {code.theme: code.polarity for code in second.codes}
    return Difference(
        text_id=first.text_id,
        first=first,
        second=second,
        themes=frozenset(one.keys() ^ two.keys()),
        polarities=frozenset(t for t in one.keys() & two.keys() if one[t] != two[t]),
        is_settled=first.text_id in settled,
    )


def _themes(review: Review) -> frozenset[str]:
    return frozenset(code.theme for code in review.codes)


def _in_order(session: Session, survey_id: UUID, used: frozenset[str]) -> list[str]:
    book = book_of(session, survey_id)
    known = [theme for theme in book.themes if theme in used] if book else []
    return [*known, *sorted(used - set(known))]
