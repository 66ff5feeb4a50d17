"""Second stage with a tuned voter: decisions fitted on answers that neither voter had seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.codebook import Codebook
from nlp.coder import gaps as gap_model
from nlp.coder.gap_fit import FittedGaps, ranked
from nlp.coder.intake import Read
from nlp.coder.lessons import Lesson
from nlp.coder.model import Variant
from nlp.coder.themes import FittedThemes, calibrated, score, truth_of
from nlp.coder.tone import GAP, FittedTone
from nlp.coder.tuned import Tuned, averaged

FEWEST = 100  # answers with held-out scores of both voters; with fewer the tuned one is left out


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a tuned encoder said of answers it was not trained on, by answer id.

    Attributes:
        scores: For each id the chances of its units, shape (units, columns of `tuned`).
    """

    tuned: Tuned
    scores: Mapping[str, NDArray[Any]]

    def danger(self, reads: Sequence[Read]) -> NDArray[np.float64] | None:
        """Chances for `nlp.risk.fit`, shape (answers, 2), nan where none are held out."""
        found = np.full((len(reads), 2), np.nan)
        for i, read in enumerate(reads):
            said = self.scores.get(read.prepared.item.id)
            if said is not None and (own := self.tuned.danger(said[:1], [read])) is not None:
                found[i] = own[0]
        return None if np.isnan(found).all() else found


@dataclass(frozen=True, slots=True)
class Blend:
    """Scores of the ridge heads with the tuned voter's share."""

    themes: NDArray[Any]
    gaps: NDArray[Any]


def blend(
    tuned: Tuned,
    said: NDArray[Any],
    book: Codebook,
    themes: NDArray[Any],
    gaps: NDArray[Any],
) -> Blend:
    """Average scores of the same units, all of shape (units, columns).

    Tone and the gap gate keep their own: there the tuned voter adds nothing on held-out answers.
    Gaps keep theirs where the net was not taught any.
    """
    parts = gap_columns(book)
    taught = bool(parts) and set(parts) <= set(tuned.columns)
    return Blend(
        averaged(themes, said, tuned.columns_for(book.ids)),
        averaged(gaps, said, tuned.columns_for(parts)) if taught else gaps,
    )


def gap_columns(book: Codebook) -> list[str]:
    """Names of what a tuned net scores of gaps, needs first."""
    return [*(f"need:{n}" for n in book.needs), *(f"barrier:{b}" for b in book.barriers)]


def with_tuned_themes(
    book: Codebook, variant: Variant, held: HeldOut, lessons: Sequence[Lesson], themes: FittedThemes
) -> Variant:
    """The variant with theme decisions fitted again; unchanged where too few are held out.

    `lessons` are those `themes` was fitted on, in that order. Gaps are left to the ridge head.
    """
    chosen, units, said = _chosen(held, lessons)
    if len(chosen) < FEWEST:
        return variant
    parts = set(gap_columns(book))
    tuned = held.tuned.only([name for name in held.tuned.columns if name not in parts])
    mixed = averaged(themes.scores[units], said, held.tuned.columns_for(book.ids))
    own = [lessons[i] for i in chosen]
    scored = score(mixed, [lesson.read for lesson in own], themes.hits[chosen])
    stage, _ = calibrated(variant.themes.head, scored, truth_of(book, own), len(book.ids))
    return replace(variant, themes=stage, tuned=tuned)


def with_tuned(
    book: Codebook,
    variant: Variant,
    held: HeldOut,
    lessons: Sequence[Lesson],
    fitted: tuple[FittedThemes, FittedTone, FittedGaps],
) -> Variant:
    """The variant with decisions on themes and gaps fitted again; unchanged where too few are
    held out.

    `lessons` are those all three heads were fitted on, in that order.
    """
    themes, tone, gaps = fitted
    chosen, units, said = _chosen(held, lessons)
    if len(chosen) < FEWEST or variant.gaps is None:
        return variant
    mixed = blend(held.tuned, said, book, themes.scores[units], gaps.scores[units])
    own = [lessons[i] for i in chosen]
    reads = [lesson.read for lesson in own]
    scored = score(mixed.themes, reads, themes.hits[chosen])
    labels = len(book.ids)
    theme_stage, chances = calibrated(variant.themes.head, scored, truth_of(book, own), labels)
    found = gap_model.cut(tone.scores[units][:, GAP], mixed.gaps, reads, chances)
    stage = ranked(book, variant.gaps.head, found, own, habits=variant.gaps.habits)
    return replace(
        variant,
        themes=theme_stage,
        gaps=replace(stage, present=variant.gaps.present, gate=variant.gaps.gate),
        tuned=held.tuned,
    )


def _chosen(
    held: HeldOut, lessons: Sequence[Lesson]
) -> tuple[list[int], NDArray[np.int64], NDArray[Any]]:
    chosen, units, said = [], [], []
    at = 0
    for i, lesson in enumerate(lessons):
        size = 1 + len(lesson.read.clauses)
        scores = held.scores.get(lesson.example.item.id)
        if scores is not None and len(scores) == size:
            chosen.append(i)
            units.append(np.arange(at, at + size))
            said.append(scores)
        at += size
    if not chosen:
        return [], np.zeros(0, dtype=np.int64), np.zeros((0, len(held.tuned.columns)))
    return chosen, np.concatenate(units), np.concatenate(said).astype(np.float64)
