"""Tuning the last layers of the encoder on reviewed answers, in numpy; see decision 0032.

Two nets are trained: one on four fifths, to score the other fifth honestly, and one on everything,
which is kept. Source: Loshchilov and Hutter (2019) for AdamW.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from nlp.codebook import Codebook
from nlp.coder.backward import Trace, backward, forward
from nlp.coder.gap_fit import phrase_texts
from nlp.coder.intake import prepare, read
from nlp.coder.lessons import Lesson
from nlp.coder.second import HeldOut, gap_columns
from nlp.coder.tuned import DANGER, Tuned, asked, pieces
from nlp.coder.units import Floats
from nlp.coding import Item, Polarity
from nlp.spans import Level
from nlp.vectors import MiniLm, Span

LAYERS, EPOCHS, BATCH = 2, 6, 32
RATE, HEAD_RATE, DECAY, DROP, WARM = 4e-4, 2e-3, 0.01, 0.1, 0.1
CLAUSE_WEIGHT, SEED_WEIGHT, PHRASE_WEIGHT = 0.35, 0.5, 0.7
FOLDS = 5

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Lines:
    """One text to learn from: states below the tuned layers, ranges of pieces, what they say.

    Attributes:
        wanted, weights: Shape (ranges, columns); weight 0 where nothing is known.
    """

    states: Floats
    spans: Sequence[Span]
    wanted: Floats
    weights: Floats


def columns_of(book: Codebook, lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """Names of what a tuned net scores: themes, and of the rest what some lesson teaches."""
    taught = [lesson.example for lesson in lessons]
    tone = any(e.sentiment is not None for e in taught)
    gaps = any(e.gaps for e in taught)
    risk = any(e.safeguarding is not None for e in taught)
    return (
        *book.ids,
        *(("tone:positive", "tone:negative") if tone else ()),
        *(("gap", *gap_columns(book)) if gaps else ()),
        *(DANGER if risk else ()),
    )


def tune(
    book: Codebook,
    lessons: Sequence[Lesson],
    encoder: MiniLm,
    say: Say,
    seed: int = 0,
    epochs: int = EPOCHS,
) -> HeldOut:
    """Tuned layers, with honest scores for every fifth lesson.

    Deterministic on one machine for the same lessons and seed. About a minute of processor time an
    epoch for 1,700 answers, twice.
    """
    columns = columns_of(book, lessons)
    below = encoder.layers - LAYERS
    texts = [asked(lesson.read) for lesson in lessons]
    states = encoder.hidden([text for text, _ in texts], below)
    own = [
        _lines(lesson, columns, found, pieces(found[1], shift, lesson.read.prepared.clauses))
        for lesson, found, (_, shift) in zip(lessons, states, texts, strict=True)
    ]
    extra = _seed_lines(book, columns, encoder, below)
    start = [dict(encoder.weights_of(below + i)) for i in range(LAYERS)]
    part = _fit(
        [x for i, x in enumerate(own) if i % FOLDS] + extra, start, columns, seed, epochs, say
    )
    held = [lesson for i, lesson in enumerate(lessons) if i % FOLDS == 0]
    scores = {
        lesson.example.item.id: part.scores(encoder, [lesson.read]).astype(np.float64)
        for lesson in held
    }
    return HeldOut(_fit(own + extra, start, columns, seed, epochs, say), scores)


def _fit(
    lines: Sequence[Lines],
    start: Sequence[Mapping[str, Floats]],
    columns: tuple[str, ...],
    seed: int,
    epochs: int,
    say: Say,
) -> Tuned:
    draw = np.random.default_rng(seed)
    layers = [{k: v.copy() for k, v in own.items()} for own in start]
    head = draw.normal(0, 0.02, (start[0]["out"].shape[0], len(columns))).astype(np.float32)
    bias = np.full(len(columns), -2.5, dtype=np.float32)
    steps = Adam([*layers, {"head": head, "bias": bias}])
    total = epochs * -(-len(lines) // BATCH)
    for epoch in range(epochs):
        lost = 0.0
        batches = _batches(lines, draw)
        for batch in batches:
            loss, slopes = _pass([lines[i] for i in batch], layers, head, bias, draw)
            done = steps.count / total
            steps.move(slopes, min(1.0, done / WARM + 1e-3) * max(0.0, 1 - done))
            lost += loss
        say(f"tuning, round {epoch + 1} of {epochs}: loss {lost / len(batches):.2f}")
    return Tuned(tuple(layers), head, bias, columns)


def _batches(lines: Sequence[Lines], draw: np.random.Generator) -> list[list[int]]:
    """Batches of texts of like length, in random order."""
    order = draw.permutation(len(lines))
    found = []
    for at in range(0, len(order), BATCH * 8):
        part = sorted(
            (int(i) for i in order[at : at + BATCH * 8]), key=lambda i: len(lines[i].states)
        )
        found += [part[k : k + BATCH] for k in range(0, len(part), BATCH)]
    return [found[int(i)] for i in draw.permutation(len(found))]


def _pass(
    batch: Sequence[Lines],
    layers: Sequence[Mapping[str, Floats]],
    head: Floats,
    bias: Floats,
    draw: np.random.Generator,
) -> tuple[float, list[dict[str, Floats]]]:
    """Loss of a batch and its slopes for every layer and the head."""
    x, mask = _stack(batch)
    traces: list[Trace] = []
    for own in layers:
        x, trace = forward(x, own, mask, DROP, draw)
        traces.append(trace)
    where = [(row, a, b) for row, line in enumerate(batch) for a, b in line.spans]
    pooled = np.stack([x[row, a:b].mean(axis=0) for row, a, b in where])
    kept = (draw.random(pooled.shape, dtype=np.float32) > DROP) / np.float32(1 - DROP)
    pooled = (pooled * kept).astype(np.float32)
    z = pooled @ head + bias
    wanted = np.concatenate([line.wanted for line in batch])
    weights = np.concatenate([line.weights for line in batch]) / len(batch)
    loss = float((weights * (np.logaddexp(0, z) - wanted * z)).sum())
    out = ((expit(z) - wanted) * weights).astype(np.float32)
    back = (out @ head.T) * kept
    slope = np.zeros_like(x)
    for (row, a, b), own_slope in zip(where, back, strict=True):
        slope[row, a:b] += own_slope / (b - a)
    slopes: list[dict[str, Floats]] = [{"head": pooled.T @ out, "bias": out.sum(axis=0)}]
    for own, trace in zip(reversed(layers), reversed(traces), strict=True):
        slope, found = backward(slope, own, trace)
        slopes.insert(0, found)
    return loss, slopes


def _stack(batch: Sequence[Lines]) -> tuple[Floats, Floats]:
    longest = max(len(line.states) for line in batch)
    x = np.zeros((len(batch), longest, batch[0].states.shape[1]), dtype=np.float32)
    mask = np.full((len(batch), 1, 1, longest), -1e9, dtype=np.float32)
    for row, line in enumerate(batch):
        x[row, : len(line.states)] = line.states
        mask[row, 0, 0, : len(line.states)] = 0.0
    return x, mask


class Adam:
    """AdamW over groups of weights, changed in place; the last group is the head."""

    def __init__(self, groups: Sequence[dict[str, Floats]]) -> None:
        self._groups = groups
        self._first = [{k: np.zeros_like(v) for k, v in g.items()} for g in groups]
        self._second = [{k: np.zeros_like(v) for k, v in g.items()} for g in groups]
        self.count = 0

    def move(self, slopes: Sequence[Mapping[str, Floats]], pace: float) -> None:
        """One step; slopes of the layers together are held to length 1."""
        self.count += 1
        length = float(np.sqrt(sum(float((v**2).sum()) for g in slopes[:-1] for v in g.values())))
        short = min(1.0, 1 / (length + 1e-9))
        for i, group in enumerate(self._groups):
            is_head = i == len(self._groups) - 1
            rate = np.float32((HEAD_RATE if is_head else RATE) * pace)
            for name, value in group.items():
                slope = slopes[i][name] * np.float32(1.0 if is_head else short)
                first, second = self._first[i][name], self._second[i][name]
                first += np.float32(0.1) * (slope - first)
                second += np.float32(0.001) * (slope * slope - second)
                step = first / np.float32(1 - 0.9**self.count)
                step = step / (np.sqrt(second / np.float32(1 - 0.999**self.count)) + 1e-8)
                if value.ndim == 2 and not is_head:
                    step = step + np.float32(DECAY) * value
                value -= (rate * step).astype(np.float32)


def _lines(
    lesson: Lesson, columns: Sequence[str], states: tuple[Floats, list[Span]], spans: Sequence[Span]
) -> Lines:
    example = lesson.example
    gaps = None if example.gaps is None else [(g.need, g.barrier) for g in example.gaps]
    rows = [_row(columns, example.themes, example.sentiment, gaps, example.safeguarding)]
    single = len(lesson.read.clauses) < 2
    for k in range(len(lesson.read.clauses)):
        themes = lesson.clause_themes[k] if lesson.clause_themes is not None else None
        pairs = sorted(lesson.clause_gaps[k]) if lesson.clause_gaps is not None else None
        wanted, weights = _row(columns, themes, _tone(themes), pairs, None)
        rows.append((wanted, weights * (0.0 if single else CLAUSE_WEIGHT)))
    return Lines(
        states[0],
        spans,
        np.stack([w for w, _ in rows]).astype(np.float32),
        np.stack([w for _, w in rows]).astype(np.float32),
    )


def _tone(themes: Mapping[str, Polarity] | None) -> Polarity | None:
    if themes is None:
        return None
    words = set(themes.values())
    return words.pop() if len(words) == 1 else Polarity.MIXED if words else Polarity.NEUTRAL


def _row(
    columns: Sequence[str],
    themes: Mapping[str, object] | None,
    tone: Polarity | None,
    pairs: Sequence[tuple[str | None, str | None]] | None,
    level: Level | None,
) -> tuple[Floats, Floats]:
    """What one stretch of text should score, and how much each column counts."""
    true: set[str] = set(themes or ())
    known = {"theme"} if themes is not None else set()
    if tone is not None:
        known.add("tone")
        true |= {"tone:positive"} if tone in (Polarity.POSITIVE, Polarity.MIXED) else set()
        true |= {"tone:negative"} if tone in (Polarity.NEGATIVE, Polarity.MIXED) else set()
    for need, barrier in pairs or ():
        true |= {"gap", f"need:{need}", f"barrier:{barrier}"}
        known |= {"need"} if need else set()
        known |= {"barrier"} if barrier else set()
    known |= {"gap"} if pairs is not None else set()
    if level is not None:
        known.add("risk")
        true |= {"risk:urgent", "risk:concern"} if level is Level.URGENT else set()
        true |= {"risk:concern"} if level is Level.CONCERN else set()
    kinds = [_kind(name) for name in columns]
    wanted = np.array([float(name in true) for name in columns], dtype=np.float32)
    return wanted, np.array([float(kind in known) for kind in kinds], dtype=np.float32)


def _kind(column: str) -> str:
    if column == "gap":
        return "gap"
    return column.split(":")[0] if ":" in column else "theme"


def _seed_lines(book: Codebook, columns: Sequence[str], encoder: MiniLm, below: int) -> list[Lines]:
    texts: list[str] = []
    rows: list[tuple[Floats, Floats]] = []
    for theme in book.themes:
        for seed in theme.seeds:
            wanted, weights = _row(columns, {theme.id: None}, None, None, None)
            texts.append(seed)
            rows.append((wanted, weights * np.float32(SEED_WEIGHT)))
    for text, need, barrier in phrase_texts(book) if "gap" in columns else ():
        wanted, weights = _row(columns, None, None, [(need, barrier)], None)
        texts.append(text)
        rows.append((wanted, weights * np.float32(PHRASE_WEIGHT)))
    read_texts = [r.prepared.text for r in read([prepare(Item("", t)) for t in texts], None)]
    return [
        Lines(states, [(0, len(states))], wanted[None], weights[None])
        for (states, _), (wanted, weights) in zip(
            encoder.hidden(read_texts, below), rows, strict=True
        )
    ]
