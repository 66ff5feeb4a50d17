"""Who answered when: the wave of 2022, and the survey that is open today."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

import surveys
from app.services import walking
from app.services.sending import COLUMNS
from app.worker.demo import focus, personas
from app.worker.demo.corpus import ACQUISITIVE, CRIMES, Pool, Written
from app.worker.demo.local import Local, Weights

# The story of the seeds (domain S01, S02): over 900 received, exactly 778 eligible.
RECEIVED_2022 = 934
ELIGIBLE_2022 = 778
STARTS_2022, ENDS_2022 = date(2022, 3, 1), date(2022, 4, 30)
MONTHS_2022 = ((STARTS_2022, date(2022, 3, 31)), (date(2022, 4, 1), ENDS_2022))
ACQUISITIVE_GROUPS = 92  # eligible people of 2022 who wrote something, after theft and burglary
OTHER_GROUPS = 240  # ... and after any other crime
# People who wrote something, and who wrote nothing, in each quarter of the open survey: the three
# before the last complete one, that one, and the present one so far.
OPEN_WRITTEN = (92, 94, 96, 150, 30)
OPEN_SILENT = (26, 30, 30, 44, 10)
LAST_COMPLETE = 3  # its place among them
BROKE_OFF = 0.05
TRIES = 12  # to make up somebody who is asked the question an answer answers
MOST_ALIKE = 8  # of those who name the same need and barrier
UNREAD_DAYS = 3  # nothing but the open flags is as new as that
OTHERS = tuple(crime for crime in CRIMES if crime not in ACQUISITIVE)
COLLECTORS: Weights = {"Website": 58, "Social media": 26, "Poster in libraries": 16}
TURNED_AWAY: tuple[Mapping[str, str], ...] = (
    {"affected": "none"},
    {"affected": "none"},
    {"affected": "work"},
    {"age_band": "11_15"},
)


@dataclass(slots=True)
class Planned:
    """One made-up response before it is written."""

    id: UUID
    day: date
    sent: surveys.Answers
    is_complete: bool
    eligible: bool
    collector: str
    written: Mapping[str, Written]  # by question id
    text_ids: Mapping[str, UUID]  # by question id
    values: dict[str, object] = field(default_factory=dict)  # what check-ins add


class Planner:
    """Plans responses to one questionnaire."""

    def __init__(self, survey: surveys.Survey, chance: Random, local: Local) -> None:
        self.survey = survey
        self.chance = chance
        self.local = local

    def plan(
        self,
        written: Sequence[Written],
        day: date,
        *,
        fixed: Mapping[str, str] | None = None,
        collector: str = "",
    ) -> Planned:
        """Return one person's response."""
        persona = personas.invent(written, self.chance, self.local, fixed)
        early = not written and not fixed and self.chance.random() < BROKE_OFF
        most = self.chance.randint(10, 30) if early else None
        answers = personas.answer_all(self.survey, persona, day, self.chance, most=most)
        sent = walking.asked_answers(self.survey, answers, ended=not early)
        ids = {q.name: q.id for q in self.survey.questions}
        by_id = {ids[name]: answer for name, answer in persona.written.items()}
        ending = surveys.ending(self.survey, answers)
        return Planned(
            id=self.new_id(),
            day=day,
            sent=sent,
            is_complete=not early,
            eligible=ending is None or ending.outcome is surveys.Outcome.COMPLETE,
            collector=collector or personas.weighted(COLLECTORS, self.chance),
            written={q: answer for q, answer in by_id.items() if q in sent},
            text_ids={q: self.new_id() for q in by_id if q in sent},
        )

    def plan_focus(
        self, people: int, answers: list[Written], span: tuple[date, date], alike: Counter[str]
    ) -> list[Planned]:
        """Return as many people as are wanted who were asked what these answers answer.

        `alike` counts them by group: where nearly all are of one, the rest would be told.
        """
        made: list[Planned] = []
        while answers and len(made) < people:
            answer = answers.pop(0)
            for collector in self.chance.sample(list(COLLECTORS) * TRIES, TRIES):
                one = self.plan((answer,), self.a_day(*span), collector=collector)
                groups = self._groups(one)
                if one.eligible and one.written and all(alike[g] < MOST_ALIKE for g in groups):
                    alike.update(groups)
                    made.append(one)
                    break
        return made

    def _groups(self, planned: Planned) -> list[str]:
        found = surveys.dimension_values(self.survey, planned.sent)
        return [planned.collector, *(f"{d}:{found.get(d) or ''}" for d in COLUMNS)]

    def new_id(self) -> UUID:
        """Return a random id, the same in every demonstration."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def a_day(self, first: date, last: date) -> date:
        """Return a day of a span."""
        return first + timedelta(days=self.chance.randint(0, (last - first).days))


def plan_2022(planner: Planner, pool: Pool) -> list[Planned]:
    """Return the wave of March and April 2022."""
    chance = planner.chance
    kept = focus.keep(pool, focus.WAVE, len(MONTHS_2022))
    aside = focus.others(pool, focus.WAVE)
    alike = {of: _alike(of) for of in kept}
    planned = [
        one
        for span in MONTHS_2022
        for of, answers in kept.items()
        for one in planner.plan_focus(of.people, answers, span, alike[of])
    ]
    others = OTHER_GROUPS - len(planned)
    groups = [pool.take(sorted(ACQUISITIVE), _most(chance)) for _ in range(ACQUISITIVE_GROUPS)]
    groups += [pool.take(OTHERS, _most(chance)) for _ in range(others)]
    groups += [()] * (ELIGIBLE_2022 - len(groups) - len(planned))
    planned += [planner.plan(g, planner.a_day(STARTS_2022, ENDS_2022)) for g in groups]
    for _ in range(RECEIVED_2022 - ELIGIBLE_2022):
        day = planner.a_day(STARTS_2022, ENDS_2022)
        planned.append(planner.plan((), day, fixed=chance.choice(TURNED_AWAY)))
    pool.put_back([*aside, *(answer for answers in kept.values() for answer in answers)])
    return planned


def plan_open(planner: Planner, pool: Pool, today: date) -> list[Planned]:
    """Return the answers of the last quarters up to today."""
    chance = planner.chance
    kept = focus.keep(pool, focus.QUARTER, 1)
    planned: list[Planned] = []
    spans = spans_up_to(today, len(OPEN_WRITTEN))
    for i, ((first, last), written, silent) in enumerate(
        zip(spans, OPEN_WRITTEN, OPEN_SILENT, strict=True)
    ):
        named: list[Planned] = []
        if i == LAST_COMPLETE:
            for of, answers in kept.items():
                named += planner.plan_focus(of.people, answers, (first, last), _alike(of))
        groups = [pool.take(tuple(CRIMES), _most(chance)) for _ in range(written - len(named))]
        planned += named
        planned += [
            planner.plan(group, planner.a_day(first, last)) for group in [*groups, *[()] * silent]
        ]
    return planned


def spans_up_to(today: date, count: int) -> list[tuple[date, date]]:
    """Return the first and last day of `count` quarters, the last of them cut off before today."""
    last = today - timedelta(days=UNREAD_DAYS)
    spans: list[tuple[date, date]] = []
    while len(spans) < count:
        first = date(last.year, 3 * ((last.month - 1) // 3) + 1, 1)
        spans.append((first, last))
        last = first - timedelta(days=1)
    return spans[::-1]


def _alike(of: focus.Focus) -> Counter[str]:
    """Return an empty count; for a need over all barriers, one that never fills."""
    return Counter() if of.barrier else _Endless()


class _Endless(Counter[str]):
    """A count of groups that is never full."""

    def __getitem__(self, key: str) -> int:
        return 0


def _most(chance: Random) -> int:
    return chance.choice((1, 1, 1, 2))
