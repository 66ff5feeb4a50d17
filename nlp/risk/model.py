"""The trained head: three voters over one answer, learnt from annotated answers.

The voters read words, frames and, where given, sentence vectors. Each is a logistic regression for
"urgent" and another for "concern or urgent"; the score is a weighted mean of their log-odds and of
the frames' own score. Nothing is stored but numbers and the words seen in at least three answers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from nlp.redact.lexicon import PRIOR, names
from nlp.risk.signals import Signals, read_signals
from nlp.spans import Level
from nlp.text import tidy

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]

MIN_ANSWERS = 3  # a word in fewer answers may be somebody's; it is left out of the vocabulary
# Voting weights, chosen by writer-wise cross-validation on the project corpus (nlp/risk, 2026).
# That of the tuned net: on 351 answers it never saw, the same recall (.80) takes 14% of all answers
# where it took 16%, and of those raised at all 79% instead of 59% tell of danger or a concern.
VOTES = {"words": 1.0, "frames": 2.0, "vectors": 1.0, "tuned": 1.5}
RULE_VOTE = 2.0  # the frames' own score, so that a strong frame counts in an answer of three words
MAX_LOGIT = 9.0
CONCERN_SHARE = 0.5  # how much "concern or urgent" counts beside "urgent": best by writer in CV
FEWEST_TUNED = 100  # answers with held-out scores of a tuned net; with fewer it has no vote
_TINY = 1e-4
_TOKEN = r"[\w']+"  # noqa: S105 - a word pattern, not a secret
_HEADS = (Level.URGENT, Level.CONCERN)


class TooFewAnswersError(ValueError):
    """There are too few urgent or too few harmless answers to learn from."""


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One annotated answer, already redacted."""

    text: str
    level: Level
    question: str | None = None


@dataclass(frozen=True, slots=True)
class RiskModel:
    """What `fit` learnt.

    Attributes:
        words, characters: The n-grams known, in the order of their weights.
        arrays: Named float32 arrays: "<voter>.weights" of shape (2, features) for the two heads,
            "<voter>.bias" (2,), "idf" and, with vectors, "mean" and "scale".
        thresholds: Scores from which an answer is raised as "urgent" and as "concern".
        has_tuned: Whether the thresholds count on the vote of a tuned net (`nlp.coder.tuned`).
    """

    words: tuple[str, ...]
    characters: tuple[str, ...]
    arrays: dict[str, NDArray[np.float32]]
    thresholds: tuple[float, float]
    has_tuned: bool = False

    @property
    def has_vectors(self) -> bool:
        """Whether a voter over sentence vectors was trained."""
        return "vectors.weights" in self.arrays

    def scores(
        self,
        texts: Sequence[str],
        vectors: Vectors | None = None,
        tuned: Floats | None = None,
        signals: Sequence[Signals] | None = None,
    ) -> Floats:
        """Return a score in [0, 1] for each text, shape (n,).

        Args:
            vectors: As given to `fit`, shape (n, d).
            tuned: Chances of urgent and of urgent or concern by a tuned net, shape (n, 2).
            signals: What the frames say of the texts, where that is known already.
        """
        if not texts:
            return np.zeros(0)
        read = signals or [read_signals(tidy(text).text) for text in texts]
        logits = self._logits(texts, vectors, read)
        if self.has_tuned and tuned is not None:
            logits["tuned"] = _log_odds(tuned)
        return _vote(logits, np.array([signal.score for signal in read]))

    def _logits(
        self, texts: Sequence[str], vectors: Vectors | None, signals: Sequence[Signals]
    ) -> dict[str, Floats]:
        features: dict[str, Any] = {"words": self._counts(texts), "frames": _stacked(signals)}
        if self.has_vectors and vectors is not None:
            features["vectors"] = (vectors - self.arrays["mean"]) / self.arrays["scale"]
        heads = {
            voter: x @ self.arrays[f"{voter}.weights"].T + self.arrays[f"{voter}.bias"]
            for voter, x in features.items()
        }
        return {
            voter: np.clip(np.asarray(own, dtype=np.float64), -MAX_LOGIT, MAX_LOGIT)
            for voter, own in heads.items()
        }

    def _counts(self, texts: Sequence[str]) -> csr_matrix:
        return _tfidf(texts, self.words, self.characters, self.arrays["idf"])


