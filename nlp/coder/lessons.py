"""Lessons: examples read as units, with what each clause teaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.coder.intake import Read, prepare, read
from nlp.coding import Polarity
from nlp.examples import Example
from nlp.vectors import Encoder

OVERLAP = 0.5  # share of the shorter of clause and evidence that makes the one stand for the other


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example with its units.

    Attributes:
        clause_themes: Polarity by theme for each clause; None when no evidence was marked.
        clause_gaps: (need, barrier) pairs each clause carries; None when gaps were not reviewed.
    """

    example: Example
    read: Read
    clause_themes: tuple[Mapping[str, Polarity], ...] | None
    clause_gaps: tuple[frozenset[tuple[str, str]], ...] | None


def learn(examples: Sequence[Example], encoder: Encoder | None) -> list[Lesson]:
    """Redact and read examples; texts are encoded once."""
    reads = read([prepare(e.item) for e in examples], encoder)
    return [
        Lesson(e, r, _clause_themes(e, r), _clause_gaps(e, r))
        for e, r in zip(examples, reads, strict=True)
    ]


def without_vectors(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The same lessons for a space of words alone."""
    return [
        Lesson(
            lesson.example,
            read([lesson.read.prepared], None)[0],
            lesson.clause_themes,
            lesson.clause_gaps,
        )
        for lesson in lessons
    ]


def _clause_themes(example: Example, read: Read) -> tuple[Mapping[str, Polarity], ...] | None:
    if example.themes is None or (example.themes and not example.evidence):
        return None
    found: list[dict[str, Polarity]] = [{} for _ in read.clauses]
    for evidence in example.evidence:
        for i in _covered(read, evidence.start, evidence.end):
            before = found[i].get(evidence.theme, evidence.polarity)
            same = before == evidence.polarity
            found[i][evidence.theme] = before if same else Polarity.MIXED
    return tuple(found)


def _clause_gaps(example: Example, read: Read) -> tuple[frozenset[tuple[str, str]], ...] | None:
    if example.gaps is None:
        return None
    found: list[set[tuple[str, str]]] = [set() for _ in read.clauses]
    for gap in example.gaps:
        for i in _covered(read, gap.start, gap.end):
            found[i].add((gap.need, gap.barrier))
    return tuple(frozenset(pairs) for pairs in found)


def _covered(read: Read, start: int, end: int) -> list[int]:
    """Clauses that overlap a range of the text given; the best one if none overlaps enough."""
    left, right = read.prepared.hidden.from_original(start, end)
    shares = []
    for a, b in read.prepared.clauses:
        both = min(b, right) - max(a, left)
        shares.append(both / max(min(b - a, right - left), 1))
    enough = [i for i, share in enumerate(shares) if share >= OVERLAP]
    if enough or not shares or max(shares) <= 0:
        return enough
    return [shares.index(max(shares))]
