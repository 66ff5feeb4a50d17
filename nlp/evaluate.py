"""How well a coder does on reviewed answers: every layer the file holds, with intervals.

Intervals are 95% percentile bootstraps over answers. Source: Efron and Tibshirani (1993).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlp.coder.calibrate import calibration_error
from nlp.coding import Coder, Coding, Polarity
from nlp.examples import Example
from nlp.spans import Level

RESAMPLES = 1000
FEWEST = 5  # positives a theme needs to count in the macro mean
SHARE_SURE = 0.7
SHARE_FLAGGED = 0.25

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure; `low` and `high` are nan where no interval is given."""

    name: str
    value: float
    low: float = float("nan")
    high: float = float("nan")
    n: int = 0


@dataclass(slots=True)
class Report:
    """Figures of one run, and per theme (name, reviewed, coded, F1)."""

    measures: list[Measure] = field(default_factory=list)
    themes: list[tuple[str, int, int, float]] = field(default_factory=list)

    def value(self, name: str) -> float:
        """The figure of that name.

        Raises:
            KeyError: It was not measured.
        """
        return {m.name: m.value for m in self.measures}[name]

    def lines(self) -> Iterator[str]:
        """A table for people."""
        yield f"{'figure':<34}{'value':>8}   95% interval      n"
        for m in self.measures:
            interval = "" if np.isnan(m.low) else f"{m.low:.3f} to {m.high:.3f}"
            yield f"{m.name:<34}{m.value:>8.3f}   {interval:<16}{m.n:>5}"
        if self.themes:
            yield ""
            yield f"{'theme':<42}{'reviewed':>9}{'coded':>7}{'F1':>7}"
        for name, reviewed, coded, f1 in self.themes:
            yield f"{name:<42}{reviewed:>9}{coded:>7}{f1:>7.3f}"


def evaluate(
    coder: Coder, examples: Sequence[Example], ids: Sequence[str], seed: int = 0
) -> Report:
    """Code the answers and compare with what people found.

    Only layers that were reviewed are scored; unlabelled answers are left out of each.
    """
    return compare(coder.code([e.item for e in examples]), examples, ids, seed)


def compare(
    codings: Sequence[Coding], examples: Sequence[Example], ids: Sequence[str], seed: int = 0
) -> Report:
    """The report for codings that are already there, in the order of `examples`."""
    pairs = list(zip(codings, examples, strict=True))
    draw = np.random.default_rng(seed)
    report = Report()
    _themes(report, [(c, e) for c, e in pairs if e.themes is not None], ids, draw)
    _sentiment(report, [(c, e) for c, e in pairs if e.sentiment is not None], draw)
    _gaps(report, [(c, e) for c, e in pairs if e.gaps is not None], draw)
    _safeguarding(report, [(c, e) for c, e in pairs if e.safeguarding is not None])
    _redaction(report, [(c, e) for c, e in pairs if e.pii is not None])
    return report


Pairs = Sequence[tuple[Coding, Example]]


def _themes(report: Report, pairs: Pairs, ids: Sequence[str], draw: np.random.Generator) -> None:
    if not pairs:
        return
    truth = np.array([[i in (e.themes or ()) for i in ids] for _, e in pairs])
    coded = np.array([[i in {t.theme for t in c.themes} for i in ids] for c, _ in pairs])
    both, has, had = truth & coded, coded.sum(axis=0), truth.sum(axis=0)
    f1s = 2 * both.sum(axis=0) / np.maximum(has + had, 1)
    report.themes = [
        (i, int(n), int(k), float(f)) for i, n, k, f in zip(ids, had, has, f1s, strict=True)
    ]
    counted = had >= FEWEST
    add = _adder(report, draw, len(pairs))
    add("themes micro F1", lambda rows: _micro(coded[rows], truth[rows]))
    add("themes macro F1", lambda rows: _macro(coded[rows], truth[rows], counted))
    firsts = [[c.theme for c in coding.candidates] for coding, _ in pairs]
    total = truth.sum(axis=1)
    for k in (3, 5):
        found = np.array(
            [
                sum(t in first[:k] for t in e.themes or ())
                for first, (_, e) in zip(firsts, pairs, strict=True)
            ]
        )
        add(f"gold themes in first {k}", _share(found, total))
    sure = np.argsort([-c.confidence for c, _ in pairs], kind="stable")[
        : int(SHARE_SURE * len(pairs))
    ]
    report.measures.append(
        Measure("themes micro F1, surest 70%", _micro(coded[sure], truth[sure]), n=len(sure))
    )
    top = [
        (c.candidates[0].probability, c.candidates[0].theme in (e.themes or ()))
        for c, e in pairs
        if c.candidates
    ]
    report.measures.append(
        Measure(
            "calibration error",
            calibration_error([p for p, _ in top], [t for _, t in top]),
            n=len(top),
        )
    )
    _polarity(report, pairs)
    _evidence(report, pairs)


