"""From a batch of answers to a batch of codings: the one road every answer takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp import risk
from nlp.cache import Remembering
from nlp.codebook import Codebook
from nlp.coder import gaps as gap_model
from nlp.coder import themes as theme_model
from nlp.coder import tone as tone_model
from nlp.coder.intake import Prepared, Read, prepare, read
from nlp.coder.model import Model, Variant
from nlp.coder.second import blend
from nlp.coder.themes import EVIDENCE_SHARE, Scored, confidence, phrase_hits, units_of
from nlp.coder.tone import Tone
from nlp.coder.words import tokens
from nlp.coding import (
    Candidate,
    Coding,
    FamilyCode,
    Gap,
    Item,
    Polarity,
    Safeguarding,
    ThemeCode,
)
from nlp.phrases import Phrases
from nlp.spans import Span
from nlp.vectors import MiniLm

NAME = "heard-themes"
RELEASE = "0.1.0"
CANDIDATES = 5
_BATCH = 256
_NIL_CONFIDENCE = 0.99  # an answer that says nothing is the easiest there is
_UNTAUGHT = 0.5  # confidence is halved in a language the model was not taught


@dataclass(frozen=True, slots=True)
class _Scores:
    scored: list[Scored]
    probabilities: Any
    tones: list[Tone]
    gaps: list[gap_model.GapScores] | None
    danger: Any


class ThemeCoder:
    """Codes answers with a trained model; holds no state between answers."""

    def __init__(self, model: Model, digest: str, encoder: MiniLm | None) -> None:
        """Use vectors where the model was trained with those of `encoder`, else words alone."""
        fits = encoder is not None and model.encoder == encoder.name
        self._encoder = encoder if fits and "vectors" in model.variants else None
        self._remembering = Remembering(self._encoder) if self._encoder else None
        self._variant: Variant = model.variants["vectors" if self._encoder else "plain"]
        self._book = model.book
        self._ids = model.book.ids
        self._phrases = Phrases(model.book)
        self._family = [theme.family for theme in model.book.themes]
        name = NAME if self._encoder else f"{NAME}-words"
        self._version = f"{name} {RELEASE}+{digest[:8]}"

    @property
    def version(self) -> str:
        """Name and version; changes whenever any output could."""
        return self._version

    @property
    def book(self) -> Codebook:
        """The codebook it codes by."""
        return self._book

    def code(self, items: list[Item]) -> list[Coding]:
        """Code answers; same order, same length. No string makes it raise."""
        codings: list[Coding] = []
        for start in range(0, len(items), _BATCH):
            codings += self._batch([prepare(item) for item in items[start : start + _BATCH]])
        return codings

    def words_for(self, text: str, most: int) -> dict[str, tuple[tuple[str, float], ...]]:
        """For each theme the words of a redacted text that raised its score most."""
        space, head = self._variant.space, self._variant.themes.head
        row = space.words.transform([tokens(text)])[0]
        terms = list(space.words.terms)
        shown = [
            (k, v) for k, v in zip(row.indices, row.data, strict=True) if k < space.words.split
        ]
        found = {}
        for label, theme in enumerate(self._ids):
            parts = [(terms[k], float(v * head.words[k, label])) for k, v in shown]
            best = sorted((p for p in parts if p[1] > 0), key=lambda p: (-p[1], p[0]))[:most]
            found[theme] = tuple((term, round(weight, 4)) for term, weight in best)
        return found

    def clause_for(self, text: str, theme: str) -> str:
        """The clause of a redacted text that scores highest for a theme."""
        prepared = prepare(Item("", text))
        reads = read([prepared], self._encoder)
        if not reads[0].clauses:
            return text
        scores = self._variant.themes.head.scores(self._variant.space.rows(reads[0].clauses))
        start, end = prepared.clauses[int(scores[:, self._ids.index(theme)].argmax())]
        return prepared.text[start:end]

    def _batch(self, prepared: Sequence[Prepared]) -> list[Coding]:
        reads = read(prepared, self._remembering)
        scores = self._score(reads)
        risks = risk.assess(
            [p.text for p in prepared],
            [p.item.question for p in prepared],
            [p.language for p in prepared],
            _stacked(reads),
            self._variant.risk,
            scores.danger,
        )
        shown = self._variant.themes.first(scores.probabilities)
        decided = self._variant.themes.rule.decide(scores.probabilities)
        sure = confidence(scores.probabilities, self._variant.themes.rule, shown)
        return [
            self._coding(r, scores, i, shown[i], decided[i], float(sure[i]), risks[i])
            for i, r in enumerate(reads)
        ]

    def _score(self, reads: Sequence[Read]) -> _Scores:
        variant = self._variant
        rows = variant.space.rows(units_of(reads))
        hits = phrase_hits(self._phrases, self._ids, reads)
        raw = np.asarray(variant.themes.head.scores(rows), dtype=np.float64)
        tones = variant.tone.head.scores(rows)
        width = len(self._book.needs) + len(self._book.barriers)
        found = variant.gaps.head.scores(rows) if variant.gaps else np.zeros((len(raw), width))
        danger = None
        if variant.tuned is not None and self._encoder is not None:
            said = variant.tuned.scores(self._encoder, reads)
            mixed = blend(variant.tuned, said, self._book, raw, found)
            raw, found = mixed.themes, mixed.gaps
            danger = variant.tuned.danger(said, reads)
        scored = theme_model.score(raw, reads, hits)
        probabilities = variant.themes.probabilities(scored)
        gaps = None
        if variant.gaps is not None:
            gaps = gap_model.cut(tones[:, tone_model.GAP], found, reads, probabilities)
        return _Scores(scored, probabilities, tone_model.cut(tones, reads), gaps, danger)

    def _coding(
        self,
        read: Read,
        scores: _Scores,
        i: int,
        shown: Any,
        decided: Any,
        sure: float,
        found: risk.Risk,
    ) -> Coding:
        prepared = read.prepared
        if prepared.nil:
            shown, decided = shown * 0.02, decided & False
            sure = _NIL_CONFIDENCE
        taught = prepared.language == "en"
        tone = scores.tones[i]
        return Coding(
            prepared.item.id,
            prepared.language,
            prepared.redactions,
            prepared.text,
            tuple(self._themes(read, scores.scored[i], tone, shown, decided)),
            tuple(self._candidates(shown)),
            tuple(self._families(shown)),
            sure if taught else sure * _UNTAUGHT,
            self._variant.tone.sentiment(tone, prepared.nil),
            self._gaps(read, scores, i),
            Safeguarding(
                found.level,
                found.score,
                tuple(prepared.span(s.start, s.end) for s in found.evidence),
            ),
            self.version,
            not taught,
        )

    def _themes(
        self, read: Read, scored: Scored, tone: Tone, shown: Any, decided: Any
    ) -> Iterator[ThemeCode]:
        for label in sorted(np.flatnonzero(decided), key=lambda k: (-shown[k], k)):
            weights = np.maximum(scored.clauses[:, label], 0) if len(scored.clauses) else np.ones(1)
            if not weights.any():
                weights = np.ones(len(weights))
            polarity: Polarity = self._variant.tone.polarity(tone, weights**2)
            first, *further = _evidence(read, weights)
            yield ThemeCode(
                self._ids[label],
                polarity,
                float(shown[label]),
                first.start,
                first.end,
                tuple(further),
            )

    def _candidates(self, shown: Any) -> Iterator[Candidate]:
        for label in np.argsort(-shown, kind="stable")[:CANDIDATES]:
            yield Candidate(self._ids[label], float(shown[label]))

    def _families(self, shown: Any) -> Iterator[FamilyCode]:
        none = dict.fromkeys(self._book.families, 1.0)
        for family, chance in zip(self._family, shown.tolist(), strict=True):
            none[family] *= 1 - chance
        for family, left in none.items():
            yield FamilyCode(family, 1 - left)

    def _gaps(self, read: Read, scores: _Scores, i: int) -> tuple[Gap, ...]:
        if self._variant.gaps is None or scores.gaps is None:
            return ()
        return self._variant.gaps.find(scores.gaps[i], read)


def _stacked(reads: Sequence[Read]) -> Any:
    vectors = [read.whole.vector for read in reads]
    return None if any(v is None for v in vectors) or not vectors else np.stack(vectors)  # type: ignore[arg-type]


def _evidence(read: Read, weights: Any) -> list[Span]:
    """Strongest clause first, then others nearly as strong in order of the text."""
    ranges = read.prepared.clauses or ((0, len(read.prepared.text)),)
    best = int(np.argmax(weights))
    near = [k for k in range(len(ranges)) if weights[k] >= EVIDENCE_SHARE * weights[best]]
    return [read.prepared.span(*ranges[k]) for k in (best, *(k for k in near if k != best))]
