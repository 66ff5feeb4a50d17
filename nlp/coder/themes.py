"""Themes of an answer: one ridge head over whole answers and clauses, phrase hits, calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.codebook import Codebook
from nlp.coder.calibrate import (
    COLD_FIRST,
    Doubles,
    First,
    Platt,
    Rule,
    expected_f1,
    fit_first,
    fit_rule,
)
from nlp.coder.intake import Read
from nlp.coder.lessons import Lesson
from nlp.coder.ridge import Head, Ints, Rows, fit
from nlp.coder.stack import Stack, cross_fitted, fit_stack, plain_stack
from nlp.coder.statements import theme_statements
from nlp.coder.units import Space, Unit
from nlp.phrases import Phrases

CLAUSE_WEIGHT = 0.7  # a clause with its evidence, beside a whole reviewed answer
EVIDENCE_SHARE = 0.6  # further clauses scoring this share of the strongest are evidence too
FEW = 60  # reviewed answers at which what they say of calibration weighs as much as the default
# Calibration before anything is reviewed: set by hand from the range of scores that seeds give.
# From the NHS codebook alone it leaves a calibration error of .065; see docs/coding-quality.md.
COLD = Platt((3.5, 3.5, 0.7), -2.6)
COLD_RULE = Rule((), 0.12)
COLD_THRESHOLD = 0.38
COLD_PRIOR = 4.0  # rows; keeps the seeds' scale while a few reviewed answers are all right


@dataclass(frozen=True, slots=True)
class Scored:
    """Raw evidence for one answer.

    Attributes:
        whole: Scores of the whole answer, shape (labels,).
        clauses: Scores of its clauses, shape (clauses, labels).
        hits: 1 where a seed phrase was found, shape (labels,).
    """

    whole: Doubles
    clauses: Doubles
    hits: Doubles

    def evidence(self) -> Doubles:
        """What the calibration reads, shape (labels, 3)."""
        best = self.clauses.max(axis=0) if len(self.clauses) > 1 else self.whole
        return np.stack([self.whole, best, self.hits], axis=-1)


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """Which themes an answer holds, as probabilities and decisions.

    Attributes:
        top: The chance that an answer's first candidate is right.
    """

    head: Head
    stack: Stack
    rule: Rule
    top: First

    def probabilities(self, scored: Sequence[Scored]) -> Doubles:
        """Calibrated probabilities, shape (answers, labels)."""
        if not scored:
            return np.zeros((0, len(self.head.base)))
        return self.stack.apply(np.stack([s.evidence() for s in scored]))

    def first(self, probabilities: Doubles) -> Doubles:
        """Probabilities with the first candidate's corrected for having been picked."""
        return correct_first(probabilities, self.top)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the head, as plain values."""
        return {
            "stack": self.stack.to_dict(),
            "top": self.top.to_dict(),
            "rule": self.rule.to_dict(),
        }

    @classmethod
    def from_dict(cls, head: Head, stored: Mapping[str, Any]) -> "ThemeModel":
        """Read what `to_dict` gave; coders trained before 22 November 2026 hold a `platt`."""
        rule = Rule(tuple(stored["rule"]["thresholds"]), float(stored["rule"]["fallback"]))
        top = First.from_dict(stored["top"])
        if "platt" in stored:
            *platt, bias = stored["platt"]
            return cls(head, plain_stack(Platt(tuple(platt), bias), len(head.base)), rule, top)
        return cls(head, Stack.from_dict(stored["stack"]), rule, top)


def correct_first(probabilities: Doubles, top: First) -> Doubles:
    """Replace each row's highest value by its chance of being right; no other stays above it."""
    if not probabilities.shape[1]:
        return probabilities.copy()
    rows, best = np.arange(len(probabilities)), probabilities.argmax(axis=1)
    picked = top.apply(probabilities)
    result: Doubles = np.minimum(probabilities, picked[:, None])
    result[rows, best] = picked
    return result


def score(head_scores: Doubles, reads: Sequence[Read], hits: Doubles) -> list[Scored]:
    """Cut scores of `units_of(reads)` back into answers."""
    found, at = [], 0
    for i, read in enumerate(reads):
        stop = at + 1 + len(read.clauses)
        found.append(Scored(head_scores[at], head_scores[at + 1 : stop], hits[i]))
        at = stop
    return found


def units_of(reads: Sequence[Read]) -> list[Unit]:
    """Units in the order `score` cuts them."""
    return [unit for read in reads for unit in (read.whole, *read.clauses)]


def phrase_hits(phrases: Phrases, ids: Sequence[str], reads: Sequence[Read]) -> Doubles:
    """1 where a theme's phrase occurs, shape (answers, labels)."""
    found = phrases.hits([read.prepared.text for read in reads])
    return np.array([[float(i in hit) for i in ids] for hit in found]).reshape(len(reads), len(ids))


@dataclass(frozen=True, slots=True)
class FittedThemes:
    """A theme model and what cross-fitting says of the lessons it learned from.

    Attributes:
        chances: Held-out probabilities, shape (lessons, labels).
        scores: Held-out scores of `units_of` the lessons' reads, shape (units, labels).
        hits: Phrase hits, shape (lessons, labels).
    """

    model: ThemeModel
    chances: Doubles
    scores: Doubles
    hits: Doubles


