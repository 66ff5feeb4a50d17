"""Sentiment of an answer and polarity of each of its themes, learned from our own answers.

One ridge head gives praise and blame for any stretch of text, read with its question; two small
softmax judges turn those of the whole, the clauses and the theme's own clauses into one word.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from nlp.codebook import SHIPPED
from nlp.coder.calibrate import Doubles
from nlp.coder.intake import Read
from nlp.coder.lessons import Lesson
from nlp.coder.lexicon import lean, outright, plainness
from nlp.coder.ridge import Head, Rows, fit
from nlp.coder.statements import toned_statements
from nlp.coder.themes import join, units_of
from nlp.coder.units import Space, Unit
from nlp.coding import Polarity

ORDER = (Polarity.POSITIVE, Polarity.NEGATIVE, Polarity.MIXED, Polarity.NEUTRAL)
COLUMNS = 6  # praise, blame, and one for each word of ORDER
GAP = 6  # a further column: does this hold a gap; learned here because the rows are the same
CLAUSE_WEIGHT = 0.7
PHRASE_WEIGHT = 1.5
PHRASES = SHIPPED / "tone_phrases.yml"
STATED = 4  # times a written phrase counts with the judges; costs .006 accuracy on told answers
# Phrases on gaps are read as answers to the question that expects one, so that words decide.
GAP_QUESTION = "Was there any help or support you needed but did not get?"
_PENALTY = 0.02
_PRAISE_AND_BLAME = {
    Polarity.POSITIVE: (1.0, 0.0),
    Polarity.NEGATIVE: (0.0, 1.0),
    Polarity.MIXED: (1.0, 1.0),
    Polarity.NEUTRAL: (0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class Judge:
    """A softmax over the four words; `weights` has shape (inputs + 1, 4)."""

    weights: Doubles

    def likeliest(self, inputs: Doubles) -> Polarity:
        """The likeliest word for one row of inputs."""
        return ORDER[int((inputs @ self.weights[:-1] + self.weights[-1]).argmax())]

    def judge(self, inputs: Doubles) -> Doubles:
        """Probabilities in the order of `ORDER`, shape (rows, 4)."""
        padded = np.hstack([inputs, np.ones((len(inputs), 1))])
        result: Doubles = softmax(padded @ self.weights, axis=1)
        return result


def fit_judge(inputs: Doubles, truth: NDArray[np.int64]) -> Judge:
    """Fit by penalised likelihood; `truth` are indices into `ORDER`."""
    padded = np.hstack([inputs, np.ones((len(inputs), 1))])
    wanted = np.eye(len(ORDER))[truth]
    shape = (padded.shape[1], len(ORDER))

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        w = flat.reshape(shape)
        z = padded @ w
        value = float((logsumexp(z, axis=1) - (z * wanted).sum(axis=1)).sum())
        slope = padded.T @ (softmax(z, axis=1) - wanted) + _PENALTY * len(padded) ** 0.5 * w
        return value + 0.5 * _PENALTY * len(padded) ** 0.5 * float((w**2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B").x
    return Judge(found.reshape(shape))


@dataclass(frozen=True, slots=True)
class Tone:
    """Scores of praise and blame for one answer.

    Attributes:
        whole: Shape (6,).
        clauses: Shape (clauses, 6); that of the whole where there are no clauses.
        leans: What the words say (`lean`), whole first, then clauses; shape (1 + clauses, 4).
        plain: 1 for a few words, falling to 0 for a long answer: how far the words can be trusted.
        verdict: From `outright`.
    """

    whole: Doubles
    clauses: Doubles
    leans: Doubles
    plain: float = 0.0
    verdict: int = 0

    def answer_inputs(self) -> Doubles:
        """What the judge of the whole answer reads."""
        return np.concatenate(
            [
                self.whole,
                self.clauses.max(axis=0),
                self.clauses.mean(axis=0),
                self.leans[0],
                self.plain * self.leans[0],
                [self.plain],
            ]
        )

    def theme_inputs(self, weights: Doubles) -> Doubles:
        """What the judge of a theme reads; `weights` say how much each clause speaks of it."""
        share = weights / max(float(weights.sum()), 1e-9)
        own = share @ self.clauses
        strong = self.clauses[weights >= 0.6 * weights.max()]
        leans = self.leans[1:][weights >= 0.6 * weights.max()].max(axis=0)
        return np.concatenate(
            [self.whole[:2], own, strong[:, :2].max(axis=0), leans, self.plain * leans]
        )


@dataclass(frozen=True, slots=True)
class ToneModel:
    """Head and judges."""

    head: Head
    answers: Judge
    themes: Judge

    def sentiment(self, tone: Tone, nil: bool) -> Polarity:
        """Sentiment of an answer; one that says nothing is neutral."""
        if nil:
            return Polarity.NEUTRAL
        if tone.verdict:
            return Polarity.POSITIVE if tone.verdict > 0 else Polarity.NEGATIVE
        return self.answers.likeliest(tone.answer_inputs())

    def polarity(self, tone: Tone, weights: Doubles) -> Polarity:
        """Polarity of a theme whose presence in each clause is `weights`, shape (clauses,)."""
        return self.themes.likeliest(tone.theme_inputs(weights))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays to store."""
        return self.head.to_arrays("tone") | {
            "tone.answers": self.answers.weights,
            "tone.themes": self.themes.weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "ToneModel":
        """Read what `to_arrays` stored."""
        return cls(
            Head.from_arrays(arrays, "tone"),
            Judge(arrays["tone.answers"]),
            Judge(arrays["tone.themes"]),
        )


def cut(scores: NDArray[Any], reads: Sequence[Read]) -> list[Tone]:
    """Cut scores of `units_of(reads)` back into answers."""
    found, at = [], 0
    for read in reads:
        stop = at + 1 + len(read.clauses)
        whole = np.asarray(scores[at, :COLUMNS], dtype=np.float64)
        clauses = np.asarray(scores[at + 1 : stop, :COLUMNS], dtype=np.float64)
        parts = [lean(u.text) for u in read.clauses] or [lean(read.whole.text)]
        leans = np.stack([lean(read.whole.text), *parts])
        asked = read.prepared.item.question
        verdict = outright(read.prepared.text, asked)
        own = clauses if len(clauses) else whole[None]
        found.append(Tone(whole, own, leans, plainness(read.prepared.text), verdict))
        at = stop
    return found


def cut_phrases(scores: NDArray[Any]) -> list[Tone]:
    """Tones of `phrase_texts()` from the scores of their units."""
    found = []
    for (text, _), row in zip(phrase_texts(), scores, strict=True):
        whole = np.asarray(row[:COLUMNS], dtype=np.float64)
        leans = np.stack([lean(text), lean(text)])
        found.append(Tone(whole, whole[None], leans, plainness(text)))
    return found


@dataclass(frozen=True, slots=True)
class FittedTone:
    """A tone model and what cross-fitting says of the lessons it learned from.

    Attributes:
        scores: Held-out scores of `units_of` the lessons' reads, shape (units, COLUMNS + 1).
        phrases: Held-out scores of `phrase_texts()`, shape (phrases, COLUMNS + 1).
    """

    model: ToneModel
    sentiments: list[Polarity]
    scores: Doubles
    phrases: Doubles


def stated_gaps(phrases: Doubles) -> list[tuple[str, bool, float]]:
    """Text, whether it holds a gap, and held-out score, of the phrases that say so."""
    return [
        (text, kind == "gap", float(row[GAP]))
        for (text, kind), row in zip(phrase_texts(), phrases, strict=True)
        if kind in ("gap", "no_gap")
    ]


def fit_tone(space: Space, lessons: Sequence[Lesson], phrases: Mapping[str, Unit]) -> FittedTone:
    """Fit on lessons with a reviewed sentiment; `phrases` are units of `phrase_texts()` by text.

    Raises:
        ValueError: No lesson has a sentiment.
    """
    taught = [lesson for lesson in lessons if lesson.example.sentiment is not None]
    if not taught:
        raise ValueError("no answer has a sentiment to learn from")
    reads = [lesson.read for lesson in taught]
    groups = np.concatenate(
        [np.full(1 + len(r.clauses), i, dtype=np.int64) for i, r in enumerate(reads)]
    )
    units = units_of(reads)
    written = _phrase_rows(phrases, len(reads))
    fitted = fit(
        space,
        join(_rows(taught), written),
        [*units, *written.units],
        np.concatenate([groups, written.groups]),
    )
    scores, said = fitted.held_out[: len(units)], fitted.held_out[len(units) :]
    tones = cut(scores, reads)
    truth = np.array([ORDER.index(t.example.sentiment or Polarity.NEUTRAL) for t in taught])
    inputs = np.stack([tone.answer_inputs() for tone in tones])
    model = with_judges(fitted.head, taught, tones, said)
    folds = np.arange(len(taught)) % 5
    held_out = np.zeros(len(taught), dtype=np.int64)
    for fold in range(5):
        own = fit_judge(inputs[folds != fold], truth[folds != fold])
        if (folds == fold).any():
            held_out[folds == fold] = own.judge(inputs[folds == fold]).argmax(axis=1)
    words = [
        Polarity.NEUTRAL if lesson.read.prepared.nil else ORDER[i]
        for lesson, i in zip(taught, held_out, strict=True)
    ]
    return FittedTone(model, words, scores, said)


def with_judges(
    head: Head, lessons: Sequence[Lesson], tones: Sequence[Tone], phrases: Doubles
) -> ToneModel:
    """Judges fitted on held-out tones of lessons with a sentiment, and of the written phrases."""
    written = [
        (tone, ORDER.index(Polarity(kind)))
        for tone, (_, kind) in zip(cut_phrases(phrases), phrase_texts(), strict=True)
        if kind in ORDER
    ] * STATED
    truth = [ORDER.index(x.example.sentiment or Polarity.NEUTRAL) for x in lessons]
    inputs = [tone.answer_inputs() for tone in (*tones, *(t for t, _ in written))]
    answers = fit_judge(np.stack(inputs), np.array([*truth, *(k for _, k in written)]))
    return ToneModel(head, answers, _fit_theme_judge(lessons, tones, written))


def _fit_theme_judge(
    lessons: Sequence[Lesson], tones: Sequence[Tone], written: Sequence[tuple[Tone, int]]
) -> Judge:
    inputs = [tone.theme_inputs(np.ones(1)) for tone, _ in written]
    truth = [kind for _, kind in written]
    for lesson, tone in zip(lessons, tones, strict=True):
        for theme, polarity in (lesson.example.themes or {}).items():
            if polarity is None:
                continue
            inputs.append(tone.theme_inputs(_weights(lesson, theme, len(tone.clauses))))
            truth.append(ORDER.index(polarity))
    return fit_judge(np.stack(inputs), np.array(truth))


def _weights(lesson: Lesson, theme: str, clauses: int) -> Doubles:
    marked = lesson.clause_themes or ()
    own = np.array([float(theme in themes) for themes in marked] or [1.0] * clauses)
    return own if own.sum() and len(own) == clauses else np.ones(clauses)


def _rows(lessons: Sequence[Lesson]) -> Rows:
    units: list[Unit] = []
    targets: list[list[float]] = []
    weights: list[float] = []
    groups: list[int] = []

    def add(unit: Unit, polarity: Polarity, gap: float, weight: float, group: int) -> None:
        units.append(unit)
        own = [float(polarity == word) for word in ORDER]
        targets.append([*_PRAISE_AND_BLAME[polarity], *own, gap])
        weights.append(weight)
        groups.append(group)

    for number, lesson in enumerate(lessons):
        gaps = lesson.example.gaps
        any_gap = float("nan") if gaps is None else float(bool(gaps))
        add(lesson.read.whole, lesson.example.sentiment or Polarity.NEUTRAL, any_gap, 1.0, number)
        if lesson.clause_themes is None or len(lesson.read.clauses) < 2:
            continue
        held = lesson.clause_gaps or ((),) * len(lesson.read.clauses)
        for unit, themes, pairs in zip(
            lesson.read.clauses, lesson.clause_themes, held, strict=True
        ):
            gap = float("nan") if gaps is None else float(bool(pairs))
            add(unit, _of_clause(themes), gap, CLAUSE_WEIGHT, number)
    return Rows(units, np.array(targets), np.array(weights), np.array(groups, dtype=np.int64))


def phrase_texts() -> list[tuple[str, str]]:
    """(text, kind) of the written statements that turn on a word."""
    known = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    own = [(str(text), kind) for kind, texts in known.items() for text in texts]
    return own + toned_statements()


def _phrase_rows(phrases: Mapping[str, Unit], after: int) -> Rows:
    """Rows of the written phrases; the nth of each kind share a group, numbered from `after`."""
    nan = float("nan")
    units, targets, groups = [], [], []
    seen: Counter[str] = Counter()
    for text, kind in phrase_texts():
        unit = phrases[text]
        about_gaps = kind in ("gap", "no_gap")
        units.append(replace(unit, question=GAP_QUESTION) if about_gaps else unit)
        groups.append(after + seen[kind])
        seen[kind] += 1
        if kind in ("gap", "no_gap"):
            targets.append([nan] * COLUMNS + [float(kind == "gap")])
            continue
        polarity = Polarity(kind)
        own = [float(polarity == word) for word in ORDER]
        targets.append([*_PRAISE_AND_BLAME[polarity], *own, nan])
    weights = np.full(len(units), PHRASE_WEIGHT)
    return Rows(units, np.array(targets), weights, np.array(groups, dtype=np.int64))


def _of_clause(themes: Mapping[str, Polarity]) -> Polarity:
    words = set(themes.values())
    if not words:
        return Polarity.NEUTRAL
    return words.pop() if len(words) == 1 else Polarity.MIXED
