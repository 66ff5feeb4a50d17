"""A coder that needs no model: it finds what the text itself names."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

from app.services.outbound import Outgoing
from app.worker.demo.corpus import read_corpus
from nlp.coder import Candidate, Coding, Gap, Item, Polarity, Safeguarding, ThemeCode
from nlp.spans import Level, Span

POISON = "POISON"


class FakeCoder:
    """Codes `waiting` where the word stands, urgent where it says "danger", concern at "afraid"."""

    def __init__(self, version: str = "fake 1", seconds: float = 0.0) -> None:
        self.version = version
        self.seconds = seconds
        self.calls: list[int] = []
        self.questions: list[str] = []

    def code(self, items: list[Item]) -> list[Coding]:
        self.calls.append(len(items))
        self.questions += [item.question for item in items]
        time.sleep(self.seconds * len(items))
        return [self._code(item) for item in items]

    def _code(self, item: Item) -> Coding:
        if POISON in item.text:
            raise ValueError(f"cannot read {item.text}")
        level, evidence = _risk(item.text)
        found = re.search("waiting", item.text)
        spans = [(found.start(), found.end())] if found else []
        return Coding(
            id=item.id,
            language="en",
            redactions=(),
            redacted=item.text.replace("Anna", "[PERSON]"),
            themes=tuple(ThemeCode("waiting", Polarity.NEGATIVE, 0.9, *s) for s in spans),
            candidates=(Candidate("waiting", 0.9),),
            families=(),
            confidence=0.8,
            sentiment=Polarity.NEGATIVE,
            gaps=tuple(Gap("counselling", "waiting", *s, 0.7, 30) for s in spans),
            safeguarding=Safeguarding(level, 0.5, evidence),
            coder=self.version,
        )


def _risk(text: str) -> tuple[Level, tuple[Span, ...]]:
    for word, level in (("danger", Level.URGENT), ("afraid", Level.CONCERN)):
        if word in text:
            start = text.index(word)
            return level, (Span(start, start + len(word)),)
    return Level.NONE, ()


class Outbox:
    """A sender that remembers; `fails` is raised once."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.fails: Exception | None = None

    def send(self, message: Outgoing) -> None:
        if self.fails is not None:
            fails, self.fails = self.fails, None
            raise fails
        self.sent.append(message)


def always(coder: FakeCoder) -> Callable[..., FakeCoder]:
    """Return a loader that gives this coder for every codebook."""
    return lambda _codebook, _instance: coder


class GoldCoder(FakeCoder):
    """Knows the project's corpus by heart, and finds in it what its writers did."""

    def __init__(self) -> None:
        super().__init__("gold 1")
        self._gold = {answer.text: answer.gold for answer in read_corpus()}

    def _code(self, item: Item) -> Coding:
        gold = self._gold.get(item.text)
        if gold is None:  # said in a group of the demonstration
            return super()._code(item)
        spans = {e["theme"]: (e["start"], e["end"]) for e in gold["evidence"]}
        codes = {code["theme"]: code["polarity"] for code in gold["themes"]}
        return replace(
            super()._code(item),
            themes=tuple(
                ThemeCode(theme, Polarity(polarity), 0.9, *spans[theme])
                for theme, polarity in codes.items()
            ),
            gaps=(),
            sentiment=Polarity(gold["sentiment"]),
            safeguarding=Safeguarding(Level(gold["safeguarding"]), 0.5, ()),
        )
