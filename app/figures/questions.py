"""The questions of a published questionnaire, reduced to names, and the indicators made of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ROLLED_UP = frozenset({"ethnic_group"})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that could be chosen."""

    id: str
    value: str
    label: str
    score: float | None
    group: str = ""  # the value of a dimension that choosing it feeds
    heading: str = ""  # of the options that begin with this one


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    id: str
    name: str
    label: str
    kind: str
    options: tuple[Option, ...]
    dimension: str = ""

    @property
    def is_one_of(self) -> bool:
        """Return whether at most one option is chosen, so that options add up to the base."""
        return self.kind not in {"multiple", "ranking"}

    @property
    def groups(self) -> Mapping[str, str]:
        """Return the groups its options are published in, with their names; none for most.

        Ethnic group: 19 are asked for, 5 are published (domain.md 6.5); the single ones stand
        beside them where enough people chose them.
        """
        if self.dimension not in ROLLED_UP or not all(o.group for o in self.options):
            return {}
        found: dict[str, str] = {}
        for option in self.options:
            found.setdefault(option.group, option.heading or option.group.capitalize())
        return found if len(found) < len(self.options) else {}


@lru_cache(maxsize=32)
def read_questions(document: str) -> tuple[Question, ...]:
    """Return the questions of a published version's canonical JSON."""
    content = json.loads(document)
    return tuple(_question(q) for q in content.get("questions", ()))


def _question(content: Mapping[str, Any]) -> Question:
    options = tuple(
        Option(
            str(o["id"]),
            str(o.get("value", o["id"])),
            _english(o.get("text", "")),
            None if o.get("score") is None else float(o["score"]),
            str(o.get("group") or ""),
            _english(o.get("heading", "")),
        )
        for o in content.get("options") or ()
    )
    label = _english(content.get("text", ""))
    dimension = str(content.get("dimension") or "")
    key, name, kind = (str(content[part]) for part in ("id", "name", "kind"))
    return Question(key, name, label, kind, options, dimension)


def _english(text: object) -> str:
    if isinstance(text, Mapping):
        return str(text.get("en") or next(iter(text.values()), ""))
    return str(text)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A yes/no figure read off one question: the first of `names` that the survey asks."""

    key: str
    label: str
    names: tuple[str, ...]
    values: frozenset[str] = frozenset()  # options that count; empty: the scores from `score` up
    score: float = 4
    more_is_better: bool = True

    def counts(self, option: Option) -> bool:
        """Return whether choosing this option counts."""
        if self.values and option.value in self.values:
            return True
        return option.score is not None and option.score >= self.score


INDICATORS = (
    Indicator("coping", "Coping day to day", ("coping", "helped_coping")),
    Indicator("safety", "Feeling safe", ("safe", "helped_safety")),
    Indicator(
        "informed",
        "Kept informed",
        ("know_next", "police_informed", "helped_informed"),
        frozenset({"yes"}),
    ),
    Indicator(
        "offer_gap",
        "Not offered support, or had to ask",
        ("offered",),
        frozenset({"no", "had_to_ask"}),
        more_is_better=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator in one survey: which question it rests on and which options count."""

    indicator: Indicator
    question: Question
    options: tuple[str, ...]


def readings(questions: Sequence[Question]) -> tuple[Reading, ...]:
    """Return the indicators this survey can give."""
    by_name = {q.name: q for q in questions if q.options and q.is_one_of}
    found = []
    for indicator in INDICATORS:
        question = next((by_name[n] for n in indicator.names if n in by_name), None)
        if question is not None:
            options = tuple(o.id for o in question.options if indicator.counts(o))
            found.append(Reading(indicator, question, options))
    return tuple(found)


def known_values(questions: Sequence[Question]) -> dict[str, set[str]]:
    """Return the values of each dimension that the questionnaire can give."""
    found: dict[str, set[str]] = {}
    for question in questions:
        groups = {o.group for o in question.options if o.group}
        found.setdefault(question.dimension, set()).update(groups)
    return found