def _vote(logits: Mapping[str, Floats], rules: Floats) -> Floats:
    """Scores from each voter's log-odds, shape (n, 2), and the frames' own scores, shape (n,)."""
    total = RULE_VOTE * rules
    for voter, own in logits.items():
        total = total + VOTES[voter] * (own[:, 0] + CONCERN_SHARE * own[:, 1])
    votes = sum(VOTES[voter] for voter in logits) * (1 + CONCERN_SHARE)
    return np.asarray(1 / (1 + np.exp(-total / votes)))


def _log_odds(chances: Floats) -> Floats:
    clear = np.clip(chances, _TINY, 1 - _TINY)
    return np.asarray(np.log(clear / (1 - clear)))


def fit(
    rows: Sequence[RiskRow],
    vectors: Vectors | None = None,
    *,
    tuned: Floats | None = None,
    seed: int = 0,
) -> RiskModel:
    """Return a model learnt from annotated answers; the same input and seed give the same model.

    Args:
        vectors: One row an answer, shape (n, d), float32; None trains without that voter.
        tuned: Chances by a tuned net for answers it was not trained on, shape (n, 2), nan for the
            rest. Where enough are known it has a vote, and only they set the thresholds.

    Raises:
        TooFewAnswersError: under 10 urgent answers, or under 10 that are not.
    """
    levels = np.array([row.level for row in rows])
    urgent = int((levels == Level.URGENT).sum())
    if min(urgent, len(rows) - urgent) < 10:
        msg = (
            f"{urgent} urgent of {len(rows)} answers are too few to learn from: 10 of each at least"
        )
        raise TooFewAnswersError(msg)
    known = np.zeros(len(rows), bool) if tuned is None else ~np.isnan(tuned).any(axis=1)
    enough = int(known.sum()) >= FEWEST_TUNED and int((levels[known] == Level.URGENT).sum()) >= 10
    model = replace(_fit_once(rows, vectors, seed), has_tuned=enough)
    judged = known if enough else np.ones(len(rows), bool)
    held_out = _held_out(rows, levels, vectors, tuned if enough else None, seed)
    return replace(model, thresholds=_thresholds(held_out[judged], levels[judged]))


def _held_out(
    rows: Sequence[RiskRow],
    levels: NDArray[np.str_],
    vectors: Vectors | None,
    tuned: Floats | None,
    seed: int,
) -> Floats:
    """Scores of every answer by a model that did not learn from it; nan where `tuned` is nan."""
    found = np.zeros(len(rows))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(levels, levels):
        own = None if vectors is None else vectors[train]
        part = replace(_fit_once([rows[i] for i in train], own, seed), has_tuned=tuned is not None)
        found[test] = part.scores(
            [rows[i].text for i in test],
            None if vectors is None else vectors[test],
            None if tuned is None else tuned[test],
        )
    return found


URGENT_RECALL = 0.90  # of urgent answers called urgent at once ...
RAISED_RECALL = 0.98  # ... and raised at all, in cross-validation


def _thresholds(scores: Floats, levels: NDArray[np.str_]) -> tuple[float, float]:
    """The scores that reach the recalls above, between two answers where they fall between.

    Recall comes first: an urgent answer that is not raised is read by nobody in time. What that
    costs in answers to read stands in docs/coding-quality.md.
    """
    found = scores[levels == Level.URGENT]
    urgent, raised = np.quantile(found, [1 - URGENT_RECALL, 1 - RAISED_RECALL])
    return float(urgent), float(min(raised, urgent))