def fit_themes(
    space: Space, book: Codebook, lessons: Sequence[Lesson], extra: Rows | None, phrases: Phrases
) -> FittedThemes:
    """Fit on labelled lessons and `extra` rows; calibrate by cross-fitting."""
    reads = [lesson.read for lesson in lessons]
    groups = np.concatenate(
        [np.full(1 + len(r.clauses), i, dtype=np.int64) for i, r in enumerate(reads)]
        or [np.zeros(0, dtype=np.int64)]
    )
    fitted = fit(space, lesson_rows(book, lessons, extra), units_of(reads), groups)
    hits = phrase_hits(phrases, book.ids, reads)
    scored = score(fitted.held_out, reads, hits)
    model, chances = calibrated(fitted.head, scored, truth_of(book, lessons), len(book.ids))
    return FittedThemes(model, chances, fitted.held_out, hits)


def truth_of(book: Codebook, lessons: Sequence[Lesson]) -> NDArray[np.bool_]:
    """Reviewed themes, shape (lessons, labels)."""
    rows = [[i in (lesson.example.themes or ()) for i in book.ids] for lesson in lessons]
    return np.array(rows, dtype=bool).reshape(len(lessons), len(book.ids))


def calibrated(
    head: Head, scored: Sequence[Scored], truth: NDArray[np.bool_], labels: int
) -> tuple[ThemeModel, Doubles]:
    """Fit what turns held-out scores into probabilities and decisions.

    The probabilities given back, of shape (answers, labels), are cross-fitted once more: thresholds
    and the first candidate's chance are fitted on those, or they would look surer than they are.
    """
    cold_rule = Rule((COLD_THRESHOLD,) * labels, COLD_RULE.fallback)
    if not scored:
        cold = ThemeModel(head, plain_stack(COLD, labels), cold_rule, COLD_FIRST)
        return cold, np.zeros((0, labels))
    evidence = np.stack([s.evidence() for s in scored])
    stack = fit_stack(evidence, truth, COLD, COLD_PRIOR)
    probabilities = cross_fitted(evidence, truth, COLD, COLD_PRIOR)
    top = fit_first(probabilities, truth)
    rule = _blend(fit_rule(probabilities, truth), cold_rule, len(scored))
    return ThemeModel(head, stack, rule, top), probabilities


def _blend(learned: Rule, default: Rule, answers: int) -> Rule:
    own = answers / (answers + FEW)
    mixed = [
        own * a + (1 - own) * b for a, b in zip(learned.thresholds, default.thresholds, strict=True)
    ]
    return Rule(tuple(mixed), own * min(learned.fallback, 1.1) + (1 - own) * default.fallback)


def lesson_rows(book: Codebook, lessons: Sequence[Lesson], extra: Rows | None) -> Rows:
    """Rows of reviewed answers and of their clauses, and the extra ones."""
    units: list[Unit] = []
    targets: list[Doubles] = []
    weights: list[float] = []
    groups: list[int] = []
    for number, lesson in enumerate(lessons):
        units.append(lesson.read.whole)
        targets.append(target(book, lesson.example.themes or ()))
        weights.append(1.0)
        groups.append(number)
        if lesson.clause_themes is None or len(lesson.read.clauses) < 2:
            continue
        for unit, themes in zip(lesson.read.clauses, lesson.clause_themes, strict=True):
            units.append(unit)
            targets.append(target(book, themes))
            weights.append(CLAUSE_WEIGHT)
            groups.append(number)
    wanted = np.array(targets).reshape(len(units), len(book.ids))
    own = Rows(units, wanted, np.array(weights), np.array(groups, dtype=np.int64))
    return join(own, extra) if extra else own


def target(book: Codebook, themes: Mapping[str, Any] | Sequence[str]) -> Doubles:
    """0 or 1 for each theme of the book."""
    return np.array([float(i in themes) for i in book.ids])


def join(a: Rows, b: Rows) -> Rows:
    """Both sets of rows."""
    return Rows(
        [*a.units, *b.units],
        np.concatenate([a.targets, b.targets]),
        np.concatenate([a.weights, b.weights]),
        np.concatenate([a.groups, b.groups]),
    )


def seed_rows(book: Codebook, units: Mapping[str, Unit], weight: float = 1.0) -> Rows:
    """Rows of a codebook's seeds and labels and of written statements; `units` by text."""
    pairs = [(text, theme.id) for theme in book.themes for text in (*theme.seeds, theme.label)]
    pairs += theme_statements(book)
    wanted = np.array([target(book, (theme,)) for _, theme in pairs])
    groups: Ints = np.full(len(pairs), -1, dtype=np.int64)
    return Rows([units[text] for text, _ in pairs], wanted, np.full(len(pairs), weight), groups)


def confidence(probabilities: Doubles, rule: Rule, shown: Doubles | None = None) -> Doubles:
    """Expected F1 of each answer's decisions, in [0, 1], by the probabilities `shown`.

    With the first candidate's own chance (`ThemeModel.first`) the surest 70% of NHS comments score
    .002 micro F1 more than without.
    """
    decided = rule.decide(probabilities)
    return expected_f1(probabilities if shown is None else shown, decided)
