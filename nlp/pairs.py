"""Minimal pairs: two answers a word or two apart that must be read differently."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.coding import Coder, Coding, Item


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, what turns between them, and what each must give."""

    id: str
    turn: str
    question: str
    texts: tuple[str, str]
    wanted: tuple[Any, Any]
    theme: str = ""


def load_pairs(path: Path) -> list[Pair]:
    """Read a file of pairs; nlp/corpora/README.md describes it."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Pair(
            r["id"],
            r["turn"],
            r["question"],
            (r["a"], r["b"]),
            (r["want_a"], r["want_b"]),
            r.get("theme", ""),
        )
        for r in rows
    ]


def turned(coder: Coder, pairs: Sequence[Pair]) -> dict[str, bool]:
    """Whether each pair turns the right way, by id."""
    items = [
        Item(f"{pair.id}{side}", text, pair.question)
        for pair in pairs
        for side, text in zip("ab", pair.texts, strict=True)
    ]
    codings = coder.code(items)
    return {
        pair.id: _turns(pair, codings[2 * i], codings[2 * i + 1]) for i, pair in enumerate(pairs)
    }


def share_by_turn(pairs: Sequence[Pair], right: dict[str, bool]) -> dict[str, float]:
    """Share that turns the right way, by what turns, and over all as "all"."""
    total, good = Counter(p.turn for p in pairs), Counter(p.turn for p in pairs if right[p.id])
    shares = {turn: good[turn] / n for turn, n in total.items()}
    return shares | {"all": sum(good.values()) / max(len(pairs), 1)}


def _turns(pair: Pair, a: Coding, b: Coding) -> bool:
    if pair.turn == "safeguarding":
        return a.safeguarding.score > b.safeguarding.score
    if pair.turn == "gap":
        return bool((bool(a.gaps), bool(b.gaps)) == pair.wanted)
    if pair.turn == "sentiment":
        return bool((a.sentiment.value, b.sentiment.value) == pair.wanted)
    if pair.turn == "polarity":
        said = [{t.theme: t.polarity.value for t in c.themes}.get(pair.theme) for c in (a, b)]
        return bool(tuple(said) == pair.wanted)
    first, second = ({t.theme for t in c.themes} for c in (a, b))
    return _has(first, *pair.wanted) and _has(second, *reversed(pair.wanted))


def _has(themes: set[str], wanted: str, other: str) -> bool:
    return wanted in themes and other not in themes
