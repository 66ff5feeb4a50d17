"""The trained head: three voters over one answer, learnt from annotated answers.

The voters read words, frames and, where given, sentence vectors. Each is a logistic regression for
"urgent" and another for "concern or urgent"; the score is a weighted mean of their log-odds and of
the frames' own score. Nothing is stored but numbers and the words seen in at least three answers.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
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
VOTES = {"words": 1.0, "frames": 2.0, "vectors": 1.0}
RULE_VOTE = 2.0  # the frames' own score, so that a strong frame counts in an answer of three words
MAX_LOGIT = 9.0
CONCERN_SHARE = 0.5  # how much "concern or urgent" counts beside "urgent": best by writer in CV
FORMAT = 1
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
    """

    words: tuple[str, ...]
    characters: tuple[str, ...]
    arrays: dict[str, NDArray[np.float32]]
    thresholds: tuple[float, float]

    @property
    def has_vectors(self) -> bool:
        """Whether a voter over sentence vectors was trained."""
        return "vectors.weights" in self.arrays

    def scores(self, texts: Sequence[str], vectors: Vectors | None = None) -> Floats:
        """Return a score in [0, 1] for each text, shape (n,); vectors as given to `fit`, (n, d)."""
        if not texts:
            return np.zeros(0)
        signals = [read_signals(tidy(text).text) for text in texts]
        features = {"words": self._counts(texts), "frames": _stacked(signals)}
        if self.has_vectors and vectors is not None:
            features["vectors"] = (vectors - self.arrays["mean"]) / self.arrays["scale"]
        total = np.zeros(len(texts))
        for voter, x in features.items():
            heads = x @ self.arrays[f"{voter}.weights"].T + self.arrays[f"{voter}.bias"]
            logits = np.clip(np.asarray(heads, dtype=np.float64), -MAX_LOGIT, MAX_LOGIT)
            total += VOTES[voter] * (logits[:, 0] + CONCERN_SHARE * logits[:, 1])
        total += RULE_VOTE * np.array([signal.score for signal in signals])
        votes = sum(VOTES[voter] for voter in features) * (1 + CONCERN_SHARE)
        return np.asarray(1 / (1 + np.exp(-total / votes)))

    def _counts(self, texts: Sequence[str]) -> csr_matrix:
        return _tfidf(texts, self.words, self.characters, self.arrays["idf"])

    def save(self, path: Path) -> None:
        """Write one .npz file without pickle."""
        card = {
            "format": FORMAT,
            "words": self.words,
            "characters": self.characters,
            "thresholds": self.thresholds,
        }
        packed: dict[str, Any] = dict(self.arrays)
        packed["card"] = np.frombuffer(json.dumps(card).encode(), dtype=np.uint8)
        with path.open("wb") as file:
            np.savez_compressed(file, **packed)

    @classmethod
    def load(cls, path: Path) -> "RiskModel":
        """Read what `save` wrote. Raises ValueError for another format or a file with objects."""
        with np.load(path, allow_pickle=False) as stored:
            card = json.loads(stored["card"].tobytes())
            arrays = {name: stored[name] for name in stored.files if name != "card"}
        if card["format"] != FORMAT:
            msg = f"{path.name} has format {card['format']}, this version reads {FORMAT}"
            raise ValueError(msg)
        urgent, concern = card["thresholds"]
        return cls(tuple(card["words"]), tuple(card["characters"]), arrays, (urgent, concern))


def fit(rows: Sequence[RiskRow], vectors: Vectors | None = None, *, seed: int = 0) -> RiskModel:
    """Return a model learnt from annotated answers; the same input and seed give the same model.

    Args:
        vectors: One row an answer, shape (n, d), float32; None trains without that voter.

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
    texts = [row.text for row in rows]
    out_of_fold = np.zeros(len(rows))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(texts, levels):
        part = _fit_once(
            [rows[i] for i in train], None if vectors is None else vectors[train], seed
        )
        held = None if vectors is None else vectors[test]
        out_of_fold[test] = part.scores([texts[i] for i in test], held)
    model = _fit_once(rows, vectors, seed)
    return RiskModel(model.words, model.characters, model.arrays, _thresholds(out_of_fold, levels))


URGENT_RECALL = 0.80  # of urgent answers called urgent at once ...
RAISED_RECALL = 0.95  # ... and raised at all, in cross-validation


def _thresholds(scores: Floats, levels: NDArray[np.str_]) -> tuple[float, float]:
    found = np.sort(scores[levels == Level.URGENT])
    urgent = float(found[int(len(found) * (1 - URGENT_RECALL))])
    raised = float(found[int(len(found) * (1 - RAISED_RECALL))])
    return urgent, min(raised, urgent)


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