def _polarity(report: Report, pairs: Pairs) -> None:
    judged = [
        (t.polarity, (e.themes or {})[t.theme])
        for c, e in pairs
        for t in c.themes
        if (e.themes or {}).get(t.theme) is not None
    ]
    if judged:
        share = sum(a == b for a, b in judged) / len(judged)
        report.measures.append(Measure("polarity of right themes", share, n=len(judged)))


def _evidence(report: Report, pairs: Pairs) -> None:
    met = []
    for coding, example in pairs:
        for theme in coding.themes:
            marked = [v for v in example.evidence if v.theme == theme.theme]
            if marked:
                met.append(any(theme.start < v.end and v.start < theme.end for v in marked))
    if met:
        report.measures.append(
            Measure("evidence meets gold evidence", sum(met) / len(met), n=len(met))
        )


def _sentiment(report: Report, pairs: Pairs, draw: np.random.Generator) -> None:
    if not pairs:
        return
    said = np.array([c.sentiment.value for c, _ in pairs])
    truth = np.array([e.sentiment.value if e.sentiment else "" for _, e in pairs])
    add = _adder(report, draw, len(pairs))
    add("sentiment accuracy", lambda rows: float((said[rows] == truth[rows]).mean()))
    words = [p.value for p in Polarity if (truth == p.value).any()]
    f1s = [_micro(said == w, truth == w) for w in words]
    report.measures.append(Measure("sentiment macro F1", float(np.mean(f1s)), n=len(pairs)))


def _gaps(report: Report, pairs: Pairs, draw: np.random.Generator) -> None:
    if not pairs:
        return
    add = _adder(report, draw, len(pairs))
    found = [{(g.need, g.barrier) for g in c.gaps} for c, _ in pairs]
    truth = [{(g.need, g.barrier) for g in e.gaps or ()} for _, e in pairs]
    layers: Mapping[str, Callable[[set[tuple[str, str]]], set[object]]] = {
        "gap present F1": lambda s: {True} if s else set(),
        "gap need F1": lambda s: {need for need, _ in s},
        "gap barrier F1": lambda s: {barrier for _, barrier in s},
        "gap need x barrier F1": lambda s: set(s),
    }
    for name, view in layers.items():
        seen = [(view(a), view(b)) for a, b in zip(found, truth, strict=True)]
        both = np.array([len(a & b) for a, b in seen])
        total = np.array([len(a) + len(b) for a, b in seen])
        add(name, _share(2 * both, total))
    days = [
        (d, g.duration_days)
        for c, e in pairs
        for g in e.gaps or ()
        if g.duration_days
        for d in [
            next((x.duration_days for x in c.gaps if x.need == g.need and x.duration_days), None)
        ]
    ]
    if days:
        near = [d is not None and abs(d - t) <= max(1, 0.05 * t) for d, t in days]
        report.measures.append(Measure("durations right", sum(near) / len(near), n=len(near)))


def _safeguarding(report: Report, pairs: Pairs) -> None:
    urgent = [e.safeguarding == Level.URGENT for _, e in pairs]
    if not any(urgent):
        return
    order = np.argsort([-c.safeguarding.score for c, _ in pairs], kind="stable")
    flagged = set(order[: int(np.ceil(SHARE_FLAGGED * len(pairs)))].tolist())
    caught = [i in flagged for i, is_urgent in enumerate(urgent) if is_urgent]
    report.measures.append(
        Measure("urgent among 25% highest", sum(caught) / len(caught), n=len(caught))
    )


def _redaction(report: Report, pairs: Pairs) -> None:
    for name, wanted in (("names hidden", True), ("other personal data hidden", False)):
        hidden = [
            _is_hidden(c, p.start, p.end)
            for c, e in pairs
            for p in e.pii or ()
            if (p.label == "PERSON") == wanted
        ]
        if hidden:
            report.measures.append(Measure(name, sum(hidden) / len(hidden), n=len(hidden)))


def _is_hidden(coding: Coding, start: int, end: int) -> bool:
    left = set(range(start, end))
    for r in coding.redactions:
        left -= set(range(r.start, r.end))
    return not left


def _adder(
    report: Report, draw: np.random.Generator, n: int
) -> Callable[[str, Callable[[Ints], float]], None]:
    samples = [draw.integers(0, n, n) for _ in range(RESAMPLES)]

    def add(name: str, figure: Callable[[Ints], float]) -> None:
        again = [figure(rows) for rows in samples]
        low, high = np.percentile(again, [2.5, 97.5])
        report.measures.append(
            Measure(name, float(figure(np.arange(n))), float(low), float(high), n)
        )

    return add


def _share(part: Ints, whole: Ints) -> Callable[[Ints], float]:
    return lambda rows: float(part[rows].sum()) / max(float(whole[rows].sum()), 1.0)


def _micro(coded: Bools, truth: Bools) -> float:
    return 2 * float((coded & truth).sum()) / max(float(coded.sum() + truth.sum()), 1.0)


def _macro(coded: Bools, truth: Bools, counted: Bools) -> float:
    if not counted.any():
        return float("nan")
    both = (coded & truth).sum(axis=0)
    total = coded.sum(axis=0) + truth.sum(axis=0)
    return float((2 * both / np.maximum(total, 1))[counted].mean())
