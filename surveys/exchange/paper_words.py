"""What a paper form says of its own, and how a rule is said to somebody with a pen.

The words are English; whoever prints another language hands over theirs by the English ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surveys import rules as r
from surveys.compiled import plan_of
from surveys.model import Survey
from surveys.rules import NonAnswer
from surveys.wording import explain, plain_number

NON_ANSWERS: Mapping[NonAnswer, str] = {
    NonAnswer.DONT_KNOW: "I don’t know",
    NonAnswer.NOT_APPLICABLE: "This does not apply to me",
    NonAnswer.PREFER_NOT: "I’d rather not say",
}
PROMISE = (
    ("why", "Why"),
    ("who_asks", "Who asks"),
    ("who_reads", "Who reads it"),
    ("when_read", "When it is read"),
    ("what_changes", "What it changes"),
    ("limits", "What cannot stay private"),
)
DATE = ("Day", "Month", "Year")
TITLE = "A few questions"
DRAFT = "Draft: nobody has reviewed these words yet. Do not hand this out."
NEEDED = "We need an answer to this one."
SKIP_ANY = "You can skip any question."
SKIP_SOME = "You can skip any question, except where we say that we need an answer."
TICK_ALL = "Tick all that fit."
TICK_MOST = "Tick up to %(number)s."
RANK = "Write 1 beside the first, 2 beside the next, and so on."
RING = "Put a ring round one number."
HELP_BELOW = "If you need help now, the help lines are on the last page."
SENDING, HELP = "Sending it back", "If you need help"
DANGER = "If you or someone else is in danger now, call 999."
POST_TO = "Put it in an envelope, close it, and post it to: %(address)s"
HAND_IN = "Put it in an envelope, close it, and give it to the person who gave it to you."
ONLY, UNLESS, STOP, OPTION = "only", "unless", "stop", "option"
# A rule about the answers to one question, then any other rule, for each place it stands in.
CHOSE = {
    ONLY: "Answer this only if question %(number)s is %(answers)s.",
    UNLESS: "Leave this out if question %(number)s is %(answers)s.",
    STOP: "If question %(number)s is %(answers)s, stop here.",
    OPTION: "(only if question %(number)s is %(answers)s)",
}
OTHERWISE = {
    ONLY: "Answer this only if %(rule)s.",
    UNLESS: "Leave this out if %(rule)s.",
    STOP: "If %(rule)s, stop here.",
    OPTION: "(only if %(rule)s)",
}
TICKED = "Answer this only if you ticked %(least)s or more at question %(number)s."
EITHER = "%(first)s or %(last)s"

WORDS: tuple[str, ...] = (
    *NON_ANSWERS.values(), *(words for _field, words in PROMISE), *DATE, TITLE, DRAFT, NEEDED,
    SKIP_ANY, SKIP_SOME, TICK_ALL, TICK_MOST, RANK, RING, HELP_BELOW, SENDING, HELP, DANGER,
    POST_TO, HAND_IN, *CHOSE.values(), *OTHERWISE.values(), TICKED, EITHER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Saying:
    """The words of a form in one language; what is missing stays English."""

    survey: Survey
    language: str
    numbers: Mapping[str, int]  # questions by id, as they are numbered on the sheet
    words: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, words: str, **values: object) -> str:
        """Return words of ours in this language, with values put in."""
        said = self.words.get(words, words)
        return said % values if values else said

    def rule(self, place: str, rule: r.RuleNode) -> str:
        """Return a rule as a sentence that names questions by number and answers by their words."""
        chosen = _chosen(rule)
        if chosen and chosen[0].question in self.numbers:
            number = self.numbers[chosen[0].question]
            return self(CHOSE[place], number=number, answers=self._answers(chosen))
        counted = _counted(rule) if place == ONLY else None
        if counted and counted[0] in self.numbers:
            return self(TICKED, number=self.numbers[counted[0]], least=counted[1])
        titles = {page: f"question {number}" for page, number in self.numbers.items()}
        words = explain(rule, self.survey, self.language, titles=titles)
        return self(OTHERWISE[place], rule=words)

    def _answers(self, chosen: Sequence[r.Selected]) -> str:
        question = plan_of(self.survey).by_id[chosen[0].question]
        options = [question.option(part.option) for part in chosen]
        texts = [option.text for option in options if option is not None]
        said = [f"“{text.in_(self.language, self.survey.source_language)}”" for text in texts]
        if len(said) < 2:
            return "".join(said)
        return self(EITHER, first=", ".join(said[:-1]), last=said[-1])


def _chosen(rule: r.RuleNode) -> Sequence[r.Selected]:
    """Return the answers of one question of which any will do, or nothing."""
    parts = rule.of if isinstance(rule, r.AnyOf) else [rule]
    chosen = [part for part in parts if isinstance(part, r.Selected)]
    is_one = len(chosen) == len(parts) and len({part.question for part in chosen}) == 1
    return chosen if is_one else ()


def _counted(rule: r.RuleNode) -> tuple[str, str] | None:
    """Return the question and the number for "this many answers or more", or None."""
    if not isinstance(rule, r.Compare) or rule.op != "ge":
        return None
    if not isinstance(rule.left, r.CountSelected) or not isinstance(rule.right, r.NumberValue):
        return None
    return rule.left.question, plain_number(rule.right.value)
