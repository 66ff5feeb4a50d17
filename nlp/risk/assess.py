"""The safeguarding reading of a batch of answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.risk.model import RiskModel, Vectors
from nlp.risk.signals import Signals, read_signals
from nlp.spans import Level, Risk, Span
from nlp.text import Tidied, clauses, is_nil, tidy

RULES_URGENT = 0.80  # frames alone: one strong frame, still true
RULES_CONCERN = 0.35
SURE_FRAME = 0.95  # an explicit danger is raised at least as a concern whatever the model says
TOLD_ABROAD = 0.25  # any danger word of another language
JUST_BELOW = 0.99
MAX_EVIDENCE = 3


def assess(
    texts: Sequence[str],
    questions: Sequence[str | None],
    languages: Sequence[str],
    vectors: Vectors | None = None,
    model: RiskModel | None = None,
    tuned: NDArray[np.float64] | None = None,
) -> list[Risk]:
    """Return level, score and evidence for each answer, in order.

    Args:
        texts: Redacted or not; evidence is in code points of the text given.
        questions: The question of each answer, used to tell nil answers.
        languages: ISO 639-1 of each answer. What is not English is read by key words only, and
            placed just below the concerns: no machine here can rule danger out of it.
        vectors: Sentence vectors as the model was trained on, shape (n, d), or None.
        model: A trained head; without one the frames alone give the order.
        tuned: What a tuned net says of each answer, as `RiskModel.scores` takes it.

    The score orders a queue and closes nothing. Raises ValueError if the lengths differ.
    """
    if not len(texts) == len(questions) == len(languages):
        msg = f"{len(texts)} texts, {len(questions)} questions, {len(languages)} languages"
        raise ValueError(msg)
    tidied = [tidy(text) for text in texts]
    plain = [item.text for item in tidied]
    signals = [read_signals(text) for text in plain]
    frames = np.array([found.score for found in signals])
    scores = frames if model is None else model.scores(plain, vectors, tuned, signals)
    urgent, concern = (RULES_URGENT, RULES_CONCERN) if model is None else model.thresholds
    foreign = np.array([language != "en" for language in languages], dtype=bool)
    told = np.array([found.score >= TOLD_ABROAD for found in signals], dtype=bool)
    scores = np.where(foreign, np.maximum(scores, concern * JUST_BELOW), scores)
    scores = np.where(foreign & told, np.maximum(scores, urgent), scores)
    return [
        _risk(item, float(score), signal, (urgent, concern), nil=is_nil(item.text, question))
        for item, score, signal, question in zip(tidied, scores, signals, questions, strict=True)
    ]


def _risk(
    item: Tidied, score: float, signal: Signals, thresholds: tuple[float, float], *, nil: bool
) -> Risk:
    if nil:
        return Risk(Level.NONE, 0.0)
    urgent, concern = thresholds
    level = Level.URGENT if score >= urgent else Level.CONCERN if score >= concern else Level.NONE
    if level is Level.NONE and signal.score >= SURE_FRAME:
        level = Level.CONCERN
    spans = _evidence(item.text, signal) if level is not Level.NONE else ()
    return Risk(
        level, round(score, 6), tuple(Span(*item.to_original(s.start, s.end)) for s in spans)
    )


def _evidence(text: str, signal: Signals) -> tuple[Span, ...]:
    """Return the clauses that speak loudest; the whole answer where no frame fired."""
    if not signal.evidence:
        whole = clauses(text)
        return (Span(whole[0].start, whole[-1].end),) if whole else ()
    loudest = sorted(signal.evidence, key=lambda found: -found[1])[:MAX_EVIDENCE]
    return tuple(sorted((span for span, _ in loudest), key=lambda span: span.start))