def _fit_once(rows: Sequence[RiskRow], vectors: Vectors | None, seed: int) -> RiskModel:
    texts = [row.text for row in rows]
    words = _vocabulary(texts, analyzer="word")
    characters = _vocabulary(texts, analyzer="char_wb")
    plain = _tfidf(texts, words, characters, None)
    seen = np.asarray((plain > 0).sum(axis=0)).ravel()
    arrays: dict[str, NDArray[np.float32]] = {
        "idf": (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
    }
    features: dict[str, Any] = {
        "words": (_tfidf(texts, words, characters, arrays["idf"]), 3.0),
        "frames": (_stacked([read_signals(tidy(text).text) for text in texts]), 1.0),
    }
    if vectors is not None:
        arrays["mean"] = vectors.mean(axis=0)
        arrays["scale"] = vectors.std(axis=0) + np.float32(1e-6)
        features["vectors"] = ((vectors - arrays["mean"]) / arrays["scale"], 0.003)
    for voter, (x, strength) in features.items():
        heads = [_head(x, rows, level, strength, seed) for level in _HEADS]
        arrays[f"{voter}.weights"] = np.vstack([w for w, _ in heads]).astype(np.float32)
        arrays[f"{voter}.bias"] = np.array([b for _, b in heads], dtype=np.float32)
    return RiskModel(words, characters, arrays, (0.5, 0.25))


def _head(
    x: Any,
    rows: Sequence[RiskRow],
    level: Level,
    strength: float,
    seed: int,
) -> tuple[Floats, float]:
    wanted = {Level.URGENT} if level is Level.URGENT else {Level.URGENT, Level.CONCERN}
    y = np.array([row.level in wanted for row in rows])
    model = LogisticRegression(
        C=strength, class_weight="balanced", max_iter=3000, random_state=seed
    )
    model.fit(x, y)
    return model.coef_[0], float(model.intercept_[0])


def _stacked(signals: Sequence[Signals]) -> NDArray[np.float32]:
    return np.vstack([signal.features for signal in signals])


def _counter(analyzer: str, vocabulary: Sequence[str] | None = None) -> CountVectorizer:
    return CountVectorizer(
        analyzer=analyzer,
        ngram_range=(1, 2) if analyzer == "word" else (3, 5),
        token_pattern=_TOKEN if analyzer == "word" else None,
        min_df=1 if vocabulary is not None else MIN_ANSWERS,
        vocabulary=vocabulary,
    )


def _vocabulary(texts: Sequence[str], analyzer: str) -> tuple[str, ...]:
    try:
        found = _counter(analyzer).fit(texts).vocabulary_
    except ValueError:  # no n-gram is in three answers
        return ("police",) if analyzer == "word" else ("pol",)
    return tuple(sorted(term for term in found if not _is_private(term)))


def _is_private(term: str) -> bool:
    if re.search(r"\d{3}", term):
        return True
    listed = (w for w in term.split() if w in names("given") or w in names("surnames"))
    return any(PRIOR.get(word, "t") == "t" for word in listed)


def _tfidf(
    texts: Sequence[str],
    words: Sequence[str],
    characters: Sequence[str],
    idf: NDArray[np.float32] | None,
) -> csr_matrix:
    counts = hstack(
        [_counter("word", words).transform(texts), _counter("char_wb", characters).transform(texts)]
    ).tocsr()
    weights = counts.astype(np.float32)
    weights.data = 1 + np.log(weights.data)
    if idf is None:
        return weights
    weights = weights.multiply(idf).tocsr()
    for start, stop in ((0, len(words)), (len(words), len(words) + len(characters))):
        _normalise(weights, start, stop)
    return weights


def _normalise(matrix: csr_matrix, start: int, stop: int) -> None:
    """Scale the columns [start, stop) of every row to length 1, in place."""
    inside = (matrix.indices >= start) & (matrix.indices < stop)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    squares = np.bincount(rows[inside], matrix.data[inside] ** 2, minlength=matrix.shape[0])
    length = np.sqrt(squares) + 1e-12
    matrix.data[inside] /= length[rows[inside]]
