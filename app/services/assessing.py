"""What stands beside a form while it is written: problems, reading age, minutes, who gets where."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import surveys
from surveys import (
    HAS_OPTIONS,
    ONE_OF,
    TEXT,
    Answer,
    Chosen,
    Day,
    Kind,
    NoAnswer,
    NonAnswer,
    Number,
    Problem,
    Question,
    Survey,
    Words,
)
from surveys.compiled import Step, plan_of
from surveys.lint import Rule, lint
from surveys.lint.reading import reading_age
from surveys.places import all_texts
from surveys.problems import PUBLISH_ONLY
from surveys.space import REFERENCE_DAY

WALKERS = 500
WHOLE = {
    "survey": "The whole survey",
    "survey.minutes": "The minutes it promises",
    "public_title": "The title people see",
}
_NOT_ANSWERING = 0.06
# A trap for the person who answers: who she is, who did it, what exactly happened.
NEEDS_OVERRIDE = frozenset({Rule.IDENTITY.value, Rule.STORY.value})


@dataclass(frozen=True, slots=True)
class Placed:
    """A problem with the question it is about, "" for the survey as a whole."""

    question: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Advice: why, what would be better, and why it is not followed (as the designer says)."""

    question: str
    title: str
    rule: str
    reason: str
    better: str
    explained: str

    @property
    def needs_override(self) -> bool:
        """Return whether publishing waits for a reason to keep it (safety.md T25)."""
        return self.rule in NEEDS_OVERRIDE and not self.explained


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the path map: who is asked, and how many of 500 made-up people were."""

    question: str
    title: str
    rule: str
    asked: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known about a draft, worked out once for each wording of it."""

    problems: tuple[Placed, ...]
    advice: tuple[Hint, ...]
    reading_age: float | None
    fewest_minutes: float
    most_minutes: float
    routes: int
    more_routes: bool
    can_be_walked: bool
    stops: tuple[Stop, ...]

    def about(self, question_id: str) -> list[Placed]:
        """Return the problems of one question."""
        return [problem for problem in self.problems if problem.question == question_id]

    def advice_about(self, question_id: str) -> list[Hint]:
        """Return the advice on one question, "" for the survey as a whole."""
        return [hint for hint in self.advice if hint.question == question_id]

    @property
    def overrides_missing(self) -> list[Hint]:
        """Return what asks who somebody is, or for the story, without a reason given."""
        return [hint for hint in self.advice if hint.needs_override]


def assess(survey: Survey) -> Assessment:
    """Return what is known about a survey; the same survey is looked at once a process."""
    return _assess(surveys.dumps(survey))


@lru_cache(maxsize=32)
def _assess(document: str) -> Assessment:
    survey = surveys.load(document)
    problems = surveys.check(survey)
    walkable = all(problem.code in PUBLISH_ONLY for problem in problems)
    found = surveys.explore(survey) if walkable and survey.questions else None
    age = reading_age(" \n".join(_words(survey)))
    return Assessment(
        problems=tuple(_placed(survey, problem) for problem in problems),
        advice=tuple(_hints(survey)) if walkable else (),
        reading_age=age,
        fewest_minutes=found.fewest_minutes if found else 0.0,
        most_minutes=found.most_minutes if found else 0.0,
        routes=found.routes if found else 0,
        more_routes=bool(found and found.more_routes),
        can_be_walked=walkable,
        stops=tuple(_stops(survey)) if walkable else (),
    )


def _words(survey: Survey) -> Iterator[str]:
    for placed in all_texts(survey):
        if ".options." not in placed.where and not placed.where.startswith("names."):
            yield placed.text.in_(survey.source_language, survey.source_language)


def _placed(survey: Survey, problem: Problem) -> Placed:
    name = problem.where.removeprefix("questions.").split(".")[0]
    question = next(
        (q for q in survey.questions if q.name == name or any(r.name == name for r in q.rows)), None
    )
    if question is None or not problem.where.startswith("questions."):
        return Placed("", problem.where, problem.message)
    return Placed(question.id, title_of(survey, question), problem.message)


def title_of(survey: Survey, question: Question) -> str:
    """Return a question's words as a title, local names put in; its variable name for none."""
    language = survey.source_language
    words = " ".join(surveys.pipe(question.text, survey, surveys.Answers(), language).split())
    return words or question.name


def _hints(survey: Survey) -> Iterator[Hint]:
    """Yield the lint's advice with the question it is about."""
    for advice in lint(survey):
        placed = _placed(survey, Problem(advice.rule, advice.where, advice.reason))
        yield Hint(
            placed.question,
            WHOLE.get(placed.title, placed.title),
            advice.rule.value,
            advice.reason,
            advice.better,
            advice.explained or "",
        )


def _stops(survey: Survey) -> Iterator[Stop]:
    """Walk made-up people through the survey; the same people every time."""
    steps = plan_of(survey).steps
    counted: Counter[str] = Counter()
    chance = random.Random(len(steps))  # noqa: S311 - made-up people, not secrets
    for _ in range(WALKERS):
        counted.update(_walk(steps, chance))
    for step in steps:
        rule = surveys.explain_page(step.question, survey, survey.source_language)
        title = title_of(survey, step.question)
        yield Stop(step.question.likert or step.id, title, rule, counted[step.id])


def _walk(steps: tuple[Step, ...], chance: random.Random) -> Iterator[str]:
    seen: dict[str, Answer] = {}
    for step in steps:
        if step.show is not None and not step.show(seen, REFERENCE_DAY):
            continue
        yield step.id
        answer = _made_up(step, seen, chance)
        if answer is not None:
            seen[step.id] = answer
        if any(test(seen, REFERENCE_DAY) for test, _ending in step.finishes):
            return


def _made_up(step: Step, seen: dict[str, Answer], chance: random.Random) -> Answer | None:
    question = step.question
    if question.kind is Kind.INFO or (chance.random() < _NOT_ANSWERING and not question.required):
        return None
    codes = [*question.non_answers, NonAnswer.SKIPPED]
    if chance.random() < _NOT_ANSWERING:
        return NoAnswer(chance.choice(codes))
    if question.kind in HAS_OPTIONS:
        return _choice(step, seen, chance)
    if question.kind in TEXT:
        return Words("Made up")
    if question.kind is Kind.DATE:
        return Day(REFERENCE_DAY)
    low = int(question.minimum or 0)
    high = int(question.maximum or (10 if question.kind is Kind.SCALE10 else low + 100))
    return Number(Decimal(chance.randint(low, max(low, high))))


def _choice(step: Step, seen: dict[str, Answer], chance: random.Random) -> Answer | None:
    hidden = {o for o, test in step.filters.items() if not test(seen, REFERENCE_DAY)}
    offered = [option for option in step.question.live_options if option.id not in hidden]
    if not offered:
        return None
    if step.question.kind in ONE_OF or step.question.likert:
        return Chosen((chance.choice(offered).id,))
    exclusive = [option for option in offered if option.exclusive]
    if exclusive and chance.random() < 1 / len(offered):
        return Chosen((chance.choice(exclusive).id,))
    several = [option.id for option in offered if not option.exclusive] or [offered[0].id]
    most = min(len(several), step.question.max_choices or 3)
    return Chosen(tuple(chance.sample(several, chance.randint(1, max(1, most)))))
